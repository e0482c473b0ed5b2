"""Queries in pinyin are read with a table alone, and one mistake in typing is forgiven."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from disclosure.search.syllables import (
    LONGEST_MISTAKEN,
    MOST_MISTAKES,
    SYLLABLES,
    begun_spellings,
    mistaken_spellings,
    spellings,
)
from portal.data.regionfiles import parse_regions_csv
from tests.fixtures.people import DIVISIONS

spelled_words = st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=6)


@given(spelled_words)
def test_whole_syllables_are_read_as_they_were_written(syllables: list[str]) -> None:
    word = "".join(syllables)
    found = spellings(word)
    assert found
    assert all("".join(spelling) == word for spelling in found)
    assert all(set(spelling) <= SYLLABLES for spelling in found)


def test_a_word_is_read_in_every_way() -> None:
    assert set(spellings("xian")) == {("xian",), ("xi", "an")}
    assert spellings("sanyng") == []


def test_the_last_syllable_may_be_only_begun() -> None:
    assert ("san", "ying") in begun_spellings("sany")
    assert ("san", "ying") in begun_spellings("sanyi")
    assert begun_spellings("sanyv") == []


def test_every_reading_of_the_places_is_a_syllable_of_the_table() -> None:
    names = [row.name for row in parse_regions_csv(DIVISIONS.read_text(encoding="utf-8"))]
    readings = {one for name in names for one in lazy_pinyin(name, style=Style.NORMAL)}
    assert readings <= SYLLABLES


@pytest.mark.parametrize(
    "typed",
    [
        "sanyin",  # missing
        "sanyng",
        "sanyiing",  # extra
        "saanying",
        "snaying",  # swapped
        "sayning",  # swapped across two syllables
        "shanying",  # confused by ear
        "sangying",
    ],
)
def test_one_mistake_is_forgiven(typed: str) -> None:
    assert ("san", "ying") in mistaken_spellings(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zangyi", ("zhang", "yi")),
        ("chaomiao", ("cao", "miao")),
        ("lanzhai", ("nan", "zhai")),
        ("xinlong", ("xing", "long")),
        ("huangding", ("fang", "ding")),
        ("penyang", ("peng", "yang")),
        ("wanwa", ("wang", "wa")),
    ],
)
def test_sounds_that_are_confused_are_forgiven(typed: str, meant: tuple[str, ...]) -> None:
    assert meant in mistaken_spellings(typed)


@given(spelled_words.filter(lambda syllables: len(syllables) > 1), st.data())
def test_a_letter_left_out_is_forgiven_wherever_it_was(
    syllables: list[str], data: st.DataObject
) -> None:
    whole = "".join(syllables)
    at = data.draw(st.integers(0, len(whole) - 1))
    typed = whole[:at] + whole[at + 1 :]
    found = mistaken_spellings(typed)
    if 4 <= len(typed) <= LONGEST_MISTAKEN and len(found) < MOST_MISTAKES:
        assert any("".join(spelling) == whole for spelling in found)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=60))
def test_mistakes_are_syllables_and_never_what_was_typed(typed: str) -> None:
    found = mistaken_spellings(typed)
    assert len(found) <= MOST_MISTAKES
    assert all(set(spelling) <= SYLLABLES for spelling in found)
    assert not set(found) & set(spellings(typed))


def test_short_words_resemble_everything_and_are_taken_as_typed() -> None:
    assert mistaken_spellings("sy") == mistaken_spellings("ying"[:3]) == []
