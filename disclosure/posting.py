"""Scheduled posting 定时公示: what was approved ahead of its day is posted when the day begins.

Posting is publishing: until then there is no entry in the public log, residents find nothing, and
the list before it stands. A sweep that comes late posts late, and the posting window then begins,
and ends, later: never shorter than the rule (rules/deadlines.md, "Counting").
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.importing import forget_draft
from disclosure.lifecycle import SubmissionAction, SubmissionState
from disclosure.logbook.appending import lock_log
from disclosure.models import Submission
from disclosure.publication import HAS_CHANGED, approved_digest, publish
from disclosure.reviewing import next_state
from disclosure.service import get_submission
from portal.data.accounts import OPERATOR, Actor, audit
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, DomainError, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission

COULD_NOT_BE_POSTED = N_(
    "It could not be posted on its day: a later list is posted already, or the draft was changed. "
    "Bring the file in again."
)
POSTED_ALREADY = N_("It is posted already. Correct it or withdraw it instead.")


def post_what_is_due(sessions: Sessions, *, now: datetime) -> int:
    """Post every approved file whose day has come; return how many were. Safe to repeat.

    Each has its own transaction. What can no longer be posted goes back to its clerk, who reads
    why.
    """
    posted = 0
    while True:
        with sessions.writing() as session:
            # Before looking, or two at once would post the same file.
            lock_log(session)
            submission = _next_due(session, now)
            if submission is None:
                return posted
            submission_id = submission.id
            try:
                with session.begin_nested():
                    _post(session, submission, now)
                posted += 1
            except DomainError as refusal:
                _send_back(session, submission_id, refusal, now)


def _next_due(session: Session, now: datetime) -> Submission | None:
    return session.scalars(
        select(Submission)
        .where(Submission.state == SubmissionState.APPROVED, Submission.post_at <= now)
        .order_by(Submission.post_at, Submission.decided_at, Submission.id)
        .limit(1)
        .with_for_update()
    ).first()


def _post(session: Session, submission: Submission, now: datetime) -> None:
    if approved_digest(session, submission.id) != submission.digest:
        raise Conflict(HAS_CHANGED)
    submission.post_at = None
    notices = publish(session, submission, now=now)
    audit(
        session,
        OPERATOR,
        "list-post",
        f"submission:{submission.id}",
        now=now,
        digest=submission.digest,
        notices=list(notices),
    )


def _send_back(session: Session, submission_id: str, refusal: DomainError, now: datetime) -> None:
    submission = session.get_one(Submission, submission_id)
    submission.state = next_state(submission, SubmissionAction.RECALL)
    submission.post_at, submission.return_reason = None, COULD_NOT_BE_POSTED
    forget_draft(session, submission)
    audit(
        session,
        OPERATOR,
        "list-post-refused",
        f"submission:{submission_id}",
        now=now,
        why=refusal.message,
    )


def recall(
    session: Session, actor: Actor, submission_id: str, reason: str, *, now: datetime
) -> None:
    """Take back what is approved and not posted yet 撤回; its rows are forgotten."""
    actor.require(Permission.APPROVE_LIST)
    submission = get_submission(session, actor, submission_id)
    if not reason.strip():
        raise Refused(N_("Say what must be corrected."), field="reason")
    if submission.state is SubmissionState.APPROVED and submission.post_at is None:
        raise Conflict(POSTED_ALREADY)
    submission.state = next_state(submission, SubmissionAction.RECALL)
    submission.post_at, submission.return_reason = None, reason.strip()[:400]
    forget_draft(session, submission)
    audit(session, actor, "list-recall", f"submission:{submission.id}", now=now)
