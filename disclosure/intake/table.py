"""Tables 表格: every row of a sheet gets exactly one role, so that none is lost silently."""

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice

from disclosure.intake.cells import count_of, is_empty
from disclosure.intake.headings import Headings, find_headings, heading_text, headings_at
from disclosure.intake.kinds import Field, KindRules
from disclosure.intake.learned import NOTHING_LEARNED, Learned
from disclosure.intake.workbook import CellValue, Merge, Sheet
from portal.kernel.idnumber import IdNumber, find_id
from portal.kernel.text import compact

_TOTAL = re.compile(r"[\u4e00-\u9fff]{0,8}(?:合计|总计|小计|共计|累计)[:：]?[\d,.户人万元，、]*")
_SUBTOTAL = re.compile(r"小计|本页|[村区组]合计|[村区组]共计")
_SIGNATURE = re.compile(
    r"(?:审核|制表|填表|填报|经办|负责|复核|审批|分管|主管|主要|单位|领导|镇长|乡长|主任|民政|村|"
    r"公示|监督|举报|咨询|联系|注|备注|说明|附|日期|盖章|评议|签)[^:：]{0,12}[:：]"
    r"|注[:：]|\(?(?:盖章|公章)\)?$|\d{4}年\d{1,2}月\d{1,2}日$"
)
_SHORTEST_ID = 15
_SPREAD = frozenset(
    {
        Field.VILLAGE,
        Field.VILLAGE_CODE,
        Field.GROUP,
        Field.TOWNSHIP,
        Field.MONTH,
        Field.PROGRAMME,
        Field.RELIEF_TYPE,
        Field.PAID_ON,
    }
)
"""Fields whose value in a merged cell holds for every row of the merge."""


