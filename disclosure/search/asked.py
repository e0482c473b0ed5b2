"""What is asked 查询: the words and months of a query, and the terms that each may be found by."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from disclosure.search.syllables import (
    Spelling,
    begun_spellings,
    is_spelled,
    mistaken_spellings,
    spellings,
)
from disclosure.search.terms import (
    AnyOf,
    Initials,
    Sounds,
    Tag,
    Term,
    Text,
    Wanted,
    any_year_tag,
    month_tag,
)
from disclosure.search.writing import runs
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.text import is_han, normalise

LONGEST_QUERY = 200
MOST_WORDS = 12
LONGEST_INITIALS = 12

_MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
# 2026年10月; 2026-10, 2026.10, 2026/10; 10月 alone; never the month of a day (10月8日, 2026-10-08).
_MONTH = re.compile(
    r"(?<!\d)(?:"
    rf"(?P<year>\d{{4}}) ?年 ?(?P<month>{_MONTH_NUMBER}) ?月份?"
    rf"|(?P<year_2>\d{{4}})[-./](?P<month_2>{_MONTH_NUMBER})(?![-./]?\d)"
    rf"|(?P<alone>{_MONTH_NUMBER}) ?月份?"
    r")(?! ?\d)"
)
_LETTERS_BESIDE_HAN = re.compile(r"[a-z]{2,}")


class TooLong(Refused):
    """The query is longer than anything that stands in a title."""


@dataclass(frozen=True)
class Word:
    """One word of a query; ``month`` says that it names a month: (year or None, month)."""

    run: str
    month: tuple[int | None, int] | None = None

    @property
    def spelled(self) -> bool:
        """Whether it may be pinyin."""
        return self.month is None and is_spelled(self.run)

    @cached_property
    def terms(self) -> AnyOf:
        """By what it is found as it was typed."""
        if self.month is not None:
            return _month_terms(*self.month)
        found: list[Term] = [Text(self.run)]
        if self.spelled:
            spelled = spellings(self.run) or begun_spellings(self.run)
            found += [Sounds(syllables) for syllables in spelled]
            if len(self.run) <= LONGEST_INITIALS:
                found.append(Initials(self.run))
        return tuple(found)

    @cached_property
    def mistaken(self) -> tuple[Spelling, ...]:
        """What may have been meant if it is mistyped."""
        return tuple(mistaken_spellings(self.run)) if self.spelled else ()

    @property
    def similar_terms(self) -> AnyOf:
        """By what it is found where one mistake is allowed for."""
        return (*self.terms, *(Sounds(syllables) for syllables in self.mistaken))


@dataclass(frozen=True)
class Filters:
    """What the results are narrowed to; empty where they are not."""

    area: str = ""
    kind: str = ""
    month: str = ""

    def __bool__(self) -> bool:
        return bool(self.area or self.kind or self.month)


@dataclass(frozen=True)
class Asked:
    """A query as it was understood."""

    words: tuple[Word, ...]

    def wanted(self, tags: tuple[Tag, ...] = ()) -> Wanted:
        """Return what is found by the words as they were typed."""
        return Wanted((*(word.terms for word in self.words), *((tag,) for tag in tags)))

    def similar(self, tags: tuple[Tag, ...] = ()) -> Wanted | None:
        """Return what is found only if one letter of a word is wrong; None if none can be."""
        if not any(word.mistaken for word in self.words):
            return None
        return Wanted(
            (*(word.similar_terms for word in self.words), *((tag,) for tag in tags)),
            without=tuple(word.terms for word in self.words),
        )

    def halves(self) -> list[tuple[Word, Word]]:
        """Return the one Chinese word as two, in every way: 三营低保 → 三营, 低保."""
        if len(self.words) != 1 or self.words[0].month is not None:
            return []
        run = self.words[0].run
        if not all(map(is_han, run)):
            return []
        return [(Word(run[:at]), Word(run[at:])) for at in range(2, min(len(run) - 1, 12))]


def parse_query(text: str) -> Asked:
    """Read a query; raises TooLong. Nothing that can be typed is an error otherwise."""
    if len(text) > LONGEST_QUERY:
        raise TooLong(
            N_("Please search with fewer words: at most %(most)s characters."), most=LONGEST_QUERY
        )
    line = normalise(text)
    words: list[Word] = []
    end = 0
    for found in _MONTH.finditer(line):
        words += _words(line[end : found.start()])
        words.append(_month_word(found))
        end = found.end()
    words += _words(line[end:])
    return Asked(tuple(dict.fromkeys(words))[:MOST_WORDS])


def _month_word(found: re.Match[str]) -> Word:
    written_year = found["year"] or found["year_2"]
    year = int(written_year) if written_year else None
    month = int(found["month"] or found["month_2"] or found["alone"])
    written = f"{month}月" if year is None else f"{year}年{month}月"
    return Word(written, (year, month))


def _month_terms(year: int | None, month: int) -> AnyOf:
    if year is None:
        return Tag(any_year_tag(month)), Text(f"{month}月")
    return Tag(month_tag(year, month)), Text(f"{year}年{month}月")


def _words(part: str) -> list[Word]:
    """Return the words of a part without months; single characters in a row are one word."""
    words: list[str] = []
    spaced = False
    for run in chain.from_iterable(map(_pieces, runs(part))):
        alone = len(run) == 1 and is_han(run)
        if alone and spaced:
            words[-1] += run
        else:
            words.append(run)
        spaced = alone
    return [Word(run) for run in words]


def _pieces(run: str) -> list[str]:
    """Take pinyin out of a run of Chinese: 三营dibao → 三营, dibao."""
    if run.isascii() or not _LETTERS_BESIDE_HAN.search(run):
        return [run]
    pieces, end = [], 0
    for found in _LETTERS_BESIDE_HAN.finditer(run):
        pieces += [run[end : found.start()], found.group()]
        end = found.end()
    return [piece for piece in (*pieces, run[end:]) if piece]
