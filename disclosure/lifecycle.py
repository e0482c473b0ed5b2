"""The life of a notice 公示的生命周期: its state at an instant, computed, never stored.

    draft 拟稿 ─► submitted 待审 ─► approved 已审 ─► posted 公示中 ─┬─► ended 期满 ─► concluded 办结
                                                            ├─► replaced 更替  (standing lists)
                                                            └─► withdrawn 撤下 (from approval on)

A notice on display may be corrected 更正: then it has a further version and is in the same state.

Source: time limits as data (rules/deadlines.md, "Disclosure"): a posting window counts both printed
dates and never rolls over rest days; it starts at the later of the printed date and the publication
and never ends before its full length.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from portal.kernel.clock import end_of_day, local_date, start_of_day


class SubmissionState(StrEnum):
    """Where a township's file 报送名单 stands on its way to publication."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    DISCARDED = "discarded"


class NoticeState(StrEnum):
    """What state a notice 公示 is in."""

    DRAFT = "draft"  # 拟稿
    SUBMITTED = "submitted"  # 待审
    APPROVED = "approved"  # 已审，待公示
    POSTED = "posted"  # 公示中
    ENDED = "ended"  # 期满, while an objection to a row is still looked into
    CONCLUDED = "concluded"  # 办结
    REPLACED = "replaced"  # 已更替
    WITHDRAWN = "withdrawn"  # 已撤下


NEXT: Mapping[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFT: frozenset({NoticeState.SUBMITTED}),
    NoticeState.SUBMITTED: frozenset({NoticeState.APPROVED, NoticeState.POSTED}),
    NoticeState.APPROVED: frozenset({NoticeState.POSTED}),
    NoticeState.POSTED: frozenset(
        {
            *(NoticeState.ENDED, NoticeState.CONCLUDED),
            *(NoticeState.REPLACED, NoticeState.WITHDRAWN),
        }
    ),
    NoticeState.ENDED: frozenset({NoticeState.CONCLUDED}),
    NoticeState.CONCLUDED: frozenset(),
    NoticeState.REPLACED: frozenset(),
    NoticeState.WITHDRAWN: frozenset(),
}
"""Which state can follow on which. A file that is returned or discarded takes its notices along."""

VISIBLE = frozenset({NoticeState.POSTED})
"""In which states residents see the rows."""

OVER = frozenset(
    {NoticeState.ENDED, NoticeState.CONCLUDED, NoticeState.REPLACED, NoticeState.WITHDRAWN}
)
"""In which states the rows are gone for good, and a note stands in their place."""

PUBLIC = VISIBLE | OVER
"""In which states residents find anything at all."""


class SubmissionAction(StrEnum):
    """What may be done to a township's file."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    DISCARD = "discard"
    RECALL = "recall"  # 撤回: approved, and not posted yet
    OVERTAKE = "overtake"  # 退回重拟: what it was made from is another now


TRANSITIONS: dict[tuple[SubmissionState, SubmissionAction], SubmissionState] = {
    (SubmissionState.DRAFT, SubmissionAction.SUBMIT): SubmissionState.SUBMITTED,
    (SubmissionState.DRAFT, SubmissionAction.DISCARD): SubmissionState.DISCARDED,
    (SubmissionState.SUBMITTED, SubmissionAction.APPROVE): SubmissionState.APPROVED,
    (SubmissionState.SUBMITTED, SubmissionAction.RETURN): SubmissionState.RETURNED,
    (SubmissionState.APPROVED, SubmissionAction.RECALL): SubmissionState.RETURNED,
    (SubmissionState.DRAFT, SubmissionAction.OVERTAKE): SubmissionState.RETURNED,
    (SubmissionState.SUBMITTED, SubmissionAction.OVERTAKE): SubmissionState.RETURNED,
}


def after(state: SubmissionState, action: SubmissionAction) -> SubmissionState | None:
    """Return the state that ``action`` leads to, or None where it is not possible.

    What is posted cannot be recalled; whoever recalls looks at that.
    """
    return TRANSITIONS.get((state, action))


@dataclass(frozen=True)
class Facts:
    """The instants and dates from which a notice's state follows.

    ``rows_held`` counts the rows of which an objection is still looked into 有异议，正在核查.
    """

    published_at: datetime | None
    posted_from: date | None
    posted_to: date | None
    replaced_at: datetime | None
    withdrawn_at: datetime | None
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    rows_held: int = 0


def state_at(facts: Facts, now: datetime) -> NoticeState:
    """Return the notice's state at ``now``, whether or not anything ever swept."""
    if _is_past(facts.withdrawn_at, now):
        return NoticeState.WITHDRAWN
    if not _is_past(facts.published_at, now):
        return _before_posting(facts, now)
    if _is_past(facts.replaced_at, now):
        return NoticeState.REPLACED
    if facts.posted_to is not None and end_of_day(facts.posted_to) <= now:
        return NoticeState.ENDED if facts.rows_held else NoticeState.CONCLUDED
    if facts.posted_from is not None and start_of_day(facts.posted_from) > now:
        return NoticeState.APPROVED
    return NoticeState.POSTED


def _before_posting(facts: Facts, now: datetime) -> NoticeState:
    if _is_past(facts.approved_at, now):
        return NoticeState.APPROVED
    return NoticeState.SUBMITTED if _is_past(facts.submitted_at, now) else NoticeState.DRAFT


def _is_past(instant: datetime | None, now: datetime) -> bool:
    return instant is not None and instant <= now


def next_change_at(facts: Facts, now: datetime) -> datetime | None:
    """Return the next instant at which the clock alone changes the state, or None."""
    instants = [facts.submitted_at, facts.approved_at, facts.published_at]
    instants += [facts.replaced_at, facts.withdrawn_at]
    if facts.posted_from is not None:
        instants.append(start_of_day(facts.posted_from))
    if facts.posted_to is not None:
        instants.append(end_of_day(facts.posted_to))
    return min(
        (instant for instant in instants if instant is not None and instant > now), default=None
    )


def posting_begins_at(first: date | None, wished: date | None, now: datetime) -> datetime | None:
    """Return when something approved ``now`` is to be posted 定时公示, None for at once.

    ``first`` is the first day printed on a notice, ``wished`` the day that the approver chose; the
    later of them counts.
    """
    days = [day for day in (first, wished) if day is not None and day > local_date(now)]
    return start_of_day(max(days)) if days else None


def posting_window(
    first: date | None, last: date | None, *, days: int | None, published_at: datetime
) -> tuple[date, date | None]:
    """Return the days from and to which a notice hangs, both counted.

    ``first`` and ``last`` are the printed dates; ``days`` the rule's length where none are printed;
    both None for a list that stands until it is replaced. A late approval moves the end, so that
    the window keeps its full length (a notice of 16–22 November approved on the 18th stays until
    the 24th).
    """
    today = local_date(published_at)
    begin = today if first is None else max(first, today)
    if first is not None and last is not None:
        return begin, begin + (last - first)
    if days is None:
        return begin, None
    return begin, begin + timedelta(days=days - 1)


def ended_at(facts: Facts) -> datetime | None:
    """Return the instant at which the notice ends or ended, or None while none is set."""
    ends = [facts.withdrawn_at, facts.replaced_at]
    if facts.posted_to is not None:
        ends.append(end_of_day(facts.posted_to))
    return min((end for end in ends if end is not None), default=None)
