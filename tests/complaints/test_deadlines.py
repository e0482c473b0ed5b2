"""The time limits of complaints: the table beside the document, and the counting of each rule."""

import re
from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.deadlines import (
    RULES_FILE,
    Circumstance,
    ClockRole,
    Extension,
    Pause,
    Rule,
    Rulebook,
    due_on,
    extend,
    may_ask_until,
    next_due,
    read_rules,
    standard_rules,
)
from complaints.tracks import Track
from portal.kernel.errors import NotFound, Refused
from portal.kernel.workdays import LimitUnit, WorkCalendar
from tests.fixtures.run import ROOT

CALENDAR = WorkCalendar()
RULES = standard_rules()
TODAY = date(2026, 10, 8)
DAYS = st.dates(date(2004, 1, 1), date(2027, 9, 30))
RULE = st.sampled_from(RULES.rules)
EXTENDABLE = st.sampled_from([rule for rule in RULES.rules if rule.extension])


def works(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.isoweekday() <= 5


def walked(start: date, length: int, unit: LimitUnit) -> date:
    """Walk day by day, as the document's section "Counting" tells it."""
    day, left = start, length
    while left:
        day += timedelta(days=1)
        if unit is LimitUnit.CALENDAR_DAY or works(day):
            left -= 1
    while not works(day):
        day += timedelta(days=1)
    return day


def granted(length: int, on: date) -> Extension:
    return Extension(length, "远地调查", "马主任", on)


def documented() -> dict[str, list[str]]:
    """The rows of the document's table of complaints, by id."""
    text = (ROOT / "docs/rules/deadlines.md").read_text(encoding="utf-8")
    section = text.split("## Complaints")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows[2:]}


def test_the_table_has_exactly_the_documented_rules() -> None:
    assert [rule.id for rule in RULES.rules] == list(documented())


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_is_what_the_document_says(rule: Rule) -> None:
    starts, length, extended, _source, sure = documented()[rule.id]
    unit = "working day" if rule.unit is LimitUnit.WORKING_DAY else "(calendar )?day"
    assert re.search(rf"\b{rule.length} {unit}", length)
    if rule.unit is LimitUnit.CALENDAR_DAY:
        assert "working" not in length
    assert rule.sure == sure
    most = re.search(r"\d+", extended)
    hearing = "hearing" in extended
    assert rule.extension == (int(most[0]) if most and not hearing else 0)
    assert (rule.pause == "hearing") is ("hearing" in length)
    if rule.extension:
        assert extended.startswith("once")
        assert rule.extended_by == "head"
    asked = re.search(r"within (\d+) days", starts)
    assert rule.ask_within == (int(asked[1]) if asked else None)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_a_rule_cites_its_source_in_both_languages(rule: Rule) -> None:
    for text in (rule.citation, rule.name):
        assert re.search("[\u4e00-\u9fff]", text.in_locale("zh_Hans"))
        assert not re.search("[\u4e00-\u9fff]", text.in_locale("en"))
        assert text.in_locale("en")


@given(start=DAYS, rule=RULE)
def test_every_rule_is_counted_like_an_independent_walk(start: date, rule: Rule) -> None:
    assert due_on(start, rule, CALENDAR).on == walked(start, rule.length, rule.unit)


@given(start=DAYS, rule=RULE)
def test_the_starting_day_is_not_counted_and_the_last_is_whole(start: date, rule: Rule) -> None:
    due = due_on(start, rule, CALENDAR)
    assert due.on >= start + timedelta(days=rule.length)
    assert due.due_at.date() == due.on
    assert due.due_at.hour == 16


@given(start=DAYS, rule=EXTENDABLE, data=st.data())
def test_an_extension_never_shortens_and_is_counted_from_the_same_start(
    start: date, rule: Rule, data: st.DataObject
) -> None:
    length = data.draw(st.integers(1, rule.extension))
    before = due_on(start, rule, CALENDAR)
    on = data.draw(st.dates(start, before.on))
    after = extend(start, rule, CALENDAR, granted(length, on))
    assert after.on >= before.on
    assert after.on == walked(start, rule.length + length, rule.unit)
    assert after == due_on(start, rule, CALENDAR, extension=granted(length, on))


@given(start=DAYS, rule=RULE, over=st.integers(1, 100))
def test_nothing_is_extended_by_more_than_its_rule_allows(
    start: date, rule: Rule, over: int
) -> None:
    for length in (rule.extension + over, 0, -over):
        with pytest.raises(Refused) as refusal:
            extend(start, rule, CALENDAR, granted(length, start))
        assert refusal.value.field == "length"


@given(start=DAYS, rule=EXTENDABLE)
def test_a_limit_is_extended_once_and_not_after_it_is_over(start: date, rule: Rule) -> None:
    asked = granted(1, start)
    with pytest.raises(Refused, match="once already"):
        extend(start, rule, CALENDAR, asked, earlier=asked)
    late = due_on(start, rule, CALENDAR).on + timedelta(days=1)
    with pytest.raises(Refused, match="already over"):
        extend(start, rule, CALENDAR, granted(1, late))


@pytest.mark.parametrize(("field", "empty"), [("reason", "  "), ("granted_by", "")])
def test_an_extension_needs_a_reason_and_a_named_head(field: str, empty: str) -> None:
    rule = RULES.get("petition-close", TODAY)
    asked = replace(granted(5, TODAY), **{field: empty})  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        extend(TODAY, rule, CALENDAR, asked)
    assert refusal.value.field == field


def hearing(first: date, days: int) -> Pause:
    return Pause(first, first + timedelta(days=days - 1), "听证", "马主任")


