"""Looking at complaints 查询: a unit's list, the numbers on the desk, the numbers for the public.

Nothing here opens a seal. A unit sees the cases whose key it holds, and no others exist for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from complaints.clockwork import is_late, running
from complaints.models import (
    Complaint,
    ComplaintClock,
    ComplaintEvent,
    ComplaintKey,
    Deed,
    KeyPurpose,
)
from complaints.tracks import Track
from complaints.workflow import State
from portal.data.accounts import Actor
from portal.data.regions import Region, code_prefix
from portal.kernel.clock import end_of_day, local_date, start_of_day
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.permissions import Permission

OVER = (State.CLOSED, State.NOT_ACCEPTED)
CLOSED_ON_A_PAGE = 50
# Below this a number could point at a person.
FEWEST_SHOWN = 3


@dataclass(frozen=True)
class ListedCase:
    """One line of a unit's list; ``number`` is the six digits that find the case and open nothing.

    ``next_due_on`` is the earliest limit that still runs, by the rule ``next_rule`` (its id).
    """

    id: str
    number: str
    track: Track
    state: State
    urgent: bool
    place: str
    registered_at: datetime
    closed_at: datetime | None
    next_due_on: date | None
    next_rule: str | None
    next_started_on: date | None
    late: bool
    opened: bool
    own: bool
    satisfied: bool | None


@dataclass(frozen=True)
class CaseList:
    """A unit's cases: those it handles by urgency, those it looks on at, those that are over."""

    late: tuple[ListedCase, ...]
    due_today: tuple[ListedCase, ...]
    others: tuple[ListedCase, ...]
    watched: tuple[ListedCase, ...]
    over: tuple[ListedCase, ...]
    over_count: int


@dataclass(frozen=True)
class DeskCounts:
    """The numbers of the desk's first page: in hand, of these late, due today, not opened."""

    open: int
    late: int
    due_today: int
    unopened: int


@dataclass(frozen=True)
class PublicStatistics:
    """How many matters of a place were filed, answered and closed; None stands for "fewer than 3".

    They are the numbers of the last midnight in Shanghai, and stay as they are until ``until``.
    """

    filed: int | None
    answered: int | None
    closed: int | None
    until: datetime


def list_cases(session: Session, actor: Actor, *, now: datetime, over_page: int = 1) -> CaseList:
    """Return the cases of the actor's unit; raises Forbidden."""
    actor.require(Permission.VIEW_COMPLAINTS)
    unit_id = actor.unit_id or ""
    going = session.scalars(
        _with_lines(_held_by(unit_id)).where(_is_going()).order_by(Complaint.registered_at)
    ).all()
    lines = [_listed(complaint, unit_id, now) for complaint in going]
    own = sorted((line for line in lines if line.own), key=_by_due)
    late = tuple(line for line in own if line.late)
    today = tuple(line for line in own if not line.late and line.next_due_on == local_date(now))
    over, over_count = _list_over(session, unit_id, now, over_page)
    return CaseList(
        late=late,
        due_today=today,
        others=tuple(line for line in own if line not in late and line not in today),
        watched=tuple(sorted((line for line in lines if not line.own), key=_by_due)),
        over=over,
        over_count=over_count,
    )


def desk_counts(session: Session, actor: Actor, now: datetime) -> DeskCounts:
    """Return the numbers of what the actor's unit has in hand; zeros for who may see no case."""
    if not actor.may(Permission.VIEW_COMPLAINTS) or actor.unit_id is None:
        return DeskCounts(0, 0, 0, 0)
    mine = (
        select(Complaint)
        .where(Complaint.responsible_unit_id == actor.unit_id, _is_going())
        .options(selectinload(Complaint.clocks))
    )
    today = local_date(now)
    in_hand = late = due_today = unopened = 0
    for complaint in session.scalars(mine):
        clocks = running(complaint)
        in_hand += 1
        is_overdue = any(is_late(clock, now) for clock in clocks)
        late += is_overdue
        due_today += not is_overdue and any(clock.due_on == today for clock in clocks)
        unopened += complaint.opened_at is None
    return DeskCounts(in_hand, late, due_today, unopened)


