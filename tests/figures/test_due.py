"""What is due: the month or quarter that is over, and by when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.figures.due import DUTIES, DueState, due_on, list_due, period_due
from disclosure.figures.kinds import Cadence

TOWNSHIPS = [("640402100000", "township"), ("640402103000", "township")]
PLACES = [("640402000000", "county"), *TOWNSHIPS]


def states(done: set[tuple[str, str, str]], today: date) -> dict[str, DueState]:
    return {one.duty.id: one.state for one in list_due(done, PLACES, today=today)}


@pytest.mark.parametrize(
    ("today", "month", "quarter"),
    [
        (date(2026, 11, 22), "2026-10", "2026-Q3"),
        (date(2026, 1, 1), "2025-12", "2025-Q4"),
        (date(2026, 12, 31), "2026-11", "2026-Q3"),
        (date(2026, 4, 1), "2026-03", "2026-Q1"),
    ],
)
def test_it_is_the_last_month_and_the_last_quarter(today: date, month: str, quarter: str) -> None:
    assert period_due(Cadence.MONTHLY, today).text == month
    assert period_due(Cadence.QUARTERLY, today).text == quarter


def test_what_is_due_by_the_tenth_is_late_on_the_eleventh() -> None:
    assert states(set(), date(2026, 11, 10))["changes"] is DueState.NOT_YET
    assert states(set(), date(2026, 11, 11))["changes"] is DueState.LATE
    assert states(set(), date(2026, 11, 30))["stages"] is DueState.NOT_YET


def test_it_is_published_when_every_place_has() -> None:
    done = {("stages", TOWNSHIPS[0][0], "2026-10")}
    assert states(done, date(2026, 11, 5))["stages"] is DueState.NOT_YET
    done.add(("stages", TOWNSHIPS[1][0], "2026-10"))
    assert states(done, date(2026, 11, 5))["stages"] is DueState.PUBLISHED
    assert states(done, date(2026, 12, 5))["stages"] is DueState.NOT_YET


def test_a_township_is_not_asked_for_what_the_county_tells() -> None:
    found = {one.duty.id for one in list_due(set(), TOWNSHIPS[:1], today=date(2026, 11, 5))}
    assert "monitoring" not in found
    assert "stages" in found


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_every_period_is_over_and_due_later(today: date) -> None:
    for duty in DUTIES:
        period = period_due(duty.cadence, today)
        assert period.last_on < today
        assert due_on(duty, period) > period.last_on
        assert due_on(duty, period) <= period.last_on + timedelta(days=31)
