"""Weighing 比对: each waiting list beside the one before it and the others of its county."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.bulk.before import Earlier, find_earlier, village_figures
from disclosure.bulk.standingout import (
    PASSING,
    USUAL,
    Difference,
    Remark,
    Totals,
    Weighed,
    difference,
    weight_of,
    what_stands_out,
)
from disclosure.catalogue import kind_of
from disclosure.intake.problems import Code, Severity
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from disclosure.service import why_not_approve
from portal.data.accounts import Actor, User
from portal.kernel.clock import local_date
from portal.kernel.period import parse_period

SOON_DAYS = 1


@dataclass(frozen=True)
class WaitingLine:
    """One waiting list, as a reviewer has to know it; holds nothing of any person.

    ``urgent_on`` is the first printed day of a notice whose posting begins at once or has begun.
    """

    id: str
    kind: NoticeKind
    region_code: str
    township: str
    period: str
    digest: str
    state: SubmissionState
    totals: Totals
    earlier_period: str
    earlier: Totals | None
    villages_gone: tuple[str, ...]
    villages_new: tuple[str, ...]
    rows_left_out: int
    warnings: tuple[tuple[str, int], ...]
    gate_hits: int
    created_by: str
    submitted_by: str
    submitted_at: datetime | None
    urgent_on: date | None
    remarks: tuple[Remark, ...]
    why_not: str

    @property
    def weight(self) -> int:
        """How heavily what stands out weighs; 0 where nothing does."""
        return weight_of(self.remarks)

    @property
    def differences(self) -> tuple[Difference, Difference, Difference] | None:
        """How households, persons and amount differ from the earlier list's."""
        if self.earlier is None:
            return None
        return (
            difference(self.totals.households, self.earlier.households),
            difference(self.totals.persons, self.earlier.persons),
            difference(self.totals.amount_fen, self.earlier.amount_fen),
        )

    @property
    def may_be_chosen(self) -> bool:
        """Whether this person could decide on it now."""
        return not self.why_not and self.state is SubmissionState.SUBMITTED


def weigh(
    session: Session, actor: Actor, submissions: Sequence[Submission], *, now: datetime
) -> tuple[WaitingLine, ...]:
    """Return each list weighed against the one before it and its neighbours, in their order."""
    earlier = find_earlier(session, submissions)
    villages = {
        key: {one.code: one.name for one in figures}
        for key, figures in village_figures(session, [one.id for one in submissions]).items()
    }
    averages = _averages(session, submissions)
    names = _names(session, submissions)
    lines = []
    for submission in submissions:
        kind, before = kind_of(submission.kind, session), earlier.get(submission.id)
        weighed = _weighed(
            *(submission, kind, before, villages.get(submission.id, {})),
            _neighbours(averages, submission),
        )
        line = _line(
            *(submission, kind, weighed),
            earlier=before,
            names=names,
            why_not=why_not_approve(actor, submission),
            today=local_date(now),
        )
        lines.append(line)
    return tuple(sorted(lines, key=_order))


def _order(line: WaitingLine) -> tuple[object, ...]:
    urgent = line.urgent_on or date.max
    return (urgent, -line.weight, line.region_code, line.kind.id, line.period, line.id)


def _line(
    submission: Submission,
    kind: NoticeKind,
    weighed: Weighed,
    *,
    earlier: Earlier | None,
    names: Mapping[str | None, str],
    why_not: str,
    today: date,
) -> WaitingLine:
    return WaitingLine(
        id=submission.id,
        kind=kind,
        region_code=submission.region_code,
        township=submission.region.name,
        period=submission.period,
        digest=submission.digest,
        state=submission.state,
        totals=weighed.now,
        earlier_period=earlier.period if earlier else "",
        earlier=weighed.before,
        villages_gone=weighed.villages_gone,
        villages_new=weighed.villages_new,
        rows_left_out=weighed.rows_left_out,
        warnings=tuple(sorted(_warnings(submission).items())),
        gate_hits=weighed.gate_hits,
        created_by=names.get(submission.created_by, ""),
        submitted_by=names.get(submission.submitted_by, ""),
        submitted_at=submission.submitted_at,
        urgent_on=_urgent_on(submission, kind, today),
        remarks=what_stands_out(weighed, USUAL if kind.replaces else PASSING),
        why_not=why_not,
    )


def _weighed(
    submission: Submission,
    kind: NoticeKind,
    earlier: Earlier | None,
    villages: Mapping[str, str],
    neighbours: tuple[int, ...],
) -> Weighed:
    gone, new = _villages(earlier, villages)
    warnings = _warnings(submission)
    return Weighed(
        now=Totals(submission.households, submission.persons, submission.amount_fen),
        before=earlier.totals if earlier else None,
        follows=not kind.printed_window,
        complete=kind.replaces,
        villages_gone=gone,
        villages_new=new,
        rows_left_out=submission.rows_bad if submission.leave_out_bad_rows else 0,
        warnings=sum(warnings.values()) - warnings[Code.MINOR.value],
        minors=warnings[Code.MINOR.value],
        gate_hits=len(submission.gate_hits),
        neighbours=neighbours,
    )


def _villages(
    earlier: Earlier | None, villages: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the villages that vanish and of those that appear, by code."""
    if earlier is None:
        return (), ()
    gone = tuple(name for code, name in earlier.villages.items() if code not in villages)
    return gone, tuple(name for code, name in villages.items() if code not in earlier.villages)


def _warnings(submission: Submission) -> Counter[str]:
    return Counter(
        str(problem["code"])
        for problem in submission.problems
        if problem["severity"] == Severity.WARNING
    )


def _urgent_on(submission: Submission, kind: NoticeKind, today: date) -> date | None:
    """Return the first printed day of what should hang tomorrow, today, or already."""
    if not kind.printed_window:
        return None
    first_on = parse_period(submission.period).first_on
    return first_on if (first_on - today).days <= SOON_DAYS else None


_Averages = Mapping[tuple[str, str, str], Mapping[str, int]]


def _averages(session: Session, submissions: Sequence[Submission]) -> _Averages:
    """Return the average a person of each township's list, by county, kind and period."""
    query = (
        select(
            *(Submission.kind, Submission.period, Submission.region_code),
            *(Submission.persons, Submission.amount_fen),
        )
        .where(
            Submission.state.in_([SubmissionState.SUBMITTED, SubmissionState.APPROVED]),
            Submission.kind.in_({one.kind for one in submissions}),
            Submission.period.in_({one.period for one in submissions}),
            Submission.persons > 0,
        )
        .order_by(Submission.submitted_at, Submission.id)
    )
    found: dict[tuple[str, str, str], dict[str, int]] = {}
    for kind, period, code, persons, amount_fen in session.execute(query):
        # Where a township has brought in two, the later one counts.
        found.setdefault((code[:6], kind, period), {})[code] = amount_fen // persons
    return found


def _neighbours(averages: _Averages, submission: Submission) -> tuple[int, ...]:
    key = (submission.region_code[:6], submission.kind, submission.period)
    others = averages.get(key, {})
    return tuple(average for code, average in others.items() if code != submission.region_code)


def _names(session: Session, submissions: Iterable[Submission]) -> dict[str | None, str]:
    ids = {key for one in submissions for key in (one.created_by, one.submitted_by)} - {None}
    query = select(User.id, User.name).where(User.id.in_(ids))
    return {user_id: name for user_id, name in session.execute(query)}  # noqa: C416 - typed keys
