"""A unit's list, the numbers on its desk, and the numbers for the public."""

from datetime import date, timedelta

from complaints import service, transfer
from complaints.queries import desk_counts, list_cases, public_statistics
from complaints.statements import Statement, WayOut
from complaints.tracks import Track
from complaints.workflow import State
from portal.kernel.clock import start_of_day
from tests.complaints.conftest import (
    Bureau,
    at,
    handler,
)
from tests.fixtures.people import GUANTING, SANYING, YUANZHOU


def test_the_list_holds_own_and_watched_cases_the_urgent_first(bureau: Bureau) -> None:
    late = bureau.file(Track.HELP)
    bureau.clock.move_to(at(2026, 10, 14))
    fresh = bureau.file(Track.OBJECTION)
    bureau.clock.move_to(at(2026, 10, 21))
    today = bureau.file(Track.HELP, statement=Statement("新的", SANYING))
    bureau.clock.move_to(at(2026, 10, 28))
    with bureau.sessions.reading() as session:
        mine = list_cases(session, bureau.actor("sanying"), now=bureau.clock.now())
        theirs = list_cases(session, bureau.actor("yuanzhou"), now=bureau.clock.now())
        others = list_cases(session, bureau.actor("guanting"), now=bureau.clock.now())
        counts = desk_counts(session, bureau.actor("sanying"), bureau.clock.now())
    assert [line.id for line in mine.late] == [late.complaint_id]
    assert [line.id for line in mine.due_today] == [each.complaint_id for each in (fresh, today)]
    assert mine.others == mine.watched == ()
    assert {line.id for line in theirs.watched} == {
        each.complaint_id for each in (late, fresh, today)
    }
    assert (others.late, others.due_today, others.others, others.watched) == ((), (), (), ())
    assert (counts.open, counts.late, counts.due_today, counts.unopened) == (3, 1, 2, 3)


def test_a_case_in_each_state_stands_in_the_right_part_of_the_list(bureau: Bureau) -> None:
    cases = {state: handler(bureau) for state in State}
    cases[State.REFERRED].do(transfer.refer, unit_id="guanting")
    cases[State.NOT_ACCEPTED].do(service.decline, reason="理由", way_out=WayOut.NONE)
    for state in (State.ACCEPTED, State.ANSWERED, State.REOPENED, State.CLOSED):
        cases[state].do(service.accept)
    for state in (State.ANSWERED, State.REOPENED, State.CLOSED):
        cases[state].answer()
    cases[State.REOPENED].do(service.record_call_back, satisfied=False, note="不满意")
    cases[State.CLOSED].do(service.record_call_back, satisfied=True, note="满意")
    cases[State.CLOSED].do(service.close)
    for state, staff in cases.items():
        assert bureau.case(staff.filed).state is state
    with bureau.sessions.reading() as session:
        mine = list_cases(session, bureau.actor("sanying"), now=bureau.clock.now())
        counts = desk_counts(session, bureau.actor("sanying"), bureau.clock.now())
    assert {line.state for line in mine.others} == {
        State.REGISTERED,
        State.ACCEPTED,
        State.ANSWERED,
        State.REOPENED,
    }
    assert {line.state for line in mine.over} == {State.NOT_ACCEPTED, State.CLOSED}
    assert (mine.over_count, counts.open) == (2, 4)


def test_public_numbers_are_those_of_midnight_and_small_ones_are_withheld(bureau: Bureau) -> None:
    staff = [handler(bureau) for _ in range(3)]
    bureau.file(Track.ACCUSATION)
    with bureau.sessions.reading() as session:
        numbers = public_statistics(session, SANYING, now=bureau.clock.now())
    assert (numbers.filed, numbers.answered, numbers.closed) == (None, None, None)
    assert numbers.until == start_of_day(date(2026, 10, 9))
    for each in staff[:2]:
        each.do(service.accept)
        each.answer()
    bureau.clock.advance(timedelta(days=1))
    for code, filed in ((SANYING, 3), (YUANZHOU, 3), (GUANTING, None)):
        with bureau.sessions.reading() as session:
            numbers = public_statistics(session, code, now=bureau.clock.now())
        assert (numbers.filed, numbers.answered, numbers.closed) == (filed, None, None)
    staff[2].do(service.accept)
    staff[2].answer()
    with bureau.sessions.reading() as session:
        before = public_statistics(session, SANYING, now=bureau.clock.now())
        after = public_statistics(session, SANYING, now=before.until)
    assert (before.answered, after.answered) == (None, 3)
