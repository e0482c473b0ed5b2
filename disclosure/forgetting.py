"""Forgetting 到期删除: rows of people leave the database when their time on the board is over.

What stays is the withdrawal note's title, place, dates and digests (rules/deadlines.md,
"Retention"); the log still verifies, because a row's salt is deleted with its text.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, exists, or_, select, text, update
from sqlalchemy.orm import Session

from disclosure.corrections.models import OPEN, Correction
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.appending import lock_log
from disclosure.logentries import Published, list_current, log_expiry
from disclosure.models import Notice, NoticeRow, NoticeVersion
from disclosure.movements.completing import forget_changes
from disclosure.publication import notice_key
from portal.data.pages import forget_pages
from portal.data.session import SQLITE_BUSY_TIMEOUT_S, Sessions
from portal.kernel.clock import local_date

AT_ONCE = 200
CHECKPOINT_WAIT_MS = 300
TABLES_WITH_NAMES = (
    *("notice_rows", "notice_versions", "row_matters"),
    *("stored_pages", "submissions", "waiting_files"),
    *("change_sets", "list_changes"),
)


def _over(session: Session, now: datetime) -> list[str]:
    query = (
        select(Notice.id)
        .where(
            or_(
                Notice.withdrawn_at <= now,
                Notice.replaced_at <= now,
                Notice.posted_to < local_date(now),
            ),
            or_(
                exists().where(NoticeRow.notice_id == Notice.id),
                exists().where(
                    NoticeVersion.notice_id == Notice.id,
                    or_(
                        NoticeVersion.channel_salt.is_not(None),
                        NoticeVersion.totals_salt.is_not(None),
                        NoticeVersion.board_names.is_not(None),
                    ),
                ),
            ),
        )
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def forget_what_is_over(sessions: Sessions, *, now: datetime) -> int:
    """Delete the rows of every notice whose time is over; return how many notices those were.

    Traces are wiped each time, because drafts are forgotten without this, and because somebody who
    was reading may have been in the way the last time.
    """
    count = 0
    while True:
        with sessions.writing() as session:
            # Before looking, or two at once would both log the end of the same notice.
            lock_log(session)
            ids = _over(session, now)
            if not ids:
                break
            log_expiry(session, _ended_by_the_clock(session, ids), now=now)
            forget_rows(session, ids)
            forget_pages(session, [notice_key(notice_id) for notice_id in ids])
        count += len(ids)
    with sessions.writing() as session:
        forget_changes(session, now=now)
    wipe_traces(sessions)
    return count


def forget_rows(session: Session, ids: Sequence[str]) -> None:
    """Delete everything of these notices that says something about a person."""
    session.execute(delete(NoticeRow).where(NoticeRow.notice_id.in_(ids)))
    _close_corrections(session, ids)
    session.execute(
        update(NoticeVersion)
        .where(NoticeVersion.notice_id.in_(ids))
        .values(board_names=None, channel_salt=None)
    )
    # Totals of fewer than three households say something about a person, so they go too.
    session.execute(
        update(NoticeVersion)
        .where(NoticeVersion.notice_id.in_(ids), NoticeVersion.totals_salt.is_not(None))
        .values(totals_salt=None, households=0, persons=0, amount_fen=0)
    )


def _close_corrections(session: Session, ids: Sequence[str]) -> None:
    """Discard what was still being corrected: there is nothing left to correct."""
    session.execute(
        update(Correction)
        .where(Correction.notice_id.in_(ids), Correction.state.in_(OPEN))
        .values(state=SubmissionState.DISCARDED)
    )
    session.execute(
        delete(NoticeVersion).where(
            NoticeVersion.notice_id.in_(ids), NoticeVersion.published_at.is_(None)
        )
    )


def _ended_by_the_clock(session: Session, ids: Sequence[str]) -> Iterable[Published]:
    """Return those of ``ids`` of whose end the log knows nothing: nobody withdrew or replaced them.

    Each comes here once, because it is forgotten in the same transaction.
    """
    for notice, version in list_current(session, ids):
        if notice.replaced_at is None and notice.withdrawn_at is None:
            yield notice, version


def wipe_traces(sessions: Sessions) -> None:
    """Make deleted rows unreadable in the database's files (the WAL, dead rows).

    Where somebody still reads what was deleted, it is left for the next time.
    """
    with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if sessions.engine.dialect.name != "sqlite":
            for table in TABLES_WITH_NAMES:
                connection.execute(text(f"VACUUM {table}"))
            return
        # While it waits for readers nobody can write, so it may not wait as long as others do.
        connection.exec_driver_sql(f"PRAGMA busy_timeout={CHECKPOINT_WAIT_MS}")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_BUSY_TIMEOUT_S * 1000}")
