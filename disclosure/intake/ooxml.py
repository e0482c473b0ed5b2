"""Office Open XML (.xlsx): what must be known of a sheet before the reader may open it.

The reader keeps a dense table from the first to the last cell, so a file of a few bytes with one
cell at XFD1048576 would take all memory: how far the cells reach is looked at first. It also shows
no formulas, so they are looked up here.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from posixpath import join, normpath

from disclosure.intake.archive import damaged
from disclosure.intake.sharedtexts import check_shared_texts
from disclosure.intake.workbook import MAX_SHEETS, Extent, SheetScan
from disclosure.intake.xmlparts import parse_xml

_PREFIX = rb"<(?:[^\s<>/:]+:)?"
_REF = re.compile(rb"""(?<!\w)r\s*=\s*["']([A-Za-z]*)(\d*)""")
# References as nearly all programs write them; the rest of a file must then hold no other.
_USUAL_COLUMN = re.compile(rb'<c r="([A-Z]+)(?=\d+")')
_USUAL_CELL_ROW = re.compile(rb'<c r="[A-Z]+(\d+)"')
_USUAL_ROW = re.compile(rb'<row r="(\d+)"')
_PREFIXED = re.compile(rb":(?:c|row)(?=[\s>/])")
_ROW = re.compile(_PREFIX + rb"row(?=[\s>/])")
_CELL = re.compile(_PREFIX + rb"c(?=[\s>])")
_ROW_WITHOUT_REF = re.compile(_PREFIX + rb"row(?:/?>|\s(?![^<>]*(?<!\w)r\s*=))")
_CELL_WITHOUT_REF = re.compile(_PREFIX + rb"c(?:>|\s(?![^<>]*(?<!\w)r\s*=))")
_AFTER_TAG = (b" ", b">", b"/", b"\t", b"\n", b"\r")
_END = rb"[\s>/]"
_FORMULA = re.compile(_PREFIX + rb"f(?=[\s>/])")
_WINDOW = 4 * 1024 * 1024
_LARGEST_PART = 4 * 1024 * 1024  # of the parts that only list sheets
_CELL_NAME = re.compile(r"([A-Za-z]{1,3})(\d{1,7})")


def wanted(name: str) -> bool:
    """Tell whether a member of the archive is needed: parts in XML, no pictures, no macros."""
    return name == "[Content_Types].xml" or (
        name.endswith((".xml", ".rels"))
        and name.startswith(("_rels/", "xl/"))
        and not name.startswith(
            ("xl/drawings/", "xl/charts/", "xl/media/", "xl/theme/", "xl/pivot", "xl/comments")
        )
    )


def check_declarations(members: dict[str, bytes]) -> None:
    """Refuse a document type or entity declaration: spreadsheets have none, entity bombs do."""
    for content in members.values():
        if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:4]:
            raise damaged()  # UTF-16, in which the declarations would not be seen
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise damaged()


def scan_sheets(members: dict[str, bytes]) -> list[SheetScan]:
    """Return what is known of each sheet, in the order of the workbook.

    Raises:
        ReadRefused: a sheet's part is missing, or a part is not XML.
    """
    scans: list[SheetScan] = []
    scanned: dict[str, SheetScan] = {}
    by_path = {path.lower(): content for path, content in members.items()}
    check_shared_texts(by_path)
    for name, path in _sheet_paths(members):
        content = by_path.get(path.lower())
        if content is None:
            raise damaged()
        # Two sheets may name one part, which need not be looked at twice.
        if path not in scanned:
            scanned[path] = scan_sheet(content)
        scans.append(replace(scanned[path], name=name))
    return scans


def scan_sheet(content: bytes) -> SheetScan:
    """Return how far the cells of one sheet's XML reach, and its formulas.

    The quick look counts every reference, also of cells that hold nothing; only when it finds too
    many (some programs write an empty last row 1048576) the XML is read properly.
    """
    extent = _quick_extent(content)
    may_calculate = b"<f" in content or b":f" in content
    if extent.fits and not (may_calculate and _FORMULA.search(content)):
        return SheetScan("", extent)
    exact = _CellWatch()
    parse_xml(content, exact.start)
    return SheetScan("", extent if extent.fits else exact.extent, frozenset(exact.formulas))


