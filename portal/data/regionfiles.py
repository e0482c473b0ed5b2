"""Loading divisions 装载行政区划 from a file, with the pinyin by which people look for places.

Apart from the table itself, because only whoever loads needs the dictionary of readings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.data.changes import EVERYTHING, note_changes
from portal.data.csvfiles import check_lengths, parse_records, refuse_all
from portal.data.regions import LONGEST_NAME, Level, Region, is_code
from portal.kernel.errors import Refused
from portal.kernel.language import N_


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
    # A place's name stands in the entry of everything inside it.
    note_changes(session, [EVERYTHING])
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