def public_statistics(session: Session, region_code: str, *, now: datetime) -> PublicStatistics:
    """Return the numbers of a place and everything in it, small ones withheld.

    Reports on officials are not counted: in a village even a number could warn whom it is about.
    The numbers change at midnight only, so that nobody can watch one visitor's complaint arrive.
    """
    today = local_date(now)
    midnight = start_of_day(today)
    past = aliased(ComplaintEvent)
    answered = exists().where(
        past.complaint_id == Complaint.id, past.at < midnight, past.deed == Deed.ANSWER
    )
    last_state = (
        select(past.state_after)
        .where(past.complaint_id == Complaint.id, past.at < midnight)
        .order_by(past.at.desc(), past.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    counts = session.execute(
        select(
            func.count(),
            func.sum(case((answered, 1), else_=0)),
            func.sum(case((last_state == State.CLOSED, 1), else_=0)),
        )
        .select_from(Complaint)
        .where(
            Complaint.region_code.startswith(code_prefix(region_code), autoescape=True),
            Complaint.track != Track.ACCUSATION,
            Complaint.registered_at < midnight,
        )
    ).one()
    filed, with_answer, closed = (_shown(int(count or 0)) for count in counts)
    return PublicStatistics(filed, with_answer, closed, until=end_of_day(today))


def get_complaint(session: Session, complaint_id: str) -> Complaint:
    """Return a case with all its lines, for whoever has been let in already; raises NotFound."""
    complaint = session.scalar(
        select(Complaint)
        .where(Complaint.id == complaint_id)
        .options(
            joinedload(Complaint.region),
            joinedload(Complaint.responsible),
            joinedload(Complaint.supervising),
            selectinload(Complaint.clocks),
            selectinload(Complaint.events).joinedload(ComplaintEvent.unit),
        )
        .execution_options(populate_existing=True)
    )
    if complaint is None:
        raise NotFound(N_("There is no such case."))
    return complaint


def _held_by(unit_id: str) -> Select[Complaint]:
    return (
        select(Complaint)
        .join(ComplaintKey, ComplaintKey.complaint_id == Complaint.id)
        .where(ComplaintKey.unit_id == unit_id, ComplaintKey.purpose == KeyPurpose.CONTENT)
    )


def _with_lines(query: Select[Complaint]) -> Select[Complaint]:
    return query.join(Region, Region.code == Complaint.region_code).options(
        contains_eager(Complaint.region), selectinload(Complaint.clocks)
    )


def _is_going() -> ColumnElement[bool]:
    """What still has to be done: a case that is not over, or one whose clock runs all the same."""
    runs = exists().where(
        ComplaintClock.complaint_id == Complaint.id, ComplaintClock.stopped_at.is_(None)
    )
    return or_(Complaint.state.not_in(OVER), runs)


def _list_over(
    session: Session, unit_id: str, now: datetime, page: int
) -> tuple[tuple[ListedCase, ...], int]:
    over = _held_by(unit_id).where(~_is_going())
    count = session.scalar(select(func.count()).select_from(over.subquery())) or 0
    rows: Sequence[Complaint] = session.scalars(
        _with_lines(over)
        .order_by(Complaint.registered_at.desc(), Complaint.id)
        .limit(CLOSED_ON_A_PAGE)
        .offset((page - 1) * CLOSED_ON_A_PAGE)
    ).all()
    return tuple(_listed(complaint, unit_id, now) for complaint in rows), count


def _listed(complaint: Complaint, unit_id: str, now: datetime) -> ListedCase:
    next_clock = next(iter(running(complaint)), None)
    return ListedCase(
        id=complaint.id,
        number=complaint.locator,
        track=complaint.track,
        state=complaint.state,
        urgent=complaint.urgent,
        place=complaint.region.name,
        registered_at=complaint.registered_at,
        closed_at=complaint.closed_at,
        next_due_on=next_clock.due_on if next_clock else None,
        next_rule=next_clock.rule_id if next_clock else None,
        next_started_on=next_clock.started_on if next_clock else None,
        late=next_clock is not None and is_late(next_clock, now),
        opened=complaint.opened_at is not None,
        own=complaint.responsible_unit_id == unit_id,
        satisfied=complaint.satisfied,
    )


def _by_due(line: ListedCase) -> tuple[date, datetime]:
    return line.next_due_on or date.max, line.registered_at


def _shown(number: int) -> int | None:
    return number if number >= FEWEST_SHOWN else None
