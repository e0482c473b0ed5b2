"""Irregular workbooks 不规整的表: read where one reading is certain, and told where it is not."""

from datetime import date

import pytest

from disclosure.catalogue import KINDS
from disclosure.intake.reader import read_workbook
from disclosure.intake.recognition import recognise_file
from tests.intake.workbooks import (
    FUND_HEADINGS,
    HEADINGS,
    SANYING,
    XIJI,
    Row,
    all_places,
    check,
    check_rows,
    children,
    csv_bytes,
    found,
    household,
    make_id,
    ods,
    ods_table,
    sentence,
    xlsx,
)

TITLE = ["三营镇2026年10月农村低保对象花名册"]


def test_headings_in_row_thirty() -> None:
    above: list[Row] = [[f"说明{n}"] for n in range(28)]
    checked = check(xlsx([TITLE, *above, HEADINGS, household(1)]))
    assert (found(checked), checked.rows_ok) == ([], 1)
    assert checked.accounted == {"title": 29, "heading": 1, "data": 1}


def test_sheets_of_different_months_are_told() -> None:
    other: list[Row] = [["三营镇2026年9月农村低保对象花名册"], HEADINGS, household(2)]
    checked = check(xlsx([TITLE, HEADINGS, household(1)], other, names=["十月", "九月"]))
    assert found(checked) == [(None, "period_mismatch", "error")]
    assert checked.problems[0].sheet == "九月"
    assert "2026-09" in sentence(checked.problems[0])


def test_sheets_of_different_units_are_told() -> None:
    other: list[Row] = [[*TITLE, "单位：万元"], HEADINGS, household(2, 月保障金额=0.066)]
    checked = check(xlsx([[*TITLE, "单位：元"], HEADINGS, household(1)], other))
    assert found(checked) == [(None, "unreadable", "warning")]
    assert checked.problems[0].params == {"unit": "万元", "first": "元"}
    assert checked.amount_fen == 2 * 66000


@pytest.mark.parametrize(("stated", "right"), [(1320, True), (1320.01, False), (1319.99, False)])
def test_a_total_that_is_wrong_by_one_fen(stated: float, right: bool) -> None:
    checked = check_rows(household(1), household(2), ["合计", "", "", "", 6, 4, "", stated])
    assert [code for _, code, _ in found(checked)] == ([] if right else ["total_mismatch"])


def test_a_telephone_number_in_the_place_of_a_total_is_not_repeated() -> None:
    (problem,) = check_rows(household(1), ["合计", "", "", "", "", 15017315345, "", ""]).problems
    assert problem.params == {"stated": "…", "found": "2"}


def test_a_total_is_compared_only_where_it_has_a_value() -> None:
    total = ["合计", "", "", "", "", 4, "", ""]
    assert found(check_rows(household(1), household(2), total)) == []


@pytest.mark.parametrize("word", ["小计", "金轮村小计", "小 计", "本村合计"])
def test_a_row_that_is_a_subtotal_is_nobodys(word: str) -> None:
    rows = [
        household(1),
        household(2),
        [word, "", "", "", 6, 4, "", 1320],
        household(3, 行政村="戴堡村"),
        [word, "", "", "", 3, 2, "", 660],
        ["总计", "", "", "", 9, 6, "", 1980],
    ]
    checked = check_rows(*rows)
    assert (found(checked), checked.households, checked.amount_fen) == ([], 3, 198000)
    assert checked.accounted["total"] == 3
    rows[2] = [word, "", "", "", 6, 4, "", 1320.01]
    assert [row for row, _, _ in found(check_rows(*rows))] == [4]


BLOCKS = [
    household(1),
    household(2, 行政村=""),
    household(3, 行政村=""),
    household(4, 行政村="戴堡村"),
    household(5, 行政村=""),
]


def test_a_village_written_once_above_its_rows() -> None:
    for data in (csv_bytes([HEADINGS, *BLOCKS]), xlsx([HEADINGS, *BLOCKS])):
        checked = check(data)
        assert found(checked) == [
            (2, "village_unknown", "warning"),
            (5, "village_unknown", "warning"),
        ]
        assert [problem.params["rows"] for problem in checked.problems] == [2, 1]
        assert [row.village.name for row in checked.list_rows] == ["金轮村委会"] * 3 + [
            "戴堡村委会"
        ] * 2


@pytest.mark.parametrize(
    "villages",
    [
        ["金轮村", ""],  # one empty cell alone
        ["", "金轮村", ""],  # nothing above the first
        ["金轮村", "", "金轮村", "", ""],  # the village is written again: a cell was forgotten
    ],
)
def test_an_empty_village_is_not_guessed(villages: list[str]) -> None:
    rows = [household(n, 行政村=village) for n, village in enumerate(villages, 1)]
    checked = check_rows(*rows)
    empty = [number for number, village in enumerate(villages, 2) if not village]
    assert found(checked) == [(row, "village_unknown", "error") for row in empty]


@pytest.mark.parametrize(
    ("written", "group"),
    [("金轮村委会", ""), ("金轮村", ""), ("金轮", ""), ("三营镇金轮村", ""), ("金轮村3组", "3组")],
)
def test_villages_as_they_are_written(written: str, group: str) -> None:
    (row,) = check_rows(household(1, 行政村=written)).list_rows
    assert (row.village.name, row.group) == ("金轮村委会", group)


