"""What staff do with a township's file 报送名单: submit, approve, return, discard.

Each function authorises, loads, changes, audits, returns; none commits. Approval re-checks the
digest of what was looked at, in the one short transaction that publishes.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from disclosure.catalogue import kind_of
from disclosure.gate import scan, texts_of_rows
from disclosure.importing import forget_draft, forget_upload, list_notice_ids
from disclosure.kinds.terms import kind_in
from disclosure.lifecycle import SubmissionAction, SubmissionState, posting_begins_at
from disclosure.models import Notice, NoticeRow, NoticeVersion, Submission
from disclosure.namepolicy import get_policy
from disclosure.publication import HAS_CHANGED, approved_digest, publish
from disclosure.reviewing import (
    ReviewWords,
    is_second_person,
    mark_approved,
    mark_returned,
    mark_submitted,
    next_state,
)
from portal.data.accounts import Actor, audit
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission, Role


def get_submission(session: Session, actor: Actor, submission_id: str) -> Submission:
    """Return a file of the actor's area, locked for the transaction; raises NotFound."""
    submission = session.get(Submission, submission_id, with_for_update=True)
    if submission is None or not actor.covers(submission.region_code):
        raise NotFound(N_("There is no such list in your area."))
    return submission


def why_not_approve(actor: Actor, submission: Submission) -> str:
    """Return why this person is not the one to approve a list, or nothing."""
    if not is_second_person(actor, submission):
        return WORDS.not_yours
    if actor.user_id is not None and actor.role is not _approver(submission):
        return N_("Lists of this kind are approved by another role.")
    return ""


def _approver(submission: Submission) -> Role:
    """Return whose part it is to approve lists of this kind."""
    return kind_of(submission.kind, object_session(submission)).approved_by


WORDS = ReviewWords(
    N_("Whoever brought a list in cannot approve it; a second person must."),
    {
        SubmissionState.DRAFT: N_("This list has not been submitted yet."),
        SubmissionState.SUBMITTED: N_(
            "This list has been submitted already and waits for approval."
        ),
        SubmissionState.APPROVED: N_(
            "Somebody else has approved this list already; it is published."
        ),
        SubmissionState.RETURNED: N_(
            "This list has been returned already; upload the corrected file."
        ),
        SubmissionState.DISCARDED: N_("This draft has been discarded; upload the file again."),
    },
)


def leave_out_bad_rows(
    session: Session, actor: Actor, submission_id: str, *, now: datetime
) -> None:
    """Record that the clerk leaves out the rows with errors; the audit log says so."""
    actor.require(Permission.UPLOAD_LIST)
    submission = get_submission(session, actor, submission_id)
    if submission.state is not SubmissionState.DRAFT:
        raise Conflict(WORDS.why_not[submission.state])
    if submission.leave_out_bad_rows:
        return
    submission.leave_out_bad_rows = True
    audit(
        session,
        actor,
        "list-leave-out-bad-rows",
        f"submission:{submission.id}",
        now=now,
        rows_bad=submission.rows_bad,
        errors=submission.errors,
    )


def submit(session: Session, actor: Actor, submission_id: str, *, now: datetime) -> None:
    """Submit a draft for approval 提交; the gate must be open and the bad rows decided on."""
    actor.require(Permission.UPLOAD_LIST)
    submission = get_submission(session, actor, submission_id)
    if submission.errors and not submission.leave_out_bad_rows:
        raise Refused(
            N_(
                "The file has %(count)s errors. Correct it and upload it again, or leave the rows "
                "with errors out."
            ),
            count=submission.errors,
        )
    _check_gate(submission)
    mark_submitted(submission, actor, now=now, words=WORDS)
    audit(
        session,
        actor,
        "list-submit",
        f"submission:{submission.id}",
        now=now,
        digest=submission.digest,
    )


def _check_gate(submission: Submission) -> None:
    if submission.gate_hits:
        raise Refused(
            N_(
                "Personal data was found in %(count)s texts that would be published. Remove it "
                "from the file and upload it again."
            ),
            count=len(submission.gate_hits),
        )


