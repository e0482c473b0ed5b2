"""Money 金额: whole numbers of fen 分, read with exact decimals, never with binary fractions."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

from portal.kernel.text import compact

FEN_PER_YUAN = 100
_LARGEST_YUAN = Decimal(10) ** 13  # beyond any county's budget: a cell with that is a mistake
_SHAPE = re.compile(
    r"(?P<open>\()?(?P<sign>[+-])?[¥]?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?P<exponent>E[+-]?\d{1,2})?(?P<unit>万元|千元|元|圆)?(?(open)\))"
)
_UNITS = {"万元": Decimal(10000), "千元": Decimal(1000), "元": Decimal(1), "圆": Decimal(1)}


class AmountFault(StrEnum):
    """What is wrong with a text that should be an amount."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not-a-number"
    TOO_LARGE = "too-large"


class AmountError(ValueError):
    """The text is not an amount; ``fault`` says why. The text itself is not repeated."""

    def __init__(self, fault: AmountFault) -> None:
        super().__init__(f"not an amount: {fault}")
        self.fault = fault


def parse_number(value: str | float | Decimal) -> Decimal:
    """Return ``value`` as an exact decimal; ``1,200``, ``１２０``, ``¥240``, ``(5)`` are read.

    A float gives the shortest decimal that prints like it. A unit written behind the digits counts
    (``1.2万元`` is 12000).

    Raises:
        AmountError: empty, not a finite number, or beyond 10¹³.
    """
    if isinstance(value, str):
        number = _from_text(value)
    elif isinstance(value, bool):
        raise AmountError(AmountFault.NOT_A_NUMBER)
    else:
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise AmountError(AmountFault.NOT_A_NUMBER)
    if abs(number) >= _LARGEST_YUAN:
        raise AmountError(AmountFault.TOO_LARGE)
    return number


def parse_yuan(value: str | float | Decimal) -> int:
    """Return an amount in yuan as fen, rounded half up; raises like ``parse_number``."""
    return to_fen(parse_number(value))


def to_fen(yuan: Decimal, *, months: int = 1) -> int:
    """Return ``yuan`` for ``months`` months as fen for one month, rounded half up (away from 0)."""
    scaled = yuan * FEN_PER_YUAN
    # The remainder decides, so that no division with limited digits can blur an exact half.
    whole, rest = divmod(abs(scaled), months)
    fen = int(whole) + (1 if rest * 2 >= months else 0)
    return -fen if scaled < 0 else fen


def yearly_to_monthly(fen: int) -> int:
    """Return a twelfth of a yearly amount in fen, rounded half up to the fen."""
    return to_fen(Decimal(fen) / FEN_PER_YUAN, months=12)


def format_yuan(fen: int, *, grouped: bool = False) -> str:
    """Return ``fen`` as yuan with two decimals: ``109870.00``, or ``109,870.00`` when grouped."""
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    digits = f"{whole:,}" if grouped else str(whole)
    return f"{'-' if fen < 0 else ''}{digits}.{rest:02d}"


def round_half_up(number: Decimal, places: int) -> Decimal:
    """Return ``number`` with ``places`` decimals, halves rounded away from zero."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _from_text(text: str) -> Decimal:
    written = compact(text).replace("，", ",").upper()
    if not written:
        raise AmountError(AmountFault.EMPTY)
    found = _SHAPE.fullmatch(written)
    if found is None:
        raise AmountError(AmountFault.NOT_A_NUMBER)
    digits = found["digits"].replace(",", "") + (found["exponent"] or "")
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise AmountError(AmountFault.NOT_A_NUMBER) from error
    # Accountants write a negative amount in brackets.
    negative = (found["sign"] == "-") != bool(found["open"])
    return (-number if negative else number) * _UNITS.get(found["unit"] or "元", Decimal(1))
