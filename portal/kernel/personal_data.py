"""Personal data 个人信息 in free text: what the gate before publication looks for.

Source: rules on masking, section "The gate". A finding says what kind and where, and never carries
the value, so that it can be logged and shown.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from portal.kernel.idnumber import id_in_disability_card, is_id_number
from portal.kernel.personal_words import ADDRESS, DISEASES, PERSON_WORDS, PHONE_WORDS
from portal.kernel.text import MIDDLE_DOT, half_width, is_invisible

_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･●﹒․", MIDDLE_DOT))

_RUN = re.compile(r"\d[\d\-–—_./· \t()+]*")
_TOKEN = re.compile(r"\d+[Xx]?")
_LONGEST = 23  # digits: a disability card that was re-issued has 22
_GAP = 3  # signs between two groups of digits that may still be one number

_MOBILE = re.compile(r"(?:0086|86)?1[3-9]\d{9}")
_TWO_MOBILES = re.compile(r"(?:1[3-9]\d{9}){2}")
_LAND_LINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-8]\d{6,7}")
_BARE_LAND_LINE = re.compile(rf"(?:{PHONE_WORDS})[^\d\n]{{0,6}}([2-8]\d{{6,7}})(?!\d)")
# Lengths are those of RFC 5321; they also keep the search from starting over at each letter.
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@"
    r"(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,63}"
)
_ADDRESS = re.compile(ADDRESS)
_DISEASE = re.compile("|".join(sorted(DISEASES, key=len, reverse=True)))
_PERSON = re.compile(PERSON_WORDS)
_CLAUSE_END = re.compile(r"[。；;！!？?\n]")
_LONGEST_WORD = 40  # characters of a name or of a word for a person
_NEAR = 12  # characters between a person and an illness that still belong together


class PiiKind(StrEnum):
    """The kinds of personal data, named as in the problems of an import."""

    ID = "pii_id"
    PHONE = "pii_phone"
    OTHER = "pii_other"


class PiiSubkind(StrEnum):
    """What kind of number or text it is."""

    ID_NUMBER = "id-number"  # 身份证号码, 18 or 15
    DISABILITY_CARD = "disability-card"  # 残疾人证号
    MOBILE = "mobile"  # 手机号码
    LAND_LINE = "land-line"  # 固定电话
    BANK_CARD = "bank-card"  # 银行账号
    ADDRESS = "address"  # 详细地址
    EMAIL = "email"  # 电子邮箱
    HEALTH = "health"  # 健康信息
    NAME = "name"  # 姓名


_Hit = tuple[int, int, PiiSubkind]


@dataclass(frozen=True, order=True)
class Finding:
    """One piece of personal data: ``text[start:end]`` of the text that was searched."""

    start: int
    end: int
    kind: PiiKind
    subkind: PiiSubkind


class PersonalDataFinder:
    """Looks for personal data in many texts, with one set of names.

    Args:
        whole_names: normalised names (``normalise_name``) to look for, of two characters or more.
    """

    def __init__(self, whole_names: Collection[str] = frozenset()) -> None:
        self._names = frozenset(
            _folded(name.replace(" ", "")) for name in whole_names if 1 < len(name) <= _LONGEST_WORD
        )
        self._sizes = sorted({len(name) for name in self._names}, reverse=True)

    def find(self, text: str, *, beside_person: bool = False) -> tuple[Finding, ...]:
        """Return the personal data in ``text``, in order of place, none inside another.

        Args:
            text: free text; pass nothing that comes from the list of places, the catalogue or a
                template.
            beside_person: the text stands beside a person (a cell of their row), so that an illness
                alone is already a finding.
        """
        shown, places = _visible(text)
        names = list(self._find_names(shown))
        people = [(start, end) for start, end, _ in names]
        people = sorted([*people, *(match.span() for match in _PERSON.finditer(shown))])
        diseases = (
            (*match.span(), PiiSubkind.HEALTH)
            for match in _DISEASE.finditer(shown)
            if beside_person or _beside(shown, *match.span(), people)
        )
        taken = bytearray(len(shown))
        found: list[Finding] = []
        for start, end, subkind in (*_numbers(shown), *_patterns(shown), *names, *diseases):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                kind = _KINDS.get(subkind, PiiKind.OTHER)
                found.append(Finding(places[start], places[end - 1] + 1, kind, subkind))
        return tuple(sorted(found))

    def _find_names(self, text: str) -> Iterator[_Hit]:
        """Yield where one of the names stands, whatever spaces are between its characters."""
        if not self._names:
            return
        places = [place for place, char in enumerate(text) if not char.isspace()]
        packed = _folded("".join(text[place] for place in places))
        start = 0
        while start < len(packed):
            sizes = (n for n in self._sizes if start + n <= len(packed))
            size = next((n for n in sizes if packed[start : start + n] in self._names), 0)
            if size:
                yield places[start], places[start + size - 1] + 1, PiiSubkind.NAME
            start += size or 1


def find_personal_data(
    text: str, *, whole_names: Collection[str] = frozenset(), beside_person: bool = False
) -> tuple[Finding, ...]:
    """Return the personal data in one text: ``PersonalDataFinder`` for a single use."""
    return PersonalDataFinder(whole_names).find(text, beside_person=beside_person)


def _folded(text: str) -> str:
    """Return ``text`` without capitals, character by character: ß stays one, so places stay."""
    return "".join(low if len(low := char.casefold()) == 1 else char for char in text)


def _patterns(text: str) -> Iterator[_Hit]:
    yield from ((*match.span(), PiiSubkind.EMAIL) for match in _EMAIL.finditer(text))
    yield from ((*m.span(1), PiiSubkind.LAND_LINE) for m in _BARE_LAND_LINE.finditer(text))
    yield from ((*match.span(), PiiSubkind.ADDRESS) for match in _ADDRESS.finditer(text))


_KINDS = {
    PiiSubkind.ID_NUMBER: PiiKind.ID,
    PiiSubkind.DISABILITY_CARD: PiiKind.ID,
    PiiSubkind.MOBILE: PiiKind.PHONE,
    PiiSubkind.LAND_LINE: PiiKind.PHONE,
}


def _visible(text: str) -> tuple[str, list[int]]:
    """Return ``text`` half-width and without invisible signs, and where each character stood."""
    places = [place for place, char in enumerate(text) if not is_invisible(char)]
    shown = "".join(text[place] for place in places)
    # `\d` also means Arabic-Indic and mathematical digits; they are read as what they show.
    digits = "".join(str(int(c)) if c.isdecimal() and not c.isascii() else c for c in shown)
    return half_width(digits).translate(_DOTS), places


def _numbers(text: str) -> Iterator[_Hit]:
    """Yield numbers of persons in runs of digits, also when they are written in groups."""
    for run in _RUN.finditer(text):
        stop = run.end() + (text[run.end() : run.end() + 1] in ("X", "x"))
        tokens = [(m.start(), m.end()) for m in _TOKEN.finditer(text, run.start(), stop)]
        first = 0
        while first < len(tokens):
            last = first
            for last, subkind in _number_at(text, tokens, first):
                yield tokens[first][0], tokens[last][1], subkind
                break
            else:
                yield from _inside(text, *tokens[first])
                last = first
            first = last + 1


def _number_at(
    text: str, tokens: list[tuple[int, int]], first: int
) -> Iterator[tuple[int, PiiSubkind]]:
    """Yield (last token, kind) for the longest number that begins with token ``first``."""
    joined = text[slice(*tokens[first])]
    choices = [(first, joined)]
    for last in range(first + 1, len(tokens)):
        if tokens[last][0] - tokens[last - 1][1] > _GAP:
            break
        joined += text[slice(*tokens[last])]
        if len(joined) > _LONGEST:
            break
        choices.append((last, joined))
    for last, digits in reversed(choices):
        sizes = [end - start for start, end in tokens[first : last + 1]]
        if subkind := _what(digits, sizes):
            yield last, subkind


def _what(digits: str, sizes: list[int]) -> PiiSubkind | None:
    if len(digits) in (20, 22) and id_in_disability_card(digits):
        return PiiSubkind.DISABILITY_CARD
    if len(digits) in (15, 18) and is_id_number(digits):
        return PiiSubkind.ID_NUMBER
    if not digits.isdecimal():
        return None
    if _MOBILE.fullmatch(digits) or _TWO_MOBILES.fullmatch(digits):
        return PiiSubkind.MOBILE
    if _LAND_LINE.fullmatch(digits) and (len(sizes) == 1 or min(sizes) >= 3):
        return PiiSubkind.LAND_LINE
    # Dates and sums side by side are groups of digits too; a card's groups are of four or more.
    in_groups = len(sizes) == 1 or (min(sizes[:-1]) >= 4 and digits[0] in "345689")
    if 13 <= len(digits) <= 19 and in_groups and digits.strip("0") and luhn(digits):
        return PiiSubkind.BANK_CARD
    return None


def _inside(text: str, start: int, end: int) -> Iterator[_Hit]:
    """Yield an ID number that stands inside a longer run of digits (a missing space)."""
    for begin in range(start, end - 17):
        if is_id_number(text[begin : begin + 18]):
            yield begin, begin + 18, PiiSubkind.ID_NUMBER
            return


def luhn(digits: str) -> bool:
    """Tell whether ``digits`` end in the right check digit of a bank card (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _beside(text: str, start: int, end: int, people: list[tuple[int, int]]) -> bool:
    """Tell whether a person stands within a few characters, in the same sentence.

    ``people`` are sorted places of at most _LONGEST_WORD characters.
    """
    first_possible = bisect_left(people, (start - _NEAR - _LONGEST_WORD, 0))
    for first, last in islice(people, first_possible, None):
        if first > end + _NEAR:
            break
        gap = text[last:start] if last <= start else text[end:first]
        if len(gap) <= _NEAR and not _CLAUSE_END.search(gap):
            return True
    return False
