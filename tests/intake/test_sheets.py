"""Sheets as they come: titles, headings, totals, signatures, merged cells, every format."""

import pytest

from tests.intake.workbooks import (
    HEADINGS,
    Row,
    check,
    check_rows,
    csv_bytes,
    found,
    household,
    ods,
    ods_table,
    xlsx,
)

TITLE = ["三营镇2026年10月农村低保对象花名册"]


def test_titles_blank_lines_totals_and_signatures() -> None:
    rows: list[Row] = [
        TITLE,
        ["填报单位：三营镇人民政府", "", "", "", "", "", "填报日期：2025年1月8日"],
        [],
        HEADINGS,
        household(1),
        [],
        [2],
        household(2),
        ["小 计", "", "", "", 6, 4, "", 1320],
        HEADINGS,
        household(3),
        ["本页合计", "", "", "", 3, 2, "", 660],
        ["合计：3户6人", "", "", "", "", 6, "", 1980],
        ["审核人：", "", "", "制表人：", "", "联系电话：0954-2012345"],
        ["注：本表一式三份"],
    ]
    checked = check(xlsx(rows))
    assert found(checked) == []
    assert checked.rows_ok == 3
    assert checked.accounted == {
        "title": 2, "blank": 3, "heading": 2, "data": 3, "total": 3, "signature": 2,
    }  # fmt: skip


def test_a_long_line_that_is_nearly_a_total_is_looked_at_once() -> None:
    checked = check(xlsx([HEADINGS, household(1), ["合计" + "1," * 5000 + "x"]]))
    assert (checked.rows_ok, checked.rows_bad) == (1, 1)


def test_two_rows_of_headings() -> None:
    upper = [
        "序号",
        "行政村",
        "户主",
        "身份证号码",
        "家庭情况",
        "",
        "救助类别",
        "月保障金额",
        "备注",
    ]
    lower = ["", "", "姓名", "", "家庭人口", "保障人口"]
    checked = check(xlsx([TITLE, ["单位：元"], upper, lower, household(1)]))
    assert found(checked) == []
    assert checked.accounted == {"title": 2, "heading": 2, "data": 1}


def test_a_total_that_is_wrong() -> None:
    total = ["合计", "", "", "", 6, 5, "", 1320]
    checked = check(xlsx([HEADINGS, household(1), household(2), total]))
    assert found(checked) == [(4, "total_mismatch", "error")]
    (problem,) = checked.problems
    assert (problem.column, problem.params) == ("保障人口", {"stated": "5", "found": "4"})
    assert checked.rows_ok == 2


def test_a_total_over_a_row_that_cannot_be_read_is_not_compared() -> None:
    total = ["合计", "", "", "", 6, 4, "", 1320]
    checked = check(xlsx([HEADINGS, household(1), household(2, 月保障金额="待定"), total]))
    assert found(checked) == [(3, "amount_nan", "error")]


@pytest.mark.parametrize("place", [1, 3])
def test_a_total_may_stand_first_or_last(place: int) -> None:
    rows: list[Row] = [HEADINGS, household(1), household(2)]
    rows.insert(place, ["合计", "", "", "", 6, 4, "", 1320])
    assert found(check(xlsx(rows))) == []


def test_a_title_of_another_month_stops_the_file() -> None:
    rows: list[Row] = [TITLE, HEADINGS, household(1)]
    assert found(check(xlsx(rows), period="2026-11")) == [(None, "period_mismatch", "error")]
    assert found(check(xlsx(rows), period="2026-Q4")) == []
    checked = check(xlsx(rows), period=None)
    assert checked.period is not None
    assert checked.period.text == "2026-10"


@pytest.mark.parametrize(
    ("title", "stated"),
    [
        ("三营镇二〇二六年十月低保名单", "2026-10"),
        ("三营镇2026年第三季度低保名单", "2026-Q3"),
        ("三营镇2026年低保名单", "2026"),
        ("三营镇低保名单", None),
        ("制表日期：2026年10月8日", None),
        ("三营镇2026年13月低保名单", None),
    ],
)
def test_periods_in_titles(title: str, stated: str | None) -> None:
    checked = check(xlsx([[title], HEADINGS, household(1)]), period=None)
    assert (checked.period and checked.period.text) == stated


