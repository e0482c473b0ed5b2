"""Planting 埋设: personal data of people who do not exist, in every place that a file has.

A plant is what × how it is disguised × where it stands, each with a marker of its own, so that a
test can say what came out. Everything is drawn from one seed; ID numbers lie under the county code
640499, which no county has.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle
from urllib.parse import quote

from demo.names import draw_name
from portal.kernel.idnumber import check_digit
from portal.kernel.personal_data import luhn

SEED = 500
_HAN = "零一二三四五六七八九"
_FINANCIAL = "零壹贰叁肆伍陆柒捌玖"
_CIRCLED = "⓪①②③④⑤⑥⑦⑧⑨"
_ARABIC = "٠١٢٣٤٥٦٧٨٩"
_MARK_LETTERS = "bcdfghjklmnpqrstvwxz"

Disguise = Callable[["Value"], str]


@dataclass(frozen=True)
class Value:
    """One piece of personal data: ``secret`` is its normal form, ``groups`` how people part it."""

    what: str
    secret: str
    groups: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The value as it is usually written."""
        return "".join(self.groups)


@dataclass(frozen=True)
class Plant:
    """A piece of personal data at one place of a file."""

    marker: str
    value: Value
    disguise: str
    where: str = field(default="", compare=False)

    @property
    def written(self) -> str:
        """The value in its disguise."""
        return DISGUISES[self.disguise](self.value)

    @property
    def text(self) -> str:
        """The text to be planted: the marker, and the value."""
        return f"{self.marker}，{self.written}"

    def __str__(self) -> str:
        return f"{self.value.what}, {self.disguise}, in {self.where} ({self.marker})"


def _each(change: Callable[[str], str]) -> Disguise:
    return lambda value: "".join(change(char) for char in value.plain)


def _joined(sign: str) -> Disguise:
    return lambda value: sign.join(value.groups)


def _spread(sign: str) -> Disguise:
    return lambda value: sign.join(value.plain)


def _in_digits(digits: str) -> Disguise:
    return _each(lambda char: digits[int(char)] if char.isdecimal() else char)


def _full_width(char: str) -> str:
    return chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char


