"""Titles 表题 above and beside a list: which period they state, in which unit the money is."""

import re
from collections.abc import Iterable
from datetime import date

from disclosure.intake.headings import unit_factor
from disclosure.intake.kinds import RULES, Kind
from portal.kernel.period import (
    Period,
    day_period,
    month_period,
    quarter_period,
    year_period,
)
from portal.kernel.text import compact

_DAY = r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?"
_SHORT_DAY = r"(?:(\d{4})[年./-])?(?:(\d{1,2})[月./-])?(\d{1,2})日?"
_WINDOW = re.compile(rf"{_DAY}(?:至|到|起至|-|~|—)+{_SHORT_DAY}")
_NOT_A_PERIOD = re.compile(r"(?:填报|制表|填表|打印|编制|上报)(?:日期|时间)|日期[:：]")
_QUARTER = re.compile(r"(\d{4})年第?([一二三四1-4])季")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_YEAR = re.compile(r"(\d{4})年")
_UNIT = re.compile(r"单位[:：]([^ ]*)")
_CHILDREN = re.compile(r"孤儿|事实无人抚养|困境儿童|留守儿童|未成年人保护|散居孤|弃婴")
_DIGITS = {char: str(place) for place, char in enumerate("〇一二三四五六七八九")} | {"○": "0"}
_HAN_YEAR = re.compile(
    r"(二[〇○零][〇○零一二三四五六七八九]{2})年(?:(十[一二]?|[一二三四五六七八九])月)?"
)
_HAN_MONTHS = {
    name: number for number, name in enumerate((*"一二三四五六七八九十", "十一", "十二"), 1)
}


def stated_period(titles: Iterable[str], kind: Kind) -> Period | None:
    """Return the period that the lines above a list state, or None when they state none.

    For a review list that is the posting window 公示时间, for the others the most exact of month,
    quarter and year in the title. Dates of filling in the form do not count.
    """
    lines = [_digits(compact(title)) for title in titles]
    try:
        if RULES[kind].window:
            return next((p for line in lines if (p := _window(line))), None)
        for line in lines:
            if not _NOT_A_PERIOD.search(line) and (period := _in_title(line)):
                return period
    except ValueError:
        return None
    return None


def stated_unit(titles: Iterable[str]) -> tuple[int | None, bool]:
    """Return (yuan in the unit that the lines state, whether amounts are said to be yearly)."""
    for title in titles:
        if found := _UNIT.search(compact(title)):
            factor = unit_factor(found[1])
            if factor is not None:
                return factor, "元/年" in found[1]
    return None, False


def is_for_children(titles: Iterable[str]) -> bool:
    """Tell whether the title names a programme for children, which is published in figures only."""
    return any(_CHILDREN.search(compact(title)) for title in titles)


def stated_relief_type(titles: Iterable[str]) -> str:
    """Return 支出型 or 急难型 when the titles name exactly one of them, else ""."""
    text = "".join(compact(title) for title in titles)
    named = [word for word in ("支出型", "急难型") if word in text]
    return named[0] if len(named) == 1 else ""


def _window(line: str) -> Period | None:
    found = _WINDOW.search(line)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    first = date(year, month, day)
    last = date(int(found[4] or year), int(found[5] or month), int(found[6]))
    return day_period(first, last)


def _in_title(line: str) -> Period | None:
    if found := _QUARTER.search(line):
        digits = "一二三四"
        quarter = digits.index(found[2]) + 1 if found[2] in digits else int(found[2])
        return quarter_period(int(found[1]), quarter)
    if found := _MONTH.search(line):
        return month_period(int(found[1]), int(found[2]))
    if found := _YEAR.search(line):
        return year_period(int(found[1]))
    return None


def _digits(line: str) -> str:
    """Return ``line`` with a year and month in Chinese numerals (二〇二六年十月) in digits."""

    def replace(found: re.Match[str]) -> str:
        year = "".join(_DIGITS.get(char, "0") for char in found[1])
        return f"{year}年" + (f"{_HAN_MONTHS[found[2]]}月" if found[2] else "")

    return _HAN_YEAR.sub(replace, line)