def _quick_extent(content: bytes) -> Extent:
    letters: set[bytes] = set()
    numbers: set[bytes] = set()
    cells = rows_named = 0
    for start, end in _windows(content):
        columns_here = _USUAL_COLUMN.findall(content, start, end)
        rows_here = _USUAL_ROW.findall(content, start, end)
        letters.update(columns_here)
        numbers.update(_USUAL_CELL_ROW.findall(content, start, end))
        numbers.update(rows_here)
        cells, rows_named = cells + len(columns_here), rows_named + len(rows_here)
    usual = _is_usual(content, cells, rows_named)
    if not usual:
        letters, numbers = _any_references(content)
    if any(len(text) > 3 for text in letters) or any(len(text) > 7 for text in numbers):
        raise damaged()
    columns = max((column_number(text.decode()) for text in letters), default=0)
    rows = max((int(text) for text in numbers if text), default=0)
    if not usual and not _has_all_references(content):
        # Some programs leave the references out: then rows and cells simply follow one another.
        rows += sum(1 for _ in _ROW_WITHOUT_REF.finditer(content))
        if _CELL_WITHOUT_REF.search(content):
            columns += max(len(_CELL.findall(part)) for part in _ROW.split(content))
    return Extent(rows, columns)


def _windows(content: bytes) -> Iterator[tuple[int, int]]:
    """Yield the borders of pieces, cut where a tag begins: no reference lies across a cut."""
    start = 0
    while start < len(content):
        end = content.find(b"<", start + _WINDOW)
        end = len(content) if end < 0 else end
        yield start, end
        start = end


def _is_usual(content: bytes, cells: int, rows: int) -> bool:
    """Tell whether every row and cell is written as nearly all programs write them.

    Then what was found by that writing is all there is. Between the first and the last mention of
    ``sheetData`` no other tag begins with ``c`` or ``row``; outside of it there is no cell.
    """
    start, end = content.find(b"sheetData"), content.rfind(b"sheetData")
    if start < 0 or _PREFIXED.search(content):
        return False
    if (content.count(b"<c", start, end), content.count(b"<row", start, end)) != (cells, rows):
        return False
    return not (_CELL.search(content, 0, start) or _CELL.search(content, end))


def _any_references(content: bytes) -> tuple[set[bytes], set[bytes]]:
    """Return the letters and the numbers of all references, however they are written."""
    letters: set[bytes] = set()
    numbers: set[bytes] = set()
    for start, end in _windows(content):
        for column, row in set(_REF.findall(content, start, end)):
            letters.add(column)
            numbers.add(row)
    return letters, numbers


def _has_all_references(content: bytes) -> bool:
    """Tell whether every row and cell begins with its reference, as nearly all programs write."""
    for tag in (b"row", b"c"):
        every = sum(content.count(b"<" + tag + sign) for sign in _AFTER_TAG)
        if every != content.count(b"<" + tag + b' r="') or re.search(b":" + tag + _END, content):
            return False
    return True


class _CellWatch:
    """Follows the cells of a sheet: the last one that holds something, and the formulas."""

    def __init__(self) -> None:
        self._row = self._column = -1
        self._rows = self._columns = 0
        self.formulas: set[tuple[int, int]] = set()

    @property
    def extent(self) -> Extent:
        return Extent(self._rows, self._columns)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            given = attributes.get("r", "")
            self._row = int(given) - 1 if given.isdecimal() else self._row + 1
            self._column = -1
        elif tag == "c":
            cell = _CELL_NAME.fullmatch(attributes.get("r", ""))
            self._column = column_number(cell[1]) - 1 if cell else self._column + 1
            self._row = int(cell[2]) - 1 if cell else self._row
        elif tag in ("v", "f", "is"):
            self._rows = max(self._rows, self._row + 1)
            self._columns = max(self._columns, self._column + 1)
            if tag == "f":
                self.formulas.add((self._row, self._column))


def column_number(letters: str) -> int:
    """Return a column's number from 1: ``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """Return the letters of column ``number`` (from 1): the inverse of ``column_number``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet_paths(members: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return name and path of each sheet, in the order of the workbook."""
    targets: dict[str, str] = {}
    for attributes in _elements(members.get("xl/_rels/workbook.xml.rels", b""), "Relationship"):
        target = attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        targets[attributes.get("Id", "")] = path
    sheets: list[tuple[str, str]] = []
    for attributes in _elements(members.get("xl/workbook.xml", b""), "sheet"):
        relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
        sheets.append((attributes.get("name", ""), targets.get(relation, "")))
    return sheets


def _elements(content: bytes, wanted_tag: str) -> list[dict[str, str]]:
    """Return the attributes of the elements ``wanted_tag`` in one of the workbook's own parts."""
    if len(content) > _LARGEST_PART:
        raise damaged()
    found: list[dict[str, str]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == wanted_tag:
            found.append(attributes)

    if content:
        parse_xml(content, start)
    if len(found) > MAX_SHEETS * 2:
        raise damaged()
    return found
