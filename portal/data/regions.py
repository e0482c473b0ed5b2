"""Administrative divisions 行政区划: province, city, county, township, village, by code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pypinyin import Style, lazy_pinyin
from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base
from portal.data.csvfiles import check_lengths, parse_records, refuse_all
from portal.kernel.errors import NotFound, Refused
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


@dataclass(frozen=True)
class RegionRow:
    """One line of a divisions file: ``code,name,level,parent`` (parent empty at the top)."""

    code: str
    name: str
    level: Level
    parent: str | None


# Readings that a dictionary of words gets wrong in place names; the first match from the left wins.
PLACE_READINGS: dict[str, tuple[str, ...]] = {
    "什字": ("shi", "zi"),
    "崾岘": ("yao", "xian"),
}


def place_pinyin(name: str) -> tuple[str, ...]:
    """Return the syllables of a place's name, without tones: 什字乡 → shi, zi, xiang."""
    syllables: list[str] = []
    rest = name
    while rest:
        known = next((word for word in PLACE_READINGS if rest.startswith(word)), None)
        if known is not None:
            syllables.extend(PLACE_READINGS[known])
            rest = rest[len(known) :]
            continue
        cut = min((rest.index(word) for word in PLACE_READINGS if word in rest), default=len(rest))
        syllables.extend(lazy_pinyin(rest[:cut], style=Style.NORMAL))
        rest = rest[cut:]
    return tuple(syllable.lower() for syllable in syllables)


def parse_regions_csv(text: str) -> list[RegionRow]:
    """Read ``code,name,level,parent``; raises SeveralRefused with everything that is wrong."""
    rows: list[RegionRow] = []
    problems: list[Refused] = []
    for record in parse_records(text, ("code", "name", "level", "parent")):
        line, values = record
        code, level = values["code"], values["level"]
        problems += check_lengths(record, {"name": LONGEST_NAME})
        if is_code(code) and level in list(Level):
            rows.append(RegionRow(code, values["name"], Level(level), values["parent"] or None))
        else:
            problems.append(
                Refused(
                    N_("Line %(line)s: a code of 12 digits and a known level are needed."),
                    line=line,
                )
            )
    refuse_all(problems)
    return rows


def is_code(text: str) -> bool:
    """Tell whether ``text`` is written like a statistical code: 12 digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def load_regions(session: Session, rows: Iterable[RegionRow]) -> int:
    """Insert or update divisions, parents first; returns how many. Safe to repeat.

    Raises SeveralRefused, before anything is stored, for parents that are not above their places.
    """
    rows = list(rows)
    order = list(Level)
    count = 0
    # Looked up at once: a question for each of a city's thousand places would take seconds.
    known = {region.code: region for region in session.scalars(select(Region))}
    _check_parents(rows, known)
    for row in sorted(rows, key=lambda row: order.index(row.level)):
        region = known.get(row.code)
        if region is None:
            region = known[row.code] = Region(code=row.code)
            session.add(region)
            region.pinyin, region.initials = _spelling(row.name)
        elif region.name != row.name:
            region.pinyin, region.initials = _spelling(row.name)
        region.name, region.level, region.parent_code = row.name, row.level, row.parent
        count += 1
    session.flush()
    return count


def _check_parents(rows: Sequence[RegionRow], known: Mapping[str, Region]) -> None:
    order = list(Level)
    levels = {code: region.level for code, region in known.items()}
    levels |= {row.code: row.level for row in rows}
    refuse_all(
        [
            Refused(
                N_("The place %(code)s: there is no place %(parent)s above it."),
                code=row.code,
                parent=row.parent,
            )
            for row in rows
            if row.parent is not None
            and (
                row.parent not in levels
                or order.index(levels[row.parent]) >= order.index(row.level)
            )
        ]
    )


def _spelling(name: str) -> tuple[str, str]:
    syllables = place_pinyin(name)
    return " ".join(syllables), "".join(syllable[:1] for syllable in syllables)


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


def path_of(session: Session, code: str) -> tuple[Region, ...]:
    """Return the divisions from the top down to ``code``, itself included."""
    path: list[Region] = []
    region: Region | None = get_region(session, code)
    while region is not None:
        path.append(region)
        region = session.get(Region, region.parent_code) if region.parent_code else None
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
