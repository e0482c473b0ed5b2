"""Striking a row 删除名单行 that an objection was about: the correction that takes it off."""

from datetime import datetime

from sqlalchemy.orm import Session

from disclosure.corrections.service import strike_row
from disclosure.objections.reasons import REASONS
from portal.data.accounts import Actor
from portal.web.installation import installation


def strike_for(
    session: Session,
    actor: Actor,
    notice_id: str,
    n: int,
    reason_code: str,
    *,
    now: datetime,
) -> None:
    """Take a row off its notice at once; residents read the official wording of the reason."""
    term = REASONS[reason_code].term
    strike_row(session, actor, notice_id, n, term, keys=installation().keys, now=now)
