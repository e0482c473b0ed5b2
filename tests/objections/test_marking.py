"""An objection marks its row, publicly, at once, and no other; and it says nothing else."""

import re
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from complaints.models import Complaint
from disclosure.forgetting import forget_what_is_over
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import NoticeState
from disclosure.objections.course import MatterState
from disclosure.posters.content import PosterRow
from disclosure.printing import poster_content
from disclosure.queries import find_notice
from disclosure.withdrawing import withdraw_notice
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.kernel.clock import SettableClock
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD
from tests.complaints.journeys import answer, cases, look_up, send
from tests.disclosure.lists import OCTOBER, Office
from tests.fixtures.pages import Page, PageClient
from tests.objections.acting import (
    CONFIRMED,
    MARK,
    OCTOBER_REVIEW,
    WORDS,
    Seen,
    mark,
    matters,
    notice_json,
    object_to,
    seen,
    settle,
    states,
    the_matter,
)

NOTHING = Seen([], [], [])


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "given",
    [OCTOBER_REVIEW, OCTOBER, replace(OCTOBER, kind=Kind.TEMPORARY)],
    ids=["review", "standing", "temporary"],
)
def test_an_objection_marks_its_row_at_once_on_every_channel(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock, given: object
) -> None:
    notice_id, other = office.publish(given, now=clock.now())  # type: ignore[arg-type]
    # What is asked for is kept in the page store, and must not be served any more.
    assert seen(client, notice_id) == seen(client, other) == NOTHING
    before = notice_json(client, notice_id)
    object_to(client, notice_id, 2)
    assert seen(client, notice_id) == Seen([2], [2], [2])
    assert seen(client, other) == NOTHING
    after = notice_json(client, notice_id)
    assert {**after, "under_examination": []} == before
    assert "held" not in str(after["rows"])
    with app.sessions.reading() as session:
        view = find_notice(session, notice_id, now=clock.now())
        assert view is not None
        poster = poster_content(view, base_url="")
    notes = [row.note for row in poster.rows if isinstance(row, PosterRow)]
    assert notes == ["", MARK, ""]
    assert client.get(f"/n/{notice_id}.pdf").status_code == 200
    assert the_matter(app.sessions).due_on == date(2026, 10, 21)
    assert office.notice(notice_id).rows_held == 1


@pytest.mark.databases("sqlite")
def test_the_mark_says_nothing_of_who_when_or_how_many(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 1)
    once = client.get(f"/n/{notice_id}").data
    clock.advance(timedelta(hours=3))
    object_to(client, notice_id, 1)
    assert client.get(f"/n/{notice_id}").data == once
    row = client.page(f"/en/n/{notice_id}").soup.select_one("#row-1 .is-action")
    assert row is not None
    words = " ".join(row.get_text(" ").split())
    assert words == "Objection received; being checked Object to row 1"
    assert WORDS not in once.decode()