def test_numbers_as_texts_and_full_width() -> None:
    checked = check_rows(
        household(1, 月保障金额="１,２００.５０", 家庭人口="３人", 保障人口="２"),
        household(2, 身份证号码="".join(chr(ord(c) + 0xFEE0) for c in make_id(2))),
        household(3, 户主姓名="王　秀 英"),
    )
    assert found(checked) == []
    assert [row.name for row in checked.list_rows] == ["王秀英"] * 3
    assert checked.list_rows[0].amount_fen == 120050


def test_a_disability_cards_number_is_no_id_number_and_no_text() -> None:
    headings = [*HEADINGS[:-1], "残疾证号"]
    checked = check_rows([*household(1)[:-1], make_id(1) + "21"], headings=headings)
    assert found(checked) == []
    (row,) = check_rows(household(1, 备注=make_id(1) + "21")).problems
    assert row.code == "pii_id"


def test_yearly_amounts_and_a_sheet_a_village() -> None:
    headings = [text.replace("月保障金额", "年保障金额") for text in HEADINGS if text != "行政村"]
    rows = [[c for c in household(n, 月保障金额=7920) if c != "金轮村委会"] for n in (1, 2)]
    checked = check(xlsx([headings, rows[0]], [headings, rows[1]], names=["金轮村", "戴堡村"]))
    assert found(checked) == []
    assert [(r.village.name, r.amount_fen) for r in checked.list_rows] == [
        ("金轮村委会", 66000),
        ("戴堡村委会", 66000),
    ]


def test_members_with_merged_household_cells_in_every_format() -> None:
    headings = [
        "户号",
        "行政村",
        "户主姓名",
        "家庭成员姓名",
        "与户主关系",
        "身份证号码",
        "月保障金额",
    ]
    rows: list[Row] = [
        headings,
        [1, "金轮村", "王秀英", "王秀英", "本人", make_id(1), 660],
        ["", "", "", "马伟", "配偶", make_id(2), ""],
        ["", "", "", "王兰", "之女", make_id(3, date(2015, 1, 1)), ""],
        [2, "戴堡村", "马军", "马军", "本人", make_id(4), 330],
    ]
    for data in (
        xlsx(rows, merges=["A2:A4", "B2:B4", "C2:C4", "G2:G4"]),
        csv_bytes(rows),
        ods(ods_table(rows)),
    ):
        checked = check(data)
        assert found(checked) == []
        assert [(r.persons, r.amount_fen, r.rows) for r in checked.list_rows] == [
            (3, 66000, 3),
            (1, 33000, 1),
        ]


def test_hidden_columns_are_read_like_the_others() -> None:
    import_rows: list[Row] = [HEADINGS, household(1, 备注="15017315345")]
    checked = check(xlsx(import_rows, hidden_columns=["I", "D"]))
    assert found(checked) == [(2, "pii_phone", "warning")]
    assert checked.rows_ok == 1


REGIONS = [place for place in all_places().values() if place.level in ("county", "township")]
VILLAGES = {region.code: children(region.code) for region in REGIONS}
FUNDS: list[Row] = [
    ["西吉县2026年救助资金发放情况"],
    FUND_HEADINGS,
    ["吉强镇", "8月", "农村低保", 3, 6, 1980, ""],
]


@pytest.mark.parametrize(
    ("rows", "filename", "expected"),
    [
        ([TITLE, HEADINGS, household(1)], "x.xlsx", (SANYING, "standing", "2026-10")),
        ([HEADINGS, household(1)], "三营镇低保2026-10.xlsx", (SANYING, "standing", "2026-10")),
        ([HEADINGS, household(1)], "x.xlsx", (SANYING, "standing", None)),
        ([TITLE, HEADINGS, household(1)], "2026-09.xlsx", (SANYING, "standing", None)),
        (
            [["三营镇拟确认对象"], ["公示时间：2026年11月16日至11月22日"], HEADINGS, household(1)],
            "x.xlsx",
            (SANYING, "review", "2026-11-16/2026-11-22"),
        ),
        (
            [["三营镇2026年第三季度临时救助"], [*HEADINGS, "救助类型"], [*household(1), "支出型"]],
            "x.xlsx",
            (SANYING, "temporary", "2026-Q3"),
        ),
        (FUNDS, "x.xlsx", (XIJI, "funds", "2026")),
        ([["填表说明"], ["请填写"]], "x.xlsx", (None, None, None)),
        ([["三营镇官厅镇2026年名单"], HEADINGS, household(1)], "x", (SANYING, "standing", "2026")),
    ],
)  # fmt: skip
def test_what_a_file_says_of_itself(
    rows: list[Row], filename: str, expected: tuple[str | None, str | None, str | None]
) -> None:
    said = recognise_file(read_workbook(xlsx(rows)), filename, REGIONS, VILLAGES)
    assert (
        said.region.code if said.region else None,
        said.kind,
        said.period.text if said.period else None,
    ) == expected
    assert said.kind is None or said.kind in {*KINDS, "funds"}
