"""What changed is kept while one list replaces another, and is the same whoever is first."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.models import Notice, Submission
from disclosure.movements.comparing import Change, ExitStep, Listed
from disclosure.movements.completing import (
    RecordedChange,
    check_complete,
    count_missing_reasons,
    drop_changes_of,
    forget_changes,
    give_reasons,
    list_change_sets,
    list_changes,
)
from disclosure.movements.models import ChangeSet, ListChange, Outcome
from disclosure.movements.recording import KEEP_UNPUBLISHED_DAYS, record_changes
from portal.data.accounts import OPERATOR, User, actor_of
from portal.data.audit import AuditEntry
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.permissions import Role
from tests.fixtures.people import CITY, GUANTING, SANYING, XINGLONG
from tests.movements.lists import (
    DIBAO,
    EAST,
    FAR,
    NEAR,
    NOVEMBER,
    OCTOBER,
    WEST,
    household,
    numbered,
    store_list,
)
from tests.movements.reference import brute_force, proper_lists

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)
LATER = AT + timedelta(days=31)
TOWNSHIPS = (SANYING, GUANTING, XINGLONG)

Approve = Callable[..., ChangeSet]


def _approve(
    session: Session,
    rows: Sequence[Listed],
    period: str,
    township: str,
    replaced: Sequence[str],
    now: datetime = LATER,
) -> ChangeSet:
    """Store a township's list and record what it changes, as its approval does."""
    (submission,) = store_list(session, rows, period, now, townships=[township])
    made = record_changes(session, submission, replaced, now=now)
    assert made is not None
    return made


def _october(session: Session, rows: Sequence[Listed]) -> dict[str, str]:
    """Store October's lists; return the file of each township."""
    made = store_list(session, numbered(rows, "a"), OCTOBER.text, AT)
    return {one.region_code: one.id for one in made}


def _november(
    session: Session,
    rows: Sequence[Listed],
    files: dict[str, str],
    order: Sequence[str] = TOWNSHIPS,
) -> dict[str, ChangeSet]:
    later = numbered(rows, "b")
    return {
        township: _approve(session, later, NOVEMBER.text, township, [files[township]])
        for township in order
    }


def _changes(session: Session, township: str = SANYING) -> tuple[RecordedChange, ...]:
    """Return what stands recorded for a township's November."""
    (one,) = list_change_sets(session, township, DIBAO, NOVEMBER.text)
    return list_changes(session, one)


def _said(changes: Sequence[RecordedChange]) -> list[tuple[Change, str | None, str | None]]:
    return [
        (one.change, one.other_village, one.reason.code if one.reason else None) for one in changes
    ]


@pytest.mark.databases("sqlite", "postgresql")
@given(earlier=proper_lists, later=proper_lists, order=st.permutations(TOWNSHIPS))
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_townships_together_say_what_the_slow_way_finds_in_the_city(
    places: Sessions, earlier: list[Listed], later: list[Listed], order: list[str]
) -> None:
    expected = brute_force(numbered(earlier, "a"), numbered(later, "b"))
    with Session(places.engine) as session:
        _november(session, later, _october(session, earlier), order)
        session.expire_all()
        recorded = [
            one
            for made in list_change_sets(session, CITY, DIBAO, NOVEMBER.text)
            for one in list_changes(session, made)
        ]
        session.rollback()
    # A move between townships stands in both; where it arrives it is counted.
    counted = [one for one in recorded if one.other_village is None or one.household.after]
    assert sorted((one.change.value, one.household.listed.digest) for one in counted) == sorted(
        (change, digest) for change, digest, *_ in expected
    )
    left = [one for one in recorded if one.other_village is not None and one.household.before]
    assert len(left) == sum(one.other_village is not None for one in counted)


