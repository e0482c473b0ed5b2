"""Marking a row 异议标记: what a case does to the list that it is about.

An objection holds its row back in the transaction that files it. What also accuses somebody is no
objection but an accusation, and marks nothing unless the discipline office says so at its desk.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from complaints.casework import get_content_key, get_own_case
from complaints.keyring import KeyRing
from complaints.models import Complaint
from complaints.notices import Notices
from complaints.statements import Statement
from complaints.tracks import Track
from portal.data.accounts import Actor, audit
from portal.kernel.errors import Refused
from portal.kernel.language import N_


def hold_back_row(
    session: Session, complaint: Complaint, notices: Notices, *, now: datetime
) -> None:
    """Have the row of an objection marked 异议标记, from which nobody can tell the reporter."""
    notice_id, row = complaint.notice_id, complaint.notice_row
    if complaint.track is Track.OBJECTION and notice_id is not None and row is not None:
        notices.hold_back(session, notice_id, row, by_discipline=False, now=now)


def mark_row(
    session: Session,
    actor: Actor,
    keyring: KeyRing,
    complaint_id: str,
    *,
    notices: Notices,
    now: datetime,
) -> Complaint:
    """Have the row that an accusation names marked as being checked 标记名单行.

    The audit log names the case and no list, because nobody else may learn that the two belong
    together. Raises Refused where nothing can be marked.
    """
    complaint = get_own_case(session, actor, complaint_id)
    key = get_content_key(session, keyring, complaint, actor)
    said = Statement.opened(key, complaint.content, complaint.id)
    marked = (
        complaint.track is Track.ACCUSATION
        and said.notice_id is not None
        and said.notice_row is not None
        and notices.hold_back(session, said.notice_id, said.notice_row, by_discipline=True, now=now)
    )
    if not marked:
        raise Refused(N_("The row cannot be marked: it is marked already, or hangs no more."))
    audit(session, actor, "complaint.mark-row", complaint.id, now=now)
    return complaint
