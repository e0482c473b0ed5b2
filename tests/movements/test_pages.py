"""Additions and removals on their way through the pages: reasons, draft, approval, end."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from disclosure.catalogue import CHANGES
from disclosure.forgetting import forget_what_is_over
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from disclosure.movements.models import ChangeSet, ListChange
from portal.app import PortalApp
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.disclosure.lists import EAST, MALU, TUANJIE, Office, database_bytes, id_number
from tests.fixtures.pages import Page, PageClient
from tests.movements.months import EVERYBODY, NOVEMBER, OCTOBER, ZHOU, month

StaffMaker = Callable[..., PageClient]


@pytest.fixture
def months(app: PortalApp, office: Office, clock: SettableClock) -> Office:
    """The office of 三营镇, with October's and November's lists published."""
    office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=31))
    office.publish(NOVEMBER, now=clock.now())
    forget_what_is_over(office.sessions, now=clock.now())
    return office


def _set_address(client: PageClient) -> str:
    """Return the address of the newest set, as the desk's list links to it."""
    lists = client.page("/desk/lists/")
    assert lists.soup.select_one('a[href="/desk/changes/"]')
    index = client.page("/desk/changes/")
    link = index.soup.select_one("table.data-table tbody a")
    assert link is not None
    return str(link["href"])


def _rows(page: Page) -> dict[str, int]:
    """Return the number of each row by the masked name that stands in it."""
    found = {}
    for control in page.soup.select('select[name^="reason-"]'):
        label = str(control["aria-label"])
        found[label.rpartition("，")[2]] = int(str(control["name"]).removeprefix("reason-"))
    return found


def _complete(client: PageClient) -> Page:
    """Choose every reason and draft the notice; return the page of the draft."""
    page = client.page(_set_address(client))
    values = {
        "many-added": "income-below-standard",
        "all-added": "1",
        "many-removed": "death",
        "all-removed": "1",
    }
    there = {str(tag["name"]) for tag in page.soup.select("select, input[name]")}
    given = {name: value for name, value in values.items() if name in there}
    own = {
        str(tag["name"]): "death" if tag.find_parent(id="removed") else "income-below-standard"
        for tag in page.soup.select('select[name^="reason-"]')
    }
    many = {name for name in given if name.startswith("many-")}
    answer = client.submit(page, {**own, **(given if many else {})}, button="draft")
    return Page(client.follow(answer))


def _approve(head: PageClient, page: Page) -> Page:
    """Press "approve" on a list's page, with the digest that stands there."""
    form = page.soup.select_one('form[action$="/approve"]')
    assert form is not None
    values = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    return Page(head.follow(head.post(str(form["action"]), values)))


def _publish(clerk: PageClient, head: PageClient) -> list[str]:
    """Draft, submit and approve the changes; return the addresses of the public pages."""
    drafted = _complete(clerk)
    address = drafted.response.request.path
    clerk.follow(clerk.submit(drafted, action="/submit"))
    done = _approve(head, head.page(address))
    return [
        str(link["href"]).partition("://")[2].partition("/")[2]
        for link in done.soup.select('a[href*="/n/"]')
        if str(link["href"]).rpartition("/n/")[2].isalnum()
    ]


