"""Working days 工作日, and how a limit 期限 is counted on them.

Working days follow the State Council's yearly calendar 国务院办公厅节假日安排: public holidays are
out, and a Saturday or Sunday that is made up for (调休) is in. A year whose calendar is not known
is counted with plain weekends, and what was counted on it is provisional 暂定.

All dates are calendar days in Asia/Shanghai. There is no clock in here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from chinese_calendar import constants as _state_council

from portal.kernel.clock import end_of_day
from portal.kernel.language import N_

_HOLIDAYS: frozenset[date] = frozenset(_state_council.holidays)
_MADE_UP_DAYS: frozenset[date] = frozenset(_state_council.workdays)
_ANNOUNCED_YEARS: frozenset[int] = frozenset(day.year for day in _HOLIDAYS)
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    """What a day is in the calendar."""

    WORKING = "working"  # 工作日
    MADE_UP = "made-up"  # 调休上班
    WEEKEND = "weekend"  # 周末
    HOLIDAY = "holiday"  # 法定节假日（含调休放假）


_WORKING_KINDS = frozenset({DayKind.WORKING, DayKind.MADE_UP})


@dataclass(frozen=True)
class WorkCalendar:
    """The calendar of working days 工作日历: the State Council's, with a county's own corrections.

    ``overrides`` maps a day to whether it is a working day, and goes before everything else.
    ``announced_years`` are years whose calendar has been entered as overrides in full, so that they
    no longer count as provisional.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    announced_years: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Keep a copy of the overrides that nobody can change."""
        for day in self.overrides:
            _refuse_instant(day)
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    def is_announced(self, year: int) -> bool:
        """Tell whether the calendar of ``year`` is known; what rests on another is provisional."""
        return year in _ANNOUNCED_YEARS or year in self.announced_years

    def kind_of(self, day: date) -> DayKind:
        """Return what ``day`` is; raises TypeError for an instant."""
        _refuse_instant(day)
        weekend = day.weekday() >= _SATURDAY
        works = self.overrides.get(day)
        if works is None:
            works = day in _MADE_UP_DAYS or not (weekend or day in _HOLIDAYS)
        if works:
            return DayKind.MADE_UP if weekend else DayKind.WORKING
        return DayKind.WEEKEND if weekend and day not in _HOLIDAYS else DayKind.HOLIDAY

    def is_working_day(self, day: date) -> bool:
        """Tell whether people work on ``day``; raises TypeError for an instant."""
        return self.kind_of(day) in _WORKING_KINDS

    def next_working_day(self, day: date) -> date:
        """Return the first working day after ``day``."""
        return self.add_working_days(day, 1)

    def previous_working_day(self, day: date) -> date:
        """Return the last working day before ``day``."""
        day -= _ONE_DAY
        while not self.is_working_day(day):
            day -= _ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the ``count``-th working day after ``day`` (``day`` itself for 0)."""
        if count < 0:
            raise ValueError("working days are added, not taken away")
        while count:
            day += _ONE_DAY
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Return how many working days lie after ``first``, up to and with ``last``; else 0."""
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(map(self.is_working_day, days))


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    CALENDAR_DAY = "calendar_day"  # 日（自然日）
    WORKING_DAY = "working_day"  # 工作日


class Step(StrEnum):
    """What a day did in the counting of a limit."""

    START = "start"  # the starting day, not counted 起始日不计
    COUNTED = "counted"  # 计入
    SKIPPED = "skipped"  # a rest day in a limit of working days 休息日不计
    PAUSED = "paused"  # 中止期间不计
    RUN_ON = "run-on"  # after a last day that could not be the last 顺延


DAY_KIND_WORDS: Mapping[DayKind, str] = {
    DayKind.WORKING: N_("working day"),
    DayKind.MADE_UP: N_("working day (made up for a holiday)"),
    DayKind.WEEKEND: N_("weekend"),
    DayKind.HOLIDAY: N_("public holiday"),
}

STEP_WORDS: Mapping[Step, str] = {
    Step.START: N_("starting day, not counted"),
    Step.COUNTED: N_("counted"),
    Step.SKIPPED: N_("rest day, not counted"),
    Step.PAUSED: N_("paused, not counted"),
    Step.RUN_ON: N_("the limit runs on"),
}


@dataclass(frozen=True)
class CountedDay:
    """One day of the explanation of a due date; ``number`` is its place in the limit, if any."""

    on: date
    kind: DayKind
    step: Step
    number: int | None = None
    announced: bool = True


@dataclass(frozen=True)
class DueDate:
    """The last day of a limit 到期日, and how it was found, day by day from the starting day on.

    ``provisional`` says that it rests on a year whose calendar is not yet announced.
    """

    on: date
    provisional: bool
    days: tuple[CountedDay, ...] = field(repr=False)

    @property
    def due_at(self) -> datetime:
        """The instant (UTC) at which the limit is over: 24:00 of the last day in Asia/Shanghai."""
        return end_of_day(self.on)


def count_limit(
    start: date,
    length: int,
    unit: LimitUnit,
    calendar: WorkCalendar,
    *,
    paused: Collection[date] = frozenset(),
) -> DueDate:
    """Count a limit of ``length`` ``unit`` that is set off by an event on ``start``.

    The starting day is not counted; the last day counts whole; a limit of calendar days that ends
    on a rest day runs on to the next working day (民法典 art. 201, 203). ``paused`` days do not
    count. Raises ValueError for a length below 1.
    """
    if length < 1:
        raise ValueError("a limit has at least one day")
    days = [_step(start, Step.START, calendar)]
    day, number, rest_days_count = start, 0, unit is LimitUnit.CALENDAR_DAY
    while number < length:
        day += _ONE_DAY
        if day in paused:
            days.append(_step(day, Step.PAUSED, calendar))
        elif rest_days_count or calendar.is_working_day(day):
            number += 1
            days.append(_step(day, Step.COUNTED, calendar, number))
        else:
            days.append(_step(day, Step.SKIPPED, calendar))
    decisive = len(days) - 1
    while day in paused or not calendar.is_working_day(day):
        day += _ONE_DAY
        days.append(_step(day, Step.RUN_ON, calendar))
    # Of calendar days only the last one's kind matters, of working days every one's.
    weighed = days[decisive:] if rest_days_count else days[1:]
    return DueDate(day, not all(each.announced for each in weighed), tuple(days))


def _step(day: date, step: Step, calendar: WorkCalendar, number: int | None = None) -> CountedDay:
    announced = calendar.is_announced(day.year)
    return CountedDay(day, calendar.kind_of(day), step, number, announced)


def _refuse_instant(day: date) -> None:
    # A datetime is a date to Python, and would silently be found in no table.
    if isinstance(day, datetime):
        raise TypeError("a calendar day is needed, not an instant")
