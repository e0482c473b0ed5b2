"""The calendar of working days, and the counting of limits against an independent walk."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.language import translate
from portal.kernel.workdays import (
    DAY_KIND_WORDS,
    STEP_WORDS,
    DayKind,
    LimitUnit,
    Step,
    WorkCalendar,
    count_limit,
)

CALENDAR = WorkCalendar()
DAYS = st.dates(date(2004, 1, 1), date(2027, 12, 31))
LENGTHS = st.integers(1, 120)
UNITS = st.sampled_from(LimitUnit)


def works(day: date) -> bool:
    """Ask the library itself; a year it does not know has plain weekends."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.isoweekday() <= 5


def after(start: date, count: int) -> list[date]:
    return [date.fromordinal(start.toordinal() + n) for n in range(1, count + 1)]


def walked(start: date, length: int, unit: LimitUnit) -> date:
    """Count a limit the slow way: list the days, cross out, take the one in question."""
    if unit is LimitUnit.WORKING_DAY:
        return [day for day in after(start, 4 * length + 40) if works(day)][length - 1]
    return next(day for day in after(start, length + 40)[length - 1 :] if works(day))


@given(day=DAYS)
def test_a_working_day_is_what_the_state_council_says(day: date) -> None:
    assert CALENDAR.is_working_day(day) == works(day)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 9, 20), DayKind.MADE_UP),  # a Sunday worked for the National Day
        (date(2026, 10, 1), DayKind.HOLIDAY),
        (date(2026, 10, 3), DayKind.HOLIDAY),  # a Saturday inside the holiday
        (date(2026, 10, 10), DayKind.MADE_UP),
        (date(2026, 10, 11), DayKind.WEEKEND),
        (date(2026, 10, 12), DayKind.WORKING),
        (date(2027, 10, 1), DayKind.WORKING),  # a Friday of a year not yet announced
    ],
)
def test_the_kind_of_a_day(day: date, kind: DayKind) -> None:
    assert CALENDAR.kind_of(day) is kind


def test_years_that_are_not_announced_are_known_as_such() -> None:
    assert CALENDAR.is_announced(2026)
    assert not CALENDAR.is_announced(2027)
    assert WorkCalendar(announced_years=frozenset({2027})).is_announced(2027)


@given(day=DAYS, works_then=st.booleans())
def test_an_override_goes_before_everything(day: date, works_then: bool) -> None:
    calendar = WorkCalendar({day: works_then})
    assert calendar.is_working_day(day) is works_then
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert calendar.is_working_day(other) == CALENDAR.is_working_day(other)


def test_nobody_changes_a_calendar_from_outside() -> None:
    rows = {date(2027, 2, 8): False}
    calendar = WorkCalendar(rows)
    rows[date(2027, 2, 9)] = False
    assert calendar.is_working_day(date(2027, 2, 9))
    with pytest.raises(TypeError):
        calendar.overrides[date(2027, 2, 9)] = False  # type: ignore[index]


def test_an_instant_is_not_a_day() -> None:
    instant = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(TypeError):
        CALENDAR.is_working_day(instant)
    with pytest.raises(TypeError):
        WorkCalendar({instant: True})


@given(day=DAYS, count=st.integers(0, 60))
def test_adding_working_days_passes_that_many(day: date, count: int) -> None:
    reached = CALENDAR.add_working_days(day, count)
    assert CALENDAR.working_days_between(day, reached) == count
    assert sum(works(each) for each in after(day, (reached - day).days)) == count


@given(day=DAYS)
def test_the_next_and_the_previous_working_day_meet(day: date) -> None:
    following = CALENDAR.next_working_day(day)
    assert following > day
    assert works(following)
    assert CALENDAR.previous_working_day(following) <= day
    if works(day):
        assert CALENDAR.previous_working_day(following) == day


def test_working_days_are_not_taken_away() -> None:
    with pytest.raises(ValueError, match="added"):
        CALENDAR.add_working_days(date(2026, 10, 8), -1)


@given(start=DAYS, length=LENGTHS, unit=UNITS)
def test_a_limit_is_counted_like_an_independent_walk(
    start: date, length: int, unit: LimitUnit
) -> None:
    assert count_limit(start, length, unit, CALENDAR).on == walked(start, length, unit)


