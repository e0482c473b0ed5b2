"""Administrative divisions 行政区划: province, city, county, township, village, by code."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base
from portal.kernel.errors import NotFound
from portal.kernel.language import N_

LONGEST_NAME = 80


class Level(StrEnum):
    """How high a division stands 行政级别, from the province down."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


class Region(Base):
    """An administrative division 行政区划; ``initials`` and ``pinyin`` are editable columns."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    level: Mapped[Level]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    pinyin: Mapped[str] = mapped_column(String(400))
    initials: Mapped[str] = mapped_column(String(80), index=True)


def is_code(text: str) -> bool:
    """Tell whether ``text`` is written like a statistical code: 12 digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def get_region(session: Session, code: str) -> Region:
    """Return the division; raise NotFound."""
    region = session.get(Region, code)
    if region is None:
        raise NotFound(N_("There is no place with the code %(code)s."), code=code)
    return region


def find_region(session: Session, code: str) -> Region | None:
    """Return the division or None."""
    return session.get(Region, code)


def list_sub_regions(session: Session, code: str) -> Sequence[Region]:
    """Return the divisions directly below ``code``, by code."""
    query = select(Region).where(Region.parent_code == code).order_by(Region.code)
    return session.scalars(query).all()


def list_top_regions(session: Session) -> Sequence[Region]:
    """Return the divisions that have no parent."""
    return session.scalars(
        select(Region).where(Region.parent_code.is_(None)).order_by(Region.code)
    ).all()


def find_area_served(session: Session) -> Region | None:
    """Return the widest place that the portal is about: below a province that has one city only."""
    tops = list_top_regions(session)
    if not tops:
        return None
    below = list_sub_regions(session, tops[0].code)
    return below[0] if tops[0].level is Level.PROVINCE and len(below) == 1 else tops[0]


def list_regions(
    session: Session,
    levels: Collection[Level],
    *,
    within: str | None = None,
    limit: int | None = None,
) -> Sequence[Region]:
    """Return the places of the given levels, by code: all, or those inside ``within``."""
    query = select(Region).where(Region.level.in_(levels)).order_by(Region.code).limit(limit)
    if within is not None:
        query = query.where(Region.code.startswith(code_prefix(within)))
    return session.scalars(query).all()


def list_codes(session: Session) -> Sequence[str]:
    """Return the code of every division, from the widest area down."""
    return session.scalars(select(Region.code).order_by(Region.code)).all()


def path_of(session: Session, code: str) -> tuple[Region, ...]:
    """Return the divisions from the top down to ``code``, itself included."""
    path: list[Region] = []
    # Codes nearly always say what lies above, so one question finds them all.
    above = {code[:digits].ljust(len(code), "0") for digits in SIGNIFICANT_DIGITS.values()}
    found = session.scalars(select(Region).where(Region.code.in_(above)))
    known = {region.code: region for region in found}
    region: Region | None = known.get(code) or get_region(session, code)
    while region is not None:
        path.append(region)
        parent = region.parent_code
        region = known.get(parent) or session.get(Region, parent) if parent else None
    return tuple(reversed(path))


# Digits of a statistical code that name a division of each level.
SIGNIFICANT_DIGITS = {
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}


def code_prefix(code: str) -> str:
    """Return the part of ``code`` that every division inside it shares: 640402000000 → 640402."""
    for digits in (2, 4, 6, 9):
        if set(code[digits:]) == {"0"}:
            return code[:digits]
    return code


def is_within(code: str, area: str) -> bool:
    """Tell whether the division ``code`` is ``area`` or lies inside it."""
    return code.startswith(code_prefix(area))