@pytest.mark.parametrize("order", [(SANYING, XINGLONG, GUANTING), (XINGLONG, GUANTING, SANYING)])
def test_a_move_to_another_township_is_a_move_whoever_is_approved_first(
    places: Sessions, order: tuple[str, ...]
) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST), household(2, WEST)])
        _november(session, [household(1, FAR), household(2, WEST)], files, order)
    with places.reading() as session:
        assert _said(_changes(session, SANYING)) == [(Change.MOVED, FAR, "moved-village")]
        assert _said(_changes(session, XINGLONG)) == [(Change.MOVED, EAST, "moved-village")]
        assert _changes(session, GUANTING) == ()


def test_whoever_moved_to_another_township_ended_no_gradual_exit(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST, exit_month="2026-10")])
        _november(session, [household(1, FAR)], files)
    with places.reading() as session:
        (left,), (arrived,) = _changes(session, SANYING), _changes(session, XINGLONG)
        assert (left.change, left.exit_step) == (Change.MOVED, None)
        assert (arrived.change, arrived.exit_step) == (Change.MOVED, None)


def test_whoever_was_without_assistance_for_a_month_has_not_moved(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST)])
        made = _november(session, [], files)
        december = numbered([household(1, FAR)], "c")
        replaced = [made[XINGLONG].submission_id]
        _approve(session, december, "2026-12", XINGLONG, replaced, LATER + timedelta(days=30))
    with places.reading() as session:
        assert _said(_changes(session, SANYING)) == [(Change.REMOVED, None, None)]
        (later,) = list_change_sets(session, XINGLONG, DIBAO, "2026-12")
        assert _said(list_changes(session, later)) == [(Change.ADDED, None, None)]


def test_what_is_published_already_is_made_no_move(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST)])
        _november(session, [], files, [SANYING])[SANYING].published_at = LATER
        _november(session, [household(1, FAR)], files, [XINGLONG])
    with places.reading() as session:
        assert _said(_changes(session, SANYING)) == [(Change.REMOVED, None, None)]
        assert _said(_changes(session, XINGLONG)) == [(Change.ADDED, None, None)]


def test_a_corrected_file_of_the_same_month_counts_from_the_month_before(
    places: Sessions,
) -> None:
    with places.writing() as session:
        files = _october(session, [household(1), household(2), household(3), household(4)])
        wrong = [household(1), household(5), household(6, amount_fen=1), household(4)]
        first = _november(session, wrong, files, [SANYING])[SANYING]
        number = {one.household.listed.digest: one.n for one in list_changes(session, first)}
        chosen = {
            number[household(3).digest]: "death",
            number[household(5).digest]: "income-below-standard",
        }
        give_reasons(session, OPERATOR, first.id, chosen, now=LATER)
        right = numbered([household(1), household(2), household(5), household(4, persons=1)], "c")
        again = LATER + timedelta(hours=1)
        _approve(session, right, NOVEMBER.text, SANYING, [first.submission_id], again)
    with places.reading() as session:
        (made,) = list_change_sets(session, SANYING, DIBAO, NOVEMBER.text)
        assert made.earlier_period == OCTOBER.text
        changes = list_changes(session, made)
        assert [
            (one.change, one.household.listed.digest, one.reason and one.reason.code)
            for one in changes
        ] == [
            (Change.ADDED, household(5).digest, "income-below-standard"),
            (Change.REMOVED, household(3).digest, "death"),
            (Change.KEPT, household(4).digest, None),
        ]
        assert changes[0].household.listed.notice_id.startswith("c")


def test_a_move_stands_open_again_when_one_of_its_lists_is_corrected(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST, exit_month="2026-10")])
        made = _november(session, [household(1, FAR)], files)
        replaced = [made[XINGLONG].submission_id]
        _approve(session, [], NOVEMBER.text, XINGLONG, replaced, LATER + timedelta(hours=1))
    with places.reading() as session:
        assert _said(_changes(session, SANYING)) == [(Change.REMOVED, None, "gradual-exit-over")]
        assert _changes(session, XINGLONG) == ()


