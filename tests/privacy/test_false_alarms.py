"""The gate leaves clean lists alone: every division's name, dates, sums, document numbers."""

import pytest

from bench.gate_alarms import MOST_PERCENT, ROWS, false_alarms
from disclosure.gate import Gate
from disclosure.intake.places import Place, place_words


def test_ten_thousand_clean_rows() -> None:
    stopped, texts = false_alarms()
    assert texts > 3 * ROWS
    assert 100 * stopped / ROWS < MOST_PERCENT


@pytest.mark.parametrize(
    ("text", "stopped"),
    [
        ("在王民乡卫生院住院", False),
        ("在王民乡，由王民代领", True),
        ("王民代领", True),
        ("王 民 乡", False),
    ],
)
def test_a_name_inside_a_listed_place_is_no_person(text: str, stopped: bool) -> None:
    words = place_words([Place("640422206000", "王民乡", "township", "640422000000")])
    assert bool(Gate({"王民"}, words).kinds(text)) is stopped


def test_a_person_called_like_the_whole_place_is_one() -> None:
    assert Gate({"王民乡"}, {"王民乡"}).kinds("由王民乡代领") == ("name",)
