"""Posting windows as data, and what is missing of a printed one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.kinds.limits import LIMITS, Limit, Unit, county_window, window_shortfall
from portal.kernel.period import day_period
from portal.kernel.workdays import WorkCalendar

REVIEW = LIMITS["review-notice"]
WORKING = REVIEW.chosen(7, Unit.WORKING_DAY)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "limit", "missing"),
    [
        (date(2026, 11, 16), date(2026, 11, 22), REVIEW, 0),
        (date(2026, 11, 16), date(2026, 11, 21), REVIEW, 1),
        (date(2026, 11, 16), date(2026, 11, 22), WORKING, 2),
        (date(2026, 11, 16), date(2026, 11, 24), WORKING, 0),
        (date(2026, 11, 16), date(2026, 11, 16), LIMITS["standing-list"], 0),
        (date(2026, 11, 16), date(2026, 11, 16), county_window(30), 29),
    ],
)
def test_what_is_missing(first: date, last: date, limit: Limit, missing: int) -> None:
    assert window_shortfall(day_period(first, last), limit, WorkCalendar()) == missing


@given(DAYS, st.integers(0, 40), st.integers(0, 10))
def test_a_longer_window_misses_no_more(first: date, length: int, more: int) -> None:
    short = day_period(first, first + timedelta(days=length))
    long = day_period(first, first + timedelta(days=length + more))
    for limit in (REVIEW, WORKING):
        shortfall = window_shortfall(short, limit, WorkCalendar())
        assert 0 <= window_shortfall(long, limit, WorkCalendar()) <= shortfall <= 7
    assert window_shortfall(short, WORKING, WorkCalendar()) >= window_shortfall(
        short, REVIEW, WorkCalendar()
    )


def test_only_what_the_rule_offers_can_be_chosen() -> None:
    with pytest.raises(ValueError, match="review-notice"):
        REVIEW.chosen(3, Unit.CALENDAR_DAY)
    assert all(limit.citation for limit in LIMITS.values())
    assert LIMITS["temporary-list"].sure.value == "memory"
