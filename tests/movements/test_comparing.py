"""Two lists compared: equal to the slow way, in a fixed order, whatever stands on them."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.movements.comparing import (
    Alteration,
    Change,
    DifferentKeys,
    ExitStep,
    HouseholdChange,
    Listed,
    Side,
    Uncompared,
    compare,
    compose,
)
from tests.movements.lists import EAST, FAR, NEAR, VILLAGES, WEST, household, numbered
from tests.movements.reference import (
    NOVEMBER,
    brute_force,
    found_by,
    lists,
    proper_lists,
    words_of,
)


def _numbered(earlier: list[Listed], later: list[Listed]) -> tuple[list[Listed], list[Listed]]:
    return numbered(earlier, "a"), numbered(later, "b")


def _unplaced(changes: Iterable[HouseholdChange]) -> set[HouseholdChange]:
    """Return changes without the notices and numbers where they were read."""
    return {
        HouseholdChange(
            *(row and row._replace(notice_id="", n=0) for row in (one.before, one.after))
        )
        for one in changes
    }


@given(lists, lists)
def test_what_changed_is_what_the_slow_way_finds(
    earlier: list[Listed], later: list[Listed]
) -> None:
    old, new = _numbered(earlier, later)
    comparison = compare(old, new)
    assert found_by(comparison) == brute_force(old, new)
    households = {row.digest for row in [*old, *new]}
    assert len(comparison.changes) + comparison.unchanged == len(households)
    assert comparison.unclear == ()


@given(lists, lists, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    earlier: list[Listed], later: list[Listed], lot: random.Random
) -> None:
    old, new = _numbered(earlier, later)
    comparison = compare(old, new)
    lot.shuffle(old)
    lot.shuffle(new)
    assert compare(old, new) == comparison


@given(lists, lists)
def test_each_household_that_stands_on_a_list_twice_is_told(
    earlier: list[Listed], later: list[Listed]
) -> None:
    old, new = _numbered(earlier, later)
    told = {
        (one.side, one.rows[0].digest): {(row.notice_id, row.n) for row in one.rows}
        for one in compare(old, new).doubled
    }
    expected: dict[tuple[Side, str], set[tuple[str, int]]] = {}
    for side, rows in ((Side.EARLIER, old), (Side.LATER, new)):
        for row in rows:
            expected.setdefault((side, row.digest), set()).add((row.notice_id, row.n))
    assert told == {key: places for key, places in expected.items() if len(places) > 1}


@given(proper_lists, proper_lists)
def test_additions_and_removals_make_one_list_of_the_other(
    earlier: list[Listed], later: list[Listed]
) -> None:
    old, new = _numbered(earlier, later)
    comparison = compare(old, new)
    assert len(old) + len(comparison.of(Change.ADDED)) - len(comparison.of(Change.REMOVED)) == len(
        new
    )
    # Looked at backwards, who came has gone and the other way round.
    back = compare(new, old)
    assert [one.listed for one in back.of(Change.ADDED)] == [
        one.listed for one in comparison.of(Change.REMOVED)
    ]
    assert len(back.of(Change.MOVED)) == len(comparison.of(Change.MOVED))


@given(lists)
def test_nothing_came_or_went_between_a_list_and_itself(rows: list[Listed]) -> None:
    comparison = compare(numbered(rows, "a"), numbered(rows, "b"))
    assert {one.change for one in comparison.changes} <= {Change.KEPT}
    assert all(one.listed.exit_month and not one.alterations for one in comparison.changes)


@given(proper_lists, proper_lists, proper_lists)
def test_two_steps_are_what_one_would_have_been(
    first: list[Listed], second: list[Listed], third: list[Listed]
) -> None:
    one, two, three = numbered(first, "a"), numbered(second, "b"), numbered(third, "c")
    composed = compose(
        compare(one, two).changes,
        compare(two, three).changes,
        {row.digest: row for row in three},
    )
    # Who left with the last step was last seen on the list between, with the same words.
    assert _unplaced(composed) == _unplaced(compare(one, three).changes)


@given(
    proper_lists,
    proper_lists,
    st.frozensets(st.sampled_from(VILLAGES)),
    st.frozensets(st.sampled_from(VILLAGES)),
)
def test_who_may_have_stood_on_a_lost_list_neither_came_nor_went(
    earlier: list[Listed],
    later: list[Listed],
    lost_earlier: frozenset[str],
    lost_later: frozenset[str],
) -> None:
    old = numbered([row for row in earlier if row.village not in lost_earlier], "a")
    new = numbered([row for row in later if row.village not in lost_later], "b")
    comparison = compare(old, new, Uncompared(lost_earlier, lost_later))
    whole = compare(old, new)
    assert not {one.listed.village for one in comparison.of(Change.ADDED)} & lost_earlier
    assert not {one.listed.village for one in comparison.of(Change.REMOVED)} & lost_later
    together = sorted(words_of([*comparison.changes, *comparison.unclear]))
    assert together == found_by(whole)


def test_a_move_is_neither_an_addition_nor_a_removal() -> None:
    comparison = compare([household(1, EAST)], [household(1, WEST, amount_fen=70_000)])
    (moved,) = comparison.changes
    assert moved.change is Change.MOVED
    assert moved.alterations == (Alteration.AMOUNT,)
    assert comparison.of(Change.ADDED) == comparison.of(Change.REMOVED) == ()


def test_a_household_that_is_listed_twice_by_mistake_has_not_moved() -> None:
    comparison = compare(
        [household(1, WEST)], numbered([household(1, EAST), household(1, WEST)], "b")
    )
    assert comparison.changes == ()
    assert [one.side for one in comparison.doubled] == [Side.LATER]


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [
        (None, "2027-01", ExitStep.BEGUN),
        ("2027-01", "2027-01", ExitStep.GOING_ON),
        ("2027-01", None, ExitStep.CALLED_OFF),
        (None, None, None),
    ],
)
def test_a_household_in_its_gradual_exit_still_receives(
    before: str | None, after: str | None, step: ExitStep | None
) -> None:
    comparison = compare([household(1, exit_month=before)], [household(1, exit_month=after)])
    assert [one.exit_step(NOVEMBER) for one in comparison.changes] == [step] * bool(step)
    assert {one.change for one in comparison.changes} <= {Change.KEPT}


@pytest.mark.parametrize(
    ("promised", "step"), [("2026-10", ExitStep.OVER), ("2026-11", None), (None, None)]
)
def test_only_whoever_had_all_the_promised_months_came_to_their_end(
    promised: str | None, step: ExitStep | None
) -> None:
    (removed,) = compare([household(1, exit_month=promised)], []).changes
    assert removed.change is Change.REMOVED
    assert removed.exit_step(NOVEMBER) is step


def test_lists_under_different_keys_are_not_compared() -> None:
    new_key = household(2, key_id="0b0b0b0b")
    with pytest.raises(DifferentKeys, match="0a0a0a0a, 0b0b0b0b"):
        compare([household(1)], [new_key])
    with pytest.raises(DifferentKeys):
        compare([], [household(1), new_key])
    assert compare([new_key], [new_key]).key_id == "0b0b0b0b"
    assert compare([], []).key_id is None


def test_changes_stand_by_kind_then_village_then_row() -> None:
    old = numbered([household(1, NEAR), household(2, EAST), household(3, FAR)], "a")
    new = numbered([household(3, EAST), household(4, WEST), household(5, EAST)], "b")
    comparison = compare(old, new)
    assert [(one.change, one.listed.village) for one in comparison.changes] == [
        (Change.ADDED, EAST),
        (Change.ADDED, WEST),
        (Change.REMOVED, EAST),
        (Change.REMOVED, NEAR),
        (Change.MOVED, EAST),
    ]


def test_no_digest_is_written_into_a_message_by_accident() -> None:
    row = household(0xABCDEF)
    assert "abcdef" not in repr(row)
    (change,) = compare([row], []).changes
    assert "abcdef" not in repr(change)
    assert "abcdef" not in str(row)
