"""The people of the demonstration: none exists, all are the same again, as many as published."""

import random
from collections import Counter
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo.build import read_places
from demo.households import Household, allocate, draw_households, is_urban
from demo.people import UNASSIGNED_COUNTY, People, Person
from demo.published import published_figures
from disclosure.posters.fonts import missing_glyphs
from portal.data.regions import Level
from portal.kernel.idnumber import parse_id
from portal.kernel.masking import compound_surnames

ON = date(2026, 10, 8)
PLACES = read_places()
VILLAGES = [place for place in PLACES if place.level is Level.VILLAGE]
FIGURES = published_figures()
TOWNSHIPS = 65
WHOLE_CITY = 108_200


@cache
def _draw(households: int, seed: int = 1) -> tuple[Household, ...]:
    counts = allocate(VILLAGES, households, FIGURES, random.Random(seed))
    people = People(random.Random(seed), ON, [place.name for place in PLACES])
    drawn = draw_households(VILLAGES, counts, FIGURES, people, random.Random(seed))
    return tuple(household for _, own in drawn for household in own)


def test_the_same_seed_gives_the_same_households_and_another_one_gives_others() -> None:
    assert _draw(500) == _draw.__wrapped__(500)
    assert _draw(500) != _draw(500, seed=2)


def test_every_id_number_is_right_unique_and_under_the_unassigned_county_code() -> None:
    numbers = [household.head.id_number for household in _draw(3_000)]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert parse_id(number).number == number
        assert number.startswith(UNASSIGNED_COUNTY)
    assert not any(place.code.startswith(UNASSIGNED_COUNTY) for place in PLACES)


def test_a_few_heads_are_minors_and_names_are_of_every_difficult_kind() -> None:
    heads = [household.head for household in _draw(TOWNSHIPS)]
    minors = [head for head in heads if parse_id(head.id_number).is_minor_on(ON)]
    assert len(minors) == 2
    names = [head.name for head in _all_heads(1_000)]
    assert any("·" in name for name in names)
    assert any(name[:2] in compound_surnames() for name in names)
    assert any("䶮" in name for name in names)
    assert any(ord(char) > 0xFFFF for name in names for char in name)
    assert {len(name) for name in names if "·" not in name} == {2, 3, 4}


def test_the_posters_can_print_every_name() -> None:
    assert missing_glyphs("".join(head.name for head in _all_heads(2_000))) == frozenset()


def test_no_name_stands_in_the_name_of_a_place() -> None:
    texts = "\n".join(place.name for place in PLACES)
    assert [head.name for head in _all_heads(3_000) if head.name in texts] == []


def _all_heads(households: int) -> list[Person]:
    return [household.head for household in _draw(households)]


@settings(max_examples=30, deadline=None)
@given(households=st.integers(TOWNSHIPS, 20_000), seed=st.integers(0, 5))
def test_every_household_lives_somewhere_and_no_township_is_empty(
    households: int, seed: int
) -> None:
    counts = allocate(VILLAGES, households, FIGURES, random.Random(seed))
    assert sum(counts.values()) == households
    assert min(counts.values()) >= 0
    townships: Counter[str | None] = Counter()
    for village in VILLAGES:
        townships[village.parent] += counts[village.code]
    assert len(townships) == TOWNSHIPS
    assert min(townships.values()) >= 1


def test_fewer_households_than_townships_are_refused() -> None:
    with pytest.raises(ValueError, match="township"):
        allocate(VILLAGES, TOWNSHIPS - 1, FIGURES, random.Random(1))


@pytest.mark.parametrize("households", [3_000, WHOLE_CITY])
def test_shares_classes_persons_and_money_are_as_published(households: int) -> None:
    drawn = _draw(households)
    for urban, group, subsidy in (
        (True, FIGURES.urban, FIGURES.urban_subsidy),
        (False, FIGURES.rural, FIGURES.rural_subsidy),
    ):
        own = [household for household in drawn if is_urban(household.village) is urban]
        persons = sum(household.persons for household in own)
        expected = households * group.households / WHOLE_CITY
        assert len(own) == pytest.approx(expected, abs=1)
        assert persons == pytest.approx(len(own) * group.persons / group.households, abs=2)
        paid = sum(household.amount for household in own)
        assert paid / persons == pytest.approx(subsidy, rel=0.01)
        assert all(household.persons <= household.members for household in own)
        assert all(bool(household.group) is not urban for household in own)


def test_the_whole_city_has_exactly_what_was_published() -> None:
    drawn = _draw(WHOLE_CITY)
    assert len(drawn) == FIGURES.urban.households + FIGURES.rural.households
    assert sum(household.persons for household in drawn) == 173_200
    rural = [household for household in drawn if not is_urban(household.village)]
    classes = Counter(household.class_ for household in rural)
    assert (classes["A"] + classes["B"], classes["C"]) == (20_600, 71_300)
    assert sum(household.persons for household in rural if household.class_ == "C") == 105_000
