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

# What a file says it is about; a list of two programmes is asked about.
_TOPICS = {
    "destitute": re.compile(r"特困|五保|供养"),
    "marginal": re.compile(r"低保边缘|最低生活保障边缘|边缘家庭|边缘户"),
    "heavy-expense": re.compile(r"刚性支出|支出型困难家庭"),
    "guarantee": re.compile(r"(?:低保|最低生活保障)(?!边缘)"),
}
_FORMS = {
    "standing": Kind.STANDING,
    "review": Kind.REVIEW,
    "temporary": Kind.TEMPORARY,
    "funds": Kind.FUNDS,
    "destitute": Kind.PERSONS,
    "destitute-review": Kind.PERSONS_REVIEW,
    "destitute-ended": Kind.PERSONS_ENDED,
    "marginal": Kind.FAMILIES,
    "heavy-expense": Kind.FAMILIES,
}
_ENDED = re.compile(r"终止|停止|取消|退出")
_SUBSIDY = re.compile(r"补贴|津贴|慰问|一次性")
_REVIEW = re.compile(r"拟|审核|评议|初审|公示期|公示时间")
_STANDING = re.compile(r"花名册|低保|最低生活保障|名单|名册|长期公示")
_RELIEF = re.compile(r"临时救助|急难|支出型(?!困难家庭)")
_FUNDS = re.compile(r"资金|发放情况|统计表|汇总表")
_WRITTEN_PERIOD = re.compile(r"(?<!\d)(\d{4}-(?:\d{2}(?!\d)|Q[1-4]))(?![-\d])")
_TITLE_ROWS = 6
_NAMES_TRIED = 200
_ENOUGH = 0.8  # of a file's village names lie in one township, and in no other


@dataclass(frozen=True)
class Recognised:
    """What a file says of itself; None where it does not say, or not clearly."""

    region: Place | None
    kind: str | None
    period: Period | None


@dataclass(frozen=True)
class OwnKind:
    """A county's own programme: its kind, its name as titles write it, the form of its files."""

    kind: str
    name: str
    form: Kind


def recognise_file(
    workbook: Workbook,
    filename: str,
    regions: Sequence[Place],
    villages: Mapping[str, Sequence[Place]],
    learned: Learned = NOTHING_LEARNED,
    own: Sequence[OwnKind] = (),
) -> Recognised:
    """Return what ``workbook`` says of itself in its titles, sheets' names and file name.

    Args:
        regions: the townships (and counties) that it may be about.
        villages: the villages of each township, by its code.
        own: the programmes that counties have added.
    """
    shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
    titles = [text for sheet in shown for text in _titles(sheet)]
    spoken = [*titles, _stem(filename), *(sheet.name for sheet in shown)]
    kind, form = _kind_of(shown, spoken, learned, own)
    tables = [read_table(sheet, RULES[form], learned) for sheet in shown] if form else []
    level = "county" if form is Kind.FUNDS else "township"
    possible = [region for region in regions if region.level == level]
    region = _region_of(spoken, possible)
    if region is None and form is not Kind.FUNDS:
        region = _home_of_villages(tables, possible, villages)
    return Recognised(region, kind, _period_of(form, spoken, tables))


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


def _kind_of(
    sheets: Sequence[Sheet], spoken: Sequence[str], learned: Learned, own: Sequence[OwnKind]
) -> tuple[str | None, Kind | None]:
    """Return the kind that the headings fit and no word speaks against, and its form."""
    fields, words = _headings_of(sheets, learned)
    said = compact("".join(spoken))
    named = [one for one in own if compact(one.name) in said]
    if len(named) == 1 and Field.ID_NUMBER in fields:
        return named[0].kind, named[0].form
    name = None if named else _built_in(fields, words, said)
    return name, _FORMS[name] if name else None


def _headings_of(sheets: Sequence[Sheet], learned: Learned) -> tuple[set[Field], str]:
    """Return which columns the sheets have, and the words of their headings."""
    fields: set[Field] = set()
    words = ""
    for sheet in sheets:
        for kind in (Kind.TEMPORARY, Kind.FUNDS):
            headings = find_headings(sheet, RULES[kind], learned)
            if headings:
                fields |= headings.by_field.keys()
                words += "".join(headings.texts)
    return fields, words


def _built_in(fields: set[Field], words: str, said: str) -> str | None:
    if Field.ID_NUMBER not in fields:
        counted = Field.TOWNSHIP in fields or _FUNDS.search(said)
        return "funds" if counted and Field.HOUSEHOLDS in fields else None
    if Field.RELIEF_TYPE in fields or _RELIEF.search(said):
        return "temporary"
    topics = {topic for topic, pattern in _TOPICS.items() if pattern.search(said)}
    if not topics and Field.CARE in fields:
        topics = {"destitute"}
    if len(topics) > 1 or (_SUBSIDY.search(said) and not topics):
        return None
    proposed = bool(_REVIEW.search(said) or "拟" in words)
    topic = topics.pop() if topics else "guarantee"
    if topic == "destitute":
        ended = "-ended" if _ENDED.search(said) else ""
        return topic + (ended or ("-review" if proposed else ""))
    if topic != "guarantee":
        return None if proposed else topic
    if proposed:
        return "review"
    return "standing" if _STANDING.search(said) or Field.CLASS in fields else None


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


def _period_of(form: Kind | None, spoken: Sequence[str], tables: Sequence[Table]) -> Period | None:
    """Return the period that everything agrees on, None when two are stated or none is."""
    if form is None:
        return None
    lines = [*(title for table in tables for title in table.titles), *spoken]
    found = [stated for line in lines if (stated := stated_period([line], form))]
    found += [written for line in lines if (written := _written_period(line))]
    if form is Kind.FUNDS:
        found = [year for one in found if (year := _year_of(one))]
    if RULES[form].window:
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
