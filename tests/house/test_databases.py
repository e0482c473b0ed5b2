"""Tests get databases of their own; one that leaves work uncommitted or reaches out fails."""

import sqlite3

import pytest
from sqlalchemy import Engine, create_engine, insert, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.fixtures.database import Database, watch_unsaved
from tests.fixtures.purity import WATCH


class Shelf(DeclarativeBase):
    """Tables of this test alone."""


class Book(Shelf):
    """One row."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)


def test_each_kind_of_database_is_fresh_and_migrated(engine: Engine, database: Database) -> None:
    assert engine.dialect.name == database.kind
    with engine.begin() as connection:
        # A second test on the same database would find the table there already.
        connection.execute(text("CREATE TABLE only_once (number INTEGER)"))
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() >= 0


@pytest.mark.parametrize("round_number", [1, 2])
def test_what_one_test_wrote_the_next_does_not_see(session: Session, round_number: int) -> None:
    session.execute(text("CREATE TABLE rounds (number INTEGER)"))
    session.execute(text("INSERT INTO rounds VALUES (:number)"), {"number": round_number})
    session.commit()
    assert session.execute(text("SELECT number FROM rounds")).scalars().all() == [round_number]


def test_uncommitted_work_is_noticed_and_committed_work_is_not() -> None:
    engine = create_engine("sqlite://")
    Shelf.metadata.create_all(engine)
    with Session(engine) as session:
        unsaved = watch_unsaved(session)
        session.add(Book(id=1))
        session.flush()
        assert len(unsaved) == 1
        session.commit()
        assert unsaved == []
        session.execute(insert(Book).values(id=2))
        assert unsaved == ["INSERT INTO books (id) VALUES (:id)"]
        session.rollback()
        assert unsaved == []
    engine.dispose()


def test_a_pure_test_can_open_no_database() -> None:
    WATCH.on = True
    try:
        with pytest.raises(ConnectionRefusedError, match="pure test"):
            sqlite3.connect(":memory:")
    finally:
        WATCH.on = False
        WATCH.seen.clear()
