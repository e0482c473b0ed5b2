"""Asking 请经办人说明表头: what the desk shows of a file whose form is not understood.

The values shown are the file's own, to the clerk who brings it in; nothing of them is kept.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from disclosure.intake.cells import is_empty, text_of
from disclosure.intake.headings import (
    LOOKED_AT,
    find_headings,
    likely_headings,
    recognise,
    row_texts,
)
from disclosure.intake.kinds import RULES, Field, Kind
from disclosure.intake.learned import Heading, Learned, heading_at
from disclosure.intake.ooxml import column_letters
from disclosure.intake.workbook import CellValue, Sheet, Workbook
from portal.kernel.errors import Refused
from portal.kernel.idnumber import is_id_number
from portal.kernel.language import N_
from portal.kernel.personal_data import PersonalDataFinder

SHOWN_VALUES = 3
_LONGEST_VALUE = 40
_DIGITS = re.compile(r"\d")

# What a clerk may say of a column; the rest is told by headings.csv alone.
_OF_LISTS = (
    *(Field.VILLAGE, Field.VILLAGE_CODE, Field.GROUP, Field.NAME, Field.MEMBER_NAME),
    *(Field.RELATION, Field.HOUSEHOLD_NO, Field.ID_NUMBER, Field.MEMBERS, Field.PERSONS),
    *(Field.COVERED, Field.CLASS, Field.AMOUNT),
)
_OF_RELIEF = (Field.REASON, Field.RELIEF_TYPE, Field.PAID_ON)
_OF_FUNDS = (
    *(Field.TOWNSHIP, Field.MONTH, Field.PROGRAMME, Field.HOUSEHOLDS, Field.PERSONS),
    *(Field.AMOUNT, Field.PAID_ON),
)
_OF_PERSONS = (*_OF_LISTS, Field.CARE)
_LAST = (Field.PERSONAL, Field.SERIAL, Field.OTHER)
CHOICES: dict[Kind, tuple[Field, ...]] = {
    Kind.STANDING: (*_OF_LISTS, Field.EXIT_MONTH, *_LAST),
    Kind.REVIEW: (*_OF_LISTS, *_LAST),
    Kind.TEMPORARY: (*_OF_LISTS, *_OF_RELIEF, *_LAST),
    Kind.FUNDS: (*_OF_FUNDS, *_LAST),
    Kind.PERSONS: (*_OF_PERSONS, *_LAST),
    Kind.PERSONS_REVIEW: (*_OF_PERSONS, *_LAST),
    Kind.PERSONS_ENDED: (*_OF_PERSONS, Field.REASON, *_LAST),
    Kind.FAMILIES: (*_OF_LISTS, *_LAST),
    Kind.SUBSIDY: (*_OF_LISTS, *_LAST),
    Kind.ONE_OFF: (*_OF_LISTS, *_LAST),
}
# Several columns may be personal, or not needed; every other field has one.
_MANY = frozenset(_LAST)


@dataclass(frozen=True)
class AskedColumn:
    """One column: ``position`` from 1, its heading, its first values, what it seems to hold."""

    position: int
    letters: str
    heading: str
    values: tuple[str, ...] = field(repr=False)
    guess: Field


@dataclass(frozen=True)
class AskedSheet:
    """A sheet that is not understood; ``row`` from 1 holds the headings, 0 says that none does.

    ``shown_rows`` are its first rows, by number, for pointing at the headings.
    """

    number: int
    name: str = field(repr=False)
    row: int
    depth: int
    columns: tuple[AskedColumn, ...]
    texts: tuple[str, ...] = field(repr=False)
    shown_rows: tuple[tuple[int, tuple[str, ...]], ...] = field(repr=False)


def ask(
    workbook: Workbook, kind: Kind, learned: Learned, *, row: int | None = None
) -> AskedSheet | None:
    """Return what to ask about the longest sheet that is not understood; None when all are.

    Args:
        row: where the clerk says that the headings stand, from 1; 0 for nowhere.
    """
    longest: tuple[int, int, int] | None = None
    for number, sheet in enumerate(workbook.sheets):
        filled = sum(any(not is_empty(v) for v in values) for values in sheet.rows)
        if sheet.hidden or not filled:
            continue
        headings = find_headings(sheet, RULES[kind], learned)
        told = set(headings.by_field) if headings else set()
        if headings is None or any(not told & set(group) for group in RULES[kind].required):
            likely = headings.first_row + 1 if headings else _likely_row(sheet)
            longest = max(longest or (0, 0, 0), (filled, -number, likely))
    if longest is None:
        return None
    _, place, likely = longest
    return _asked(workbook.sheets[-place], -place, kind, learned, likely if row is None else row)


def _likely_row(sheet: Sheet) -> int:
    """Return the row, from 1, that looks most like headings: many short texts without a digit."""

    def looks(values: Sequence[CellValue]) -> int:
        texts = [v for v in values if isinstance(v, str) and not is_empty(v)]
        return sum(len(text) <= 12 and not _DIGITS.search(text) for text in texts)

    best = max(range(min(LOOKED_AT, len(sheet.rows))), key=lambda i: (looks(sheet.rows[i]), -i))
    # One or two texts in a row of a person are a village and a name.
    has_person = any(isinstance(v, str) and is_id_number(v) for v in sheet.rows[best])
    return 0 if has_person else best + 1


def _asked(sheet: Sheet, number: int, kind: Kind, learned: Learned, row: int) -> AskedSheet:
    if not 0 <= row <= len(sheet.rows):
        raise Refused(N_("The sheet has no such row."), field="row")
    depth = 1
    width = max(len(values) for values in sheet.rows)
    texts = [""] * width
    if row:
        headings = likely_headings(sheet, row - 1, learned)
        depth = headings.last_row - headings.first_row + 1
        texts = row_texts(sheet, row - 1, depth)
        texts += [""] * (width - len(texts))
        if any(isinstance(v, str) and is_id_number(v) for v in sheet.rows[row - 1]):
            raise Refused(
                N_(
                    "Row %(row)s holds a person, no headings. Point at another row, or say that "
                    "there is none."
                ),
                field="row",
                row=row,
            )
    columns = [
        _column(sheet, index, texts, kind, learned, below=row + depth - 1 if row else 0)
        for index in range(width)
    ]
    return AskedSheet(
        number=number,
        name=sheet.name,
        row=row,
        depth=depth,
        columns=tuple(c for c in columns if c.heading or c.values),
        texts=tuple(texts),
        shown_rows=_first_rows(sheet),
    )


def _column(
    sheet: Sheet, index: int, texts: list[str], kind: Kind, learned: Learned, *, below: int
) -> AskedColumn:
    cells = (values[index] for values in sheet.rows[below:] if index < len(values))
    values = tuple(islice((_shown(v) for v in cells if not is_empty(v)), SHOWN_VALUES))
    guess = learned.find(texts, index) or recognised_field(texts[index])
    if guess not in CHOICES[kind]:
        guess = Field.OTHER
    if any(is_id_number(value) for value in values):
        guess = Field.ID_NUMBER if guess is Field.OTHER else guess
    return AskedColumn(index + 1, column_letters(index + 1), texts[index], values, guess)


def recognised_field(text: str) -> Field:
    """Return what ``headings.csv`` says of a heading."""
    return recognise(text)[0]


def _shown(value: CellValue) -> str:
    text = text_of(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def _first_rows(sheet: Sheet) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Return the first rows that hold something, with their numbers from 1."""
    filled = (
        (number, tuple(_shown(value) for value in values if not is_empty(value)))
        for number, values in enumerate(sheet.rows[:LOOKED_AT], 1)
    )
    return tuple((number, texts) for number, texts in filled if texts)


def answers_of(asked: AskedSheet, chosen: Mapping[int, Field]) -> dict[Heading, Field]:
    """Return what the clerk has said, by heading; ``chosen`` is by the columns' positions.

    Raises:
        Refused: two columns hold the same, or a column that the list needs is not among them.
    """
    single = [held for held in chosen.values() if held not in _MANY]
    if len(single) != len(set(single)):
        raise Refused(
            N_(
                "Two columns cannot hold the same. Choose for each what it holds, and 'not needed' "
                "for the others."
            )
        )
    known = {column.position for column in asked.columns}
    if not set(chosen) <= known:
        raise Refused(N_("The sheet has no such column. Load the page again."))
    return {heading_at(asked.texts, place - 1): held for place, held in chosen.items()}


def worth_keeping(
    answers: Mapping[Heading, Field], learned: Learned, whole_names: frozenset[str]
) -> dict[Heading, Field]:
    """Return the answers that are new, without any heading that holds personal data."""
    finder = PersonalDataFinder(whole_names)
    return {
        heading: held
        for heading, held in answers.items()
        if learned.fields.get(heading) is not held
        and not (heading.form == "" and recognised_field(heading.text) is held)
        and not finder.find(heading.text)
    }
