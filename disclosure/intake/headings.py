"""Headings 表头: which row holds them, and which column holds what.

The synonyms stand in ``headings.csv`` (field, ``exact`` or ``contains``, heading). A heading is
compared without spaces and without the unit in brackets behind it; the unit is kept.
"""

import csv
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from disclosure.intake.kinds import Field, KindRules
from disclosure.intake.learned import LONGEST_HEADING, NOTHING_LEARNED, Learned
from disclosure.intake.workbook import CellValue, Sheet
from portal.kernel.idnumber import is_id_number
from portal.kernel.text import compact

_TABLE = Path(__file__).with_name("headings.csv")
LOOKED_AT = 40  # rows above which headings must stand
_LEAST = 3  # columns that must be recognised
_UNIT = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_YEARLY = re.compile(r"年(?!月)|全年|每年")
_QUARTERLY = re.compile(r"季")
_DATA = re.compile(r"\d{4}")  # four digits in a row: no heading has them in its lower half
_SMALL = str.maketrans("（）【】／，", "()[]/,")


@dataclass(frozen=True)
class Column:
    """One column: its place from 0, what it holds, the heading's text and its unit."""

    index: int
    field: Field
    heading: str
    unit: str = ""

    @property
    def months(self) -> int:
        """How many months an amount in this column is for: 12, 3 or 1."""
        said = f"{self.heading}{self.unit}"
        if _YEARLY.search(said) and "月" not in said:
            return 12
        return 3 if _QUARTERLY.search(said) else 1

    @property
    def factor(self) -> int | None:
        """How many yuan the unit behind the heading is: 10000, 1000, 1, or None when not said."""
        return unit_factor(self.unit)


@dataclass(frozen=True)
class Headings:
    """A row of headings: first and last row (from 0, both inside) and the columns."""

    first_row: int
    last_row: int
    columns: tuple[Column, ...]
    by_field: dict[Field, Column] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for column in self.columns:
            known = self.by_field.get(column.field)
            if known is None or _better(column, known):
                self.by_field[column.field] = column

    @cached_property
    def places(self) -> dict[Field, int]:
        """Where each field stands, from 0: asked a dozen times a row."""
        return {wanted: column.index for wanted, column in self.by_field.items()}

    @cached_property
    def texts(self) -> frozenset[str]:
        """The headings as texts."""
        return frozenset(column.heading for column in self.columns)

    def find(self, wanted: Field) -> Column | None:
        """Return the column that holds ``wanted``, if there is one."""
        return self.by_field.get(wanted)


def unit_factor(text: str) -> int | None:
    """Return how many yuan the money unit in ``text`` is, None when it names none."""
    for word, factor in (("万元", 10_000), ("千元", 1_000), ("元", 1)):
        if word in text:
            return factor
    return None


def recognise(text: str) -> tuple[Field, str]:
    """Return what a heading's text says its column holds, and the unit behind it.

    >>> recognise("月保障金额（元）")
    (<Field.AMOUNT: 'amount'>, '元')
    """
    written = heading_text(text)
    exact, contains = _synonyms()
    unit = ""
    while True:
        if written in exact:
            return exact[written], unit
        found = _UNIT.search(written)
        if not found or not written[: found.start()]:
            break
        unit, written = found[1] + unit, written[: found.start()]
    for words, holds in contains:
        if words in written:
            return holds, unit
    return Field.OTHER, unit


def is_known_heading(text: str) -> bool:
    """Tell whether a heading is one of the known ones to the letter, so that it holds no name."""
    return heading_text(text) in _synonyms()[0]


def heading_text(value: CellValue) -> str:
    """Return a cell as a heading is compared: one line, half-width, no spaces."""
    return compact(value).translate(_SMALL) if isinstance(value, str) else ""


def find_headings(
    sheet: Sheet, rules: KindRules, learned: Learned = NOTHING_LEARNED
) -> Headings | None:
    """Return the first best row of headings, or None.

    Two rows count as one heading when the second names parts of the first (家庭情况: 家庭人口,
    保障人口). A row that the clerk has pointed at is taken, where its answers fit this sheet.
    """
    if pointed := _pointed_at(sheet, rules, learned):
        return pointed
    best: Headings | None = None
    best_score = 0
    for row in range(min(len(sheet.rows), LOOKED_AT)):
        headings = headings_at(sheet, row, rules, learned)
        score = _score(headings.columns) if headings else 0
        if headings and score > best_score:
            best, best_score = headings, score
    return best or _headless(sheet, rules, learned)


def headings_at(
    sheet: Sheet, row: int, rules: KindRules, learned: Learned = NOTHING_LEARNED
) -> Headings | None:
    """Return the headings that begin in ``row``, or None when that row holds none."""
    headings = likely_headings(sheet, row, learned)
    fits = _score(headings.columns) >= _LEAST and rules.signature & headings.by_field.keys()
    return headings if fits else None


