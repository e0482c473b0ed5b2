"""Recording 增减登记: what changed is derived and kept while a list replaces another.

It happens in the transaction that publishes the new list, before the rows of the old one go. Who
leaves one township's list and appears on another's of the same month has moved, whichever of the
two is approved first: each township's change then names the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import Table, and_, delete, insert, or_, select
from sqlalchemy.orm import Session, aliased

from disclosure.catalogue import kind_of
from disclosure.models import IS_CURRENT, Notice, NoticeVersion, Submission
from disclosure.movements.comparing import (
    EVERYTHING_THERE,
    Change,
    DifferentKeys,
    Doubled,
    HouseholdChange,
    Uncompared,
    compose,
)
from disclosure.movements.deriving import Lists, compare_lists, list_listed
from disclosure.movements.models import ChangeSet, ListChange, Outcome
from disclosure.movements.publishing import send_back_drafts
from disclosure.movements.reasons import MOVED_VILLAGE, reason_by_itself
from disclosure.movements.stored import household_change, list_rows_of, month_of, stored
from portal.data.ids import new_id
from portal.kernel.clock import local_date

# Changes that nobody publishes are forgotten after a quarter; no article says when.
KEEP_UNPUBLISHED_DAYS = 92
_ENDS = (Change.ADDED, Change.REMOVED)


@dataclass(frozen=True)
class _Derived:
    """What is known of a list and the one before it."""

    outcome: Outcome
    earlier_period: str | None = None
    changes: tuple[HouseholdChange, ...] = ()
    doubled: tuple[Doubled, ...] = ()
    uncompared: Uncompared = EVERYTHING_THERE
    key_id: str | None = None


def record_changes(
    session: Session, submission: Submission, replaced: Collection[str], *, now: datetime
) -> ChangeSet | None:
    """Derive and keep what changes when ``submission`` replaces the files ``replaced`` (ids).

    A file that replaces another of the same month counts from the month before, as long as nothing
    of the first is published: a corrected file is no reason to come or go. What was drafted from
    changes that are others now goes back. Returns None for a list that is published in figures
    only: of that nobody can say who came.
    """
    in_figures = _list_in_figures(session, {submission.id, *replaced})
    if submission.id in in_figures:
        return None
    replaced = set(replaced) - in_figures
    derived = _derive(session, submission, replaced)
    reasons: dict[tuple[str, Change], str | None] = {}
    first = _find_open_set(session, submission, replaced)
    if first is not None:
        rows = list_rows_of(session, first.id)
        reasons = {(row.household_digest, row.change): row.reason for row in rows}
        derived = _since_before(session, submission, first, rows, derived)
        _drop(session, first, now)
    made = _store(session, submission, derived, reasons, now)
    _pair(session, made, now)
    return made


def _list_in_figures(session: Session, files: Collection[str]) -> set[str]:
    """Return those of ``files`` that are published in figures only."""
    query = (
        select(Notice.submission_id)
        .join(NoticeVersion, IS_CURRENT)
        .where(
            Notice.submission_id.in_(files),
            NoticeVersion.content["figures"].as_string().is_not(None),
        )
    )
    return set(session.scalars(query))


def _derive(session: Session, submission: Submission, replaced: Collection[str]) -> _Derived:
    if not replaced:
        return _Derived(Outcome.NOTHING_BEFORE)
    period = session.scalars(
        select(Submission.period)
        .where(Submission.id.in_(replaced))
        .order_by(Submission.decided_at.desc(), Submission.id)
        .limit(1)
    ).one()
    here = submission.region_code
    try:
        found = compare_lists(
            session, Lists(dict.fromkeys(sorted(replaced), here), {submission.id: here})
        )
    except DifferentKeys:
        return _Derived(Outcome.DIFFERENT_KEYS, period)
    return _Derived(
        Outcome.COMPARED, period, found.changes, found.doubled, found.uncompared, found.key_id
    )


def _find_open_set(
    session: Session, submission: Submission, replaced: Collection[str]
) -> ChangeSet | None:
    """Return what was derived for a file of the same month, and can still be derived anew."""
    return session.scalars(
        select(ChangeSet)
        .where(
            ChangeSet.submission_id.in_(replaced),
            ChangeSet.later_period == submission.period,
            ChangeSet.published_at.is_(None),
            ChangeSet.forgotten_at.is_(None),
        )
        .order_by(ChangeSet.derived_at.desc(), ChangeSet.id)
        .limit(1)
    ).first()


def _since_before(
    session: Session,
    submission: Submission,
    first: ChangeSet,
    rows: Sequence[ListChange],
    second: _Derived,
) -> _Derived:
    """Return what changed since the list that ``first`` was counted from."""
    if first.outcome is not Outcome.COMPARED:
        return _Derived(first.outcome, first.earlier_period)
    if second.outcome is not Outcome.COMPARED:
        return replace(second, earlier_period=first.earlier_period)
    uncompared = second.uncompared.with_those_of(
        Uncompared(*(frozenset(first.not_compared[side]) for side in ("earlier", "later")))
    )
    key_id = first.key_id or ""
    listed = list_listed(session, [submission.id], [row.household_digest for row in rows])
    changes = compose(
        [household_change(row, key_id) for row in rows], second.changes, listed, uncompared
    )
    return replace(
        second,
        earlier_period=first.earlier_period,
        changes=changes,
        uncompared=uncompared,
        key_id=second.key_id or first.key_id,
    )


def _drop(session: Session, dropped: ChangeSet, now: datetime) -> None:
    """Delete a set that is derived anew; what it was paired with stands open again."""
    paired = session.scalars(select(ListChange).where(ListChange.other_set_id == dropped.id)).all()
    send_back_drafts(session, {dropped.id, *(row.set_id for row in paired)}, now=now)
    for row in paired:
        there = session.get_one(ChangeSet, row.set_id)
        change = household_change(row, there.key_id or "")
        reason = reason_by_itself(change, month_of(there))
        row.change, row.reason = change.change, reason.code if reason else None
        row.other_set_id = row.other_village = None
    session.flush()
    session.execute(delete(ListChange).where(ListChange.set_id == dropped.id))
    session.execute(delete(ChangeSet).where(ChangeSet.id == dropped.id))


def _store(
    session: Session,
    submission: Submission,
    derived: _Derived,
    reasons: dict[tuple[str, Change], str | None],
    now: datetime,
) -> ChangeSet:
    made = ChangeSet(
        id=new_id(),
        region_code=submission.region_code,
        programme=kind_of(submission.kind, session).programme,
        earlier_period=derived.earlier_period,
        later_period=submission.period,
        submission_id=submission.id,
        outcome=derived.outcome,
        key_id=derived.key_id,
        not_compared={
            "earlier": sorted(derived.uncompared.earlier),
            "later": sorted(derived.uncompared.later),
        },
        doubled=[
            {"side": one.side.value, "rows": [[row.notice_id, row.n] for row in one.rows]}
            for one in derived.doubled
        ],
        derived_at=now,
        keep_until=local_date(now) + timedelta(days=KEEP_UNPUBLISHED_DAYS),
    )
    session.add(made)
    session.flush()
    values = [
        _values(made, n, change, reasons) for n, change in enumerate(derived.changes, start=1)
    ]
    if values:
        session.execute(insert(cast("Table", ListChange.__table__)), values)
    return made


def _values(
    made: ChangeSet,
    n: int,
    change: HouseholdChange,
    reasons: dict[tuple[str, Change], str | None],
) -> dict[str, object]:
    digest = change.listed.digest
    reason = reason_by_itself(change, month_of(made))
    return {
        "set_id": made.id,
        "n": n,
        "change": change.change,
        "household_digest": digest,
        "before": stored(change.before),
        "after": stored(change.after),
        "reason": reason.code if reason else reasons.get((digest, change.change)),
        "other_set_id": None,
        "other_village": None,
    }


def _pair(session: Session, made: ChangeSet, now: datetime) -> None:
    """Make a move of each removal and addition that are one household's, in two townships."""
    mine, other = aliased(ListChange), aliased(ListChange)
    query = (
        select(mine, other)
        .join(other, other.household_digest == mine.household_digest)
        .join(ChangeSet, ChangeSet.id == other.set_id)
        .where(
            mine.set_id == made.id,
            other.set_id != made.id,
            or_(
                and_(mine.change == Change.ADDED, other.change == Change.REMOVED),
                and_(mine.change == Change.REMOVED, other.change == Change.ADDED),
            ),
            ChangeSet.programme == made.programme,
            ChangeSet.later_period == made.later_period,
            ChangeSet.published_at.is_(None),
        )
        .order_by(mine.n, ChangeSet.region_code)
    )
    changed = set()
    for one, its_other in session.execute(query).all():
        if one.change in _ENDS and its_other.change in _ENDS:
            _join(one, its_other)
            _join(its_other, one)
            changed.add(its_other.set_id)
    session.flush()
    send_back_drafts(session, changed, now=now)


def _join(one: ListChange, its_other: ListChange) -> None:
    there = its_other.before or its_other.after or {}
    one.change, one.reason = Change.MOVED, MOVED_VILLAGE.code
    one.other_set_id, one.other_village = its_other.set_id, str(there["village"])
