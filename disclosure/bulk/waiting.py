"""What waits for approval 待审名单: which lists somebody may decide on, and which are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from disclosure.bulk.weighing import WaitingLine, weigh
from disclosure.catalogue import find_kind, list_kinds
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from portal.data.accounts import Actor
from portal.data.regions import Region, code_prefix
from portal.kernel.permissions import Permission

MOST_AT_ONCE = 300


class Show(StrEnum):
    """Which lists are shown."""

    ALL = "all"
    STANDING_OUT = "standing-out"
    WARNINGS = "warnings"


@dataclass(frozen=True)
class Wanted:
    """Which of the waiting lists somebody wants to see; an empty text is any."""

    kind: str = ""
    period: str = ""
    area: str = ""
    show: Show = Show.ALL
    mine: bool = False


@dataclass(frozen=True)
class Waiting:
    """What waits: the urgent lists first, then what stands out; ``total`` wait altogether.

    ``kinds``, ``periods`` and ``areas`` (code, name) are what can be chosen from.
    """

    lines: tuple[WaitingLine, ...]
    total: int
    kinds: tuple[NoticeKind, ...]
    periods: tuple[str, ...]
    areas: tuple[tuple[str, str], ...]


def list_waiting(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime, limit: int = MOST_AT_ONCE
) -> Waiting:
    """Return the lists of the actor's area that wait for approval, those that wait longest.

    Raises Forbidden for whoever approves nothing.
    """
    actor.require(Permission.APPROVE_LIST)
    everything = _submitted(
        actor, select(Submission.kind, Submission.period, Submission.region_code)
    )
    present = session.execute(everything.distinct()).all()
    narrowed = _narrowed(session, actor, wanted, select(func.count(Submission.id)))
    query = _narrowed(session, actor, wanted, select(Submission))
    query = query.options(joinedload(Submission.region)).limit(limit)
    query = query.order_by(Submission.submitted_at, Submission.id)
    lines = weigh(session, actor, session.scalars(query).all(), now=now)
    return Waiting(
        tuple(line for line in lines if _is_shown(line, wanted)),
        session.scalar(narrowed) or 0,
        _kinds(session, {kind for kind, _, _ in present}),
        tuple(sorted({period for _, period, _ in present}, reverse=True)),
        _areas(session, actor, {code for _, _, code in present}),
    )


def count_mine(session: Session, actor: Actor) -> int:
    """Return how many lists wait that this actor could approve."""
    if not actor.may(Permission.APPROVE_LIST):
        return 0
    mine = _narrowed(session, actor, Wanted(mine=True), select(func.count(Submission.id)))
    return session.scalar(mine) or 0


def lines_of(
    session: Session, actor: Actor, submission_ids: Iterable[str], *, now: datetime
) -> dict[str, WaitingLine]:
    """Return the lists of these ids in the actor's area, by id, whatever has become of them."""
    actor.require(Permission.APPROVE_LIST)
    query = select(Submission).where(Submission.id.in_(set(submission_ids)))
    query = _within(actor, query).options(joinedload(Submission.region))
    lines = weigh(session, actor, session.scalars(query).all(), now=now)
    return {line.id: line for line in lines}


def _within(actor: Actor, query: Select[Any]) -> Select[Any]:
    if actor.region_code is None:
        return query
    return query.where(Submission.region_code.startswith(code_prefix(actor.region_code)))


def _submitted(actor: Actor, query: Select[*tuple[Any, ...]]) -> Select[Any]:
    return _within(actor, query.where(Submission.state == SubmissionState.SUBMITTED))


def _narrowed(session: Session, actor: Actor, wanted: Wanted, query: Select[Any]) -> Select[Any]:
    query = _submitted(actor, query)
    if wanted.kind:
        query = query.where(Submission.kind == wanted.kind)
    if wanted.period:
        query = query.where(Submission.period == wanted.period)
    if wanted.area:
        query = query.where(Submission.region_code.startswith(code_prefix(wanted.area)))
    if not wanted.mine or actor.role is None:
        return query
    mine = [kind.id for kind in list_kinds(session) if kind.approved_by is actor.role]
    query = query.where(Submission.kind.in_(mine))
    for brought_in in (Submission.created_by, Submission.submitted_by):
        query = query.where(or_(brought_in.is_(None), brought_in != actor.user_id))
    return query


def _is_shown(line: WaitingLine, wanted: Wanted) -> bool:
    if wanted.mine and line.why_not:
        return False
    if wanted.show is Show.STANDING_OUT:
        return bool(line.remarks)
    return wanted.show is not Show.WARNINGS or bool(line.warnings)


def _kinds(session: Session, names: set[str]) -> tuple[NoticeKind, ...]:
    found = (find_kind(session, name) for name in sorted(names))
    return tuple(kind for kind in found if kind is not None)


def _areas(session: Session, actor: Actor, codes: set[str]) -> tuple[tuple[str, str], ...]:
    """Return the townships of ``codes`` and, where there are several, the counties above them."""
    townships = session.scalars(select(Region).where(Region.code.in_(codes))).all()
    above = {region.parent_code for region in townships}
    counties = session.scalars(select(Region).where(Region.code.in_(above))).all()
    shown = [*(counties if len(counties) > 1 else ()), *townships]
    inside = {region.code: region.name for region in shown if actor.covers(region.code)}
    return tuple(sorted(inside.items()))
