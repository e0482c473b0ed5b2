"""Files 报送文件 with plants: what a township may send, with personal data in all its corners.

In ``dropped`` files every plant stands where nothing is published from, so that the file can be
approved as it is. In ``stopped`` files each plant stands in a text that would be published.
"""

import csv
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

import xlsxwriter

from tests.disclosure.lists import EAST, MALU, TUANJIE
from tests.intake.test_encrypted import container, record
from tests.intake.workbooks import archive, ods, ods_table
from tests.privacy.planting import Plant, Planter, Row, clean_rows

VILLAGES = [EAST, TUANJIE, MALU]
STANDING = ("行政村", "村民小组", "户主姓名", "身份证号码", "家庭人口", "保障人口", "月保障金额")
TEMPORARY = ("行政村", "村民小组", "户主姓名", "身份证号码", "救助类型", "救助事由", "救助金额")
PRIVATE = ("联系电话", "银行账号", "家庭住址", "备注", "救助事由", "其他情况")
REASON = "突发疾病"
WRONG = (0, 5, 6)  # columns in which a value of another kind stands
CLEAN = 12
IN_TEXTS = 24
Cells = list[list[Any]]


@dataclass(frozen=True)
class PlantedFile:
    """A file, the plants in it, the persons in it, and how many rows must be published."""

    name: str
    data: bytes = field(repr=False)
    plants: tuple[Plant, ...] = field(repr=False)
    persons: tuple[tuple[str, str], ...] = field(repr=False)
    kind: str = "standing"
    rows: int = CLEAN
    corrected: bytes = field(default=b"", repr=False)
    """A ``stopped`` file again without its plants."""


class _Sheet:
    """The cells of one list while they are put together."""

    def __init__(self, planter: Planter, form: str) -> None:
        self.planter, self.form = planter, form
        self.first = len(planter.plants)
        self.cells: Cells = []
        self.persons: list[tuple[str, str]] = []

    def plant(self, where: str, **options: bool) -> str:
        """Plant something and return its text."""
        return self.planter.plant(f"{where} of {self.form}", **options).text

    @property
    def plants(self) -> tuple[Plant, ...]:
        return tuple(self.planter.plants[self.first :])

    def _people(self, count: int) -> list[Row]:
        rows = clean_rows(self.planter, VILLAGES, count)
        self.persons = [(row.name, row.id_number) for row in rows]
        return rows

    def standing(self) -> "_Sheet":
        """A standing list: plants in titles, headings, private columns, bad rows and below."""
        rows = self._people(CLEAN + len(WRONG))
        heading = self.plant("a heading", short=True)
        self.cells = [[self.plant("a title")], [*STANDING, *PRIVATE, heading]]
        for at, row in enumerate(rows[:CLEAN]):
            extra = [
                self.plant(f"the column {column}") if number % 2 == at % 2 else ""
                for number, column in enumerate(PRIVATE)
            ]
            self.cells.append([*_standing(row), *extra])
        for place, row in zip(WRONG, rows[CLEAN:], strict=True):
            values = _standing(row)
            wrong = self.planter.plant(f"a wrong column of {self.form}", number=place > 0)
            values[place] = wrong.written
            self.cells.append(values)
        total = self.planter.plant(f"a total of {self.form}", number=True).written
        self.cells.append(["合计", "", "", "", "", "", total])
        self.cells.append([f"备注：{self.plant('a note below')}"])
        return self

    def temporary(self, count: int) -> "_Sheet":
        """Temporary assistance: each of ``count`` rows has a plant in a published text."""
        self.cells = [list(TEMPORARY)]
        for at, row in enumerate(self._people(CLEAN + count)):
            group, reason = row.group, REASON
            if at >= CLEAN and at % 4 == 0:
                group = self.plant("the villagers' group", short=True)
            elif at >= CLEAN:
                reason = self.plant("the reason")
            who = [row.village, group, row.name, row.id_number]
            self.cells.append([*who, "支出型", reason, row.amount])
        return self

    def without_plants(self) -> Cells:
        """Return the cells of a list of temporary assistance as the clerk corrects them."""
        texts = {plant.text for plant in self.plants}
        right = {1: "1组", 5: REASON}
        return [
            [
                right.get(place, value) if value in texts else value
                for place, value in enumerate(row)
            ]
            for row in self.cells
        ]