def likely_headings(sheet: Sheet, row: int, learned: Learned = NOTHING_LEARNED) -> Headings:
    """Return what the headings would be if they began in ``row``: one row, or two together."""
    upper = _columns(row_texts(sheet, row, 1), learned)
    score = _score(upper)
    if score and row + 1 < len(sheet.rows) and _may_continue(sheet, row + 1):
        lower = _columns(row_texts(sheet, row + 1, 1), learned)
        both = _columns(row_texts(sheet, row, 2), learned)
        # A second row belongs to the headings only when the two together tell more than each.
        if _score(both) > max(score, _score(lower)):
            return Headings(row, row + 1, both)
    return Headings(row, row, upper)


def row_texts(sheet: Sheet, row: int, depth: int) -> list[str]:
    """Return the headings' texts if they stand in ``depth`` rows from ``row``; "" for an empty."""
    if depth > 1 and row + 1 < len(sheet.rows):
        return _joined(sheet, row)
    return [heading_text(value) for value in sheet.rows[row]]


def _pointed_at(sheet: Sheet, rules: KindRules, learned: Learned) -> Headings | None:
    """Return the headings in the row that the clerk has pointed at, if this sheet has them too."""
    if learned.row is None:
        return None
    if learned.row == 0:
        return _headless(sheet, rules, learned)
    row, last = learned.row - 1, learned.row + learned.depth - 2
    if last >= len(sheet.rows):
        return None
    headings = Headings(row, last, _columns(row_texts(sheet, row, learned.depth), learned))
    return headings if rules.signature & headings.by_field.keys() else None


def _headless(sheet: Sheet, rules: KindRules, learned: Learned) -> Headings | None:
    """Return the columns of a form without headings, if the cells agree with what was learned."""
    told = learned.headless
    columns = tuple(Column(index, held, "") for index, held in sorted(told.items()))
    if not rules.signature & {column.field for column in columns}:
        return None
    number = next((c.index for c in columns if c.field is Field.ID_NUMBER), None)
    people = [row for row, values in enumerate(sheet.rows) if _has_id_at(values, number)]
    if people:
        # What stands above the first person is the list's title.
        return Headings(people[0], people[0] - 1, columns)
    asked = learned.row == 0 and number is None
    return Headings(0, -1, columns) if asked else None


def _has_id_at(values: list[CellValue], index: int | None) -> bool:
    if index is None or index >= len(values):
        return False
    value = values[index]
    return isinstance(value, str) and is_id_number(value)


def _columns(texts: list[str], learned: Learned) -> tuple[Column, ...]:
    columns: list[Column] = []
    for index, text in enumerate(texts):
        told = learned.find(texts, index)
        if told or (text and len(text) <= LONGEST_HEADING):
            holds, unit = recognise(text)
            columns.append(Column(index, told or holds, text, unit))
    return tuple(columns)


def _score(columns: tuple[Column, ...]) -> int:
    return len({column.field for column in columns} - {Field.OTHER})


def _may_continue(sheet: Sheet, row: int) -> bool:
    """Tell whether a row can be the lower half of headings: short texts, at least one known."""
    values = [value for value in sheet.rows[row] if value != ""]
    texts = [heading_text(value) for value in values]
    return (
        all(isinstance(value, str) for value in values)
        and all(len(text) <= LONGEST_HEADING and not _DATA.search(text) for text in texts)
        and any(recognise(text)[0] is not Field.OTHER for text in texts if text)
    )


def _joined(sheet: Sheet, row: int) -> list[str]:
    """Return for each column the text of the lower row, or of the upper where that is empty."""
    upper = [heading_text(value) for value in sheet.rows[row]]
    lower = [heading_text(value) for value in sheet.rows[row + 1]]
    upper += [""] * (len(lower) - len(upper))
    lower += [""] * (len(upper) - len(lower))
    joined: list[str] = []
    above = ""
    for top, bottom in zip(upper, lower, strict=True):
        above = top or above
        known = recognise(bottom)[0] is not Field.OTHER if bottom else False
        longer = above + bottom
        # 户主 over 姓名: the two words are one heading when only together they are known.
        together = bottom and not known and recognise(longer)[0] is not Field.OTHER
        joined.append(longer if together else bottom or top)
    return joined


def _better(column: Column, known: Column) -> bool:
    """Tell whether of two columns for the same field the later one is to be used: months first."""
    return column.field is Field.AMOUNT and column.months < known.months


@cache
def _synonyms() -> tuple[dict[str, Field], tuple[tuple[str, Field], ...]]:
    with _TABLE.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    exact = {heading_text(r["heading"]): Field(r["field"]) for r in rows if r["match"] == "exact"}
    contains = tuple(
        (heading_text(r["heading"]), Field(r["field"])) for r in rows if r["match"] == "contains"
    )
    return exact, contains
