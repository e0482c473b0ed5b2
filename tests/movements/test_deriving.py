"""What changed, from the database: equal to the slow way, on both databases."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow
from disclosure.movements.comparing import Change, DifferentKeys, Listed
from disclosure.movements.deriving import derive_changes
from portal.data.regions import is_within
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, NotFound
from tests.fixtures.people import CITY, GUANTING, SANYING, XIJI, XINGLONG, YUANZHOU
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
from tests.movements.reference import brute_force, found_by, lists, proper_lists

AT = datetime(2026, 10, 8, 2, tzinfo=UTC)
LATER = AT + timedelta(days=31)
ON_A_DATABASE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _store(session: Session, earlier: Sequence[Listed], later: Sequence[Listed]) -> None:
    store_list(session, earlier, OCTOBER.text, AT)
    store_list(session, later, NOVEMBER.text, LATER)


@pytest.mark.databases("sqlite", "postgresql")
@given(earlier=lists, later=lists)
@ON_A_DATABASE
def test_the_whole_city_is_what_the_slow_way_finds(
    places: Sessions, earlier: list[Listed], later: list[Listed]
) -> None:
    old, new = numbered(earlier, "a"), numbered(later, "b")
    with Session(places.engine) as session:
        _store(session, old, new)
        found = derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
        session.rollback()
    assert found_by(found) == brute_force(old, new)
    assert found.unclear == ()


@given(earlier=proper_lists, later=proper_lists)
@ON_A_DATABASE
@pytest.mark.databases("sqlite", "postgresql")
def test_every_area_is_its_part_of_the_city(
    places: Sessions, earlier: list[Listed], later: list[Listed]
) -> None:
    old, new = numbered(earlier, "a"), numbered(later, "b")
    whole = brute_force(old, new)
    village_of = {(row.notice_id, row.n): row.village for row in [*old, *new]}
    with Session(places.engine) as session:
        _store(session, old, new)
        for area in (SANYING, YUANZHOU, XIJI, EAST):
            found = derive_changes(session, area, DIBAO, OCTOBER, NOVEMBER)
            assert found_by(found) == [
                one
                for one in whole
                if any(end and is_within(village_of[end], area) for end in one[2:4])
            ]
        session.rollback()


def test_no_row_becomes_an_object_and_one_statement_reads_them_all(places: Sessions) -> None:
    rows = [household(number) for number in range(50)]
    with places.writing() as session:
        _store(session, numbered(rows, "a"), numbered(rows[10:], "b"))
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    with places.reading() as session:
        event.listen(places.engine, "before_cursor_execute", note)
        found = derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
        event.remove(places.engine, "before_cursor_execute", note)
        assert not any(isinstance(one, NoticeRow) for one in session.identity_map.values())
    assert len(found.of(Change.REMOVED)) == 10
    assert sum("notice_rows.household_digest" in one for one in statements) == 1
    assert len(statements) < 12


def test_the_file_that_was_approved_last_is_the_list(places: Sessions) -> None:
    first = numbered([household(1), household(2)], "a")
    corrected = numbered([household(1)], "c")
    with places.writing() as session:
        store_list(session, first, OCTOBER.text, AT)
        store_list(session, corrected, OCTOBER.text, AT + timedelta(hours=1))
        store_list(session, numbered([household(1)], "b"), NOVEMBER.text, LATER)
        draft = numbered([household(9)], "d")
        store_list(session, draft, NOVEMBER.text, LATER, state=SubmissionState.SUBMITTED)
    with places.reading() as session:
        found = derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
    assert found.changes == ()
    assert found.unchanged == 1


def test_a_township_without_its_list_neither_lost_nor_won_anybody(places: Sessions) -> None:
    old = numbered([household(1, EAST), household(2, NEAR)], "a")
    new = numbered([household(3, EAST), household(4, FAR)], "b")
    with places.writing() as session:
        store_list(session, old, OCTOBER.text, AT, townships=[SANYING, GUANTING])
        store_list(session, new, NOVEMBER.text, LATER, townships=[SANYING, XINGLONG])
    with places.reading() as session:
        found = derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
    assert [one.listed.village for one in found.changes] == [EAST, EAST]
    assert {one.listed.village for one in found.unclear} == {NEAR, FAR}
    assert found.uncompared.later == {NEAR}
    assert found.uncompared.earlier == {FAR}


@pytest.mark.parametrize("swept", [True, False])
@pytest.mark.parametrize("withdrawn", ["a0", "b0"])
def test_a_withdrawn_notice_makes_nobody_come_or_go(
    places: Sessions, withdrawn: str, swept: bool
) -> None:
    old = numbered([household(1, EAST), household(2, WEST)], "a")
    new = numbered([household(3, EAST), household(2, WEST)], "b")
    with places.writing() as session:
        _store(session, old, new)
        session.get_one(Notice, withdrawn).withdrawn_at = LATER
        if swept:
            session.execute(delete(NoticeRow).where(NoticeRow.notice_id == withdrawn))
    with places.reading() as session:
        found = derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
    assert found.changes == ()
    assert [one.listed.village for one in found.unclear] == [EAST]


def test_rows_that_are_forgotten_are_no_additions(places: Sessions) -> None:
    with places.writing() as session:
        _store(session, numbered([household(1)], "a"), numbered([household(1)], "b"))
        session.execute(delete(NoticeRow).where(NoticeRow.notice_id == "a0"))
    with places.reading() as session, pytest.raises(Conflict, match="forgotten already"):
        derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)


def test_a_list_that_waits_for_its_day_is_not_there_yet(places: Sessions) -> None:
    with places.writing() as session:
        _store(session, numbered([household(1)], "a"), numbered([household(2)], "b"))
        session.get_one(Notice, "b0").published_at = None
    with places.reading() as session, pytest.raises(NotFound, match="2026-11"):
        derive_changes(session, SANYING, DIBAO, OCTOBER, NOVEMBER)


def test_a_list_that_was_never_there_is_not_empty(places: Sessions) -> None:
    with places.writing() as session:
        store_list(session, numbered([household(1)], "a"), OCTOBER.text, AT)
    with places.reading() as session, pytest.raises(NotFound, match="2026-11"):
        derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
    with places.reading() as session, pytest.raises(NotFound):
        derive_changes(session, CITY, "没有的项目", OCTOBER, NOVEMBER)


def test_different_keys_are_said(places: Sessions) -> None:
    with places.writing() as session:
        new = numbered([household(1, key_id="0b0b0b0b")], "b")
        _store(session, numbered([household(1)], "a"), new)
    with places.reading() as session, pytest.raises(DifferentKeys):
        derive_changes(session, CITY, DIBAO, OCTOBER, NOVEMBER)