@pytest.mark.parametrize(
    ("line", "period", "problems"),
    [
        ("公示时间：2026年11月16日至2026年11月22日", "2026-11-16/2026-11-22", 0),
        ("公示期：2026年11月16日至11月22日", "2026-11-16/2026-11-22", 0),
        ("公示期：2026年11月16日-22日", "2026-11-16/2026-11-22", 0),
        ("公示时间：2026年11月16日至2026年11月20日", "2026-11-16/2026-11-22", 1),
        ("公示时间：2026年11月16日至2026年11月22日", "2026-11", 0),
        ("公示时间：2026年11月22日至2026年11月16日", "2026-11", 0),
    ],
)
def test_the_posting_window_of_a_review(line: str, period: str, problems: int) -> None:
    headings = [
        "序号",
        "村组",
        "申请人",
        "身份证号码",
        "申请人口",
        "拟保障人口",
        "拟定类别",
        "拟月保障金额",
        "申请理由",
    ]
    data = xlsx([["三营镇2026年9月拟确认对象"], [line], headings, household(1)])
    checked = check(data, "review", period=period)
    assert [code for _, code, _ in found(checked)] == ["period_mismatch"] * problems


def test_a_programme_for_children_is_never_published_as_rows() -> None:
    rows: list[Row] = [["三营镇2026年10月孤儿基本生活费发放表"], HEADINGS, household(1)]
    checked = check(xlsx(rows))
    assert found(checked) == [(None, "minor", "error")]
    assert checked.rows == ()
    assert checked.rows_bad == 1


def test_personal_data_in_a_title() -> None:
    rows: list[Row] = [
        TITLE,
        ["联系其子15017315345"],
        ["监督电话：0954-2012345"],
        HEADINGS,
        household(1),
    ]
    assert found(check(xlsx(rows))) == [(2, "pii_phone", "warning")]


@pytest.mark.parametrize("missing", ["行政村", "户主姓名", "身份证号码", "保障人口", "月保障金额"])
def test_a_missing_column_is_named(missing: str) -> None:
    headings = ["别的" if text == missing else text for text in HEADINGS]
    checked = check_rows(household(1, 备注=""), headings=headings)
    assert found(checked) == [(1, "no_header", "error")]
    assert (checked.rows_ok, checked.rows_bad) == (0, 1)


def test_headings_without_rows() -> None:
    assert found(check_rows()) == [(None, "no_header", "error")]


def test_a_sheet_that_was_not_read_is_told() -> None:
    data = xlsx([HEADINGS, household(1)], [["填表说明"], ["请如实填写"]], [])
    checked = check(data)
    assert found(checked) == [(None, "no_header", "warning")]
    assert checked.problems[0].params == {"rows": 2}
    assert checked.accounted["unread"] == 2


def test_a_village_merged_over_several_rows() -> None:
    rows: list[Row] = [
        HEADINGS,
        household(1),
        household(2, 行政村=""),
        household(3, 行政村="戴堡村"),
    ]
    checked = check(xlsx(rows, merges=["B2:B3"]))
    assert found(checked) == []
    assert [row.village.name for row in checked.list_rows] == ["金轮村委会"] * 2 + ["戴堡村委会"]


def test_the_same_list_in_every_format_comes_out_the_same() -> None:
    rows: list[Row] = [HEADINGS, household(1), household(2, 户主姓名="孙祥䶮", 备注="13900000000")]
    formats = [
        xlsx(rows),
        csv_bytes(rows),
        csv_bytes(rows, "gb18030"),
        csv_bytes(rows, "utf-8-sig"),
        ods(ods_table(rows)),
    ]
    results = [check(data) for data in formats]
    assert {tuple(found(result)) for result in results} == {((3, "pii_phone", "warning"),)}
    assert {(r.persons, r.amount_fen, r.rows_ok) for r in results} == {(4, 132000, 2)}
    assert {row.name for result in results for row in result.list_rows} == {"王秀英", "孙祥䶮"}
    assert [result.encoding for result in results] == [None, "utf-8", "gb18030", "utf-8", None]


def test_names_of_sheets_and_headings_that_are_personal_are_not_repeated() -> None:
    headings = [*HEADINGS, "转15017315345"]
    data = xlsx([headings, [*household(1, 身份证号码="1"), "13900000000"]], names=["王秀英"])
    checked = check(data)
    assert {problem.sheet for problem in checked.problems} == {"#1"}
    assert [problem.column for problem in checked.problems] == ["身份证号码", "J"]
