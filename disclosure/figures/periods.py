"""Periods of published figures 数据期间: as sources write them, from one month to several years.

Beside months, quarters, years and runs of days: ``2018-H1`` 上半年, ``2024-YTD`` 年初至报道时,
``2012/2018-07`` 从…到…, and ``undated`` where the source bears no date.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.kernel.language import N_
from portal.kernel.period import Period, PeriodError, PeriodKind, parse_period

UNDATED = "undated"
_HALF = re.compile(r"(\d{4})-H([12])")
_TO_DATE = re.compile(r"(\d{4})-YTD")

Translate = Callable[[str], str]


class FigurePeriodKind(StrEnum):
    """How a figure's period is written."""

    SINGLE = "single"  # a month, quarter, year or run of days
    HALF = "half"
    TO_DATE = "to-date"
    RANGE = "range"
    UNDATED = "undated"


@dataclass(frozen=True)
class FigurePeriod:
    """A period with its first and last day, both counted; an undated one has neither."""

    text: str
    kind: FigurePeriodKind
    first: Period | None
    last: Period | None

    @property
    def first_on(self) -> date | None:
        """The first day."""
        return self.first.first_on if self.first else None

    @property
    def last_on(self) -> date | None:
        """The last day; of a year to date the year's last, because the source names no day."""
        return self.last.last_on if self.last else None

    @property
    def sort_key(self) -> tuple[date, date, str]:
        """What puts the newest last, and those without a date first."""
        return self.last_on or date.min, self.first_on or date.min, self.text

    @property
    def step(self) -> str | None:
        """What figures must have in common to follow one another in a line, or None."""
        if self.kind is FigurePeriodKind.HALF:
            return "half"
        if self.kind is FigurePeriodKind.SINGLE and self.first:
            return None if self.first.kind is PeriodKind.DAYS else self.first.kind.value
        return None

    def words(self, translate: Translate) -> str:
        """Return the period in the page's language: "2012年至2018年7月"."""
        if self.first is None or self.last is None:
            return translate(N_("no date given"))
        if self.kind is FigurePeriodKind.SINGLE:
            return _label(self.first, translate)
        if self.kind is FigurePeriodKind.RANGE:
            return translate(N_("%(first)s to %(last)s")) % {
                "first": _label(self.first, translate),
                "last": _label(self.last, translate),
            }
        return translate(_YEAR_WORDS[self.text[4:]]) % {"year": self.first.first_on.year}


_YEAR_WORDS = {
    "-H1": N_("First half of %(year)s"),
    "-H2": N_("Second half of %(year)s"),
    "-YTD": N_("%(year)s, up to the report"),
}


def _label(period: Period, translate: Translate) -> str:
    message, params = period.label
    return translate(message) % params


def parse_figure_period(text: str) -> FigurePeriod:
    """Return the period that ``text`` writes; raises PeriodError with a sentence that shows how."""
    written = text.strip()
    try:
        return _parse(written)
    except PeriodError:
        raise PeriodError(
            N_(
                "“%(period)s” is not a period. Write 2018-07, 2018-Q3, 2018-H1, 2018, 2018-YTD, "
                "2012/2018-07 or undated."
            ),
            field="period",
            period=written[:40],
        ) from None


def _parse(written: str) -> FigurePeriod:
    if written == UNDATED:
        return FigurePeriod(UNDATED, FigurePeriodKind.UNDATED, None, None)
    if found := _HALF.fullmatch(written):
        quarters = ("Q1", "Q2") if found[2] == "1" else ("Q3", "Q4")
        first, last = (parse_period(f"{found[1]}-{quarter}") for quarter in quarters)
        return FigurePeriod(written, FigurePeriodKind.HALF, first, last)
    if found := _TO_DATE.fullmatch(written):
        year = parse_period(found[1])
        return FigurePeriod(written, FigurePeriodKind.TO_DATE, year, year)
    begin, slash, end = written.partition("/")
    if slash and len(begin) < len("2018-07-01"):
        first, last = parse_period(begin), parse_period(end)
        if PeriodKind.DAYS in {first.kind, last.kind} or last.last_on <= first.first_on:
            raise PeriodError(written)
        return FigurePeriod(f"{first.text}/{last.text}", FigurePeriodKind.RANGE, first, last)
    single = parse_period(written)
    return FigurePeriod(single.text, FigurePeriodKind.SINGLE, single, single)
