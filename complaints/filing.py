"""Filing a complaint 提交登记: where it goes, sealing it, and one short transaction.

All that is slow (Argon2id) or random (keys) is done before the transaction begins. The form's
one-time token makes a form that is sent twice, even at the same instant, one complaint with one
receipt code: the code is derived from the token, and only the token's digest is stored.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from complaints.casekeys import open_reporter_key, readers_of, seal_case_key
from complaints.clockwork import apply_event, facts_of
from complaints.deadlines import Event
from complaints.keyring import KeyRing
from complaints.marking import hold_back_row
from complaints.models import (
    Channel,
    Complaint,
    ComplaintEvent,
    ComplaintKey,
    Deed,
    KeyPurpose,
)
from complaints.notices import Notices
from complaints.places import Placed, place_matter
from complaints.routing import WhomToCall
from complaints.sealing import CaseKeys, Reporter, derive_reporter, new_case_keys, new_salt
from complaints.statements import Contact, Statement
from complaints.tracks import Track
from complaints.workflow import FIRST_STATE
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, Refused
from portal.kernel.language import N_
from portal.kernel.receipts import ReceiptCode, derive_receipt_code

# With a million locators, a thousand that are taken in a row do not happen by chance.
_MOST_ATTEMPTS = 1_000


@dataclass(frozen=True)
class Filing:
    """What is filed: the kind of matter, the statement, and who the reporter is, if told.

    ``consent``: the reporter agrees that the unit which answers sees who they are.
    """

    track: Track
    statement: Statement
    contact: Contact | None = None
    consent: bool = False
    urgent: bool = False
    channel: Channel = Channel.WEB


@dataclass(frozen=True)
class Prepared:
    """A sealed complaint, ready to be written."""

    complaint: Complaint
    keys: tuple[ComplaintKey, ...]


@dataclass(frozen=True)
class Filed:
    """A complaint that is registered 已登记, and the receipt code, which nobody sees again.

    ``repeated``: the form had been sent before; ``differs``: with other answers, which were not
    kept.
    """

    complaint_id: str
    code: ReceiptCode = field(repr=False)
    repeated: bool = False
    differs: bool = False


class NobodyResponsible(Refused):
    """No unit here can take it up; ``call`` says whom to turn to."""

    def __init__(self, call: WhomToCall) -> None:
        super().__init__(call.message, **call.params)
        self.call = call


class LocatorTaken(Conflict):
    """Another complaint has this code's locator; the next attempt gives another one."""

    def __init__(self) -> None:
        super().__init__(N_("Please send the form once more."))


def send_filing(
    sessions: Sessions,
    filing: Filing,
    *,
    token: bytes,
    receipts_key: bytes,
    keyring: KeyRing,
    now: datetime,
    actor: Actor | None = None,
    notices: Notices | None = None,
) -> Filed:
    """File a complaint, or find the one that this form's ``token`` has filed already.

    ``actor`` is the member of staff who registers what came by another way than the web. An
    objection holds its row of ``notices`` back. Raises NobodyResponsible, and NotFound for a place
    that is unknown; then nothing is stored.
    """
    for _ in range(_MOST_ATTEMPTS):
        with sessions.reading() as session:
            known = find_filed(session, token)
            if known is not None:
                return _filed_before(session, known, filing, token, receipts_key)
            placed = place_matter(session, filing.track, filing.statement)
            attempt = _free_attempt(session, receipts_key, token)
        if isinstance(placed, WhomToCall):
            raise NobodyResponsible(placed)
        code = derive_receipt_code(receipts_key, token, attempt)
        public_keys = {unit: keyring.load_or_create(unit).public_key for unit in placed.units}
        prepared = prepare_filing(filing, placed, public_keys, code, attempt, token)
        try:
            with sessions.writing() as session:
                if file_complaint(session, prepared, now=now, actor=actor, notices=notices):
                    return Filed(prepared.complaint.id, code)
        except LocatorTaken:
            continue
    raise LocatorTaken


def prepare_filing(
    filing: Filing,
    placed: Placed,
    public_keys: Mapping[str, bytes],
    code: ReceiptCode,
    attempt: int,
    token: bytes,
) -> Prepared:
    """Seal a complaint to those who may read it: one run of Argon2id, nothing written."""
    salt = new_salt()
    reporter = derive_reporter(code.secret, salt)
    case_keys = new_case_keys()
    complaint = _sealed_complaint(filing, placed, case_keys)
    complaint.locator, complaint.attempt = code.locator, attempt
    complaint.salt, complaint.verifier = salt, reporter.verifier
    complaint.form_token_digest = token_digest(token)
    return Prepared(complaint, _sealed_keys(complaint, case_keys, reporter, public_keys))


