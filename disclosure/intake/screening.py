"""Screening 筛查 of text cells: formulas, and personal data where nobody expects it."""

from collections.abc import Callable, Iterator

from disclosure.intake import problems
from disclosure.intake.cells import is_formula_text, text_of
from disclosure.intake.headings import is_known_heading
from disclosure.intake.kinds import NUMERIC, PRIVATE, RESOLVED, Field
from disclosure.intake.ooxml import column_letters
from disclosure.intake.problems import ColumnLabel, Fault, Problem
from disclosure.intake.table import Line, Role, Table
from portal.kernel.personal_data import Finding, PersonalDataFinder, PiiKind

_FAULTS = {
    PiiKind.PHONE: problems.PII_PHONE,
    PiiKind.ID: problems.PII_ID,
    PiiKind.OTHER: problems.PII_OTHER,
}
# The office's own number is meant to be seen: 监督电话：0954-2012345.
_OFFICE = ("监督", "举报", "咨询", "服务", "投诉", "热线", "填报", "联系电话")
_BEFORE = 12


class Screen:
    """Looks at the texts of a file, each different text once.

    Args:
        whole_names: all names in the file.
    """

    def __init__(self, whole_names: frozenset[str]) -> None:
        self._finder = PersonalDataFinder(whole_names)
        self._known: dict[tuple[str, bool], tuple[Fault, ...]] = {}

    def lines(
        self, table: Table, sheet: str, label: Callable[[Line, int], ColumnLabel | None]
    ) -> Iterator[Problem]:
        """Yield the problems of the rows' text cells, columns without a heading included."""
        calculated = {row for row, _ in table.sheet.formulas}
        holding: dict[int, list[_Held]] = {}
        for line in table.of(Role.DATA):
            columns = holding.get(id(line.headings))
            if columns is None or len(columns) < len(line.values):
                columns = holding[id(line.headings)] = _columns(line)
            has_formulas = line.row - 1 in calculated
            for (index, holds, is_text), value in zip(columns, line.values, strict=False):
                if holds is None or (value == "" and not has_formulas):
                    continue
                typed = is_formula_text(value)
                formula = typed or (has_formulas and (line.row - 1, index) in table.sheet.formulas)
                if formula and not (holds is Field.NAME and typed):
                    yield problems.FORMULA.at(line.row, sheet, label(line, index))
                if is_text and value != "":
                    for fault in self._faults(text_of(value), beside_person=True):
                        yield fault.at(line.row, sheet, label(line, index))

    def titles(self, table: Table, sheet: str) -> Iterator[Problem]:
        """Yield the problems of the lines above the headings; the office's own number is none."""
        for line in table.of(Role.TITLE):
            for value in line.values:
                for fault in self._faults(text_of(value), beside_person=False):
                    yield fault.at(line.row, sheet)

    def label(self, line: Line, wanted: Field | int) -> ColumnLabel | None:
        """Return what a column is called in problems: its heading, or its letters."""
        columns = line.headings.columns if line.headings else ()
        if isinstance(wanted, int):
            column = next((c for c in columns if c.index == wanted), None)
        else:
            column = line.headings.find(wanted) if line.headings else None
        if column is None:
            if not isinstance(wanted, int):
                return None
            return ColumnLabel(column_letters(wanted + 1), wanted)
        hidden = not column.heading or self.is_personal(column.heading)
        # A name that no row holds (户主姓名王某) is no name of the file, and not to be repeated.
        hidden = hidden or (column.field is Field.NAME and not is_known_heading(column.heading))
        words = column_letters(column.index + 1) if hidden else column.heading
        return ColumnLabel(words, column.index)

    def is_personal(self, text: str) -> bool:
        """Tell whether a heading or a sheet's name holds personal data and may not be repeated."""
        return bool(self._finder.find(text))

    def _faults(self, text: str, *, beside_person: bool) -> tuple[Fault, ...]:
        key = (text, beside_person)
        if key not in self._known:
            found = self._finder.find(text, beside_person=beside_person)
            if not beside_person:
                found = tuple(f for f in found if not _is_office_number(text, f))
            self._known[key] = tuple(_FAULTS[kind] for kind in sorted({f.kind for f in found}))
        return self._known[key]


# A column's place, what it holds (None where a formula is as good as a number), and whether its
# text is kept as it stands.
_Held = tuple[int, Field | None, bool]


def _columns(line: Line) -> list[_Held]:
    fields = {c.index: c.field for c in line.headings.columns} if line.headings else {}
    columns: list[_Held] = []
    for index in range(len(line.values)):
        holds = fields.get(index, Field.OTHER)
        is_text = holds not in PRIVATE and holds not in RESOLVED
        columns.append((index, None if holds in NUMERIC else holds, is_text))
    return columns


def _is_office_number(text: str, finding: Finding) -> bool:
    before = text[max(0, finding.start - _BEFORE) : finding.start]
    return finding.kind is PiiKind.PHONE and any(word in before for word in _OFFICE)
