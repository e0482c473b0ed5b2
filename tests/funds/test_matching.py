"""What was paid out, held against the lists: which list counts, what is added up, what is said."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.figures.funds import each
from disclosure.figures.matching import (
    NOTHING,
    Outcome,
    PostedList,
    Remembered,
    Sums,
    agree,
    list_of_month,
    listed_programme,
    match_month,
    paid_in_all,
)
from portal.kernel.period import Period, month_period

SEPTEMBER, OCTOBER, NOVEMBER = (month_period(2026, month) for month in (9, 10, 11))
NOW = datetime(2026, 11, 20, tzinfo=UTC)
RURAL, URBAN, WHOLE = "农村低保", "城市低保", "低保"

SUMS = st.builds(Sums, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 10**12))


LISTED = Sums(10, 20, 3000)


def posted(period: Period = OCTOBER, sums: Sums = LISTED, **changed: object) -> PostedList:
    """A list of 最低生活保障 published on the 8th of its month."""
    made = PostedList(
        township="640402100000",
        programme="最低生活保障",
        period=period,
        published_at=datetime.combine(period.first_on, datetime.min.time(), UTC) + timedelta(7),
        replaced_at=None,
        sums=sums,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def match(
    lines: dict[str, Sums], *lists: PostedList, month: Period = OCTOBER
) -> dict[str, Outcome]:
    found = match_month(lines, lists, {}, month, NOW)
    return {programme: agreement.outcome for programme, agreement in found.items()}


@given(SUMS, SUMS)
def test_they_match_only_where_all_three_numbers_are_equal(paid: Sums, listed: Sums) -> None:
    agreement = agree(paid, posted(sums=listed), None)
    assert (agreement.outcome is Outcome.EQUAL) == (paid == listed)
    assert agreement.needs_reason == (paid != listed)
    assert agreement.difference + listed == paid


@given(SUMS, SUMS)
def test_the_parts_of_a_programme_are_added_up_before_they_are_compared(
    rural: Sums, urban: Sums
) -> None:
    lines = {RURAL: rural, URBAN: urban}
    assert paid_in_all(lines) == rural + urban
    assert set(match(lines, posted(sums=rural + urban)).values()) == {Outcome.EQUAL}
    # A whole that is told beside its parts is not added to them.
    assert paid_in_all({**lines, WHOLE: rural + urban}) == rural + urban


@given(SUMS, SUMS, SUMS)
def test_classes_make_up_their_programme(a: Sums, b: Sums, c: Sums) -> None:
    classes = {"农村低保A档": a, "农村低保B档": b, "农村低保C档": c}
    assert paid_in_all({**classes, URBAN: a}) == a + a + b + c
    assert {listed_programme(one) for one in classes} == {"最低生活保障"}


@pytest.mark.parametrize(
    ("programme", "listed"),
    [
        (RURAL, "最低生活保障"),
        ("城乡低保", "最低生活保障"),
        ("特困供养", "特困人员救助供养"),
        ("分散供养", "特困人员救助供养"),
        ("临时救助", "临时救助"),
        ("电量补贴", "电量补贴"),
    ],
)
def test_programmes_are_known_by_the_names_of_lists(programme: str, listed: str) -> None:
    assert listed_programme(programme) == listed


def test_each_programme_is_held_against_its_own_list() -> None:
    destitute = posted(programme="特困人员救助供养", sums=Sums(2, 2, 900))
    lines = {RURAL: Sums(10, 20, 3000), "特困供养": Sums(2, 2, 800), "临时救助": Sums(1, 1, 1)}
    assert match(lines, posted(), destitute) == {
        RURAL: Outcome.EQUAL,
        "特困供养": Outcome.DIFFERS,
        "临时救助": Outcome.NO_LIST,
    }


def test_the_list_of_the_month_counts_whenever_it_was_published() -> None:
    late = posted(published_at=datetime(2026, 11, 3, tzinfo=UTC))
    before = posted(SEPTEMBER, Sums(9, 9, 9), replaced_at=late.published_at)
    assert list_of_month([before, late], OCTOBER, NOW) == late
    assert list_of_month([before, late], SEPTEMBER, NOW) == before
    corrected = posted(published_at=datetime(2026, 11, 9, tzinfo=UTC))
    assert list_of_month([late, corrected], OCTOBER, NOW) == corrected


def test_where_none_was_made_the_one_that_hung_at_the_end_of_the_month_counts() -> None:
    standing = posted(SEPTEMBER)
    assert list_of_month([standing], OCTOBER, NOW) == standing
    taken_down = replace(standing, replaced_at=datetime(2026, 10, 20, tzinfo=UTC))
    assert list_of_month([taken_down], OCTOBER, NOW) is None
    assert list_of_month([posted(NOVEMBER)], OCTOBER, NOW) is None
    # The month is not over: what hangs now counts.
    assert list_of_month([standing], NOVEMBER, NOW) == standing
    # It is not published yet.
    assert list_of_month([posted(published_at=NOW + timedelta(1))], OCTOBER, NOW) is None


def test_totals_that_were_forgotten_are_remembered_from_the_approval() -> None:
    paid, gone = Sums(10, 20, 3000), posted(sums=Sums(9, 19, 2900), is_whole=False)
    assert agree(paid, gone, None).outcome is Outcome.FORGOTTEN
    assert agree(paid, gone, Remembered(OCTOBER, paid)).outcome is Outcome.EQUAL
    assert agree(paid, gone, Remembered(OCTOBER, NOTHING)).outcome is Outcome.DIFFERS
    assert agree(paid, gone, Remembered(SEPTEMBER, paid)).outcome is Outcome.FORGOTTEN


def test_a_list_that_was_changed_later_is_no_fault_of_the_figures() -> None:
    paid = Sums(10, 20, 3000)
    changed = agree(paid, posted(sums=Sums(9, 19, 2900)), Remembered(OCTOBER, paid))
    assert (changed.outcome, changed.difference) == (Outcome.CHANGED, Sums(1, 1, 100))
    assert agree(paid, None, Remembered(OCTOBER, paid)).outcome is Outcome.NO_LIST


@given(st.integers(0, 10**12), st.integers(0, 10**5))
def test_averages_are_rounded_half_up_to_the_fen(amount: int, count: int) -> None:
    average = each(amount, count)
    if count == 0:
        assert average is None
    else:
        assert average is not None
        assert -count < 2 * (amount - average * count) <= count
        assert each(1, 2) == 1
