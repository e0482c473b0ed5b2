"""Database sessions 数据库会话: how a reading and a writing transaction begin."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

SQLITE_BUSY_TIMEOUT_S = 10

SessionFactory = sessionmaker[Session]


def make_engine(url: str) -> Engine:
    """Return an engine for ``sqlite:///…`` or ``postgresql+psycopg://…``.

    SQLite: foreign keys, WAL, ``synchronous=FULL``, ``secure_delete``, busy timeout 10 s; a writing
    transaction starts with ``BEGIN IMMEDIATE``, because a read that turns into a write fails at
    once whatever the timeout.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transaction handling would begin too late and too weakly.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={SQLITE_BUSY_TIMEOUT_S * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


_AFTERWARDS = "after-commit"


def _steady(engine: Engine) -> Engine:
    """Return ``engine`` for reading: what is read in one session is of one moment.

    SQLite reads so by itself; PostgreSQL would see each commit between two statements.
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


class Sessions:
    """The installation's database sessions: one for reading, one for writing, never mixed.

    ``afterwards`` holds by name what can be done once a writing transaction is committed that
    asked for it (see ``after_commit``).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.afterwards: dict[str, Callable[[], None]] = {}
        self._read: SessionFactory = sessionmaker(_steady(engine), expire_on_commit=False)
        self._write: SessionFactory = sessionmaker(
            engine.execution_options(writing=True), expire_on_commit=False
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; nothing of it is ever committed."""
        with self._read() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open one transaction: committed whole at the end, rolled back whole on any error."""
        with self._write.begin() as session:
            yield session
        for name in sorted(session.info.get(_AFTERWARDS, ())):
            self.do_afterwards(name)

    def do_afterwards(self, name: str) -> None:
        """Do what follows commits that ask for ``name``, if this process does it at all."""
        if name in self.afterwards:
            self.afterwards[name]()


def make_session_factory(engine: Engine) -> Sessions:
    """Return the sessions over ``engine``."""
    return Sessions(engine)


def after_commit(session: Session, name: str) -> None:
    """Ask for what is called ``name`` to be done, once, when this transaction is committed."""
    session.info.setdefault(_AFTERWARDS, set()).add(name)


def is_sqlite(session: Session) -> bool:
    """Tell whether ``session`` speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"