@pytest.mark.databases("sqlite")
def test_a_second_objection_joins_the_first_and_has_its_own_receipt(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    codes = {object_to(client, notice_id, 2).digits for _ in range(2)}
    assert len(codes) == 2
    assert states(app.sessions) == [MatterState.OPEN]
    assert office.notice(notice_id).rows_held == 1
    assert [(one.notice_id, one.notice_row) for one in cases(app)] == [(notice_id, 2)] * 2
    for code in codes:
        assert look_up(client, code).status_code == 200
    # Another row is a matter of its own.
    object_to(client, notice_id, 3)
    assert seen(client, notice_id) == Seen([2, 3], [2, 3], [2, 3])
    assert office.notice(notice_id).rows_held == 2


@pytest.mark.databases("sqlite")
def test_the_same_form_sent_twice_is_one_objection(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    given = [{"track": "objection"}, {"accuses": "no"}, {"text": WORDS}, {"named": "no"}]
    check = answer(client, given, start=f"/en/complain?notice={notice_id}&row=1")
    send(client, check)
    send(client, check)
    assert len(cases(app)) == len(matters(app.sessions)) == 1


def test_after_a_finding_further_objections_are_taken_in_and_mark_nothing(
    office: Office, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    assert mark(office, notice_id, 2, now=clock.now())
    assert not mark(office, notice_id, 2, now=clock.now())
    settle(office, OPERATOR, OPERATOR, CONFIRMED, now=clock.now())
    assert not mark(office, notice_id, 2, now=clock.now())
    assert states(office.sessions) == [MatterState.DECIDED]
    assert office.notice(notice_id).rows_held == 0
    # The discipline office alone may have it checked once more.
    assert mark(office, notice_id, 2, now=clock.now(), by_discipline=True)
    assert office.notice(notice_id).rows_held == 1


@pytest.mark.databases("sqlite")
def test_an_objection_after_a_finding_is_a_case_and_no_mark(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2)
    settle(office, OPERATOR, OPERATOR, CONFIRMED, now=clock.now())
    assert seen(client, notice_id) == NOTHING
    object_to(client, notice_id, 2)
    assert len(cases(app)) == 2
    assert seen(client, notice_id) == NOTHING


def test_what_does_not_hang_or_has_no_such_row_is_not_marked(
    office: Office, clock: SettableClock
) -> None:
    draft = office.submit(OCTOBER, now=clock.now()).notice_ids[0]
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    for wrong, n in ((draft, 1), (notice_id, 4), (notice_id, 0), ("zzzzzzzzzz", 1)):
        assert not mark(office, wrong, n, now=clock.now())
    clock.advance(timedelta(days=30))
    assert not mark(office, notice_id, 1, now=clock.now())
    assert matters(office.sessions) == []


@pytest.mark.databases("sqlite")
def test_every_other_row_concludes_on_time_and_only_the_copy_stays(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, other = office.publish(OCTOBER_REVIEW, now=clock.now())
    posted_to = notice_json(client, notice_id)["posted_to"]
    object_to(client, notice_id, 2)
    assert notice_json(client, notice_id)["posted_to"] == posted_to
    clock.advance(timedelta(days=7))
    forget_what_is_over(app.sessions, now=clock.now())
    ended, concluded = notice_json(client, notice_id), notice_json(client, other)
    assert (ended["state"], ended["rows"], ended["under_examination"]) == ("ended", None, [])
    assert (concluded["state"], concluded["rows"]) == ("concluded", None)
    matter = the_matter(app.sessions)
    assert matter.row_copy is not None
    assert matter.row_copy["name"] == "欧阳*"
    settle(office, OPERATOR, OPERATOR, CONFIRMED, now=clock.now())
    assert notice_json(client, notice_id)["state"] == NoticeState.CONCLUDED
    assert the_matter(app.sessions).row_copy is None


@pytest.mark.databases("sqlite")
def test_a_notice_that_is_withdrawn_closes_its_matters(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, other = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 1)
    object_to(client, other, 1)
    with app.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, notice_id, "名单有误", now=clock.now())
    lapsed, still = sorted(matters(app.sessions), key=lambda one: one.notice_id == other)
    assert (lapsed.state, lapsed.row_copy) == (MatterState.LAPSED, None)
    assert (still.state, still.row_copy is None) == (MatterState.OPEN, False)
    assert office.notice(notice_id).rows_held == 0
    assert notice_json(client, notice_id)["state"] == "withdrawn"


@pytest.mark.databases("sqlite")
def test_the_copy_is_masked_and_a_whole_name_is_sealed_and_goes_with_the_policy(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    whole = replace(OCTOBER_REVIEW, policy=WHOLE_NAMES_ON_BOARD)
    notice_id, _ = office.publish(whole, now=clock.now())
    object_to(client, notice_id, 1)
    with app.sessions.reading() as session:
        matter = session.get_one(type(the_matter(app.sessions)), the_matter(app.sessions).id)
        assert matter.whole_name is not None
        assert "王秀英" not in str(matter.row_copy)
        assert "王秀英" in office.keys.open_names(matter.whole_name).decode()
    # The county decides that whole names stand on no board any more.
    office.prepare(replace(OCTOBER, period="2026-09"), now=clock.now())
    with app.sessions.reading() as session:
        assert session.get_one(type(matter), matter.id).whole_name is None


def test_two_objections_to_one_row_at_the_same_instant_make_one_mark(
    office: Office, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    together, marked = Barrier(4), list[bool]()

    def object_now() -> None:
        together.wait()
        marked.append(mark(office, notice_id, 2, now=clock.now()))

    threads = [Thread(target=object_now) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(marked) == [False, False, False, True]
    assert states(office.sessions) == [MatterState.OPEN]
    assert office.notice(notice_id).rows_held == 1


def test_two_filings_for_one_row_at_once_are_two_cases_and_one_mark(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    given = [{"track": "objection"}, {"accuses": "no"}, {"text": WORDS}, {"named": "no"}]
    checks = [
        answer(client, given, start=f"/en/complain?notice={notice_id}&row=2") for _ in range(2)
    ]
    together, answers = Barrier(2), list[Page]()

    def file(check: Page) -> None:
        together.wait()
        answers.append(Page(PageClient(app, app.settings.base_url).submit(check, button="send")))

    threads = [Thread(target=file, args=(check,)) for check in checks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.response.status_code for one in answers] == [200, 200]
    assert len(cases(app)) == 2
    assert states(app.sessions) == [MatterState.OPEN]
    assert office.notice(notice_id).rows_held == 1


def test_nothing_in_a_matter_leads_to_a_case(office: Office, clock: SettableClock) -> None:
    """Neither table knows the other, so whoever reads matters finds no case of anybody."""
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 1, now=clock.now())
    columns = {column.key for column in type(the_matter(office.sessions)).__table__.columns}
    assert not [name for name in columns if re.search("case|complaint|count|reporter", name)]
    assert Complaint.__table__ not in {
        key.column.table for key in type(the_matter(office.sessions)).__table__.foreign_keys
    }
