"""The reader: what a file is, how large it may be, and what never gets through."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from disclosure.intake import compound, ooxml
from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import (
    MAX_BYTES,
    ReadCode,
    ReadRefused,
    Workbook,
)
from tests.intake.workbooks import (
    SAMPLES,
    archive,
    csv_bytes,
    ods,
    ods_table,
    with_member,
    xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def refusal(data: bytes) -> ReadCode:
    with pytest.raises(ReadRefused) as caught:
        read_workbook(data)
    return caught.value.code


def with_sheet(sheet_data: str, before: str = "") -> bytes:
    content = f"{before}<worksheet {MAIN}><sheetData>{sheet_data}</sheetData></worksheet>"
    return with_member(xlsx([["a"]]), SHEET, content.encode())


def only(book: Workbook) -> list[list[object]]:
    (sheet,) = book.sheets
    return [list(row) for row in sheet.rows]


def test_a_sheet_keeps_its_own_row_numbers() -> None:
    assert only(read_workbook(xlsx([[], [], ["甲", 1]]))) == [["", ""], ["", ""], ["甲", 1.0]]


def test_the_name_says_nothing_about_the_content() -> None:
    assert only(read_workbook(csv_bytes([["a", "b"]]))) == [["a", "b"]]


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings(encoding: str, named: str) -> None:
    rows = [["姓名", "孙祥䶮"], ["㛃", "𠮷𬱖"]]
    book = read_workbook(csv_bytes(rows, encoding))
    assert book.encoding == named
    assert only(book) == rows


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_separators(separator: str) -> None:
    text = f'姓名{separator}金额\n"王{separator}一"{separator}"1,200"\n'
    assert only(read_workbook(text.encode())) == [["姓名", "金额"], [f"王{separator}一", "1,200"]]


def test_a_record_over_two_lines_is_one_row() -> None:
    assert only(read_workbook(b'a,"b\nc"\n\nd,e\n')) == [["a", "b\nc"], [], ["d", "e"]]


def test_old_workbooks_and_open_documents_are_read() -> None:
    assert len(read_workbook((SAMPLES / "jiangtaibao-2026-10.xls").read_bytes()).sheets) == 3
    assert only(read_workbook(ods(ods_table([["姓名", 5]])))) == [["姓名", 5.0]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b" \r\n ",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>",
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n" + bytes(50),
        b"\xff\xd8\xff\xe0" + bytes(50),
        compound.MAGIC,
        compound.MAGIC + bytes(600),
        "姓名,金额".encode() + b"\xff\xff\x00",
        b"a,b\x00c",
        b"a\x1bb,c",
        archive({"hello.txt": "x"}),
        archive({"xl/workbook.bin": b"\x00"}),
        archive({"content.xml": "<a/>", "mimetype": "application/vnd.oasis.opendocument.text"}),
        ods("<table:table"),
    ],
)
def test_what_is_no_spreadsheet_is_refused(data: bytes) -> None:
    assert refusal(data) is ReadCode.UNREADABLE


@pytest.mark.parametrize(
    "name", ["sanying-2026-10.xlsx", "jiangtaibao-2026-10.xls", "bad-rows.xlsx"]
)
def test_any_part_of_a_file_is_refused_or_read_but_never_breaks(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    codes = set()
    for end in range(0, len(data), max(1, len(data) // 97)):
        try:
            read_workbook(data[:end])
        except ReadRefused as refused:
            codes.add(refused.code)
    assert codes == {ReadCode.UNREADABLE}


def test_too_many_bytes_are_refused() -> None:
    assert refusal(b"a," * (MAX_BYTES // 2 + 1)) is ReadCode.TOO_LARGE


def test_too_many_columns_or_rows_are_refused() -> None:
    assert refusal(b"1," * 300) is ReadCode.TOO_LARGE
    assert refusal(b"1\n" * 200_001) is ReadCode.TOO_LARGE


def bomb(declared: int | None) -> bytes:
    """Return an .xlsx whose sheet inflates to 2 GB, its headers saying ``declared`` bytes."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    # A fully flushed block stands for itself, so that one can be repeated.
    block = engine.compress(b" " * (1 << 20)) + engine.flush(zlib.Z_FULL_FLUSH)
    packed = block * 2048 + engine.flush()
    data = archive(
        {
            "[Content_Types].xml": "<Types/>",
            "xl/workbook.xml": f"<workbook {MAIN}/>",
            "xl/_rels/workbook.xml.rels": "<Relationships/>",
        }
    )
    name = SHEET.encode()
    size = 2**31 if declared is None else declared
    local = struct.pack(
        "<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(packed), size, len(name), 0
    )
    central_at = data.index(b"PK\x01\x02")
    end_at = data.index(b"PK\x05\x06")
    central = struct.pack(
        "<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(packed), size, len(name),
        0, 0, 0, 0, 0, central_at,
    )  # fmt: skip
    body = data[:central_at] + local + name + packed
    directory = data[central_at:end_at] + central + name
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 4, 4, len(directory), len(body), 0)
    return body + directory + end


