"""What joins disclosure and complaints 衔接: neither imports the other, so they meet here."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from complaints.notices import NoticeAbout
from disclosure.listings import list_notices_within
from disclosure.queries import NoticeCard, find_notice
from disclosure.wording import heading
from portal.data.regions import code_prefix
from portal.kernel.receipts import is_notice_id
from portal.web.addresses import request_locale


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


def _about(card: NoticeCard) -> NoticeAbout:
    return NoticeAbout(
        id=card.id,
        title=heading(card, request_locale(), _),
        region_code=card.place.code,
        url=url_for("notices.notice", notice_id=card.id),
    )
