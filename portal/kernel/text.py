"""Text 文字: one way of writing for what people and spreadsheets write in many ways.

Nothing here decides what a text means; it only removes differences that nobody sees or intends:
full-width letters and digits, invisible characters, spaces inside names, kinds of middle dot.
"""

import re
import unicodedata
from functools import cache

MIDDLE_DOT = "·"  # U+00B7, the one that Chinese keyboards write
_DOT_VARIANTS = "•‧∙⋅・･᛫ꞏ●﹒․"
_SPACE_CATEGORIES = frozenset({"Cc", "Zl", "Zp", "Zs"})
# Fillers that are drawn as nothing although they are letters or symbols.
_FILLERS = frozenset({0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800, 0x034F})
_PRIVATE_USE = range(0xE000, 0xF900)  # where old systems kept rare characters of names

# Full-width ASCII and the few signs that stand outside its block.
_HALF_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {
    0x3000: ord(" "),
    0xFFE5: 0xA5,  # ￥ → ¥
    0x2212: ord("-"),  # minus sign
    0x2010: ord("-"),
    0x2011: ord("-"),
    0x2013: ord("-"),
    0x2014: ord("-"),
    0xFE63: ord("-"),
}
_DOTS = {ord(dot): ord(MIDDLE_DOT) for dot in _DOT_VARIANTS}

_SPACES = re.compile(r" {2,}")
# What nearly every cell is: such a text is in every form already, and need not be looked at twice.
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+")
_DOT_RUN = re.compile(rf"\s*{MIDDLE_DOT}[\s{MIDDLE_DOT}]*")


@cache
def is_invisible(char: str) -> bool:
    """Tell whether ``char`` shows nothing: zero-width, direction mark, variation selector."""
    code = ord(char)
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or code in _FILLERS:
        return True
    return unicodedata.category(char) == "Cf"


@cache
def is_han(char: str) -> bool:
    """Tell whether ``char`` is a Han ideograph, in any plane, or one of private use."""
    code = ord(char)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0x20000 <= code <= 0x3FFFF
        or 0xF900 <= code <= 0xFAFF
        or code in _PRIVATE_USE
        or code in (0x3007, 0x3005)
    )


class _Shown(dict[int, str | None]):
    """A translation table that learns: invisible characters go, spaces and controls are a space."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        shown: str | None = char
        if is_invisible(char):
            shown = None
        elif unicodedata.category(char) in _SPACE_CATEGORIES:
            shown = " "
        self[code] = shown
        return shown


class _Compared(_Shown):
    """As ``_Shown``, and half-width, and radicals as the characters that they look like."""

    def __missing__(self, code: int) -> str | None:
        if code in _HALF_WIDTH:
            code_shown = _HALF_WIDTH[code]
        elif 0x2E80 <= code <= 0x2FDF:
            # Kangxi radicals (⽟) come out of PDF files in place of the characters they show.
            code_shown = ord(unicodedata.normalize("NFKC", chr(code)))
        else:
            return super().__missing__(code)
        self[code] = " " if code_shown == ord(" ") else chr(code_shown)
        return self[code]


_SHOWN = _Shown()
_COMPARED = _Compared()


def half_width(text: str) -> str:
    """Return ``text`` with full-width letters, digits, signs and dashes made half-width.

    One character stays one character, so positions in the result are positions in ``text``. Plain
    NFKC would also rewrite ①, ㎡ and 〔 and change positions, and is not used for that reason.
    """
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def clean(text: str) -> str:
    """Return ``text`` as it may be shown: no invisible or control characters, single spaces.

    Full-width punctuation stays: it is right in Chinese. Idempotent.
    """
    return _tidy(text, _SHOWN)


def normalise(text: str) -> str:
    """Return ``text`` in the form in which two writings are compared: clean, and half-width.

    Idempotent: ``normalise(normalise(t)) == normalise(t)``.
    """
    return _tidy(text, _COMPARED)


def compact(text: str) -> str:
    """Return ``normalise(text)`` without any space: for headings, place names and words."""
    return _composed(normalise(text).replace(" ", ""))


def normalise_name(text: str) -> str:
    """Return a person's name 姓名 in one writing.

    Spaces stay only between two words in Latin letters (``John Smith``); every kind of middle dot
    becomes ``·`` with nothing beside it. Idempotent. A name that is only spaces becomes ``""``.
    """
    if _PLAIN.fullmatch(text):
        return text
    name = _DOT_RUN.sub(MIDDLE_DOT, normalise(text).translate(_DOTS)).strip(f" {MIDDLE_DOT}")
    joined, *words = name.split(" ")
    for word in words:
        beside_han = is_han(joined[-1]) or is_han(word[0])
        joined += word if beside_han else f" {word}"
    return _composed(joined)


def _tidy(text: str, table: dict[int, str | None]) -> str:
    if not text or _PLAIN.fullmatch(text):
        return text
    return _SPACES.sub(" ", _composed(text.translate(table))).strip()


def _composed(text: str) -> str:
    """Return ``text`` in NFC: taking a space out may bring a letter and its accent together."""
    return unicodedata.normalize("NFC", text)
