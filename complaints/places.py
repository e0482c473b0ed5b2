"""From a matter to its units 分办: the tables of places and units, as routing needs them."""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints import routing
from complaints.routing import Matter, Route, UnitRef, WhomToCall
from complaints.statements import Statement
from complaints.tracks import Accused, Track
from portal.data.accounts import Unit, UnitKind, list_units
from portal.data.regions import Level, Region, code_prefix, get_region, path_of

# Of an accusation only the county stands outside the seal: the village would name the accused.
_ACCUSATION_LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
_ACCUSED_KINDS = {
    Accused.VILLAGE: UnitKind.VILLAGE,
    Accused.TOWNSHIP: UnitKind.TOWNSHIP,
    Accused.COUNTY_DEPARTMENT: UnitKind.COUNTY,
}


@dataclass(frozen=True)
class Placed:
    """Where a matter goes: its units, the place that may be known, and the statement completed."""

    route: Route
    region_code: str
    statement: Statement

    @property
    def units(self) -> tuple[str, ...]:
        """The ids of the units that have a seat."""
        seated = (self.route.responsible, self.route.supervising)
        return tuple(unit.id for unit in seated if unit is not None)


def place_matter(session: Session, track: Track, statement: Statement) -> Placed | WhomToCall:
    """Find who answers; raises NotFound for an unknown place."""
    statement, matter, region_code = _described(session, track, statement)
    found = routing.route(matter, list_unit_refs(session))
    return found if isinstance(found, WhomToCall) else Placed(found, region_code, statement)


def place_at(session: Session, track: Track, statement: Statement, unit_id: str) -> Placed:
    """Return where a matter stands that is referred to ``unit_id``; raises Refused, NotFound."""
    statement, matter, region_code = _described(session, track, statement)
    found = routing.referred_to(unit_id, matter, list_unit_refs(session))
    return Placed(found, region_code, statement)


def list_units_to_refer_to(
    session: Session, track: Track, statement: Statement, *, present: str
) -> tuple[UnitRef, ...]:
    """Return the units that a case may be referred to 可转办单位, without the ``present`` one."""
    _, matter, _ = _described(session, track, statement)
    found = routing.units_to_refer_to(matter, list_unit_refs(session))
    return tuple(unit for unit in found if unit.id != present)


def list_unit_refs(session: Session) -> list[UnitRef]:
    """Return every unit as routing sees it."""
    return [unit_ref(unit) for unit in list_units(session)]


def unit_ref(unit: Unit) -> UnitRef:
    """Return a unit as routing sees it."""
    kind = routing.UnitKind(unit.kind.value)
    return UnitRef(unit.id, unit.name, kind, unit.region_code, unit.supervised_by)


def _described(
    session: Session, track: Track, statement: Statement
) -> tuple[Statement, Matter, str]:
    """Return the statement with whom it concerns, the matter, and the place outside the seal."""
    path = path_of(session, statement.place)
    if track is not Track.ACCUSATION:
        matter = Matter(track, _codes(path), statement.concerned)
        return statement, matter, statement.place
    statement = replace(
        statement, concerned=statement.concerned or _accused(session, path, statement)
    )
    wide = tuple(region for region in path if region.level in _ACCUSATION_LEVELS)
    return statement, Matter(track, _codes(wide), statement.concerned), wide[-1].code


def _accused(session: Session, path: tuple[Region, ...], statement: Statement) -> str | None:
    """Return the unit in which the accused works, as far as the tables know it."""
    kind = _ACCUSED_KINDS.get(statement.accused) if statement.accused else None
    codes = [region.code for region in path]
    found = (unit for unit in list_units(session) if unit.kind is kind)
    return next((unit.id for unit in found if unit.region_code in codes), None)


def _codes(path: tuple[Region, ...]) -> tuple[str, ...]:
    return tuple(region.code for region in reversed(path))


def list_places_within(session: Session, area: str) -> list[tuple[str, str]]:
    """Return code and name of the place ``area`` and every one inside it, with the names between.

    官厅镇 庙台村委会 for a village, from the widest place of the area down.
    """
    top = get_region(session, area)
    inside = session.scalars(
        select(Region)
        .where(Region.code.startswith(code_prefix(area), autoescape=True), Region.code != top.code)
        .order_by(Region.code)
    ).all()
    names = {region.code: region.name for region in inside}
    labelled = []
    for region in inside:
        above = names.get(region.parent_code or "")
        labelled.append((region.code, f"{above} {region.name}" if above else region.name))
    return [(top.code, top.name), *labelled]
