"""Lists of households: every rule of a row."""

from datetime import date

import pytest

from tests.intake.workbooks import (
    HEADINGS,
    XINGLONG,
    Row,
    check,
    check_rows,
    found,
    household,
    make_id,
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


def test_a_name_that_is_no_name_is_not_looked_for() -> None:
    checked = check_rows(household(1, 户主姓名="12", 备注="第12号"))
    assert found(checked) == [(2, "name_empty", "error")]
    assert checked.whole_names == frozenset()


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
