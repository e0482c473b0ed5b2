"""Limits of the procedure 办理时限: the rule's, or the shorter ones that a county promises.

Source: rules/deadlines.md, "Disclosure", whole-procedure (民发〔2021〕57号): from the
application on, 30 working days, 45 in hard cases; a county may promise 25 and 40.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from disclosure.figures.stages import PROMISED_LIMITS, RULE_LIMITS, ProcedureLimits
from portal.data.accounts import Actor
from portal.data.choices import choose, find_choice
from portal.data.regions import Level, list_regions
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission

CHOICE = "procedure-limits"
OFFERED: dict[str, ProcedureLimits] = {"rule": RULE_LIMITS, "promised": PROMISED_LIMITS}


@dataclass(frozen=True)
class AreaLimits:
    """A county and its limits; ``decided`` tells whether anybody has chosen."""

    code: str
    name: str
    limits: ProcedureLimits
    decided: bool


def find_limits(session: Session, code: str) -> ProcedureLimits | None:
    """Return what was chosen for the place ``code`` or one above it, None if nothing was."""
    chosen = find_choice(session, CHOICE, code)
    return None if chosen is None else OFFERED.get(chosen.get("limits", ""))


def get_limits(session: Session, code: str) -> ProcedureLimits:
    """Return the limits that hold in a place: as chosen, else the rule's."""
    return find_limits(session, code) or RULE_LIMITS


def list_limits(session: Session, actor: Actor) -> Sequence[AreaLimits]:
    """Return the counties of the actor's area with their limits; raises Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    found = []
    for region in list_regions(session, [Level.COUNTY], within=actor.region_code):
        limits = find_limits(session, region.code)
        found.append(
            AreaLimits(region.code, region.name, limits or RULE_LIMITS, limits is not None)
        )
    return found


def choose_limits(session: Session, actor: Actor, name: str, *, area: str, now: datetime) -> None:
    """Decide which limits a county is held to; raises Forbidden, or Refused for no such choice."""
    if name not in OFFERED:
        raise Refused(N_("Choose which limits hold."), field="limits")
    choose(session, actor, CHOICE, {"limits": name}, area=area, now=now)
