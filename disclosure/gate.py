"""The gate 发布前检查: every text that will be published is scanned before it can be approved.

Whole names are looked for in free text alone, never in text that comes from regions, the catalogue
or templates (rules/masking.md, "The gate").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.kernel.personal_data import PersonalDataFinder

FREE_TEXT = ("group", "class", "reason")


@dataclass(frozen=True)
class PublishedText:
    """One text that will be published: where it stands, and whether a person typed it freely."""

    place: str
    field: str
    row: int | None
    text: str
    free: bool


@dataclass(frozen=True)
class GateHit:
    """Personal data found in a text; the value itself is never repeated."""

    place: str
    field: str
    row: int | None
    kind: str


def scan(texts: Iterable[PublishedText], whole_names: frozenset[str]) -> tuple[GateHit, ...]:
    """Return every hit in ``texts``; none means that the gate is open."""
    finders = {True: PersonalDataFinder(whole_names), False: PersonalDataFinder()}
    # A list says "3组" and "B" hundreds of times.
    known: dict[tuple[bool, str], tuple[str, ...]] = {}
    hits: list[GateHit] = []
    for text in texts:
        key = (text.free, text.text)
        if key not in known:
            found = finders[text.free].find(text.text)
            known[key] = tuple(finding.subkind.value for finding in found)
        hits.extend(GateHit(text.place, text.field, text.row, kind) for kind in known[key])
    return tuple(hits)


def texts_of_rows(place: str, rows: Sequence[tuple[int, str, str, str]]) -> Iterable[PublishedText]:
    """Yield the free texts of rows given as (n, group, class, reason)."""
    for n, *values in rows:
        for field, value in zip(FREE_TEXT, values, strict=True):
            if value:
                yield PublishedText(place, field, n, value, free=True)
