"""Files of documents 附件: told apart by their content, taken apart, and cleaned.

What a camera or a program wrote into a picture beside the picture (place, device, author, a hidden
film behind its end) is removed; a picture that cannot be taken apart is refused.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from portal.kernel.errors import Refused
from portal.kernel.language import N_

PNG, JPEG, WEBP, PDF = "image/png", "image/jpeg", "image/webp", "application/pdf"
MP4, WEBM = "video/mp4", "video/webm"
SUFFIXES = {PNG: "png", JPEG: "jpg", WEBP: "webp", PDF: "pdf", MP4: "mp4", WEBM: "webm"}
PICTURES = frozenset({PNG, JPEG, WEBP})
FILMS = frozenset({MP4, WEBM})
MB = 1024 * 1024
LARGEST = {PNG: 5 * MB, JPEG: 5 * MB, WEBP: 5 * MB, PDF: 20 * MB, MP4: 100 * MB, WEBM: 100 * MB}
LARGEST_FILE = max(LARGEST.values())

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
# What changes how the picture looks stays; text, time, EXIF and whatever else there is goes.
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())
_JPEG_KEPT = frozenset({0xE0, 0xEE})  # JFIF, Adobe's colour transform
_APP2, _COMMENT = 0xE2, 0xFE
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_ACTIVE_PDF = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/Encrypt")
MOST_PIXELS = 12_000

UNKNOWN = N_("This is no picture (PNG, JPEG, WebP), no film (MP4, WebM) and no PDF.")
BROKEN = N_("The picture is damaged. Save it anew, as PNG or JPEG, and upload it again.")


@dataclass(frozen=True)
class Media:
    """A file as it will be kept; ``data`` is None for a film or PDF, which stays as it came."""

    media_type: str
    width: int | None = None
    height: int | None = None
    data: bytes | None = None


def sniff(head: bytes) -> str:
    """Return the type that the first bytes show; raises Refused for any other."""
    if head.startswith(_PNG_HEAD):
        return PNG
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head[4:8] == b"ftyp":
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return WEBM
    raise Refused(UNKNOWN, field="file")


def take_apart(stream: IO[bytes]) -> Media:
    """Return what a file is, a picture without its metadata; raises Refused with what to do."""
    size = stream.seek(0, 2)
    stream.seek(0)
    media_type = sniff(stream.read(64))
    if size > LARGEST[media_type]:
        raise Refused(
            N_("The file has more than %(most)s MB. Make it smaller and upload it again."),
            field="file",
            most=LARGEST[media_type] // MB,
        )
    stream.seek(0)
    if media_type in FILMS:
        return Media(media_type)
    data = stream.read()
    if media_type == PDF:
        _check_pdf(data)
        return Media(media_type)
    return clean_picture(media_type, data)


def clean_picture(media_type: str, data: bytes) -> Media:
    """Return a picture without metadata; raises Refused where it cannot be taken apart."""
    cleaner = {PNG: _clean_png, JPEG: _clean_jpeg, WEBP: _clean_webp}[media_type]
    try:
        width, height, kept = cleaner(data)
    except (struct.error, IndexError, ValueError):
        raise Refused(BROKEN, field="file") from None
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise Refused(BROKEN, field="file")
    return Media(media_type, width, height, kept)


def _check_pdf(data: bytes) -> None:
    if b"%%EOF" not in data[-2048:]:
        raise Refused(N_("The PDF is damaged. Save it anew and upload it again."), field="file")
    if any(mark in data for mark in _ACTIVE_PDF):
        raise Refused(
            N_("The PDF is locked, or it holds programs or other files. Print it to a new PDF."),
            field="file",
        )


def _clean_png(data: bytes) -> tuple[int, int, bytes]:
    kept, size = [_PNG_HEAD], (0, 0)
    for kind, chunk in _png_chunks(data):
        if kind == b"IHDR":
            size = struct.unpack(">II", chunk[8:16])
        if kind in _PNG_KEPT:
            kept.append(chunk)
    return size[0], size[1], b"".join(kept)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (kind, whole chunk) up to the picture's end; raises ValueError where it is damaged."""
    at = len(_PNG_HEAD)
    while True:
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunk = data[at : at + 12 + length]
        kind = chunk[4:8]
        if len(chunk) < 12 + length or struct.pack(">I", zlib.crc32(chunk[4:-4])) != chunk[-4:]:
            raise ValueError("damaged chunk")
        yield kind, chunk
        if kind == b"IEND":
            return
        at += 12 + length


def _clean_jpeg(data: bytes) -> tuple[int, int, bytes]:
    kept, size = [b"\xff\xd8"], (0, 0)
    for marker, segment in _jpeg_segments(data):
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            size = struct.unpack(">HH", segment[5:9])
        if _stays(marker, segment):
            kept.append(segment)
    return size[1], size[0], b"".join(kept)


def _stays(marker: int, segment: bytes) -> bool:
    """Tell whether a segment changes how the picture looks."""
    if marker == _APP2:
        return segment[4:].startswith(b"ICC_PROFILE\0")
    return marker in _JPEG_KEPT or not (0xE0 <= marker <= 0xEF or marker == _COMMENT)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (marker, segment) up to the picture's end; raises ValueError where it is damaged."""
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError("no marker")
        marker = data[at + 1]
        if marker == 0xFF:  # fill bytes
            at += 1
            continue
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        end = at + 2 + length
        if length < 2 or end > len(data):
            raise ValueError("damaged segment")
        if marker == 0xDA:
            end = _end_of_scan(data, end)
        yield marker, data[at:end]
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Return where the picture's own bytes end: at the next marker that is no restart."""
    while True:
        at = data.index(b"\xff", at)
        following = data[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:
            return at
        at += 2


def _clean_webp(data: bytes) -> tuple[int, int, bytes]:
    end = 8 + struct.unpack("<I", data[4:8])[0]
    if end > len(data):
        raise ValueError("damaged file")
    kept, size, at = [], None, 12
    while at < end:
        kind, (length,) = data[at : at + 4], struct.unpack("<I", data[at + 4 : at + 8])
        chunk = data[at : at + 8 + length + length % 2]
        if len(chunk) < 8 + length:
            raise ValueError("damaged chunk")
        size = size or _webp_size(kind, chunk[8:])
        if kind == b"VP8X":
            flags = chunk[8] & ~(_WEBP_EXIF | _WEBP_XMP)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind in _WEBP_KEPT:
            kept.append(chunk)
        at += 8 + length + length % 2
    if size is None:
        raise ValueError("no picture")
    body = b"WEBP" + b"".join(kept)
    return *size, b"RIFF" + struct.pack("<I", len(body)) + body


def _webp_size(kind: bytes, chunk: bytes) -> tuple[int, int] | None:
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(chunk[4:7], "little"),
            1 + int.from_bytes(chunk[7:10], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(chunk[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", chunk[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None
