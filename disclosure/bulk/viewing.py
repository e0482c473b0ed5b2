"""What a sitting's page shows 审批进度与结果: its lists, the rows drawn by lot, the outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from disclosure.boardnames import Open, open_names
from disclosure.bulk.models import Decision, Outcome, Sitting, SittingItem, SittingState
from disclosure.bulk.sitting import NO_SUCH_SITTING, has_stopped
from disclosure.catalogue import kind_of
from disclosure.deskqueries import PreviewRow, preview_row
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import SubmissionState
from disclosure.models import IS_CURRENT, Notice, NoticeRow, NoticeVersion, Submission
from portal.data.accounts import Actor
from portal.data.regions import Region
from portal.kernel.errors import NotFound
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class ItemView:
    """One list of a sitting and what became of it; ``posted`` of its notices hang already."""

    submission_id: str
    township: str
    kind: NoticeKind
    period: str
    digest: str
    outcome: Outcome
    notices: int
    posted: int
    message: str
    params: dict[str, Any]


@dataclass(frozen=True)
class SampledRow:
    """A row that was drawn by lot, with the list that it stands on."""

    submission_id: str
    notice_id: str
    title: str
    row: PreviewRow


@dataclass(frozen=True)
class SittingView:
    """A sitting as its page shows it."""

    id: str
    state: SittingState
    decision: Decision | None
    reason: str
    seed: str
    created_at: datetime
    items: tuple[ItemView, ...]
    has_stopped: bool

    @property
    def settled(self) -> int:
        """How many lists have been decided on."""
        return sum(item.outcome is not Outcome.WAITING for item in self.items)

    @property
    def done(self) -> tuple[ItemView, ...]:
        """The lists that were approved or returned."""
        done = (Outcome.APPROVED, Outcome.RETURNED)
        return tuple(item for item in self.items if item.outcome in done)

    @property
    def refused(self) -> tuple[ItemView, ...]:
        """The lists that could not be decided on."""
        return tuple(item for item in self.items if item.outcome is Outcome.REFUSED)


def view_sitting(session: Session, actor: Actor, sitting_id: str) -> SittingView:
    """Return a sitting of the actor's own; raises NotFound."""
    sitting = _get(session, actor, sitting_id)
    query = (
        select(SittingItem, Submission.kind, Submission.period, Region.name)
        .join(Submission, Submission.id == SittingItem.submission_id)
        .join(Region, Region.code == Submission.region_code)
        .where(SittingItem.sitting_id == sitting.id)
        .order_by(SittingItem.position)
    )
    found = session.execute(query).all()
    posted = _posted(session, [item.submission_id for item, *_ in found])
    items = tuple(
        ItemView(
            submission_id=item.submission_id,
            township=township,
            kind=kind_of(kind, session),
            period=period,
            digest=item.digest,
            outcome=item.outcome,
            notices=item.notices,
            posted=posted.get(item.submission_id, 0),
            message=item.message,
            params=item.params,
        )
        for item, kind, period, township in found
    )
    return SittingView(
        id=sitting.id,
        state=sitting.state,
        decision=sitting.decision,
        reason=sitting.reason,
        seed=sitting.seed,
        created_at=sitting.created_at,
        items=items,
        has_stopped=sitting.state is SittingState.RUNNING and has_stopped(session, sitting.id),
    )


def _get(session: Session, actor: Actor, sitting_id: str) -> Sitting:
    actor.require(Permission.APPROVE_LIST)
    sitting = session.get(Sitting, sitting_id)
    if sitting is None or sitting.created_by != actor.user_id:
        raise NotFound(NO_SUCH_SITTING)
    return sitting


def _posted(session: Session, submission_ids: Sequence[str]) -> dict[str, int]:
    query = (
        select(Notice.submission_id, func.count())
        .where(Notice.submission_id.in_(submission_ids), Notice.published_at.is_not(None))
        .group_by(Notice.submission_id)
    )
    return {submission_id: count for submission_id, count in session.execute(query)}  # noqa: C416


def list_sample(
    session: Session, actor: Actor, sitting_id: str, *, open_parcel: Open
) -> tuple[SampledRow, ...]:
    """Return the rows that were drawn, as they will be seen, while their lists wait.

    ``open_parcel`` opens the whole names that the board will show, of these notices alone.
    """
    sitting = _get(session, actor, sitting_id)
    drawn = {(notice_id, n) for notice_id, n in sitting.sample}
    query = (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, IS_CURRENT)
        .join(Submission, Submission.id == Notice.submission_id)
        .options(undefer(NoticeVersion.board_names))
        .where(
            Notice.id.in_({notice_id for notice_id, _ in drawn}),
            Submission.state == SubmissionState.SUBMITTED,
        )
        .order_by(Submission.region_code, Submission.id, Notice.region_code)
    )
    rows = []
    for notice, version in session.execute(query).all():
        whole = {}
        if version.board_names is not None:
            whole = open_names(open_parcel, notice.id, version.board_names)
        rows += [
            SampledRow(
                notice.submission_id, notice.id, version.title, preview_row(row, whole.get(row.n))
            )
            for row in _rows(session, notice, [n for key, n in drawn if key == notice.id])
        ]
    return tuple(rows)


def _rows(session: Session, notice: Notice, numbers: Sequence[int]) -> Sequence[NoticeRow]:
    query = (
        select(NoticeRow)
        .where(
            NoticeRow.notice_id == notice.id,
            NoticeRow.version == notice.version,
            NoticeRow.n.in_(numbers),
        )
        .order_by(NoticeRow.n)
    )
    return session.scalars(query).all()
