"""Routing: who answers, who looks on, and never the unit that is complained of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.routing import Matter, Route, UnitKind, UnitRef, WhomToCall, route
from complaints.tracks import Track
from portal.kernel.language import translate

CITY_REGION, COUNTY_REGION = "640400000000", "640422000000"
TOWNSHIP_REGION, VILLAGE_REGION = "640422100000", "640422100201"
PLACE = (VILLAGE_REGION, TOWNSHIP_REGION, COUNTY_REGION, CITY_REGION)

VILLAGE = UnitRef("village", "团结村委会", UnitKind.VILLAGE, VILLAGE_REGION, "township")
TOWNSHIP = UnitRef("township", "吉强镇民政办", UnitKind.TOWNSHIP, TOWNSHIP_REGION, "county")
COUNTY = UnitRef("county", "西吉县民政局", UnitKind.COUNTY, COUNTY_REGION, "city")
CITY = UnitRef("city", "固原市民政局", UnitKind.CITY, CITY_REGION)
DISCIPLINE = UnitRef("discipline", "西吉县纪委监委", UnitKind.DISCIPLINE, COUNTY_REGION)
CITY_DISCIPLINE = UnitRef("city-discipline", "固原市纪委监委", UnitKind.DISCIPLINE, CITY_REGION)
UNITS = (VILLAGE, TOWNSHIP, COUNTY, CITY, DISCIPLINE, CITY_DISCIPLINE)


@pytest.mark.parametrize(
    ("track", "concerned", "responsible", "supervising"),
    [
        (Track.HELP, None, TOWNSHIP, COUNTY),
        (Track.HELP, "village", TOWNSHIP, COUNTY),
        (Track.HELP, "township", COUNTY, CITY),
        (Track.OBJECTION, None, TOWNSHIP, COUNTY),
        (Track.OBJECTION, "village", TOWNSHIP, COUNTY),
        (Track.OBJECTION, "township", COUNTY, CITY),
        (Track.OBJECTION, "county", CITY, DISCIPLINE),
        (Track.SERVICE, None, COUNTY, CITY),
        (Track.SERVICE, "village", TOWNSHIP, COUNTY),
        (Track.SERVICE, "township", COUNTY, CITY),
        (Track.SERVICE, "county", CITY, DISCIPLINE),
        (Track.ACCUSATION, None, DISCIPLINE, None),
        (Track.ACCUSATION, "village", DISCIPLINE, None),
        (Track.ACCUSATION, "township", DISCIPLINE, None),
        (Track.ACCUSATION, "county", DISCIPLINE, None),
        (Track.ACCUSATION, "city", CITY_DISCIPLINE, None),
        (Track.ACCUSATION, "discipline", CITY_DISCIPLINE, None),
    ],
)
def test_a_matter_goes_where_the_rules_send_it(
    track: Track, concerned: str | None, responsible: UnitRef, supervising: UnitRef | None
) -> None:
    assert route(Matter(track, PLACE, concerned), UNITS) == Route(responsible, supervising)


@pytest.mark.parametrize(
    ("track", "concerned", "phone"),
    [
        (Track.HELP, "city", "12345"),
        (Track.OBJECTION, "city", "12345"),
        (Track.SERVICE, "city", "12345"),
        (Track.SERVICE, "discipline", "12345"),
        (Track.ACCUSATION, "city-discipline", "12388"),
    ],
)
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_where_nobody_is_clear_the_answer_is_whom_to_call(
    track: Track, concerned: str, phone: str, locale: str
) -> None:
    answer = route(Matter(track, PLACE, concerned), UNITS)
    assert isinstance(answer, WhomToCall)
    assert answer.phone == phone
    assert phone in translate(locale, answer.message, **answer.params)


def test_a_county_without_a_discipline_office_sends_accusations_to_the_hotline() -> None:
    civil = (VILLAGE, TOWNSHIP, COUNTY, CITY)
    assert isinstance(route(Matter(Track.ACCUSATION, PLACE), civil), WhomToCall)


def test_a_place_without_a_township_office_is_served_by_the_county() -> None:
    answer = route(Matter(Track.HELP, (COUNTY_REGION, CITY_REGION)), UNITS)
    assert answer == Route(COUNTY, CITY)


def test_the_discipline_office_of_another_county_has_nothing_to_do_with_it() -> None:
    other = UnitRef("other", "隆德县纪委监委", UnitKind.DISCIPLINE, "640423000000")
    answer = route(Matter(Track.ACCUSATION, PLACE, "township"), (other, *UNITS))
    assert answer == Route(DISCIPLINE, None)


def test_a_circle_in_the_table_of_units_ends_in_whom_to_call() -> None:
    one = UnitRef("one", "甲", UnitKind.TOWNSHIP, TOWNSHIP_REGION, "two")
    two = UnitRef("two", "乙", UnitKind.COUNTY, COUNTY_REGION, "one")
    assert isinstance(route(Matter(Track.SERVICE, PLACE, "one"), (one, two)), WhomToCall)
    assert route(Matter(Track.HELP, PLACE), (one, two)) == Route(one, two)


REGIONS = st.sampled_from([VILLAGE_REGION, *PLACE, "640422100202", "640423000000", "640423100000"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[UnitRef, ...]:
    """Any table of up to eight units, whoever supervises whom, circles included."""
    ids = [f"unit-{n}" for n in range(draw(st.integers(0, 8)))]
    above = st.sampled_from([None, "unknown", *ids])
    kinds = st.sampled_from(UnitKind)
    return tuple(UnitRef(id_, id_, draw(kinds), draw(REGIONS), draw(above)) for id_ in ids)


def beneath(unit: UnitRef, other: UnitRef, units: tuple[UnitRef, ...]) -> bool:
    """Whether ``other`` stands somewhere above ``unit``."""
    by_id = {each.id: each for each in units}
    step = by_id.get(unit.supervised_by or "")
    for _ in units:
        if step is None:
            return False
        if step == other:
            return True
        step = by_id.get(step.supervised_by or "")
    return False


@given(units=tables(), track=st.sampled_from(Track), data=st.data())
def test_whoever_is_concerned_never_answers_nor_looks_on_nor_does_anyone_beneath(
    units: tuple[UnitRef, ...], track: Track, data: st.DataObject
) -> None:
    concerned = data.draw(st.sampled_from([None, *(unit.id for unit in units)]))
    start = data.draw(st.integers(0, len(PLACE) - 1))
    answer = route(Matter(track, PLACE[start:], concerned), units)
    if isinstance(answer, WhomToCall):
        return
    for unit in (answer.responsible, answer.supervising):
        if unit is None:
            continue
        assert unit in units
        assert unit.kind is not UnitKind.VILLAGE
        for other in units:
            if other.id == concerned:
                assert unit != other
                assert not beneath(unit, other, units)
    assert answer.responsible != answer.supervising


@given(units=tables(), data=st.data())
def test_an_accusation_reaches_a_discipline_office_of_the_place_alone(
    units: tuple[UnitRef, ...], data: st.DataObject
) -> None:
    concerned = data.draw(st.sampled_from([None, *(unit.id for unit in units)]))
    answer = route(Matter(Track.ACCUSATION, PLACE, concerned), units)
    if isinstance(answer, Route):
        assert answer.responsible.kind is UnitKind.DISCIPLINE
        assert answer.responsible.region in PLACE
        assert answer.supervising is None


@given(units=tables(), data=st.data())
def test_a_complaint_about_an_office_goes_to_a_unit_above_it(
    units: tuple[UnitRef, ...], data: st.DataObject
) -> None:
    if not units:
        return
    concerned = data.draw(st.sampled_from(units))
    answer = route(Matter(Track.SERVICE, PLACE, concerned.id), units)
    if isinstance(answer, Route):
        assert beneath(concerned, answer.responsible, units)