def approve(
    session: Session,
    actor: Actor,
    submission_id: str,
    digest: str,
    *,
    now: datetime,
    post_on: date | None = None,
) -> tuple[str, ...]:
    """Approve exactly what ``digest`` names and publish it 审批发布; returns the notices' ids.

    What has a day to come printed on it, or in ``post_on``, is posted when that day begins.

    Raises Forbidden for the person who brought the list in or for the wrong role, Conflict where
    somebody was first or the list is not the one that was looked at.
    """
    actor.require(Permission.APPROVE_LIST)
    submission = get_submission(session, actor, submission_id)
    if why_not := why_not_approve(actor, submission):
        raise Forbidden(why_not)
    next_state(submission, SubmissionAction.APPROVE, WORDS)
    if digest != submission.digest or approved_digest(session, submission.id) != digest:
        raise Conflict(HAS_CHANGED)
    _check_names(session, submission)
    _scan_again(session, submission)
    mark_approved(submission, actor, now=now, words=WORDS)
    forget_upload(submission)
    published = _publish_or_schedule(session, submission, post_on, now)
    audit(
        session,
        actor,
        "list-approve",
        f"submission:{submission.id}",
        now=now,
        digest=digest,
        notices=list(published),
        **({} if submission.post_at is None else {"post_at": submission.post_at.isoformat()}),
    )
    return published


def _publish_or_schedule(
    session: Session, submission: Submission, post_on: date | None, now: datetime
) -> tuple[str, ...]:
    printed = None
    if kind_of(submission.kind, session).printed_window:
        printed = parse_period(submission.period).first_on
    submission.post_at = posting_begins_at(printed, post_on, now)
    if submission.post_at is None:
        return publish(session, submission, now=now)
    return list_notice_ids(session, submission.id)


def _check_names(session: Session, submission: Submission) -> None:
    """Refuse a draft that shows names in another way than its county has decided since."""
    # All notices of a file were masked in one way.
    drafted = session.scalars(
        select(NoticeVersion.content)
        .join(Notice, Notice.id == NoticeVersion.notice_id)
        .where(Notice.submission_id == submission.id)
        .limit(1)
    ).one()
    shows_rows = "figures" not in drafted
    decided = kind_in(session, submission.kind, submission.region_code)
    policy = get_policy(session, submission.region_code).as_mapping()
    if drafted["names"] != policy or shows_rows is not decided.named:
        raise Conflict(
            N_(
                "The county has decided anew how names are shown. Return this list; the clerk "
                "uploads the same file again."
            )
        )


def _scan_again(session: Session, submission: Submission) -> None:
    """Scan what will be published once more, as it stands in the database."""
    _check_gate(submission)
    query = (
        select(NoticeRow.n, NoticeRow.group, NoticeRow.class_, NoticeRow.reason)
        .join(Notice, Notice.id == NoticeRow.notice_id)
        .where(Notice.submission_id == submission.id)
    )
    rows = [(n, group, class_, reason) for n, group, class_, reason in session.execute(query)]
    if scan(texts_of_rows("", rows), frozenset()):
        raise Refused(N_("Personal data was found in this list; return it to the clerk."))


def return_to_clerk(
    session: Session, actor: Actor, submission_id: str, reason: str, *, now: datetime
) -> None:
    """Return a submitted list to the clerk 退回 with a reason, and forget its rows."""
    actor.require(Permission.APPROVE_LIST)
    submission = get_submission(session, actor, submission_id)
    mark_returned(submission, actor, reason, now=now, words=WORDS)
    forget_draft(session, submission)
    audit(session, actor, "list-return", f"submission:{submission.id}", now=now)


def discard(session: Session, actor: Actor, submission_id: str, *, now: datetime) -> None:
    """Discard a draft 作废; its rows and upload are forgotten."""
    actor.require(Permission.UPLOAD_LIST)
    submission = get_submission(session, actor, submission_id)
    submission.state = next_state(submission, SubmissionAction.DISCARD, WORDS)
    forget_draft(session, submission)
    audit(session, actor, "list-discard", f"submission:{submission.id}", now=now)
