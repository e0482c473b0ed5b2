from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.posters.content import (
    COLUMNS,
    FundRow,
    PosterRow,
    cell,
    columns_of,
    posting_window,
)
from tests.posters.paper import WITHHELD, rows, sample

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 12, 31))


def keys(content: object) -> list[str]:
    return [column.key for column in columns_of(content)]  # type: ignore[arg-type]


def test_a_standing_list_shows_no_reason() -> None:
    with_reason = (PosterRow(n=1, name="马*", amount_yuan="480", persons=1, reason="因病"),)
    assert keys(sample(1, rows=with_reason)) == ["n", "name", "persons", "amount_yuan"]


def test_temporary_assistance_shows_the_reason() -> None:
    assert "reason" in keys(sample(3, "temporary"))


def test_a_column_that_is_empty_in_every_row_is_left_out() -> None:
    bare = tuple(PosterRow(n=n, name="马*", amount_yuan="480") for n in (1, 2))
    assert keys(sample(2, rows=bare)) == ["n", "name", "amount_yuan"]


def test_one_filled_cell_keeps_its_column() -> None:
    mixed = (
        PosterRow(n=1, name="马*", amount_yuan="480"),
        PosterRow(n=2, name="马*", amount_yuan="480", group="2组"),
    )
    assert "group" in keys(sample(2, rows=mixed))


def test_the_village_is_printed_only_where_the_place_does_not_name_it() -> None:
    one = PosterRow(n=1, name="马*", amount_yuan="480", village="金轮村委会", group="2组")
    assert "locality" not in keys(sample(1, rows=(one,)))
    township = sample(1, rows=(one,), place=("固原市", "原州区", "三营镇"))
    assert "locality" in keys(township)
    assert "group" not in keys(township)
    assert cell(one, "locality") == ("金轮村委会", "2组")


def test_names_stay_whole_and_the_sentence_for_a_minor_may_break() -> None:
    assert cell(PosterRow(1, "古***·***", "1"), "name") == ("", "古***·***")
    assert cell(PosterRow(1, WITHHELD, "1"), "name") == WITHHELD


def test_no_number_may_wrap() -> None:
    numbers = {"n", "persons", "households", "amount_yuan"}
    found = [column for kind in COLUMNS.values() for column in kind if column.key in numbers]
    assert len(found) > len(COLUMNS)
    assert not any(column.wraps for column in found)


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_column_names_a_cell_of_its_rows(kind: str) -> None:
    row = rows(1, kind)[0]  # type: ignore[arg-type]
    for column in COLUMNS[kind]:  # type: ignore[index]
        assert isinstance(cell(row, column.key), str | tuple)


def test_rows_of_another_kind_are_refused() -> None:
    with pytest.raises(TypeError, match="FundRow"):
        sample(1, "funds", rows=(PosterRow(1, "马*", "480"),))
    with pytest.raises(TypeError, match="PosterRow"):
        sample(1, rows=(FundRow(1, "吉强镇", "1月", "农村低保", 1, 1, "1"),))


def test_seventh_day_counts() -> None:
    window = posting_window(date(2026, 11, 16), date(2026, 11, 22))
    assert window == "2026年11月16日至11月22日（共7天）"


def test_a_window_over_the_new_year_names_both_years() -> None:
    window = posting_window(date(2026, 12, 28), date(2027, 1, 3))
    assert window == "2026年12月28日至2027年1月3日（共7天）"


def test_without_an_end_the_list_stays_up() -> None:
    assert posting_window(None, None) == "长期公示"
    assert posting_window(date(2026, 10, 9), None) == "2026年10月9日起长期公示"


@given(days, st.integers(min_value=0, max_value=400))
def test_both_days_of_the_window_count(first: date, more: int) -> None:
    assert posting_window(first, first + timedelta(days=more)).endswith(f"（共{more + 1}天）")