def test_what_is_published_is_not_derived_anew(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1), household(2)])
        first = _november(session, [household(1)], files, [SANYING])[SANYING]
        first.published_at = LATER
        _approve(
            session, numbered([household(2)], "c"), NOVEMBER.text, SANYING, [first.submission_id]
        )
    with places.reading() as session:
        made = list_change_sets(session, SANYING, DIBAO, NOVEMBER.text)
        said = [[one.change for one in list_changes(session, each)] for each in made]
        assert sorted(said) == [[Change.ADDED, Change.REMOVED], [Change.REMOVED]]
        assert session.get_one(ChangeSet, first.id).published_at == LATER


def test_a_gradual_exit_is_kept_with_its_month(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1), household(2, exit_month="2026-10")])
        _november(session, [household(1, exit_month="2027-01")], files, [SANYING])
    with places.reading() as session:
        ended, begun = _changes(session)
        assert (ended.exit_step, ended.reason and ended.reason.term) == (
            ExitStep.OVER,
            "渐退期满",
        )
        assert (begun.exit_step, begun.household.listed.exit_month) == (ExitStep.BEGUN, "2027-01")
        assert not ended.needs_reason
        assert not begun.needs_reason


def test_a_first_list_adds_nobody(places: Sessions) -> None:
    with places.writing() as session:
        first = _approve(session, numbered([household(1)], "a"), OCTOBER.text, SANYING, [], AT)
        corrected = numbered([household(1), household(2)], "b")
        _approve(session, corrected, OCTOBER.text, SANYING, [first.submission_id])
    with places.reading() as session:
        (made,) = list_change_sets(session, SANYING, DIBAO, OCTOBER.text)
        assert made.outcome is Outcome.NOTHING_BEFORE
        assert list_changes(session, made) == ()
        with pytest.raises(Refused, match="no list before this one"):
            check_complete(session, made)


def test_a_changed_key_stops_no_list_and_is_said(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1)])
        _november(session, [household(1, key_id="0b0b0b0b")], files, [SANYING])
    with places.reading() as session:
        (made,) = list_change_sets(session, SANYING, DIBAO, NOVEMBER.text)
        assert made.outcome is Outcome.DIFFERENT_KEYS
        assert (made.earlier_period, list_changes(session, made)) == (OCTOBER.text, ())
        with pytest.raises(Refused, match="key of this installation"):
            check_complete(session, made)


def test_lost_villages_and_doubled_households_are_kept_to_be_told(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST), household(2, WEST)])
        session.get_one(Notice, "a0").withdrawn_at = LATER
        rows = [household(1, EAST), household(2, WEST), household(2, WEST)]
        made = _november(session, rows, files, [SANYING])[SANYING]
        assert made.not_compared == {"earlier": [EAST], "later": []}
        assert made.doubled == [{"side": "later", "rows": [["b1", 1], ["b1", 2]]}]
        assert list_changes(session, made) == ()


def test_nothing_is_complete_while_a_reason_is_missing(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1), household(2, EAST), household(3)])
        later = [household(2, WEST), household(3, amount_fen=1), household(4)]
        made = _november(session, later, files, [SANYING])[SANYING]
        assert count_missing_reasons(session, made.id) == 2
        with pytest.raises(Refused, match="2 reasons are missing"):
            check_complete(session, made)
        added, removed, moved, kept = list_changes(session, made)
        assert [one.needs_reason for one in (added, removed, moved, kept)] == [
            True,
            True,
            False,
            False,
        ]
        give_reasons(session, OPERATOR, made.id, {removed.n: "voluntary"}, now=LATER)
        with pytest.raises(Refused, match="1 reasons are missing"):
            check_complete(session, made)
        give_reasons(session, OPERATOR, made.id, {added.n: "eligible-again"}, now=LATER)
        check_complete(session, made)
    with places.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "changes-reasons")
        ).all()
        assert [one.details["reasons"] for one in entries] == [
            {str(removed.n): "voluntary"},
            {str(added.n): "eligible-again"},
        ]


