"""Screening 筛查 of text cells: formulas, and personal data where nobody expects it."""

from collections.abc import Callable, Iterator

from disclosure.intake import problems
from disclosure.intake.cells import is_formula_text, text_of
from disclosure.intake.kinds import NUMERIC, PRIVATE, RESOLVED, Field
from disclosure.intake.problems import Fault, Problem
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

    def line(
        self, table: Table, line: Line, sheet: str, label: Callable[[Line, int], str | None]
    ) -> Iterator[Problem]:
        """Yield the problems of a row's text cells, columns without a heading included."""
        fields = {c.index: c.field for c in line.headings.columns} if line.headings else {}
        for index, value in enumerate(line.values):
            holds = fields.get(index, Field.OTHER)
            if holds in NUMERIC:
                continue
            formula = (line.row - 1, index) in table.sheet.formulas or is_formula_text(value)
            if formula and not (holds is Field.NAME and is_formula_text(value)):
                yield problems.FORMULA.at(line.row, sheet, label(line, index))
            if holds in PRIVATE or holds in RESOLVED or value == "":
                continue
            for fault in self._faults(text_of(value), beside_person=True):
                yield fault.at(line.row, sheet, label(line, index))

    def titles(self, table: Table, sheet: str) -> Iterator[Problem]:
        """Yield the problems of the lines above the headings; the office's own number is none."""
        for line in table.of(Role.TITLE):
            for value in line.values:
                for fault in self._faults(text_of(value), beside_person=False):
                    yield fault.at(line.row, sheet)

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


def _is_office_number(text: str, finding: Finding) -> bool:
    before = text[max(0, finding.start - _BEFORE) : finding.start]
    return finding.kind is PiiKind.PHONE and any(word in before for word in _OFFICE)
