"""Zip archives that may lie about their size: unpacked under a budget, counted as it is inflated.

What the spreadsheet reader gets is a new archive made of exactly the bytes that were counted here,
so it can neither inflate more than the budget nor see a member that was not checked.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from disclosure.intake.workbook import MAX_UNPACKED, ReadCode, ReadRefused
from portal.kernel.language import N_

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_MAX_MEMBERS = 5_000
_CHUNK = 256 * 1024
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

    Other members are not unpacked at all. Sizes in headers are never believed.

    Raises:
        ReadRefused: damaged, protected with a password, or larger than MAX_UNPACKED in all.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise damaged() from error
    if len(infos) > _MAX_MEMBERS:
        raise damaged()
    members: dict[str, bytes] = {}
    budget = MAX_UNPACKED
    for info in infos:
        if not wanted(info.filename):
            continue
        if info.filename in members:
            raise damaged()
        content = _inflate(data, info, budget)
        budget -= len(content)
        members[info.filename] = content
    return members


def pack(members: dict[str, bytes]) -> bytes:
    """Return an archive of ``members``, stored without compression."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def _inflate(data: bytes, info: zipfile.ZipInfo, budget: int) -> bytes:
    if info.flag_bits & _ENCRYPTED_FLAG:
        raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)
    start = info.header_offset
    try:
        header = _LOCAL_HEADER.unpack_from(data, start)
    except struct.error as error:
        raise damaged() from error
    if start < 0 or header[0] != b"PK\x03\x04":
        raise damaged()
    start += _LOCAL_HEADER.size + header[9] + header[10]
    packed = memoryview(data)[start : start + info.compress_size]
    if len(packed) != info.compress_size:
        raise damaged()
    if info.compress_type == zipfile.ZIP_STORED:
        if len(packed) > budget:
            raise _too_large()
        return bytes(packed)
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise damaged()
    return _inflate_raw(packed, budget)


def _inflate_raw(packed: memoryview, budget: int) -> bytes:
    """Inflate a raw deflate stream piece by piece; memory never exceeds ``budget`` and a piece."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    content = bytearray()
    rest: bytes | memoryview = packed
    try:
        while not engine.eof:
            piece = engine.decompress(rest, _CHUNK)
            content += piece
            if len(content) > budget:
                raise _too_large()
            rest = engine.unconsumed_tail
            if not piece and not rest:
                break
    except zlib.error as error:
        raise damaged() from error
    if not engine.eof:
        raise damaged()
    return bytes(content)


def _too_large() -> ReadRefused:
    return ReadRefused(ReadCode.TOO_LARGE, TOO_LARGE_UNPACKED, limit=MAX_UNPACKED // (1024 * 1024))