def test_a_reason_that_fills_itself_is_not_chosen(places: Sessions) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST), household(2, exit_month="2026-10")])
        made = _november(session, [household(1, WEST)], files, [SANYING])[SANYING]
        for row in list_changes(session, made):
            with pytest.raises(Refused, match="needs no reason"):
                give_reasons(session, OPERATOR, made.id, {row.n: "death"}, now=LATER)
        with pytest.raises(Refused, match="needs no reason"):
            give_reasons(session, OPERATOR, made.id, {99: "death"}, now=LATER)
        check_complete(session, made)
        made.published_at = LATER
        with pytest.raises(Conflict, match="are published"):
            give_reasons(session, OPERATOR, made.id, {}, now=LATER)


def test_only_the_clerk_of_the_place_gives_reasons(
    places: Sessions, add_staff: Callable[..., str]
) -> None:
    logins = {
        "clerk": add_staff(Role.CLERK),
        "neighbour": add_staff(Role.CLERK, "guanting"),
        "reviewer": add_staff(Role.REVIEWER),
    }
    with places.writing() as session:
        actors = {
            name: actor_of(session.scalars(select(User).where(User.login == login)).one())
            for name, login in logins.items()
        }
        files = _october(session, [household(1)])
        made = _november(session, [], files, [SANYING])[SANYING]
        with pytest.raises(Forbidden):
            give_reasons(session, actors["reviewer"], made.id, {1: "death"}, now=LATER)
        with pytest.raises(NotFound):
            give_reasons(session, actors["neighbour"], made.id, {1: "death"}, now=LATER)
        give_reasons(session, actors["clerk"], made.id, {1: "death"}, now=LATER)
        assert count_missing_reasons(session, made.id) == 0


def _recorded_rows(sessions: Sessions) -> int:
    with sessions.reading() as session:
        return len(session.execute(select(ListChange.set_id)).all())


def test_changes_are_forgotten_when_their_notice_has_ended(places: Sessions) -> None:
    with places.writing() as session:
        made = _november(session, [], _october(session, [household(1)]), [SANYING])[SANYING]
        made.published_at, made.ended_at = LATER, LATER + timedelta(days=30)
    with places.writing() as session:
        assert forget_changes(session, now=LATER + timedelta(days=29)) == 0
    assert _recorded_rows(places) == 1
    with places.writing() as session:
        assert forget_changes(session, now=LATER + timedelta(days=30)) == 1
    assert _recorded_rows(places) == 0
    with places.writing() as session:
        assert forget_changes(session, now=LATER + timedelta(days=31)) == 0
        with pytest.raises(Refused, match="is over"):
            check_complete(session, session.get_one(ChangeSet, made.id))


@pytest.mark.parametrize(("published", "left"), [(False, 0), (True, 1)])
def test_changes_that_nobody_publishes_are_forgotten_after_a_quarter(
    places: Sessions, published: bool, left: int
) -> None:
    with places.writing() as session:
        made = _november(session, [], _october(session, [household(1)]), [SANYING])[SANYING]
        made.published_at = LATER if published else None
    with places.writing() as session:
        forget_changes(session, now=LATER + timedelta(days=KEEP_UNPUBLISHED_DAYS))
    assert _recorded_rows(places) == 1
    with places.writing() as session:
        forget_changes(session, now=LATER + timedelta(days=KEEP_UNPUBLISHED_DAYS + 1))
    assert _recorded_rows(places) == left


@pytest.mark.parametrize(("withdrawn", "left"), [("a0", 1), ("b0", 1), ("b1", 1), ("b3", 2)])
def test_a_withdrawn_list_takes_its_households_out_of_the_changes(
    places: Sessions, withdrawn: str, left: int
) -> None:
    with places.writing() as session:
        files = _october(session, [household(1, EAST), household(2, NEAR)])
        files.pop(GUANTING)
        rows = [household(1, EAST, persons=1), household(3, WEST)]
        _november(session, rows, files, [SANYING])
        drop_changes_of(session, [withdrawn], now=LATER)
    assert _recorded_rows(places) == left
    with places.reading() as session:
        assert session.scalars(select(Submission.id)).first() is not None
