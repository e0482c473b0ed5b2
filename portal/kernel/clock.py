"""The clock 时钟: the one source of the present moment, and of dates in Asia/Shanghai.

Instants are timezone-aware UTC datetimes and are called ``…_at``; dates are calendar days in
Asia/Shanghai and are called ``…_on``. Nothing else in the project calls ``datetime.now``.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Anything that tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


@dataclass
class SettableClock:
    """A clock that stands still until it is moved: for tests and for building the demonstration."""

    instant: datetime = field(default_factory=lambda: datetime(2026, 10, 8, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return self.instant

    def move_to(self, instant: datetime) -> None:
        """Stand at ``instant`` from now on; raises ValueError if it has no time zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self.instant = instant.astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move on by ``step``."""
        self.instant += step


def local_date(instant: datetime) -> date:
    """Return the calendar day in Asia/Shanghai on which ``instant`` falls."""
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Return the instant (UTC) at which ``day`` begins in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """Return the instant (UTC) at which ``day`` ends, 24:00 in Asia/Shanghai."""
    return start_of_day(day + timedelta(days=1))
