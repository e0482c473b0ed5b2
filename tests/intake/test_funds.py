"""Fund figures: townships, months, money in units of ten thousand yuan, late payments."""

from datetime import date, datetime

import pytest

from disclosure.intake.result import Checked
from tests.intake.workbooks import FUND_HEADINGS, XIJI, Row, check, found, xlsx


def line(**changed: object) -> list[object]:
    row: dict[str, object] = dict(
        zip(
            FUND_HEADINGS,
            ["吉强镇", "2026年8月", "农村低保", 123, 214, 5.146, date(2026, 8, 8)],
            strict=True,
        )
    )
    return list((row | changed).values())


def check_funds(*rows: Row, above: str = "单位：万元、户、人") -> Checked:
    return check(xlsx([[above], FUND_HEADINGS, *rows]), "funds", region=XIJI, period="2026")


def test_a_right_line() -> None:
    checked = check_funds(line())
    assert found(checked) == []
    (row,) = checked.fund_rows
    assert (row.place.name, row.month.text, row.programme) == ("吉强镇", "2026-08", "农村低保")
    assert (row.households, row.persons, row.amount_fen) == (123, 214, 5146000)
    assert (row.paid_on, row.late) == (date(2026, 8, 8), False)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"乡镇": "三营镇"}, ("village_unknown", "error")),
        ({"乡镇": ""}, ("village_unknown", "error")),
        ({"月份": "2025年8月"}, ("period_mismatch", "error")),
        ({"月份": "八月份"}, ("unreadable", "error")),
        ({"救助项目": ""}, ("unreadable", "error")),
        ({"户数": ""}, ("amount_nan", "error")),
        ({"人数": "许多"}, ("amount_nan", "error")),
        ({"发放金额": "五万"}, ("amount_nan", "error")),
        ({"发放金额": -5}, ("amount_negative", "error")),
        ({"发放日期": "八号"}, ("unreadable", "warning")),
    ],
)
def test_one_thing_wrong_is_one_problem(
    changed: dict[str, object], problem: tuple[str, str]
) -> None:
    assert found(check_funds(line(**changed))) == [(3, *problem)]


@pytest.mark.parametrize(
    "month", ["8月", "8", 8, "2026-08", "2026.8", "202608", date(2026, 8, 1), "2026年08月份"]
)
def test_writings_of_a_month(month: object) -> None:
    (row,) = check_funds(line(月份=month)).fund_rows
    assert row.month.text == "2026-08"


@pytest.mark.parametrize(
    ("paid", "late"),
    [
        (date(2026, 8, 10), False),
        (date(2026, 8, 11), True),
        ("2026年8月11日", True),
        (datetime(2026, 8, 11, 9, 30), True),  # noqa: DTZ001 - a spreadsheet knows no time zone
        ("20260911", True),
        ("", False),
    ],
)
def test_paid_by_the_tenth(paid: object, late: bool) -> None:
    (row,) = check_funds(line(发放日期=paid)).fund_rows
    assert row.late is late


def test_the_same_line_twice() -> None:
    checked = check_funds(line(), line(救助项目="特困供养"), line())
    assert found(checked) == [(5, "id_duplicate", "error")]
    assert checked.rows_ok == 2


def test_a_total_in_the_files_own_unit() -> None:
    total = ["合计", "", "", 246, 428, 10.292, ""]
    rows = [line(), line(月份="2026年9月", 发放日期=date(2026, 9, 8))]
    assert found(check_funds(*rows, total)) == []
    assert found(check_funds(*rows, [*total[:5], 10.3, ""])) == [(5, "total_mismatch", "error")]


def test_the_month_may_stand_in_the_title() -> None:
    headings = [text for text in FUND_HEADINGS if text != "月份"]
    row = [value for value, text in zip(line(), FUND_HEADINGS, strict=True) if text != "月份"]
    titled = xlsx([["西吉县2026年8月资金发放情况"], headings, row])
    (found_row,) = check(titled, "funds", region=XIJI, period="2026").fund_rows
    assert found_row.month.text == "2026-08"
    untitled = xlsx([["西吉县2026年资金发放情况"], headings, row])
    assert found(check(untitled, "funds", region=XIJI, period="2026")) == [
        (2, "no_header", "error")
    ]


def test_the_programme_may_be_called_a_class() -> None:
    headings = ["救助类别" if text == "救助项目" else text for text in FUND_HEADINGS]
    checked = check(xlsx([headings, line()]), "funds", region=XIJI, period="2026")
    assert [row.programme for row in checked.fund_rows] == ["农村低保"]


def test_the_unit_may_stand_in_the_heading_or_in_the_cell() -> None:
    assert check_funds(line(发放金额=51460), above="单位：元").amount_fen == 5146000
    assert check_funds(line(发放金额="5.146万元"), above="资金发放").amount_fen == 5146000
    headings = [f"{text}（万元）" if text == "发放金额" else text for text in FUND_HEADINGS]
    checked = check(xlsx([headings, line()]), "funds", region=XIJI, period="2026")
    assert checked.amount_fen == 5146000
