"""Zip archives that may lie about their size: unpacked under a budget, counted as it is inflated.

What the spreadsheet reader gets is a new archive made of exactly the bytes that were counted here,
so it can neither inflate more than the budget nor see a member that was not checked.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from disclosure.intake.workbook import MAX_UNPACKED, ReadCode, ReadRefused
from portal.kernel.language import N_

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_MAX_MEMBERS = 5_000
_CHUNK = 256 * 1024
_STORED_UP_TO = 32 * 1024 * 1024
_ENCRYPTED_FLAG = 0x1

DAMAGED = N_(
    "The file is damaged or not complete. Open it in the spreadsheet program, save it again as "
    ".xlsx and upload that file."
)
PASSWORD = N_(
    "The file is protected with a password. Take the password off in the spreadsheet program, "
    "save it and upload it again."
)
TOO_LARGE_UNPACKED = N_(
    "The file is too large once unpacked (more than %(limit)s MB). Split it into several files, "
    "one a township."
)


def damaged() -> ReadRefused:
    """Return the refusal of a file that is broken."""
    return ReadRefused(ReadCode.UNREADABLE, DAMAGED)


def unpack(data: bytes, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the members of the archive ``data`` whose names are ``wanted``, unpacked.

    Other members are not unpacked at all. Sizes in headers are never believed: everything is
    inflated once only to be counted, in pieces that are dropped at once, and kept only when all of
    it fits.

    Raises:
        ReadRefused: damaged, protected with a password, or larger than MAX_UNPACKED in all.
    """
    streams: dict[str, _Stream] = {}
    for info in _infos(data):
        if not wanted(info.filename):
            continue
        if info.filename in streams:
            raise damaged()
        streams[info.filename] = _Stream.find(data, info)
    budget = MAX_UNPACKED
    for stream in streams.values():
        for piece in stream.pieces():
            budget -= len(piece)
            if budget < 0:
                raise too_large()
    return {name: b"".join(stream.pieces()) for name, stream in streams.items()}


def pack(members: dict[str, bytes]) -> bytes:
    """Return an archive of ``members``; only large ones are compressed, and lightly."""
    large = sum(map(len, members.values())) > _STORED_UP_TO
    method = zipfile.ZIP_DEFLATED if large else zipfile.ZIP_STORED
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method, 1)
    return target.getvalue()


def _infos(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise damaged() from error
    if len(infos) > _MAX_MEMBERS:
        raise damaged()
    return infos


@dataclass(frozen=True)
class _Stream:
    """The packed bytes of one member, and whether they are compressed."""

    packed: memoryview
    deflated: bool

    @classmethod
    def find(cls, data: bytes, info: zipfile.ZipInfo) -> "_Stream":
        """Return the bytes that ``info`` points at; only deflated and stored ones are read."""
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)
        start = info.header_offset
        if not 0 <= start <= len(data) - _LOCAL_HEADER.size:
            raise damaged()
        header = _LOCAL_HEADER.unpack_from(data, start)
        start += _LOCAL_HEADER.size + header[9] + header[10]
        packed = memoryview(data)[start : start + info.compress_size]
        known = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if header[0] != b"PK\x03\x04" or len(packed) != info.compress_size or not known:
            raise damaged()
        return cls(packed, info.compress_type == zipfile.ZIP_DEFLATED)

    def pieces(self) -> Iterator[bytes]:
        """Yield the content in pieces of at most 256 KiB."""
        if not self.deflated:
            for start in range(0, len(self.packed), _CHUNK):
                yield bytes(self.packed[start : start + _CHUNK])
            return
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        rest: bytes | memoryview = self.packed
        try:
            while not engine.eof:
                piece = engine.decompress(rest, _CHUNK)
                rest = engine.unconsumed_tail
                if not piece and not rest and not engine.eof:
                    raise damaged()
                yield piece
        except zlib.error as error:
            raise damaged() from error


def too_large() -> ReadRefused:
    """Return the refusal of a file that unpacks to too much."""
    return ReadRefused(ReadCode.TOO_LARGE, TOO_LARGE_UNPACKED, limit=MAX_UNPACKED // (1024 * 1024))
