"""Appending to the log 日志写入: an entry comes in the transaction of the change it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from disclosure.log.commitment import canonical
from disclosure.log.entries import Statement, statement_members
from disclosure.log.errors import LogError
from disclosure.log.tiles import LONGEST_ENTRY
from disclosure.log.tree import leaf_hash
from disclosure.logbook.models import LogEntry
from disclosure.logbook.nodes import store_leaves
from portal.data.session import after_commit, is_sqlite

# Any number will do, as long as nothing else of ours locks the same one.
APPEND_LOCK = 6404_01
SIGN = "sign-log"
"""What is to be done after a commit that appended something: the tree is signed."""


@dataclass(frozen=True)
class NewEntry:
    """An event to log: the notice it is about and the members of the entry but ``v`` and ``at``."""

    notice_id: str
    members: Mapping[str, Any]


def log_time(instant: datetime) -> str:
    """Return an instant as the log writes it: ``2026-10-08T02:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock_log(session: Session) -> None:
    """Let nobody else append or sign until this transaction ends; may be called again in it.

    SQLite's writing transaction is exclusive; on PostgreSQL it is an advisory lock.
    """
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})


def get_size(session: Session) -> int:
    """Return how many entries the log has in this transaction."""
    return session.scalar(select(func.coalesce(func.max(LogEntry.index) + 1, 0))) or 0


def append_entries(session: Session, entries: Sequence[NewEntry], *, now: datetime) -> list[int]:
    """Append ``entries`` in their order, one writer at a time, and return their indexes.

    The tree grows with them; it is signed when the transaction is committed.
    """
    if not entries:
        return []
    lock_log(session)
    size = get_size(session)
    at = log_time(now)
    written = [canonical({"v": 1, **new.members, "at": at}) for new in entries]
    if any(len(entry) > LONGEST_ENTRY for entry in written):
        raise LogError("an entry is longer than the log can hold")
    rows = [
        {"index": index, "entry": entry, "notice_id": new.notice_id, "at": now}
        for index, (new, entry) in enumerate(zip(entries, written, strict=True), start=size)
    ]
    session.execute(insert(LogEntry), rows)
    store_leaves(session, size, [leaf_hash(entry) for entry in written])
    after_commit(session, SIGN)
    return list(range(size, size + len(rows)))


def append_statement(session: Session, statement: Statement, *, now: datetime) -> int:
    """Append what the log says of itself 公开说明: of its key, or of its database; its index."""
    (index,) = append_entries(session, [NewEntry("", statement_members(statement))], now=now)
    return index
