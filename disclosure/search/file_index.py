"""The index in files 文件索引: full-text tables of SQLite in a private folder of the data folder.

Each n-gram is a token and a run of characters a phrase of tokens, so adjacency is checked where the
postings are read: 河沿村 is not found in 河沿沟沿村. Measured over 20,000 notices, the commonest
words take 2 to 10 ms here, and 36 to 1,226 ms in Whoosh.
"""

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from operator import add
from pathlib import Path
from urllib.parse import quote

from disclosure.search.entries import FORMAT, Entry, Section
from disclosure.search.index import DUE_AT_ONCE, IndexUnavailableError, Reader
from disclosure.search.terms import AnyOf, Initials, Sounds, Tag, Term, Text, Wanted
from disclosure.search.writing import BREAK

POINTER = "current"
READ_WAIT_S, WRITE_WAIT_S = 1.0, 10.0
BATCH = 1000
# Found by no query: every other token is of hexadecimal digits.
_GAP = " x "

_TABLES = f"""
CREATE TABLE entries (
    position INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL, sounds TEXT NOT NULL, initials TEXT NOT NULL, tags TEXT NOT NULL,
    own_text INTEGER NOT NULL, own_sounds INTEGER NOT NULL, own_initials INTEGER NOT NULL,
    changes_at TEXT
);
CREATE INDEX ix_entries_changes_at ON entries (changes_at) WHERE changes_at IS NOT NULL;
CREATE VIRTUAL TABLE grams USING fts5(
    one, two, sounds, initials, tags, tokenize = 'ascii', content = '', columnsize = 0
);
PRAGMA user_version = {FORMAT};
"""
_ENTRY_COLUMNS = "key, position, text, sounds, initials, own_text, own_sounds, own_initials"
_FROM_PLACES = (
    "FROM (SELECT rowid AS found FROM grams "
    "WHERE grams MATCH :wanted AND rowid BETWEEN :first AND :last ORDER BY rowid) "
    "CROSS JOIN entries ON position = found"
)


