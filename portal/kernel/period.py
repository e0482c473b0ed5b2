"""Periods 期间: the month, quarter, year or run of days that a list is about."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.kernel.errors import Refused
from portal.kernel.language import N_

FIRST_YEAR, LAST_YEAR = 1949, 2199

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"(\d{4})")
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})")


class PeriodKind(StrEnum):
    """How a period is written."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DAYS = "days"


class PeriodError(Refused):
    """The text is not a period."""


# Chinese and English differ in order, so a label is a sentence of its own with numbers in it.
_LABELS = {
    PeriodKind.MONTH: N_("Month %(month)s of %(year)s"),
    PeriodKind.QUARTER: N_("Quarter %(quarter)s of %(year)s"),
    PeriodKind.YEAR: N_("The year %(year)s"),
    PeriodKind.DAYS: N_("%(first)s to %(last)s"),
}


@dataclass(frozen=True, order=True)
class Period:
    """A period with its first and last day; both count."""

    first_on: date
    last_on: date
    kind: PeriodKind

    @property
    def text(self) -> str:
        """The canonical text: ``2026-10``, ``2026-Q3``, ``2026``, ``2026-11-16/2026-11-22``."""
        year = f"{self.first_on.year:04d}"
        if self.kind is PeriodKind.MONTH:
            return f"{year}-{self.first_on.month:02d}"
        if self.kind is PeriodKind.QUARTER:
            return f"{year}-Q{self._quarter}"
        if self.kind is PeriodKind.YEAR:
            return year
        return f"{self.first_on.isoformat()}/{self.last_on.isoformat()}"

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> tuple[str, dict[str, object]]:
        """The message (English, to be translated) and its parameters that name the period."""
        params: dict[PeriodKind, dict[str, object]] = {
            PeriodKind.MONTH: {"year": self.first_on.year, "month": self.first_on.month},
            PeriodKind.QUARTER: {"year": self.first_on.year, "quarter": self._quarter},
            PeriodKind.YEAR: {"year": self.first_on.year},
            PeriodKind.DAYS: {
                "first": self.first_on.isoformat(),
                "last": self.last_on.isoformat(),
            },
        }
        return _LABELS[self.kind], params[self.kind]

    @property
    def days(self) -> int:
        """How many days it has, first and last counted."""
        return (self.last_on - self.first_on).days + 1

    def contains(self, day: date) -> bool:
        """Tell whether ``day`` lies in it."""
        return self.first_on <= day <= self.last_on

    def overlaps(self, other: "Period") -> bool:
        """Tell whether it has a day in common with ``other``."""
        return self.first_on <= other.last_on and other.first_on <= self.last_on

    def within(self, other: "Period") -> bool:
        """Tell whether all its days are days of ``other``."""
        return other.first_on <= self.first_on and self.last_on <= other.last_on

    @property
    def _quarter(self) -> int:
        return (self.first_on.month + 2) // 3


def month_period(year: int, month: int) -> Period:
    """Return one calendar month; raises ValueError when there is no such month."""
    last = monthrange(year, month)[1]
    return Period(date(year, month, 1), date(year, month, last), PeriodKind.MONTH)


def quarter_period(year: int, quarter: int) -> Period:
    """Return one quarter (1 to 4) of a year; raises ValueError when there is no such quarter."""
    last_month = quarter * 3
    last = monthrange(year, last_month)[1]
    return Period(date(year, last_month - 2, 1), date(year, last_month, last), PeriodKind.QUARTER)


def year_period(year: int) -> Period:
    """Return one calendar year; raises ValueError outside 1 to 9999."""
    return Period(date(year, 1, 1), date(year, 12, 31), PeriodKind.YEAR)


def day_period(first_on: date, last_on: date) -> Period:
    """Return a run of days, both counted; raises ValueError when it ends before it begins."""
    if last_on < first_on:
        raise ValueError("a period ends on or after its first day")
    return Period(first_on, last_on, PeriodKind.DAYS)


def parse_period(text: str) -> Period:
    """Return the period that ``text`` writes in canonical form.

    Raises:
        PeriodError: with a sentence that shows the four forms; for a year that no list is about as
            well, because the calendar ends where instants must still be counted.
    """
    try:
        period = _parse(text.strip())
    except ValueError:
        period = None
    if period and period.first_on.year >= FIRST_YEAR and period.last_on.year <= LAST_YEAR:
        return period
    raise PeriodError(
        N_(
            "This is not a period. Write a month (2026-10), a quarter (2026-Q3), a year (2026) "
            "or the first and the last day (2026-11-16/2026-11-22)."
        ),
        field="period",
    )


def _parse(written: str) -> Period | None:
    if found := _MONTH.fullmatch(written):
        return month_period(int(found[1]), int(found[2]))
    if found := _QUARTER.fullmatch(written):
        return quarter_period(int(found[1]), int(found[2]))
    if found := _YEAR.fullmatch(written):
        return year_period(int(found[1]))
    if found := _DAYS.fullmatch(written):
        return day_period(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
    return None
