"""What is due 应公开事项: which items of the catalogue are not yet published this month or quarter.

Source: rules/catalogue.csv, items 14 to 18. What is told of a month is due by the 10th of the next
where the catalogue says so, else by that month's end; of a quarter, by the end of the month after.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from disclosure.figures.kinds import CHILDREN, COUNTY, MONITORING, STAGES, TOWNSHIP, Cadence
from portal.kernel.language import N_
from portal.kernel.period import Period, month_period, quarter_period

FUNDS, CHANGES, REPORTS = "funds", "changes", "reports"


@dataclass(frozen=True)
class Duty:
    """One item of the catalogue that comes again: ``day`` of the month by which it is due."""

    id: str
    item: int | None
    words: str
    cadence: Cadence
    level: str
    day: int | None = None


DUTIES: tuple[Duty, ...] = (
    Duty(CHANGES, 14, N_("Additions and removals"), Cadence.MONTHLY, TOWNSHIP, day=10),
    Duty(FUNDS, 15, N_("Money paid out"), Cadence.MONTHLY, TOWNSHIP, day=10),
    Duty(REPORTS, 16, N_("Supervision report"), Cadence.MONTHLY, COUNTY),
    Duty(STAGES.id, STAGES.item, STAGES.title, Cadence.MONTHLY, TOWNSHIP),
    Duty(MONITORING.id, MONITORING.item, MONITORING.title, Cadence.QUARTERLY, COUNTY),
    Duty(CHILDREN.id, CHILDREN.item, CHILDREN.title, Cadence.QUARTERLY, COUNTY),
)


class DueState(StrEnum):
    """How it stands with a duty."""

    PUBLISHED = "published"
    NOT_YET = "not-yet"
    LATE = "late"


DUE_WORDS: dict[DueState, str] = {
    DueState.PUBLISHED: N_("Published"),
    DueState.NOT_YET: N_("Not yet published"),
    DueState.LATE: N_("Late"),
}


@dataclass(frozen=True)
class Due:
    """How it stands with one duty: of ``places`` that must publish it, so many have."""

    duty: Duty
    period: Period
    due_on: date
    published: int
    places: int
    state: DueState


def period_due(cadence: Cadence, today: date) -> Period:
    """Return the last month or quarter that was over before ``today``."""
    if cadence is Cadence.QUARTERLY:
        quarter = (today.month - 1) // 3
        return quarter_period(today.year, quarter) if quarter else quarter_period(today.year - 1, 4)
    if today.month == 1:
        return month_period(today.year - 1, 12)
    return month_period(today.year, today.month - 1)


def due_on(duty: Duty, period: Period) -> date:
    """Return the last day on which what is told of ``period`` is in time."""
    last = period.last_on
    after = month_period(last.year + last.month // 12, last.month % 12 + 1)
    return after.last_on if duty.day is None else after.first_on.replace(day=duty.day)


def list_due(
    done: Collection[tuple[str, str, str]], places: Iterable[tuple[str, str]], *, today: date
) -> tuple[Due, ...]:
    """Return how it stands with every duty.

    ``done`` are (duty, code of the place, period) of what is published, ``places`` (code, level) of
    those that must publish. A duty without such a place is left out.
    """
    codes = list(places)
    found = []
    for duty in DUTIES:
        bound = [code for code, level in codes if level == duty.level]
        period = period_due(duty.cadence, today)
        count = sum((duty.id, code, period.text) in done for code in bound)
        until = due_on(duty, period)
        state = DueState.LATE if today > until else DueState.NOT_YET
        if count == len(bound):
            state = DueState.PUBLISHED
        if bound:
            found.append(Due(duty, period, until, count, len(bound), state))
    return tuple(found)
