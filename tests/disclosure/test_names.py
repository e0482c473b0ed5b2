"""Names 姓名: masked the same in every form in which a notice can be had."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from disclosure.posters.render import render_poster
from disclosure.printing import poster_content
from disclosure.queries import find_board_notice, find_notice
from portal.kernel.clock import SettableClock
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD, Channel
from portal.kernel.permissions import Role
from tests.disclosure.lists import Given, Household, Office, id_number
from tests.fixtures.pages import PageClient

# (as the file has it, on the web, on the village board)
NAMES = (
    ("𠮷祥", "𠮷*", "𠮷*"),
    ("𬱖秀英", "𬱖**", "𬱖*英"),
    ("王𠮷", "王*", "王*"),
    ("王秀𬱖", "王**", "王*𬱖"),
    ("王　秀　英", "王**", "王*英"),
    ("　马伟　", "马*", "马*"),
    ("古丽娜尔·阿不都", "古***·***", "古***·***"),
    ("古丽娜尔•阿不都", "古***·***", "古***·***"),
    ("Ｊｏｈｎ　Ｓｍｉｔｈ", "J*** S****", "J*** S****"),
    ("John Smith", "J*** S****", "J*** S****"),
    ("尉迟敬德", "尉迟**", "尉迟*德"),
    ("欧阳兰", "欧阳*", "欧阳*"),
    ("李\u200b雷", "李*", "李*"),
)
MINOR = "未成年人，不公示姓名"
WEB = [web for _, web, _ in NAMES]
BOARD = [board for _, _, board in NAMES]
SECRETS = [name for name, _, _ in NAMES if len(name) > 2] + ["秀英", "阿不都", "mith", "敬德"]


@pytest.fixture
def notice_id(office: Office, clock: SettableClock) -> str:
    households = [Household(name) for name, _, _ in NAMES]
    households.append(Household("赵小宝", id_number=id_number(999, born="20150601")))
    (found,) = office.publish(Given(households=households), now=clock.now())
    return found


def test_on_the_page(client: PageClient, notice_id: str) -> None:
    for prefix in ("", "/en"):
        page = client.page(f"{prefix}/n/{notice_id}")
        rows = [page.soup.select_one(f"#row-{n}") for n in range(1, len(WEB) + 2)]
        for row, masked in zip(rows, [*WEB, MINOR], strict=True):
            assert row is not None
            assert masked in row.get_text()
        assert [secret for secret in SECRETS if secret in page.response.text] == []


def test_in_the_table_for_spreadsheet_programs(client: PageClient, notice_id: str) -> None:
    text = client.get(f"/n/{notice_id}.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["姓名"] for line in lines] == [*WEB, MINOR]
    assert [secret for secret in SECRETS if secret in text] == []


def test_in_the_json(client: PageClient, notice_id: str) -> None:
    text = client.get(f"/n/{notice_id}.json").text
    assert [row["name"] for row in json.loads(text)["rows"]] == [*WEB, MINOR]
    assert [secret for secret in SECRETS if secret in text] == []


def test_on_the_poster_for_everybody(
    client: PageClient, notice_id: str, pdf_text: Callable[[Path | bytes], str]
) -> None:
    answer = client.get(f"/n/{notice_id}.pdf")
    assert answer.status_code == 200
    text = pdf_text(answer.data)
    assert [name for name in [*WEB, MINOR] if name not in text] == []
    assert [secret for secret in SECRETS if secret in text] == []


def test_on_the_poster_for_the_board(
    client: PageClient,
    notice_id: str,
    staff: Callable[..., PageClient],
    pdf_text: Callable[[Path | bytes], str],
) -> None:
    answer = staff(Role.CLERK).get(f"/desk/lists/poster/{notice_id}.pdf")
    assert answer.status_code == 200
    text = pdf_text(answer.data)
    assert [name for name in [*BOARD, MINOR] if name not in text] == []
    assert (
        staff(Role.CLERK, "xinglong").get(f"/desk/lists/poster/{notice_id}.pdf").status_code == 404
    )


@pytest.mark.databases("sqlite")
def test_whole_names_where_the_county_wants_them_stay_on_the_board(
    office: Office, clock: SettableClock, pdf_text: Callable[[Path | bytes], str]
) -> None:
    given = Given(households=[Household("王秀英")], policy=WHOLE_NAMES_ON_BOARD)
    (notice_id,) = office.publish(given, now=clock.now())
    texts = {}
    for channel in Channel:
        with office.sessions.reading() as session:
            view = find_notice(session, notice_id, now=clock.now(), channel=channel)
            if channel is Channel.BOARD:
                opened = office.keys.open_names
                view = find_board_notice(session, notice_id, now=clock.now(), open_parcel=opened)
        assert view is not None
        content = poster_content(view, base_url="http://127.0.0.1:8000")
        texts[channel] = pdf_text(render_poster(content, size="a4"))
    assert {channel for channel, text in texts.items() if "王秀英" in text} == {Channel.BOARD}
    assert "王**" in texts[Channel.WEB]