def _standing(row: Row) -> list[str]:
    return [row.village, row.group, row.name, row.id_number, "2", "2", row.amount]


def planted_files(planter: Planter) -> Iterator[PlantedFile]:
    """Yield every file, about five hundred plants in all."""
    for form, written in FORMS.items():
        sheet = _Sheet(planter, form).standing()
        named = planter.plant(f"the name of {form}", short=True)
        data = written(sheet)
        name = re.sub(r"[/\n]", "", f"三营镇{named.written}.{form.rpartition('.')[2]}")
        yield PlantedFile(name, data, sheet.plants, tuple(sheet.persons))
    for form, written in PLAIN_FORMS.items():
        sheet = _Sheet(planter, form).temporary(IN_TEXTS)
        corrected = _Sheet(planter, form)
        corrected.cells = sheet.without_plants()
        suffix = form.rpartition(".")[2]
        yield PlantedFile(
            f"临时救助.{suffix}",
            written(sheet),
            sheet.plants,
            tuple(sheet.persons),
            kind="temporary",
            rows=CLEAN + IN_TEXTS,
            corrected=written(corrected),
        )


# Workbooks: .xlsx


def xlsx_of(sheet: _Sheet) -> bytes:
    """Return a workbook; some texts in runs of several fonts, that part their numbers."""
    target = io.BytesIO()
    with _open(target) as book:
        _write(book, book.add_worksheet("名单"), sheet.cells)
    return _with_escapes(target.getvalue())


def xlsx_with_everything(sheet: _Sheet) -> bytes:
    """Return a workbook with plants in everything that a workbook has beside its cells."""
    target = io.BytesIO()
    with _open(target) as book:
        page = book.add_worksheet("名单")
        _write(book, page, sheet.cells)
        _around(book, page, sheet)
        _beside(book, sheet)
    return _with_parts(_with_escapes(target.getvalue()), sheet)


def _open(target: io.BytesIO) -> Any:
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    return xlsxwriter.Workbook(target, options)


def _write(book: Any, page: Any, cells: Cells) -> None:
    bold, red = book.add_format({"bold": True}), book.add_format({"font_color": "red"})
    for row, values in enumerate(cells):
        for column, value in enumerate(values):
            if len(value) > 12 and row % 3 == 0 and not re.search("_x|&", value):
                middle = len(value) * 2 // 3
                runs = (value[:4], bold, value[4:middle], red, value[middle:])
                page.write_rich_string(row, column, *runs)
            elif value:
                page.write_string(row, column, value)


def _around(book: Any, page: Any, sheet: _Sheet) -> None:
    """Plant around the cells of the list's own sheet."""
    width = len(sheet.cells[1])
    for row in (2, 3, 4, 5):
        page.write_comment(
            row, 2, sheet.plant("a comment"), {"author": sheet.plant("an author", short=True)}
        )
    page.set_header("&L" + sheet.plant("a header", short=True).replace("&", "&&"))
    page.set_footer("&C" + sheet.plant("a footer", short=True).replace("&", "&&"))
    page.data_validation(
        *(
            "E5",
            {"validate": "list", "source": ["1", "2"]}
            | {"input_title": sheet.plant("a title of a validation", short=True)[:32]}
            | {"input_message": sheet.plant("a validation", short=True)},
        )
    )
    shown = book.add_format({"num_format": f'0"{sheet.plant("a number format", number=True)}"'})
    page.write_number(6, width, 1, shown)
    page.write_formula(7, width, '="139"&"0000"', None, sheet.plant("a formula's value"))
    page.write_url(8, width, f"http://127.0.0.1/?{sheet.plant('a link', short=True)}", string="表")
    page.insert_textbox("P20", sheet.plant("a text box"))
    for row in (3, 9):
        page.write_string(row, width + 2, sheet.plant("a hidden column"))
    page.set_column(width + 2, width + 2, None, None, {"hidden": True})
    below = len(sheet.cells) + 2
    page.write_string(below, 0, f"说明：{sheet.plant('a hidden row')}")
    page.set_row(below, None, None, {"hidden": True})