class Role(StrEnum):
    """What a row of a sheet is."""

    TITLE = "title"
    HEADING = "heading"
    DATA = "data"
    BLANK = "blank"
    TOTAL = "total"
    SIGNATURE = "signature"
    UNREAD = "unread"  # of a sheet that is hidden or has no headings


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number from 1, its role, its cells, the headings it stands under.

    ``number`` is the ID number in its column for ID numbers, where it is already known to be right.
    """

    row: int
    role: Role
    values: list[CellValue] = field(repr=False)
    headings: Headings | None = None
    number: IdNumber | None = None

    def value(self, wanted: Field) -> CellValue:
        """Return the cell for ``wanted``, "" when there is no such column."""
        index = self.headings.places.get(wanted) if self.headings else None
        if index is None or index >= len(self.values):
            return ""
        return self.values[index]

    def has(self, wanted: Field) -> bool:
        """Tell whether there is a column for ``wanted``."""
        return self.headings is not None and wanted in self.headings.places

    @property
    def is_subtotal(self) -> bool:
        """Whether a total row counts only the rows since the one before."""
        return any(_SUBTOTAL.search(compact(v)) for v in self.values[:3] if isinstance(v, str))


@dataclass(frozen=True)
class Table:
    """A sheet, read: every row of it in ``lines``, in order; ``headings`` None when it has none."""

    sheet: Sheet
    lines: tuple[Line, ...]
    headings: Headings | None

    def of(self, role: Role) -> list[Line]:
        """Return the lines with ``role``."""
        return [line for line in self.lines if line.role is role]

    @property
    def titles(self) -> list[str]:
        """The texts above the headings."""
        return [v for line in self.of(Role.TITLE) for v in line.values if isinstance(v, str) and v]


def read_table(sheet: Sheet, rules: KindRules, learned: Learned = NOTHING_LEARNED) -> Table:
    """Return the rows of ``sheet`` with their roles; headings may be repeated further down."""
    headings = None if sheet.hidden else find_headings(sheet, rules, learned)
    lines: list[Line] = []
    current: Headings | None = None
    for index, values in enumerate(sheet.rows):
        row = index + 1
        if current is not None and index > current.last_row:
            # Nearly every row is a person's, and is told by its ID number alone.
            number = _id_in(values, current)
            if number is not None:
                lines.append(Line(row, Role.DATA, values, current, number))
                continue
        if all(is_empty(value) for value in values):
            lines.append(Line(row, Role.BLANK, values))
        elif headings is None:
            lines.append(Line(row, Role.UNREAD, values))
        elif index < headings.first_row:
            lines.append(Line(row, Role.TITLE, values))
        elif index <= headings.last_row:
            current = headings
            lines.append(Line(row, Role.HEADING, values))
        else:
            line, current = _below(sheet, index, rules, learned, current or headings)
            lines.append(line)
    return Table(sheet, tuple(_spread(lines, sheet.merges)), headings)


def _id_in(values: list[CellValue], current: Headings) -> IdNumber | None:
    """Return the ID number in its own column, None when there is no right one."""
    index = current.places.get(Field.ID_NUMBER)
    if index is None or index >= len(values):
        return None
    value = values[index]
    return find_id(value) if isinstance(value, str) and len(value) >= _SHORTEST_ID else None


def _below(
    sheet: Sheet, index: int, rules: KindRules, learned: Learned, current: Headings
) -> tuple[Line, Headings]:
    """Return a row below headings, and the headings that hold from here on."""
    values = sheet.rows[index]
    row = index + 1
    if index <= current.last_row:
        return Line(row, Role.HEADING, values), current
    if _only_numbered(values, current):
        return Line(row, Role.BLANK, values), current
    texts = _first_texts(values)
    total = any(_TOTAL.fullmatch(text) for text in texts)
    signature = bool(texts and _SIGNATURE.match(texts[0]))
    repeated = bool(texts) and _is_known(texts, values, current)
    # A row with an ID number is a person's, whatever else it says.
    if (total or signature or repeated) and not _has_id(values):
        if total:
            return Line(row, Role.TOTAL, values, current), current
        if signature:
            return Line(row, Role.SIGNATURE, values), current
        if again := headings_at(sheet, index, rules, learned):
            return Line(row, Role.HEADING, values), again
    return Line(row, Role.DATA, values, current), current


def _first_texts(values: list[CellValue]) -> list[str]:
    """Return the first three texts of a row, without spaces."""
    texts = (compact(value) for value in values if isinstance(value, str) and not is_empty(value))
    return list(islice(texts, 3))


def _only_numbered(values: list[CellValue], current: Headings) -> bool:
    """Tell whether a row holds a running number and nothing else: a form numbered in advance."""
    numbers = {c.index for c in current.columns if c.field in (Field.SERIAL, Field.HOUSEHOLD_NO)}
    filled = [(index, value) for index, value in enumerate(values) if not is_empty(value)]
    return all(index in numbers and count_of(value) is not None for index, value in filled)


def _has_id(values: list[CellValue]) -> bool:
    return any(isinstance(v, str) and len(v) >= _SHORTEST_ID and find_id(v) for v in values)


def _is_known(first: list[str], values: list[CellValue], current: Headings) -> bool:
    """Tell whether a row repeats headings: most of its cells are texts that stand there already."""
    known = current.texts
    if not known.intersection(first):
        return False
    texts = [text for value in values if (text := heading_text(value))]
    return sum(text in known for text in texts) * 2 > len(texts)


def _spread(lines: list[Line], merges: tuple[Merge, ...]) -> list[Line]:
    """Return ``lines`` with the value of a merged cell in every row that it covers."""
    spread = list(lines)
    for merge in merges:
        if merge.first_column != merge.last_column or merge.first_row >= len(lines):
            continue
        top = lines[merge.first_row]
        if top.role is not Role.DATA or merge.first_column >= len(top.values):
            continue
        value = top.values[merge.first_column]
        for index in range(merge.first_row + 1, min(merge.last_row + 1, len(lines))):
            line = spread[index]
            if line.headings is not None and _may_spread(line, merge.first_column):
                values = list(line.values)
                values[merge.first_column] = value
                spread[index] = replace(line, values=values)
    return spread


def _may_spread(line: Line, index: int) -> bool:
    if line.role is not Role.DATA or line.headings is None or index >= len(line.values):
        return False
    return any(
        column.index == index and column.field in _SPREAD for column in line.headings.columns
    ) and is_empty(line.values[index])
