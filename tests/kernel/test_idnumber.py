"""ID numbers: the check digit of GB 11643, birth dates, ages. All under the unassigned 640499."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.idnumber import (
    IdFault,
    IdNumberError,
    check_digit,
    id_in_disability_card,
    is_id_number,
    normalise_id,
    parse_id,
)

BIRTHS = st.dates(date(1920, 1, 1), date(2026, 1, 1))
SEQUENCES = st.integers(1, 999)


def make_id(born: date, sequence: int = 1) -> str:
    first = f"640499{born:%Y%m%d}{sequence:03d}"
    return first + check_digit(first)


NUMBERS = st.builds(make_id, BIRTHS, SEQUENCES)


def test_the_standards_own_example_of_the_check_digit() -> None:
    # GB 11643-1999, Annex A computes these two.
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(NUMBERS)
def test_a_right_number_is_read(number: str) -> None:
    assert parse_id(number).number == number


@given(NUMBERS, st.integers(0, 17), st.sampled_from("0123456789"))
def test_any_wrong_character_is_noticed(number: str, place: int, other: str) -> None:
    wrong = number[:place] + other + number[place + 1 :]
    assert is_id_number(wrong) == (wrong == number)


@given(NUMBERS, st.integers(0, 15))
def test_two_neighbours_changed_round_are_noticed(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_id_number(changed) == (changed == number)


@given(NUMBERS)
def test_every_writing_is_read(number: str) -> None:
    full_width = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    writings = (
        full_width,
        number.lower(),
        f"\t{number} ",
        f"'{number}",
        "\u200b".join(number),
        f"{number[:6]} {number[6:14]}-{number[14:]}",
        f"{number[:6]}　{number[6:]}",
    )
    assert {parse_id(writing).number for writing in writings} == {number}
    assert {normalise_id(writing) for writing in writings} == {number}


@given(st.dates(date(1920, 1, 1), date(1999, 12, 31)), SEQUENCES)
def test_fifteen_digits_are_the_same_person(born: date, sequence: int) -> None:
    old = f"640499{born:%y%m%d}{sequence:03d}"
    assert parse_id(old) == parse_id(make_id(born, sequence))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", IdFault.LENGTH),
        ("64049919500104460", IdFault.LENGTH),
        ("640499198903230290", IdFault.CHECK),
        ("640499198913230290", IdFault.CHECK),
        ("6404991989032302AB", IdFault.CHECK),
        ("64049989132302A", IdFault.CHECK),
        ("994049198903230290", IdFault.CHECK),
        ("²³¹⁴⁹⁹¹⁹⁸⁹⁰³²³⁰²⁹⁰", IdFault.CHECK),
    ],
)
def test_what_is_wrong_is_said_without_the_number(text: str, fault: IdFault) -> None:
    with pytest.raises(IdNumberError) as caught:
        parse_id(text)
    assert caught.value.fault is fault
    assert not text or text not in str(caught.value)


def test_a_day_that_does_not_exist_is_no_birth_date() -> None:
    first = "64049919900230001"
    assert not is_id_number(first + check_digit(first))


@given(NUMBERS)
def test_nothing_shows_the_number(number: str) -> None:
    assert number not in repr(parse_id(number))


def test_age_and_minority() -> None:
    person = parse_id(make_id(date(2008, 11, 20)))
    assert person.birth_on == date(2008, 11, 20)
    assert person.age_on(date(2026, 11, 19)) == 17
    assert person.age_on(date(2026, 11, 20)) == 18
    assert person.is_minor_on(date(2026, 11, 19))
    assert not person.is_minor_on(date(2026, 11, 20))


def test_a_leap_day_birthday_counts_from_the_first_of_march() -> None:
    person = parse_id(make_id(date(2008, 2, 29)))
    assert person.is_minor_on(date(2026, 2, 28))
    assert not person.is_minor_on(date(2026, 3, 1))


@given(NUMBERS, st.integers(0, 40000))
def test_nobody_grows_younger(number: str, days: int) -> None:
    person = parse_id(number)
    day = person.birth_on + timedelta(days=days)
    assert person.age_on(day) <= person.age_on(day + timedelta(days=1)) <= days // 365 + 1


@given(NUMBERS, st.sampled_from(["43", "14", "71B1", "12B3"]))
def test_a_disability_card_holds_the_id_number(number: str, rest: str) -> None:
    found = id_in_disability_card(number + rest)
    assert found is not None
    assert found.number == number
    assert id_in_disability_card(number) is None
