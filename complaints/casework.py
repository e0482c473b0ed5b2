"""What every deed on a case has in common: who may, history, sealed texts, audit log."""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.casekeys import holds_content, open_case_key
from complaints.clockwork import apply_event, facts_of
from complaints.keyring import KeyRing
from complaints.models import (
    Complaint,
    ComplaintEvent,
    ComplaintMessage,
    Deed,
    KeyPurpose,
    MessageKind,
)
from complaints.statements import MessageText
from complaints.workflow import EVENT_OF, Action, State, allowed, apply
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.kernel.errors import Forbidden, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission

MOST_CHARACTERS = 5_000


def get_case(
    session: Session, actor: Actor, complaint_id: str, *, permission: Permission
) -> Complaint:
    """Return a case that the actor's unit holds the key of, locked until the transaction ends.

    Raises NotFound for the members of every other unit, to whom it does not exist.
    """
    actor.require(permission)
    complaint = session.get(Complaint, complaint_id, with_for_update=True)
    if complaint is None or not holds_content(session, complaint_id, actor.unit_id):
        raise NotFound(N_("There is no such case."))
    return complaint


def get_own_case(session: Session, actor: Actor, complaint_id: str) -> Complaint:
    """Return a case that the actor's unit is responsible for; raises NotFound, Forbidden."""
    complaint = get_case(session, actor, complaint_id, permission=Permission.HANDLE_COMPLAINT)
    if complaint.responsible_unit_id != actor.unit_id:
        raise Forbidden(N_("Your unit looks on in this case; another one handles it."))
    return complaint


def get_content_key(
    session: Session, keyring: KeyRing, complaint: Complaint, actor: Actor
) -> bytes:
    """Return the content key as the actor's unit opens it; raises NotFound, CannotOpen."""
    key = None
    if actor.unit_id is not None:
        key = open_case_key(session, keyring, complaint.id, KeyPurpose.CONTENT, actor.unit_id)
    if key is None:
        raise NotFound(N_("There is no such case."))
    return key


def checked_text(text: str, field: str) -> str:
    """Return what was written, without blanks around it; raises Refused for nothing or too much."""
    text = text.strip()
    if not text:
        raise Refused(N_("Write something; the reporter is told."), field=field)
    if len(text) > MOST_CHARACTERS:
        raise Refused(N_("Write at most %(most)s characters."), field=field, most=MOST_CHARACTERS)
    return text


def add_message(
    session: Session,
    complaint: Complaint,
    content_key: bytes,
    kind: MessageKind,
    text: MessageText,
    *,
    now: datetime,
    actor: Actor | None = None,
    message_id: str | None = None,
) -> ComplaintMessage:
    """Add a sealed text to a case; without ``actor`` it is the reporter's."""
    message_id = message_id or new_id()
    message = ComplaintMessage(
        id=message_id,
        kind=kind,
        sealed=text.sealed(content_key, complaint.id, message_id),
        at=now,
        user_id=actor.user_id if actor else None,
    )
    complaint.messages.append(message)
    session.flush()
    return message


def act(
    session: Session,
    actor: Actor | None,
    complaint: Complaint,
    action: Action,
    *,
    now: datetime,
    reason: str = "",
    message: ComplaintMessage | None = None,
) -> None:
    """Do ``action``: state, clocks, history, audit log; raises Refused where it is not allowed.

    Without ``actor`` the reporter did it, and the audit log, which is the staff's, does not tell.
    """
    before = complaint.state
    written = action is Action.ANSWER and message is not None
    facts = facts_of(complaint, now=now, reason=reason, answer_written=written)
    complaint.state = apply(before, action, facts)
    apply_event(complaint, EVENT_OF[action], facts, now=now)
    record(complaint, Deed(action.value), before, now=now, actor=actor, message=message)
    if actor is not None:
        audit(session, actor, f"complaint.{action.value}", complaint.id, now=now)
    session.flush()


def record(
    complaint: Complaint,
    deed: Deed,
    before: State,
    *,
    now: datetime,
    actor: Actor | None,
    message: ComplaintMessage | None = None,
) -> None:
    """Add a line to the case's history; the case is already in the state after it."""
    complaint.events.append(
        ComplaintEvent(
            deed=deed,
            state_before=before,
            state_after=complaint.state,
            at=now,
            user_id=actor.user_id if actor else None,
            unit_id=actor.unit_id if actor else None,
            message=message,
        )
    )


def note_satisfaction(
    session: Session,
    complaint: Complaint,
    *,
    satisfied: bool,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Keep whether the reporter is satisfied, and re-open the case the first time they are not.

    ``actor`` is None where the reporter says so on the page.
    """
    complaint.called_back_at, complaint.satisfied = now, satisfied
    if satisfied or Action.REOPEN not in allowed(complaint.state, facts_of(complaint, now=now)):
        return
    act(session, actor, complaint, Action.REOPEN, now=now)
    complaint.times_reopened += 1
    complaint.closed_at = complaint.called_back_at = complaint.satisfied = None
