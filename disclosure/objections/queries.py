"""What the desk reads of rows that are held back 异议核查: frozen values of the actor's own area.

A value says which row, since which day and until when, and what was found; never who objected, how
many did, or that a case of the discipline office exists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from disclosure.lifecycle import NoticeState, state_at
from disclosure.models import IS_CURRENT, Notice, NoticeVersion
from disclosure.objections.course import HOLDING, Finding, MatterState, offered_findings
from disclosure.objections.deciding import get_matter, is_on_display, why_not_decide
from disclosure.objections.models import RowMatter
from disclosure.objections.posting_again import posts_again, row_values
from disclosure.queries import PlaceRef, facts_of, place_ref
from portal.data.accounts import Actor, User
from portal.data.regions import code_prefix
from portal.kernel.clock import local_date
from portal.kernel.permissions import Permission

DECIDED_SHOWN = 50


@dataclass(frozen=True)
class MatterLine:
    """A row that is or was being checked, in the desk's list."""

    id: str
    notice_id: str
    title: str
    place: PlaceRef
    n: int
    state: MatterState
    opened_on: date
    due_on: date
    provisional: bool
    late: bool
    finding: Finding | None
    decided_on: date | None


@dataclass(frozen=True)
class CheckedRow:
    """The row as the web shows it; nobody at this desk sees more of the household."""

    n: int
    village: str
    group: str
    name: str
    persons: int | None
    class_: str
    amount_fen: int
    reason: str


@dataclass(frozen=True)
class MatterView:
    """A row that is being checked, with everything that the desk shows; ``row`` until decided."""

    line: MatterLine
    kind: str
    notice_state: NoticeState
    on_display: bool
    row: CheckedRow | None
    reason: str | None
    note: str
    return_reason: str
    recorded_by: str
    recorded_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    posted_again_as: str | None
    offered: tuple[Finding, ...]
    may_record: bool
    may_decide: bool
    why_not: str


def list_open(session: Session, actor: Actor, *, now: datetime) -> Sequence[MatterLine]:
    """Return the rows of the actor's area that are being checked, the next due first."""
    actor.require(Permission.VIEW_OBJECTIONS)
    query = (
        _lines(actor)
        .where(RowMatter.state.in_(tuple(HOLDING)))
        .order_by(RowMatter.due_on, RowMatter.notice_id, RowMatter.n)
    )
    return [_line(matter, title, now) for matter, title in session.execute(query)]


def list_decided(session: Session, actor: Actor, *, now: datetime) -> Sequence[MatterLine]:
    """Return the rows of the actor's area that were decided on last."""
    actor.require(Permission.VIEW_OBJECTIONS)
    query = (
        _lines(actor)
        .where(RowMatter.state == MatterState.DECIDED)
        .order_by(RowMatter.decided_at.desc(), RowMatter.id)
        .limit(DECIDED_SHOWN)
    )
    return [_line(matter, title, now) for matter, title in session.execute(query)]


def count_for(session: Session, actor: Actor) -> int:
    """Return how many rows wait for this actor: to be checked, or to be decided on."""
    if actor.may(Permission.RECORD_FINDING):
        state = MatterState.OPEN
    elif actor.may(Permission.DECIDE_FINDING):
        state = MatterState.FOUND
    else:
        return 0
    waiting = _lines(actor).where(RowMatter.state == state)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def view_matter(session: Session, actor: Actor, matter_id: str, *, now: datetime) -> MatterView:
    """Return a row of the actor's area that is or was being checked; raises NotFound."""
    actor.require(Permission.VIEW_OBJECTIONS)
    matter = get_matter(session, actor, matter_id, locked=False)
    notice = matter.notice
    title = session.scalars(
        select(NoticeVersion.title).where(
            NoticeVersion.notice_id == notice.id, NoticeVersion.version == notice.version
        )
    ).one()
    names = _names(session, matter)
    found = matter.state is MatterState.FOUND and actor.may(Permission.DECIDE_FINDING)
    why_not = why_not_decide(actor, matter) if found else ""
    return MatterView(
        line=_line(matter, title, now),
        kind=notice.kind,
        notice_state=state_at(facts_of(notice), now),
        on_display=is_on_display(session, notice, matter.n, now=now),
        row=_row(session, matter),
        reason=matter.reason,
        note=matter.note,
        return_reason=matter.return_reason,
        recorded_by=names.get(matter.recorded_by, ""),
        recorded_at=matter.recorded_at,
        decided_by=names.get(matter.decided_by, ""),
        decided_at=matter.decided_at,
        posted_again_as=matter.posted_again_as,
        offered=offered_findings(posts_again=posts_again(session, notice)),
        may_record=matter.state is MatterState.OPEN and actor.may(Permission.RECORD_FINDING),
        may_decide=found and not why_not,
        why_not=why_not,
    )


@dataclass(frozen=True)
class Check:
    """How the check of one row went, for whoever handles a case about it."""

    id: str
    state: MatterState
    due_on: date
    finding: Finding | None
    reason: str | None
    decided_on: date | None


def list_checks(session: Session, notice_id: str, n: int) -> Sequence[Check]:
    """Return the checks of a row, oldest first; what was found shows once it is decided."""
    query = (
        select(RowMatter)
        .where(RowMatter.notice_id == notice_id, RowMatter.n == n)
        .order_by(RowMatter.opened_at, RowMatter.id)
    )
    return [
        Check(
            id=matter.id,
            state=matter.state,
            due_on=matter.due_on,
            finding=matter.finding if matter.state is MatterState.DECIDED else None,
            reason=matter.reason if matter.state is MatterState.DECIDED else None,
            decided_on=local_date(matter.decided_at) if matter.decided_at else None,
        )
        for matter in session.scalars(query)
    ]


def _lines(actor: Actor) -> Select[RowMatter, str]:
    query = (
        select(RowMatter, NoticeVersion.title)
        .join(Notice, Notice.id == RowMatter.notice_id)
        .join(NoticeVersion, IS_CURRENT)
        .options(contains_eager(RowMatter.notice).options(joinedload(Notice.region)))
    )
    if actor.region_code is None:
        return query
    return query.where(Notice.region_code.startswith(code_prefix(actor.region_code)))


def _line(matter: RowMatter, title: str, now: datetime) -> MatterLine:
    return MatterLine(
        id=matter.id,
        notice_id=matter.notice_id,
        title=title,
        place=place_ref(matter.notice.region),
        n=matter.n,
        state=matter.state,
        opened_on=local_date(matter.opened_at),
        due_on=matter.due_on,
        provisional=matter.provisional,
        late=matter.state is MatterState.OPEN and matter.due_on < local_date(now),
        finding=matter.finding,
        decided_on=local_date(matter.decided_at) if matter.decided_at else None,
    )


def _row(session: Session, matter: RowMatter) -> CheckedRow | None:
    values = row_values(session, matter)
    if values is None:
        return None
    fields = ("village", "group", "name", "persons", "class_", "amount_fen", "reason")
    return CheckedRow(matter.n, *(values[name] for name in fields))


def _names(session: Session, matter: RowMatter) -> dict[str | None, str]:
    ids = {matter.recorded_by, matter.decided_by} - {None}
    users = session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user.name for user in users}
