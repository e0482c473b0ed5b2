"""Drawing by lot 抽查: the seed alone decides, and every row has the same chance."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.bulk.drawing import LEAST, MOST, draw, sample_size

SEEDS = st.text("0123456789abcdef", min_size=1, max_size=32)


@given(SEEDS, st.integers(0, 5_000), st.data())
def test_different_rows_that_exist_are_drawn_and_drawn_again(
    seed: str, rows: int, data: st.DataObject
) -> None:
    size = data.draw(st.integers(0, min(rows, MOST)))
    drawn = draw(seed, rows, size)
    assert len(set(drawn)) == size
    assert list(drawn) == sorted(drawn)
    assert all(0 <= place < rows for place in drawn)
    assert draw(seed, rows, size) == drawn


@given(st.integers(0, 10**7))
def test_a_sample_is_a_few_rows_and_never_more_than_there_are(rows: int) -> None:
    size = sample_size(rows)
    assert size <= min(rows, MOST)
    assert size >= min(rows, LEAST)
    assert size in (rows, MOST) or size * 20 >= rows


def test_every_row_is_drawn_about_as_often_as_any_other() -> None:
    counts = Counter(place for seed in range(4_000) for place in draw(f"{seed:x}", 20, 5))
    assert sorted(counts) == list(range(20))
    # A thousand each, give or take six times the spread of a thousand draws in four thousand.
    assert all(abs(count - 1_000) < 6 * 27.4 for count in counts.values())


def test_another_seed_draws_other_rows() -> None:
    assert len({draw(f"{seed:x}", 10_000, 5) for seed in range(50)}) == 50


@pytest.mark.parametrize(("rows", "size"), [(3, 4), (0, 1), (5, -1)])
def test_more_than_there_is_cannot_be_drawn(rows: int, size: int) -> None:
    with pytest.raises(ValueError, match="so many rows"):
        draw("a", rows, size)
