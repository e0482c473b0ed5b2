"""Money is whole fen, whatever a spreadsheet holds."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.money import (
    AmountError,
    AmountFault,
    format_yuan,
    parse_number,
    parse_yuan,
    to_fen,
    yearly_to_monthly,
)

FEN = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("240", 24000),
        ("1,200", 120000),
        ("1,234,567.89", 123456789),
        ("１，２００．５０", 120050),
        ("¥240.5", 24050),
        ("￥ 240", 24000),
        ("240元", 24000),
        ("1.2万元", 1200000),
        ("-120", -12000),
        ("－120", -12000),
        ("(120)", -12000),
        ("+5", 500),
        (".5", 50),
        ("0.005", 1),
        ("0.004", 0),
        ("2.4E+2", 24000),
        (240.0, 24000),
        (240, 24000),
        (330.00000000000006, 33000),
        (0.1 + 0.2, 30),
        (1.005, 101),
        (Decimal("5.146"), 515),
    ],
)
def test_amounts_are_read(written: str | float | Decimal, fen: int) -> None:
    assert parse_yuan(written) == fen


@pytest.mark.parametrize(
    "written", ["待定", "1,23", "12,34", "1.2.3", "二百", "NaN", "inf", "--5", "5-"]
)
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(AmountError) as caught:
        parse_number(written)
    assert caught.value.fault is AmountFault.NOT_A_NUMBER


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True])
def test_what_is_no_amount_is_refused(value: float) -> None:
    with pytest.raises(AmountError):
        parse_yuan(value)


def test_empty_and_enormous_are_told_apart() -> None:
    faults = []
    for written in ("", " 　", "9" * 14, 1e300):
        with pytest.raises(AmountError) as caught:
            parse_yuan(written)
        faults.append(caught.value.fault)
    assert faults == [AmountFault.EMPTY] * 2 + [AmountFault.TOO_LARGE] * 2


@given(FEN)
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
    assert parse_yuan(format_yuan(fen, grouped=True)) == fen


@given(st.integers(0, 10**12), st.sampled_from([1, 3, 12]))
def test_a_part_of_a_year_is_rounded_half_up(fen: int, months: int) -> None:
    exact = Fraction(fen, months)
    monthly = to_fen(Decimal(fen) / 100, months=months)
    assert Fraction(-1, 2) < monthly - exact <= Fraction(1, 2)
    assert -to_fen(Decimal(-fen) / 100, months=months) == monthly


def test_yearly_to_monthly() -> None:
    assert yearly_to_monthly(516000) == 43000
    assert yearly_to_monthly(100) == 8  # 8.33
    assert yearly_to_monthly(6) == 1  # exactly a half goes up


def test_format() -> None:
    assert format_yuan(10987000) == "109870.00"
    assert format_yuan(10987005, grouped=True) == "109,870.05"
    assert format_yuan(-5) == "-0.05"
