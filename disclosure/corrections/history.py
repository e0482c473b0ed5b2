"""The history of a notice 沿革: its versions, why each was made, and what it changed.

It says "row 7: amount"; the old text beside it only while the row lives, and never after a
correction made for privacy (rules/masking.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.corrections.edits import public_row
from disclosure.models import NoticeRow, NoticeVersion
from disclosure.publicrow import PublicRow
from disclosure.queries import NoticeView


@dataclass(frozen=True)
class FieldChange:
    """One thing of a row that is another; ``old`` and ``new`` are None where they are not shown."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class RowChange:
    """A row that a version changed, or struck off."""

    n: int
    struck: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class VersionView:
    """One version as its history shows it, the newest first in a list of them."""

    version: int
    published_at: datetime
    log_index: int | None
    reason: str
    private: bool
    changes: tuple[RowChange, ...]


def list_versions(session: Session, view: NoticeView) -> tuple[VersionView, ...]:
    """Return the published versions of a notice, the newest first."""
    versions = session.scalars(
        select(NoticeVersion)
        .where(
            NoticeVersion.notice_id == view.card.id,
            NoticeVersion.published_at.is_not(None),
            NoticeVersion.version <= view.version,
        )
        .order_by(NoticeVersion.version.desc())
    ).all()
    rows = _Rows(session, view) if view.rows is not None else None
    return tuple(
        VersionView(
            version=one.version,
            published_at=one.published_at or view.published_at,
            log_index=one.log_index,
            reason=one.correction_reason,
            private=one.private,
            changes=tuple(_changes(one, rows)),
        )
        for one in versions
    )


def changed_since(session: Session, view: NoticeView, version: int) -> tuple[int, ...]:
    """Return the numbers of the rows that are another than in ``version``, or gone."""
    changes = session.scalars(
        select(NoticeVersion.changes).where(
            NoticeVersion.notice_id == view.card.id,
            NoticeVersion.version > version,
            NoticeVersion.version <= view.version,
        )
    )
    return tuple(sorted({change["n"] for some in changes for change in some or []}))


class _Rows:
    """What is still kept of the rows of all versions; a version holds what it changed next."""

    def __init__(self, session: Session, view: NoticeView) -> None:
        query = select(NoticeRow).where(
            NoticeRow.notice_id == view.card.id, NoticeRow.version <= view.version
        )
        self._rows = {(row.version, row.n): public_row(row) for row in session.scalars(query)}
        self._newest = view.version

    def of(self, version: int, n: int) -> PublicRow | None:
        """Return what row ``n`` said in ``version``: what it says until a later one changed it."""
        later = range(version, self._newest + 1)
        return next((self._rows[at, n] for at in later if (at, n) in self._rows), None)

    def before(self, version: int, n: int) -> PublicRow | None:
        """Return what row ``n`` said before ``version`` changed it, if that is kept."""
        return self._rows.get((version - 1, n))


def _changes(version: NoticeVersion, rows: _Rows | None) -> Iterable[RowChange]:
    for change in version.changes or []:
        n = change["n"]
        shown = rows is not None and not version.private and not change["struck"]
        old = rows.before(version.version, n) if rows is not None and shown else None
        new = rows.of(version.version, n) if rows is not None and shown else None
        both = old is not None and new is not None
        yield RowChange(
            n,
            change["struck"],
            tuple(
                FieldChange(
                    name,
                    getattr(old, name) if both else None,
                    getattr(new, name) if both else None,
                )
                for name in change["fields"]
            ),
        )
