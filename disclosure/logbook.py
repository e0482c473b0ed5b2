"""The log's table 公开日志: entries are appended in the transaction of the change they tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from disclosure.log.commitment import canonical
from disclosure.log.tree import leaf_hash
from disclosure.models import LogEntry
from portal.data.session import is_sqlite

# Any number will do, as long as nothing else of ours locks the same one.
APPEND_LOCK = 6404_01


@dataclass(frozen=True)
class NewEntry:
    """An event to log: the notice it is about and the members of the entry but ``v`` and ``at``."""

    notice_id: str
    members: Mapping[str, Any]


def log_time(instant: datetime) -> str:
    """Return an instant as the log writes it: ``2026-10-08T02:00:00Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lock_log(session: Session) -> None:
    """Let nobody else append until this transaction ends; may be called again in it.

    SQLite's writing transaction is exclusive; on PostgreSQL it is an advisory lock.
    """
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPEND_LOCK})


def append_entries(session: Session, entries: Sequence[NewEntry], *, now: datetime) -> list[int]:
    """Append ``entries`` in their order, one writer at a time, and return their indexes."""
    lock_log(session)
    size = session.scalar(select(func.coalesce(func.max(LogEntry.index) + 1, 0))) or 0
    at = log_time(now)
    rows: list[dict[str, Any]] = []
    for index, new in enumerate(entries, start=size):
        entry = canonical({"v": 1, **new.members, "at": at})
        leaf = leaf_hash(entry)
        rows.append(
            {"index": index, "entry": entry, "leaf": leaf, "notice_id": new.notice_id, "at": now}
        )
    if rows:
        session.execute(insert(LogEntry), rows)
    return [row["index"] for row in rows]
