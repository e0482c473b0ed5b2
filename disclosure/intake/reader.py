"""Reader 读取: the bytes of an upload become sheets of cells, or one clear refusal.

What the file is, is told by its content and never by its name. ``python-calamine`` reads the cells;
before it may, everything that it would believe (sizes, extents, encryption) is looked at here.
"""

import io
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from disclosure.intake import archive, biff, compound, ooxml, opendocument
from disclosure.intake.archive import PASSWORD, damaged
from disclosure.intake.delimited import read_csv, too_many_cells
from disclosure.intake.workbook import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    Extent,
    Merge,
    ReadCode,
    ReadRefused,
    Sheet,
    SheetScan,
    Workbook,
)
from portal.kernel.language import N_

_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OTHER_FILES = (b"%pdf-", b"\x89png", b"\xff\xd8\xff", b"gif8", b"{\\rtf", b"rar!", b"7z\xbc\xaf")

EMPTY = N_("The file is empty. Choose the list that the system exported and upload it again.")
TOO_LARGE = N_("The file is larger than %(limit)s MB. Split it into several files, one a township.")
NOT_A_SPREADSHEET = N_(
    "The file is not a spreadsheet, whatever its name says. Open it in the spreadsheet program, "
    "save it as .xlsx and upload that file."
)
OLD_BINARY = N_(
    "Binary workbooks (.xlsb) are not read. Save the file as .xlsx and upload that file."
)


def read_workbook(data: bytes) -> Workbook:
    """Return the sheets of ``data``: .xlsx, .xls, .ods or .csv (UTF-8 or GB18030).

    Raises:
        ReadRefused: ``code`` is unreadable, encrypted or too_large; the message says what to do.
    """
    if len(data) > MAX_BYTES:
        raise ReadRefused(ReadCode.TOO_LARGE, TOO_LARGE, limit=MAX_BYTES // (1024 * 1024))
    if not data.strip(b"\x00\t\r\n "):
        raise ReadRefused(ReadCode.UNREADABLE, EMPTY)
    if data.startswith(_ZIP):
        return _read_zip(data)
    if data.startswith(compound.MAGIC):
        scans = biff.scan_xls(data)
        return _read_cells(io.BytesIO(data), scans)
    start = data[:1024].lstrip(b"\xef\xbb\xbf\t\r\n ").lower()
    if start.startswith((b"<!", b"<?xml", b"<html", b"<table", b"<meta", b"<head", b"<body")):
        raise ReadRefused(ReadCode.UNREADABLE, NOT_A_SPREADSHEET)
    if start.startswith(_OTHER_FILES):
        raise ReadRefused(ReadCode.UNREADABLE, NOT_A_SPREADSHEET)
    return read_csv(data)


def _read_zip(data: bytes) -> Workbook:
    members = archive.unpack(data, lambda name: ooxml.wanted(name) or opendocument.wanted(name))
    if "content.xml" in members:
        members = {n: c for n, c in members.items() if opendocument.wanted(n)}
        opendocument.check_manifest(members)
        if opendocument.MIME not in members.get("mimetype", b""):
            raise ReadRefused(ReadCode.UNREADABLE, NOT_A_SPREADSHEET)
        scans = opendocument.scan_content(members["content.xml"])
        return _read_cells(archive.pack(members), scans)
    if "xl/workbook.xml" in members:
        members = {n: c for n, c in members.items() if ooxml.wanted(n)}
        ooxml.check_declarations(members)
        return _read_cells(archive.pack(members), ooxml.scan_sheets(members))
    if b"xl/workbook.bin" in data:
        raise ReadRefused(ReadCode.UNREADABLE, OLD_BINARY)
    raise ReadRefused(ReadCode.UNREADABLE, NOT_A_SPREADSHEET)


def _read_cells(file: BinaryIO, scans: list[SheetScan]) -> Workbook:
    """Return the cells of a workbook whose sheets were scanned before, in the same order."""
    _check_extents([scan.extent for scan in scans])
    try:
        with CalamineWorkbook.from_filelike(file) as book:
            metadata = list(book.sheets_metadata)
            # What was not looked at may not be read: its size is unknown.
            if len(metadata) > MAX_SHEETS or len(metadata) != len(scans):
                raise damaged()
            sheets = [
                _sheet(book.get_sheet_by_index(place), about, scan)
                for place, (about, scan) in enumerate(zip(metadata, scans, strict=True))
                if about.typ == SheetTypeEnum.WorkSheet
            ]
    except PasswordError as error:
        raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD) from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise damaged() from error
    except BaseException as error:
        # A panic inside the reader is no ordinary exception; nothing else may be swallowed.
        if type(error).__name__ != "PanicException":
            raise
        raise damaged() from error
    return Workbook(tuple(sheets))


def _sheet(cells: CalamineSheet, about: SheetMetadata, scan: SheetScan) -> Sheet:
    if scan.name not in ("", about.name):
        raise damaged()
    return Sheet(
        name=about.name,
        rows=cells.to_python(skip_empty_area=False),
        formulas=scan.formulas,
        merges=scan.merges or _merges(cells),
        hidden=about.visible != SheetVisibleEnum.Visible,
    )


def _check_extents(extents: list[Extent]) -> None:
    rows = sum(extent.rows for extent in extents)
    cells = sum(extent.rows * extent.columns for extent in extents)
    widest = max((extent.columns for extent in extents), default=0)
    if rows > MAX_ROWS or widest > MAX_COLUMNS or cells > MAX_CELLS:
        raise too_many_cells()


def _merges(sheet: CalamineSheet) -> tuple[Merge, ...]:
    ranges = sheet.merged_cell_ranges or []
    return tuple(Merge(top, left, bottom, right) for (top, left), (bottom, right) in ranges)
