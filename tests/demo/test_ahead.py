"""Preparing ahead 提前处理: in order, a few at a time; what fails fails where it is asked for."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from demo.ahead import Ahead


def test_what_is_done_elsewhere_comes_in_order() -> None:
    with Ahead(partial(pow, number, 2) for number in range(20)) as ahead:
        assert list(ahead) == [number * number for number in range(20)]


def test_calls_are_taken_only_a_few_before_they_are_asked_for() -> None:
    taken = []

    def calls() -> Iterator[Callable[[], str]]:
        for number in range(10):
            taken.append(number)
            yield partial(str, number)

    with Ahead(calls()) as ahead:
        assert taken == []
        assert [next(ahead), next(ahead)] == ["0", "1"]
        assert len(taken) < 7


def test_a_failure_is_raised_in_its_turn() -> None:
    with Ahead([partial(int, "1"), partial(int, "one"), partial(int, "3")]) as ahead:
        assert next(ahead) == 1
        with pytest.raises(ValueError, match="one"):
            next(ahead)
        assert next(ahead) == 3
