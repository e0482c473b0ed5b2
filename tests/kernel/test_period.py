"""Periods: four canonical forms, first and last day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.period import (
    Period,
    PeriodError,
    PeriodKind,
    day_period,
    month_period,
    parse_period,
    quarter_period,
    year_period,
)

YEARS = st.integers(1990, 2100)
PERIODS = st.one_of(
    st.builds(month_period, YEARS, st.integers(1, 12)),
    st.builds(quarter_period, YEARS, st.integers(1, 4)),
    st.builds(year_period, YEARS),
    st.builds(
        lambda first, days: day_period(first, first + timedelta(days=days)),
        st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        st.integers(0, 400),
    ),
)


@given(PERIODS)
def test_text_and_period_are_the_same(period: Period) -> None:
    assert parse_period(period.text) == period
    assert period.first_on <= period.last_on
    assert period.contains(period.first_on)
    assert period.contains(period.last_on)
    assert not period.contains(period.last_on + timedelta(days=1))


@pytest.mark.parametrize(
    ("text", "first", "last", "kind"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31), PeriodKind.MONTH),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), PeriodKind.MONTH),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30), PeriodKind.QUARTER),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), PeriodKind.YEAR),
        ("2026-11-16/2026-11-22", date(2026, 11, 16), date(2026, 11, 22), PeriodKind.DAYS),
    ],
)
def test_the_four_forms(text: str, first: date, last: date, kind: PeriodKind) -> None:
    assert parse_period(text) == Period(first, last, kind)


def test_both_printed_days_count() -> None:
    assert parse_period("2026-11-16/2026-11-22").days == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-13",
        "2026-1",
        "2026-Q5",
        "26",
        "0000",
        "2026-11-22/2026-11-16",
        "2026-02-30/2026-03-01",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_period(text)


def test_what_lies_within_what() -> None:
    year, quarter, month = map(parse_period, ("2026", "2026-Q3", "2026-09"))
    assert month.within(quarter)
    assert quarter.within(year)
    assert not quarter.within(month)
    assert quarter.overlaps(month)
    assert not month.overlaps(parse_period("2026-10"))


@given(PERIODS)
def test_a_label_has_what_its_sentence_asks_for(period: Period) -> None:
    message, params = period.label
    assert str(period.first_on.year) in message % params
