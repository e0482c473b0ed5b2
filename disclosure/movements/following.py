"""Following a correction 随更正调整: what was derived from a list changes with the list.

A set of changes that is published stays as it is; the correction stands in its notice's history.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.models import Notice, NoticeRow
from disclosure.movements.comparing import Change, Listed
from disclosure.movements.models import ChangeSet, ListChange, Outcome
from disclosure.movements.publishing import send_back_drafts
from disclosure.movements.stored import list_rows_of, stored


def follow_correction(
    session: Session,
    notice: Notice,
    before: Iterable[NoticeRow],
    after: Iterable[NoticeRow],
    *,
    now: datetime,
) -> None:
    """Let the open set that ``notice`` is the later list of follow its corrected rows.

    Who was struck has left the list, and that needs a reason; who had only just come is no longer
    an addition. A notice of additions and removals that was drafted goes back to its clerk.
    """
    change_set = _find_open_set(session, notice)
    if change_set is None:
        return
    rows = list_rows_of(session, change_set.id)
    changes = {
        row.after["n"]: row for row in rows if row.after and row.after["notice_id"] == notice.id
    }
    new = {row.n: row for row in after}
    next_n, followed = max((row.n for row in rows), default=0) + 1, False
    for old in before:
        change, corrected = changes.get(old.n), new.get(old.n)
        if corrected is None:
            next_n += _strike(session, change, _removal(change_set, next_n, notice, old))
            followed = True
        elif change is not None:
            change.after = stored(_listed(notice, corrected))
            followed = True
    if followed:
        session.flush()
        send_back_drafts(session, [change_set.id], now=now)


def _find_open_set(session: Session, notice: Notice) -> ChangeSet | None:
    return session.scalars(
        select(ChangeSet).where(
            ChangeSet.submission_id == notice.submission_id,
            ChangeSet.outcome == Outcome.COMPARED,
            ChangeSet.published_at.is_(None),
            ChangeSet.forgotten_at.is_(None),
        )
    ).one_or_none()


def _strike(session: Session, change: ListChange | None, removal: ListChange) -> int:
    """Record that a household was struck; return how many changes there are more than before."""
    if change is None:
        session.add(removal)
        return 1
    if change.before is None:
        session.delete(change)
    else:
        change.after, change.change, change.reason = None, Change.REMOVED, None
        change.other_set_id = change.other_village = None
    return 0


def _removal(change_set: ChangeSet, n: int, notice: Notice, old: NoticeRow) -> ListChange:
    return ListChange(
        set_id=change_set.id,
        n=n,
        change=Change.REMOVED,
        household_digest=old.household_digest,
        before=stored(_listed(notice, old)),
        after=None,
    )


def _listed(notice: Notice, row: NoticeRow) -> Listed:
    return Listed(
        *(row.key_id, row.household_digest, notice.region_code, notice.id, row.n, row.group),
        *(row.name, row.name_board, row.name_kiosk, row.persons, row.class_),
        *(row.amount_fen, row.exit_month),
    )
