"""People 人员 who do not exist: their ID numbers lie under a county code that is not assigned."""

import random
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from demo.names import draw_name
from portal.kernel.idnumber import check_digit

UNASSIGNED_COUNTY = "640499"
_ADULTS = (22, 88)  # years of age, from and to
_MINORS = (8, 16)
_YEAR = 365.2425


@dataclass(frozen=True)
class Person:
    """A person: whole name and ID number, which nothing repeats."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)


class People:
    """Draws people, no two with the same ID number.

    Args:
        rng: decides everything; the same seed gives the same people.
        on: the day on which ages count.
        texts: what the portal publishes of places; no name is drawn that stands in one of them, so
            that a whole name found anywhere is a leak and never a village.
    """

    def __init__(self, rng: random.Random, on: date, texts: Collection[str] = ()) -> None:
        self._rng = rng
        self._on = on
        self._texts = "\n".join(texts)
        self._numbers: set[str] = set()

    def draw_adult(self) -> Person:
        """Return somebody of full age."""
        return self._draw(_ADULTS)

    def draw_minor(self) -> Person:
        """Return somebody under age."""
        return self._draw(_MINORS)

    def _draw(self, ages: tuple[int, int]) -> Person:
        place = len(self._numbers)
        male = self._rng.random() < 0.5
        number = self._draw_number(ages, male=male)
        while (name := draw_name(self._rng, place, male=male)) in self._texts:
            pass
        return Person(name, number)

    def _draw_number(self, ages: tuple[int, int], *, male: bool) -> str:
        youngest, oldest = (round(age * _YEAR) for age in ages)
        while True:
            born = self._on - timedelta(days=self._rng.randint(youngest, oldest))
            # The last digit of the sequence is odd for men, even for women (GB 11643-1999).
            sequence = 2 * self._rng.randrange(1, 499) + male
            first_17 = f"{UNASSIGNED_COUNTY}{born:%Y%m%d}{sequence:03d}"
            number = first_17 + check_digit(first_17)
            if number not in self._numbers:
                self._numbers.add(number)
                return number
