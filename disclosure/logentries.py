"""What the log says of notices 日志记载: published, corrected, replaced, withdrawn, ended.

Each entry comes in the transaction of its change (rules/transparency-log.md, "Entry").
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.log.commitment import canonical
from disclosure.log.entries import CORRECT, EXPIRE, PUBLISH, WITHDRAW
from disclosure.log.rows import totals_commitment
from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.models import IS_CURRENT, Notice, NoticeVersion
from portal.kernel.money import format_yuan

Published = tuple[Notice, NoticeVersion]


def log_publication(
    session: Session, versions: Sequence[Published], replaced: Iterable[Notice], *, now: datetime
) -> None:
    """Log that ``versions`` are published 发布 and what they replace.

    A new list names the entry of the one that it replaces in its place; what nothing replaces
    there, because no household is left, expires by an entry of its own.
    """
    regions = {notice.region_code for notice, _ in versions}
    prev: dict[str, int | None] = {}
    left: list[Published] = []
    for old, version in list_current(session, [notice.id for notice in replaced]):
        if old.region_code in regions and old.region_code not in prev:
            prev[old.region_code] = version.log_index
        else:
            left.append((old, version))
    log_expiry(session, left, now=now)
    indexes = append_entries(
        session,
        [
            _entry(PUBLISH, notice, version, prev.get(notice.region_code))
            for notice, version in versions
        ],
        now=now,
    )
    for (_, version), index in zip(versions, indexes, strict=True):
        version.log_index = index


def log_expiry(session: Session, ended: Iterable[Published], *, now: datetime) -> None:
    """Log that the time of ``ended`` is over 到期."""
    append_entries(
        session,
        [_entry(EXPIRE, notice, version, version.log_index) for notice, version in ended],
        now=now,
    )


def log_withdrawal(session: Session, withdrawn: Published, *, now: datetime) -> None:
    """Log that a notice was withdrawn 撤下."""
    notice, version = withdrawn
    append_entries(session, [_entry(WITHDRAW, notice, version, version.log_index)], now=now)


def log_correction(
    session: Session, corrected: Published, before: NoticeVersion, *, now: datetime
) -> None:
    """Log that ``corrected`` is what hangs now 更正, in place of the version ``before``."""
    notice, version = corrected
    (version.log_index,) = append_entries(
        session, [_entry(CORRECT, notice, version, before.log_index)], now=now
    )


def list_current(session: Session, ids: Sequence[str]) -> list[Published]:
    """Return notices with their newest version, in the order of their entries."""
    query = (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, IS_CURRENT)
        .where(Notice.id.in_(ids))
        .order_by(NoticeVersion.log_index)
    )
    return [(notice, version) for notice, version in session.execute(query)]


def _entry(event: str, notice: Notice, version: NoticeVersion, prev: int | None) -> NewEntry:
    return NewEntry(notice.id, entry_members(event, notice, version, prev))


def entry_members(
    event: str, notice: Notice, version: NoticeVersion, prev: int | None = None
) -> Mapping[str, Any]:
    """Return a log entry's members but ``v`` and ``at``; ``prev`` is the entry it replaces."""
    return {
        "event": event,
        "notice": notice.id,
        "version": version.version,
        "kind": notice.kind,
        "region": notice.region_code,
        "period": notice.period,
        "posted_from": notice.posted_from.isoformat() if notice.posted_from else None,
        "posted_to": notice.posted_to.isoformat() if notice.posted_to else None,
        "totals": logged_totals(version),
        "content": version.content_digest,
        "rows": version.rows_digest,
        "prev": prev,
    }


def totals_members(version: NoticeVersion) -> dict[str, Any]:
    """Return a version's totals as ``/n/<id>.json`` shows them; the amount in yuan."""
    return {
        "households": version.households,
        "persons": version.persons,
        "amount": format_yuan(version.amount_fen),
    }


def logged_totals(version: NoticeVersion) -> Mapping[str, Any]:
    """Return the logged totals: of fewer than three households, only a commitment."""
    totals = totals_members(version)
    if version.totals_salt is None:
        return totals
    return {"commitment": totals_commitment(canonical(totals), version.totals_salt)}