@pytest.mark.databases("sqlite")
def test_a_clerk_chooses_reasons_and_loses_none(months: Office, staff: StaffMaker) -> None:
    clerk = staff(Role.CLERK)
    address = _set_address(clerk)
    page = clerk.page(address)
    rows = _rows(page)
    # Who moved and whose gradual exit ended needs no reason from anybody; nobody is named whole.
    assert set(rows) == {"王*英", "李*花", "周*国"}
    assert "渐退期满" in page.text
    assert "欧阳*" in page.text
    removed, added = f"reason-{rows['王*英']}", f"reason-{rows['李*花']}"
    ticked = clerk.submit(page, {removed: "voluntary", "ticked": [str(rows["周*国"])]})
    assert ticked.status_code == 422
    refused = Page(ticked)
    assert "请选择" in refused.text
    chosen = refused.soup.select_one(f'select[name="{removed}"] option[selected]')
    assert chosen is not None
    assert chosen["value"] == "voluntary"
    assert refused.soup.select_one(f'input[value="{rows["周*国"]}"][checked]')
    unknown = dict(csrf_token=_token(page), **{removed: "because", added: "eligible-again"})
    assert clerk.post(address, unknown).status_code == 422
    # What was chosen is stored although the notice cannot be drafted yet.
    missing = clerk.submit(refused, {"ticked": []}, button="draft")
    assert missing.status_code == 422
    assert "还有 2 项" in Page(missing).text
    again = clerk.page(address)
    stored = again.soup.select_one(f'select[name="{removed}"] option[selected]')
    assert stored is not None
    assert stored["value"] == "voluntary"
    many = {"many-added": "income-below-standard", "ticked": [str(rows["周*国"])]}
    saved = Page(clerk.follow(clerk.submit(again, many)))
    assert "已保存" in saved.text
    codes = {
        str(tag["name"]): str(tag.select_one("option[selected]")["value"])  # type: ignore[index]
        for tag in saved.soup.select('select[name^="reason-"]')
        if tag.select_one("option[selected]")
    }
    assert codes == {removed: "voluntary", f"reason-{rows['周*国']}": "income-below-standard"}


def _token(page: Page) -> str:
    field = page.form().select_one('input[name="csrf_token"]')
    assert field is not None
    return str(field["value"])