class FileReader:
    """One look at the files."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, wanted: Wanted, section: Section, *, most: int) -> int:
        """Return how many entries of the section are wanted, counting no further than ``most``."""
        query = (
            "SELECT count(*) FROM "
            "(SELECT 1 FROM grams WHERE grams MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?)"
        )
        values = (expression(wanted), *section.positions, most)
        return int(self._connection.execute(query, values).fetchone()[0])

    def list_keys(self, wanted: Wanted, section: Section, *, limit: int, offset: int) -> list[str]:
        """Return keys of wanted entries in the order of their positions."""
        query = (
            "SELECT key FROM entries JOIN (SELECT rowid AS found FROM grams WHERE grams MATCH ? "
            "AND rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ? OFFSET ?) ON position = found "
            "ORDER BY position"
        )
        values = (expression(wanted), *section.positions, limit, offset)
        return [key for (key,) in self._connection.execute(query, values)]

    def list_places(self, wanted: Wanted) -> list[Entry]:
        """Return the wanted places whole, in the order of their positions."""
        query = f"SELECT {_ENTRY_COLUMNS} {_FROM_PLACES} ORDER BY position"
        found = self._connection.execute(query, self._places(wanted))
        return [
            Entry(key, position, text, sounds, initials, (), (own[0], own[1], own[2]))
            for key, position, text, sounds, initials, *own in found
        ]

    def list_named(self, wanted: Wanted, run: str) -> list[str]:
        """Return keys of the wanted places whose own name the characters ``run`` reach into."""
        query = (
            f"SELECT key {_FROM_PLACES} "
            "WHERE instr(substr(text, max(1, own_text - :length + 2)), :run) "
            "ORDER BY CASE WHEN substr(text, own_text + 1) = :run THEN 0 "
            "WHEN substr(text, own_text + 1, :length) = :run THEN 1 ELSE 2 END, position"
        )
        values = {**self._places(wanted), "run": run, "length": len(run)}
        return [key for (key,) in self._connection.execute(query, values)]

    def _places(self, wanted: Wanted) -> dict[str, str | int]:
        first, last = Section.PLACES.positions
        return {"wanted": expression(wanted), "first": first, "last": last}


class FileIndex:
    """The index of an installation on one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """Open the index for one look."""
        try:
            with closing(self._open(READ_WAIT_S)) as connection:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN")
                yield FileReader(connection)
        except (sqlite3.Error, OSError) as error:
            raise IndexUnavailableError from error

    def is_usable(self) -> bool:
        """Tell whether there is an index of the present format that can be read."""
        try:
            with self.reading() as reader:
                reader.count(Wanted(((Text("a"),),)), Section.PLACES, most=1)
        except IndexUnavailableError:
            return False
        return True

    def list_due(self, *, now: datetime) -> list[str]:
        """Return keys of entries that the clock alone has changed by ``now``."""
        query = "SELECT key FROM entries WHERE changes_at <= ? ORDER BY changes_at LIMIT ?"
        try:
            with closing(self._open(READ_WAIT_S)) as connection:
                found = connection.execute(query, (_instant(now), DUE_AT_ONCE)).fetchall()
        except (sqlite3.Error, OSError) as error:
            raise IndexUnavailableError from error
        return [key for (key,) in found]

    def apply(self, entries: Iterable[Entry], gone: Iterable[str]) -> None:
        """Write entries in place of those with the same keys, and take out the keys ``gone``."""
        try:
            with closing(self._open(WRITE_WAIT_S)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                for key in gone:
                    _take_out(connection, key)
                for entry in entries:
                    _take_out(connection, entry.key)
                    _write(connection, [entry])
                connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            raise IndexUnavailableError from error

    def rebuild(self, entries: Iterable[Entry], *, report: Callable[[int], None]) -> None:
        """Make the index in a folder beside the present one, then point at it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        name = secrets.token_hex(8)
        made = self.folder / name
        made.mkdir(mode=0o700)
        try:
            _build(made / "index.db", entries, report)
            self._point_at(name)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        for other in self.folder.iterdir():
            # Whoever still reads an old one keeps its files until the end of that look.
            if other.is_dir() and other.name != name:
                shutil.rmtree(other, ignore_errors=True)

    def _point_at(self, name: str) -> None:
        draft = self.folder / f".{POINTER}.{name}"
        with draft.open("w", encoding="ascii") as target:
            target.write(name)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(self.folder / POINTER)

    def _open(self, wait_s: float) -> sqlite3.Connection:
        """Open the present index; once more where it has been made anew in this moment."""
        with suppress(sqlite3.OperationalError):
            return self._open_present(wait_s)
        return self._open_present(wait_s)

    def _open_present(self, wait_s: float) -> sqlite3.Connection:
        name = (self.folder / POINTER).read_text(encoding="ascii")
        if not re.fullmatch(r"[0-9a-f]{16}", name):
            raise IndexUnavailableError
        path = quote(str(self.folder / name / "index.db"))
        connection = sqlite3.connect(
            f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=wait_s
        )
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        if found != FORMAT:
            connection.close()
            raise IndexUnavailableError
        return connection


def _build(path: Path, entries: Iterable[Entry], report: Callable[[int], None]) -> None:
    """Write a whole index; nothing of it is looked at before it is on the disk."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        connection.execute("BEGIN")
        rest, count = iter(entries), 0
        while batch := list(islice(rest, BATCH)):
            _write(connection, batch)
            count += len(batch)
            report(count)
        connection.execute("COMMIT")
        connection.execute("INSERT INTO grams (grams) VALUES ('optimize')")
        connection.execute("PRAGMA journal_mode = WAL")
    with path.open("rb") as made:
        os.fsync(made.fileno())


def _write(connection: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    for entry in entries:
        position = _free(connection, entry.position)
        changes_at = _instant(entry.changes_at) if entry.changes_at else None
        lines = (entry.text, entry.sounds, entry.initials, " ".join(entry.tags))
        connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (position, entry.key, *lines, *entry.own_from, changes_at),
        )
        connection.execute(
            "INSERT INTO grams (rowid, one, two, sounds, initials, tags) VALUES (?, ?, ?, ?, ?, ?)",
            (position, *_columns(*lines)),
        )


def _columns(text: str, *lines: str) -> tuple[str, ...]:
    return ones(text), twos(text), *lines


def _free(connection: sqlite3.Connection, position: int) -> int:
    """Return the next free position: several lists of one place may hang from one day."""
    query = "SELECT 1 FROM entries WHERE position = ?"
    while connection.execute(query, (position,)).fetchone():
        position += 1
    return position


def _take_out(connection: sqlite3.Connection, key: str) -> None:
    query = "SELECT position, text, sounds, initials, tags FROM entries WHERE key = ?"
    row = connection.execute(query, (key,)).fetchone()
    if row is not None:
        # The n-grams keep no copy of what they were made of, so it is said what they lose.
        connection.execute(
            "INSERT INTO grams (grams, rowid, one, two, sounds, initials, tags) "
            "VALUES ('delete', ?, ?, ?, ?, ?, ?)",
            (row[0], *_columns(*row[1:])),
        )
        connection.execute("DELETE FROM entries WHERE position = ?", row[:1])


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


class _Codes(dict[str, str]):
    """Each character as six hexadecimal digits, remembered once it has been seen."""

    def __missing__(self, char: str) -> str:
        self[char] = code = f"{ord(char):06x}"
        return code


_CODES = _Codes()


def ones(text: str) -> str:
    """Return a written text as tokens of one character each."""
    return _GAP.join(" ".join([_CODES[char] for char in run]) for run in text.split(BREAK))


def twos(text: str) -> str:
    """Return a written text as tokens of two characters each."""
    return _GAP.join(_pairs([_CODES[char] for char in run]) for run in text.split(BREAK))


def _pairs(codes: list[str]) -> str:
    return " ".join(map(add, codes, codes[1:]))


def expression(wanted: Wanted) -> str:
    """Return what is wanted as an expression of FTS5, made of hexadecimal digits and letters."""
    words = _all_of(wanted.words)
    return f"({words}) NOT ({_all_of(wanted.without)})" if wanted.without else words


def _all_of(words: Iterable[AnyOf]) -> str:
    return " AND ".join(f"({' OR '.join(map(_phrase, terms))})" for terms in words)


def _phrase(term: Term) -> str:
    match term:
        case Text(run) if len(run) == 1:
            return f'one : "{ones(run)}"'
        case Text(run):
            return f'two : "{twos(run)}"'
        case Sounds(syllables):
            return f'sounds : "{" ".join(syllables)}"'
        case Initials(letters):
            return f'initials : "{letters}" *'
        case Tag(name):
            return f'tags : "{name}"'
