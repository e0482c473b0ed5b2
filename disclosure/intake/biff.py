"""Old workbooks (.xls, [MS-XLS]): what must be known before the reader may open one.

Is it encrypted, how far do the cells reach, which of them are formulas, and how much text would the
cells hold, each with its own copy of the texts that they share.
"""

import struct
from collections.abc import Iterator

from disclosure.intake.archive import PASSWORD, damaged, too_large
from disclosure.intake.compound import Compound
from disclosure.intake.workbook import MAX_TEXT, Extent, ReadCode, ReadRefused, SheetScan

_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _BOUNDSHEET, _SHARED_TEXTS = 0x002F, 0x0085, 0x00FC
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_SEVERAL_NUMBERS, _SHARED_TEXT_CELL = 0x00BD, 0x00FD
_CELLS = _FORMULAS | {0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00FD, 0x00D6}
_WIDE, _FOREIGN, _RICH = 0x01, 0x04, 0x08


def scan_xls(data: bytes) -> list[SheetScan]:
    """Return what is known of each worksheet of an .xls file, in the order of the file's sheets.

    Raises:
        ReadRefused: encrypted, damaged, not a workbook, or with too much text.
    """
    file = Compound(data)
    if file.names & {"EncryptedPackage", "EncryptionInfo"}:
        raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)
    name = next((n for n in ("Workbook", "Book") if n in file.names), None)
    if name is None:
        raise damaged()
    book = file.stream(name)
    starts: list[int] = []
    shared: list[bytes] = []
    texts = False
    for kind, at, size in _records(book, 0):
        if kind == _FILEPASS:
            raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)
        if kind == _BOUNDSHEET and size >= 4:
            starts.append(struct.unpack_from("<I", book, at)[0])
        texts = kind == _SHARED_TEXTS or (kind == _CONTINUE and texts)
        if texts:
            shared.append(book[at : at + size])
        if kind == _EOF:
            break
    _check_texts(book, starts, shared)
    return [_scan_sheet(book, start) for start in starts]


def _records(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield (kind, where its body begins, size) of the records from ``start``."""
    while start + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, start)
        if start + 4 + size > len(book):
            return
        yield kind, start + 4, size
        start += 4 + size


def _of_sheet(book: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield the records of one sheet, embedded charts included."""
    depth = 0
    for kind, at, size in _records(book, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        yield kind, at, size


def _scan_sheet(book: bytes, start: int) -> SheetScan:
    rows = columns = 0
    formulas: set[tuple[int, int]] = set()
    for kind, at, size in _of_sheet(book, start):
        if kind not in _CELLS or size < 6:
            continue
        row, column = struct.unpack_from("<HH", book, at)
        several = kind == _SEVERAL_NUMBERS
        last = struct.unpack_from("<H", book, at + size - 2)[0] if several else column
        rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
        if kind in _FORMULAS:
            formulas.add((row, column))
    return SheetScan("", Extent(rows, columns), frozenset(formulas))


def _check_texts(book: bytes, starts: list[int], shared: list[bytes]) -> None:
    """Refuse a workbook whose cells would hold more than MAX_TEXT bytes of shared texts."""
    lengths = _SharedTexts(shared).lengths() if shared else []
    total = 0
    for start in starts:
        for kind, at, size in _of_sheet(book, start):
            if kind == _SHARED_TEXT_CELL and size >= 10:
                number = struct.unpack_from("<I", book, at + 6)[0]
                total += lengths[number] if number < len(lengths) else 0
    if total > MAX_TEXT:
        raise too_large()


class _SharedTexts:
    """Walks through the shared texts, which go on over the borders of records."""

    def __init__(self, segments: list[bytes]) -> None:
        self._segments = segments
        self._segment = 0
        self._at = 0

    def lengths(self) -> list[int]:
        """Return the bytes that each text takes at most; a broken end just ends the list."""
        lengths: list[int] = []
        try:
            self._take(4)
            for _ in range(struct.unpack("<I", self._take(4))[0]):
                count, flags = struct.unpack("<HB", self._take(3))
                runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
                more = struct.unpack("<I", self._take(4))[0] if flags & _FOREIGN else 0
                self._skip_letters(count, bool(flags & _WIDE))
                self._skip(runs * 4 + more)
                lengths.append(count * 4)
        except IndexError:
            return lengths
        return lengths

    def _left(self) -> int:
        """Return how many bytes are left in this record, going on to the next one at its end."""
        while self._at >= len(self._segments[self._segment]):
            self._segment += 1
            self._at = 0
        return len(self._segments[self._segment]) - self._at

    def _take(self, size: int) -> bytes:
        taken = b""
        while len(taken) < size:
            part = min(size - len(taken), self._left())
            taken += self._segments[self._segment][self._at : self._at + part]
            self._at += part
        return taken

    def _skip(self, size: int) -> None:
        while size > 0:
            part = min(size, self._left())
            self._at += part
            size -= part

    def _skip_letters(self, count: int, wide: bool) -> None:
        """Skip letters of one or two bytes; a new record says again how wide they are."""
        while count > 0:
            width = 2 if wide else 1
            part = min(count, self._left() // width)
            self._at += part * width
            count -= part
            if count > 0:
                self._at = len(self._segments[self._segment])
                self._left()
                wide = bool(self._take(1)[0] & _WIDE)