@pytest.mark.parametrize("declared", [None, 100])
def test_a_bomb_is_refused_with_memory_flat(declared: int | None) -> None:
    data = bomb(declared)
    assert len(data) < 4 * 1024 * 1024
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert SHEET in opened.namelist()
    tracemalloc.start()
    try:
        assert refusal(data) is ReadCode.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_two_members_of_one_name_are_refused() -> None:
    target = io.BytesIO(xlsx([["a"]]))
    with zipfile.ZipFile(target, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(SHEET, "<worksheet/>")
    assert refusal(target.getvalue()) is ReadCode.UNREADABLE


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    ],
)
def test_entities_are_refused(before: str) -> None:
    assert refusal(with_sheet("", before)) is ReadCode.UNREADABLE
    data = with_member(ods(ods_table([["a"]])), "content.xml", f"{before}<a/>".encode())
    assert refusal(data) is ReadCode.UNREADABLE


def test_utf_16_parts_are_refused_for_nobody_looks_into_them() -> None:
    content = f"<worksheet {MAIN}><sheetData/></worksheet>".encode("utf-16")
    assert refusal(with_member(xlsx([["a"]]), SHEET, content)) is ReadCode.UNREADABLE


@pytest.mark.parametrize(
    "sheet_data",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="900000"><c><v>1</v></c></row>',
        "<row r='1'><c r = 'XFD1'><v>1</v></c></row>",
        '<row><c t="n"r="ZZZ9"><v>1</v></c></row>',
        '<row r="1">' + "<c><v>1</v></c>" * 300 + "</row>",
        "<row/>" * 200_001 + "<row><c><v>1</v></c></row>",
        '<row r="1"><c r="A99999999"><v>1</v></c></row>',
    ],
)
def test_a_cell_far_out_is_refused_before_it_takes_memory(sheet_data: str) -> None:
    assert refusal(with_sheet(sheet_data)) in (ReadCode.TOO_LARGE, ReadCode.UNREADABLE)


