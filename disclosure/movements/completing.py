"""Completing 原因补录: the clerk chooses reasons; nothing is published while one is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from disclosure.catalogue import CHANGES
from disclosure.models import Notice
from disclosure.movements.comparing import Alteration, Change, ExitStep, HouseholdChange
from disclosure.movements.models import ChangeSet, ListChange, Outcome
from disclosure.movements.publishing import find_draft, send_back_drafts
from disclosure.movements.reasons import NEED_A_REASON, REASONS, Reason, get_choice
from disclosure.movements.stored import household_change, list_rows_of, month_of
from portal.data.accounts import Actor, audit
from portal.data.regions import code_prefix
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class RecordedChange:
    """A change as pages read it; every name is masked.

    ``other_village`` is where a household moved to or came from in another township.
    """

    n: int
    change: Change
    household: HouseholdChange
    alterations: tuple[Alteration, ...]
    exit_step: ExitStep | None
    reason: Reason | None
    other_village: str | None

    @property
    def needs_reason(self) -> bool:
        """Tell whether somebody must still choose a reason."""
        return self.change in NEED_A_REASON and self.reason is None


def list_change_sets(
    session: Session, area: str, programme: str, later_period: str
) -> Sequence[ChangeSet]:
    """Return what was derived for the townships of an area and one period, by place."""
    query = (
        select(ChangeSet)
        .where(
            ChangeSet.region_code.startswith(code_prefix(area)),
            ChangeSet.programme == programme,
            ChangeSet.later_period == later_period,
        )
        .order_by(ChangeSet.region_code, ChangeSet.derived_at, ChangeSet.id)
    )
    return session.scalars(query).all()


def list_changes(session: Session, change_set: ChangeSet) -> tuple[RecordedChange, ...]:
    """Return a set's changes in their order; none once they are forgotten."""
    month, key_id = month_of(change_set), change_set.key_id or ""
    return tuple(_recorded(row, key_id, month) for row in list_rows_of(session, change_set.id))


def _recorded(row: ListChange, key_id: str, month: str) -> RecordedChange:
    household = household_change(row, key_id)
    return RecordedChange(
        n=row.n,
        change=row.change,
        household=household,
        alterations=household.alterations,
        # Whoever moved to another township ended nothing.
        exit_step=None if row.other_set_id else household.exit_step(month),
        reason=REASONS[row.reason] if row.reason else None,
        other_village=row.other_village,
    )


def get_change_set(session: Session, actor: Actor, set_id: str) -> ChangeSet:
    """Return a set of the actor's area, locked for the transaction; raises NotFound."""
    found = session.get(ChangeSet, set_id, with_for_update=True)
    if found is None or not actor.covers(found.region_code):
        raise NotFound(N_("There are no additions and removals of that name in your area."))
    return found


def give_reasons(
    session: Session, actor: Actor, set_id: str, chosen: Mapping[int, str], *, now: datetime
) -> None:
    """Set the reasons that the clerk chose 补录原因: the row's number → the code, "" for none yet.

    Raises Refused for a code that is not to be chosen there, Conflict once its notice is drafted.
    """
    actor.require(Permission.UPLOAD_LIST)
    change_set = get_change_set(session, actor, set_id)
    check_open(session, change_set)
    rows = {row.n: row for row in list_rows_of(session, set_id)}
    for n, code in chosen.items():
        row = rows.get(n)
        if row is None or row.change not in NEED_A_REASON or _is_by_itself(row):
            raise Refused(N_("Row %(n)s needs no reason from you."), field="reason", n=n)
        row.reason = get_choice(code, row.change, change_set.programme).code if code else None
    audit(
        session,
        actor,
        "changes-reasons",
        f"changes:{set_id}",
        now=now,
        reasons={str(n): code for n, code in sorted(chosen.items())},
    )


def check_open(session: Session, change_set: ChangeSet) -> None:
    """Raise Conflict where a set's reasons can be changed no more."""
    if change_set.published_at is not None or change_set.forgotten_at is not None:
        raise Conflict(N_("These additions and removals are published; nothing can be changed."))
    if find_draft(session, change_set) is not None:
        raise Conflict(
            N_(
                "The notice of these additions and removals is drafted already. Discard the draft, "
                "or have it returned, to change a reason."
            )
        )


def _is_by_itself(row: ListChange) -> bool:
    return row.reason is not None and REASONS[row.reason].by_itself


def count_missing_reasons(session: Session, set_id: str) -> int:
    """Return how many reasons somebody must still choose."""
    return session.scalars(
        select(func.count())
        .select_from(ListChange)
        .where(
            ListChange.set_id == set_id,
            ListChange.change.in_(NEED_A_REASON),
            ListChange.reason.is_(None),
        )
    ).one()


def check_complete(session: Session, change_set: ChangeSet) -> None:
    """Raise Refused unless everything is there that a notice 增减公示 says."""
    if change_set.outcome is Outcome.NOTHING_BEFORE:
        raise Refused(N_("There is no list before this one to compare it with."))
    if change_set.outcome is Outcome.DIFFERENT_KEYS:
        raise Refused(
            N_(
                "The key of this installation was changed between the two lists, so they cannot "
                "be compared. The next list can be."
            )
        )
    if change_set.forgotten_at is not None:
        raise Refused(N_("The time of these additions and removals is over."))
    if missing := count_missing_reasons(session, change_set.id):
        raise Refused(
            N_("%(count)s reasons are missing. Choose one for each addition and removal."),
            count=missing,
        )


def forget_changes(session: Session, *, now: datetime) -> int:
    """Forget the rows of changes whose time is over 到期删除; return how many rows those were.

    Their own notice has ended, or nobody ever published one.
    """
    due = session.scalars(
        select(ChangeSet).where(
            ChangeSet.forgotten_at.is_(None),
            or_(
                ChangeSet.ended_at <= now,
                and_(ChangeSet.published_at.is_(None), ChangeSet.keep_until < local_date(now)),
            ),
        )
    ).all()
    count = 0
    for one in due:
        one.forgotten_at, one.doubled = now, []
        count += _delete(session, ListChange.set_id == one.id)
    return count


def drop_changes_of(session: Session, notice_ids: Iterable[str], *, now: datetime) -> int:
    """Forget every change that withdrawn notices 撤下 tell, or show a row of.

    What was drafted from such changes, and is not published, goes back.
    """
    ids = list(notice_ids)
    ends = (ListChange.before, ListChange.after)
    shows = or_(*(row["notice_id"].as_string().in_(ids) for row in ends))
    touched = set(session.scalars(select(ListChange.set_id).where(shows)))
    send_back_drafts(session, touched, now=now)
    own = (
        select(ChangeSet.id, Notice.region_code)
        .join(Notice, Notice.submission_id == ChangeSet.drafted_id)
        .where(Notice.id.in_(ids), Notice.kind == CHANGES)
    )
    told = [
        and_(
            ListChange.set_id == set_id,
            or_(*(row["village"].as_string() == village for row in ends)),
        )
        for set_id, village in session.execute(own)
    ]
    return _delete(session, or_(shows, *told))


def _delete(session: Session, which: ColumnElement[bool]) -> int:
    keys = session.execute(select(ListChange.set_id, ListChange.n).where(which)).all()
    session.execute(
        delete(ListChange).where(which), execution_options={"synchronize_session": False}
    )
    return len(keys)
