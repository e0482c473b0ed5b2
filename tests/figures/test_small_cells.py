"""Small numbers: what is withheld, and that no subtraction brings it back."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.figures.kinds import FEWEST
from disclosure.figures.numbers import UNITS, Figure
from disclosure.figures.periods import parse_figure_period
from disclosure.figures.smallcells import exposed, withhold

COUNTY = "640402000000"
MONTH, QUARTER = parse_figure_period("2026-10"), parse_figure_period("2026-Q3")


def told(
    value: int,
    *,
    place: str = COUNTY,
    programme: str = "办理进度:申请",
    measure: str = "cases",
    unit: str = "件",
) -> Figure:
    period = QUARTER if unit in {"人", "元"} else MONTH
    sign = UNITS[unit]
    number, scale = (value * 100, 2) if sign.is_money else (value, 0)
    return Figure("D1", place, place, period, programme, measure, number, scale, sign, "")


def township(number: int) -> str:
    return f"640402{number:03d}000"


def stages(whole: int | None, parts: list[int]) -> list[Figure]:
    figures = [told(value, place=township(100 + n)) for n, value in enumerate(parts)]
    return figures if whole is None else [told(whole), *figures]


def shown(figures: tuple[Figure, ...]) -> list[int | None]:
    return [None if one.withheld else int(one.value) for one in figures]


@pytest.mark.parametrize(
    ("whole", "parts", "expected"),
    [
        (None, [1, 2, 3, 0], [None, None, 3, 0]),
        # One alone would follow from the rest, so the smallest other goes with it.
        (12, [2, 6, 4], [12, None, 6, None]),
        # Two that add up to two are each one.
        (7, [1, 1, 5], [7, None, None, None]),
        (4, [2, 2], [4, None, None]),
        # There is no other that could go: the whole goes.
        (2, [2, 0], [None, None, 0]),
        (5, [2, 3], [5, None, None]),
    ],
)
def test_what_is_too_small_is_withheld_and_what_would_tell_it(
    whole: int | None, parts: list[int], expected: list[int | None]
) -> None:
    result, count = withhold(stages(whole, parts))
    assert shown(result) == expected
    assert count == expected.count(None)
    assert exposed(result) == ()


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_nobody_can_work_out_a_small_number(parts: list[int]) -> None:
    """Whoever knows the rule and all that is shown finds at least two values for each cell."""
    result, _ = withhold(stages(sum(parts), parts))
    whole, *rest = shown(result)
    hidden = [n for n, value in enumerate(rest) if value is None]
    small = [n for n, value in enumerate(parts) if 0 < value < FEWEST]
    assert set(small) <= set(hidden)
    if whole is None or not hidden:
        return
    left = whole - sum(value for value in rest if value is not None)
    possible = [one for one in product(range(1, left + 1), repeat=len(hidden)) if sum(one) == left]
    for place, n in enumerate(hidden):
        if n in small:
            assert len({one[place] for one in possible}) > 1


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_withholding_again_changes_nothing(parts: list[int]) -> None:
    once, count = withhold(stages(sum(parts), parts))
    assert withhold(once) == (once, count)


def test_money_and_times_go_with_the_people_they_are_told_of() -> None:
    figures = [
        told(2, programme="孤儿:集中养育", measure="persons", unit="人"),
        told(8700, programme="孤儿:集中养育", measure="amount_paid", unit="元"),
        told(40, programme="孤儿:社会散居", measure="persons", unit="人"),
        told(132_000, programme="孤儿:社会散居", measure="amount_paid", unit="元"),
        told(42, programme="孤儿", measure="persons", unit="人"),
        told(140_700, programme="孤儿", measure="amount_paid", unit="元"),
    ]
    result, _ = withhold(figures)
    assert [one.withheld for one in result] == [True, True, True, True, False, False]
    assert all(one.number == 0 for one in result if one.withheld)


def test_a_part_that_is_too_small_leaves_its_cases() -> None:
    figures = [
        told(12, programme="办理进度:全程"),
        told(1, programme="办理进度:全程", measure="cases_over_limit"),
    ]
    assert shown(withhold(figures)[0]) == [12, None]


def test_what_is_published_already_counts_in_a_subtraction() -> None:
    before, _ = withhold([told(9)])
    result, _ = withhold(stages(None, [2, 7]), shown=before)
    assert shown(result) == [None, None]
    # Where only the whole is brought in afterwards, it is the whole that stays back.
    parts, _ = withhold(stages(None, [2, 7]))
    assert shown(withhold([told(9)], shown=parts)[0]) == [None]
    assert exposed([*parts, told(9)]) != ()


def test_other_figures_are_left_as_they_are() -> None:
    figure = told(1, programme="城乡低保", measure="persons_added", unit="人")
    assert withhold([figure]) == ((figure,), 0)
    assert figure.margin == Fraction(0)