def _beside(book: Any, sheet: _Sheet) -> None:
    """Plant in other sheets, names, properties."""
    visible = book.add_worksheet(
        re.sub(r"[\[\]:*?/\\]", "", sheet.plant("a sheet's name", number=True))[:31]
    )
    hidden, deep = book.add_worksheet("旧表"), book.add_worksheet("底表")
    hidden.hide()
    deep.very_hidden()
    for page, where in (
        (visible, "another sheet"),
        (hidden, "a hidden sheet"),
        (deep, "a very hidden sheet"),
    ):
        for row in range(6):
            page.write_string(row, row % 3, sheet.plant(where))
    digits = sheet.planter.plant(f"a table's name of {sheet.form}", number=True).written
    deep.add_table("A10:B12", {"name": f"表_{digits}"})
    text = sheet.plant("a defined name's value", short=True).replace('"', "")
    book.define_name("联系人", f'="{text}"')
    fields = (
        "title",
        "subject",
        "author",
        "manager",
        "company",
        "keywords",
        "comments",
        "category",
    )
    book.set_properties({name: sheet.plant(f"the property {name}", short=True) for name in fields})
    for number in range(3):
        book.set_custom_property(f"p{number}", sheet.plant("a property of one's own"))
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=名单!$E$3:$E$6", "name": sheet.plant("a chart", short=True)})
    chart.set_title({"name": sheet.plant("a chart's title", short=True)})
    visible.insert_chart("A20", chart)


def _with_escapes(data: bytes) -> bytes:
    """Let ``_x0031_`` stand in the file as a careless program leaves it."""
    return _changed(data, "xl/sharedStrings.xml", lambda text: text.replace("_x005F_x", "_x"))


def _with_parts(data: bytes, sheet: _Sheet) -> bytes:
    """Add what xlsxwriter cannot write: how a text is spoken, threaded comments, outside paths."""

    def speak(text: str) -> str:
        spoken = f'<rPh sb="0" eb="1"><t>{escape(sheet.plant("a phonetic run"))}</t></rPh>'
        return text.replace(
            "<si><t>户主姓名</t></si>", f"<si><t>户主姓名</t>{spoken}</si>"
        ).replace(f"<t>{EAST}</t>", f"<t>{EAST}</t>{spoken}")

    thread = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    outside = escape(sheet.plant("an outside path", short=True))
    parts = {
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{thread}">'
        f'<threadedComment ref="A3"><text>{escape(sheet.plant("a thread"))}</text>'
        "</threadedComment></ThreadedComments>",
        "xl/persons/person.xml": f'<personList xmlns="{thread}"><person displayName="'
        f'{escape(sheet.plant("a thread author", short=True))}"/></personList>',
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships xmlns="http://schemas.'
        'openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x" '
        f'Target="file:///{outside}.xlsx" TargetMode="External"/></Relationships>',
        "customXml/item1.xml": f"<a>{escape(sheet.plant('a part of its own'))}</a>",
    }
    data = _changed(data, "xl/sharedStrings.xml", speak)
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    return archive({**members, **parts})


