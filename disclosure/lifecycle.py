"""The life of a notice 公示的生命周期: what state it is in at an instant, computed, never stored.

Source: time limits as data (rules/deadlines.md, "Disclosure"): a posting window counts both printed
dates and never rolls over rest days; it starts at the later of the printed date and the publication
and never ends before its full length.
"""

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

    UNPUBLISHED = "unpublished"
    SCHEDULED = "scheduled"
    POSTED = "posted"
    ENDED = "ended"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class SubmissionAction(StrEnum):
    """What may be done to a township's file."""

    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    DISCARD = "discard"


TRANSITIONS: dict[tuple[SubmissionState, SubmissionAction], SubmissionState] = {
    (SubmissionState.DRAFT, SubmissionAction.SUBMIT): SubmissionState.SUBMITTED,
    (SubmissionState.DRAFT, SubmissionAction.DISCARD): SubmissionState.DISCARDED,
    (SubmissionState.SUBMITTED, SubmissionAction.APPROVE): SubmissionState.APPROVED,
    (SubmissionState.SUBMITTED, SubmissionAction.RETURN): SubmissionState.RETURNED,
}


def after(state: SubmissionState, action: SubmissionAction) -> SubmissionState | None:
    """Return the state that ``action`` leads to, or None where it is not possible."""
    return TRANSITIONS.get((state, action))


@dataclass(frozen=True)
class Facts:
    """The instants and dates from which a notice's state follows."""

    published_at: datetime | None
    posted_from: date | None
    posted_to: date | None
    replaced_at: datetime | None
    withdrawn_at: datetime | None


def state_at(facts: Facts, now: datetime) -> NoticeState:
    """Return the notice's state at ``now``, whether or not anything ever swept."""
    if facts.withdrawn_at is not None and facts.withdrawn_at <= now:
        return NoticeState.WITHDRAWN
    if facts.published_at is None or facts.published_at > now:
        return NoticeState.UNPUBLISHED
    if facts.replaced_at is not None and facts.replaced_at <= now:
        return NoticeState.REPLACED
    if facts.posted_to is not None and end_of_day(facts.posted_to) <= now:
        return NoticeState.ENDED
    if facts.posted_from is not None and start_of_day(facts.posted_from) > now:
        return NoticeState.SCHEDULED
    return NoticeState.POSTED


def next_change_at(facts: Facts, now: datetime) -> datetime | None:
    """Return the next instant at which the clock alone changes the state, or None."""
    instants = [facts.published_at, facts.replaced_at, facts.withdrawn_at]
    if facts.posted_from is not None:
        instants.append(start_of_day(facts.posted_from))
    if facts.posted_to is not None:
        instants.append(end_of_day(facts.posted_to))
    return min(
        (instant for instant in instants if instant is not None and instant > now), default=None
    )


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
