"""What went before 上期名单: the list that a waiting one would replace, or the last of its kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.bulk.standingout import Totals
from disclosure.catalogue import kind_of
from disclosure.lifecycle import SubmissionState
from disclosure.models import IS_CURRENT, Notice, NoticeVersion, Submission
from portal.data.regions import Region
from portal.kernel.period import Period, PeriodKind, parse_period


@dataclass(frozen=True)
class Earlier:
    """An approved list: its period, what it adds up to, its villages by code."""

    submission_id: str
    period: str
    totals: Totals
    villages: Mapping[str, str]


@dataclass(frozen=True)
class _Approved:
    """What is needed of an approved list to find the one that went before another."""

    submission_id: str
    region_code: str
    kind: str
    period: Period
    totals: Totals


def find_earlier(session: Session, waiting: Sequence[Submission]) -> dict[str, Earlier]:
    """Return for each waiting list, by its id, the one before it; a first list has none.

    A list that replaces is held against the one that is in force; any other against the last one
    of the same kind, place and length of time before it. New applications, whose period is that
    of their posting, follow on nothing.
    """
    approved = _list_approved(session, waiting)
    in_force = _list_in_force(session, approved)
    chosen: dict[str, _Approved] = {}
    for submission in waiting:
        found = _before(submission, approved, in_force)
        if found is not None:
            chosen[submission.id] = found
    figures = village_figures(session, {one.submission_id for one in chosen.values()})
    return {
        key: _earlier(one, figures.get(one.submission_id, ()), one.submission_id in in_force)
        for key, one in chosen.items()
    }


def _list_approved(session: Session, waiting: Sequence[Submission]) -> list[_Approved]:
    """Return the approved lists of the same places and kinds, the newest decision first."""
    query = (
        select(
            *(Submission.id, Submission.region_code, Submission.kind, Submission.period),
            *(Submission.households, Submission.persons, Submission.amount_fen),
        )
        .where(
            Submission.state == SubmissionState.APPROVED,
            Submission.region_code.in_({one.region_code for one in waiting}),
            Submission.kind.in_({one.kind for one in waiting}),
        )
        .order_by(Submission.decided_at.desc(), Submission.id)
    )
    return [
        _Approved(key, region, kind, parse_period(period), Totals(*totals))
        for key, region, kind, period, *totals in session.execute(query)
    ]


def _list_in_force(session: Session, approved: Iterable[_Approved]) -> set[str]:
    """Return those of the approved lists of which a notice is neither replaced nor withdrawn."""
    ids = [one.submission_id for one in approved if kind_of(one.kind, session).replaces]
    query = select(Notice.submission_id).where(
        Notice.submission_id.in_(ids),
        Notice.published_at.is_not(None),
        Notice.replaced_at.is_(None),
        Notice.withdrawn_at.is_(None),
    )
    return set(session.scalars(query.distinct()))


def _before(
    submission: Submission, approved: Sequence[_Approved], in_force: set[str]
) -> _Approved | None:
    period = parse_period(submission.period)
    if period.kind is PeriodKind.DAYS:
        return None
    same = [
        one
        for one in approved
        if (one.region_code, one.kind) == (submission.region_code, submission.kind)
    ]
    standing = [one for one in same if one.submission_id in in_force]
    if standing:
        return standing[0]
    # A month is not held against a quarter.
    before = [
        one
        for one in same
        if one.period.kind is period.kind and one.period.first_on < period.first_on
    ]
    return max(before, key=lambda one: one.period.first_on, default=None)


@dataclass(frozen=True)
class VillageFigures:
    """What one village's notice of a list adds up to, and whether it is still in force."""

    code: str
    name: str
    totals: Totals
    withdrawn: bool
    replaced: bool


def village_figures(
    session: Session, submission_ids: Iterable[str]
) -> dict[str, tuple[VillageFigures, ...]]:
    """Return the villages of each list, by the list's id."""
    query = (
        select(
            *(Notice.submission_id, Notice.region_code, Region.name),
            *(NoticeVersion.households, NoticeVersion.persons, NoticeVersion.amount_fen),
            *(Notice.withdrawn_at, Notice.replaced_at),
        )
        .join(NoticeVersion, IS_CURRENT)
        .join(Region, Region.code == Notice.region_code)
        .where(Notice.submission_id.in_(set(submission_ids)))
        .order_by(Notice.submission_id, Notice.region_code)
    )
    found: dict[str, list[VillageFigures]] = {}
    for key, code, name, households, persons, amount, withdrawn, replaced in session.execute(query):
        figures = VillageFigures(
            code,
            name,
            Totals(households, persons, amount),
            withdrawn is not None,
            replaced is not None,
        )
        found.setdefault(key, []).append(figures)
    return {key: tuple(villages) for key, villages in found.items()}


def _earlier(approved: _Approved, figures: Sequence[VillageFigures], in_force: bool) -> Earlier:
    held = [one for one in figures if not one.withdrawn and not (in_force and one.replaced)]
    # Totals of a few households are forgotten with their rows; then the file's own stand in.
    forgotten = len(held) == len(figures) and any(one.totals.households == 0 for one in held)
    totals = approved.totals if forgotten or not held else _sum(one.totals for one in held)
    return Earlier(
        approved.submission_id,
        approved.period.text,
        totals,
        {one.code: one.name for one in held},
    )


def _sum(each: Iterable[Totals]) -> Totals:
    totals = list(each)
    return Totals(
        sum(one.households for one in totals),
        sum(one.persons for one in totals),
        sum(one.amount_fen for one in totals),
    )
