"""Display 公示期与到期删除: pages are right by the clock alone, what is over is forgotten."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from disclosure import service
from disclosure.forgetting import forget_what_is_over
from disclosure.models import NoticeRow, NoticeVersion
from disclosure.queries import find_notice, notice_json
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.data.keyfiles import NAMES_HEADER
from portal.data.pages import StoredPage
from portal.kernel.clock import SHANGHAI, SettableClock
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD
from portal.worker import sweep
from tests.disclosure.lists import (
    NOVEMBER,
    OCTOBER,
    REVIEW,
    Given,
    Household,
    Office,
    database_bytes,
    id_number,
)
from tests.fixtures.database import Database
from tests.fixtures.pages import PageClient
from tests.fixtures.people import SANYING

LAST_SECOND = datetime(2026, 11, 24, 23, 59, 59, tzinfo=SHANGHAI)
EAST_CODE = "640402100200"
# Names that no other text of the portal contains, masked or whole.
RARE = replace(
    REVIEW, households=[Household("𠮷𫍣龘"), Household("䶮𬱖靐"), Household("𫖯齉", persons="3")]
)
MASKED = ("𠮷**", "䶮**", "𫖯*")


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


def json_of(client: PageClient, notice_id: str) -> dict[str, Any]:
    answer = client.get(f"/n/{notice_id}.json")
    assert answer.status_code == 200
    said: dict[str, Any] = json.loads(answer.text)
    return said


@pytest.mark.parametrize(
    ("approved", "begin", "end"),
    [
        (at(11, 18), date(2026, 11, 18), date(2026, 11, 24)),
        (at(11, 16, 0), date(2026, 11, 16), date(2026, 11, 22)),
        (at(11, 22, 23), date(2026, 11, 22), date(2026, 11, 28)),
        (at(12, 31, 23), date(2026, 12, 31), date(2027, 1, 6)),
        # 16:30 UTC on the 17th is the 18th in Shanghai.
        (datetime(2026, 11, 17, 16, 30, tzinfo=UTC), date(2026, 11, 18), date(2026, 11, 24)),
    ],
)
@pytest.mark.databases("sqlite")
def test_a_late_approval_moves_the_end(
    office: Office, approved: datetime, begin: date, end: date
) -> None:
    for notice_id in office.publish(REVIEW, now=approved):
        notice = office.notice(notice_id)
        assert (notice.posted_from, notice.posted_to) == (begin, end)


def test_a_standing_list_hangs_without_an_end(office: Office, clock: SettableClock) -> None:
    (first, _) = office.publish(OCTOBER, now=clock.now())
    notice = office.notice(first)
    assert (notice.posted_from, notice.posted_to) == (date(2026, 10, 8), None)


ADDRESSES = ("/n/{}", "/en/n/{}", "/n/{}.json", "/n/{}.csv", "/", f"/r/{EAST_CODE}")


def stored_paths(app: PortalApp) -> set[tuple[str, str]]:
    with app.sessions.reading() as session:
        rows = session.execute(select(StoredPage.path, StoredPage.locale))
        return {(path, locale) for path, locale in rows}


def test_every_page_is_right_when_the_time_is_over_though_nothing_swept(
    app: PortalApp, client: PageClient, office: Office, clock: SettableClock
) -> None:
    clock.move_to(at(11, 18))
    (notice_id,) = office.publish(RARE, now=clock.now())
    for address in ADDRESSES:
        assert client.get(address.format(notice_id)).status_code == 200
    assert {(f"/n/{notice_id}", "zh_Hans"), ("/", "zh_Hans")} <= stored_paths(app)

    clock.move_to(LAST_SECOND)
    page = client.page(f"/n/{notice_id}")
    assert all(name in page.text for name in MASKED)
    assert "2026年11月18日" in page.text
    assert "2026年11月24日" in page.text
    etag = page.response.headers["ETag"]
    assert f"/n/{notice_id}" in client.get(f"/r/{EAST_CODE}").text

    clock.advance(timedelta(seconds=1))
    for address in ("/n/{}", "/en/n/{}"):
        answer = client.get(address.format(notice_id), headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert not any(name in answer.text for name in MASKED)
    said = json_of(client, notice_id)
    assert (said["state"], said["rows"]) == ("concluded", None)
    for suffix in (".csv", ".pdf"):
        gone = client.get(f"/n/{notice_id}{suffix}")
        assert gone.status_code == 410
        assert not any(name in gone.text for name in MASKED)
    for address in ("/", f"/r/{EAST_CODE}", f"/r/{SANYING}"):
        assert f"/n/{notice_id}" not in client.get(address).text
    with app.sessions.reading() as session:  # the rows are still there: nothing has swept
        assert session.scalar(select(func.count()).select_from(NoticeRow)) == len(MASKED)


def test_a_replaced_notice_leads_to_the_newer(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    (october, tuanjie) = office.publish(OCTOBER, now=clock.now())
    for notice_id in (october, tuanjie):
        client.page(f"/n/{notice_id}")
    clock.advance(timedelta(days=30))
    (november,) = office.publish(
        replace(NOVEMBER, households=[Household("王秀英")]), now=clock.now()
    )
    assert f"/n/{november}" in client.get(f"/n/{october}").text
    alone = client.page(f"/n/{tuanjie}").soup
    assert not alone.select(f'a[href="/n/{november}"]')
    for notice_id in (october, tuanjie):
        assert json_of(client, notice_id)["state"] == "replaced"


def test_after_the_sweep_no_byte_of_a_name_is_left(
    app: PortalApp, client: PageClient, office: Office, clock: SettableClock
) -> None:
    clock.move_to(at(11, 18))
    given = replace(RARE, policy=WHOLE_NAMES_ON_BOARD)
    (notice_id,) = office.publish(given, now=clock.now())
    for address in (*ADDRESSES, "/n/{}.pdf"):
        client.get(address.format(notice_id))
    url = app.settings.database_url
    whole = [household.name for household in given.households]
    wanted = [*(name.encode() for name in (*MASKED, *whole)), NAMES_HEADER]
    held = database_bytes(url)
    # Whole names are there for the poster alone, sealed.
    assert {name for name in wanted if name not in held} == {name.encode() for name in whole}

    clock.move_to(at(11, 25, 0))
    sweep(app.sessions, clock)
    held = database_bytes(url)
    assert [name.decode() for name in wanted if name in held] == []
    said = json_of(client, notice_id)
    assert (said["state"], said["rows"]) == ("concluded", None)
    assert client.get(f"/n/{notice_id}.csv").status_code == 410
    assert client.get(f"/n/{notice_id}.pdf").status_code == 410
    # Asking again, in whatever form, brings nothing back.
    held = database_bytes(url)
    assert [name.decode() for name in wanted if name in held] == []


@pytest.mark.databases("sqlite")
def test_a_reader_in_the_way_only_puts_the_forgetting_off(
    office: Office, database: Database
) -> None:
    office.publish(RARE, now=at(11, 18))
    wanted = [name.encode() for name in MASKED]
    with office.sessions.reading() as session:
        session.scalar(select(func.count()).select_from(NoticeRow))
        forget_what_is_over(office.sessions, now=at(11, 25))
        assert any(name in database_bytes(database.url) for name in wanted)
    forget_what_is_over(office.sessions, now=at(11, 25))
    assert not any(name in database_bytes(database.url) for name in wanted)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("how", ["return", "discard"])
def test_a_draft_that_comes_to_nothing_leaves_no_byte_either(
    office: Office, database: Database, how: str
) -> None:
    key = office.bring_in(RARE, now=at(11, 18)).submission_id
    with office.sessions.writing() as session:
        if how == "discard":
            service.discard(session, OPERATOR, key, now=at(11, 18))
        else:
            service.submit(session, OPERATOR, key, now=at(11, 18))
            service.return_to_clerk(session, OPERATOR, key, "不对", now=at(11, 18))
    forget_what_is_over(office.sessions, now=at(11, 18))
    held = database_bytes(database.url)
    assert [name for name in MASKED if name.encode() in held] == []


def test_forgetting_takes_what_is_over_and_nothing_else(
    office: Office, clock: SettableClock
) -> None:
    standing = office.publish(OCTOBER, now=at(10, 8))
    office.publish(RARE, now=at(11, 18))
    assert forget_what_is_over(office.sessions, now=LAST_SECOND) == 0
    assert forget_what_is_over(office.sessions, now=at(11, 25, 0)) == 1
    assert forget_what_is_over(office.sessions, now=at(11, 25, 0)) == 0
    with office.sessions.reading() as session:
        left = set(session.scalars(select(NoticeRow.notice_id)))
    assert left == set(standing)


def test_two_may_forget_at_once(office: Office, clock: SettableClock) -> None:
    for day in range(1, 7):
        period = f"2026-11-{day:02}/2026-11-{day + 6:02}"
        office.publish(replace(RARE, period=period), now=at(11, day))
    errors: list[BaseException] = []

    def forget() -> None:
        try:
            forget_what_is_over(office.sessions, now=at(11, 25))
        except Exception as error:  # noqa: BLE001 - whatever came is what the test is about
            errors.append(error)

    threads = [threading.Thread(target=forget) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with office.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(NoticeRow)) == 0


def test_the_log_still_verifies_after_forgetting(office: Office, clock: SettableClock) -> None:
    (notice_id,) = office.publish(RARE, now=at(11, 18))
    before = json_at(office, notice_id, at(11, 18))
    forget_what_is_over(office.sessions, now=at(11, 25))
    after = json_at(office, notice_id, at(11, 25))
    assert (after["log"], after["content"], after["text"]) == (
        before["log"],
        before["content"],
        before["text"],
    )


def json_at(office: Office, notice_id: str, now: datetime) -> dict[str, Any]:
    with office.sessions.reading() as session:
        view = find_notice(session, notice_id, now=now)
        assert view is not None
        return notice_json(session, view)


def test_totals_of_fewer_than_three_go_with_the_rows(office: Office, clock: SettableClock) -> None:
    (three, one) = office.publish(replace(REVIEW, period="2026-11-18/2026-11-24"), now=at(11, 18))
    assert json_at(office, one, at(11, 18))["totals"]["households"] == 1
    for step in ("by the clock", "by the sweep"):
        if step == "by the sweep":
            forget_what_is_over(office.sessions, now=at(11, 25))
        assert json_at(office, one, at(11, 25))["totals"] is None, step
        assert json_at(office, three, at(11, 25))["totals"]["households"] == 3, step
    with office.sessions.reading() as session:
        version = session.get_one(NoticeVersion, (one, 1))
        assert (version.totals_salt, version.households) == (None, 0)
        assert (version.persons, version.amount_fen) == (0, 0)


def test_the_whole_name_and_the_number_are_nowhere_at_all(
    app: PortalApp, client: PageClient, office: Office, clock: SettableClock
) -> None:
    """Not in the draft, not in the pages, not in the sealed upload, nor in the audit log."""
    households = [Household("龘靐齉", persons="2"), Household("爨鬱靐")]
    draft = office.submit(Given(households=households), now=clock.now())
    held = [database_bytes(app.settings.database_url)]
    (notice_id,) = office.approve(draft.submission_id, now=clock.now())
    for address in ADDRESSES:
        client.get(address.format(notice_id))
    held.append(database_bytes(app.settings.database_url))
    for content in held:
        assert "龘**".encode() in content
        for secret in ("龘靐齉", "爨鬱靐", id_number(1), id_number(1)[6:14]):
            assert secret.encode() not in content
