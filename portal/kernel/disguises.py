"""Disguises 变形写法: what a text shows, whatever its signs are written as.

``1`` may stand there as １, ①, 一, ``&#x31;``, ``%31``, ``_x0031_`` or as an escape of JSON, and
nothing that is drawn as nothing keeps two digits apart. Every character of what is shown knows
where it stood.
"""

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from portal.kernel.text import MIDDLE_DOT, half_width, is_invisible

_ESCAPE = re.compile(
    r"&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z][a-z0-9]{1,7});?"
    r"|\\+(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[nrt])"
    r"|_x[0-9a-f]{4}_|u\+[0-9a-f]{4,5}|(?:%[0-9a-f]{2})+",
    re.IGNORECASE,
)
_MAY_BE_ESCAPED = re.compile(r"[&\\%]|_x|u\+", re.IGNORECASE)
_TIMES = 3  # an escape may itself be escaped: &amp;#49;
_LARGEST = 0x10FFFF
# What nearly every cell is: one sign stands for one sign.
_ORDINARY = re.compile(r"[0-9A-Za-z\u4e00-\u9fff，。、；：？！（）《》〔〕“”() \-./:;,*\n]*")

_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･●﹒․", MIDDLE_DOT))
_HAN_DIGITS = {
    **{ord(char): str(digit) for digit, char in enumerate("〇一二三四五六七八九")},
    **{ord(char): str(digit) for digit, char in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{ord(char): str(digit) for digit, char in enumerate("○幺貳參肆伍陸柒捌玖")},
}
# Letters that are drawn like digits, and signs that are drawn like the last one of an ID number.
_LOOK_ALIKES = {ord("O"): "0", ord("o"): "0", ord("l"): "1", ord("I"): "1", ord("|"): "1"} | {
    ord(char): "X" for char in "×✕✖Ххχ"
}


@dataclass(frozen=True)
class Shown:
    """A text as it is read: character ``i`` of ``text`` stood at ``starts[i]`` to ``ends[i]``."""

    text: str
    starts: range | list[int]
    ends: range | list[int]

    def without(self, dropped: str) -> "Shown":
        """Return it without any of the characters ``dropped``."""
        kept = [at for at, char in enumerate(self.text) if char not in dropped]
        return Shown(
            "".join(self.text[at] for at in kept),
            [self.starts[at] for at in kept],
            [self.ends[at] for at in kept],
        )


def readings(text: str) -> list[Shown]:
    """Return ``text`` as it is read: half-width, no invisible signs, plain digits.

    Where something in it may be escaped, it is read as it stands and also unescaped: ``100%64…``
    may be a percentage before a number.
    """
    if _ORDINARY.fullmatch(text) and not _MAY_BE_ESCAPED.search(text):
        return [Shown(half_width(text), range(len(text)), range(1, len(text) + 1))]
    shown = Shown(text, range(len(text)), range(1, len(text) + 1))
    found = [_visible(shown)]
    for _ in range(_TIMES):
        unescaped = _unescaped(shown) if _MAY_BE_ESCAPED.search(half_width(shown.text)) else shown
        if unescaped.text == shown.text:
            break
        shown = unescaped
        found.append(_visible(shown))
    return found


def _visible(shown: Shown) -> Shown:
    kept = [at for at, char in enumerate(shown.text) if not is_invisible(char)]
    plain = "".join(_plain(shown.text[at]) for at in kept)
    return Shown(
        half_width(plain).translate(_DOTS),
        [shown.starts[at] for at in kept],
        [shown.ends[at] for at in kept],
    )


def with_plain_digits(text: str) -> str:
    """Return ``text`` with every sign that can be read as a digit as that digit, place by place."""
    if text.isascii():
        return text.translate(_LOOK_ALIKES)
    return "".join(map(_digit, text)).translate(_LOOK_ALIKES)


def _unescaped(shown: Shown) -> Shown:
    """Return it with each escape read once."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0

    def keep(until: int) -> None:
        text.append(shown.text[done:until])
        starts.extend(shown.starts[done:until])
        ends.extend(shown.ends[done:until])

    for found in _ESCAPE.finditer(half_width(shown.text)):
        keep(found.start())
        meaning = _meaning(found[0])
        text.append(meaning)
        # Every character that an escape means stands where the whole escape stood.
        starts.extend([shown.starts[found.start()]] * len(meaning))
        ends.extend([shown.ends[found.end() - 1]] * len(meaning))
        done = found.end()
    keep(len(shown.text))
    return Shown("".join(text), starts, ends)


def _meaning(escape: str) -> str:
    """Return what an escape stands for; one that stands for nothing is itself."""
    if escape[0] == "%":
        return unquote(escape, errors="replace")
    if escape[0] == "&":
        named = escape if escape.endswith(";") else escape + ";"
        return html.unescape(named) if html.unescape(named) != named else escape
    rest = escape.lstrip("\\")
    if rest[0] in "nrtNRT" and escape[0] == "\\":
        return " "
    code = int(rest.strip("_+{}xXuU").strip("{}+"), 16)
    return chr(code) if code <= _LARGEST and not 0xD800 <= code < 0xE000 else escape


@cache
def _plain(char: str) -> str:
    """Return a character as it is read: other scripts' digits as ours, every space as a space."""
    if char.isdecimal() and not char.isascii():
        return str(int(char))
    if char in "\n\r\x0b\x0c\x85\u2028\u2029":
        return "\n"
    if unicodedata.category(char) in ("Zs", "Cc"):
        return " "
    if char.isalpha() and not char.isascii():
        # 𝐚 and ⓐ are drawn as letters; é and 王 stay what they are.
        folded = unicodedata.normalize("NFKC", char)
        return folded if len(folded) == 1 and folded.isascii() else char
    return char


@cache
def _digit(char: str) -> str:
    """Return a sign that is read as one digit (①, ², 三, 叁) as that digit, any other as it is."""
    if (known := _HAN_DIGITS.get(ord(char))) is not None:
        return known
    value = unicodedata.numeric(char, -1)
    small = value in range(10) and unicodedata.category(char) in ("No", "Nl")
    return str(int(value)) if small else char
