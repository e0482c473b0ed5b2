"""Households 户: lines of a list become households, whether it has a row a household or a member.

A household with an error in any of its rows is left out whole, so that no count is ever wrong.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from disclosure.intake import problems
from disclosure.intake.cells import date_of, is_mark_of_nothing, text_of
from disclosure.intake.exits import check_exit
from disclosure.intake.kinds import RULES, Field, Kind
from disclosure.intake.places import Gazetteer, Place
from disclosure.intake.problems import ColumnLabel, Fault, Problem, Severity
from disclosure.intake.result import CheckedRow
from disclosure.intake.table import Line
from disclosure.intake.validation import (
    read_amount,
    read_care,
    read_class,
    read_count,
    read_covered,
    read_date,
    read_ending,
    read_id,
    read_name,
    read_relief_type,
    read_village,
)
from disclosure.intake.workbook import CellValue
from portal.kernel.idnumber import IdNumber
from portal.kernel.period import Period
from portal.kernel.text import compact, normalise_name

T = TypeVar("T")

# What is beyond these is a mistake, and no column of the database takes it.
LONGEST_NAME = 60
LONGEST_GROUP = 40
LONGEST_REASON = 200
MOST_PERSONS = 100
LARGEST_AMOUNT_FEN = 10_000_000_00

_REMARK = re.compile(r"[(\[（【〔\d].*")
_HEAD_WORDS = frozenset({"本人", "户主", "户主本人", "申请人", "申请人本人"})


@dataclass(frozen=True)
class SheetContext:
    """What holds for all rows of one sheet."""

    kind: Kind
    sheet: str
    gazetteer: Gazetteer
    of_sheet: Place | None
    factor: int
    months: int
    period: Period | None
    on: date
    relief_type: str = ""
    """支出型 or 急难型 when the title says it for the whole list."""
    blank_is_no: bool = True
    """Whether an empty cell of "is covered" means no: where a tick means yes."""
    member_rows: bool = False
    month: Period | None = None
    """The month that the title of fund figures states, for rows that have no month of their own."""
    known: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    """What cells of this sheet were read as: most columns hold few different values."""

    def read(self, reader: Callable[[CellValue], T], value: CellValue) -> T:
        """Return ``reader(value)``; each different value is read once."""
        key = (reader, value.__class__, value)
        known: T | None = self.known.get(key)
        if known is None:
            known = self.known[key] = reader(value)
        return known

    def read_amount(self, value: CellValue) -> tuple[int, Fault | None]:
        """Return an amount in fen for a month, in the unit that the sheet's heading or title says.

        No household's is larger than LARGEST_AMOUNT_FEN.
        """
        amount, fault = read_amount(value, factor=self.factor, months=self.months)
        if fault is None and amount > LARGEST_AMOUNT_FEN:
            fault = problems.AMOUNT_TOO_LARGE
        return amount, fault


@dataclass
class Findings:
    """Problems of one household while it is read."""

    sheet: str
    label: Callable[[Line, Field], ColumnLabel | None]
    problems: list[Problem] = field(default_factory=list)

    def report(self, fault: Fault, line: Line, wanted: Field | None) -> None:
        """Note ``fault`` at a cell of ``line``."""
        column = self.label(line, wanted) if wanted else None
        self.problems.append(fault.at(line.row, self.sheet, column))

    @property
    def has_errors(self) -> bool:
        """Whether one of them keeps the household from being published."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def has_member_rows(lines: Sequence[Line]) -> bool:
    """Tell whether a list has one row a member, and says which rows belong together."""
    headings = {id(line.headings): line.headings for line in lines if line.headings}
    fields = {field for found in headings.values() for field in found.by_field}
    if Field.MEMBER_NAME in fields:
        return True
    if Field.RELATION in fields and any(_is_head(line) for line in lines):
        return True
    return {Field.HOUSEHOLD_NO, Field.COVERED} <= fields


def group_households(lines: Iterable[Line], *, member_rows: bool) -> list[list[Line]]:
    """Return the rows of each household, in order."""
    households: list[list[Line]] = []
    for line in lines:
        if member_rows and households and not _begins(line, households[-1]):
            households[-1].append(line)
        else:
            households.append([line])
    return households


def _begins(line: Line, current: list[Line]) -> bool:
    """Tell whether ``line`` begins a new household after ``current``."""
    first = current[0]
    if line.headings is not first.headings:
        return True
    if _is_head(line) and any(_is_head(other) for other in current):
        return True
    villages = {compact(text_of(x.value(Field.VILLAGE))) for x in (line, first)} - {""}
    if len(villages) > 1:
        return True
    number, before = (text_of(x.value(Field.HOUSEHOLD_NO)) for x in (line, first))
    if number or before:
        return bool(number) and number != before
    if _is_head(line):
        return True
    if line.headings is not None and line.headings.find(Field.MEMBER_NAME):
        head = _name(line, Field.NAME)
        return bool(head) and head != _name(first, Field.NAME)
    return False


