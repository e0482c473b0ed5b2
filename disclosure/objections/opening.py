"""Holding a row back 异议标记: opened with an objection, closed with the notice.

Whatever changes a matter holds its notice's line first, so that two objections to one row at the
same instant make one mark, and ``Notice.rows_held`` always counts what is open.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from disclosure.boardnames import open_names, seal_names
from disclosure.lifecycle import VISIBLE, state_at
from disclosure.models import Notice, NoticeRow, NoticeVersion
from disclosure.objections.course import HOLDING, MatterAction, MatterState, after, opens_matter
from disclosure.objections.models import RowMatter
from disclosure.publication import notice_key
from disclosure.queries import facts_of
from portal.data.changes import note_changes
from portal.data.ids import new_id
from portal.data.keyfiles import Keys
from portal.data.pages import forget_pages

# What is made anew where the row is posted again.
_NOT_COPIED = frozenset({"notice_id", "version", "n", "salt"})
_COPIED = tuple(
    column.key for column in inspect(NoticeRow).column_attrs if column.key not in _NOT_COPIED
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FindingDue:
    """When a finding is due 核查期限; ``provisional`` where that year's calendar is not known."""

    on: date
    provisional: bool


def find_row(session: Session, notice: Notice, n: int) -> NoticeRow | None:
    """Return a row of the version that holds now, None where it is not kept any more."""
    return session.get(NoticeRow, (notice.id, notice.version, n))


def may_hold_back(
    session: Session, notice_id: str, n: int, *, by_discipline: bool, now: datetime
) -> bool:
    """Tell whether an objection to this row, coming now, would mark it."""
    notice = session.get(Notice, notice_id)
    return notice is not None and _can_open(session, notice, n, by_discipline, now)


def hold_back(
    session: Session,
    notice_id: str,
    n: int,
    *,
    due: FindingDue,
    keys: Keys,
    by_discipline: bool = False,
    now: datetime,
) -> bool:
    """Mark a row that is on display as being checked 有异议，正在核查; nothing else is touched.

    Returns False where nothing is marked: the list does not hang, has no such row, the row is being
    checked already, or it was decided on (``disclosure.objections.course``). It names nobody, so
    no line of the audit log is written here; a member of staff who has it done audits their case.
    """
    notice = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None or not _can_open(session, notice, n, by_discipline, now):
        return False
    row = find_row(session, notice, n)
    if row is None:
        return False
    session.add(
        RowMatter(
            id=new_id(),
            notice_id=notice.id,
            n=n,
            state=MatterState.OPEN,
            opened_at=now,
            public_at=now,
            due_on=due.on,
            provisional=due.provisional,
            row_copy=copied(row),
            whole_name=_whole_name(session, notice, n, keys),
        )
    )
    note_held(session, notice, now=now)
    return True


def lapse_matters(session: Session, notice: Notice, *, now: datetime) -> None:
    """Close what is open of a notice that is withdrawn 终止核查, and forget the copies."""
    matters = session.scalars(
        select(RowMatter).where(
            RowMatter.notice_id == notice.id, RowMatter.state.in_(tuple(HOLDING))
        )
    ).all()
    for matter in matters:
        matter.state = after(matter.state, MatterAction.LAPSE)
        drop_copy(matter)
    if matters:
        note_held(session, notice, now=now)


def renew_copies(session: Session, notice: Notice, rows: Iterable[NoticeRow]) -> None:
    """Let the copies of rows that are being checked say what a correction made of the rows."""
    corrected = {row.n: row for row in rows}
    matters = session.scalars(
        select(RowMatter).where(
            RowMatter.notice_id == notice.id,
            RowMatter.n.in_(corrected),
            RowMatter.row_copy.is_not(None),
        )
    )
    for matter in matters:
        matter.row_copy = copied(corrected[matter.n])


def drop_copy(matter: RowMatter) -> None:
    """Forget the copy of the row: it is kept only until the decision."""
    matter.row_copy = None
    matter.whole_name = None


def note_held(session: Session, notice: Notice, *, now: datetime) -> None:
    """Count what is open of a notice, and forget its pages, in the transaction of the change."""
    session.flush()
    notice.rows_held = (
        session.scalar(
            select(func.count())
            .select_from(RowMatter)
            .where(RowMatter.notice_id == notice.id, RowMatter.state.in_(tuple(HOLDING)))
        )
        or 0
    )
    session.flush()
    forget_pages(session, [notice_key(notice.id)])
    if state_at(facts_of(notice), now) not in VISIBLE:
        # It has ended, and is concluded only when nothing is held any more.
        note_changes(session, [notice_key(notice.id)])


def copied(row: NoticeRow) -> dict[str, Any]:
    """Return the columns of a row that are kept while it is checked."""
    return {name: getattr(row, name) for name in _COPIED}


def _can_open(session: Session, notice: Notice, n: int, by_discipline: bool, now: datetime) -> bool:
    if state_at(facts_of(notice), now) not in VISIBLE or find_row(session, notice, n) is None:
        return False
    earlier = session.scalars(
        select(RowMatter.state).where(RowMatter.notice_id == notice.id, RowMatter.n == n)
    ).all()
    return opens_matter(earlier, by_discipline=by_discipline)


def _whole_name(session: Session, notice: Notice, n: int, keys: Keys) -> bytes | None:
    """Return the row's whole name in a parcel of its own, where the board shows whole names."""
    parcel = session.scalar(
        select(NoticeVersion.board_names).where(
            NoticeVersion.notice_id == notice.id, NoticeVersion.version == notice.version
        )
    )
    if parcel is None:
        return None
    try:
        names = open_names(keys.open_names, notice.id, parcel)
    except ValueError:
        # An objection is taken in whatever else is wrong; the board shows the masked name then.
        log.warning("the whole names of notice %s cannot be opened", notice.id)
        return None
    return seal_names(keys.seal_names, notice.id, {n: names[n]}) if n in names else None
