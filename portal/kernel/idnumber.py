"""ID numbers 公民身份号码: GB 11643-1999, 18 characters of which the last is a check digit.

First-generation numbers of 15 digits and disability cards 残疾人证 of 20 (the ID number and two
digits more) are recognised too. Nothing here shows a number: its ``repr`` is empty.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from operator import mul

from portal.kernel.text import half_width, is_invisible

ADULT_AT = 18  # years; Civil Code art. 17
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ZEROS = ord("0") * sum(_WEIGHTS)
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_DROPPED = re.compile(r"[\s'’‘`\"_.\-]")
# First two digits: provinces, Hong Kong, Macau and Taiwan residence permits, foreigners' cards.
_PROVINCES = frozenset(
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (81, 83))
    for code in range(first, last + 1)
) | {"71", "91"}


class IdFault(StrEnum):
    """What is wrong with a number that should be an ID number."""

    LENGTH = "length"  # not 15 or 18 characters
    CHECK = "check"  # wrong check digit, impossible birth date, or not digits


class IdNumberError(ValueError):
    """The text is not an ID number; ``fault`` says why. The text itself is never repeated."""

    def __init__(self, fault: IdFault) -> None:
        super().__init__(f"not an ID number: {fault}")
        self.fault = fault


@dataclass(frozen=True)
class IdNumber:
    """An ID number whose check digit and birth date are right."""

    number: str = field(repr=False)
    """18 characters, a capital X if any."""

    @property
    def birth_on(self) -> date:
        """The date of birth that the number states."""
        return _birth_date(self.number[6:14])

    def age_on(self, day: date) -> int:
        """Return the whole years of age on ``day``; 29 February counts from 1 March."""
        born = self.birth_on
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

    def is_minor_on(self, day: date) -> bool:
        """Tell whether the person is under 18 on ``day``."""
        return self.age_on(day) < ADULT_AT


def normalise_id(text: str) -> str:
    """Return ``text`` half-width, without spaces, dashes, quotes and invisible signs, x as X."""
    if _SHAPE.fullmatch(text):
        return text
    shown = "".join(char for char in half_width(text) if not is_invisible(char))
    return _DROPPED.sub("", shown).upper()


def check_digit(first_17: str) -> str:
    """Return the check digit ("0".."9" or "X") of the first 17 digits (ISO 7064 MOD 11-2)."""
    if len(first_17) != len(_WEIGHTS):
        raise ValueError("the check digit is computed over 17 digits")
    if not (first_17.isascii() and first_17.isdecimal()):
        raise ValueError("the check digit is computed over digits")
    return _CHECK[_weighed(first_17) % 11]


def _weighed(digits: str) -> int:
    """Return the weighted sum of the first 17 digits; the codes of ``0`` are taken out at once."""
    total: int = sum(map(mul, digits.encode(), _WEIGHTS))
    return total - _ZEROS


def parse_id(text: str) -> IdNumber:
    """Return the ID number that ``text`` writes, a 15-digit one lengthened to 18.

    Raises:
        IdNumberError: its ``fault`` is LENGTH or CHECK.
    """
    number = normalise_id(text)
    if len(number) == 15:
        if not re.fullmatch(r"[0-9]{15}", number):
            raise IdNumberError(IdFault.CHECK)
        longer = f"{number[:6]}19{number[6:]}"
        number = longer + check_digit(longer)
    if len(number) != 18:
        raise IdNumberError(IdFault.LENGTH)
    if not _is_right(number):
        raise IdNumberError(IdFault.CHECK)
    return IdNumber(number)


def find_id(text: str) -> IdNumber | None:
    """Return the ID number that ``text`` writes, or None."""
    try:
        return parse_id(text)
    except IdNumberError:
        return None


def is_id_number(text: str) -> bool:
    """Tell whether ``text`` is an ID number of 18 characters or 15 digits."""
    return find_id(text) is not None


def id_in_disability_card(text: str) -> IdNumber | None:
    """Return the ID number in a disability card's number (20 digits; 22: re-issued), or None."""
    number = normalise_id(text)
    if len(number) not in (20, 22) or not _is_right(number[:18]):
        return None
    return IdNumber(number[:18])


def _is_right(number: str) -> bool:
    if not _SHAPE.fullmatch(number) or number[:2] not in _PROVINCES:
        return False
    try:
        born = _birth_date(number[6:14])
    except ValueError:
        return False
    return born.year >= 1880 and number[17] == _CHECK[_weighed(number) % 11]


def _birth_date(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
