"""Lists of households: headings, titles, rows that are no data, and every rule of a row."""

from datetime import date

import pytest

from tests.intake.workbooks import (
    HEADINGS,
    XINGLONG,
    Row,
    check,
    check_rows,
    csv_bytes,
    found,
    household,
    make_id,
    ods,
    ods_table,
    xlsx,
)

TITLE = ["三营镇2026年10月农村低保对象花名册"]


def test_a_right_row() -> None:
    checked = check_rows(household(1, 行政村="金轮村3组", 户主姓名="王 秀英", 救助类别="Ｂ类"))
    (row,) = checked.list_rows
    assert found(checked) == []
    assert (row.village.name, row.group, row.name) == ("金轮村委会", "3组", "王秀英")
    assert (row.members, row.persons, row.class_, row.amount_fen) == (3, 2, "B", 66000)
    assert (row.id_number, row.minor, row.row) == (make_id(1), False, 2)
    assert (checked.households, checked.persons, checked.amount_fen) == (1, 2, 66000)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"身份证号码": "640499198903230290"}, ("id_check", "error")),
        ({"身份证号码": "64049919500104460"}, ("id_length", "error")),
        ({"身份证号码": ""}, ("id_length", "error")),
        ({"身份证号码": 6.404991943092686e17}, ("id_float", "error")),
        ({"身份证号码": 640499430926861}, ("id_float", "error")),
        ({"身份证号码": "6.40499E+17"}, ("id_float", "error")),
        ({"行政村": "不存在村"}, ("village_unknown", "error")),
        ({"行政村": ""}, ("village_unknown", "error")),
        ({"月保障金额": -1}, ("amount_negative", "error")),
        ({"月保障金额": "待定"}, ("amount_nan", "error")),
        ({"月保障金额": ""}, ("amount_nan", "error")),
        ({"保障人口": 4}, ("covered_gt_family", "error")),
        ({"保障人口": "两人"}, ("amount_nan", "error")),
        ({"保障人口": 1.5}, ("amount_nan", "error")),
        ({"保障人口": ""}, ("amount_nan", "error")),
        ({"保障人口": 0}, ("amount_nan", "error")),
        ({"户主姓名": ""}, ("name_empty", "error")),
        ({"户主姓名": "　"}, ("name_empty", "error")),
        ({"户主姓名": 5}, ("name_empty", "error")),
        ({"户主姓名": "-"}, ("name_empty", "error")),
        ({"身份证号码": make_id(1, date(2008, 10, 9))}, ("minor", "warning")),
        ({"备注": "电话15017315345"}, ("pii_phone", "warning")),
        ({"备注": "家电0954-2012345"}, ("pii_phone", "warning")),
        ({"备注": f"配偶{make_id(9)}"}, ("pii_id", "warning")),
        ({"备注": "卡6217992174218096797"}, ("pii_other", "warning")),
        ({"备注": "金轮村3组15号"}, ("pii_other", "warning")),
        ({"备注": "尿毒症"}, ("pii_other", "warning")),
        ({"备注": "由王秀英领取"}, ("pii_other", "warning")),
        ({"备注": "=1+1"}, ("formula", "warning")),
        ({"救助类别": "特"}, ("unreadable", "warning")),
    ],
)
def test_one_thing_wrong_is_one_problem(
    changed: dict[str, object], problem: tuple[str, str]
) -> None:
    checked = check_rows(household(1, **changed), household(2, 户主姓名="李四"))
    assert found(checked) == [(2, *problem)]
    bad = problem[1] == "error"
    assert (checked.rows_ok, checked.rows_bad) == ((1, 1) if bad else (2, 0))


@pytest.mark.parametrize(
    "changed",
    [
        {"身份证号码": f" {make_id(1)[:6]} {make_id(1)[6:]}\u200b"},
        {"身份证号码": "640499700101001"},
        {"身份证号码": make_id(1, date(2008, 10, 8))},
        {"保障人口": "2人"},
        {"家庭人口": ""},
        {"月保障金额": "１，２００元"},
        {"月保障金额": "=220*3"},
        {"救助类别": ""},
        {"救助类别": "二档"},
        {"备注": "因病，年老体弱"},
        {"备注": "-"},
    ],
)
def test_what_is_only_written_differently_is_no_problem(changed: dict[str, object]) -> None:
    checked = check_rows(household(1, **changed))
    if changed.get("月保障金额") == "=220*3":
        # The file was never calculated, so the cell holds nothing: that is an amount missing.
        assert found(checked) == [(2, "amount_nan", "error")]
    else:
        assert found(checked) == []


