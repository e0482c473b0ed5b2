"""Whatever day it is, the demonstration's past is past."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.times import (
    days_before,
    list_month,
    month_after,
    month_before,
    publication_day,
    quarter_before,
)
from portal.kernel.clock import local_date

instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=UTC)
)


@given(now=instants)
def test_the_lists_are_of_the_last_month_whose_tenth_has_come_and_published_before(
    now: datetime,
) -> None:
    month, today = list_month(now), local_date(now)
    assert month.first_on.replace(day=10) <= today < month_after(month).first_on.replace(day=10)
    published = publication_day(month)
    assert month.contains(published)
    assert published < today


@given(now=instants, days=st.integers(1, 400))
def test_what_happened_days_ago_has_happened(now: datetime, days: int) -> None:
    assert now - timedelta(days=days + 1) < days_before(now, days, "23:59") < now


def test_nothing_happens_today() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        days_before(datetime(2026, 10, 8, tzinfo=UTC), 0, "09:00")


@pytest.mark.parametrize(
    ("on", "month", "day"),
    [
        (date(2026, 10, 9), "2026-09", date(2026, 9, 8)),
        (date(2026, 10, 10), "2026-10", date(2026, 10, 8)),
        (date(2026, 11, 22), "2026-11", date(2026, 11, 9)),  # the 8th is a Sunday
        (date(2027, 1, 1), "2026-12", date(2026, 12, 8)),
    ],
)
def test_the_month_and_its_day_of_publication(on: date, month: str, day: date) -> None:
    now = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    assert list_month(now).text == month
    assert publication_day(list_month(now)) == day


@given(now=instants)
def test_a_month_before_the_month_after_is_the_month(now: datetime) -> None:
    month = list_month(now)
    assert month_before(month_after(month)) == month
    assert quarter_before(local_date(now)).last_on < local_date(now)