def test_a_far_row_that_holds_nothing_is_no_reason_to_refuse() -> None:
    sheet_data = (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576" ht="12"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    )
    assert only(read_workbook(with_sheet(sheet_data))) == [[1.0]]


@pytest.mark.parametrize(
    ("repeated", "code"),
    [
        ('<table:table-row table:number-rows-repeated="1048576">{}</table:table-row>', None),
        ("<table:table-row>{}</table:table-row>", ReadCode.TOO_LARGE),
    ],
)
def test_repeated_cells_of_open_documents_are_counted(repeated: str, code: ReadCode | None) -> None:
    filled = '<table:table-cell table:number-columns-repeated="16384" office:value-type="string">'
    filled += "<text:p>x</text:p></table:table-cell>"
    empty = '<table:table-cell table:number-columns-repeated="16384"/>'
    cells = filled if code else empty
    table = f'<table:table table:name="a">{repeated.format(cells)}</table:table>'
    if code:
        assert refusal(ods(table)) is code
    else:
        assert only(read_workbook(ods(table))) == []


def test_repeated_rows_of_open_documents_are_counted() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    data = ods(f'<table:table table:name="a">{row}</table:table>')
    assert refusal(data) is ReadCode.TOO_LARGE


def shared(cells: int, *texts: str, value: str = "0") -> bytes:
    """Return an .xlsx with ``cells`` cells that all name one of the shared ``texts``."""
    items = "".join(f"<si><t>{text}</t></si>" for text in texts)
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" t="s"><v>{value}</v></c>' for c in "ABCDEFGHIJ")
        + "</row>"
        for n in range(1, cells // 10 + 1)
    )  # fmt: skip
    strings = f"<sst {MAIN}>{items}</sst>".encode()
    return with_member(with_sheet(rows), "xl/sharedStrings.xml", strings)


def test_one_long_text_named_by_many_cells_is_refused() -> None:
    long = "长" * 32_000
    assert refusal(shared(20_000, long)) is ReadCode.TOO_LARGE
    assert refusal(shared(20_000, "短", long, value=" 1 ")) is ReadCode.TOO_LARGE


def test_one_long_text_among_many_cells_is_no_reason_to_refuse() -> None:
    # It stands there, but the cells name the other one.
    long = "长" * 32_000
    data = shared(20_000, "短", long)
    assert len(only(read_workbook(data))) == 2000


WIDE = '<table:table-cell table:number-columns-repeated="200" office:value-type="string"><text:p>'
SPACED = '<table:table-cell office:value-type="string"><text:p>a<text:s text:c="99999999999"/>'


@pytest.mark.parametrize("cell", [WIDE + "长" * 1000, SPACED], ids=["repeated", "spaces"])
def test_texts_that_repeat_in_open_documents_are_counted(cell: str) -> None:
    cell = f"{cell}</text:p></table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="5000">{cell}</table:table-row>'
    assert refusal(ods(f'<table:table table:name="a">{row}</table:table>')) is ReadCode.TOO_LARGE


def test_formulas_are_seen_with_and_without_a_value() -> None:
    sheet_data = (
        '<row r="2"><c r="B2"><f>1+1</f><v>2</v></c><c r="C2"><f>HYPERLINK("x")</f><v/></c></row>'
        '<row><c/><c><f t="shared" si="0"/><v>1</v></c></row>'
    )
    (sheet,) = read_workbook(with_sheet(sheet_data)).sheets
    assert sheet.formulas == {(1, 1), (1, 2), (2, 1)}


def test_formulas_of_open_documents_are_seen() -> None:
    cell = '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"/>'
    row = f'<table:table-row><table:table-cell table:number-columns-repeated="2"/>{cell}'
    data = ods(f'<table:table table:name="a">{row}</table:table-row></table:table>')
    (sheet,) = read_workbook(data).sheets
    assert sheet.formulas == {(0, 2)}


def test_merges_and_hidden_sheets_are_told() -> None:
    data = xlsx([["a", "b"], ["", "c"]], merges=["A1:A2"])
    (sheet,) = read_workbook(data).sheets
    assert [(m.first_row, m.last_row, m.first_column) for m in sheet.merges] == [(0, 1, 0)]
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        book = source.read("xl/workbook.xml").replace(b"<sheet ", b'<sheet state="hidden" ')
    book = book.replace(b'state="visible"', b"")
    (hidden,) = read_workbook(with_member(data, "xl/workbook.xml", book)).sheets
    assert hidden.hidden
    assert not sheet.hidden


def test_columns_have_letters() -> None:
    assert [ooxml.column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip
    assert all(ooxml.column_number(ooxml.column_letters(n)) == n for n in range(1, 2000))


def test_a_list_of_sheets_that_never_ends_is_refused() -> None:
    book = f"<workbook {MAIN}><sheets>{'<sheet/>' * 3000}</sheets></workbook>"
    assert refusal(with_member(xlsx([["a"]]), "xl/workbook.xml", book.encode())) is not None
    padded = f"<workbook {MAIN}>{' ' * 5_000_000}</workbook>"
    data = with_member(xlsx([["a"]]), "xl/workbook.xml", padded.encode())
    assert refusal(data) is ReadCode.UNREADABLE


@pytest.mark.parametrize("tag", ["<c ", "<row ", "<x:c ", "<c r ", "<c r"])
def test_tags_without_an_end_are_looked_at_once(tag: str) -> None:
    # With a pattern that starts again at each tag, this would take days.
    content = f"<worksheet {MAIN}><sheetData>{tag * 1_000_000}".encode()
    assert refusal(with_member(xlsx([["a"]]), SHEET, content)) is not None
