"""The marked copy 标注副本: the same cells, each problem where it is, and nothing that runs."""

import io
import json
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import Merge, Sheet, Workbook
from disclosure.uploads.annotating import Words, annotated_copy
from portal.app import PortalApp
from portal.data.audit import AuditEntry
from portal.kernel.permissions import Role
from tests.disclosure.lists import FOUR, list_csv
from tests.disclosure.test_upload import SAMPLES, send
from tests.fixtures.pages import Page, PageClient
from tests.intake.test_properties import LIST_ROWS, RANDOM_ROWS
from tests.intake.workbooks import HEADINGS, Row, check, household, sentence, xlsx

WORDS = Words("问题", ("表", "行", "列", "程度", "怎么办"), "错误", "提醒", "整个文件", sentence)


def copy_of(data: bytes) -> openpyxl.Workbook:
    checked = check(data)
    copied = annotated_copy(read_workbook(data), checked.problems, WORDS)
    return openpyxl.load_workbook(io.BytesIO(copied))


def test_cells_are_marked_where_the_problems_are() -> None:
    bad = household(2, 身份证号码="1", 月保障金额="-5")
    rows: list[Row] = [HEADINGS, household(1), bad, household(3)]
    book = copy_of(xlsx(rows, names=["名单"]))
    assert book.sheetnames == ["问题", "名单"]
    marked = {
        cell.coordinate: cell.comment.text
        for row in book["名单"].iter_rows()
        for cell in row
        if cell.comment
    }
    assert set(marked) == {"D3", "H3"}
    assert "ID number" in marked["D3"]
    assert book["名单"]["D3"].fill.fgColor.rgb == "FFF8C9C0"
    assert book["名单"]["D2"].value == household(1)[3]
    listed = [[cell.value for cell in row] for row in book["问题"].iter_rows(min_row=2)]
    assert [line[:4] for line in listed] == [
        ["名单", "3", "身份证号码", "错误"],
        ["名单", "3", "月保障金额", "错误"],
    ]


def test_nothing_of_it_runs_and_no_number_is_shortened() -> None:
    rows: list[Row] = [
        HEADINGS,
        household(1, 备注="=HYPERLINK(1)", 户主姓名="@SUM(1)"),
        household(2, 备注="https://example.org", 行政村="00012"),
    ]
    data = xlsx(rows)
    # The reader shows a formula's value; what is text must stay text.
    text = xlsx([*rows, ["'=1+1", "+1", "-x"]])
    for given_ in (data, text):
        sheet = copy_of(given_).worksheets[1]
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", cell.coordinate
                assert cell.hyperlink is None
    assert copy_of(data).worksheets[1]["B3"].value == "00012"


def test_sheets_keep_their_names_merges_and_hiding() -> None:
    book = Workbook(
        (
            Sheet("问题", [["a", 1.5, True, date(2026, 10, 8), ""]]),
            Sheet("a/b:c*?", [["x"], ["y"]], merges=(Merge(0, 0, 1, 0), Merge(0, 0, 1, 1))),
            Sheet("", [["z" * 40_000]], hidden=True),
            Sheet("History", [[date(1899, 1, 1)]]),
        )
    )
    copied = openpyxl.load_workbook(io.BytesIO(annotated_copy(book, [], WORDS)))
    assert copied.sheetnames == ["问题", "问题 (2)", "a_b_c__", "Sheet3", "History (2)"]
    assert [sheet.sheet_state for sheet in copied][3] == "hidden"
    assert [str(found) for found in copied["a_b_c__"].merged_cells.ranges] == ["A1:A2"]
    assert len(copied["Sheet3"]["A1"].value) == 32_767
    first = [cell.value for cell in copied["问题 (2)"][1]]
    assert first[:3] == ["a", 1.5, True]
    assert first[3].date() == date(2026, 10, 8)
    assert copied["History (2)"]["A1"].value == "1899-01-01"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(RANDOM_ROWS, LIST_ROWS), min_size=1, max_size=2))
def test_every_cell_of_any_workbook_is_there(sheets: list[list[list[object]]]) -> None:
    data = xlsx(*sheets)
    read = read_workbook(data)
    again = read_workbook(annotated_copy(read, check(data).problems, WORDS)).sheets[1:]
    assert len(again) == len(read.sheets)
    for before, after in zip(read.sheets, again, strict=True):
        for row, values in enumerate(before.rows):
            for column, value in enumerate(values):
                if value == "":
                    continue
                found = after.rows[row][column]
                assert str(found) == str(value) or _close(found, value), (value, found)


def _close(found: object, value: object) -> bool:
    if isinstance(value, int | float) and isinstance(found, int | float):
        return abs(found - value) <= abs(value) * 1e-12
    return str(value) in str(found) or float(str(found)) == float(str(value))


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


def test_the_copy_of_a_draft_is_downloaded_while_it_is_open(
    app: PortalApp, clerk: PageClient, staff: Callable[..., PageClient]
) -> None:
    page = Page(clerk.follow(send(clerk, (SAMPLES / "bad-rows.xlsx").read_bytes())))
    (link,) = page.soup.select('main a[href$="annotated.xlsx"]')
    answer = clerk.get(str(link["href"]))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    expected = json.loads((SAMPLES / "bad-rows.xlsx.expect.json").read_text(encoding="utf-8"))
    marked = {cell.row for row in book.worksheets[1].iter_rows() for cell in row if cell.comment}
    assert marked == {int(row) for row in expected["problems"]}
    with app.sessions.reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("list-copy") == 1
    assert staff(Role.REVIEWER).get(str(link["href"])).status_code == 403
    assert staff(Role.CLERK, "guanting").get(str(link["href"])).status_code == 404
    clerk.submit(page, action="discard")
    assert clerk.get(str(link["href"])).status_code == 404


def test_the_copy_of_a_file_that_could_not_be_stored(clerk: PageClient) -> None:
    broken = xlsx([["三营镇2026年11月名单"], HEADINGS, household(1, 身份证号码="1")])
    page = Page(send(clerk, broken))
    assert page.response.status_code == 422
    (link,) = page.soup.select('main a[href$="annotated.xlsx"]')
    book = openpyxl.load_workbook(io.BytesIO(clerk.get(str(link["href"])).data))
    assert book.worksheets[1]["D3"].comment is not None
    # A file of which nothing could be read has none.
    page = Page(send(clerk, (SAMPLES / "truncated.xlsx").read_bytes()))
    assert not page.soup.select('main a[href$="annotated.xlsx"]')


def test_a_list_without_problems_offers_no_copy(clerk: PageClient) -> None:
    page = Page(clerk.follow(send(clerk, list_csv(FOUR))))
    assert not page.soup.select('main a[href$="annotated.xlsx"]')
