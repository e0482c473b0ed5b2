"""Withdrawal 撤下: a notice leaves every channel at once, and residents read why in its place.

What stays is the withdrawal note 撤下说明: title, place, dates, the digest in the log, the reason
(rules/deadlines.md, "Retention").
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from disclosure.forgetting import forget_rows
from disclosure.lifecycle import VISIBLE, state_at
from disclosure.logbook.appending import lock_log
from disclosure.logentries import Published, list_current, log_withdrawal
from disclosure.movements.completing import drop_changes_of
from disclosure.objections.opening import lapse_matters
from disclosure.publication import HOME_KEY, notice_key, region_key
from disclosure.queries import facts_of
from disclosure.reviewing import check_gate, scan_texts
from portal.data.accounts import Actor, audit
from portal.data.changes import note_changes
from portal.data.pages import forget_pages
from portal.data.regions import path_of
from portal.kernel.errors import Conflict, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.text import clean

LONGEST_REASON = 400
NOT_ON_DISPLAY = N_("Only a notice that is on display can be withdrawn.")


@dataclass(frozen=True)
class Withdrawable:
    """A notice that could be withdrawn, and why not, if so."""

    id: str
    title: str
    submission_id: str
    why_not: str


def get_withdrawable(
    session: Session, actor: Actor, notice_id: str, *, now: datetime
) -> Withdrawable:
    """Return what somebody is about to withdraw; raises NotFound outside the actor's area."""
    notice, version = _get(session, actor, notice_id)
    visible = state_at(facts_of(notice), now) in VISIBLE
    why_not = "" if visible else NOT_ON_DISPLAY
    return Withdrawable(notice.id, version.title, notice.submission_id, why_not)


def withdraw_notice(
    session: Session, actor: Actor, notice_id: str, reason: str, *, now: datetime
) -> None:
    """Withdraw a notice that is on display 撤下, with a reason that everybody reads.

    Its rows are forgotten in the same transaction. Raises Refused without a reason or where the
    reason holds personal data, Conflict where the notice is not on display.
    """
    # Before looking, or its end could be logged twice.
    lock_log(session)
    notice, version = _get(session, actor, notice_id)
    if not reason.strip():
        raise Refused(N_("Say why it is withdrawn; residents will read it."), field="reason")
    check_gate(scan_texts(session, [("reason", reason)]))
    if state_at(facts_of(notice), now) not in VISIBLE:
        raise Conflict(NOT_ON_DISPLAY)
    notice.withdrawn_at, notice.withdrawn_reason = now, clean(reason)[:LONGEST_REASON]
    log_withdrawal(session, (notice, version), now=now)
    forget_rows(session, [notice.id])
    drop_changes_of(session, [notice.id], now=now)
    lapse_matters(session, notice, now=now)
    places = path_of(session, notice.region_code)
    forget_pages(
        session,
        [HOME_KEY, notice_key(notice.id), *(region_key(place.code) for place in places)],
    )
    note_changes(session, [notice_key(notice.id)])
    audit(
        session,
        actor,
        "notice-withdraw",
        f"notice:{notice.id}",
        now=now,
        reason=notice.withdrawn_reason,
    )


def _get(session: Session, actor: Actor, notice_id: str) -> Published:
    actor.require(Permission.APPROVE_LIST)
    found = list_current(session, [notice_id])
    if not found or not actor.covers(found[0][0].region_code):
        raise NotFound(N_("There is no such notice in your area."))
    return found[0]
