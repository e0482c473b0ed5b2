"""The index 索引 as the rest of the house sees it, whichever database keeps it."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from disclosure.search.entries import Entry, Section
from disclosure.search.terms import Wanted

DUE_AT_ONCE = 500


class IndexUnavailableError(Exception):
    """There is no index yet, or it cannot be read; nothing is lost, because it is derived."""


class Reader(Protocol):
    """One look at the index, within which nothing changes."""

    def count(self, wanted: Wanted, section: Section, *, most: int) -> int:
        """Return how many entries of the section are wanted, counting no further than ``most``."""
        ...

    def list_keys(self, wanted: Wanted, section: Section, *, limit: int, offset: int) -> list[str]:
        """Return keys of wanted entries in the order of their positions."""
        ...

    def list_places(self, wanted: Wanted) -> list[Entry]:
        """Return the wanted places whole (without tags), in the order of their positions."""
        ...

    def list_named(self, wanted: Wanted, run: str) -> list[str]:
        """Return keys of the wanted places whose own name the characters ``run`` reach into.

        First those that are called so, then those whose name begins so, then the others.
        """
        ...


class Index(Protocol):
    """An index that is read by many and written by one at a time."""

    def reading(self) -> AbstractContextManager[Reader]:
        """Open the index for one look; raises IndexUnavailableError, also inside the block."""
        ...

    def is_usable(self) -> bool:
        """Tell whether there is an index of the present format that can be read."""
        ...

    def apply(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Write entries in place of those with the same keys, and take out the keys ``gone``."""
        ...

    def rebuild(self, entries: Iterable[Entry], *, report: Callable[[int], None]) -> None:
        """Make the index anew; until it is whole the old one answers. ``report`` hears how many."""
        ...

    def list_due(self, *, now: datetime) -> list[str]:
        """Return keys of entries that the clock alone has changed by ``now``."""
        ...
