"""Offices 单位 of the demonstration: who publishes, answers and supervises, and how to reach them.

Telephones have the area's code and a subscriber's number that begins with two zeros, which no
exchange can assign. Addresses name a service hall, and no house number.
"""

from collections.abc import Iterator, Sequence

from portal.data.accounts import UnitKind, UnitRow
from portal.data.regionfiles import RegionRow, place_pinyin
from portal.data.regions import Level

CITY = "guyuan"
DISCIPLINE = "discipline"
_ENDINGS = ("街道", "镇", "乡", "县", "区", "市")
_FIRST_NUMBER = 10001


def short_id(place: RegionRow) -> str:
    """Return the id of a place's civil affairs office: 三营镇 → ``sanying``."""
    name = place.name
    ending = next((word for word in _ENDINGS if name.endswith(word)), "")
    return "".join(place_pinyin(name.removesuffix(ending)))


def list_offices(places: Sequence[RegionRow]) -> list[UnitRow]:
    """Return the units of the city, its counties and townships; raises ValueError for two alike."""
    offices = [
        unit for place in places if place.level in _LEVELS for unit in _offices_of(place, places)
    ]
    if len({unit.id for unit in offices}) < len(offices):
        raise ValueError("two units have the same id")
    return [
        UnitRow(
            id=unit.id,
            name=unit.name,
            kind=unit.kind,
            region=unit.region,
            phone=f"0954-00{number:05d}",
            address=unit.address,
            supervised_by=unit.supervised_by,
        )
        for number, unit in enumerate(offices, start=_FIRST_NUMBER)
    ]


_LEVELS = (Level.CITY, Level.COUNTY, Level.TOWNSHIP)


def _offices_of(place: RegionRow, places: Sequence[RegionRow]) -> Iterator[UnitRow]:
    above = next((other for other in places if other.code == place.parent), None)
    supervisor = short_id(above) if above is not None and above.level in _LEVELS else None
    if place.level is Level.TOWNSHIP:
        seat = "办事处" if place.name.endswith("街道") else "人民政府"
        address = f"{place.name}{seat}便民服务中心"
        yield _unit(place, UnitKind.TOWNSHIP, "民政办", address, supervisor)
        return
    kind = UnitKind.CITY if place.level is Level.CITY else UnitKind.COUNTY
    yield _unit(place, kind, "民政局", f"{place.name}政务服务中心", supervisor)
    watched_by = discipline_id(supervisor) if supervisor else None
    address = f"{place.name}纪委监委信访接待室"
    yield _unit(place, UnitKind.DISCIPLINE, "纪委监委", address, watched_by)


def discipline_id(office: str) -> str:
    """Return the id of the discipline office beside a civil affairs bureau."""
    return f"{office}-{DISCIPLINE}"


def _unit(
    place: RegionRow, kind: UnitKind, name: str, address: str, supervised_by: str | None
) -> UnitRow:
    own = short_id(place)
    return UnitRow(
        id=discipline_id(own) if kind is UnitKind.DISCIPLINE else own,
        name=f"{place.name}{name}",
        kind=kind,
        region=place.code,
        phone="",
        address=address,
        supervised_by=supervised_by,
    )