def _is_head(line: Line) -> bool:
    relation = line.value(Field.RELATION)
    return relation != "" and compact(text_of(relation)) in _HEAD_WORDS


def _name(line: Line, wanted: Field) -> str:
    return normalise_name(text_of(line.value(wanted)))


def names_in(lines: Iterable[Line]) -> frozenset[str]:
    """Return the whole names that rows hold, heads and members."""
    written = {line.value(wanted) for line in lines for wanted in (Field.NAME, Field.MEMBER_NAME)}
    names = {read_name(value)[0] for value in written}
    # 王秀英（户主） is written as 王秀英 elsewhere.
    names |= {before for name in names if (before := _REMARK.split(name)[0]) != name}
    return frozenset(name for name in names if len(name) > 1)


def check_household(
    lines: list[Line], context: SheetContext, label: Callable[[Line, Field], ColumnLabel | None]
) -> tuple[CheckedRow | None, list[Problem], list[tuple[Line, IdNumber]]]:
    """Return a household's row, its problems, and the ID numbers that are right with their rows.

    The row is None when anything in it is an error.
    """
    found = Findings(context.sheet, label)
    first, numbers = lines[0], _check_ids(lines, found)
    village, group = _check_village(first, context, found)
    name, head = _check_names(lines, found)
    persons, members = _check_counts(lines, context, found)
    amount = _check_amount(lines, context, found)
    class_ = _check_class(first, context, found)
    relief_type, paid_on = _check_relief(first, context, found)
    exit_month = check_exit(lines, context.kind, context.period, found.report)
    number = next((n for line, n in numbers if line is head), None)
    minor = _check_age(number, head, context, found)
    if found.has_errors or village is None or number is None:
        return None, found.problems, numbers
    row = CheckedRow(
        sheet=context.sheet,
        row=first.row,
        village=village,
        group=group,
        name=name,
        id_number=number.number,
        minor=minor,
        members=members,
        persons=persons,
        class_=class_,
        amount_fen=amount,
        reason=_reason(first, context),
        relief_type=relief_type,
        paid_on=paid_on,
        exit_month=exit_month,
        rows=len(lines),
    )
    return row, found.problems, numbers


def _check_class(line: Line, context: SheetContext, found: Findings) -> str:
    """Return the class; of a person who is cared for, the way of care (never how much)."""
    if not RULES[context.kind].care:
        return _reported(
            context.read(read_class, line.value(Field.CLASS)), found, line, Field.CLASS
        )
    wanted = Field.CARE if line.has(Field.CARE) else Field.CLASS
    return _reported(context.read(read_care, line.value(wanted)), found, line, wanted)


def _reason(line: Line, context: SheetContext) -> str:
    written = text_of(line.value(Field.REASON))
    return read_ending(written) if RULES[context.kind].ending else written


def _check_lengths(line: Line, group: str, found: Findings) -> None:
    reason = text_of(line.value(Field.REASON))
    limits = ((Field.GROUP, group, LONGEST_GROUP), (Field.REASON, reason, LONGEST_REASON))
    for wanted, text, most in limits:
        if len(text) > most:
            found.report(problems.too_long(most), line, wanted)


def _check_ids(lines: list[Line], found: Findings) -> list[tuple[Line, IdNumber]]:
    numbers: list[tuple[Line, IdNumber]] = []
    for line in lines:
        if line.number is not None:
            numbers.append((line, line.number))
            continue
        number, fault = read_id(line.value(Field.ID_NUMBER))
        if fault:
            found.report(fault, line, Field.ID_NUMBER)
        if number:
            numbers.append((line, number))
    return numbers


def _check_village(line: Line, context: SheetContext, found: Findings) -> tuple[Place | None, str]:
    key = (read_village, *map(line.value, (Field.VILLAGE, Field.VILLAGE_CODE, Field.GROUP)))
    if key not in context.known:
        context.known[key] = read_village(line, context.gazetteer, context.of_sheet)
    village, group, fault = context.known[key]
    if fault:
        found.report(fault, line, Field.VILLAGE)
    _check_lengths(line, group, found)
    return village, group


def _check_age(
    number: IdNumber | None, head: Line | None, context: SheetContext, found: Findings
) -> bool:
    """Return whether the head is a minor, whose name will be withheld."""
    minor = number is not None and number.is_minor_on(context.on)
    if minor and head is not None:
        found.report(problems.MINOR, head, _name_field(head))
    return minor


