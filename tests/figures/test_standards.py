"""Standards: how they rose, what they follow, what each was on a day."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.figures.charts import Series, step_chart
from disclosure.figures.numbers import UNITS, Figure
from disclosure.figures.periods import parse_figure_period
from disclosure.figures.standards import History, by_name, histories, in_force, percent_of, related
from tests.fixtures.run import ROOT

FILE = ROOT / "demo" / "data" / "published-figures.csv"


def standard(
    programme: str,
    yuan: int,
    period: str,
    *,
    measure: str = "standard_from",
    unit: str = "元/人·月",
) -> Figure:
    told = parse_figure_period(period)
    return Figure(
        *("D1", "640400000000", "固原市", told, programme, measure),
        *(yuan * 100, 2, UNITS[unit], ""),
    )


def only(figures: list[Figure]) -> History:
    (history,) = histories(figures)
    return history


def test_printed_rises_are_the_ones_that_sources_printed() -> None:
    """S0 prints 较2012年上涨128.6% and 117.1%; both follow from its own figures."""
    lines = [
        line
        for line in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())
        if (line["source"], line["measure"]) == ("S0", "standard")
    ]
    printed = [line["note"].partition("上涨")[2].strip("%") for line in lines if line["note"]]
    found = histories(
        [
            standard(
                line["programme"],
                int(line["value"]),
                line["period"],
                measure="standard",
                unit=line["unit"],
            )
            for line in lines
        ]
    )
    changes = [one.settings[-1].change for one in found]
    assert [str(change.percent) for change in changes if change] == printed == ["128.6", "117.1"]


def test_a_standard_holds_from_its_first_day_until_the_next() -> None:
    history = only(
        [
            standard("城市低保", 560, "2018", measure="standard"),
            standard("城市低保", 730, "2025-07"),
            standard("城市低保", 700, "2024-01"),
        ]
    )

    def on(day: str) -> int | None:
        found = in_force(history, date.fromisoformat(day))
        return found.fen // 100 if found else None

    assert on("2017-12-31") is None
    assert on("2018-06-01") == 560
    # What was printed for a year says nothing of the next one.
    assert on("2019-01-01") is None
    assert (on("2024-01-01"), on("2025-06-30"), on("2025-07-01")) == (700, 700, 730)
    assert on("2040-01-01") == 730


def test_a_rise_across_units_is_told_for_the_year() -> None:
    history = only(
        [
            standard("农村低保", 3800, "2018", measure="standard", unit="元/人·年"),
            standard("农村低保", 380, "2020-01"),
        ]
    )
    change = history.settings[1].change
    assert change is not None
    assert (change.fen, change.percent) == (76_000, Decimal("20.0"))


@pytest.mark.parametrize(
    ("basic", "holds", "percent"),
    [(845, True, "130.0"), (844, False, "129.8"), (900, True, "138.5")],
)
def test_basic_living_is_at_least_thirteen_tenths(basic: int, holds: bool, percent: str) -> None:
    found = by_name(
        histories(
            [standard("城市低保", 650, "2024-01"), standard("特困基本生活(城市)", basic, "2024-03")]
        )
    )
    history = found["640400000000", "特困基本生活(城市)"]
    relation = related(history, history.settings[0], found)
    assert relation is not None
    assert (relation.holds, str(relation.percent)) == (holds, percent)


@given(st.integers(1, 3000))
def test_a_standard_rounded_to_the_yuan_still_meets_its_rule(base: int) -> None:
    printed = int(Fraction(13 * base, 10) + Fraction(1, 2))
    found = by_name(
        histories(
            [
                standard("农村低保", base, "2024-01"),
                standard("特困基本生活(农村)", printed, "2024-01"),
            ]
        )
    )
    history = found["640400000000", "特困基本生活(农村)"]
    relation = related(history, history.settings[0], found)
    assert relation is not None
    assert relation.holds


def test_what_is_followed_is_that_of_the_same_day() -> None:
    found = by_name(
        histories(
            [
                standard("最低工资标准", 2000, "2024-01", measure="index_base"),
                standard("最低工资标准", 2100, "2025-01", measure="index_base"),
                standard("特困全护理补贴", 667, "2024-01"),
                standard("特困全护理补贴", 700, "2025-01"),
            ]
        )
    )
    history = found["640400000000", "特困全护理补贴"]
    told = [related(history, setting, found) for setting in history.settings]
    assert [(str(one.percent), one.holds) for one in told if one] == [
        ("33.4", None),
        ("33.3", None),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 900)), min_size=1, max_size=8),
    st.integers(-400, 2400),
)
def test_the_standard_on_a_day_is_the_last_that_was_set_by_then(
    set_in: list[tuple[int, int]], days: int
) -> None:
    months = dict(set_in)
    figures = [
        standard("城市低保", yuan, f"{2020 + month // 12}-{month % 12 + 1:02d}")
        for month, yuan in months.items()
    ]
    on = date(2020, 1, 1) + timedelta(days)
    begun = [month for month in months if date(2020 + month // 12, month % 12 + 1, 1) <= on]
    found = in_force(only(figures), on)
    assert (found.fen if found else None) == (months[max(begun)] * 100 if begun else None)


def test_a_step_chart_goes_level_then_up_and_lasts_to_its_end() -> None:
    points = ((0, Fraction(10), "10"), (12, Fraction(20), "20"))
    chart = step_chart(["2024", "2025", "2026"], [0, 12, 24], [Series("x", points)])
    (line,) = chart.lines
    level, rise, last = line.segments
    assert level[0].y == level[1].y
    assert rise[0].x == rise[1].x
    assert last[1].x == chart.ticks[-1][0]
    assert last[0].y == last[1].y


def test_per_cent_is_rounded_half_away_from_zero() -> None:
    assert (percent_of(1, 8000), percent_of(5, 10_000)) == (Decimal("0.0"), Decimal("0.1"))
