"""Properties of text normalisation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.text import clean, compact, half_width, is_han, normalise, normalise_name


@given(st.text())
def test_each_normalisation_is_idempotent(text: str) -> None:
    for function in (clean, normalise, compact, normalise_name, half_width):
        once = function(text)
        assert function(once) == once


@given(st.text())
def test_half_width_keeps_positions(text: str) -> None:
    assert len(half_width(text)) == len(text)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("马　伟", "马伟"),
        (" 马 伟 ", "马伟"),
        ("马\u200b伟\ufeff", "马伟"),
        ("古丽娜尔•阿不都", "古丽娜尔·阿不都"),
        ("古丽娜尔 ‧ 阿不都", "古丽娜尔·阿不都"),
        ("古丽娜尔・・阿不都·", "古丽娜尔·阿不都"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("John   Smith", "John Smith"),
        ("⽟ 兰", "玉兰"),
        ("葛\U000e0100兰", "葛兰"),
        ("𠮷 田", "𠮷田"),
        ("\u3000", ""),
        ("", ""),
        (" · ", ""),
    ],
)
def test_a_name_has_one_writing(written: str, name: str) -> None:
    assert normalise_name(written) == name


def test_what_is_shown_keeps_chinese_punctuation() -> None:
    assert clean("户数（户）：１２\t个\u200b") == "户数（户）：１２ 个"
    assert normalise("户数（户）：１２") == "户数(户):12"


def test_signs_that_mean_something_are_not_decomposed() -> None:
    assert normalise("①㎡〔2021〕") == "①㎡〔2021〕"


@pytest.mark.parametrize("char", ["马", "㛃", "䶮", "𠮷", "𬱖", "\ue000", "〇"])
def test_han_in_every_plane(char: str) -> None:
    assert is_han(char)


@pytest.mark.parametrize("char", ["A", "1", "·", "é", "ア"])
def test_what_is_not_han(char: str) -> None:
    assert not is_han(char)
