"""How names are shown 姓名公示方式: a county's choice for each channel (rules/masking.md, "Names").

Until somebody has decided, the rules' table holds, the strictest that lets neighbours judge a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from disclosure.models import Notice, NoticeVersion
from disclosure.objections.models import RowMatter
from portal.data.accounts import Actor
from portal.data.choices import choose, find_choice
from portal.data.regions import Level, code_prefix, list_regions
from portal.kernel.masking import DEFAULT_POLICY, MaskingPolicy, NameStyle
from portal.kernel.permissions import Permission

CHOICE = "names"


@dataclass(frozen=True)
class AreaPolicy:
    """A county and how its names are shown; ``decided`` tells whether anybody has chosen."""

    code: str
    name: str
    policy: MaskingPolicy
    decided: bool


def find_policy(session: Session, code: str) -> MaskingPolicy | None:
    """Return what was decided for the place ``code`` or one above it, None if nothing was."""
    chosen = find_choice(session, CHOICE, code)
    return None if chosen is None else MaskingPolicy.from_mapping(chosen)


def get_policy(session: Session, code: str) -> MaskingPolicy:
    """Return how names of the place ``code`` are shown: as decided, else by the rules' table."""
    return find_policy(session, code) or DEFAULT_POLICY


def list_policies(session: Session, actor: Actor) -> Sequence[AreaPolicy]:
    """Return the counties of the actor's area with their policies; raises Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    found = []
    for region in list_regions(session, [Level.COUNTY], within=actor.region_code):
        policy = find_policy(session, region.code)
        found.append(
            AreaPolicy(region.code, region.name, policy or DEFAULT_POLICY, policy is not None)
        )
    return found


def choose_policy(
    session: Session, actor: Actor, policy: MaskingPolicy, *, area: str, now: datetime
) -> None:
    """Decide how names are shown in a county 确定公示方式; lists brought in from now on follow it.

    Where whole names may no longer stand on the board, those that are kept for posters are
    forgotten at once. Raises Forbidden for anybody but an administrator of the area.
    """
    choose(session, actor, CHOICE, policy.as_mapping(), area=area, now=now)
    if policy.board is not NameStyle.WHOLE:
        inside = select(Notice.id).where(Notice.region_code.startswith(code_prefix(area)))
        session.execute(
            update(NoticeVersion)
            .where(NoticeVersion.board_names.is_not(None), NoticeVersion.notice_id.in_(inside))
            .values(board_names=None)
        )
        session.execute(
            update(RowMatter)
            .where(RowMatter.whole_name.is_not(None), RowMatter.notice_id.in_(inside))
            .values(whole_name=None)
        )