def _changed(data: bytes, member: str, change: Callable[[str], str]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    text = members[member]
    assert isinstance(text, bytes)
    return archive({**members, member: change(text.decode())})


# OpenDocument, old workbooks, text


def ods_of(sheet: _Sheet) -> bytes:
    """Return an OpenDocument spreadsheet."""
    return ods(ods_table(_escaped(sheet.cells), "名单"))


def ods_with_everything(sheet: _Sheet) -> bytes:
    """Return one with annotations, a hidden sheet, properties and a header."""
    table = ods_table(_escaped(sheet.cells), "名单")
    notes = "".join(
        f"<office:annotation><text:p>{text}</text:p></office:annotation>"
        for text in (escape(sheet.plant("an annotation")), escape(sheet.plant("an annotation")))
    )
    table = table.replace(f"<text:p>{EAST}</text:p>", f"<text:p>{EAST}</text:p>{notes}", 1)
    other = ods_table([[escape(sheet.plant("another sheet"))] for _ in range(4)], "说明")
    data = ods(table + other)
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    about = escape(sheet.plant("the properties"))
    meta = f"<office:document-meta><meta>{about}</meta></office:document-meta>"
    styles = f"<office:document-styles>{escape(sheet.plant('a header'))}</office:document-styles>"
    return archive({**members, "meta.xml": meta, "styles.xml": styles})


def _escaped(cells: Cells) -> Cells:
    return [[escape(value).replace("\n", "</text:p><text:p>") for value in row] for row in cells]


def xls_of(sheet: _Sheet) -> bytes:
    """Return an old workbook, of the records that [MS-XLS] asks for and no others."""
    return _book([("名单", 0, _labels(sheet.cells))])


def xls_with_everything(sheet: _Sheet) -> bytes:
    """Return one with a header, a footer, a hidden sheet and the name of who wrote it."""
    header = record(0x0014, _text16(sheet.plant("a header", short=True)))
    footer = record(0x0015, _text16(sheet.plant("a footer", short=True)))
    hidden = _labels([[sheet.plant("a hidden sheet")] for _ in range(4)])
    other = _labels([[sheet.plant("another sheet")] for _ in range(3)])
    written_by = record(0x005C, _text16(sheet.plant("an author", short=True)).ljust(112, b" "))
    sheets = [
        ("名单", 0, header + footer + _labels(sheet.cells)),
        ("旧表", 1, hidden),
        ("说明", 0, other),
    ]
    return _book(sheets, written_by)


def _book(sheets: Sequence[tuple[str, int, bytes]], more: bytes = b"") -> bytes:
    begin, end = record(0x0809, struct.pack("<HH12x", 0x0600, 5)), record(0x000A)
    names = [name.encode("utf-16-le") for name, _, _ in sheets]
    listed = sum(4 + 8 + len(name) for name in names)
    start = len(begin) + len(more) + listed + len(end)
    book, bodies = begin + more, b""
    for name, (_, hidden, body) in zip(names, sheets, strict=True):
        about = struct.pack("<IBBBB", start + len(bodies), hidden, 0, len(name) // 2, 1)
        book += record(0x0085, about + name)
        bodies += record(0x0809, struct.pack("<HH12x", 0x0600, 0x10)) + body + end
    return container({"Workbook": book + end + bodies})


def _labels(cells: Cells) -> bytes:
    return b"".join(
        record(0x0204, struct.pack("<HHH", row, column, 0) + _text16(value))
        for row, values in enumerate(cells)
        for column, value in enumerate(values)
        if value
    )


def _text16(text: str) -> bytes:
    written = text.encode("utf-16-le")
    return struct.pack("<HB", len(written) // 2, 1) + written


def csv_of(encoding: str) -> Callable[[_Sheet], bytes]:
    """Return what writes a sheet as text."""

    def written(sheet: _Sheet) -> bytes:
        target = io.StringIO()
        csv.writer(target).writerows(sheet.cells)
        return target.getvalue().encode(encoding)

    return written


FORMS: dict[str, Callable[[_Sheet], bytes]] = {
    "a workbook.xlsx": xlsx_with_everything,
    "a second workbook.xlsx": xlsx_with_everything,
    "an OpenDocument spreadsheet.ods": ods_with_everything,
    "an old workbook.xls": xls_with_everything,
    "a text in UTF-8.csv": csv_of("utf-8-sig"),
    "a text in GB18030.csv": csv_of("gb18030"),
}
PLAIN_FORMS: dict[str, Callable[[_Sheet], bytes]] = {
    "a workbook.xlsx": xlsx_of,
    "an OpenDocument spreadsheet.ods": ods_of,
    "an old workbook.xls": xls_of,
    "a text in UTF-8.csv": csv_of("utf-8"),
    "a text in GB18030.csv": csv_of("gb18030"),
}
