"""The gate 发布前检查: every text that will be published is scanned before it can be approved.

Whole names are looked for in free text alone, never in text that comes from regions, the catalogue
or templates (rules/masking.md, "The gate").
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from disclosure.drafting import DraftNotice
from disclosure.intake.result import CheckedRow
from portal.kernel.personal_data import PersonalDataFinder

FREE_TEXT = ("group", "class", "reason")
WITHHELD = "（含个人信息，已隐去）"
"""What a draft keeps in place of a text that the gate stops: part of the data, in Chinese."""
_CUT = "…"
_CUTS = 5  # what is left of a file's name may still be personal


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


class Gate:
    """Looks at the texts of one file, each different text once.

    Args:
        whole_names: all names in the file.
        places: names of places in which a person's name may stand, and then is none.
    """

    def __init__(
        self,
        whole_names: Collection[str] = frozenset(),
        places: Collection[str] = frozenset(),
    ) -> None:
        self._finders = {
            True: PersonalDataFinder(whole_names, places),
            False: PersonalDataFinder(),
        }
        # A list says "3组" and "B" hundreds of times.
        self._known: dict[tuple[bool, str], tuple[str, ...]] = {}

    def kinds(self, text: str, *, free: bool = True) -> tuple[str, ...]:
        """Return what kinds of personal data stand in a text."""
        key = (free, text)
        if key not in self._known:
            found = self._finders[free].find(text)
            self._known[key] = tuple(finding.subkind.value for finding in found)
        return self._known[key]

    def scan(self, texts: Iterable[PublishedText]) -> tuple[GateHit, ...]:
        """Return every hit in ``texts``; none means that the gate is open."""
        return tuple(
            GateHit(text.place, text.field, text.row, kind)
            for text in texts
            for kind in self.kinds(text.text, free=text.free)
        )

    def withheld(self, row: CheckedRow) -> CheckedRow:
        """Return a row as a draft may keep it: what the gate stops is neither stored nor shown."""
        group, reason = (
            WITHHELD if text and self.kinds(text) else text for text in (row.group, row.reason)
        )
        return replace(row, group=group, reason=reason)

    def file_name(self, name: str) -> str:
        """Return a file's name without what is personal in it."""
        for _ in range(_CUTS):
            found = self._finders[True].find(name)
            if not found:
                return name
            for finding in reversed(found):
                name = name[: finding.start] + _CUT + name[finding.end :]
        return _CUT


def scan(texts: Iterable[PublishedText], whole_names: frozenset[str]) -> tuple[GateHit, ...]:
    """Return every hit in ``texts``, for a single use of the gate."""
    return Gate(whole_names).scan(texts)


def texts_of_rows(place: str, rows: Sequence[tuple[int, str, str, str]]) -> Iterable[PublishedText]:
    """Yield the free texts of rows given as (n, group, class, reason)."""
    for n, *values in rows:
        for field, value in zip(FREE_TEXT, values, strict=True):
            if value:
                yield PublishedText(place, field, n, value, free=True)


def texts_of_drafts(notices: Iterable[DraftNotice]) -> Iterable[PublishedText]:
    """Yield every text of drafted notices that will be published."""
    for notice in notices:
        place = notice.place.name
        yield PublishedText(place, "title", None, notice.title, free=False)
        rows = [(row.n, row.group, row.class_, row.reason) for row in notice.rows]
        yield from texts_of_rows(place, rows)
