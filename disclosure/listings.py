"""Lists of notices 公示列表: what hangs in a place, and what it adds up to, at an instant."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from disclosure.lifecycle import VISIBLE, next_change_at, state_at
from disclosure.models import IS_CURRENT, Notice, NoticeVersion
from disclosure.queries import (
    STATE_COLUMNS,
    NoticeCard,
    card_of,
    current_versions,
    facts_of,
)
from portal.kernel.clock import local_date


@dataclass(frozen=True)
class Cards:
    """A list of notices with the next instant at which the clock changes it."""

    cards: tuple[NoticeCard, ...]
    next_change_at: datetime | None


def _cards(session: Session, query: Select[Notice, NoticeVersion], now: datetime) -> Cards:
    cards, changes = [], []
    for notice, version in session.execute(query):
        card = card_of(notice, version, now)
        change = next_change_at(facts_of(notice), now)
        if change is not None:
            changes.append(change)
        if card.state in VISIBLE:
            cards.append(card)
    return Cards(tuple(cards), min(changes, default=None))


def list_newest(session: Session, *, now: datetime, limit: int = 8) -> Cards:
    """Return the newest notices that hang now, each township's newest first."""
    query = (
        current_versions()
        .where(
            Notice.published_at <= now,
            Notice.replaced_at.is_(None),
            Notice.withdrawn_at.is_(None),
            or_(Notice.posted_to.is_(None), Notice.posted_to >= local_date(now)),
        )
        .order_by(Notice.published_at.desc(), Notice.region_code)
        .limit(limit * 8)
    )
    found = _cards(session, query, now)
    # One village of each township, or one publication would fill the home page.
    firsts: dict[str, NoticeCard] = {}
    for card in found.cards:
        firsts.setdefault(card.place.code[:9] + card.kind, card)
    return Cards(tuple(list(firsts.values())[:limit]), found.next_change_at)


def list_notices_of(session: Session, code: str, *, now: datetime) -> Cards:
    """Return the notices of one place itself that hang now, newest first."""
    query = (
        current_versions()
        .where(Notice.region_code == code, Notice.published_at <= now)
        .order_by(Notice.published_at.desc(), Notice.id)
    )
    return _cards(session, query, now)


MOST_LISTS_WITHIN = 100


def list_notices_within(session: Session, prefix: str, *, now: datetime) -> Cards:
    """Return the notices that hang now where the code begins with ``prefix``."""
    query = (
        current_versions()
        .where(Notice.region_code.startswith(prefix), Notice.published_at <= now)
        .where(Notice.replaced_at.is_(None), Notice.withdrawn_at.is_(None))
        .order_by(Notice.published_at.desc(), Notice.region_code)
        .limit(MOST_LISTS_WITHIN)
    )
    return _cards(session, query, now)


@dataclass(frozen=True)
class AreaFigures:
    """What the lists that hang in an area add up to; amounts in fen a month."""

    notices: int
    households: int
    persons: int
    amount_fen: int
    next_change_at: datetime | None


def figures_of_area(session: Session, prefix: str, kind: str, *, now: datetime) -> AreaFigures:
    """Add up the lists of ``kind`` that hang now in places whose code begins with ``prefix``."""
    query = (
        select(
            *STATE_COLUMNS,
            NoticeVersion.households,
            NoticeVersion.persons,
            NoticeVersion.amount_fen,
        )
        .join(NoticeVersion, IS_CURRENT)
        .where(
            Notice.region_code.startswith(prefix),
            Notice.kind == kind,
            Notice.published_at <= now,
            Notice.replaced_at.is_(None),
            Notice.withdrawn_at.is_(None),
        )
    )
    count = households = persons = amount = 0
    changes = []
    for row in session.execute(query):
        facts = facts_of(row)
        change = next_change_at(facts, now)
        if change is not None:
            changes.append(change)
        if state_at(facts, now) in VISIBLE:
            count += 1
            households, persons, amount = (
                households + row.households,
                persons + row.persons,
                amount + row.amount_fen,
            )
    return AreaFigures(count, households, persons, amount, min(changes, default=None))


def earliest(instants: Iterable[datetime | None]) -> datetime | None:
    """Return the earliest of the given instants, or None."""
    return min((instant for instant in instants if instant is not None), default=None)
