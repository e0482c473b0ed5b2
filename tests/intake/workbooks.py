"""Workbooks and places for the intake's tests: made in memory, of people who do not exist."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from disclosure.intake.check import check_file
from disclosure.intake.kinds import Kind
from disclosure.intake.places import Place
from disclosure.intake.problems import Problem
from disclosure.intake.result import Checked
from portal.kernel.idnumber import check_digit
from portal.kernel.period import parse_period

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests/samples"
SANYING = "640402100000"  # 三营镇
XINGLONG = "640422101000"  # 兴隆镇, which has a 居委会 and a 村委会 of the same name
XIJI = "640422000000"
TODAY = date(2026, 10, 8)

HEADINGS = [
    "序号",
    "行政村",
    "户主姓名",
    "身份证号码",
    "家庭人口",
    "保障人口",
    "救助类别",
    "月保障金额",
    "备注",
]
FUND_HEADINGS = ["乡镇", "月份", "救助项目", "户数", "人数", "发放金额", "发放日期"]

Row = Sequence[object]


@cache
def all_places() -> dict[str, Place]:
    """Return the demonstration's 940 places by code."""
    with (ROOT / "demo/data/divisions-guyuan.csv").open(encoding="utf-8") as source:
        return {row["code"]: Place(**row) for row in csv.DictReader(source)}


def children(code: str) -> list[Place]:
    """Return the places right below ``code``."""
    return [place for place in all_places().values() if place.parent == code]


def make_id(sequence: int, born: date = date(1970, 1, 1)) -> str:
    """Return an ID number under the unassigned county code 640499."""
    first = f"640499{born:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


def household(sequence: int = 1, **changed: object) -> list[object]:
    """Return a right row under ``HEADINGS``, some of its cells ``changed`` by heading."""
    row: dict[str, object] = dict(
        zip(
            HEADINGS,
            [sequence, "金轮村委会", "王秀英", make_id(sequence), 3, 2, "B", 660, ""],
            strict=True,
        )
    )
    unknown = changed.keys() - row.keys()
    assert not unknown, unknown
    return list((row | changed).values())


def xlsx(
    *sheets: Sequence[Row],
    names: Sequence[str] = (),
    merges: Sequence[str] = (),
    hidden_columns: Sequence[str] = (),
) -> bytes:
    """Return a workbook with one sheet for each sequence of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet: Worksheet = book.create_sheet(names[place] if names else f"Sheet{place + 1}")
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        for letters in hidden_columns:
            sheet.column_dimensions[letters].hidden = True
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def csv_bytes(rows: Sequence[Row], encoding: str = "utf-8") -> bytes:
    """Return the rows as comma-separated text."""
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode(encoding)


def ods(table: str, mimetype: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """Return an OpenDocument spreadsheet with ``table`` as the XML of its sheets."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}><office:body>'
        f"<office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
        "</manifest:manifest>"
    )
    return archive(
        {"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest}
    )


def ods_table(rows: Sequence[Row], name: str = "Sheet1") -> str:
    """Return the XML of one sheet of an OpenDocument spreadsheet."""
    body = ""
    for row in rows:
        body += "<table:table-row>"
        for value in row:
            if isinstance(value, int | float):
                body += (
                    f'<table:table-cell office:value-type="float" office:value="{value}">'
                    f"<text:p>{value}</text:p></table:table-cell>"
                )
            else:
                body += (
                    '<table:table-cell office:value-type="string">'
                    f"<text:p>{value}</text:p></table:table-cell>"
                )
        body += "</table:table-row>"
    return f'<table:table table:name="{name}">{body}</table:table>'


def archive(members: dict[str, str | bytes], level: int = 9) -> bytes:
    """Return a zip archive of ``members``."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive_file:
        for name, content in members.items():
            archive_file.writestr(name, content)
    return target.getvalue()


def with_member(data: bytes, name: str, content: bytes) -> bytes:
    """Return the archive ``data`` with one member replaced or added."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members: dict[str, str | bytes] = {n: source.read(n) for n in source.namelist()}
    return archive(members | {name: content})


def check(
    data: bytes,
    kind: str = "standing",
    *,
    region: str = SANYING,
    period: str | None = "2026-10",
    on: date = TODAY,
    filename: str = "list.xlsx",
) -> Checked:
    """Check ``data`` as a list of one of the demonstration's townships."""
    return check_file(
        data,
        filename=filename,
        kind=Kind(kind),
        region=all_places()[region],
        villages=children(region),
        period=parse_period(period) if period else None,
        on=on,
    )


def check_rows(*rows: Row, headings: Row = tuple(HEADINGS), **options: object) -> Checked:
    """Check rows under headings as a workbook of one sheet."""
    return check(xlsx([headings, *rows]), **options)  # type: ignore[arg-type]


def found(checked: Checked) -> list[tuple[int | None, str, str]]:
    """Return (row, code, severity) of every problem."""
    return [(p.row, p.code.value, p.severity.value) for p in checked.problems]


def sentence(problem: Problem) -> str:
    """Return a problem's message with its parameters filled in."""
    return problem.message % problem.params if problem.params else problem.message
