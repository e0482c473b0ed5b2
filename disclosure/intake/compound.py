"""Compound files 复合文档 ([MS-CFB]): the container of old workbooks and of encrypted new ones.

Every chain of sectors is followed for at most as many steps as the file has sectors.
"""

import struct
from collections.abc import Iterator

from disclosure.intake.archive import damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16x2H H H H 6x I I I I I I I I I")
_ENTRY = 128
_LAST = 0xFFFFFFFA  # this and above are marks, not sectors
_STREAM, _ROOT = 2, 5


class Compound:
    """A compound file, read from memory.

    Raises:
        ReadRefused: the structure is broken.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            fields = _HEADER.unpack_from(data)
        except struct.error as error:
            raise damaged() from error
        if fields[0] != MAGIC or fields[4] not in (9, 12) or fields[5] > 12:
            raise damaged()
        self._sector = 1 << fields[4]
        self._small_sector = 1 << fields[5]
        self._small_limit = fields[10]
        self._count = len(data) // self._sector + 1
        self._fat = self._read_fat(fields[13], fields[14])
        directory = self._chain(fields[8])
        self._entries = list(self._read_entries(directory))
        self._small_fat = self._numbers(self._chain(fields[11])) if fields[12] else ()
        root = next((e for e in self._entries if e[1] == _ROOT), None)
        self._small_data = self._chain(root[2]) if root and root[3] else b""

    @property
    def names(self) -> frozenset[str]:
        """The names of the streams."""
        return frozenset(name for name, kind, _, _ in self._entries if kind == _STREAM)

    def stream(self, name: str) -> bytes:
        """Return the stream ``name``; raises ReadRefused when there is none."""
        for entry, kind, start, size in self._entries:
            if entry == name and kind == _STREAM:
                small = size < self._small_limit
                return (self._small_chain(start) if small else self._chain(start))[:size]
        raise damaged()

    def _read_fat(self, first: int, count: int) -> tuple[int, ...]:
        if len(self._data) < 512:
            raise damaged()
        sectors = list(struct.unpack_from("<109I", self._data, 76))
        for _ in range(min(count, self._count)):
            if first >= _LAST:
                break
            numbers = self._numbers(self._at(first))
            sectors += numbers[:-1]
            first = numbers[-1]
        return self._numbers(b"".join(self._at(s) for s in sectors[: self._count] if s < _LAST))

    def _read_entries(self, directory: bytes) -> Iterator[tuple[str, int, int, int]]:
        for start in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            entry = directory[start : start + _ENTRY]
            length = struct.unpack_from("<H", entry, 64)[0]
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", entry, 116)
            if entry[66]:
                yield name, entry[66], first, size

    def _at(self, sector: int) -> bytes:
        start = (sector + 1) * self._sector
        if sector >= self._count:
            raise damaged()
        return self._data[start : start + self._sector]

    def _chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _LAST:
            if len(parts) > self._count or sector >= len(self._fat):
                raise damaged()
            parts.append(self._at(sector))
            sector = self._fat[sector]
        return b"".join(parts)

    def _small_chain(self, sector: int) -> bytes:
        parts: list[bytes] = []
        while sector < _LAST:
            if len(parts) > len(self._small_fat) or sector >= len(self._small_fat):
                raise damaged()
            start = sector * self._small_sector
            parts.append(self._small_data[start : start + self._small_sector])
            sector = self._small_fat[sector]
        return b"".join(parts)

    @staticmethod
    def _numbers(content: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])
