"""Sections on fund figures 资金发放 of public pages: what a place was paid, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from disclosure.figures.fundpages import (
    MOST_LINES,
    FundLineView,
    FundWords,
    MonthOverview,
    PlaceFunds,
    Trend,
    add_up,
    newest_month,
    overview_of,
    trend_of,
)
from disclosure.figures.fundqueries import list_fund_lines, match_lines
from disclosure.figures.funds import MatchedLine, public_line
from disclosure.figures.periods import FigurePeriod, parse_figure_period
from disclosure.queries import place_ref
from disclosure.wording import place_words
from portal.data.regions import Region, is_within, list_sub_regions
from portal.kernel.clock import end_of_day, local_date
from portal.web.addresses import request_locale
from portal.web.filters import cn_date
from portal.web.installation import now, reading

# Whether a place, programme and period are among what was asked for.
Admits = Callable[[str, str, str], bool]


@dataclass(frozen=True)
class FundSection:
    """What a page tells of fund figures; from ``fresh_until`` on other lists may count."""

    overview: MonthOverview | None
    names: dict[str, str]
    trend: Trend | None
    lines: tuple[FundLineView, ...]
    left_out: int
    with_place: bool
    fresh_until: datetime | None

    @property
    def any(self) -> bool:
        """Whether there is anything to tell."""
        return self.overview is not None or bool(self.lines)


@dataclass(frozen=True)
class FundChoices:
    """What can be asked for: places by code, programmes, months by how they are written."""

    places: dict[str, str]
    programmes: tuple[str, ...]
    periods: dict[str, FigurePeriod]


NO_CHOICES = FundChoices({}, (), {})
NOTHING_PAID = FundSection(None, {}, None, (), 0, False, None)


@dataclass(frozen=True)
class NewestFunds:
    """The newest month of a place, as its own page tells it."""

    month: str
    total: PlaceFunds
    lines: tuple[FundLineView, ...]
    fresh_until: datetime


def fund_words() -> FundWords:
    """Return what fund figures are told with, in the page's language."""
    comma = ", " if request_locale() == "en" else "、"
    return FundWords(_, cn_date, comma)


def matched_lines(area: str = "") -> tuple[MatchedLine, ...]:
    """Return the lines that hold in a place, each with how it stands to the lists now."""
    return match_lines(reading(), list_fund_lines(reading(), area), now=now())


def section_of_area(area: Region) -> FundSection:
    """Return what a place's page tells: the places in it, or, where none reports, its lines."""
    lines = matched_lines(area.code)
    if not lines:
        return NOTHING_PAID
    names = {
        sub.code: place_words(place_ref(sub), request_locale())
        for sub in list_sub_regions(reading(), area.code)
    }
    words = fund_words()
    overview = overview_of(area.code, names, lines, words)
    own = () if overview else tuple(map(words.view, lines[:MOST_LINES]))
    left_out = 0 if overview else len(lines) - len(own)
    return FundSection(
        overview, names, trend_of(lines, words), own, left_out, False, next_midnight()
    )


def section_of_choice(admits: Admits) -> FundSection:
    """Return the lines that were asked for."""
    lines = _chosen(admits)
    if not lines:
        return NOTHING_PAID
    shown = tuple(map(fund_words().view, lines[:MOST_LINES]))
    return FundSection(None, {}, None, shown, len(lines) - len(shown), True, next_midnight())


def newest_funds(code: str) -> NewestFunds | None:
    """Return the newest month that was reported for a place, None for none."""
    lines = matched_lines(code)
    month = newest_month(lines)
    if month is None:
        return None
    of_month = [one for one in lines if one.line.month == month]
    words = fund_words()
    own = tuple(words.view(one) for one in of_month if one.line.region_code == code)
    return NewestFunds(words.period(month), add_up(code, of_month), own, next_midnight())


def public_lines(admits: Admits) -> list[dict[str, Any]]:
    """Return the lines for programs."""
    return [public_line(one) for one in _chosen(admits)]


def _chosen(admits: Admits) -> list[MatchedLine]:
    return [
        one
        for one in matched_lines()
        if admits(one.line.region_code, one.line.programme, one.line.month.text)
    ]


def fund_choices(area: Region | None) -> FundChoices:
    """Return the places, programmes and months of which fund figures tell."""
    lines = list_fund_lines(reading(), area.code) if area else ()
    names = {sub.code: sub.name for sub in list_sub_regions(reading(), area.code)} if area else {}
    told = {line.region_code for line in lines}
    return FundChoices(
        places={
            code: name for code, name in names.items() if any(is_within(one, code) for one in told)
        },
        programmes=tuple(dict.fromkeys(line.programme for line in lines)),
        periods={line.month.text: parse_figure_period(line.month.text) for line in lines},
    )


def next_midnight() -> datetime:
    """Return when the day ends: then a month may end, or a list begin to hang."""
    return end_of_day(local_date(now()))
