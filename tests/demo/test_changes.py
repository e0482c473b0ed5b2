"""Changes 增减变动 between months: some have joined, some have left, and nobody is lost."""

import random
from datetime import date

from demo.build import read_places
from demo.changes import households_before
from demo.households import allocate, draw_households
from demo.people import People
from demo.published import published_figures
from portal.data.regions import Level


def test_some_joined_some_left_some_got_another_amount() -> None:
    villages = [place for place in read_places() if place.level is Level.VILLAGE]
    people = People(random.Random(1), date(2026, 10, 8))
    figures = published_figures()
    counts = allocate(villages, 6000, figures, random.Random(1))
    drawn = draw_households(villages, counts, figures, people, random.Random(1))
    households = [household for _, some in drawn for household in some]
    before = households_before(households, people, random.Random(2))
    now = {household.head.id_number: household for household in households}
    then = {household.head.id_number: household for household in before}
    assert len(then) == len(before)
    joined, left = now.keys() - then.keys(), then.keys() - now.keys()
    changed = [key for key in now.keys() & then.keys() if now[key].amount != then[key].amount]
    assert 0.01 < len(joined) / 6000 < 0.025
    assert 0.01 < len(left) / 6000 < 0.025
    assert 0.005 < len(changed) / 6000 < 0.02
    assert all(then[key].amount < now[key].amount for key in changed)
    villages_of = [household.village.code for household in before]
    assert villages_of == sorted(villages_of)


def test_a_township_of_one_household_had_it_before() -> None:
    place = next(place for place in read_places() if place.level is Level.VILLAGE)
    people = People(random.Random(1), date(2026, 10, 8))
    figures = published_figures()
    drawn = draw_households([place], {place.code: 1}, figures, people, random.Random(1))
    (only,) = [household for _, some in drawn for household in some]
    for seed in range(200):
        before = households_before([only], people, random.Random(seed))
        assert before[0].head == only.head
