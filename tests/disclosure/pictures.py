"""Pictures, films and PDF files for tests, small, with something in them that must not stay."""

import struct
import zlib

SECRET = b"GPS 36.01,106.24 taken by somebody"


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 4, height: int = 3, *, secret: bytes = SECRET) -> bytes:
    """Return a PNG with a comment, an EXIF block, and a film behind its end."""
    rows = b"".join(b"\0" + b"\x20\x80\x40" * width for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + png_chunk(b"tEXt", b"Comment\0" + secret)
        + png_chunk(b"eXIf", secret)
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
        + secret
    )


def jpeg_segment(marker: int, data: bytes) -> bytes:
    """Return one segment of a JPEG file."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 4, height: int = 3, *, secret: bytes = SECRET) -> bytes:
    """Return a JPEG's segments with EXIF, a comment and a second picture; it shows nothing."""
    return (
        b"\xff\xd8"
        + jpeg_segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + jpeg_segment(0xE1, b"Exif\0\0" + secret)
        + jpeg_segment(0xE2, b"MPF\0" + secret)
        + jpeg_segment(0xE2, b"ICC_PROFILE\0\1\1colours")
        + jpeg_segment(0xFE, secret)
        + jpeg_segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0")
        + jpeg_segment(0xDA, b"\x01\x01\0\0\x3f\0")
        + b"\x12\xff\x00\x34\xff\xd3\x56"
        + b"\xff\xd9"
        + secret
    )


def webp_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a WebP file."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(width: int = 4, height: int = 3, *, secret: bytes = SECRET) -> bytes:
    """Return an extended WebP with EXIF and XMP."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    bits = (width - 1) | (height - 1) << 14
    body = (
        b"WEBP"
        + webp_chunk(b"VP8X", bytes([0x0C, 0, 0, 0]) + size)
        + webp_chunk(b"VP8L", b"\x2f" + bits.to_bytes(4, "little") + b"picture")
        + webp_chunk(b"EXIF", secret)
        + webp_chunk(b"XMP ", secret)
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
FILM = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + bytes(range(256)) * 40
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(200)
