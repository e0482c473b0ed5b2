"""Lists with one row a member: which rows are one household, who is its head, who is counted."""

from datetime import date

import pytest

from tests.intake.workbooks import Row, check, found, make_id, xlsx

HEADINGS = [
    *("户序号", "村民小组", "户主姓名", "家庭成员姓名", "与户主关系", "身份证号码"),
    *("是否享受", "保障类别", "户月保障金额（元）", "残疾证号", "备注"),
]
SHEET = "金轮村委会"


def head(number: object, sequence: int, name: str = "王秀英", amount: object = 660) -> list[object]:
    return [number, "4组", name, name, "本人", make_id(sequence), "是", "B", amount, "", ""]


def member(
    sequence: int, name: str = "李小四", covered: object = "是", relation: str = "子"
) -> list[object]:
    return ["", "", "", name, relation, make_id(sequence), covered, "", "", "", ""]


def test_members_are_counted_under_their_head() -> None:
    checked = check(
        xlsx(
            [HEADINGS, head(1, 1), member(2), member(3, covered="否"), head(2, 4, "赵六")],
            names=[SHEET],
        )
    )
    assert found(checked) == []
    first, second = checked.list_rows
    assert (first.name, first.members, first.persons, first.rows) == ("王秀英", 3, 2, 3)
    assert (second.name, second.members, second.persons, second.rows) == ("赵六", 1, 1, 1)
    assert (first.village.name, first.group) == ("金轮村委会", "4组")
    assert (checked.rows_ok, checked.households, checked.persons) == (4, 2, 3)
    assert checked.whole_names == {"王秀英", "李小四", "赵六"}


def test_an_error_in_a_member_keeps_the_whole_household_back() -> None:
    rows: list[Row] = [
        HEADINGS,
        head(1, 1),
        [*member(2)[:5], "1", *member(2)[6:]],
        head(2, 4, "赵六"),
    ]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == [(3, "id_length", "error")]
    assert [row.name for row in checked.list_rows] == ["赵六"]
    assert (checked.rows_ok, checked.rows_bad) == (1, 2)


def test_a_member_may_be_a_child_but_a_head_is_withheld() -> None:
    child = make_id(9, date(2015, 5, 5))
    rows: list[Row] = [HEADINGS, head(1, 1), [*member(2)[:5], child, *member(2)[6:]]]
    assert found(check(xlsx(rows, names=[SHEET]))) == []
    alone = [*head(1, 1)[:5], child, *head(1, 1)[6:]]
    checked = check(xlsx([HEADINGS, alone], names=[SHEET]))
    assert found(checked) == [(2, "minor", "warning")]
    assert checked.list_rows[0].minor


def test_the_same_person_in_two_households() -> None:
    rows: list[Row] = [HEADINGS, head(1, 1), member(2), head(2, 4, "赵六"), member(2)]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == [(5, "id_duplicate", "error")]
    assert checked.households == 1


def test_the_head_need_not_come_first() -> None:
    rows: list[Row] = [
        HEADINGS,
        [1, "4组", "王秀英", "李小四", "子", make_id(2), "是", "B", 660, "", ""],
        member(1, "王秀英", relation="本人"),
    ]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == []
    (row,) = checked.list_rows
    assert (row.name, row.id_number, row.members) == ("王秀英", make_id(1), 2)


def test_a_head_who_is_not_among_the_members() -> None:
    rows: list[Row] = [
        HEADINGS,
        [1, "4组", "王秀英", "李小四", "子", make_id(2), "是", "B", 660, "", ""],
    ]
    assert found(check(xlsx(rows, names=[SHEET]))) == [(2, "name_empty", "error")]


def test_households_whose_number_stands_in_every_row() -> None:
    rows: list[Row] = [
        HEADINGS,
        head(1, 1),
        [1, "4组", "王秀英", "李小四", "子", make_id(2), "是", "B", 660, "", ""],
        head(2, 4, "赵六"),
    ]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == []
    assert [(row.members, row.amount_fen) for row in checked.list_rows] == [(2, 66000), (1, 66000)]


def test_households_without_a_number_are_told_apart_by_their_head() -> None:
    headings = HEADINGS[1:]
    rows: list[Row] = [
        headings,
        head(0, 1)[1:],
        member(2)[1:],
        head(0, 4, "赵六")[1:],
        member(5, "赵七")[1:],
    ]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == []
    assert [row.members for row in checked.list_rows] == [2, 2]


def test_two_heads_are_two_households() -> None:
    checked = check(xlsx([HEADINGS, head(1, 1), head(1, 4, "赵六")], names=[SHEET]))
    assert [row.name for row in checked.list_rows] == ["王秀英", "赵六"]


def test_a_second_amount_is_not_lost_silently() -> None:
    second = [*member(2)[:8], 330, "", ""]
    checked = check(xlsx([HEADINGS, head(1, 1), second], names=[SHEET]))
    assert found(checked) == [(3, "amount_nan", "error")]


@pytest.mark.parametrize(
    ("cells", "persons", "problems"),
    [
        (["√", "√", ""], 2, []),
        (["是", "是", "否"], 2, []),
        (["是", "", "否"], None, [(3, "amount_nan", "error")]),
        (["是", "也许", "否"], None, [(3, "amount_nan", "error")]),
        (["否", "否", "否"], None, [(2, "amount_nan", "error")]),
    ],
)
def test_who_is_covered(
    cells: list[str], persons: int | None, problems: list[tuple[int, str, str]]
) -> None:
    first = [*head(1, 1)[:6], cells[0], *head(1, 1)[7:]]
    rows: list[Row] = [HEADINGS, first, member(2, covered=cells[1]), member(3, covered=cells[2])]
    checked = check(xlsx(rows, names=[SHEET]))
    assert found(checked) == problems
    assert [row.persons for row in checked.list_rows] == ([persons] if persons else [])


def test_without_a_village_anywhere_the_column_is_missing() -> None:
    checked = check(xlsx([HEADINGS, head(1, 1), member(2)]))
    assert found(checked) == [(1, "no_header", "error")]
    assert checked.rows_bad == 2


def test_the_village_may_stand_in_the_title() -> None:
    checked = check(xlsx([["三营镇金轮村委会低保家庭成员信息表"], HEADINGS, head(1, 1)]))
    assert found(checked) == []
    assert checked.list_rows[0].village.name == "金轮村委会"
