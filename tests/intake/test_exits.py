"""The gradual exit 渐退期: the month as a file writes it, what is unclear, what is over."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.intake.exits import UNCLEAR, read_exit_month
from disclosure.intake.headings import recognise
from disclosure.intake.kinds import Field
from disclosure.intake.problems import Severity
from disclosure.intake.workbook import CellValue
from portal.kernel.period import month_period


@pytest.mark.parametrize(
    "heading",
    ["渐退期至", "渐退期截止", "渐退截止月份", "渐退期", "渐 退 期 至"],
)
def test_a_column_for_the_gradual_exit_is_recognised(heading: str) -> None:
    assert recognise(heading)[0] is Field.EXIT_MONTH


@pytest.mark.parametrize(
    "written",
    [
        *("2026-12", "2026年12月", "2026/12/31", "202612", "2026.12.31", "２０２６年１２月"),
        *("至2026年12月", "2026年12月底", "渐退至2026-12", "2026年12月31日止", " 2026-12 "),
        *(202612.0, date(2026, 12, 31), datetime(2026, 12, 1)),  # noqa: DTZ001 - as a sheet has it
    ],
)
def test_a_month_is_read_as_people_write_it(written: CellValue) -> None:
    assert read_exit_month(written) == ("2026-12", None)


@pytest.mark.parametrize("written", ["", "  ", "无", "-", "—", "否"])
def test_most_households_are_in_none(written: str) -> None:
    assert read_exit_month(written) == (None, None)


@pytest.mark.parametrize(
    "written", ["是", "6个月", "12月", "2026-13", "2026", 2026.1, 3, "明年", "0000-01", "王秀英"]
)
def test_what_is_unclear_is_an_error(written: CellValue) -> None:
    assert read_exit_month(written) == (None, UNCLEAR)
    assert UNCLEAR.severity is Severity.ERROR


@given(st.integers(1949, 2199), st.integers(1, 12))
def test_every_month_comes_back_as_it_was_written(year: int, number: int) -> None:
    expected = (month_period(year, number).text, None)
    for written in (f"{year}-{number:02d}", f"{year}年{number}月", f"{year}/{number}/1"):
        assert read_exit_month(written) == expected


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans(), st.dates()))
def test_no_cell_stops_the_reading(value: CellValue) -> None:
    read, fault = read_exit_month(value)
    assert (read is None) or (fault is None)