def file_complaint(
    session: Session,
    prepared: Prepared,
    *,
    now: datetime,
    actor: Actor | None = None,
    notices: Notices | None = None,
) -> bool:
    """Write a prepared complaint: registered, its clocks running, its row held back.

    Returns False if its form was sent before. Raises LocatorTaken if its code's locator is in use;
    then prepare it with the next attempt.
    """
    complaint = prepared.complaint
    if _find_by_digest(session, complaint.form_token_digest) is not None:
        return False
    complaint.registered_at = now
    try:
        with session.begin_nested():
            session.add(complaint)
            session.flush()
    except IntegrityError:
        # Somebody was faster: with this very form, or with another code of the same locator.
        if _find_by_digest(session, complaint.form_token_digest) is not None:
            return False
        if _is_taken(session, complaint.locator):
            raise LocatorTaken from None
        raise
    session.add_all(prepared.keys)
    complaint.events.append(_filed_event(actor, now))
    apply_event(complaint, Event.REGISTERED, facts_of(complaint, now=now), now=now)
    if actor is not None:
        audit(session, actor, "complaint.register", complaint.id, now=now)
    session.flush()
    if notices is not None:
        hold_back_row(session, complaint, notices, now=now)
    return True


def _filed_event(actor: Actor | None, now: datetime) -> ComplaintEvent:
    return ComplaintEvent(
        deed=Deed.FILED,
        state_before=FIRST_STATE,
        state_after=FIRST_STATE,
        at=now,
        user_id=actor.user_id if actor else None,
        unit_id=actor.unit_id if actor else None,
    )


def find_filed(session: Session, token: bytes) -> Complaint | None:
    """Return the complaint that a form has filed, or None."""
    return _find_by_digest(session, token_digest(token))


def token_digest(token: bytes) -> str:
    """Return what is stored of a form's token: enough to know it again, too little to use it."""
    return hashlib.sha256(b"portal complaints 1 form token\0" + token).hexdigest()


def _filed_before(
    session: Session, complaint: Complaint, filing: Filing, token: bytes, receipts_key: bytes
) -> Filed:
    code = derive_receipt_code(receipts_key, token, complaint.attempt)
    reporter = derive_reporter(code.secret, complaint.salt)
    key = open_reporter_key(session, complaint.id, KeyPurpose.CONTENT, reporter.private_key)
    before = Statement.opened(key, complaint.content, complaint.id)
    differs = before.text != filing.statement.text
    return Filed(complaint.id, code, repeated=True, differs=differs)


def _sealed_complaint(filing: Filing, placed: Placed, case_keys: CaseKeys) -> Complaint:
    case_id = new_id()
    secret = filing.track is Track.ACCUSATION
    statement, contact = placed.statement, filing.contact
    return Complaint(
        id=case_id,
        track=filing.track,
        state=FIRST_STATE,
        channel=filing.channel,
        urgent=filing.urgent,
        named=contact is not None,
        consent=filing.consent and contact is not None,
        region_code=placed.region_code,
        notice_id=None if secret else statement.notice_id,
        notice_row=None if secret else statement.notice_row,
        concerned_unit_id=None if secret else statement.concerned,
        responsible_unit_id=placed.route.responsible.id,
        supervising_unit_id=placed.route.supervising.id if placed.route.supervising else None,
        content=statement.sealed(case_keys.content, case_id),
        identity=contact.sealed(case_keys.identity, case_id) if contact else None,
        times_moved=0,
        times_reopened=0,
    )


def _sealed_keys(
    complaint: Complaint,
    case_keys: CaseKeys,
    reporter: Reporter,
    public_keys: Mapping[str, bytes],
) -> tuple[ComplaintKey, ...]:
    readers = readers_of(
        complaint.track,
        consent=complaint.consent,
        responsible=complaint.responsible_unit_id,
        supervising=complaint.supervising_unit_id,
    )
    wanted = [(KeyPurpose.CONTENT, case_keys.content)]
    if complaint.identity is not None:
        wanted.append((KeyPurpose.IDENTITY, case_keys.identity))
    sealed = []
    for purpose, key in wanted:
        holders = [(unit, public_keys[unit]) for unit in sorted(readers.of(purpose))]
        for unit_id, public_key in [(None, reporter.public_key), *holders]:
            sealed.append(
                seal_case_key(complaint.id, purpose, key, unit_id=unit_id, public_key=public_key)
            )
    return tuple(sealed)


def _free_attempt(session: Session, receipts_key: bytes, token: bytes) -> int:
    for attempt in range(_MOST_ATTEMPTS):
        if not _is_taken(session, derive_receipt_code(receipts_key, token, attempt).locator):
            return attempt
    raise LocatorTaken


def _is_taken(session: Session, locator: str) -> bool:
    return session.scalar(select(Complaint.id).where(Complaint.locator == locator)) is not None


def _find_by_digest(session: Session, digest: str) -> Complaint | None:
    return session.scalar(select(Complaint).where(Complaint.form_token_digest == digest))
