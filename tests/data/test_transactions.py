"""Transactions 事务: a writer takes its turn from the start; instants are UTC wherever they are."""

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from portal.config import Settings as PortalSettings
from portal.data.audit import AuditEntry, list_audit, record
from portal.data.base import UTCDateTime
from portal.data.jobs import Job, enqueue
from portal.data.migrate import upgrade
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SHANGHAI
from portal.web.pageserver import SQLiteGenerations

NOW = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def write(session: Session, subject: str, at: datetime = NOW) -> None:
    record(
        session,
        at=at,
        actor_id=None,
        actor_label="somebody",
        unit_id=None,
        action="test",
        subject=subject,
    )


def count(sessions: Sessions, table: type) -> int:
    with sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_an_instant_comes_back_in_utc(sessions: Sessions) -> None:
    noon = datetime(2026, 10, 8, 12, 0, tzinfo=SHANGHAI)
    with sessions.writing() as session:
        write(session, "noon", at=noon)
    with sessions.reading() as session:
        found = session.scalars(select(AuditEntry.at)).one()
    assert (found, found.tzinfo) == (noon, UTC)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    at=st.datetimes(
        min_value=datetime(1950, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.integers(-12 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_every_instant_survives_the_way_to_the_database_and_back(
    engine: Engine, at: datetime
) -> None:
    kept = UTCDateTime().process_bind_param(at, engine.dialect)
    back = UTCDateTime().process_result_value(kept, engine.dialect)
    assert back == at
    assert back is not None
    assert back.tzinfo is UTC


def test_an_instant_without_a_time_zone_is_refused(sessions: Sessions) -> None:
    with pytest.raises(StatementError, match="time zone"), sessions.writing() as session:
        write(session, "naive", at=NOW.replace(tzinfo=None))
    assert count(sessions, AuditEntry) == 0


def test_instants_order_the_same_in_the_database(sessions: Sessions) -> None:
    steps = [NOW + timedelta(microseconds=step) for step in (0, 1, 999_999, 1_000_000)]
    with sessions.writing() as session:
        for step in reversed(steps):
            write(session, "step", at=step)
    with sessions.reading() as session:
        found = session.scalars(
            select(AuditEntry.at).where(AuditEntry.at >= steps[1]).order_by(AuditEntry.at)
        ).all()
    assert list(found) == steps[1:]


@pytest.mark.databases("sqlite")
def test_a_writing_transaction_takes_its_turn_before_it_reads(sessions: Sessions) -> None:
    """Two that read and then write both succeed: the second reads what the first has written."""
    seen: list[int] = []
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with sessions.writing() as session:
            seen.append(session.scalar(select(func.count()).select_from(AuditEntry)) or 0)
            inside.set()
            go_on.wait(5)
            write(session, "first")

    def second() -> None:
        with sessions.writing() as session:
            seen.append(session.scalar(select(func.count()).select_from(AuditEntry)) or 0)
            write(session, "second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(5)
    threads[1].start()
    threads[1].join(0.3)
    assert seen == [0]  # the second waits although all it has done is ask to read
    go_on.set()
    for thread in threads:
        thread.join()
    assert seen == [0, 1]
    assert count(sessions, AuditEntry) == 2


@pytest.mark.databases("sqlite")
def test_readers_go_on_while_somebody_writes(sessions: Sessions) -> None:
    with sessions.writing() as session:
        write(session, "not committed yet")
        session.flush()
        assert count(sessions, AuditEntry) == 0
    assert count(sessions, AuditEntry) == 1


def test_an_error_takes_everything_back(sessions: Sessions) -> None:
    def fail_at_the_end() -> None:
        with sessions.writing() as session:
            write(session, "never")
            enqueue(session, "never", {}, now=NOW)
            session.flush()
            raise RuntimeError("at the end")

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    assert (count(sessions, AuditEntry), count(sessions, Job)) == (0, 0)


def test_a_reading_session_stores_nothing(sessions: Sessions) -> None:
    with sessions.reading() as session:
        write(session, "never")
        session.flush()
    assert count(sessions, AuditEntry) == 0


@pytest.mark.databases("sqlite")
def test_sqlite_is_set_up_as_the_house_needs(sessions: Sessions) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10_000,
    }
    for opened in (sessions.reading, sessions.writing):
        with opened() as session:
            found = {name: session.scalar(text(f"PRAGMA {name}")) for name in wanted}
        assert found == wanted


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    # Spaces, per cents and signs of addresses must not lead to another file.
    folder = tmp_path / "资料 100%20 #1?x=y&z"
    folder.mkdir()
    engine = make_engine(PortalSettings.from_env({"PORTAL_DATA": str(folder)}).database_url)
    upgrade(engine)
    assert SQLiteGenerations(engine).current() == 0
    engine.dispose()
    assert "portal.db" in {path.name for path in folder.iterdir()}
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_the_audit_log_is_appended_to_and_never_changed(sessions: Sessions) -> None:
    for number in range(3):
        with sessions.writing() as session:
            write(session, f"entry {number}")
    for statement in (
        "UPDATE audit_entries SET subject = 'something else'",
        "DELETE FROM audit_entries WHERE subject = 'entry 1'",
        "DELETE FROM audit_entries",
    ):
        with pytest.raises(DBAPIError, match="append-only"), sessions.writing() as session:
            session.execute(text(statement))
    with sessions.reading() as session:
        newest = list_audit(session, limit=2)
        older = list_audit(session, before_id=newest[-1].id, limit=2)
    assert [entry.subject for entry in (*newest, *older)] == ["entry 2", "entry 1", "entry 0"]


@pytest.mark.databases("postgresql")
def test_the_audit_log_cannot_be_emptied_at_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        write(session, "kept")
    with pytest.raises(DBAPIError, match="append-only"), sessions.writing() as session:
        session.execute(text("TRUNCATE audit_entries"))
    assert count(sessions, AuditEntry) == 1