@given(start=DAYS, length=LENGTHS, unit=UNITS)
def test_a_limit_ends_on_a_working_day_at_midnight_in_shanghai(
    start: date, length: int, unit: LimitUnit
) -> None:
    due = count_limit(start, length, unit, CALENDAR)
    assert works(due.on)
    assert due.due_at == datetime(due.on.year, due.on.month, due.on.day, 16, tzinfo=UTC)


@given(start=DAYS, length=LENGTHS, unit=UNITS)
def test_a_longer_limit_is_never_due_earlier(start: date, length: int, unit: LimitUnit) -> None:
    shorter = count_limit(start, length, unit, CALENDAR)
    longer = count_limit(start, length + 1, unit, CALENDAR)
    assert longer.on >= shorter.on


@given(start=DAYS, length=LENGTHS, unit=UNITS)
def test_the_explanation_has_every_day_once_and_adds_up(
    start: date, length: int, unit: LimitUnit
) -> None:
    due = count_limit(start, length, unit, CALENDAR)
    assert [each.on for each in due.days] == [start, *after(start, (due.on - start).days)]
    assert due.days[0].step is Step.START
    numbers = [each.number for each in due.days if each.step is Step.COUNTED]
    assert numbers == list(range(1, length + 1))
    assert all(each.number is None for each in due.days if each.step is not Step.COUNTED)
    for each in due.days:
        if each.step is Step.SKIPPED:
            assert unit is LimitUnit.WORKING_DAY
            assert not works(each.on)
        if each.step is Step.RUN_ON:
            assert unit is LimitUnit.CALENDAR_DAY


@given(start=DAYS, length=LENGTHS, unit=UNITS)
def test_a_due_date_is_provisional_exactly_when_an_unannounced_year_decides_it(
    start: date, length: int, unit: LimitUnit
) -> None:
    due = count_limit(start, length, unit, CALENDAR)
    nominal = start + timedelta(days=length)
    first_weighed = start + timedelta(days=1) if unit is LimitUnit.WORKING_DAY else nominal
    assert due.provisional == any(
        year > 2026 for year in range(first_weighed.year, due.on.year + 1)
    )


def test_one_unannounced_year_on_the_way_makes_working_days_provisional() -> None:
    calendar = WorkCalendar(announced_years=frozenset({2028}))
    start = date(2027, 12, 29)
    assert count_limit(start, 5, LimitUnit.WORKING_DAY, calendar).provisional
    assert not count_limit(start, 5, LimitUnit.CALENDAR_DAY, calendar).provisional


@given(
    start=DAYS,
    length=st.integers(1, 40),
    unit=UNITS,
    pauses=st.sets(st.integers(1, 60), max_size=15),
)
def test_paused_days_do_not_count_and_never_shorten(
    start: date, length: int, unit: LimitUnit, pauses: set[int]
) -> None:
    paused = {start + timedelta(days=n) for n in pauses}
    due = count_limit(start, length, unit, CALENDAR, paused=paused)
    assert due.on >= count_limit(start, length, unit, CALENDAR).on
    assert due.on not in paused
    assert not paused & {each.on for each in due.days if each.step is Step.COUNTED}


def test_a_limit_over_the_national_day_runs_on_to_the_first_working_day() -> None:
    # 15 calendar days from Sunday 20 September 2026 end on 5 October, inside the holiday.
    due = count_limit(date(2026, 9, 20), 15, LimitUnit.CALENDAR_DAY, CALENDAR)
    assert due.on == date(2026, 10, 8)
    assert [each.step for each in due.days[-3:]] == [Step.RUN_ON] * 3


def test_a_made_up_saturday_counts_as_a_working_day() -> None:
    # Friday 9 October 2026; Saturday the 10th is worked.
    due = count_limit(date(2026, 10, 9), 2, LimitUnit.WORKING_DAY, CALENDAR)
    assert due.on == date(2026, 10, 12)
    assert due.days[1].kind is DayKind.MADE_UP


def test_a_limit_has_a_day_at_least() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        count_limit(date(2026, 10, 9), 0, LimitUnit.WORKING_DAY, CALENDAR)


def test_every_kind_of_day_and_step_has_words_in_both_languages() -> None:
    assert set(DAY_KIND_WORDS) == set(DayKind)
    assert set(STEP_WORDS) == set(Step)
    for words in (*DAY_KIND_WORDS.values(), *STEP_WORDS.values()):
        assert translate("zh_Hans", words) != words