def test_all_problems_are_found_at_once() -> None:
    checked = check_rows(
        household(
            1,
            行政村="哪里村",
            身份证号码="1",
            月保障金额=-5,
            保障人口=9,
            户主姓名="",
            备注="13900000000",
        )
    )
    assert {code for _, code, _ in found(checked)} == {
        "village_unknown", "id_length", "amount_negative", "covered_gt_family", "name_empty",
        "pii_phone",
    }  # fmt: skip


def test_the_later_of_two_same_numbers_is_wrong() -> None:
    checked = check_rows(household(1), household(2), household(3, 身份证号码=make_id(1).lower()))
    assert found(checked) == [(4, "id_duplicate", "error")]
    assert [row.row for row in checked.list_rows] == [2, 3]


def test_an_old_number_and_its_new_one_are_the_same_person() -> None:
    checked = check_rows(household(1), household(2, 身份证号码="640499700101001"))
    assert found(checked) == [(3, "id_duplicate", "error")]


def test_the_same_number_on_another_sheet() -> None:
    checked = check(xlsx([HEADINGS, household(1)], [HEADINGS, household(1)]))
    assert found(checked) == [(2, "id_duplicate", "error")]
    (problem,) = checked.problems
    assert problem.sheet == "Sheet2"
    assert problem.params == {"first": 2, "sheet": "Sheet1"}


@pytest.mark.parametrize(
    ("heading", "written", "fen"),
    [
        ("月保障金额（元）", 660, 66000),
        ("年保障金额（元）", 1000, 8333),
        ("年保障金额", 6, 50),
        ("全年发放金额（元）", 1000.08, 8334),
        ("保障金额（元/年）", 7920, 66000),
        ("保障金额（元/月）", 660, 66000),
        ("季度发放金额", 1980, 66000),
        ("月保障金额（万元）", 0.066, 66000),
        ("2026年10月发放金额", 660, 66000),
    ],
)
def test_amounts_are_for_a_month_whatever_the_unit(heading: str, written: float, fen: int) -> None:
    headings = [heading if text == "月保障金额" else text for text in HEADINGS]
    checked = check_rows(household(1, 月保障金额=written), headings=headings)
    assert found(checked) == []
    assert checked.amount_fen == fen


def test_the_unit_may_stand_above_the_list() -> None:
    row = household(1, 月保障金额=7920)
    headings = ["金额" if text == "月保障金额" else text for text in HEADINGS]
    checked = check(xlsx([TITLE, ["单位：元/年、户、人"], headings, row]))
    assert checked.amount_fen == 66000


def test_each_row_is_rounded_by_itself() -> None:
    headings = ["年保障金额" if text == "月保障金额" else text for text in HEADINGS]
    rows: list[Row] = [household(n, 月保障金额=1000, 户主姓名="王某甲") for n in range(1, 13)]
    assert check_rows(*rows, headings=headings).amount_fen == 12 * 8333


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


def test_columns_made_for_personal_data_do_not_warn() -> None:
    headings = [*HEADINGS, "银行账号", "联系电话", "家庭住址", "残疾证号", "户籍地址", "监护人姓名"]
    row = [*household(1), "6217992174218096797", "15017315345", "建设路12号", f"{make_id(1)}43"]
    assert found(check_rows([*row, "金轮村3组5号", "王秀英"], headings=headings)) == []


def test_columns_that_nobody_knows_and_cells_without_a_heading_do_warn() -> None:
    checked = check_rows(
        [*household(1), "13900000000", "13900000001"], headings=[*HEADINGS, "其它情况"]
    )
    assert found(checked) == [(2, "pii_phone", "warning")] * 2
    assert [problem.column for problem in checked.problems] == ["其它情况", "K"]


