"""Delimited text (.csv): its encoding, its separator, its records.

Encoding: the byte order mark, else strict UTF-8, else GB18030. ``gbk`` cannot read 䶮 or 㛃, and
statistical detectors guess wrong on small files.
"""

import codecs
import csv
import io
from itertools import islice

from disclosure.intake.archive import damaged
from disclosure.intake.workbook import (
    MAX_COLUMNS,
    MAX_ROWS,
    ReadCode,
    ReadRefused,
    Sheet,
    Workbook,
)
from portal.kernel.language import N_

_SEPARATORS = ",\t;"
_LINES_LOOKED_AT = 20
_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 32), 127)))

_DOS_END = "\x1a"  # how old programs end a text file

TOO_MANY_CELLS = N_(
    "The file has too many rows or columns (at most %(rows)s rows and %(columns)s columns). "
    "Delete what lies outside the list, or split the file."
)


def too_many_cells() -> ReadRefused:
    """Return the refusal of a file with more rows or columns than are read."""
    return ReadRefused(ReadCode.TOO_LARGE, TOO_MANY_CELLS, rows=MAX_ROWS, columns=MAX_COLUMNS)


def read_csv(data: bytes) -> Workbook:
    """Return the records of ``data`` as one sheet without a name.

    Raises:
        ReadRefused: no text, or more rows or columns than are read.
    """
    text, encoding = _decode(data)
    text = text.removesuffix(_DOS_END)
    if not _CONTROLS.isdisjoint(text):
        raise damaged()
    rows: list[list[str]] = []
    # A cell longer than this module's own limit of 131,072 characters is no cell of a list.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    try:
        for record in reader:
            if len(record) > MAX_COLUMNS and any(map(str.strip, record[MAX_COLUMNS:])):
                raise too_many_cells()
            rows.append(record[:MAX_COLUMNS])
            if len(rows) > MAX_ROWS:
                raise too_many_cells()
    except csv.Error as error:
        raise damaged() from error
    return Workbook((Sheet("", [list(row) for row in rows]),), encoding)


def _decode(data: bytes) -> tuple[str, str]:
    marks = (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    )
    try:
        for mark, encoding in marks:
            if data.startswith(mark):
                return data.decode("utf-8-sig" if encoding == "utf-8" else encoding), encoding
        try:
            return data.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text = data.decode("gb18030")
            return text.removeprefix("\ufeff"), "gb18030"
    except UnicodeDecodeError as error:
        raise damaged() from error


def _separator(text: str) -> str:
    """Return the separator that most of the first lines have, a comma when none has any."""
    lines = [line for line in islice(io.StringIO(text), _LINES_LOOKED_AT) if line.strip()]
    return max(_SEPARATORS, key=lambda sign: (sum(sign in line for line in lines), sign == ","))
