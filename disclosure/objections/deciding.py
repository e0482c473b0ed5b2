"""What staff do with a row that is held back 异议核查办理: record a finding, return it, decide.

The township records what it found; a second person, the head, decides. Nobody here sees who
objected or what was written: that stands in the cases alone. Each function authorises, loads,
changes, audits, returns; none commits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from disclosure.corrections.service import strike_row
from disclosure.lifecycle import VISIBLE, state_at
from disclosure.logbook.appending import lock_log
from disclosure.models import Notice
from disclosure.objections.course import Finding, MatterAction, after, offered_findings
from disclosure.objections.models import RowMatter
from disclosure.objections.opening import drop_copy, find_row, note_held
from disclosure.objections.posting_again import post_again, posts_again
from disclosure.objections.reasons import get_reason
from disclosure.queries import facts_of
from disclosure.reviewing import NOT_YOURS, scan_texts
from portal.data.accounts import Actor, audit
from portal.data.keyfiles import Keys
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.text import clean

LONGEST_NOTE = 400
HAS_CHANGED = N_("The finding has been recorded anew since you looked at it. Look at it again.")


@dataclass(frozen=True)
class Recorded:
    """A finding as somebody recorded or saw it: what was found, and the code of its reason."""

    finding: Finding
    reason: str


def get_matter(session: Session, actor: Actor, matter_id: str, *, locked: bool = True) -> RowMatter:
    """Return a matter of the actor's area, its notice's line held unless told; raises NotFound."""
    matter = session.get(RowMatter, matter_id)
    if matter is None or not actor.covers(matter.notice.region_code):
        raise NotFound(N_("There is no such row in your area."))
    if not locked:
        return matter
    session.get(Notice, matter.notice_id, with_for_update=True, populate_existing=True)
    session.refresh(matter)
    return matter


def why_not_decide(actor: Actor, matter: RowMatter) -> str:
    """Return why this person is not the one to decide, or nothing."""
    return NOT_YOURS if actor.user_id is not None and actor.user_id == matter.recorded_by else ""


def record_finding(
    session: Session,
    actor: Actor,
    matter_id: str,
    recorded: Recorded,
    note: str,
    *,
    now: datetime,
) -> None:
    """Record what was found about a row 登记核查结果; ``note`` is for the file alone.

    Raises Refused for a reason that does not go with the finding, for a finding that is not open
    here, and for a note with personal data in it.
    """
    actor.require(Permission.RECORD_FINDING)
    matter = get_matter(session, actor, matter_id)
    state = after(matter.state, MatterAction.RECORD)
    offered = offered_findings(posts_again=posts_again(session, matter.notice))
    if recorded.finding not in offered:
        raise Refused(N_("Choose what was found."), field="finding")
    reason = get_reason(recorded.reason, recorded.finding)
    matter.note = _checked(session, note, "note")
    matter.state = state
    matter.finding, matter.reason = recorded.finding, reason.code
    matter.recorded_at, matter.recorded_by = now, actor.user_id
    matter.return_reason = ""
    _audit(session, actor, "row-finding", matter, now=now)


def return_finding(
    session: Session, actor: Actor, matter_id: str, reason: str, *, now: datetime
) -> None:
    """Return a finding 退回重新核查 to the township, with a reason; the row stays held back."""
    actor.require(Permission.DECIDE_FINDING)
    matter = get_matter(session, actor, matter_id)
    state = after(matter.state, MatterAction.RETURN)
    if why_not := why_not_decide(actor, matter):
        raise Forbidden(why_not)
    if not reason.strip():
        raise Refused(N_("Say what must be checked once more."), field="return_reason")
    matter.return_reason = _checked(session, reason, "return_reason")
    _audit(session, actor, "row-finding-return", matter, now=now)
    matter.state = state
    matter.finding = matter.reason = None
    matter.recorded_at = matter.recorded_by = None


def decide_matter(
    session: Session,
    actor: Actor,
    matter_id: str,
    seen: Recorded,
    *,
    keys: Keys,
    now: datetime,
) -> None:
    """Decide on a row 审定: the mark goes, and the row stays, is struck, or is posted again.

    ``seen`` is what the page showed: Conflict where something else has been recorded since. The
    copy of the row is dropped. Raises Forbidden for the person who recorded the finding.
    """
    actor.require(Permission.DECIDE_FINDING)
    # Before looking, as whatever appends to the log does.
    lock_log(session)
    matter = get_matter(session, actor, matter_id)
    state = after(matter.state, MatterAction.DECIDE)
    if why_not := why_not_decide(actor, matter):
        raise Forbidden(why_not)
    if (seen.finding, seen.reason) != (matter.finding, matter.reason):
        raise Conflict(HAS_CHANGED)
    notice = matter.notice
    if seen.finding is Finding.POST_AGAIN:
        matter.posted_again_as = post_again(session, matter, keys, now=now).id
    matter.state = state
    matter.decided_at, matter.decided_by = now, actor.user_id
    drop_copy(matter)
    note_held(session, notice, now=now)
    _audit(session, actor, "row-decision", matter, now=now)
    if seen.finding is Finding.STRUCK and is_on_display(session, notice, matter.n, now=now):
        term = get_reason(seen.reason, seen.finding).term
        strike_row(session, actor, notice.id, matter.n, term, keys=keys, now=now)


def is_on_display(session: Session, notice: Notice, n: int, *, now: datetime) -> bool:
    """Tell whether residents see the row at this moment."""
    visible = state_at(facts_of(notice), now) in VISIBLE
    return visible and find_row(session, notice, n) is not None


def _checked(session: Session, text: str, field: str) -> str:
    """Return a text for the file; raises Refused for personal data, which is never kept here."""
    if scan_texts(session, [(field, text)]):
        raise Refused(
            N_(
                "This holds personal data, such as a number or an illness. Leave it out: what "
                "was written stays in the case alone."
            ),
            field=field,
        )
    return clean(text)[:LONGEST_NOTE]


def _audit(
    session: Session, actor: Actor, action: str, matter: RowMatter, *, now: datetime
) -> None:
    audit(
        session,
        actor,
        action,
        f"notice:{matter.notice_id}",
        now=now,
        row=matter.n,
        finding=matter.finding.value if matter.finding else None,
        reason=matter.reason,
    )
