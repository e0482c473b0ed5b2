"""OpenDocument spreadsheets (.ods): how far the cells reach, formulas and merges.

A cell or row may say that it repeats thousands of times; what is empty at the end is not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from disclosure.intake.archive import PASSWORD, too_large
from disclosure.intake.workbook import (
    MAX_TEXT,
    Extent,
    Merge,
    ReadCode,
    ReadRefused,
    SheetScan,
)
from disclosure.intake.xmlparts import parse_xml

MIME = b"application/vnd.oasis.opendocument.spreadsheet"
_BEYOND = 10**9  # what a count of ten digits and more is taken for: too many in any case
_MANIFEST = "META-INF/manifest.xml"


@dataclass
class _Table:
    name: str
    row: int = 0
    column: int = 0
    row_repeats: int = 1
    cell_repeats: int = 1
    cell_filled: bool = False
    cell_text: int = 0
    text: int = 0  # bytes of text in all cells, repeated ones counted as often as they repeat
    rows: int = 0
    columns: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)


def wanted(name: str) -> bool:
    """Tell whether a member of the archive is needed."""
    return name in ("mimetype", "content.xml", _MANIFEST)


def check_manifest(members: dict[str, bytes]) -> None:
    """Refuse a file whose manifest says that its content is encrypted."""
    if b"encryption-data" in members.get(_MANIFEST, b""):
        raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)


def scan_content(content: bytes) -> list[SheetScan]:
    """Return what is known of each sheet, its merged ranges included, in the document's order.

    Raises:
        ReadRefused: not XML, or with a document type declaration.
    """
    scanner = _Scanner()
    parse_xml(content, scanner.start, scanner.end, scanner.text)
    if sum(table.text for table in scanner.tables) > MAX_TEXT:
        raise too_large()
    return [
        SheetScan(
            table.name,
            Extent(table.rows, table.columns),
            frozenset(table.formulas),
            tuple(table.merges),
        )
        for table in scanner.tables
    ]


class _Scanner:
    """Follows rows and cells through the document; nested tables count in their cell."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self._open: list[_Table] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        attributes = _local(given.items())
        if tag == "table":
            table = _Table(attributes.get("name", ""))
            self.tables.append(table)
            self._open.append(table)
        elif not self._open:
            return
        elif tag == "table-row":
            self._open[-1].row_repeats = _count(attributes, "number-rows-repeated")
            self._open[-1].column = 0
        elif tag in ("table-cell", "covered-table-cell"):
            self._start_cell(self._open[-1], attributes)
        elif tag == "p":
            self._open[-1].cell_filled = True
        elif tag == "s":  # so many spaces
            self._open[-1].cell_text += _count(attributes, "c")

    def text(self, piece: str) -> None:
        if self._open:
            self._open[-1].cell_text += len(piece) * 4

    def end(self, tag: str) -> None:
        if not self._open:
            return
        table = self._open[-1]
        if tag == "table":
            self._open.pop()
        elif tag == "table-row":
            table.row += table.row_repeats
        elif tag in ("table-cell", "covered-table-cell"):
            table.column += table.cell_repeats
            table.text += table.cell_text * table.cell_repeats * table.row_repeats
            if table.cell_filled:
                table.rows = max(table.rows, table.row + table.row_repeats)
                table.columns = max(table.columns, table.column)

    def _start_cell(self, table: _Table, attributes: dict[str, str]) -> None:
        table.cell_repeats = _count(attributes, "number-columns-repeated")
        table.cell_text = 0
        table.cell_filled = "value-type" in attributes or "formula" in attributes
        if "formula" in attributes:
            table.formulas.add((table.row, table.column))
        down = _count(attributes, "number-rows-spanned")
        across = _count(attributes, "number-columns-spanned")
        if down > 1 or across > 1:
            table.merges.append(
                Merge(table.row, table.column, table.row + down - 1, table.column + across - 1)
            )


def _local(attributes: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.rpartition(":")[2]: value for name, value in attributes}


def _count(attributes: dict[str, str], name: str) -> int:
    given = attributes.get(name, "1")
    if not given.isdecimal():
        return 1
    return max(1, int(given)) if len(given) < 10 else _BEYOND
