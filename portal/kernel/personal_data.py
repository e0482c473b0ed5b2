"""Personal data 个人信息 in free text: what the gate before publication looks for.

Source: rules on masking, section "The gate". A finding says what kind and where, and never carries
the value, so that it can be logged and shown.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice

from portal.kernel.disguises import Shown, readings, with_plain_digits
from portal.kernel.idnumber import id_in_disability_card, is_id_number
from portal.kernel.personal_words import ADDRESS, DISEASES, PERSON_WORDS, PHONE_WORDS

# Digits, and the signs that may stand between the groups of one number.
_RUN = re.compile(r"\d[\d\-_./·~|*#'\"=:;,、，。；： \n()\[\]+<>]*[Xx]?")
_TOKEN = re.compile(r"\d+(?:[Xx]|[ \-_.·]{1,3}[Xx](?![A-Za-z]))?")
_LISTING = frozenset(",;:、，。；：")  # what parts the numbers of a list, too
_MONEY = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)")
_LONGEST = 23  # digits: a disability card that was re-issued has 22
_SHORTEST = 10  # digits: a land line with its area code
_GAP = 3  # signs between two groups of digits that may still be one number
_BETWEEN_LETTERS = " \n-_./·|~"  # signs that do not make a name another one

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
        places: names of places in which a person's name may stand (王民乡), and then is none.
    """

    def __init__(
        self, whole_names: Collection[str] = frozenset(), places: Collection[str] = frozenset()
    ) -> None:
        letters = {_letters(name) for name in whole_names if len(name) <= _LONGEST_WORD}
        self._names = frozenset(name for name in letters if len(name) > 1)
        # How long the names are that begin with a character, the longest first.
        self._sizes: dict[str, tuple[int, ...]] = {}
        for first, size in sorted({(name[0], len(name)) for name in self._names}, reverse=True):
            self._sizes[first] = (*self._sizes.get(first, ()), size)
        self._places = _alternatives(places)

    def find(self, text: str, *, beside_person: bool = False) -> tuple[Finding, ...]:
        """Return the personal data in ``text``, in order of place, none inside another.

        Args:
            text: free text; pass nothing that comes from the list of places, the catalogue or a
                template.
            beside_person: the text stands beside a person (a cell of their row), so that an illness
                alone is already a finding.
        """
        found: list[Finding] = []
        taken = bytearray(len(text))
        hits = (self._hits(shown, beside_person=beside_person) for shown in readings(text))
        for start, end, subkind in chain.from_iterable(hits):
            if not any(taken[start:end]):
                taken[start:end] = b"\1" * (end - start)
                found.append(Finding(start, end, _KINDS.get(subkind, PiiKind.OTHER), subkind))
        return tuple(sorted(found))

    def _hits(self, shown: Shown, *, beside_person: bool) -> Iterator[_Hit]:
        """Yield what is found, in the text's own places; the surer first."""
        yield from _at(shown, _numbers(shown.text))
        digits = with_plain_digits(shown.text)
        if digits != shown.text:
            yield from _at(shown, _numbers(digits))
            yield from _at(shown, _bare_land_lines(digits))
        packed = shown.without(" ")
        written = [shown] if packed.text == shown.text else [shown, packed]
        for one in written:
            yield from _at(one, _patterns(one.text))
        named = shown.without(_BETWEEN_LETTERS)
        names = list(_at(named, self._find_names(named.text)))
        yield from names
        for one in written:
            diseases = list(_DISEASE.finditer(one.text))
            if diseases:
                people = [] if beside_person else sorted(_people(one, names))
                for match in diseases:
                    if beside_person or _beside(one.text, *match.span(), people):
                        yield from _at(one, [(*match.span(), PiiSubkind.HEALTH)])

    def _find_names(self, text: str) -> Iterator[_Hit]:
        """Yield where one of the names stands in a text of letters alone."""
        if not self._names:
            return
        folded = _folded(text)
        listed = [match.span() for match in self._places.finditer(text)] if self._places else []
        start = 0
        while start < len(folded):
            left = len(folded) - start
            sizes = (n for n in self._sizes.get(folded[start], ()) if n <= left)
            size = next((n for n in sizes if folded[start : start + n] in self._names), 0)
            end = start + size
            # 王民 inside 王民乡 is a place; a person who is called like the whole place is found.
            of_place = any(a <= start and end <= b and end - start < b - a for a, b in listed)
            if size and not of_place:
                yield start, end, PiiSubkind.NAME
            start += size or 1


