"""Files behind a password are recognised, and old workbooks' containers are followed safely."""

import struct

import pytest

from disclosure.intake import biff, compound
from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import ReadCode, ReadRefused
from tests.intake.workbooks import SAMPLES, archive, check, found, ods, ods_table, with_member

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def container(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with ``streams``, each padded to at least 4096 bytes."""
    tables = -(-sum(len(content) + 5000 for content in streams.values()) // (SECTOR * 128)) + 1
    fat = [*([FAT] * tables), END]
    body = b""
    entries = [_entry("Root Entry", 5, END, 0)]
    for name, content in streams.items():
        size = max(4096, -(-len(content) // SECTOR) * SECTOR)
        entries.append(_entry(name, 2, len(fat), size))
        fat += [*range(len(fat) + 1, len(fat) + size // SECTOR), END]
        body += content.ljust(size, b"\0")
    fat += [FREE] * (tables * 128 - len(fat))
    directory = b"".join(entries).ljust(SECTOR, b"\0")
    header = struct.pack(
        "<8s16x5H6x9I",
        *(compound.MAGIC, 0x3E, 3, 0xFFFE, 9, 6),
        *(0, tables, tables, 0, 4096, END, 0, END, 0),
    )
    header += struct.pack("<109I", *range(tables), *([FREE] * (109 - tables)))
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + body


def _entry(name: str, kind: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    entry = text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, FREE, FREE, FREE)
    return entry + bytes(36) + struct.pack("<IQ", first, size)


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


BOF = record(0x0809, struct.pack("<HH12x", 0x0600, 5))
EOF = record(0x000A)


def code(data: bytes) -> ReadCode:
    with pytest.raises(ReadRefused) as caught:
        read_workbook(data)
    return caught.value.code


def test_an_encrypted_new_workbook() -> None:
    data = container({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"x" * 5000})
    assert code(data) is ReadCode.ENCRYPTED
    assert found(check(data)) == [(None, "encrypted", "error")]


def test_an_encrypted_old_workbook() -> None:
    book = BOF + record(0x002F, struct.pack("<H", 1) + bytes(52)) + EOF
    assert code(container({"Workbook": book})) is ReadCode.ENCRYPTED


def test_an_encrypted_open_document() -> None:
    manifest = (
        '<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    )
    data = with_member(ods(ods_table([["a"]])), "META-INF/manifest.xml", manifest.encode())
    assert code(data) is ReadCode.ENCRYPTED


def test_an_archive_with_a_password() -> None:
    data = bytearray(archive({"xl/workbook.xml": "<workbook/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert code(bytes(data)) is ReadCode.ENCRYPTED


def test_a_cell_far_out_in_an_old_workbook() -> None:
    bounds = record(0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00a")
    start = len(BOF + bounds + EOF)
    bounds = record(0x0085, struct.pack("<IBB", start, 0, 0) + b"\x01\x00a")
    far = record(0x0203, struct.pack("<HHHd", 65535, 65535, 0, 1.0))
    book = BOF + bounds + EOF + BOF + far + EOF
    (scan,) = biff.scan_xls(container({"Workbook": book}))
    assert (scan.extent.rows, scan.extent.columns) == (65536, 65536)
    assert code(container({"Workbook": book})) is ReadCode.TOO_LARGE


def test_formulas_of_an_old_workbook() -> None:
    bounds = record(0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00a")
    start = len(BOF + bounds + EOF)
    bounds = record(0x0085, struct.pack("<IBB", start, 0, 0) + b"\x01\x00a")
    formula = record(0x0006, struct.pack("<HHHd", 3, 2, 0, 1.0) + bytes(8))
    book = BOF + bounds + EOF + BOF + formula + EOF
    (scan,) = biff.scan_xls(container({"Workbook": book}))
    assert scan.formulas == {(3, 2)}


def test_one_long_text_named_by_many_cells_of_an_old_workbook() -> None:
    pieces = ["长" * 4000, "长" * 4000]  # a text that goes on in the next record
    first = struct.pack("<IIHB", 1, 1, 8000, 1) + pieces[0].encode("utf-16-le")
    texts = record(0x00FC, first) + record(0x003C, b"\x01" + pieces[1].encode("utf-16-le"))
    bounds = record(0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00a")
    start = len(BOF + bounds + texts + EOF)
    bounds = record(0x0085, struct.pack("<IBB", start, 0, 0) + b"\x01\x00a")
    cells = b"".join(
        record(0x00FD, struct.pack("<HHHI", n // 10, n % 10, 0, 0)) for n in range(20_000)
    )
    few, many = (BOF + bounds + texts + EOF + BOF + c + EOF for c in (cells[:1400], cells))
    assert biff.scan_xls(container({"Workbook": few}))[0].extent.rows == 10
    with pytest.raises(ReadRefused) as caught:
        biff.scan_xls(container({"Workbook": many}))
    assert caught.value.code is ReadCode.TOO_LARGE


def test_chains_that_run_in_a_circle_end() -> None:
    data = bytearray(container({"Workbook": BOF + EOF}))
    first = struct.unpack_from("<I", data, 48)[0] + 1  # the stream stands behind the directory
    struct.pack_into("<I", data, SECTOR + 4 * first, first)  # and its sector follows itself
    assert code(bytes(data)) is ReadCode.UNREADABLE


def test_the_samples_sheets_are_measured_as_they_are() -> None:
    scans = biff.scan_xls((SAMPLES / "jiangtaibao-2026-10.xls").read_bytes())
    assert [(s.extent.rows, s.extent.columns) for s in scans] == [(182, 10), (0, 0), (0, 0)]


def test_no_byte_of_an_old_workbook_can_break_the_reader() -> None:
    data = (SAMPLES / "jiangtaibao-2026-10.xls").read_bytes()
    codes = set()
    for place in [*range(0, 1024, 37), *range(1024, len(data), 2003)]:
        changed = bytearray(data)
        changed[place] ^= 0xFF
        try:
            read_workbook(bytes(changed))
        except ReadRefused as refused:
            codes.add(refused.code)
    assert ReadCode.UNREADABLE in codes
