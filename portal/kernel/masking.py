"""Masking 脱敏 of names: the one place that decides what of a name is shown, and where.

Source: rules on masking, section "Names". What is not published at all (ID number, account, phone,
address) has no mask: it is omitted.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.personal_data import find_personal_data
from portal.kernel.text import MIDDLE_DOT, is_han, normalise_name

STAR = "*"
MINOR_WITHHELD = "未成年人，不公示姓名"
"""What stands in a published row in place of a minor's name: part of the data, in Chinese."""
MINOR_WITHHELD_LABEL = N_("A minor: the name is withheld")
"""The same for a page: to be translated."""

_SHORTEST_REMARK = 5  # characters of a name with something behind it: 王秀英胃癌
_SURNAMES = Path(__file__).with_name("compound_surnames.txt")


class Channel(StrEnum):
    """Where a list is shown."""

    BOARD = "board"  # 村务公示栏: the village's own notice board, and its poster
    KIOSK = "kiosk"  # 触摸屏: the touch screen in the township, when paired
    WEB = "web"  # 网站


class NameStyle(StrEnum):
    """How much of a name of three or more characters is shown."""

    SURNAME = "surname"  # 王**
    SURNAME_AND_LAST = "surname-and-last"  # 王*英
    WHOLE = "whole"  # 王秀英


@dataclass(frozen=True)
class MaskingPolicy:
    """A county's choice, channel by channel; the default is the table of the rules.

    Raises:
        Refused: whole names anywhere but on the village's own board.
    """

    board: NameStyle = NameStyle.SURNAME_AND_LAST
    kiosk: NameStyle = NameStyle.SURNAME_AND_LAST
    web: NameStyle = NameStyle.SURNAME

    def __post_init__(self) -> None:
        if NameStyle.WHOLE in (self.kiosk, self.web):
            raise Refused(
                N_("Whole names may be shown on the village's own notice board alone."),
                field="kiosk" if self.kiosk is NameStyle.WHOLE else "web",
            )

    @classmethod
    def from_mapping(cls, styles: Mapping[str, str]) -> "MaskingPolicy":
        """Return the policy of ``{channel: style}``; channels left out keep the default.

        Raises:
            ValueError: an unknown channel or style.
        """
        return cls(**{Channel(channel).value: NameStyle(s) for channel, s in styles.items()})

    def as_mapping(self) -> dict[str, str]:
        """Return ``{channel: style}``, to be stored or hashed."""
        return {channel.value: self.style(channel).value for channel in Channel}

    def style(self, channel: Channel) -> NameStyle:
        """Return how names are shown on ``channel``."""
        if channel is Channel.WEB:
            return self.web
        return self.board if channel is Channel.BOARD else self.kiosk


DEFAULT_POLICY = MaskingPolicy()
WHOLE_NAMES_ON_BOARD = MaskingPolicy(board=NameStyle.WHOLE)


def mask_name(name: str, channel: Channel, policy: MaskingPolicy, minor: bool = False) -> str:
    """Return what ``channel`` shows of a person's name.

    Args:
        name: as written in a list; it is normalised first. A masked name masks to itself.
        channel: where it will be shown.
        policy: the county's choice.
        minor: the person is under 18: the name is withheld whole, on every channel.
    """
    if minor or name == MINOR_WITHHELD:
        return MINOR_WITHHELD
    shown = normalise_name(name)
    style = policy.style(channel)
    if style is not NameStyle.SURNAME and _says_more_than_a_name(shown):
        style = NameStyle.SURNAME
    if style is NameStyle.WHOLE:
        return shown
    # What only decorates another character would give away which letter a star stands for.
    letters = shown
    if not shown.isalpha():
        letters = normalise_name("".join(c for c in shown if unicodedata.category(c)[0] != "M"))
    if MIDDLE_DOT in letters:
        return _first_only(letters, kept=MIDDLE_DOT)
    if all(is_han(char) or char == STAR for char in letters):
        return _mask_han(letters, style)
    return " ".join(map(_first_only, letters.split(" ")))


def _mask_han(name: str, style: NameStyle) -> str:
    """Mask a Han name: its surname stays, and its last character where the style says so."""
    if len(name) < 2:
        return STAR * len(name)
    surname = 2 if len(name) > 2 and name[:2] in compound_surnames() else 1
    given = len(name) - surname
    last = name[-1] if style is NameStyle.SURNAME_AND_LAST and given > 1 else STAR
    return name[:surname] + STAR * (given - 1) + last


def _says_more_than_a_name(text: str) -> bool:
    """Tell whether a number, an illness or an address stands beside a name in its own cell."""
    if len(text) < _SHORTEST_REMARK and text.isalpha():
        return False
    return bool(find_personal_data(text, beside_person=True))


def _first_only(text: str, kept: str = "") -> str:
    """Return ``text`` with a star for every character but the first and the ``kept`` ones.

    A digit is no letter of a name, and a single letter is the whole of one: both are hidden.
    """
    alone = len(text) == 1 or text[0].isdigit()
    first = STAR if alone else text[0]
    return first + "".join(char if char in kept else STAR for char in text[1:])


@cache
def compound_surnames() -> frozenset[str]:
    """Return the compound surnames 复姓, two characters each.

    Left out are those that begin with a surname of its own and go on like a common given name
    (贺兰, 纳兰, 单于, 梁丘, 乐正): for 贺兰英 the second character is given, and must not be shown.
    """
    return frozenset(_SURNAMES.read_text(encoding="utf-8").split())
