"""Places 行政区划 of an import: a village's name is resolved inside its township, never alone.

Names repeat inside one county, and lists write them in many ways: 金轮村委会, 金轮村, 金轮,
三营镇金轮村, 刘店村4组.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.kernel.text import compact

_VILLAGE = ("村民委员会", "村委会", "村")
_COMMUNITY = ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区")
_TOWNSHIP = ("街道办事处", "街道", "镇", "乡")
_SEAT = ("人民政府", "街道办事处")  # 三营镇人民政府 stands for 三营镇
_GROUP = re.compile(
    r"(?:第)?(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:村民小组|居民小组|小组|组|队|社)"
)
_NAMED_GROUP = re.compile(r"[\u4e00-\u9fff]{1,6}(?:村民小组|居民小组|小组|组|队|社|自然村)")
_BARE_NUMBER = re.compile(r"\d{1,3}")


@dataclass(frozen=True)
class Place:
    """An administrative division: 12-digit ``code``, ``name``, ``level``, its parent's code."""

    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True)
class Located:
    """What a text names: the place or None, the villagers' group or "", whether it was unclear."""

    place: Place | None
    group: str = ""
    ambiguous: bool = False


class Gazetteer:
    """The places inside one region, found by the ways their names are written.

    Args:
        region: the township (for funds: the county) that the list is about.
        places: its villages and neighbourhoods (for funds: its townships).
    """

    def __init__(self, region: Place, places: Sequence[Place]) -> None:
        self._region = region
        self._by_code = {place.code: place for place in places}
        self._strong: dict[str, set[Place]] = {}
        self._weak: dict[str, set[Place]] = {}
        self._known: dict[str, Located] = {}
        for place in places:
            name = compact(place.name)
            strong, weak = _aliases(name)
            for alias in strong:
                self._strong.setdefault(alias, set()).add(place)
            for alias in weak:
                self._weak.setdefault(alias, set()).add(place)

    def by_code(self, code: str) -> Place | None:
        """Return the place with this 12-digit code, if it lies in the region."""
        return self._by_code.get(compact(code))

    def locate(self, text: str) -> Located:
        """Return the place and the villagers' group that ``text`` names."""
        if text not in self._known:
            self._known[text] = self._locate(self._without_region(compact(text)))
        return self._known[text]

    def _locate(self, written: str) -> Located:
        whole = self._find(written)
        if whole.place or whole.ambiguous:
            return whole
        for end in range(len(written) - 1, 0, -1):
            rest = written[end:]
            if not (_GROUP.fullmatch(rest) or _NAMED_GROUP.fullmatch(rest)):
                continue
            found = self._find(written[:end])
            if found.place or found.ambiguous:
                return Located(found.place, tidy_group(rest), found.ambiguous)
        return Located(None)

    def mentioned(self, text: str) -> Place | None:
        """Return the one place whose full name stands in ``text`` (a title), or None."""
        written = compact(text)
        hits = {a: p for a, p in self._strong.items() if len(a) > 2 and a in written}
        longest = [a for a in hits if not any(a != b and a in b for b in hits)]
        places = {place for alias in longest for place in hits[alias]}
        return places.pop() if len(places) == 1 else None

    def _find(self, written: str) -> Located:
        for names in (self._strong, self._weak):
            places = names.get(written, set())
            if len(places) == 1:
                return Located(next(iter(places)))
            if places:
                return Located(None, ambiguous=True)
        return Located(None)

    def _without_region(self, written: str) -> str:
        _, name, rest = written.partition(compact(self._region.name))
        for seat in _SEAT:
            rest = rest.removeprefix(seat)
        return rest if name and rest else written


def place_words(places: Iterable[Place], names: Iterable[str] = ()) -> frozenset[str]:
    """Return the ways in which a text may name ``places``, and the ``names`` of others."""
    words = set(names)
    for place in places:
        words |= _aliases(compact(place.name))[0]
    return frozenset(words)


def tidy_group(text: str) -> str:
    """Return a villagers' group 村民小组 in one writing: ``4`` and ``第4小组`` become ``4组``."""
    written = compact(text)
    if _BARE_NUMBER.fullmatch(written):
        return f"{int(written)}组"
    return re.sub(
        r"^第?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:村民小组|居民小组|小组)$", r"\1组", written
    )


def _aliases(name: str) -> tuple[set[str], set[str]]:
    """Return the writings of ``name`` that say its kind, and those that leave the kind out."""
    for endings in (_COMMUNITY, _VILLAGE):
        for ending in endings:
            core = name.removesuffix(ending)
            if core and core != name:
                return {name, *_joined(core, endings)}, {core}
    for ending in _TOWNSHIP:
        core = name.removesuffix(ending)
        if core and core != name:
            return {name, *(name + seat for seat in _SEAT)}, {core}
    return {name}, set()


def _joined(core: str, endings: Iterable[str]) -> set[str]:
    return {core + ending for ending in endings}
