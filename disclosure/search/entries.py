"""Entries 条目: what the index holds of a place, a notice or a document, and nothing of a person.

An entry's ``position`` is where it stands among all results, so an index need not sort: places from
the highest down, then notices and documents, those on display before those that are over, the
newest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from disclosure.search.writing import written

FORMAT = 1  # of what is written; an index of another format is made anew


class Section(IntEnum):
    """The groups of results, in their order."""

    PLACES = 1
    NOTICES = 2
    DOCUMENTS = 3

    @property
    def prefix(self) -> str:
        """What the keys of its entries begin with."""
        return {1: "place:", 2: "notice:", 3: "document:"}[self]

    @property
    def positions(self) -> tuple[int, int]:
        """The lowest and the highest position of its entries."""
        return self << _SECTION_AT, (self + 1 << _SECTION_AT) - 1


# A position from its highest bit: section, over or not, days back from 2179, place, room for a few
# entries of one place and day.
_SECTION_AT, _OVER_AT, _DAY_AT, _PLACE_AT = 60, 59, 43, 3
_FIRST_DAY = date(2000, 1, 1).toordinal()
_MOST_DAYS = (1 << (_OVER_AT - _DAY_AT)) - 1


@dataclass(frozen=True)
class Name:
    """A name or title with its reading, a syllable each ("" for what is not spelled)."""

    text: str
    syllables: tuple[str, ...]
    initials: str


class Entry(NamedTuple):
    """One line of the index, written as it is compared.

    ``sounds`` is " san ying zhen 0 di bao ", ``initials`` " syz db "; ``own_from`` says where in
    text, sounds and initials a place's own name begins, after the names of what it lies in.
    """

    key: str
    position: int
    text: str
    sounds: str
    initials: str
    tags: tuple[str, ...]
    own_from: tuple[int, int, int] = (0, 0, 0)
    changes_at: datetime | None = None

    @property
    def own_text(self) -> str:
        """A place's own name."""
        return self.text[self.own_from[0] :].strip("\n")

    @property
    def own_syllables(self) -> tuple[str, ...]:
        """The syllables of a place's own name."""
        return tuple(self.sounds[self.own_from[1] :].split())

    @property
    def own_initials(self) -> str:
        """The initials of a place's own name."""
        return self.initials[self.own_from[2] :].strip()


def place_position(level: int, code: str) -> int:
    """Return where a place stands: the highest levels first, then by code."""
    return (Section.PLACES << _SECTION_AT) | level << _DAY_AT | int(code) << _PLACE_AT


def dated_position(section: Section, *, over: bool, on: date, code: str) -> int:
    """Return where a notice or document stands that was published on the day ``on``."""
    days = min(max(on.toordinal() - _FIRST_DAY, 0), _MOST_DAYS)
    return (
        section << _SECTION_AT
        | over << _OVER_AT
        | (_MOST_DAYS - days) << _DAY_AT
        | int(code) << _PLACE_AT
    )


def document_order(key: str) -> str:
    """Return digits that keep the documents of one day apart, in place of a place's code."""
    return str(int.from_bytes(sha256(key.encode()).digest()[:4]))


@dataclass(frozen=True)
class Lines:
    """Texts, readings and initials as they are written; what an entry is put together from."""

    text: str
    sounds: str
    initials: str


def write_lines(texts: Iterable[str], names: Iterable[Name] = ()) -> Lines:
    """Write texts, and names with their readings; a break or a 0 stands between two of them."""
    names = list(names)
    written_texts = (written(text) for text in (*(name.text for name in names), *texts))
    sounds = (" ".join(map(_letters, name.syllables)) for name in names)
    return Lines(
        "\n".join(filter(None, written_texts)),
        f" {' 0 '.join(sounds)} ",
        _spaced(name.initials for name in names),
    )


def write_path(path: Iterable[Name]) -> Lines:
    """Write a place's full name 全称; it is one, so 三营镇东塬 is found across two of its parts."""
    path = list(path)
    syllables = (_letters(syllable) for name in path for syllable in name.syllables)
    return Lines(
        written("".join(name.text for name in path)),
        f" {' '.join(syllables)} ",
        _spaced(name.initials for name in path),
    )


def joined(*parts: Lines) -> Lines:
    """Return several lines as one."""
    return Lines(
        "\n".join(part.text for part in parts if part.text),
        "0".join(part.sounds for part in parts),
        _spaced(part.initials.strip() for part in parts),
    )


def _letters(syllable: str) -> str:
    return syllable.lower() if syllable.isascii() and syllable.isalpha() else "0"


def _spaced(initials: Iterable[str]) -> str:
    return f" {' '.join(one.lower() for one in initials if one)} "


def place_entry(
    above: Lines, whole: Lines, *, code: str, level: int, tags: tuple[str, ...]
) -> Entry:
    """Return the entry of a place from its full name and from that of the place it lies in."""
    return Entry(
        key=f"{Section.PLACES.prefix}{code}",
        position=place_position(level, code),
        text=whole.text,
        sounds=whole.sounds,
        initials=whole.initials,
        tags=tags,
        # Both end in a space, at which the place's own syllables and initials begin.
        own_from=(len(above.text), _end(above.sounds), _end(above.initials)),
    )


def _end(spaced: str) -> int:
    return len(spaced) - 1 if spaced.strip() else 0
