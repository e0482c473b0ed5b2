"""Reader 读取: the bytes of an upload become sheets of cells, or one clear refusal.

What the file is, is told by its content and never by its name. ``python-calamine`` reads the cells,
in a process of its own; before it may, everything that it would believe (sizes, extents,
encryption) is looked at here.
"""

from disclosure.intake import archive, biff, compound, ooxml, opendocument
from disclosure.intake.archive import damaged
from disclosure.intake.delimited import read_csv, too_many_cells
from disclosure.intake.spreadsheet import read_sheets
from disclosure.intake.workbook import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    Extent,
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
        return _read_cells(data, scans)
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


def _read_cells(data: bytes, scans: list[SheetScan]) -> Workbook:
    """Return the cells of a workbook whose sheets were scanned before, in the same order."""
    _check_extents([scan.extent for scan in scans])
    raw = read_sheets(data)
    # What was not looked at may not be read: its size is unknown.
    if len(raw) > MAX_SHEETS or len(raw) != len(scans):
        raise damaged()
    sheets: list[Sheet] = []
    for sheet, scan in zip(raw, scans, strict=True):
        if scan.name not in ("", sheet.name):
            raise damaged()
        if sheet.is_table:
            merges = scan.merges or sheet.merges
            sheets.append(Sheet(sheet.name, sheet.rows, scan.formulas, merges, sheet.hidden))
    return Workbook(tuple(sheets))


def _check_extents(extents: list[Extent]) -> None:
    rows = sum(extent.rows for extent in extents)
    cells = sum(extent.rows * extent.columns for extent in extents)
    widest = max((extent.columns for extent in extents), default=0)
    if rows > MAX_ROWS or widest > MAX_COLUMNS or cells > MAX_CELLS:
        raise too_many_cells()