@pytest.mark.parametrize("missing", ["行政村", "户主姓名", "身份证号码", "保障人口", "月保障金额"])
def test_a_missing_column_is_named(missing: str) -> None:
    headings = ["别的" if text == missing else text for text in HEADINGS]
    checked = check_rows(household(1, 备注=""), headings=headings)
    assert found(checked) == [(1, "no_header", "error")]
    assert (checked.rows_ok, checked.rows_bad) == (0, 1)


def test_a_name_that_is_no_name_is_not_looked_for() -> None:
    checked = check_rows(household(1, 户主姓名="12", 备注="第12号"))
    assert found(checked) == [(2, "name_empty", "error")]
    assert checked.whole_names == frozenset()


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


def test_codes_and_names_of_villages_must_agree() -> None:
    headings = [*HEADINGS, "行政区划代码"]
    right, wrong, alone = "640402100228", "640402100229", "640402100200"
    checked = check_rows(
        [*household(1), right],
        [*household(2), wrong],
        [*household(3, 行政村=""), alone],
        [*household(4), ""],
        headings=headings,
    )
    assert found(checked) == [(3, "village_unknown", "error")]
    assert [row.village.code for row in checked.list_rows] == [right, alone, right]


def test_an_ambiguous_village_is_decided_by_its_code() -> None:
    headings = [*HEADINGS, "行政区划代码"]
    rows: list[Row] = [
        [*household(1, 行政村="兴隆"), "640422101001"],
        [*household(2, 行政村="兴隆"), ""],
    ]
    checked = check_rows(*rows, headings=headings, region=XINGLONG)
    assert found(checked) == [(3, "village_unknown", "error")]
    assert checked.list_rows[0].village.name == "兴隆居委会"


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


def test_temporary_assistance() -> None:
    headings = [
        "序号",
        "村",
        "救助对象",
        "身份证号",
        "救助类型",
        "救助事由",
        "救助金额（元）",
        "发放时间",
    ]
    first = [1, "金轮村", "王秀英", make_id(1), "支出型", "突发疾病", 500, date(2026, 9, 1)]
    again = [2, "金轮村", "王秀英", make_id(1), "支出型", "火灾", 800, "2026/9/20"]
    twice = [3, *first[1:]]
    vague = [4, "金轮村", "李四", make_id(4), "一般", "火灾", 800, "九月"]
    late = [5, "金轮村", "李五", make_id(5), "急难型临时救助", "火灾", 12000, "2026.10.5"]
    checked = check_rows(
        first, again, twice, vague, late, headings=headings, kind="temporary", period="2026-Q3"
    )
    assert found(checked) == [
        (4, "id_duplicate", "error"),
        (5, "unreadable", "error"),
        (5, "unreadable", "warning"),
        (6, "period_mismatch", "warning"),
    ]
    assert [(row.relief_type, row.amount_fen, row.paid_on) for row in checked.list_rows] == [
        ("支出型", 50000, date(2026, 9, 1)),
        ("支出型", 80000, date(2026, 9, 20)),
        ("急难型", 1200000, date(2026, 10, 5)),
    ]


def test_the_type_of_relief_may_stand_in_the_title() -> None:
    headings = ["序号", "村", "救助对象", "身份证号", "救助事由", "救助金额"]
    row: Row = [1, "金轮村", "王秀英", make_id(1), "突发疾病", 500]
    data = xlsx([["2026年第三季度支出型临时救助公示"], headings, row])
    checked = check(data, "temporary", period="2026-Q3")
    assert [row.relief_type for row in checked.list_rows] == ["支出型"]
    without = xlsx([["2026年第三季度临时救助公示"], headings, row])
    assert found(check(without, "temporary", period="2026-Q3")) == [(2, "no_header", "error")]


def test_names_of_sheets_and_headings_that_are_personal_are_not_repeated() -> None:
    headings = [*HEADINGS, "转15017315345"]
    data = xlsx([headings, [*household(1, 身份证号码="1"), "13900000000"]], names=["王秀英"])
    checked = check(data)
    assert {problem.sheet for problem in checked.problems} == {"#1"}
    assert [problem.column for problem in checked.problems] == ["身份证号码", "J"]
