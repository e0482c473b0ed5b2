"""What has changed 变更记录: noted in the transaction of the change, for whoever keeps a copy.

The search index is derived from the database; one indexer drains these notes. A note says only that
something is no longer as it was, so it may be noted, and taken up, twice.
"""

from collections.abc import Iterable

from sqlalchemy import String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base

# What every entry may show has changed, such as the names of places.
EVERYTHING = "everything"
AT_ONCE = 1000


class Change(Base):
    """One note; ``key`` is like ``notice:abc``, or ``everything``."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80))


def note_changes(session: Session, keys: Iterable[str]) -> None:
    """Note that what ``keys`` name has changed, in the transaction of the change."""
    rows = [{"key": key} for key in sorted(set(keys))]
    if rows:
        session.execute(insert(Change), rows)


def list_changes(session: Session, *, limit: int = AT_ONCE) -> list[tuple[int, str]]:
    """Return the oldest notes: (id, key)."""
    query = select(Change.id, Change.key).order_by(Change.id).limit(limit)
    return [(number, key) for number, key in session.execute(query)]


def list_change_ids(session: Session) -> list[int]:
    """Return the ids of all notes that there are at this moment."""
    return list(session.scalars(select(Change.id)))


def forget_changes(session: Session, ids: Iterable[int]) -> None:
    """Forget notes that have been taken up; only these, because others may have come since."""
    wanted = list(ids)
    for start in range(0, len(wanted), 500):
        session.execute(delete(Change).where(Change.id.in_(wanted[start : start + 500])))
