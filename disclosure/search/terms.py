"""Terms 检索词: what a query asks of an entry, whichever database answers it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The run of characters stands in one of the entry's texts."""

    run: str


@dataclass(frozen=True)
class Sounds:
    """The syllables follow one another in the entry's readings."""

    syllables: tuple[str, ...]


@dataclass(frozen=True)
class Initials:
    """One of the entry's names has initials that begin like this."""

    letters: str


@dataclass(frozen=True)
class Tag:
    """The entry has the tag: an area, a kind, a month."""

    name: str


Term = Text | Sounds | Initials | Tag
# A word is found where any of its terms holds.
AnyOf = tuple[Term, ...]


@dataclass(frozen=True)
class Wanted:
    """Entries for which every one of ``words`` holds, but not every one of ``without``."""

    words: tuple[AnyOf, ...]
    without: tuple[AnyOf, ...] = ()


def area_tag(prefix: str) -> str:
    """Return the tag of everything inside the area whose codes begin with ``prefix``."""
    return f"a{prefix}"


def kind_tag(kind: str) -> str:
    """Return the tag of everything of one kind."""
    return f"k{kind.replace('-', '')}"


def month_tag(year: int, month: int) -> str:
    """Return the tag of what is about one month."""
    return f"m{year:04}{month:02}"


def any_year_tag(month: int) -> str:
    """Return the tag of what is about a month of whatever year."""
    return f"n{month:02}"


def holds(
    terms: Iterable[Term], text: str, sounds: str, initials: str, *, from_at: tuple[int, int, int]
) -> bool:
    """Tell whether one of ``terms`` is found in a place's texts and reaches its own name.

    ``from_at`` says where its own name begins in each of the three; what comes before are the names
    of the places that it lies in.
    """
    return any(_holds(term, text, sounds, initials, from_at) for term in terms)


def _holds(
    term: Term, text: str, sounds: str, initials: str, from_at: tuple[int, int, int]
) -> bool:
    if isinstance(term, Text):
        return text.find(term.run, max(0, from_at[0] - len(term.run) + 1)) >= 0
    if isinstance(term, Sounds):
        wanted = f" {' '.join(term.syllables)} "
        return sounds.find(wanted, max(0, from_at[1] - len(wanted) + 2)) >= 0
    if isinstance(term, Initials):
        return initials.find(" " + term.letters, from_at[2]) >= 0
    return False
