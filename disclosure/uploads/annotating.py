"""Annotating 标注: a copy of a workbook in which every cell with a problem is marked.

Sheets, rows and cells stand as the reader read them. Texts are written as texts, so that nothing
runs as a formula and no ID number loses its last digits. Nothing is written to a disk.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from disclosure.intake.problems import Problem, Severity
from disclosure.intake.workbook import CellValue, Sheet, Workbook

_LONGEST_CELL = 32_767  # characters, the limit of the format
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_MOST_COMMENTS = 5_000  # more would make the file too heavy to open
_COLOURS = {Severity.ERROR: "#F8C9C0", Severity.WARNING: "#FBE6A8"}
_FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheet programs count days differently
_LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True)
class Words:
    """The words of the first sheet, in the clerk's language."""

    title: str
    headings: tuple[str, str, str, str, str]  # sheet, row, column, how serious, what to do
    error: str
    warning: str
    whole_file: str
    sentence: Callable[[Problem], str]


def annotated_copy(workbook: Workbook, problems: Sequence[Problem], words: Words) -> bytes:
    """Return ``workbook`` as .xlsx, its problems listed on a first sheet and marked in its cells.

    Args:
        problems: as ``check_file`` found them in this very workbook.
    """
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(target, options) as book:
        names = _sheet_names(workbook, words.title)
        _write_list(book, names[0], problems, words)
        marks = _marks(workbook, problems, words.sentence)
        copy = _Copy(book)
        for number, sheet in enumerate(workbook.sheets):
            copy.write(names[number + 1], sheet, marks.get(number, {}))
    return target.getvalue()


Mark = tuple[Severity, str]


def _marks(
    workbook: Workbook, problems: Iterable[Problem], sentence: Callable[[Problem], str]
) -> dict[int, dict[tuple[int, int], Mark]]:
    """Return what is wrong by sheet and cell, (row, column) from 0; a row's own at its first."""
    places = {f"#{number + 1}": number for number in range(len(workbook.sheets))}
    places |= {sheet.name: number for number, sheet in enumerate(workbook.sheets)}
    marks: dict[int, dict[tuple[int, int], Mark]] = {}
    for problem in problems:
        number = places.get(problem.sheet)
        if problem.row is None or number is None:
            continue
        cells = marks.setdefault(number, {})
        cell = (problem.row - 1, problem.index or 0)
        severity, said = cells.get(cell, (problem.severity, ""))
        worst = Severity.ERROR if Severity.ERROR in (severity, problem.severity) else severity
        cells[cell] = (worst, "\n".join(filter(None, (said, sentence(problem)))))
    return marks


def _write_list(book: Any, name: str, problems: Sequence[Problem], words: Words) -> None:
    page = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for column, width in enumerate((16, 10, 18, 12, 80)):
        page.set_column(column, column, width, wrapped)
    for column, heading in enumerate(words.headings):
        page.write_string(0, column, heading, head)
    page.freeze_panes(1, 0)
    for row, problem in enumerate(problems, start=1):
        serious = words.error if problem.severity is Severity.ERROR else words.warning
        where = words.whole_file if problem.row is None else str(problem.row)
        texts = (problem.sheet, where, problem.column or "", serious, words.sentence(problem))
        for column, text in enumerate(texts):
            page.write_string(row, column, text[:_LONGEST_CELL], wrapped)


class _Copy:
    """Writes the sheets, each as it stands, in a few formats that are made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[str, str], Any] = {}
        self._comments = 0

    def write(self, name: str, sheet: Sheet, marks: dict[tuple[int, int], Mark]) -> None:
        """Write one sheet; hidden ones stay hidden."""
        page = self._book.add_worksheet(name)
        if sheet.hidden:
            page.hide()
        self._merge(page, sheet)
        for row, values in enumerate(sheet.rows):
            for column, value in enumerate(values):
                mark = marks.get((row, column))
                if value != "" or mark:
                    self._write_cell(page, row, column, value, mark)
        for (row, column), (severity, said) in marks.items():
            width = len(sheet.rows[row]) if row < len(sheet.rows) else 0
            if column >= width:
                self._write_cell(page, row, column, "", (severity, said))

    def _merge(self, page: Any, sheet: Sheet) -> None:
        for merge in sheet.merges:
            corners = (merge.first_row, merge.first_column, merge.last_row, merge.last_column)
            if corners[:2] == corners[2:] or merge.last_row >= len(sheet.rows):
                continue
            try:
                page.merge_range(*corners, "")
            except XlsxWriterException:
                continue  # it overlaps another: damaged, and only looks

    def _write_cell(
        self, page: Any, row: int, column: int, value: CellValue, mark: Mark | None
    ) -> None:
        colour = _COLOURS[mark[0]] if mark else ""
        if isinstance(value, bool):
            page.write_boolean(row, column, value, self._format("", colour))
        elif isinstance(value, int | float) and abs(value) < 1e15:
            page.write_number(row, column, value, self._format("", colour))
        elif isinstance(value, datetime) and _can_be_written(value.date()):
            shown = "yyyy-mm-dd hh:mm" if value.time() != time() else "yyyy-mm-dd"
            moment = value.replace(tzinfo=None)
            page.write_datetime(row, column, moment, self._format(shown, colour))
        elif isinstance(value, date) and _can_be_written(value):
            page.write_datetime(row, column, value, self._format("yyyy-mm-dd", colour))
        elif value == "":
            page.write_blank(row, column, None, self._format("", colour))
        else:
            text = value if isinstance(value, str) else _as_text(value)
            page.write_string(row, column, text[:_LONGEST_CELL], self._format("@", colour))
        if mark and self._comments < _MOST_COMMENTS:
            self._comments += 1
            page.write_comment(row, column, mark[1][:_LONGEST_CELL], {"x_scale": 2.5})

    def _format(self, shown: str, colour: str) -> Any:
        key = (shown, colour)
        if key not in self._formats:
            wanted: dict[str, object] = {"num_format": shown} if shown else {}
            if colour:
                wanted |= {"bg_color": colour, "border": 1}
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]


def _can_be_written(day: date) -> bool:
    return _FIRST_DAY <= day <= _LAST_DAY


def _as_text(value: CellValue) -> str:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else repr(value)


def _sheet_names(workbook: Workbook, first: str) -> list[str]:
    """Return names that the format allows, no two alike: the list's first, then the sheets'."""
    names: list[str] = []
    taken: set[str] = set()
    for number, wanted in enumerate([first, *(sheet.name for sheet in workbook.sheets)]):
        plain = _FORBIDDEN.sub("_", wanted).strip("' ")[:_LONGEST_NAME] or f"Sheet{number}"
        name, again = plain, 2
        while name.lower() in taken or name.lower() == "history":
            tail = f" ({again})"
            name, again = plain[: _LONGEST_NAME - len(tail)] + tail, again + 1
        taken.add(name.lower())
        names.append(name)
    return names
