"""Corrections 更正: submitted, approved by a second person, published as a further version.

What is approved is a digest, as with lists; the entry of the log is a ``correct``. An urgent
correction 紧急更正 stands before everything else that waits, is published the moment it is
approved, and the audit log says so.
"""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from disclosure.catalogue import kind_of
from disclosure.corrections.drafting import (
    NOT_ON_DISPLAY,
    begin,
    find_open,
    get_notice,
    open_whole_names,
    remove_row,
)
from disclosure.corrections.models import Correction
from disclosure.corrections.versions import (
    drop_version,
    get_version,
    recount,
    version_digest,
)
from disclosure.gate import scan, texts_of_rows
from disclosure.lifecycle import VISIBLE, SubmissionAction, SubmissionState, state_at
from disclosure.logbook.appending import lock_log
from disclosure.logentries import log_correction
from disclosure.models import Notice, NoticeRow, NoticeVersion, PrintCode
from disclosure.movements.following import follow_correction
from disclosure.objections.opening import renew_copies
from disclosure.publication import (
    HOME_KEY,
    WARM_JOB,
    list_rows,
    notice_key,
    region_key,
)
from disclosure.queries import facts_of
from disclosure.reviewing import (
    check_gate,
    is_second_person,
    mark_approved,
    mark_overtaken,
    mark_returned,
    mark_submitted,
    next_state,
    scan_texts,
)
from portal.data.accounts import Actor, audit
from portal.data.changes import note_changes
from portal.data.jobs import enqueue
from portal.data.keyfiles import Keys
from portal.data.pages import forget_pages
from portal.data.regions import path_of
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.permissions import Permission
from portal.kernel.receipts import new_short_code
from portal.kernel.text import clean

LONGEST_REASON = 400
HAS_CHANGED = N_("The correction has changed since you looked at it. Load it again.")
OVERTAKEN = N_("Another correction was published meanwhile. Begin this one again.")
NO_REASON = N_("Say why it is corrected; residents will read it.")
ONLY_STRIKE = N_(
    "This notice was derived from two lists, so its rows are not typed in. Correct the list, or "
    "strike the row."
)
NOTHING_TO_SUBMIT = N_("No row is changed yet. Correct or strike a row first.")


def get_correction(
    session: Session, actor: Actor, correction_id: str
) -> tuple[Correction, Notice, NoticeVersion]:
    """Return a correction of the actor's area with its notice, locked; raises NotFound."""
    correction = session.get(Correction, correction_id)
    if correction is None or not actor.covers(correction.notice.region_code):
        raise NotFound(N_("There is no such correction in your area."))
    notice = get_notice(session, actor, correction.notice_id)
    session.refresh(correction)
    if correction.state in (SubmissionState.RETURNED, SubmissionState.DISCARDED):
        raise Conflict(N_("This correction is no longer open."))
    return correction, notice, get_version(session, notice.id, correction.version)


def submit(
    session: Session,
    actor: Actor,
    correction_id: str,
    reason: str,
    *,
    private: bool = False,
    urgent: bool = False,
    now: datetime,
) -> None:
    """Submit a correction 提交 with its public reason; ``private`` hides the old text for good."""
    actor.require(Permission.UPLOAD_LIST)
    correction, notice, version = get_correction(session, actor, correction_id)
    if not reason.strip():
        raise Refused(NO_REASON, field="reason")
    if not version.changes:
        raise Refused(NOTHING_TO_SUBMIT)
    check_gate(scan_texts(session, [("reason", reason)]))
    _check_rows(session, version)
    mark_submitted(correction, actor, now=now)
    version.correction_reason, version.private = clean(reason)[:LONGEST_REASON], private
    correction.urgent = urgent
    audit(
        session,
        actor,
        "correction-submit",
        f"notice:{notice.id}",
        now=now,
        correction=correction.id,
        digest=correction.digest,
        urgent=urgent,
    )


def _check_rows(session: Session, version: NoticeVersion) -> None:
    rows = list_rows(session, version.notice_id, version.version)
    texts = texts_of_rows("", [(row.n, row.group, row.class_, row.reason) for row in rows])
    check_gate(scan(texts, frozenset()))


def why_not_approve(session: Session, actor: Actor, correction: Correction) -> str:
    """Return why this person is not the one to approve a correction, or nothing."""
    if not is_second_person(actor, correction):
        return N_("Whoever prepared something cannot approve it; a second person must.")
    kind = kind_of(correction.notice.kind, session)
    if actor.user_id is not None and actor.role is not kind.approved_by:
        return N_("Lists of this kind are approved by another role.")
    return ""


def approve(
    session: Session, actor: Actor, correction_id: str, digest: str, *, now: datetime
) -> None:
    """Approve exactly what ``digest`` names, and publish it as the notice's newest version.

    Raises Conflict where it is not what was looked at, or the notice no longer hangs.
    """
    actor.require(Permission.APPROVE_LIST)
    # Before looking, or it could end meanwhile.
    lock_log(session)
    correction, notice, version = get_correction(session, actor, correction_id)
    if why_not := why_not_approve(session, actor, correction):
        raise Forbidden(why_not)
    next_state(correction, SubmissionAction.APPROVE)
    if digest != correction.digest or version_digest(session, notice, version) != digest:
        raise Conflict(HAS_CHANGED)
    _check_rows(session, version)
    mark_approved(correction, actor, now=now)
    publish_version(session, notice, version, now=now)
    audit(
        session,
        actor,
        "correction-approve",
        f"notice:{notice.id}",
        now=now,
        correction=correction.id,
        digest=digest,
        urgent=correction.urgent,
    )


