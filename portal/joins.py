"""What joins disclosure and complaints 衔接: neither imports the other, so they meet here.

An objection holds its row back, and whoever handles it reads what was found about that row. The
other way nothing is told: who checks a row learns nothing of the cases about it.
"""

from collections.abc import Sequence
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from complaints.clockwork import CALENDAR
from complaints.deadlines import due_on, standard_rules
from complaints.notices import NoticeAbout, RowCheck
from disclosure.listings import list_notices_within
from disclosure.objections.course import HOLDING
from disclosure.objections.opening import FindingDue, hold_back, may_hold_back
from disclosure.objections.queries import Check, list_checks
from disclosure.objections.reasons import REASONS
from disclosure.objections.wording import FINDING_WORDS, STATE_WORDS
from disclosure.queries import NoticeCard, find_notice
from disclosure.wording import heading
from portal.data.regions import code_prefix
from portal.kernel.clock import local_date
from portal.kernel.receipts import is_notice_id
from portal.web.addresses import request_locale
from portal.web.installation import installation

FINDINGS_RULE = "objection-findings"


class PostedLists:
    """The lists on display, as a complaint may name them."""

    def find(
        self, session: Session, notice_id: str, *, row: int | None, now: datetime
    ) -> NoticeAbout | None:
        """Return a list that is on display, or None if there is none, or no such row in it."""
        view = find_notice(session, notice_id, now=now) if is_notice_id(notice_id) else None
        if view is None or view.rows is None:
            return None
        if row is not None and row not in {shown.n for shown in view.rows}:
            return None
        return _about(view.card)

    def list_of(
        self, session: Session, region_code: str, *, now: datetime
    ) -> Sequence[NoticeAbout]:
        """Return the lists that hang now in a place and everything in it, newest first."""
        found = list_notices_within(session, code_prefix(region_code), now=now)
        return [_about(card) for card in found.cards]

    def hold_back(
        self, session: Session, notice_id: str, row: int, *, by_discipline: bool, now: datetime
    ) -> bool:
        """Mark a row as being checked, until when a finding is due by the rules' table."""
        keys = installation().keys
        return hold_back(
            session,
            notice_id,
            row,
            due=finding_due(local_date(now)),
            keys=keys,
            by_discipline=by_discipline,
            now=now,
        )

    def may_hold_back(
        self, session: Session, notice_id: str, row: int, *, by_discipline: bool, now: datetime
    ) -> bool:
        """Tell whether a row would be marked now."""
        return may_hold_back(session, notice_id, row, by_discipline=by_discipline, now=now)

    def checks_of(self, session: Session, notice_id: str, row: int) -> Sequence[RowCheck]:
        """Return the checks of a row, in the page's language."""
        return [_row_check(check) for check in list_checks(session, notice_id, row)]


def finding_due(started_on: date) -> FindingDue:
    """Return when a finding is due on a row that is held back from ``started_on``."""
    rule = standard_rules().get(FINDINGS_RULE, started_on)
    due = due_on(started_on, rule, CALENDAR)
    return FindingDue(due.on, due.provisional)


def _row_check(check: Check) -> RowCheck:
    reason = REASONS.get(check.reason or "")
    return RowCheck(
        held=check.state in HOLDING,
        state=_(STATE_WORDS[check.state]),
        due_on=check.due_on,
        finding=_(FINDING_WORDS[check.finding]) if check.finding else None,
        reason=_(reason.word) if reason else None,
        decided_on=check.decided_on,
        url=url_for("objections.show", matter_id=check.id),
    )


def _about(card: NoticeCard) -> NoticeAbout:
    return NoticeAbout(
        id=card.id,
        title=heading(card, request_locale(), _),
        region_code=card.place.code,
        url=url_for("notices.notice", notice_id=card.id),
    )
