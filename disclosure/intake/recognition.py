"""Recognition 识别: whose list a file is, of which kind and period, told by what stands in it.

Nothing is guessed: what is not said, or said in two ways, stays open, and the desk asks.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disclosure.intake.agreement import agree
from disclosure.intake.cells import text_of
from disclosure.intake.headings import find_headings
from disclosure.intake.kinds import RULES, Field, Kind
from disclosure.intake.learned import NOTHING_LEARNED, Learned
from disclosure.intake.places import Gazetteer, Place
from disclosure.intake.table import Role, Table, read_table
from disclosure.intake.titles import stated_period
from disclosure.intake.workbook import Sheet, Workbook
from portal.kernel.errors import DomainError
from portal.kernel.period import Period, PeriodKind, parse_period
from portal.kernel.text import compact

_REVIEW = re.compile(r"拟|审核|评议|初审|公示期|公示时间")
_STANDING = re.compile(r"花名册|低保|最低生活保障|名单|名册|长期公示")
_RELIEF = re.compile(r"临时救助|急难|支出型")
_FUNDS = re.compile(r"资金|发放情况|统计表|汇总表")
_WRITTEN_PERIOD = re.compile(r"(?<!\d)(\d{4}-(?:\d{2}(?!\d)|Q[1-4]))(?![-\d])")
_TITLE_ROWS = 6
_NAMES_TRIED = 200
_ENOUGH = 0.8  # of a file's village names lie in one township, and in no other


@dataclass(frozen=True)
class Recognised:
    """What a file says of itself; None where it does not say, or not clearly."""

    region: Place | None
    kind: Kind | None
    period: Period | None


def recognise_file(
    workbook: Workbook,
    filename: str,
    regions: Sequence[Place],
    villages: Mapping[str, Sequence[Place]],
    learned: Learned = NOTHING_LEARNED,
) -> Recognised:
    """Return what ``workbook`` says of itself in its titles, sheets' names and file name.

    Args:
        regions: the townships (and counties) that it may be about.
        villages: the villages of each township, by its code.
    """
    shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
    titles = [text for sheet in shown for text in _titles(sheet)]
    spoken = [*titles, _stem(filename), *(sheet.name for sheet in shown)]
    kind = _kind_of(shown, spoken, learned)
    tables = [read_table(sheet, RULES[kind], learned) for sheet in shown] if kind else []
    level = "county" if kind is Kind.FUNDS else "township"
    possible = [region for region in regions if region.level == level]
    region = _region_of(spoken, possible)
    if region is None and kind is not Kind.FUNDS:
        region = _home_of_villages(tables, possible, villages)
    return Recognised(region, kind, _period_of(kind, spoken, tables))


def _stem(filename: str) -> str:
    return filename.rpartition(".")[0] or filename


def _titles(sheet: Sheet) -> list[str]:
    """Return the texts above a list: those of rows with one or two of them."""
    found: list[str] = []
    for values in sheet.rows[:_TITLE_ROWS]:
        texts = [value for value in values if isinstance(value, str) and value.strip()]
        if len(texts) > 2:
            break
        found += texts
    return found


def _kind_of(sheets: Sequence[Sheet], spoken: Sequence[str], learned: Learned) -> Kind | None:
    """Return the kind that the headings fit and that the words do not speak against."""
    fields: set[Field] = set()
    words = ""
    for sheet in sheets:
        for kind in (Kind.TEMPORARY, Kind.FUNDS):
            headings = find_headings(sheet, RULES[kind], learned)
            if headings:
                fields |= headings.by_field.keys()
                words += "".join(headings.texts)
    said = compact("".join(spoken))
    if {Field.TOWNSHIP, Field.HOUSEHOLDS} <= fields and Field.ID_NUMBER not in fields:
        return Kind.FUNDS
    if Field.ID_NUMBER not in fields:
        return Kind.FUNDS if _FUNDS.search(said) and Field.HOUSEHOLDS in fields else None
    if Field.RELIEF_TYPE in fields or _RELIEF.search(said):
        return Kind.TEMPORARY
    if _REVIEW.search(said) or "拟" in words:
        return Kind.REVIEW
    return Kind.STANDING if _STANDING.search(said) or Field.CLASS in fields else None


def _region_of(spoken: Sequence[str], regions: Sequence[Place]) -> Place | None:
    """Return the one region that is named; the title speaks before file and sheets."""
    if not regions:
        return None
    names = {compact(region.name): region for region in regions}
    for text in spoken:
        written = compact(text)
        named = [name for name in names if name in written]
        longest = [n for n in named if not any(n != other and n in other for other in named)]
        if len(longest) == 1:
            return names[longest[0]]
        if longest:
            return None
    return None


def _home_of_villages(
    tables: Sequence[Table], regions: Sequence[Place], villages: Mapping[str, Sequence[Place]]
) -> Place | None:
    """Return the one township in which nearly all of the file's villages lie."""
    names = {
        text_of(line.value(Field.VILLAGE))
        for table in tables
        for line in table.of(Role.DATA)[:_NAMES_TRIED]
    } - {""}
    if not names:
        return None
    fitting = []
    for region in regions:
        gazetteer = Gazetteer(region, villages.get(region.code, ()))
        found = sum(gazetteer.locate(name).place is not None for name in names)
        if found >= len(names) * _ENOUGH:
            fitting.append(region)
    return fitting[0] if len(fitting) == 1 else None


def _period_of(kind: Kind | None, spoken: Sequence[str], tables: Sequence[Table]) -> Period | None:
    """Return the period that everything agrees on, None when two are stated or none is."""
    if kind is None:
        return None
    lines = [*(title for table in tables for title in table.titles), *spoken]
    found = [stated for line in lines if (stated := stated_period([line], kind))]
    found += [written for line in lines if (written := _written_period(line))]
    if kind is Kind.FUNDS:
        found = [year for one in found if (year := _year_of(one))]
    if kind is Kind.REVIEW:
        found = [one for one in found if one.kind is PeriodKind.DAYS]
    if not found or not all(agree(found[0], other) for other in found):
        return None
    return min(found, key=lambda one: one.last_on - one.first_on)


def _written_period(line: str) -> Period | None:
    found = _WRITTEN_PERIOD.search(line)
    try:
        return parse_period(found[1]) if found else None
    except DomainError:
        return None


def _year_of(period: Period) -> Period | None:
    try:
        return parse_period(str(period.first_on.year))
    except DomainError:
        return None
