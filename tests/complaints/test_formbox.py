"""The hidden field: opens only for its purpose, in its time, unchanged."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.formbox import GOOD_FOR, FormBox, FormExpired

NOW = datetime(2026, 10, 8, 2, tzinfo=UTC)
BOX = FormBox(b"k" * 32)
VALUES = {"text": "没有到账", "row": 7, "named": None}


@given(values=st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()))
def test_what_was_sealed_comes_back(values: dict[str, object]) -> None:
    assert BOX.open("complaint", BOX.seal("complaint", values, now=NOW), now=NOW) == values


def test_every_web_worker_opens_it_and_no_other_installation() -> None:
    sealed = BOX.seal("complaint", VALUES, now=NOW)
    assert FormBox(b"k" * 32).open("complaint", sealed, now=NOW) == VALUES
    with pytest.raises(FormExpired):
        FormBox(b"l" * 32).open("complaint", sealed, now=NOW)


def test_nothing_can_be_read_in_it() -> None:
    sealed = BOX.seal("complaint", VALUES, now=NOW)
    assert "text" not in sealed
    assert BOX.seal("complaint", VALUES, now=NOW) != sealed


def test_it_is_good_for_two_hours_and_not_a_second_longer() -> None:
    sealed = BOX.seal("complaint", VALUES, now=NOW)
    assert BOX.open("complaint", sealed, now=NOW + GOOD_FOR - timedelta(seconds=1)) == VALUES
    for moment in (NOW + GOOD_FOR, NOW - timedelta(hours=1)):
        with pytest.raises(FormExpired):
            BOX.open("complaint", sealed, now=moment)


def test_one_form_is_not_taken_for_another() -> None:
    sealed = BOX.seal("complaint", VALUES, now=NOW)
    with pytest.raises(FormExpired):
        BOX.open("track", sealed, now=NOW)


@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_a_changed_field_does_not_open(at: int, flip: int) -> None:
    sealed = bytearray(BOX.seal("complaint", VALUES, now=NOW).encode())
    sealed[at % len(sealed)] ^= flip
    with pytest.raises(FormExpired):
        BOX.open("complaint", sealed.decode("latin-1"), now=NOW)


@pytest.mark.parametrize("text", ["", "x", "====", "é", "AAAA", "\x00"])
def test_nonsense_does_not_open(text: str) -> None:
    with pytest.raises(FormExpired):
        BOX.open("complaint", text, now=NOW)