def publish_version(
    session: Session, notice: Notice, version: NoticeVersion, *, now: datetime
) -> None:
    """Let ``version`` be what hangs, log it, and forget what nobody may read any more."""
    if state_at(facts_of(notice), now) not in VISIBLE:
        raise Conflict(NOT_ON_DISPLAY)
    if version.version != notice.version + 1:
        raise Conflict(OVERTAKEN)
    before = get_version(session, notice.id, notice.version)
    notice.version, version.published_at = version.version, now
    log_correction(session, (notice, version), before, now=now)
    for channel in (Channel.WEB, Channel.BOARD):
        session.add(
            PrintCode(
                code=new_short_code(),
                notice_id=notice.id,
                version=version.version,
                channel=channel.value,
            )
        )
    session.flush()
    _tell_the_others(session, notice, version, now)
    _forget_old_text(session, version)
    places = [region_key(place.code) for place in path_of(session, notice.region_code)]
    forget_pages(session, [HOME_KEY, notice_key(notice.id), *places])
    note_changes(session, [notice_key(notice.id)])
    key = f"warm:{notice.id}:{version.version}"
    enqueue(session, WARM_JOB, {"notices": [notice.id]}, now=now, key=key)


def _tell_the_others(
    session: Session, notice: Notice, version: NoticeVersion, now: datetime
) -> None:
    """Let follow what was derived or copied from the rows that are another now."""
    changed = {one["n"] for one in version.changes or []}
    before, after = (
        [row for row in list_rows(session, notice.id, number) if row.n in changed]
        for number in (version.version - 1, version.version)
    )
    follow_correction(session, notice, before, after, now=now)
    renew_copies(session, notice, after)


def _forget_old_text(session: Session, version: NoticeVersion) -> None:
    """Keep of the versions before only what their history may show: rows that changed and live.

    The old text of a struck row goes with it; after a correction made for privacy none is kept.
    """
    changes = version.changes or []
    older = (NoticeRow.notice_id == version.notice_id) & (NoticeRow.version < version.version)
    newest = older & (NoticeRow.version == version.version - 1)
    kept = [] if version.private else [one["n"] for one in changes if not one["struck"]]
    gone = [one["n"] for one in changes if one["struck"] or version.private]
    session.execute(delete(NoticeRow).where(newest, NoticeRow.n.not_in(kept)))
    session.execute(delete(NoticeRow).where(older, NoticeRow.n.in_(gone)))
    session.execute(
        update(NoticeVersion)
        .where(
            NoticeVersion.notice_id == version.notice_id, NoticeVersion.version < version.version
        )
        .values(board_names=None, channel_salt=None)
    )


def return_to_clerk(
    session: Session, actor: Actor, correction_id: str, reason: str, *, now: datetime
) -> None:
    """Return a correction to whoever prepared it 退回; its version is deleted."""
    actor.require(Permission.APPROVE_LIST)
    correction, notice, _ = get_correction(session, actor, correction_id)
    mark_returned(correction, actor, reason, now=now)
    drop_version(session, notice.id, correction.version)
    audit(session, actor, "correction-return", f"notice:{notice.id}", now=now)


def discard(session: Session, actor: Actor, correction_id: str, *, now: datetime) -> None:
    """Discard a draft 作废; its version is deleted."""
    actor.require(Permission.UPLOAD_LIST)
    correction, notice, _ = get_correction(session, actor, correction_id)
    correction.state = next_state(correction, SubmissionAction.DISCARD)
    drop_version(session, notice.id, correction.version)
    audit(session, actor, "correction-discard", f"notice:{notice.id}", now=now)


def strike_row(
    session: Session,
    actor: Actor,
    notice_id: str,
    n: int,
    reason: str,
    *,
    keys: Keys,
    now: datetime,
) -> None:
    """Take a row off a notice at once 删除, as two people have found 核查; ``reason`` is printed.

    Whoever decides on an objection calls this: one has recorded the finding, another decides. A
    correction that is being drafted of the same notice goes back to its clerk. Raises Refused for
    the last row: then the notice is withdrawn instead.
    """
    lock_log(session)
    notice = get_notice(session, actor, notice_id)
    _send_back_drafts(session, notice, now)
    correction = begin(session, actor, notice, now=now)
    version = get_version(session, notice_id, correction.version)
    remove_row(session, version, n, keys=keys)
    whole = open_whole_names(version, keys)
    correction.digest = recount(session, notice, version, whole)
    version.correction_reason = clean(reason)[:LONGEST_REASON]
    correction.state = SubmissionState.APPROVED
    correction.submitted_at = correction.decided_at = now
    correction.submitted_by = correction.decided_by = actor.user_id
    publish_version(session, notice, version, now=now)
    audit(
        session,
        actor,
        "row-strike",
        f"notice:{notice.id}",
        now=now,
        row=n,
        digest=correction.digest,
    )


def _send_back_drafts(session: Session, notice: Notice, now: datetime) -> None:
    correction = find_open(session, notice.id)
    if correction is not None:
        mark_overtaken(correction, OVERTAKEN, now=now)
        drop_version(session, notice.id, correction.version)
        session.flush()
