"""Forgetting 到期删除: rows of people leave the database when their time on the board is over.

What stays is the withdrawal note's title, place, dates and digests (rules/deadlines.md,
"Retention"); the log still verifies, because a row's salt is deleted with its text.
"""

from datetime import datetime

from sqlalchemy import delete, exists, or_, select, text, update
from sqlalchemy.orm import Session

from disclosure.models import Notice, NoticeRow, NoticeVersion
from disclosure.publication import notice_key
from portal.data.pages import forget_pages
from portal.data.session import Sessions
from portal.kernel.clock import local_date

AT_ONCE = 200


def _over(session: Session, now: datetime) -> list[str]:
    query = (
        select(Notice.id)
        .where(
            or_(
                Notice.withdrawn_at <= now,
                Notice.replaced_at <= now,
                Notice.posted_to < local_date(now),
            ),
            exists().where(NoticeRow.notice_id == Notice.id),
        )
        .limit(AT_ONCE)
    )
    return list(session.scalars(query))


def forget_what_is_over(sessions: Sessions, *, now: datetime) -> int:
    """Delete the rows of every notice whose time is over; return how many notices those were."""
    count = 0
    while True:
        with sessions.writing() as session:
            ids = _over(session, now)
            if not ids:
                break
            session.execute(delete(NoticeRow).where(NoticeRow.notice_id.in_(ids)))
            session.execute(
                update(NoticeVersion)
                .where(NoticeVersion.notice_id.in_(ids))
                .values(totals_salt=None)
            )
            forget_pages(session, [notice_key(notice_id) for notice_id in ids])
        count += len(ids)
    if count:
        wipe_traces(sessions)
    return count


def wipe_traces(sessions: Sessions) -> None:
    """Make deleted rows unreadable in the database's files (the WAL, dead rows)."""
    if sessions.engine.dialect.name == "sqlite":
        with sessions.engine.connect().execution_options(
            isolation_level="AUTOCOMMIT"
        ) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM notice_rows"))
        connection.execute(text("VACUUM stored_pages"))
