"""What a county chooses 县级选项: settings that its administrator decides on, not the installer.

Each has a name and an area, "" for the whole site; the nearest area that has chosen decides.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.accounts import Actor, audit, find_leading_unit
from portal.data.base import Base
from portal.data.pages import forget_all_pages
from portal.data.regions import code_prefix
from portal.kernel.permissions import Permission

WHOLE_SITE = ""


class Choice(Base):
    """One setting of one area, as it was last decided on."""

    __tablename__ = "choices"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    area: Mapped[str] = mapped_column(String(12), primary_key=True)
    value: Mapped[dict[str, Any]]
    chosen_at: Mapped[datetime]
    chosen_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


def find_choice(session: Session, name: str, code: str = WHOLE_SITE) -> dict[str, Any] | None:
    """Return what was chosen for the place ``code``: by itself, else by the nearest place above.

    None where nobody has chosen.
    """
    chosen = {
        choice.area: choice.value
        for choice in session.scalars(select(Choice).where(Choice.name == name))
    }
    fitting = [
        area
        for area in chosen
        if area == WHOLE_SITE or (code and code.startswith(code_prefix(area)))
    ]
    return chosen[max(fitting, key=lambda area: len(code_prefix(area)))] if fitting else None


def choose(
    session: Session,
    actor: Actor,
    name: str,
    value: dict[str, Any],
    *,
    area: str = WHOLE_SITE,
    now: datetime,
) -> None:
    """Decide on a setting; the audit log keeps what it was and what it is, and pages are made anew.

    Raises Forbidden for anybody but an administrator of the area; for the whole site, of the area
    of the unit that runs it.
    """
    leading = find_leading_unit(session)
    of_site = leading.region_code if leading else None
    actor.require(Permission.MANAGE_USERS, within=area or of_site)
    choice = session.get(Choice, (name, area), with_for_update=True)
    before = choice.value if choice else None
    if before == value:
        return
    if choice is None:
        session.add(
            Choice(name=name, area=area, value=value, chosen_at=now, chosen_by=actor.user_id)
        )
    else:
        choice.value, choice.chosen_at, choice.chosen_by = value, now, actor.user_id
    forget_all_pages(session)
    audit(
        session,
        actor,
        f"choose-{name}",
        f"region:{area}" if area else "site",
        now=now,
        before=before,
        after=value,
    )