def _alternatives(words: Collection[str]) -> re.Pattern[str] | None:
    longest_first = sorted({word for word in words if word}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if longest_first else None


def _letters(name: str) -> str:
    return _folded("".join(char for char in name if char not in _BETWEEN_LETTERS))


def _at(shown: Shown, hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """Yield hits in ``shown.text`` by where they stood in the text itself."""
    for start, end, subkind in hits:
        yield shown.starts[start], shown.ends[end - 1], subkind


def _people(shown: Shown, names: Iterable[_Hit]) -> Iterator[tuple[int, int]]:
    """Yield where persons stand in ``shown.text``; the names were found in the text itself."""
    for start, end, _ in names:
        yield bisect_left(shown.starts, start), bisect_left(shown.starts, end)
    yield from (match.span() for match in _PERSON.finditer(shown.text))


def find_personal_data(
    text: str, *, whole_names: Collection[str] = frozenset(), beside_person: bool = False
) -> tuple[Finding, ...]:
    """Return the personal data in one text: ``PersonalDataFinder`` for a single use."""
    return PersonalDataFinder(whole_names).find(text, beside_person=beside_person)


def _folded(text: str) -> str:
    """Return ``text`` without capitals, character by character: ß stays one, so places stay."""
    folded = text.casefold()
    if len(folded) == len(text):
        return folded
    return "".join(low if len(low := char.casefold()) == 1 else char for char in text)


def _patterns(text: str) -> Iterator[_Hit]:
    yield from ((*match.span(), PiiSubkind.EMAIL) for match in _EMAIL.finditer(text))
    yield from _bare_land_lines(text)
    yield from ((*match.span(), PiiSubkind.ADDRESS) for match in _ADDRESS.finditer(text))


def _bare_land_lines(text: str) -> Iterator[_Hit]:
    yield from ((*m.span(1), PiiSubkind.LAND_LINE) for m in _BARE_LAND_LINE.finditer(text))


_KINDS = {
    PiiSubkind.ID_NUMBER: PiiKind.ID,
    PiiSubkind.DISABILITY_CARD: PiiKind.ID,
    PiiSubkind.MOBILE: PiiKind.PHONE,
    PiiSubkind.LAND_LINE: PiiKind.PHONE,
}


def _numbers(text: str) -> Iterator[_Hit]:
    """Yield numbers of persons in runs of digits, also when they are written in groups."""
    for run in _RUN.finditer(text):
        tokens = [m.span() for m in _TOKEN.finditer(text, *run.span())]
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
    groups = [_only_digits(text[slice(*tokens[first])])]
    choices = [(first, groups[0])]
    for last in range(first + 1, len(tokens)):
        if tokens[last][0] - tokens[last - 1][1] > _GAP:
            break
        groups.append(_only_digits(text[slice(*tokens[last])]))
        joined = choices[-1][1] + groups[-1]
        if len(joined) > _LONGEST:
            break
        choices.append((last, joined))
    for last, digits in reversed(choices):
        if len(digits) < _SHORTEST:
            break
        written = text[tokens[first][0] : tokens[last][1]]
        sizes = [len(group) for group in groups[: last - first + 1]]
        # An x behind it may be the last sign of an ID number, or begin a word: 1234.xls.
        subkind = _what(digits, sizes, written) or _what(digits.rstrip("Xx"), sizes, written)
        if subkind:
            yield last, subkind


def _only_digits(token: str) -> str:
    return token if token.isalnum() else "".join(char for char in token if char.isalnum())


def _what(digits: str, sizes: list[int], written: str) -> PiiSubkind | None:
    if len(digits) in (20, 22) and id_in_disability_card(digits):
        return PiiSubkind.DISABILITY_CARD
    if len(digits) in (15, 18) and is_id_number(digits):
        return PiiSubkind.ID_NUMBER
    if not digits.isdecimal() or _MONEY.fullmatch(written):
        return None
    one_by_one = max(sizes) == 1
    # Dates and sums side by side are groups of digits too; a card's groups are of four or more.
    in_fours = len(sizes) == 1 or (min(sizes[:-1]) >= 4 and digits[0] in "345689") or one_by_one
    in_threes = len(sizes) == 1 or min(sizes) >= 3 or one_by_one
    if _MOBILE.fullmatch(digits) or _TWO_MOBILES.fullmatch(digits):
        return PiiSubkind.MOBILE if in_threes or _is_split(sizes, written) else None
    if _LAND_LINE.fullmatch(digits) and in_threes:
        return PiiSubkind.LAND_LINE
    if 13 <= len(digits) <= 19 and in_fours and digits.strip("0") and luhn(digits):
        return PiiSubkind.BANK_CARD
    return None


def _is_split(sizes: list[int], written: str) -> bool:
    """Tell whether short groups are one number, and not the numbers of a list (1、3、5、11、13)."""
    return not _LISTING & set(written) and len(set(sizes[1:-1])) <= 1


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
