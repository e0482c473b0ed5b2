"""The notice of additions and removals 增减公示 on its way: its draft, its publication, its end.

A notice is drafted from a set of changes and goes the ordinary way. Where the set changes before it
is published, because a list is corrected or withdrawn or a neighbour's list shows a move, what was
drafted is not true any more: it goes back, and is drafted anew from the new set.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.importing import forget_draft
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from disclosure.movements.models import ChangeSet
from disclosure.reviewing import mark_overtaken
from portal.data.accounts import OPERATOR, audit
from portal.kernel.clock import end_of_day
from portal.kernel.errors import Conflict
from portal.kernel.language import N_

OPEN = (SubmissionState.DRAFT, SubmissionState.SUBMITTED, SubmissionState.APPROVED)
HAS_TO_BE_DRAFTED_ANEW = N_(
    "The lists that these additions and removals were derived from have changed since. Return "
    "this draft; the clerk drafts it anew."
)
DERIVED_ANEW = N_(
    "A list has changed since this was drafted, and who came and went was derived anew. Draft the "
    "notice again."
)


def find_draft(session: Session, change_set: ChangeSet) -> Submission | None:
    """Return what was drafted from a set 增减公示稿 and neither returned nor discarded, or None."""
    if change_set.drafted_id is None:
        return None
    drafted = session.get(Submission, change_set.drafted_id)
    return drafted if drafted is not None and drafted.state in OPEN else None


def send_back_drafts(session: Session, set_ids: Collection[str], *, now: datetime) -> None:
    """Send back what was drafted from these sets and is not published 退回重拟: they have changed.

    What somebody is approving at this very moment is left to ``mark_published``, which refuses it.
    """
    changed = session.scalars(
        select(ChangeSet).where(
            ChangeSet.id.in_(set_ids),
            ChangeSet.drafted_id.is_not(None),
            ChangeSet.published_at.is_(None),
        )
    ).all()
    drafted = [one.drafted_id for one in changed]
    for one in changed:
        one.drafted_id = None
    waiting = session.scalars(
        select(Submission)
        .where(
            Submission.id.in_(drafted),
            Submission.state.in_([SubmissionState.DRAFT, SubmissionState.SUBMITTED]),
        )
        # An approval holds this row and waits for the log, which we hold.
        .with_for_update(skip_locked=True)
    ).all()
    for submission in waiting:
        mark_overtaken(submission, DERIVED_ANEW, now=now)
        forget_draft(session, submission)
        audit(session, OPERATOR, "changes-derived-anew", f"submission:{submission.id}", now=now)


def mark_published(
    session: Session, submission: Submission, posted_to: date | None, *, now: datetime
) -> None:
    """Note that a set's notice is published, and until when it hangs.

    Raises Conflict where the set has changed since the notice was drafted.
    """
    change_set = session.scalars(
        select(ChangeSet).where(ChangeSet.drafted_id == submission.id).with_for_update()
    ).one_or_none()
    if change_set is None or change_set.forgotten_at is not None:
        raise Conflict(HAS_TO_BE_DRAFTED_ANEW)
    change_set.published_at = now
    change_set.ended_at = None if posted_to is None else end_of_day(posted_to)
