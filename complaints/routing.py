"""Routing 分办: which unit answers a case and which one looks on.

By the kind of matter: help goes to the township's civil affairs office, an objection is looked into
by the township under the county's eyes, a complaint about an office goes to the unit above it, and
an accusation to the discipline office alone. The unit that is complained of never answers, never
looks on, and neither does any unit beneath it. If no unit is clear of it, the answer is whom to
call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from complaints.tracks import DISCIPLINE_HOTLINE, TRACKS, Answerer, Track
from portal.kernel.errors import Refused
from portal.kernel.language import N_

GOVERNMENT_HOTLINE = "12345"

# A statistical code 统计用区划代码: province, city, county, township, village.
_CODE_PARTS = (2, 2, 2, 3, 3)


class UnitKind(StrEnum):
    """What a unit is."""

    VILLAGE = "village"  # 村（居）民委员会
    TOWNSHIP = "township"  # 乡镇民政办
    COUNTY = "county"  # 县民政局
    CITY = "city"  # 市民政局
    DISCIPLINE = "discipline"  # 纪委监委


@dataclass(frozen=True)
class UnitRef:
    """A unit 单位: its id, name, kind, the 12-digit code of its region, and the unit above it."""

    id: str
    name: str
    kind: UnitKind
    region: str
    supervised_by: str | None = None


@dataclass(frozen=True)
class Matter:
    """What a case is about.

    ``place`` is the path of 12-digit codes from the place itself up to the widest region.
    ``concerned`` is the id of the unit complained of or accused, None if the reporter named none.
    """

    track: Track
    place: tuple[str, ...]
    concerned: str | None = None


@dataclass(frozen=True)
class Route:
    """The units of a case: who answers 承办单位, and who looks on 监督单位 if anyone does."""

    responsible: UnitRef
    supervising: UnitRef | None


@dataclass(frozen=True)
class WhomToCall:
    """The answer where no unit is clear of it; ``message`` has the placeholder ``phone``."""

    message: str
    phone: str

    @property
    def params(self) -> dict[str, str]:
        """What fills the placeholders of ``message``."""
        return {"phone": self.phone}


def route(matter: Matter, units: Iterable[UnitRef]) -> Route | WhomToCall:
    """Return who answers a matter and who looks on, or whom to call.

    A unit that is concerned but not in ``units`` is treated as if none was named.
    """
    situation = _Situation({unit.id: unit for unit in units}, matter)
    if TRACKS[matter.track].answerer is Answerer.DISCIPLINE_ALONE:
        office = next(iter(situation.discipline_offices()), None)
        return Route(office, None) if office else _call(DISCIPLINE_HOTLINE)
    if TRACKS[matter.track].answerer is Answerer.UNIT_ABOVE:
        candidates = situation.above(situation.concerned or situation.nearest_office())
    else:
        nearest = situation.nearest_office()
        candidates = (nearest, *situation.above(nearest)) if nearest else ()
    for unit in candidates:
        if situation.can_act(unit):
            return Route(unit, situation.supervisor_of(unit))
    return _call(GOVERNMENT_HOTLINE)


def units_to_refer_to(matter: Matter, units: Iterable[UnitRef]) -> tuple[UnitRef, ...]:
    """Return the units that a matter may be referred to 可转办单位, all clear of the one concerned.

    An accusation goes to discipline offices only, everything else to civil affairs offices only.
    """
    situation = _Situation({unit.id: unit for unit in units}, matter)
    if TRACKS[matter.track].answerer is Answerer.DISCIPLINE_ALONE:
        return situation.discipline_offices()
    return tuple(
        unit
        for unit in situation.units.values()
        if unit.kind is not UnitKind.DISCIPLINE and situation.can_act(unit)
    )


def referred_to(unit_id: str, matter: Matter, units: Iterable[UnitRef]) -> Route:
    """Return the units of a case referred to ``unit_id``; raises Refused if it may not be."""
    known = {unit.id: unit for unit in units}
    if unit_id not in {unit.id for unit in units_to_refer_to(matter, known.values())}:
        raise Refused(N_("The case cannot go to this unit. Choose another one."), field="unit_id")
    unit = known[unit_id]
    if TRACKS[matter.track].answerer is Answerer.DISCIPLINE_ALONE:
        return Route(unit, None)
    return Route(unit, _Situation(known, matter).supervisor_of(unit))


@dataclass(frozen=True)
class _Situation:
    """The units and the matter, with the questions that routing asks of them."""

    units: Mapping[str, UnitRef]
    matter: Matter

    @property
    def concerned(self) -> UnitRef | None:
        return self.units.get(self.matter.concerned) if self.matter.concerned else None

    def above(self, unit: UnitRef | None) -> tuple[UnitRef, ...]:
        """The units above, nearest first; a circle in the table ends where it closes."""
        found: list[UnitRef] = []
        seen = {unit.id} if unit else set()
        while unit is not None:
            unit = self.units.get(unit.supervised_by) if unit.supervised_by else None
            if unit is None or unit.id in seen:
                break
            seen.add(unit.id)
            found.append(unit)
        return tuple(found)

    def nearest_office(self) -> UnitRef | None:
        """The civil affairs office nearest to the place: the township's, else the county's."""
        offices = (UnitKind.TOWNSHIP, UnitKind.COUNTY, UnitKind.CITY)
        for region in self.matter.place:
            for unit in self.units.values():
                if unit.region == region and unit.kind in offices:
                    return unit
        return None

    def is_clear(self, unit: UnitRef) -> bool:
        """Whether ``unit`` is neither the one concerned nor beneath it."""
        concerned = self.concerned
        return concerned is None or concerned not in (unit, *self.above(unit))

    def can_act(self, unit: UnitRef) -> bool:
        return unit.kind is not UnitKind.VILLAGE and self.is_clear(unit)

    def supervisor_of(self, unit: UnitRef) -> UnitRef | None:
        """The unit that looks on: the next above, else the discipline office of the place."""
        candidates = (*self.above(unit), *self.discipline_offices())
        return next((each for each in candidates if each != unit and self.can_act(each)), None)

    def discipline_offices(self) -> tuple[UnitRef, ...]:
        """The discipline offices that may look at the unit concerned, nearest first."""
        return tuple(
            unit
            for region in self.matter.place
            for unit in self.units.values()
            if unit.kind is UnitKind.DISCIPLINE
            and unit.region == region
            and self.is_clear(unit)
            and (self.concerned is None or _covers(region, self.concerned.region))
        )


def _covers(region: str, other: str) -> bool:
    """Whether the region of one code contains that of the other, or is the same."""
    return other.startswith(_significant(region))


def _significant(code: str) -> str:
    """Cut the levels that a code leaves at zero: ``640422000000`` is ``640422``."""
    end = len(code)
    for width in reversed(_CODE_PARTS):
        if code[end - width : end].strip("0"):
            break
        end -= width
    return code[:end]


def _call(phone: str) -> WhomToCall:
    if phone == DISCIPLINE_HOTLINE:
        message = N_(
            "No office here can take this up impartially. Call %(phone)s (free of charge)."
        )
    else:
        message = N_("No office here can take this up. Call %(phone)s; they find the right one.")
    return WhomToCall(message, phone)
