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
    with_names = PersonalDataFinder(whole_names)
    without_names = PersonalDataFinder()
    hits: list[GateHit] = []
    for text in texts:
        finder = with_names if text.free else without_names
        hits.extend(
            GateHit(text.place, text.field, text.row, finding.subkind.value)
            for finding in finder.find(text.text)
        )
    return tuple(hits)


def texts_of_rows(place: str, rows: Sequence[tuple[int, str, str, str]]) -> Iterable[PublishedText]:
    """Yield the free texts of rows given as (n, group, class, reason)."""
    for n, *values in rows:
        for field, value in zip(FREE_TEXT, values, strict=True):
            if value:
                yield PublishedText(place, field, n, value, free=True)
