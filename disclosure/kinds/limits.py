"""Posting windows 公示期, as data: how long, by which rule, and what a county may choose.

Source: time limits as data (rules/deadlines.md, "Disclosure"); ``sure`` says how well each was
read.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from portal.kernel.language import N_
from portal.kernel.period import Period
from portal.kernel.workdays import WorkCalendar


class Sure(StrEnum):
    """How well the source was read (as in rules/deadlines.md)."""

    TEXT = "text"
    LOCAL = "local"
    MEMORY = "memory"


class Unit(StrEnum):
    """What a window is counted in."""

    CALENDAR_DAY = "calendar_day"
    WORKING_DAY = "working_day"
    WHILE_LISTED = "while_listed"  # 长期公示


@dataclass(frozen=True)
class Limit:
    """One posting window; ``days`` is None for what hangs while it holds.

    ``offered`` are the windows among which a county may choose, itself among them; ``chosen_as`` is
    the limit whose choice counts, where two follow one.
    """

    id: str
    days: int | None
    unit: Unit
    citation: str
    sure: Sure
    offered: tuple[tuple[int, Unit], ...] = ()
    chosen_as: str = ""

    @property
    def choice(self) -> str:
        """Under which id a county's choice of this window is kept."""
        return self.chosen_as or self.id

    def chosen(self, days: int, unit: Unit) -> "Limit":
        """Return this limit as a county has chosen it; a window that is not offered is refused."""
        if (days, unit) not in self.offered:
            raise ValueError(f"{self.id} may not be {days} {unit}")
        return replace(self, days=days, unit=unit)


_SEVEN = ((7, Unit.CALENDAR_DAY), (7, Unit.WORKING_DAY))

LIMITS: dict[str, Limit] = {
    limit.id: limit
    for limit in (
        Limit(
            "review-notice",
            7,
            Unit.CALENDAR_DAY,
            "《最低生活保障审核确认办法》（民发〔2021〕57号）；民办函〔2019〕52号为7个工作日",
            Sure.LOCAL,
            offered=_SEVEN,
        ),
        Limit(
            "destitute-review",
            7,
            Unit.CALENDAR_DAY,
            "《特困人员认定办法》（民发〔2021〕43号）；民办函〔2019〕52号",
            Sure.LOCAL,
            offered=_SEVEN,
            chosen_as="review-notice",
        ),
        Limit("destitute-ended", 7, Unit.CALENDAR_DAY, "民办函〔2019〕52号", Sure.LOCAL),
        Limit(
            "temporary-list",
            90,
            Unit.CALENDAR_DAY,
            "默认值，未见明文规定",
            Sure.MEMORY,
            offered=tuple((days, Unit.CALENDAR_DAY) for days in (30, 60, 90, 180, 365)),
        ),
        Limit(
            "standing-list",
            None,
            Unit.WHILE_LISTED,
            "重庆市城乡居民最低生活保障条例",
            Sure.TEXT,
        ),
        Limit(
            "changes-list",
            30,
            Unit.CALENDAR_DAY,
            "默认值，未见明文规定",
            Sure.MEMORY,
        ),
        Limit(
            "marginal-list",
            None,
            Unit.WHILE_LISTED,
            "默认值，未见明文规定",
            Sure.MEMORY,
        ),
    )
}

UNIT_WORDS: dict[Unit, str] = {
    Unit.CALENDAR_DAY: N_("%(days)s days"),
    Unit.WORKING_DAY: N_("%(days)s working days"),
    Unit.WHILE_LISTED: N_("For as long as it holds"),
}
SURE_WORDS: dict[Sure, str] = {
    Sure.TEXT: N_("read in the article itself"),
    Sure.LOCAL: N_("repeated by a local rule"),
    Sure.MEMORY: N_("unconfirmed"),
}


def county_window(days: int) -> Limit:
    """Return the window of a programme that a county has added: the county's own word."""
    return Limit("county-programme", days, Unit.CALENDAR_DAY, "由县级民政部门自行规定", Sure.LOCAL)


def window_shortfall(period: Period, limit: Limit, calendar: WorkCalendar) -> int:
    """Return by how many days a printed window is shorter than its rule; 0 where it is long enough.

    Both printed dates count, and a window never rolls over rest days. Where the rule counts working
    days only those in the window count (16 to 22 November is seven days, and five working days).
    """
    if limit.days is None:
        return 0
    printed = [period.first_on + timedelta(days=day) for day in range(period.days)]
    if limit.unit is Unit.WORKING_DAY:
        printed = [day for day in printed if calendar.is_working_day(day)]
    return max(limit.days - len(printed), 0)
