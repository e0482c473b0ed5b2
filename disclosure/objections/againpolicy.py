"""Posting again 重新公示: for how many days, if at all; each county decides.

Source: rules/deadlines.md, "review-notice-again": none, 3 (重庆) or 7 days, 3 by default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.data.accounts import Actor
from portal.data.choices import choose, find_choice
from portal.data.regions import Level, list_regions
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission

CHOICE = "post-again"
NOT_AT_ALL = 0
OFFERED_DAYS = (NOT_AT_ALL, 3, 7)
DEFAULT_DAYS = 3


@dataclass(frozen=True)
class AreaDays:
    """A county and how long it posts a row again; ``decided`` tells whether anybody has chosen."""

    code: str
    name: str
    days: int
    decided: bool


def get_days(session: Session, code: str) -> int:
    """Return for how many days a row of the place ``code`` is posted again; 0: not at all."""
    chosen = find_choice(session, CHOICE, code)
    return DEFAULT_DAYS if chosen is None else int(chosen["days"])


def list_areas(session: Session, actor: Actor) -> Sequence[AreaDays]:
    """Return the counties of the actor's area with what they decided; raises Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    return [
        AreaDays(
            region.code,
            region.name,
            get_days(session, region.code),
            find_choice(session, CHOICE, region.code) is not None,
        )
        for region in list_regions(session, [Level.COUNTY], within=actor.region_code)
    ]


def choose_days(session: Session, actor: Actor, days: int, *, area: str, now: datetime) -> None:
    """Decide for how long a county posts a row again; raises Forbidden, Refused."""
    if days not in OFFERED_DAYS:
        raise Refused(N_("Choose one of the lengths that the rules allow."), field="days")
    choose(session, actor, CHOICE, {"days": days}, area=area, now=now)