@pytest.mark.databases("sqlite", "postgresql")
def test_what_came_and_went_is_published_with_its_reasons(
    months: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    # Three villages: 东塬 lost two and got one, 欧阳兰 left it for 马路; 团结 got one.
    addresses = _publish(clerk, head)
    told = {}
    for address in addresses:
        body = json.loads(client.get(f"/{address}.json").data)
        assert (body["kind"], body["period"]) == (CHANGES, "2026-11")
        assert body["text"]["compared_with"] == "2026-10"
        told[body["text"]["place"][-1]] = [
            (row["n"], row["change"], row["name"], row["reason"]) for row in body["rows"]
        ]
        assert body["posted_to"] is not None
    income = "家庭人均收入低于当地低保标准，且财产状况符合规定"
    assert told == {
        EAST: [
            (1, "added", "周**", income),
            (2, "removed", "王**", "保障对象死亡"),
            (3, "removed", "孙**", "渐退期满"),
            (4, "moved", "欧阳*", "迁往本地其他村（社区），继续享受"),
        ],
        TUANJIE: [(1, "added", "李**", income)],
        MALU: [(1, "moved", "欧阳*", "由本地其他村（社区）迁入，继续享受")],
    }
    with months.sessions.reading() as session:
        made = session.scalars(select(ChangeSet).where(ChangeSet.drafted_id.is_not(None))).one()
        assert made.published_at == clock.now()
        assert made.ended_at is not None
    line = clerk.page("/desk/changes/")
    assert "已公开" in line.text or "已发布" in line.text


@pytest.mark.databases("sqlite")
def test_the_page_the_table_and_the_paper_say_who_came_and_who_went(
    months: Office, staff: StaffMaker, client: PageClient
) -> None:
    addresses = _publish(staff(Role.CLERK), staff(Role.HEAD))
    assert len(addresses) == 3
    shown = {page.h1: page for page in (client.page(f"/{one}") for one in addresses)}
    (east,) = (page for title, page in shown.items() if EAST in title)
    captions = [tag.get_text() for tag in east.soup.select("table.rows-table caption")]
    assert captions == ["新增：1 户", "退出：2 户", "迁移：1 户"]
    assert "增减情况" in east.h1
    assert "2026年10月" in east.text
    english = client.page(f"/en{east.response.request.path}")
    assert "End of the gradual exit" in english.text
    assert "渐退期满" not in english.text
    table = client.get(f"{east.response.request.path}.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["变动"] for line in lines] == ["新增", "退出", "退出", "迁移"]
    assert client.get(f"{east.response.request.path}.pdf").status_code == 200
    place = client.page(f"/r/{json.loads(client.get(f'/{addresses[0]}.json').data)['region']}")
    assert "增减情况" in place.text
    assert "增减情况" in client.get("/feed/640402100000.atom").text


@pytest.mark.databases("sqlite")
def test_no_output_says_more_than_the_masks(
    months: Office, staff: StaffMaker, client: PageClient
) -> None:
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    desk = [clerk.get(_set_address(clerk)).data, _complete(clerk).response.data]
    with months.sessions.reading() as session:
        digests = set(session.scalars(select(NoticeRow.household_digest)))
        digests |= set(session.scalars(select(ListChange.household_digest)))
        sent = session.scalars(select(Submission).where(Submission.kind == CHANGES)).one()
        stored = session.scalars(
            select(NoticeRow.household_digest + NoticeRow.person_digest)
            .join(Notice, Notice.id == NoticeRow.notice_id)
            .where(Notice.submission_id == sent.id)
        ).all()
    assert set(stored) == {""}
    listed = clerk.page(f"/desk/lists/{sent.id}")
    clerk.follow(clerk.submit(listed, action="/submit"))
    approved = _approve(head, head.page(f"/desk/lists/{sent.id}"))
    outputs = [*desk, approved.response.data]
    with months.sessions.reading() as session:
        ids = session.scalars(select(Notice.id).where(Notice.submission_id == sent.id)).all()
    for notice_id in ids:
        forms = ("", ".json", ".csv", "/receipts", "/history")
        outputs.extend(client.get(f"/n/{notice_id}{form}").data for form in forms)
        outputs.append(head.get(f"/desk/lists/poster/{notice_id}.pdf").data)
    forbidden = {one.name for one in EVERYBODY if len(one.name) > 2}
    forbidden |= {id_number(one.number) for one in EVERYBODY} | (digests - {""})
    for data in outputs:
        for word in forbidden:
            assert word.encode() not in data


@pytest.mark.databases("sqlite")
def test_a_month_later_nothing_of_it_can_be_read_anywhere(
    app: PortalApp, months: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    addresses = _publish(staff(Role.CLERK), staff(Role.HEAD))
    body = json.loads(client.get(f"/{addresses[0]}.json").data)
    clock.advance(timedelta(days=29))
    assert client.get(f"/{addresses[0]}.csv").status_code == 200
    clock.advance(timedelta(days=1))
    assert client.get(f"/{addresses[0]}.csv").status_code == 410
    forget_what_is_over(months.sessions, now=clock.now())
    with months.sessions.reading() as session:
        assert session.scalars(select(ListChange.n)).all() == []
        assert session.scalars(select(NoticeRow.n).where(NoticeRow.change.is_not(None))).all() == []
    kept = database_bytes(app.settings.database_url)
    for row in body["rows"]:
        assert bytes.fromhex(row["salt"]) not in kept
    # 王*英 left, so nothing but this notice named her.
    assert b"\\u738b*\\u82f1" not in kept
    assert "王*英".encode() not in kept


def _corrected(office: Office, *residents: Any, now: Any) -> None:
    office.publish(month("2026-11", *residents), now=now)


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("submitted", [False, True])
def test_a_corrected_list_sends_the_draft_back_and_keeps_the_reasons(
    months: Office, staff: StaffMaker, clock: SettableClock, submitted: bool
) -> None:
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    drafted = _complete(clerk)
    address = drafted.response.request.path
    if submitted:
        clerk.follow(clerk.submit(drafted, action="/submit"))
    looked_at = head.page(address)
    clock.advance(timedelta(hours=1))
    # Without 李桂花, who should not have come.
    _corrected(months, *EVERYBODY[1:4], ZHOU, now=clock.now())
    back = clerk.page(address)
    assert "请重新拟稿" in back.text
    with months.sessions.reading() as session:
        one = session.scalars(select(Submission).where(Submission.kind == CHANGES)).one()
        assert one.state is SubmissionState.RETURNED
        assert session.scalars(select(NoticeRow.n).where(NoticeRow.change.is_not(None))).all() == []
    if submitted:
        _approve(head, looked_at)
        assert months.submission(one.id).state is SubmissionState.RETURNED
    page = clerk.page(_set_address(clerk))
    kept = {
        str(tag["aria-label"]).rpartition("，")[2]
        for tag in page.soup.select('select[name^="reason-"]')
        if tag.select_one("option[selected]")
    }
    assert kept == {"王*英", "周*国"}
    assert "增减情况" in _complete(clerk).text


@pytest.mark.databases("sqlite")
def test_a_withdrawn_list_sends_the_draft_back(
    months: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    _complete(clerk)
    with months.sessions.reading() as session:
        east = session.scalars(
            select(Notice).where(
                Notice.kind == "standing",
                Notice.replaced_at.is_(None),
                Notice.region_code.endswith("200"),
            )
        ).one()
    asked = reviewer.page(f"/desk/notices/{east.id}/withdraw")
    reviewer.follow(reviewer.submit(asked, {"reason": "名单有误，更正后重新公示"}))
    with months.sessions.reading() as session:
        one = session.scalars(select(Submission).where(Submission.kind == CHANGES)).one()
        assert one.state is SubmissionState.RETURNED


@pytest.mark.databases("sqlite")
def test_a_withdrawn_notice_takes_its_households_out_of_the_set(
    months: Office, staff: StaffMaker, client: PageClient
) -> None:
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    addresses = _publish(clerk, head)
    for address in addresses:
        asked = head.page(f"/desk/notices/{address.rpartition('/')[2]}/withdraw")
        head.follow(head.submit(asked, {"reason": "名单有误，更正后重新公示"}))
        assert client.get(f"/{address}.csv").status_code == 410
    with months.sessions.reading() as session:
        left = session.scalars(select(ListChange.change)).all()
        assert {change.value for change in left} <= {"kept"}


@pytest.mark.databases("sqlite")
def test_others_see_and_change_nothing(months: Office, staff: StaffMaker) -> None:
    clerk = staff(Role.CLERK)
    address = _set_address(clerk)
    assert staff(Role.CLERK, "guanting").get(address).status_code == 404
    assert staff(Role.HANDLER).get(address).status_code == 403
    auditor = staff(Role.AUDITOR)
    seen = auditor.page(address)
    assert not seen.soup.select("main form")
    assert staff(Role.HEAD).get(address).status_code == 200
    drafted = _complete(clerk)
    once_more = clerk.page(address)
    assert not once_more.soup.select("main form")
    assert drafted.response.request.path in {str(a["href"]) for a in once_more.soup.select("a")}


@pytest.mark.databases("sqlite")
def test_a_gradual_exit_stands_on_the_list_with_its_month(
    months: Office, client: PageClient
) -> None:
    with months.sessions.reading() as session:
        notice_id = session.scalars(
            select(NoticeRow.notice_id).where(NoticeRow.exit_month == "2027-01")
        ).one()
    page = client.page(f"/n/{notice_id}")
    assert "渐退期至2027年1月" in page.text
    assert "Gradual exit until" in client.page(f"/en/n/{notice_id}").text
    rows = json.loads(client.get(f"/n/{notice_id}.json").data)["rows"]
    assert [row.get("gradual_exit_until") for row in rows].count("2027-01") == 1
    assert not any("change" in row for row in rows)
    table = client.get(f"/n/{notice_id}.csv").data.decode("utf-8-sig")
    ends = [line["渐退期至"] for line in csv.DictReader(io.StringIO(table))]
    assert "2027-01" in ends
