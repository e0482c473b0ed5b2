"""Staff 工作人员 of the demonstration: accounts with clear names, all with one password."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from demo.offices import CITY, discipline_id
from portal.data.accounts import (
    OPERATOR,
    Actor,
    UnitKind,
    UnitRow,
    User,
    actor_of,
    audit,
)
from portal.data.ids import new_id
from portal.data.signing_in import verify_password
from portal.kernel.permissions import Role

PASSWORD = "demo-2026-guyuan"  # noqa: S105 - printed by serve, and used in demo mode only

_ROLES: Mapping[UnitKind, tuple[Role, ...]] = {
    UnitKind.TOWNSHIP: (Role.CLERK, Role.HEAD, Role.HANDLER, Role.HELPER),
    UnitKind.COUNTY: (Role.CLERK, Role.REVIEWER, Role.HEAD, Role.HANDLER),
    UnitKind.CITY: (Role.HEAD, Role.HANDLER, Role.AUDITOR, Role.SECURITY_AUDITOR, Role.ADMIN),
    UnitKind.DISCIPLINE: (Role.DISCIPLINE,),
}
# There is one of each in the city, so their logins need no place.
_ONE_OF_A_KIND = (Role.AUDITOR, Role.SECURITY_AUDITOR, Role.ADMIN)
_WORDS = {
    Role.CLERK: "经办人",
    Role.REVIEWER: "复核人",
    Role.HELPER: "村级协理员",
    Role.HANDLER: "承办人",
    Role.HEAD: "负责人",
    Role.DISCIPLINE: "信访干部",
    Role.AUDITOR: "资金审计员",
    Role.SECURITY_AUDITOR: "安全审计员",
    Role.ADMIN: "系统管理员",
}


@dataclass(frozen=True)
class DemoLogin:
    """An account to try: its login name, what it may do, and whose it is."""

    login: str
    role: Role
    unit: str
    name: str


def login_of(unit: str, role: Role) -> str:
    """Return the login of somebody in a unit: ``sanying-clerk``, ``yuanzhou-discipline``."""
    if role in _ONE_OF_A_KIND:
        return role.value
    return unit if role is Role.DISCIPLINE else f"{unit}-{role.value}"


def list_logins(offices: Sequence[UnitRow]) -> Iterator[DemoLogin]:
    """Yield every account of the demonstration."""
    for office in offices:
        for role in _ROLES[office.kind]:
            name = f"{office.name}{_WORDS[role]}"
            yield DemoLogin(login_of(office.id, role), role, office.id, name)


# One of every role, around 三营镇, 原州区.
_SHOWN = (
    *(login_of("sanying", role) for role in _ROLES[UnitKind.TOWNSHIP]),
    *(login_of("yuanzhou", role) for role in _ROLES[UnitKind.COUNTY] if role is not Role.HEAD),
    login_of(discipline_id("yuanzhou"), Role.DISCIPLINE),
    *(login_of(CITY, role) for role in _ONE_OF_A_KIND),
)


def demo_logins(session: Session) -> tuple[DemoLogin, ...]:
    """Return the logins that ``serve`` prints, one of every role at least.

    None where the demonstration was not loaded, or its password has been changed.
    """
    users = session.scalars(select(User).where(User.login.in_(_SHOWN), User.active)).all()
    found = {user.login: user for user in users}
    if set(found) != set(_SHOWN) or not verify_password(found[_SHOWN[0]].password_hash, PASSWORD):
        return ()
    return tuple(
        DemoLogin(login, user.role, user.unit_id, user.name)
        for login, user in ((login, found[login]) for login in _SHOWN)
    )


def list_actors(session: Session) -> dict[str, Actor]:
    """Return every account as an actor, by login."""
    users = session.scalars(select(User).options(joinedload(User.unit)))
    return {user.login: actor_of(user) for user in users}


def add_staff(
    session: Session, offices: Sequence[UnitRow], *, password_hash: str, now: datetime
) -> None:
    """Create every account with the one hash, because each of its own would take 35 ms."""
    for new in list_logins(offices):
        session.add(
            User(
                id=new_id(),
                login=new.login,
                name=new.name,
                role=new.role,
                unit_id=new.unit,
                password_hash=password_hash,
                must_change_password=False,
                active=True,
                created_at=now,
            )
        )
        audit(
            session,
            OPERATOR,
            "user-add",
            f"user:{new.login}",
            now=now,
            role=new.role.value,
            unit=new.unit,
        )
    session.flush()
