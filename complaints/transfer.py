"""A case goes to another unit: refer 转办, send back 退回, move to another track 改转类别.

Whoever gets the case gets its keys, and whoever has no seat any more loses them, in the same
transaction. The unit that is complained of never gets one: routing keeps it out.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.casekeys import hand_over
from complaints.casework import (
    act,
    add_message,
    checked_text,
    get_content_key,
    get_own_case,
    record,
)
from complaints.clockwork import apply_move, facts_of
from complaints.keyring import KeyRing
from complaints.models import Complaint, Deed, MessageKind
from complaints.places import Placed, list_units_to_refer_to, place_at, place_matter
from complaints.routing import UnitRef, WhomToCall
from complaints.statements import MessageText, Statement
from complaints.tracks import Track
from complaints.workflow import Action, apply
from portal.data.accounts import Actor, audit
from portal.kernel.errors import Refused
from portal.kernel.language import N_


def list_receivers(
    session: Session, complaint: Complaint, statement: Statement
) -> tuple[UnitRef, ...]:
    """Return the units that a case may be referred to."""
    return list_units_to_refer_to(
        session, complaint.track, statement, present=complaint.responsible_unit_id
    )


def refer(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    unit_id: str,
    now: datetime,
) -> Complaint:
    """Refer a case 转办 to another unit, which then holds its keys; raises Refused."""
    complaint = get_own_case(session, actor, complaint_id)
    if unit_id == complaint.responsible_unit_id:
        raise Refused(N_("The case lies with this unit already."), field="unit_id")
    key = get_content_key(session, keyring, complaint, actor)
    statement = Statement.opened(key, complaint.content, complaint.id)
    placed = place_at(session, complaint.track, statement, unit_id)
    sender = complaint.responsible_unit_id
    act(session, actor, complaint, Action.REFER, now=now)
    _seat(complaint, placed)
    complaint.referred_by_unit_id = sender
    hand_over(session, keyring, complaint)
    return complaint


def send_back(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    reason: str,
    now: datetime,
) -> Complaint:
    """Send a case that belongs elsewhere back 退回 to the unit that referred it, with reasons."""
    complaint = get_own_case(session, actor, complaint_id)
    sender = complaint.referred_by_unit_id
    if sender is None:
        raise Refused(N_("Nobody has referred this case, so it cannot be sent back."))
    key = get_content_key(session, keyring, complaint, actor)
    statement = Statement.opened(key, complaint.content, complaint.id)
    placed = place_at(session, complaint.track, statement, sender)
    text = MessageText(checked_text(reason, "reason"))
    kind = MessageKind.REASON
    message = add_message(session, complaint, key, kind, text, now=now, actor=actor)
    act(session, actor, complaint, Action.SEND_BACK, reason=reason, message=message, now=now)
    _seat(complaint, placed)
    complaint.referred_by_unit_id = None
    hand_over(session, keyring, complaint)
    return complaint


def move(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    track: Track,
    reason: str,
    now: datetime,
) -> Complaint:
    """Move a case to the right track 改转类别, once, with a reason; another unit may answer then.

    It moves no clock. Raises Refused where nobody could answer it on the new track.
    """
    complaint = get_own_case(session, actor, complaint_id)
    if track is complaint.track:
        raise Refused(N_("The case is on this track already."), field="track")
    key = get_content_key(session, keyring, complaint, actor)
    statement = Statement.opened(key, complaint.content, complaint.id)
    placed = place_matter(session, track, statement)
    if isinstance(placed, WhomToCall):
        raise Refused(placed.message, field="track", **placed.params)
    text = MessageText(checked_text(reason, "reason"))
    kind = MessageKind.REASON
    message = add_message(session, complaint, key, kind, text, now=now, actor=actor)
    before = complaint.state
    _move_to(complaint, track, placed, reason=reason, now=now)
    complaint.content = placed.statement.sealed(key, complaint.id)
    record(complaint, Deed.MOVE, before, now=now, actor=actor, message=message)
    audit(session, actor, "complaint.move", complaint.id, now=now, track=track.value)
    hand_over(session, keyring, complaint)
    return complaint


def _move_to(
    complaint: Complaint, track: Track, placed: Placed, *, reason: str, now: datetime
) -> None:
    """Change track, clocks, state and seats together: the database checks them as one."""
    after = apply(complaint.state, Action.MOVE, facts_of(complaint, now=now, reason=reason))
    complaint.track = track
    apply_move(complaint, facts_of(complaint, now=now), now=now)
    complaint.state = after
    complaint.times_moved += 1
    complaint.referred_by_unit_id = None
    _seat(complaint, placed)


def _seat(complaint: Complaint, placed: Placed) -> None:
    """Put the units into the case's seats, and outside the seal what may stand there."""
    responsible, supervising = placed.route.responsible, placed.route.supervising
    if complaint.responsible_unit_id != responsible.id:
        complaint.opened_at = None
    complaint.responsible_unit_id = responsible.id
    complaint.supervising_unit_id = supervising.id if supervising else None
    complaint.region_code = placed.region_code
    secret = complaint.track is Track.ACCUSATION
    statement = placed.statement
    complaint.notice_id = None if secret else statement.notice_id
    complaint.notice_row = None if secret else statement.notice_row
    complaint.concerned_unit_id = None if secret else statement.concerned
