"""What the desk reads of additions and removals 增减情况: frozen values of the actor's own area."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, Submission
from disclosure.movements.comparing import Change, Side
from disclosure.movements.completing import RecordedChange, list_changes
from disclosure.movements.models import ChangeSet, ListChange, Outcome
from disclosure.movements.publishing import OPEN
from disclosure.movements.reasons import NEED_A_REASON, Reason, list_choices
from disclosure.movements.words import SHOWN
from portal.data.accounts import Actor
from portal.data.regions import Region, code_prefix
from portal.kernel.clock import local_date
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission

DUE_DAY = 10  # of the next month; rules/deadlines.md, "monthly-changes": the day is a default
MOST_LINES = 200


@dataclass(frozen=True)
class ChangeSetLine:
    """A township's additions and removals in the desk's list.

    ``drafted`` is the state of the notice that was drafted from it, None while there is none.
    """

    id: str
    township: str
    programme: str
    earlier_period: str | None
    period: str
    outcome: Outcome
    added: int
    removed: int
    moved: int
    missing: int
    due_on: date
    is_late: bool
    drafted: SubmissionState | None
    drafted_id: str | None
    is_published: bool
    is_forgotten: bool

    @property
    def tells_nothing(self) -> bool:
        """Whether nobody came, left or moved."""
        return not (self.added or self.removed or self.moved)

    @property
    def is_open(self) -> bool:
        """Whether reasons can be chosen and a notice drafted."""
        return (
            self.outcome is Outcome.COMPARED
            and self.drafted is None
            and not (self.is_published or self.is_forgotten)
        )


@dataclass(frozen=True)
class ChangeRow:
    """A household that came, left or moved; its name is masked as the village's board shows it."""

    n: int
    change: Change
    village: str
    group: str
    name: str
    persons: int | None
    class_: str
    amount_fen: int
    exit_month: str | None
    reason: Reason | None
    is_to_be_chosen: bool


@dataclass(frozen=True)
class DoubledRows:
    """A household that stands on one of the two lists more than once 重复在册."""

    side: Side
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ChangeSetView:
    """A set with its rows, by what became of the households, and what may be chosen for each."""

    line: ChangeSetLine
    rows: Mapping[Change, tuple[ChangeRow, ...]]
    choices: Mapping[Change, tuple[Reason, ...]]
    not_compared: Mapping[Side, tuple[str, ...]]
    doubled: tuple[DoubledRows, ...]
    altered: int
    may_complete: bool


def due_on(later_period: str) -> date:
    """Return the day by which a month's additions and removals are to be published."""
    last_on = parse_period(later_period).last_on
    if last_on.month == 12:
        return date(last_on.year + 1, 1, DUE_DAY)
    return date(last_on.year, last_on.month + 1, DUE_DAY)


def list_change_lines(session: Session, actor: Actor, *, now: datetime) -> Sequence[ChangeSetLine]:
    """Return the newest sets of the actor's area, those that are to be published first."""
    actor.require(Permission.VIEW_LISTS)
    is_done = case(
        (ChangeSet.published_at.is_not(None), 1), (ChangeSet.forgotten_at.is_not(None), 1), else_=0
    )
    query = (
        _lines()
        .order_by(is_done, ChangeSet.later_period.desc(), ChangeSet.region_code, ChangeSet.id)
        .limit(MOST_LINES)
    )
    if actor.region_code is not None:
        query = query.where(ChangeSet.region_code.startswith(code_prefix(actor.region_code)))
    found = session.execute(query).all()
    counts = _count(session, [change_set.id for change_set, *_ in found])
    return [
        _line(change_set, township, state, counts.get(change_set.id, {}), now)
        for change_set, township, state in found
    ]


