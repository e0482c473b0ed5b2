"""The feed of a place 订阅源: its newest notices and those of everything in it, without persons."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from disclosure.lifecycle import VISIBLE, next_change_at
from disclosure.models import Notice, NoticeVersion
from disclosure.queries import NoticeCard, card_of, current_versions, facts_of
from portal.kernel.clock import local_date

ENTRIES_A_PAGE = 100


@dataclass(frozen=True)
class FeedEntry:
    """One notice in a feed: its card, who issued it, when it was first and last published."""

    card: NoticeCard
    issuer: str
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class FeedPage:
    """One page of a feed; ``changed_at`` is the newest publication in the place, None if none."""

    entries: tuple[FeedEntry, ...]
    changed_at: datetime | None
    has_next: bool
    next_change_at: datetime | None


def list_feed_page(
    session: Session, prefix: str, *, page: int, now: datetime, limit: int = ENTRIES_A_PAGE
) -> FeedPage:
    """Return page ``page`` (1-based) of the notices whose place's code begins with ``prefix``.

    What has ended, was replaced or withdrawn is in no feed.
    """
    query = (
        current_versions()
        .where(
            Notice.region_code.startswith(prefix),
            Notice.published_at <= now,
            Notice.replaced_at.is_(None),
            Notice.withdrawn_at.is_(None),
            or_(Notice.posted_to.is_(None), Notice.posted_to >= local_date(now)),
        )
        .order_by(Notice.published_at.desc(), Notice.id)
        .offset((page - 1) * limit)
        .limit(limit + 1)
    )
    found = session.execute(query).all()
    entries, changes = [], []
    for notice, version in found[:limit]:
        change = next_change_at(facts_of(notice), now)
        if change is not None:
            changes.append(change)
        card = card_of(notice, version, now)
        if card.state in VISIBLE and notice.published_at is not None:
            updated_at = version.published_at or notice.published_at
            issuer = version.content["issuer"]["name"]
            entries.append(FeedEntry(card, issuer, notice.published_at, updated_at))
    return FeedPage(
        entries=tuple(entries),
        changed_at=_changed_at(session, prefix),
        has_next=len(found) > limit,
        next_change_at=min(changes, default=None),
    )


def _changed_at(session: Session, prefix: str) -> datetime | None:
    query = (
        select(func.max(NoticeVersion.published_at))
        .join(Notice, Notice.id == NoticeVersion.notice_id)
        .where(Notice.region_code.startswith(prefix))
    )
    return session.scalar(query)