def _check_amount(lines: list[Line], context: SheetContext, found: Findings) -> int:
    """Return the household's amount; a second one is refused, for nobody knows what it adds."""
    if not RULES[context.kind].money:
        return 0
    first = lines[0]
    value = first.value(Field.AMOUNT)
    amount, fault = context.read(context.read_amount, value)
    if fault:
        found.report(fault, first, Field.AMOUNT)
    if len(lines) == 1:
        return amount
    column = first.headings.find(Field.AMOUNT) if first.headings else None
    for line in lines[1:]:
        again = line.value(Field.AMOUNT)
        repeated = again == value and column is not None and "户" in column.heading
        if not is_mark_of_nothing(again) and not repeated:
            found.report(problems.AMOUNT_TWICE, line, Field.AMOUNT)
    return amount


def _reported(read: tuple[str, Fault | None], found: Findings, line: Line, wanted: Field) -> str:
    value, fault = read
    if fault:
        found.report(fault, line, wanted)
    return value


def _name_field(line: Line) -> Field:
    return Field.MEMBER_NAME if line.has(Field.MEMBER_NAME) else Field.NAME


def _check_names(lines: list[Line], found: Findings) -> tuple[str, Line | None]:
    """Return the head's name, and the row in which the head stands as a person."""
    own = _name_field(lines[0])
    names: dict[int, str] = {}
    for line in lines:
        name, fault = read_name(line.value(own))
        names[line.row] = name
        if len(name) > LONGEST_NAME:
            fault = problems.too_long(LONGEST_NAME)
        if fault:
            found.report(fault, line, own)
    if own is Field.NAME and len(lines) == 1:
        return names[lines[0].row], lines[0]
    stated = _name(lines[0], Field.NAME) if own is Field.MEMBER_NAME else ""
    head = next((line for line in lines if _is_head(line)), None)
    if head is None and stated:
        head = next((line for line in lines if names[line.row] == stated), None)
    if head is None and not stated and len(lines) == 1:
        head = lines[0]
    if head is None or (stated and names[head.row] not in ("", stated)):
        found.report(problems.NO_HEAD, lines[0], Field.NAME)
        return "", None
    return names[head.row], head


def _check_counts(
    lines: list[Line], context: SheetContext, found: Findings
) -> tuple[int | None, int | None]:
    """Return (covered persons, family members), either None when the list does not say."""
    first = lines[0]
    persons = _count(first, Field.PERSONS, context, found)
    members = _count(first, Field.MEMBERS, context, found)
    if context.member_rows:
        members = len(lines) if members is None else members
        if first.has(Field.COVERED):
            persons = _count_covered(lines, context, found)
        elif persons is None:
            persons = len(lines)
    persons = 1 if persons is None and RULES[context.kind].one_person else persons
    if persons is None and RULES[context.kind].counts:
        if not _already(found, first, problems.COUNT_NAN):
            found.report(problems.COUNT_NAN, first, Field.PERSONS)
    elif persons == 0 and not _already(found, first, problems.COVERED_UNCLEAR):
        found.report(problems.PERSONS_NONE, first, Field.PERSONS)
    if persons is not None and members is not None and persons > members:
        found.report(problems.COVERED_GT_FAMILY, first, Field.PERSONS)
    return persons, members


def _already(found: Findings, line: Line, fault: Fault) -> bool:
    return any(p.row == line.row and p.message == fault.message for p in found.problems)


def _read_persons(value: CellValue) -> tuple[int | None, Fault | None]:
    count, fault = read_count(value)
    return (None, problems.COUNT_TOO_LARGE) if (count or 0) > MOST_PERSONS else (count, fault)


def _count(line: Line, wanted: Field, context: SheetContext, found: Findings) -> int | None:
    count, fault = context.read(_read_persons, line.value(wanted))
    if fault:
        found.report(fault, line, wanted)
    return count


def _count_covered(lines: list[Line], context: SheetContext, found: Findings) -> int:
    covered = 0
    for line in lines:
        says, fault = context.read(read_covered, line.value(Field.COVERED))
        if fault is None and says is None and not context.blank_is_no:
            fault = problems.COVERED_UNCLEAR
        if fault:
            found.report(fault, line, Field.COVERED)
        covered += bool(says)
    return covered


def _check_relief(line: Line, context: SheetContext, found: Findings) -> tuple[str, date | None]:
    if context.kind is not Kind.TEMPORARY:
        return "", None
    relief_type = context.relief_type
    if line.has(Field.RELIEF_TYPE):
        value = line.value(Field.RELIEF_TYPE)
        relief_type = _reported(read_relief_type(value), found, line, Field.RELIEF_TYPE)
    paid_on = date_of(line.value(Field.PAID_ON))
    if fault := read_date(line.value(Field.PAID_ON), paid_on):
        found.report(fault, line, Field.PAID_ON)
    if paid_on and context.period and not context.period.contains(paid_on):
        outside = problems.with_params(problems.PAID_OUTSIDE, period=context.period.text)
        found.report(outside, line, Field.PAID_ON)
    return relief_type, paid_on