@given(start=DAYS, offset=st.integers(0, 40), days=st.integers(1, 20))
def test_a_hearing_adds_its_own_days_and_never_shortens(
    start: date, offset: int, days: int
) -> None:
    rule = RULES.get("petition-second-review", TODAY)
    pause = hearing(start + timedelta(days=offset), days)
    due = due_on(start, rule, CALENDAR, pauses=[pause])
    assert due.on >= due_on(start, rule, CALENDAR).on
    if 1 <= offset <= rule.length:
        assert due.on == walked(start, rule.length + days, rule.unit)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_only_the_second_review_can_be_paused(rule: Rule) -> None:
    if rule.id != "petition-second-review":
        with pytest.raises(Refused, match="cannot be paused"):
            due_on(TODAY, rule, CALENDAR, pauses=[hearing(TODAY, 3)])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_on": TODAY - timedelta(days=1)}, "last_on"),
        ({"reason": ""}, "reason"),
        ({"granted_by": " "}, "granted_by"),
    ],
)
def test_a_pause_needs_an_end_a_reason_and_a_named_head(
    change: dict[str, object], field: str
) -> None:
    rule = RULES.get("petition-second-review", TODAY)
    pause = replace(hearing(TODAY, 3), **change)  # type: ignore[arg-type]
    with pytest.raises(Refused) as refusal:
        due_on(TODAY, rule, CALENDAR, pauses=[pause])
    assert refusal.value.field == field


def test_a_limit_into_an_unannounced_year_is_provisional_until_the_calendar_arrives() -> None:
    rule = RULES.get("petition-close", TODAY)
    start = date(2026, 12, 10)  # 60 days on: 8 February 2027, a Monday, by plain weekends
    guessed = due_on(start, rule, CALENDAR)
    assert (guessed.on, guessed.provisional) == (date(2027, 2, 8), True)
    holiday = {date(2027, 2, 5) + timedelta(days=n): False for n in range(7)}
    known = due_on(start, rule, WorkCalendar(holiday, frozenset({2027})))
    assert (known.on, known.provisional) == (date(2027, 2, 12), False)


def test_a_review_may_be_asked_for_within_thirty_days_of_the_answer() -> None:
    until = may_ask_until(RULES.get("petition-review", TODAY), date(2026, 9, 1), CALENDAR)
    assert until is not None
    assert until.on == date(2026, 10, 8)  # the 30th day, 1 October, is a holiday
    assert may_ask_until(RULES.get("help-reply", TODAY), TODAY, CALENDAR) is None


@given(start=DAYS, rules=st.lists(RULE, max_size=6))
def test_the_next_due_is_the_earliest_that_runs(start: date, rules: list[Rule]) -> None:
    dues = [due_on(start, rule, CALENDAR) for rule in rules]
    found = next_due(dues)
    assert (found.on if found else None) == min((due.on for due in dues), default=None)


def test_a_rule_holds_for_its_track_and_circumstance_alone() -> None:
    named = {rule.id for rule in RULES.in_force(Track.ACCUSATION, [Circumstance.NAMED], TODAY)}
    assert {"accusation-acceptance", "accusation-feedback", "petition-close"} <= named
    unnamed = {rule.id for rule in RULES.in_force(Track.ACCUSATION, [Circumstance.UNNAMED], TODAY)}
    assert not {"accusation-acceptance", "accusation-feedback", "help-reply"} & unnamed
    assert "help-urgent" not in {rule.id for rule in RULES.in_force(Track.HELP, [], TODAY)}


@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("circumstance", [Circumstance.NAMED, Circumstance.UNNAMED])
def test_every_case_has_a_clock_for_acceptance_and_one_for_closing(
    track: Track, circumstance: Circumstance
) -> None:
    roles = {rule.role for rule in RULES.in_force(track, [circumstance], TODAY)}
    assert {ClockRole.ACCEPTANCE, ClockRole.CLOSING, ClockRole.CALL_BACK} <= roles


def versions(first_to: date | None, second_from: date | None) -> tuple[Rule, Rule]:
    rule = RULES.get("help-reply", TODAY)
    return replace(rule, effective_to=first_to), replace(rule, length=3, effective_from=second_from)


def test_a_new_version_of_a_rule_takes_over_on_its_day() -> None:
    book = Rulebook(versions(date(2026, 12, 31), date(2027, 1, 1)))
    assert book.get("help-reply", date(2026, 12, 31)).length == 5
    assert book.get("help-reply", date(2027, 1, 1)).length == 3


@pytest.mark.parametrize(
    ("first_to", "second_from"),
    [(None, date(2027, 1, 1)), (date(2027, 1, 1), date(2027, 1, 1)), (date(2027, 1, 1), None)],
)
def test_two_versions_never_hold_on_one_day(
    first_to: date | None, second_from: date | None
) -> None:
    with pytest.raises(ValueError, match="help-reply"):
        Rulebook(versions(first_to, second_from))


def test_a_rule_that_is_not_in_force_is_not_found() -> None:
    with pytest.raises(NotFound):
        RULES.get("petition-close", date(2022, 4, 30))
    with pytest.raises(NotFound):
        RULES.get("no-such-rule", TODAY)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",5,working_day,5,head", ",0,working_day,5,head"),
        (",5,working_day,5,head", ",5,working_day,5,"),
        (",5,working_day,5,head", ",5,fortnight,5,head"),
        ("hotline-reply,", "hotline-sign,"),
    ],
)
def test_an_impossible_table_is_refused(old: str, new: str) -> None:
    text = RULES_FILE.read_text(encoding="utf-8").replace(old, new, 1)
    with pytest.raises(ValueError, match=r"rule|LimitUnit"):
        read_rules(text.splitlines(keepends=True))
