"""Times 时间 of the demonstration, counted back from the present moment.

The portal should look alive on whatever day it is tried: this month's lists hang, a review notice
is open for objections, something waits on every desk, and nothing has happened in the future.
"""

from datetime import date, datetime, time, timedelta

from portal.kernel.clock import SHANGHAI, local_date
from portal.kernel.period import Period, month_period, quarter_period
from portal.kernel.workdays import WorkCalendar

# Lists of a month are due by the 10th; these are published on the 8th, or on a working day near it.
_DUE_ON = 10
_PUBLISHED_ON = (8, 9, 7, 6, 5, 4, 3, 2, 1)


def list_month(now: datetime) -> Period:
    """Return the last month whose 10th has come."""
    today = local_date(now)
    month = month_period(today.year, today.month)
    return month if today.day >= _DUE_ON else month_before(month)


def month_before(month: Period) -> Period:
    """Return the month before ``month``."""
    last = month.first_on - timedelta(days=1)
    return month_period(last.year, last.month)


def months_up_to(month: Period, count: int) -> list[Period]:
    """Return ``count`` months of which ``month`` is the last, the earliest first."""
    months = [month]
    while len(months) < count:
        months.append(month_before(months[-1]))
    return months[::-1]


def month_after(month: Period) -> Period:
    """Return the month after ``month``."""
    first = month.last_on + timedelta(days=1)
    return month_period(first.year, first.month)


def quarter_before(day: date) -> Period:
    """Return the last quarter that was over before ``day``."""
    quarter = (day.month - 1) // 3
    return quarter_period(day.year, quarter) if quarter else quarter_period(day.year - 1, 4)


def publication_day(month: Period) -> date:
    """Return the day on which the lists of ``month`` were published."""
    calendar = WorkCalendar()
    days = [month.first_on.replace(day=day) for day in _PUBLISHED_ON]
    return next((day for day in days if calendar.is_working_day(day)), days[0])


def instant(day: date, at: str) -> datetime:
    """Return the instant of ``HH:MM`` on ``day`` in Asia/Shanghai."""
    return datetime.combine(day, time.fromisoformat(at), SHANGHAI)


def days_before(now: datetime, days: int, at: str) -> datetime:
    """Return the instant of ``HH:MM`` so many days ago, at least one: it has always passed."""
    if days < 1:
        raise ValueError("the demonstration's past ends yesterday")
    return instant(local_date(now) - timedelta(days=days), at)
