"""Units and users 单位与用户: who works where, who supervises whom, and how they sign in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from portal.data.audit import record
from portal.data.base import Base
from portal.data.csvfiles import check_lengths, parse_records, refuse_all
from portal.data.regions import Region, is_within
from portal.kernel.errors import Forbidden, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission, Role, permissions_of


class UnitKind(StrEnum):
    """What a unit is."""

    VILLAGE = "village"  # 村民委员会、居民委员会
    TOWNSHIP = "township"  # 乡镇（街道）民政办
    COUNTY = "county"  # 县（区）民政局
    CITY = "city"  # 市民政局
    DISCIPLINE = "discipline"  # 纪委监委


class Unit(Base):
    """A unit 单位 that publishes, answers or supervises."""

    __tablename__ = "units"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[UnitKind]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    phone: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(200))
    supervised_by: Mapped[str | None] = mapped_column(ForeignKey("units.id"))

    region: Mapped[Region] = relationship()


class User(Base):
    """A member of staff 工作人员; one role, one unit."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[Role]
    unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a member of staff, or the operator at the command line (命令行操作员)."""

    user_id: str | None
    label: str
    role: Role | None
    unit_id: str | None
    region_code: str | None
    permissions: frozenset[Permission]

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor's role includes ``permission``."""
        return permission in self.permissions

    def require(self, permission: Permission, *, within: str | None = None) -> None:
        """Raise Forbidden unless allowed, and, given a place's code, allowed there."""
        if permission not in self.permissions:
            raise Forbidden(N_("Your role does not allow this."))
        if within is not None and not self.covers(within):
            raise Forbidden(N_("This place is not in your area."))

    def covers(self, code: str) -> bool:
        """Tell whether the place ``code`` lies in the actor's area."""
        return self.region_code is None or is_within(code, self.region_code)


OPERATOR = Actor(
    user_id=None,
    label="command-line operator",
    role=None,
    unit_id=None,
    region_code=None,
    permissions=frozenset(Permission),
)

# Whoever tries a login that does not exist.
SOMEONE = Actor(
    user_id=None,
    label="someone",
    role=None,
    unit_id=None,
    region_code=None,
    permissions=frozenset(),
)


def actor_of(user: User) -> Actor:
    """Return ``user`` as an actor, in the area of their unit."""
    return Actor(
        user_id=user.id,
        label=f"{user.name} ({user.login})",
        role=user.role,
        unit_id=user.unit_id,
        region_code=user.unit.region_code,
        permissions=permissions_of(user.role),
    )


def audit(
    session: Session, actor: Actor, action: str, subject: str, *, now: datetime, **details: object
) -> None:
    """Append what ``actor`` did to the audit log, in this transaction."""
    record(
        session,
        at=now,
        actor_id=actor.user_id,
        actor_label=actor.label,
        unit_id=actor.unit_id,
        action=action,
        subject=subject,
        **details,
    )


@dataclass(frozen=True)
class UnitRow:
    """One line of a units file: ``id,name,kind,region,phone,address,supervised_by``."""

    id: str
    name: str
    kind: UnitKind
    region: str
    phone: str
    address: str
    supervised_by: str | None


UNIT_COLUMNS = ("id", "name", "kind", "region", "phone", "address", "supervised_by")
_LONGEST = {"name": 120, "phone": 60, "address": 200}
# It names the file of the unit's key as well, so it must not be able to lead anywhere else.
_UNIT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def parse_units_csv(text: str) -> list[UnitRow]:
    """Read ``id,name,kind,region,phone,address,supervised_by``; raises SeveralRefused."""
    rows: list[UnitRow] = []
    problems: list[Refused] = []
    for entry in parse_records(text, UNIT_COLUMNS):
        line, values = entry
        problems += check_lengths(entry, _LONGEST, may_be_empty=("phone", "address"))
        if not _UNIT_ID.fullmatch(values["id"]) or values["kind"] not in list(UnitKind):
            problems.append(
                Refused(
                    N_(
                        "Line %(line)s: an id (letters, digits, hyphens, dots and underscores) and "
                        "a known kind of unit are needed."
                    ),
                    line=line,
                )
            )
            continue
        rows.append(
            UnitRow(
                **{name: values[name] for name in ("id", "name", "region", "phone", "address")},
                kind=UnitKind(values["kind"]),
                supervised_by=values["supervised_by"] or None,
            )
        )
    refuse_all(problems)
    return rows


def _check_units(session: Session, rows: Sequence[UnitRow]) -> None:
    known = set(session.scalars(select(Unit.id))) | {row.id for row in rows}
    places = set(session.scalars(select(Region.code)))
    problems = [
        Refused(
            N_("The unit %(unit)s: the place %(code)s is unknown; load the divisions first."),
            unit=row.id,
            code=row.region,
        )
        for row in rows
        if row.region not in places
    ]
    problems += [
        Refused(
            N_("The unit %(unit)s: there is no unit %(above)s to supervise it."),
            unit=row.id,
            above=row.supervised_by,
        )
        for row in rows
        if row.supervised_by is not None
        and (row.supervised_by not in known or row.supervised_by == row.id)
    ]
    refuse_all(problems)


def load_units(session: Session, rows: Sequence[UnitRow]) -> int:
    """Insert or update units; returns how many. Safe to repeat.

    Raises SeveralRefused, before anything is stored, for unknown places and supervisors.
    """
    _check_units(session, rows)
    for row in rows:
        unit = session.get(Unit, row.id)
        if unit is None:
            unit = Unit(id=row.id)
            session.add(unit)
        unit.name, unit.kind, unit.region_code = row.name, row.kind, row.region
        unit.phone, unit.address = row.phone, row.address
    session.flush()
    # Reporting lines come last, because a file may name a supervisor below the supervised.
    for row in rows:
        session.get_one(Unit, row.id).supervised_by = row.supervised_by
    session.flush()
    return len(rows)


def get_unit(session: Session, unit_id: str) -> Unit:
    """Return the unit; raise NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(N_("There is no unit %(unit)s."), unit=unit_id)
    return unit


def find_leading_unit(session: Session) -> Unit | None:
    """Return the civil-affairs unit of the widest area (主办单位), or None."""
    kinds = [UnitKind.CITY, UnitKind.COUNTY]
    query = select(Unit).where(Unit.kind.in_(kinds)).order_by(Unit.region_code, Unit.id).limit(1)
    return session.scalar(query)


def list_units(session: Session) -> Sequence[Unit]:
    """Return every unit, by place and name."""
    return session.scalars(select(Unit).order_by(Unit.region_code, Unit.id)).all()


def list_units_of(session: Session, codes: Sequence[str]) -> Sequence[Unit]:
    """Return the units of the given places, in the places' order."""
    units = session.scalars(select(Unit).where(Unit.region_code.in_(codes))).all()
    order = {code: position for position, code in enumerate(codes)}
    return sorted(units, key=lambda unit: (order[unit.region_code], unit.kind, unit.id))


def find_user(session: Session, login: str) -> User | None:
    """Return the active user of that login name, or None."""
    return session.scalar(select(User).where(User.login == login.strip().lower(), User.active))
