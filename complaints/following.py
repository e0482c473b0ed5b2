"""Following a complaint with its code 凭查询码跟踪: what the reporter reads, adds and says.

A wrong code and one that never existed are the same: one query, one run of Argon2id, one comparison
in constant time, one sentence.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.casekeys import open_reporter_key
from complaints.casework import add_message, note_satisfaction, record
from complaints.clockwork import CALENDAR
from complaints.deadlines import may_ask_until, standard_rules
from complaints.models import Complaint, ComplaintMessage, Deed, KeyPurpose, MessageKind
from complaints.sealing import derive_reporter, new_salt
from complaints.service import open_texts
from complaints.statements import Contact, MessageText, Statement
from complaints.tracks import Track
from complaints.workflow import State
from portal.kernel.clock import local_date
from portal.kernel.errors import NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.receipts import ReceiptCode

MOST_CHARACTERS = 2_000
_MOST_STATEMENTS = 20
_REVIEW_RULE = "petition-review"

# What a code that never existed is compared with: made anew in each process, matched by nothing.
_NO_SALT = new_salt()
_NO_VERIFIER = secrets.token_bytes(35)


class WrongCode(NotFound):
    """No complaint has this code; nothing more is said."""

    def __init__(self) -> None:
        super().__init__(
            N_("There is no matter with this code. Compare the 20 digits with your receipt."),
            field="code",
        )


@dataclass(frozen=True)
class Followed:
    """A complaint opened with its code: what only the reporter can open."""

    complaint: Complaint
    statement: Statement = field(repr=False)
    contact: Contact | None = field(repr=False)
    texts: dict[str, MessageText] = field(repr=False)
    content_key: bytes = field(repr=False)
    may_add: bool
    may_rate: bool
    review_until: date | None


def find_by_code(session: Session, code: ReceiptCode, *, now: datetime) -> Followed:
    """Return the complaint of a code; raises WrongCode."""
    complaint = session.scalar(select(Complaint).where(Complaint.locator == code.locator))
    salt = complaint.salt if complaint is not None else _NO_SALT
    verifier = complaint.verifier if complaint is not None else _NO_VERIFIER
    reporter = derive_reporter(code.secret, salt)
    if not reporter.matches(verifier) or complaint is None:
        raise WrongCode
    purposes = [KeyPurpose.CONTENT] + [KeyPurpose.IDENTITY] * (complaint.identity is not None)
    keys = {
        purpose: open_reporter_key(session, complaint.id, purpose, reporter.private_key)
        for purpose in purposes
    }
    contact = None
    if complaint.identity is not None:
        contact = Contact.opened(keys[KeyPurpose.IDENTITY], complaint.identity, complaint.id)
    return _opened(complaint, keys[KeyPurpose.CONTENT], contact, now)


def look_again(session: Session, followed: Followed, *, now: datetime) -> Followed:
    """Return the complaint as it stands now, without deriving the keys of its code anew."""
    complaint = session.get_one(Complaint, followed.complaint.id)
    return _opened(complaint, followed.content_key, followed.contact, now)


def _opened(
    complaint: Complaint, content_key: bytes, contact: Contact | None, now: datetime
) -> Followed:
    return Followed(
        complaint=complaint,
        statement=Statement.opened(content_key, complaint.content, complaint.id),
        contact=contact,
        texts=open_texts(complaint, content_key),
        content_key=content_key,
        may_add=_may_add(complaint),
        may_rate=_may_rate(complaint),
        review_until=_review_until(complaint, now),
    )


def add_statement(
    session: Session, followed: Followed, *, text: str, token: bytes, now: datetime
) -> None:
    """Add to what was written 补充说明; a form that is sent twice adds it once. Raises Refused."""
    complaint = _locked(session, followed)
    words = _checked(text)
    if not _may_add(complaint):
        raise Refused(N_("Nothing can be added any more. You can file a new matter."), field="text")
    message_id = _id_from(token)
    if session.get(ComplaintMessage, message_id) is not None:
        return
    key, kind = followed.content_key, MessageKind.STATEMENT
    message = add_message(
        session, complaint, key, kind, MessageText(words), now=now, message_id=message_id
    )
    record(complaint, Deed.STATEMENT, complaint.state, now=now, actor=None, message=message)
    session.flush()


def say_satisfied(
    session: Session,
    followed: Followed,
    *,
    satisfied: bool,
    text: str,
    token: bytes,
    now: datetime,
) -> None:
    """Keep whether the reporter is satisfied with the answer 评价; "no" re-opens the case once.

    Raises Refused where there is nothing to be said about, or where "no" comes without a word why.
    """
    complaint = _locked(session, followed)
    message_id = _id_from(token)
    if session.get(ComplaintMessage, message_id) is not None:
        return
    if not _may_rate(complaint):
        raise Refused(N_("You have said already whether you are satisfied."), field="satisfied")
    words = text.strip()
    if not satisfied:
        words = _checked(text)
    key, kind = followed.content_key, MessageKind.CALL_BACK
    message = add_message(
        session,
        complaint,
        key,
        kind,
        MessageText(words, satisfied=satisfied),
        now=now,
        message_id=message_id,
    )
    record(complaint, Deed.CALLED_BACK, complaint.state, now=now, actor=None, message=message)
    note_satisfaction(session, complaint, satisfied=satisfied, actor=None, now=now)
    session.flush()


def _locked(session: Session, followed: Followed) -> Complaint:
    return session.get_one(Complaint, followed.complaint.id, with_for_update=True)


def _checked(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused(N_("Write what you want to tell us."), field="text")
    if len(words) > MOST_CHARACTERS:
        raise Refused(N_("Write at most %(most)s characters."), field="text", most=MOST_CHARACTERS)
    return words


def _may_add(complaint: Complaint) -> bool:
    over = complaint.state in (State.CLOSED, State.NOT_ACCEPTED)
    told = sum(message.kind is MessageKind.STATEMENT for message in complaint.messages)
    return not over and told < _MOST_STATEMENTS


def _may_rate(complaint: Complaint) -> bool:
    """Once for each answer; after the closing only as long as "no" can still re-open the case."""
    if complaint.called_back_at is not None:
        return False
    if complaint.state is State.CLOSED:
        return complaint.times_reopened == 0
    return complaint.state is State.ANSWERED


def _review_until(complaint: Complaint, now: datetime) -> date | None:
    """Return the last day on which a review of the answer may be asked for, while it may."""
    if complaint.answered_at is None or complaint.state not in (State.ANSWERED, State.CLOSED):
        return None
    if complaint.track is Track.ACCUSATION:
        return None
    answered_on = local_date(complaint.answered_at)
    until = may_ask_until(standard_rules().get(_REVIEW_RULE, answered_on), answered_on, CALENDAR)
    return until.on if until is not None and now < until.due_at else None


def _id_from(token: bytes) -> str:
    return hashlib.sha256(b"portal complaints 1 message\0" + token).hexdigest()[:32]