def _unicode(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\u{{{ord(char):x}}}"


DISGUISES: dict[str, Disguise] = {
    "as it is": _joined(""),
    "full-width": _each(_full_width),
    "zero-width characters": _spread("\u200b"),
    "a byte order mark within": _joined("\ufeff"),
    "spaces between groups": _joined(" "),
    "a space after each character": _spread(" "),
    "ideographic spaces": _joined("\u3000"),
    "thin spaces": _joined("\u2009"),
    "no-break spaces": _spread("\u00a0"),
    "line breaks": _joined("\n"),
    "decimal references": _each(lambda char: f"&#{ord(char)};"),
    "hexadecimal references": _each(lambda char: f"&#x{ord(char):X};"),
    "references twice": _each(lambda char: f"&amp;#{ord(char)};"),
    "escapes of JSON": _each(_unicode),
    "escapes of addresses": _each(
        lambda char: quote(char) if ord(char) > 126 else f"%{ord(char):02X}"
    ),
    "escapes of workbooks": _each(lambda char: f"_x{ord(char):04X}_"),
    # For numbers alone.
    "dashes": _joined("-"),
    "long dashes": _joined("—"),
    "dots": _joined("."),
    "slashes": _joined("/"),
    "brackets": lambda value: f"({value.groups[0]}){''.join(value.groups[1:])}",
    "numerals": _in_digits(_HAN),
    "financial numerals": _in_digits(_FINANCIAL),
    "circled digits": _in_digits(_CIRCLED),
    "Arabic digits": _in_digits(_ARABIC),
    "letters like digits": lambda value: value.plain.replace("0", "O").replace("1", "l"),
}
_ANY = tuple(DISGUISES)[:16]
_SHORT = ("as it is", "full-width", "zero-width characters", "thin spaces")
NUMBERS = ("ID number", "old ID number", "disability card", "bank card", "mobile", "land line")
TEXTS = ("e-mail", "address", "name")


class Planter:
    """Draws values, no two alike, and hands out plants."""

    def __init__(self, taken_names: str, seed: int = SEED) -> None:
        self._rng = random.Random(seed)
        self._taken = taken_names
        self._count = 0
        self._names: set[str] = set()
        self.of_file: list[str] = []
        """Whole names that stand in the file's own column for them: these are planted."""
        self.plants: list[Plant] = []
        self._combinations = cycle(self._all())
        self._short = cycle(
            [c for c in self._all() if c[1] in _SHORT and c[0] != "disability card"]
        )

    def _all(self) -> list[tuple[str, str]]:
        combined = [(what, how) for what in NUMBERS for how in DISGUISES]
        combined += [(what, how) for what in TEXTS for how in _ANY]
        self._rng.shuffle(combined)
        return combined

    def plant(self, where: str, *, short: bool = False, number: bool = False) -> Plant:
        """Return a new plant for the place ``where``.

        ``short``: at most 40 characters; ``number``: digits and nothing else.
        """
        what, how = next(self._short if short else self._combinations)
        if number:
            what, how = self._rng.choice(NUMBERS[2:]), "as it is"
        plant = Plant(self.marker(), self.value(what), how, where)
        self.plants.append(plant)
        return plant

    def marker(self) -> str:
        """Return a word that stands nowhere else."""
        self._count += 1
        rest, letters = self._count * 7919, ""
        for _ in range(6):
            rest, letter = divmod(rest, len(_MARK_LETTERS))
            letters += _MARK_LETTERS[letter]
        return f"zq{letters}"

    def value(self, what: str) -> Value:
        """Return a new piece of personal data."""
        groups = tuple(getattr(self, "_" + what.replace("-", "_").replace(" ", "_"))())
        secret = "".join(groups)
        return Value(what, secret.upper() if what in NUMBERS else secret, groups)

    def name(self) -> str:
        """Return a whole name of three characters or more that stands in no text of the portal."""
        while True:
            name = draw_name(self._rng, self._rng.randrange(10_000), male=self._count % 2 == 0)
            if len(name) > 2 and name not in self._taken and name not in self._names:
                self._names.add(name)
                return name

    def id_number(self) -> str:
        """Return an ID number of somebody of full age."""
        self._count += 1
        born = date(1945, 1, 1) + timedelta(days=self._count * 11 % 18_000)
        first = f"640499{born:%Y%m%d}{self._count % 1000:03d}"
        return first + check_digit(first)

    def _ID_number(self) -> list[str]:
        number = self.id_number()
        while self._count % 3 == 0 and not number.endswith("X"):
            number = self.id_number()
        return [number[:6], number[6:14], number[14:].lower()]

    def _old_ID_number(self) -> list[str]:
        number = self.id_number()
        return [number[:6], number[8:14], number[14:17]]

    def _disability_card(self) -> list[str]:
        number = self.id_number()
        return [number[:6], number[6:14], number[14:], f"{self._rng.randrange(11, 75)}"]

    def _bank_card(self) -> list[str]:
        size = self._rng.choice((15, 18))
        self._count += 1
        rest = self._rng.randrange(10 ** (size - 10))
        first = f"621799{self._count:04d}{rest:0{size - 10}d}"
        number = next(first + digit for digit in "0123456789" if luhn(first + digit))
        return [number[at : at + 4] for at in range(0, len(number), 4)]

    def _mobile(self) -> list[str]:
        self._count += 1
        number = f"139{self._count:04d}{self._rng.randrange(10_000):04d}"
        return [number[:3], number[3:7], number[7:]]

    def _land_line(self) -> list[str]:
        self._count += 1
        return ["0954", f"2{self._count % 1000:03d}{self._rng.randrange(1000):03d}"]

    def _e_mail(self) -> list[str]:
        return [f"{self.marker()}.wang", "@example", ".com"]

    def _address(self) -> list[str]:
        self._count += 1
        return ["秋雁路", f"{self._count}号", f"{self._count % 30 + 1}号楼", "2单元", "501室"]

    def _name(self) -> list[str]:
        name = self._rng.choice(self.of_file)
        return [name[:1], name[1:]]


@dataclass(frozen=True)
class Row:
    """A row of a list that has nothing wrong, of somebody who does not exist."""

    village: str
    group: str
    name: str
    id_number: str
    amount: str


def clean_rows(planter: Planter, villages: list[str], count: int) -> list[Row]:
    """Return rows that have nothing wrong; their names are what is planted from now on."""
    rows = [
        Row(
            village=villages[number % len(villages)],
            group=f"{number % 6 + 1}组",
            name=planter.name(),
            id_number=planter.id_number(),
            amount=f"{330 + number}",
        )
        for number in range(count)
    ]
    planter.of_file = [row.name for row in rows]
    return rows