def view_change_set(session: Session, actor: Actor, set_id: str, *, now: datetime) -> ChangeSetView:
    """Return a set of the actor's area; raises NotFound."""
    actor.require(Permission.VIEW_LISTS)
    found = session.execute(_lines().where(ChangeSet.id == set_id)).one_or_none()
    if found is None or not actor.covers(found[0].region_code):
        raise NotFound(N_("There are no additions and removals of that name in your area."))
    change_set, township, state = found
    counts = _count(session, [set_id]).get(set_id, {})
    line = _line(change_set, township, state, counts, now)
    changes = list_changes(session, change_set)
    names = _village_names(session, change_set, changes)
    rows = {
        change: tuple(_row(one, names) for one in changes if one.change is change)
        for change in SHOWN
    }
    return ChangeSetView(
        line=line,
        rows=rows,
        choices={change: list_choices(change, change_set.programme) for change in NEED_A_REASON},
        not_compared={
            side: tuple(names.get(code, code) for code in change_set.not_compared[side.value])
            for side in Side
        },
        doubled=_doubled(session, change_set),
        altered=sum(one.change is Change.KEPT and bool(one.alterations) for one in changes),
        may_complete=line.is_open and actor.may(Permission.UPLOAD_LIST),
    )


def _lines() -> Select[ChangeSet, str, SubmissionState | None]:
    drafted = and_(Submission.id == ChangeSet.drafted_id, Submission.state.in_(OPEN))
    return (
        select(ChangeSet, Region.name, Submission.state)
        .join(Region, Region.code == ChangeSet.region_code)
        .outerjoin(Submission, drafted)
    )


def _count(session: Session, set_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each set how many rows there are of each change, and how many lack a reason."""
    lacks = and_(ListChange.reason.is_(None), ListChange.change.in_(NEED_A_REASON))
    query = (
        select(
            ListChange.set_id,
            ListChange.change,
            func.count(),
            func.sum(case((lacks, 1), else_=0)),
        )
        .where(ListChange.set_id.in_(set_ids))
        .group_by(ListChange.set_id, ListChange.change)
    )
    counts: dict[str, dict[str, int]] = {}
    for set_id, change, rows, missing in session.execute(query):
        of_set = counts.setdefault(set_id, {"missing": 0})
        of_set[change.value] = rows
        of_set["missing"] += int(missing)
    return counts


def _line(
    change_set: ChangeSet,
    township: str,
    state: SubmissionState | None,
    counts: Mapping[str, int],
    now: datetime,
) -> ChangeSetLine:
    due = due_on(change_set.later_period)
    line = ChangeSetLine(
        id=change_set.id,
        township=township,
        programme=change_set.programme,
        earlier_period=change_set.earlier_period,
        period=change_set.later_period,
        outcome=change_set.outcome,
        added=counts.get(Change.ADDED.value, 0),
        removed=counts.get(Change.REMOVED.value, 0),
        moved=counts.get(Change.MOVED.value, 0),
        missing=counts.get("missing", 0),
        due_on=due,
        is_late=False,
        drafted=state,
        drafted_id=change_set.drafted_id if state else None,
        is_published=change_set.published_at is not None,
        is_forgotten=change_set.forgotten_at is not None,
    )
    open_still = line.outcome is Outcome.COMPARED and not (line.is_published or line.is_forgotten)
    return replace(line, is_late=open_still and not line.tells_nothing and due < local_date(now))


def _row(one: RecordedChange, names: Mapping[str, str]) -> ChangeRow:
    listed = one.household.listed
    return ChangeRow(
        n=one.n,
        change=one.change,
        village=names.get(listed.village, listed.village),
        group=listed.group,
        name=listed.name_board or listed.name,
        persons=listed.persons,
        class_=listed.class_,
        amount_fen=listed.amount_fen,
        exit_month=listed.exit_month,
        reason=one.reason,
        is_to_be_chosen=one.change in NEED_A_REASON
        and not (one.reason is not None and one.reason.by_itself),
    )


def _village_names(
    session: Session, change_set: ChangeSet, changes: Iterable[RecordedChange]
) -> dict[str, str]:
    codes = {one.household.listed.village for one in changes}
    codes.update(*change_set.not_compared.values())
    query = select(Region.code, Region.name).where(Region.code.in_(codes))
    return dict(session.execute(query).all())


def _doubled(session: Session, change_set: ChangeSet) -> tuple[DoubledRows, ...]:
    ids = {notice_id for one in change_set.doubled for notice_id, _ in one["rows"]}
    query = (
        select(Notice.id, Region.name)
        .join(Region, Region.code == Notice.region_code)
        .where(Notice.id.in_(ids))
    )
    names: dict[str, str] = dict(session.execute(query).all())
    return tuple(
        DoubledRows(
            Side(one["side"]),
            tuple((names.get(notice_id, ""), n) for notice_id, n in one["rows"]),
        )
        for one in change_set.doubled
    )
