"""What a unit does with a case 办理: open it, accept, answer, ask, call back, close.

Only members of the responsible unit act; members of a unit that looks on may read. To everybody
else a case does not exist. Each deed is a line of the case's history and of the audit log, neither
of which holds a word of what was written. Going to another unit stands in ``complaints.transfer``.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from complaints.casekeys import open_case_key
from complaints.casework import (
    act,
    add_message,
    checked_text,
    get_case,
    get_content_key,
    get_own_case,
    note_satisfaction,
    record,
)
from complaints.clockwork import facts_of
from complaints.keyring import KeyRing
from complaints.models import Complaint, ComplaintMessage, Deed, KeyPurpose, MessageKind
from complaints.statements import Contact, MessageText, Statement, WayOut
from complaints.workflow import Action, State, allowed
from portal.data.accounts import Actor, audit
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class OpenedCase:
    """A case as the members of one unit may read it.

    ``contact`` is None where the reporter gave none, or where this unit may not see it; the two are
    told apart by ``complaint.named``. ``texts`` are the opened messages by their ids.
    """

    complaint: Complaint
    statement: Statement = field(repr=False)
    contact: Contact | None = field(repr=False)
    texts: dict[str, MessageText] = field(repr=False)
    may_act: bool
    actions: tuple[Action, ...]


def open_case(
    session: Session, actor: Actor, keyring: KeyRing, complaint_id: str, *, now: datetime
) -> OpenedCase:
    """Open a case for a member of a unit that holds its key; raises NotFound for everybody else.

    The first opening by the responsible unit stands in the case's history; every one is audited.
    """
    complaint = get_case(session, actor, complaint_id, permission=Permission.VIEW_COMPLAINTS)
    responsible = actor.unit_id == complaint.responsible_unit_id
    if responsible and complaint.opened_at is None:
        complaint.opened_at = now
        record(complaint, Deed.OPENED, complaint.state, now=now, actor=actor)
    audit(session, actor, "complaint.open", complaint.id, now=now)
    session.flush()
    key = get_content_key(session, keyring, complaint, actor)
    may_act = responsible and actor.may(Permission.HANDLE_COMPLAINT)
    # Whether an answer is written shows when it is sent, so it does not hide the button.
    facts = facts_of(complaint, now=now, answer_written=True)
    return OpenedCase(
        complaint=complaint,
        statement=Statement.opened(key, complaint.content, complaint.id),
        contact=_contact(session, actor, keyring, complaint),
        texts=open_texts(complaint, key),
        may_act=may_act,
        actions=allowed(complaint.state, facts) if may_act else (),
    )


def open_texts(complaint: Complaint, content_key: bytes) -> dict[str, MessageText]:
    """Return every message of a case, opened, by its id."""
    return {
        message.id: MessageText.opened(content_key, message.sealed, complaint.id, message.id)
        for message in complaint.messages
    }


def accept(session: Session, actor: Actor, complaint_id: str, *, now: datetime) -> Complaint:
    """Accept a case 受理; raises NotFound, Forbidden, Refused."""
    complaint = get_own_case(session, actor, complaint_id)
    act(session, actor, complaint, Action.ACCEPT, now=now)
    return complaint


def decline(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    reason: str,
    way_out: WayOut,
    now: datetime,
) -> Complaint:
    """Do not accept a case 不予受理, with the reason and the way out that the reporter has."""
    complaint = get_own_case(session, actor, complaint_id)
    text = MessageText(checked_text(reason, "reason"), way_out)
    message = _write(session, actor, keyring, complaint, MessageKind.REASON, text, now=now)
    act(session, actor, complaint, Action.DECLINE, reason=reason, message=message, now=now)
    return complaint


def answer(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    text: str,
    way_out: WayOut = WayOut.NONE,
    now: datetime,
) -> Complaint:
    """Answer a case 答复; the reporter reads it with the receipt code, and is asked about it."""
    complaint = get_own_case(session, actor, complaint_id)
    words = MessageText(checked_text(text, "text"), way_out)
    message = _write(session, actor, keyring, complaint, MessageKind.ANSWER, words, now=now)
    act(session, actor, complaint, Action.ANSWER, message=message, now=now)
    complaint.answered_at = now
    # A second answer is asked about anew.
    complaint.called_back_at = complaint.satisfied = None
    return complaint


def ask_reporter(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    text: str,
    now: datetime,
) -> Complaint:
    """Ask the reporter something 询问; the clocks run on."""
    complaint = get_own_case(session, actor, complaint_id)
    if complaint.state in (State.NOT_ACCEPTED, State.CLOSED):
        raise Refused(N_("The case is over; nothing can be asked any more."))
    words = MessageText(checked_text(text, "text"))
    message = _write(session, actor, keyring, complaint, MessageKind.QUESTION, words, now=now)
    record(complaint, Deed.QUESTION, complaint.state, now=now, actor=actor, message=message)
    audit(session, actor, "complaint.question", complaint.id, now=now)
    return complaint


def record_contact(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    note: str,
    now: datetime,
) -> Complaint:
    """Record that a person in immediate danger was reached 联系本人, and what was done."""
    complaint = get_own_case(session, actor, complaint_id)
    words = MessageText(checked_text(note, "text"))
    message = _write(session, actor, keyring, complaint, MessageKind.REASON, words, now=now)
    act(session, actor, complaint, Action.CONTACT, message=message, now=now)
    return complaint


def record_call_back(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    satisfied: bool,
    note: str,
    now: datetime,
) -> Complaint:
    """Record what the reporter said when asked 回访; "not satisfied" re-opens the case once."""
    complaint = get_own_case(session, actor, complaint_id)
    if complaint.state is not State.ANSWERED:
        raise Refused(N_("The reporter is asked after the answer, and before the case is closed."))
    words = MessageText(checked_text(note, "note"), satisfied=satisfied)
    message = _write(session, actor, keyring, complaint, MessageKind.CALL_BACK, words, now=now)
    record(complaint, Deed.CALLED_BACK, complaint.state, now=now, actor=actor, message=message)
    audit(session, actor, "complaint.call-back", complaint.id, now=now, satisfied=satisfied)
    note_satisfaction(session, complaint, satisfied=satisfied, actor=actor, now=now)
    return complaint


def close(session: Session, actor: Actor, complaint_id: str, *, now: datetime) -> Complaint:
    """Close a case 办结: after the call-back, or when its time has passed."""
    complaint = get_own_case(session, actor, complaint_id)
    act(session, actor, complaint, Action.CLOSE, now=now)
    complaint.closed_at = now
    return complaint


def tell_result(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    text: str,
    now: datetime,
) -> Complaint:
    """Tell a named accuser the result 反馈结果 of a closed case."""
    complaint = get_own_case(session, actor, complaint_id)
    words = MessageText(checked_text(text, "text"))
    message = _write(session, actor, keyring, complaint, MessageKind.ANSWER, words, now=now)
    act(session, actor, complaint, Action.TELL_RESULT, message=message, now=now)
    complaint.result_told_at = now
    return complaint


def _contact(
    session: Session, actor: Actor, keyring: KeyRing, complaint: Complaint
) -> Contact | None:
    if complaint.identity is None or actor.unit_id is None:
        return None
    key = open_case_key(session, keyring, complaint.id, KeyPurpose.IDENTITY, actor.unit_id)
    return Contact.opened(key, complaint.identity, complaint.id) if key is not None else None


def _write(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint: Complaint,
    kind: MessageKind,
    text: MessageText,
    *,
    now: datetime,
) -> ComplaintMessage:
    key = get_content_key(session, keyring, complaint, actor)
    return add_message(session, complaint, key, kind, text, now=now, actor=actor)
