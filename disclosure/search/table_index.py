"""The index in a table 数据库索引: n-grams in an array under a GIN index, for PostgreSQL.

The array finds the candidates, and adjacency is then checked in the text itself.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, not_, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from disclosure.search.entries import FORMAT, Entry, Section
from disclosure.search.index import DUE_AT_ONCE, IndexUnavailableError, Reader
from disclosure.search.models import SearchEntry
from disclosure.search.terms import AnyOf, Initials, Sounds, Tag, Term, Text, Wanted
from disclosure.search.writing import grams
from portal.data.session import Sessions

BATCH = 1000
# Stands in the table once it is whole, in no section.
_WHOLE = f"format:{FORMAT}"


class TableReader:
    """One look at the table."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, wanted: Wanted, section: Section, *, most: int) -> int:
        """Return how many entries of the section are wanted, counting no further than ``most``."""
        found = select(SearchEntry.position).where(*_holds(wanted, section)).limit(most).subquery()
        return self._session.scalar(select(func.count()).select_from(found)) or 0

    def list_keys(self, wanted: Wanted, section: Section, *, limit: int, offset: int) -> list[str]:
        """Return keys of wanted entries in the order of their positions."""
        query = select(SearchEntry.key).where(*_holds(wanted, section))
        ordered = query.order_by(SearchEntry.position).limit(limit).offset(offset)
        return list(self._session.scalars(ordered))

    def list_places(self, wanted: Wanted) -> list[Entry]:
        """Return the wanted places whole, in the order of their positions."""
        row = SearchEntry
        query = select(
            *(row.key, row.position, row.text, row.sounds, row.initials),
            *(row.own_text, row.own_sounds, row.own_initials),
        ).where(*_holds(wanted, Section.PLACES))
        ordered = query.order_by(row.position)
        return [
            Entry(key, position, text, sounds, initials, (), (own[0], own[1], own[2]))
            for key, position, text, sounds, initials, *own in self._session.execute(ordered)
        ]

    def list_named(self, wanted: Wanted, run: str) -> list[str]:
        """Return keys of the wanted places whose own name the characters ``run`` reach into."""
        row = SearchEntry
        near = func.substr(row.text, func.greatest(1, row.own_text - len(run) + 2))
        own = func.substr(row.text, row.own_text + 1)
        distance = case((own == run, 0), (func.left(own, len(run)) == run, 1), else_=2)
        query = (
            select(row.key)
            .where(*_holds(wanted, Section.PLACES), func.strpos(near, run) > 0)
            .order_by(distance, row.position)
        )
        return list(self._session.scalars(query))


class TableIndex:
    """The index of an installation on several machines, beside everything else in the database."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open the index for one look."""
        try:
            with self.sessions.reading() as session:
                if not _is_whole(session):
                    raise IndexUnavailableError
                yield TableReader(session)
        except SQLAlchemyError as error:
            raise IndexUnavailableError from error

    def is_usable(self) -> bool:
        """Tell whether there is an index of the present format that can be read."""
        try:
            with self.sessions.reading() as session:
                return _is_whole(session)
        except SQLAlchemyError:
            return False

    def list_due(self, *, now: datetime) -> list[str]:
        """Return keys of entries that the clock alone has changed by ``now``."""
        query = (
            select(SearchEntry.key)
            .where(SearchEntry.changes_at <= now)
            .order_by(SearchEntry.changes_at)
            .limit(DUE_AT_ONCE)
        )
        with self.sessions.reading() as session:
            return list(session.scalars(query))

    def apply(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Write entries in place of those with the same keys, and take out the keys ``gone``."""
        entries = list(entries)
        keys = [*gone, *(entry.key for entry in entries)]
        with self.sessions.writing() as session:
            if not _is_whole(session):
                raise IndexUnavailableError
            session.execute(delete(SearchEntry).where(SearchEntry.key.in_(keys)))
            taken = _taken(session, entries)
            _write(session, entries, taken)

    def rebuild(self, entries: Iterable[Entry], *, report: Callable[[int], None]) -> None:
        """Make the index anew in one transaction; until its end everybody sees the old one."""
        rest, count, taken = iter(entries), 0, set[int]()
        with self.sessions.writing() as session:
            session.execute(delete(SearchEntry))
            while batch := list(islice(rest, BATCH)):
                _write(session, batch, taken)
                count += len(batch)
                report(count)
            session.execute(insert(SearchEntry), [_row(Entry(_WHOLE, 0, "", "", "", ()), 0)])


def _is_whole(session: Session) -> bool:
    return session.scalar(select(SearchEntry.key).where(SearchEntry.position == 0)) == _WHOLE


def _taken(session: Session, entries: Iterable[Entry]) -> set[int]:
    """Return which positions near the wanted ones others have."""
    wanted = [entry.position + step for entry in entries for step in range(8)]
    query = select(SearchEntry.position).where(SearchEntry.position.in_(wanted))
    return set(session.scalars(query))


def _write(session: Session, entries: Iterable[Entry], taken: set[int]) -> None:
    rows = []
    for entry in entries:
        position = entry.position
        while position in taken:
            position += 1
        taken.add(position)
        rows.append(_row(entry, position))
    if rows:
        session.execute(insert(SearchEntry), rows)


def _row(entry: Entry, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "key": entry.key,
        "text": entry.text,
        "sounds": entry.sounds,
        "initials": entry.initials,
        "grams": sorted({*grams(entry.text), *_marks(entry)}),
        "own_text": entry.own_from[0],
        "own_sounds": entry.own_from[1],
        "own_initials": entry.own_from[2],
        "changes_at": entry.changes_at,
    }


def _marks(entry: Entry) -> Iterator[str]:
    """Yield what no text holds: syllables, first letters and tags, each with a sign before it."""
    yield from (f"~{syllable}" for syllable in entry.sounds.split())
    yield from (f"^{letters[0]}" for letters in entry.initials.split())
    yield from (f"#{tag}" for tag in entry.tags)


def _holds(wanted: Wanted, section: Section) -> list[ColumnElement[bool]]:
    conditions = [SearchEntry.position.between(*section.positions), *map(_any_of, wanted.words)]
    if wanted.without:
        conditions.append(not_(and_(*map(_any_of, wanted.without))))
    return conditions


def _any_of(terms: AnyOf) -> ColumnElement[bool]:
    return or_(*map(_term, terms))


def _term(term: Term) -> ColumnElement[bool]:
    """Return the condition for a term; its values are of letters, characters and digits alone."""
    has = SearchEntry.grams.contains
    match term:
        case Text(run):
            found = has(sorted(grams(run)))
            # One or two characters are an n-gram themselves.
            return found if len(run) <= 2 else found & SearchEntry.text.contains(run)
        case Sounds(syllables):
            spoken = f" {' '.join(syllables)} "
            return has([f"~{one}" for one in syllables]) & SearchEntry.sounds.contains(spoken)
        case Initials(letters):
            return has([f"^{letters[0]}"]) & SearchEntry.initials.contains(f" {letters}")
        case Tag(name):
            return has([f"#{name}"])
