"""The life of a notice: its state follows from instants and dates, whatever ran or did not."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.lifecycle import (
    NEXT,
    OVER,
    TRANSITIONS,
    VISIBLE,
    Facts,
    NoticeState,
    SubmissionAction,
    SubmissionState,
    after,
    ended_at,
    next_change_at,
    posting_begins_at,
    posting_window,
    state_at,
)
from portal.kernel.clock import end_of_day, local_date, start_of_day

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
# Hypothesis takes its bounds without a time zone and adds it itself.
FIRST, LAST = datetime(2024, 1, 1), datetime(2030, 12, 31)  # noqa: DTZ001
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    """Draw what may stand in the database of a published notice, from its draft on."""
    published_at = draw(INSTANTS)
    first = local_date(published_at) + timedelta(days=draw(st.integers(0, 20)))
    last = draw(st.none() | st.integers(0, 40).map(lambda more: first + timedelta(days=more)))
    later = st.none() | st.timedeltas(timedelta(0), timedelta(days=400)).map(
        lambda more: published_at + more
    )
    approved_at = published_at - draw(st.timedeltas(timedelta(0), timedelta(days=40)))
    submitted_at = approved_at - draw(st.timedeltas(timedelta(0), timedelta(days=40)))
    return Facts(
        *(published_at, first, last, draw(later), draw(later)),
        *(submitted_at, approved_at, draw(st.integers(0, 3))),
    )


@given(facts(), INSTANTS)
def test_nothing_shows_after_its_end(one: Facts, now: datetime) -> None:
    end = ended_at(one)
    if end is not None and now >= end:
        assert state_at(one, now) in OVER


@given(facts(), INSTANTS)
def test_the_state_changes_only_at_the_instants_that_are_announced(
    one: Facts, now: datetime
) -> None:
    change = next_change_at(one, now)
    if change is None:
        assert state_at(one, now) == state_at(one, now + timedelta(days=4000))
        return
    assert change > now
    assert state_at(one, now) == state_at(one, change - timedelta(microseconds=1))


@given(facts(), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_what_is_over_stays_over(one: Facts, now: datetime, more: timedelta) -> None:
    if state_at(one, now) in OVER:
        assert state_at(one, now + more) in OVER


@given(DAYS, st.integers(1, 30), INSTANTS)
def test_a_window_keeps_its_full_length_and_never_starts_early(
    first: date, length: int, published_at: datetime
) -> None:
    last = first + timedelta(days=length - 1)
    begin, end = posting_window(first, last, days=7, published_at=published_at)
    assert end is not None
    assert begin == max(first, local_date(published_at))
    assert (end - begin).days + 1 == length


def test_a_late_approval_moves_the_end() -> None:
    approved = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
    window = posting_window(date(2026, 11, 16), date(2026, 11, 22), days=7, published_at=approved)
    assert window == (date(2026, 11, 18), date(2026, 11, 24))


def test_both_printed_days_count_whole() -> None:
    published = start_of_day(date(2026, 11, 16))
    one = Facts(published, date(2026, 11, 16), date(2026, 11, 22), None, None)
    last_moment = end_of_day(date(2026, 11, 22)) - timedelta(microseconds=1)
    assert state_at(one, last_moment) is NoticeState.POSTED
    assert state_at(one, end_of_day(date(2026, 11, 22))) is NoticeState.CONCLUDED


@given(facts(), INSTANTS, st.timedeltas(timedelta(0), timedelta(days=900)))
def test_the_clock_leads_forward_along_the_drawn_way(
    one: Facts, now: datetime, more: timedelta
) -> None:
    states, at = [state_at(one, now)], now
    while (change := next_change_at(one, at)) is not None and change <= now + more:
        at = change
        states.append(state_at(one, at))
    assert states[-1] is state_at(one, now + more)
    for before, following in pairwise(states):
        reachable = {before, *NEXT[before]}
        # Several things may happen at one instant.
        reachable |= {further for state in NEXT[before] for further in NEXT[state]}
        # What was replaced or has ended may be withdrawn at an instant that was drawn.
        assert following in reachable or (before in OVER and following in OVER)


@given(facts(), INSTANTS)
def test_only_an_objection_keeps_what_has_ended_from_its_conclusion(
    one: Facts, now: datetime
) -> None:
    if state_at(one, now) is NoticeState.ENDED:
        assert one.rows_held
        assert state_at(replace(one, rows_held=0), now) is NoticeState.CONCLUDED


def test_from_every_state_the_end_can_be_reached() -> None:
    for state in NoticeState:
        seen, ahead = {state}, [state]
        while ahead:
            new = NEXT[ahead.pop()] - seen
            seen |= new
            ahead += new
        assert not NEXT[state] or seen & {NoticeState.CONCLUDED, NoticeState.REPLACED}
        assert state in OVER or state in VISIBLE or NEXT[state]


def test_before_its_posting_a_notice_is_nothing_to_residents() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC)
    draft = Facts(None, None, None, None, None)
    assert state_at(draft, day) is NoticeState.DRAFT
    assert next_change_at(draft, day) is None
    submitted = replace(draft, submitted_at=day)
    assert state_at(submitted, day) is NoticeState.SUBMITTED
    approved = replace(submitted, approved_at=day + timedelta(days=1))
    assert state_at(approved, day) is NoticeState.SUBMITTED
    assert state_at(approved, day + timedelta(days=1)) is NoticeState.APPROVED
    for state in (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED):
        assert state not in VISIBLE | OVER


@given(st.none() | DAYS, st.none() | DAYS, INSTANTS)
def test_posting_begins_on_the_later_day_or_at_once(
    first: date | None, wished: date | None, now: datetime
) -> None:
    begins_at = posting_begins_at(first, wished, now)
    days = [day for day in (first, wished) if day is not None]
    if begins_at is None:
        assert all(day <= local_date(now) for day in days)
    else:
        assert begins_at == start_of_day(max(days)) > now


@pytest.mark.parametrize("state", [SubmissionState.RETURNED, SubmissionState.DISCARDED])
def test_what_is_decided_stays_decided(state: SubmissionState) -> None:
    assert all(after(state, action) is None for action in SubmissionAction)


def test_nothing_is_approved_that_was_not_submitted() -> None:
    leading = [start for (start, _), end in TRANSITIONS.items() if end is SubmissionState.APPROVED]
    assert leading == [SubmissionState.SUBMITTED]


@given(st.lists(st.sampled_from(list(SubmissionAction)), max_size=12))
def test_every_file_can_still_end_or_has_ended(actions: list[SubmissionAction]) -> None:
    state = SubmissionState.DRAFT
    for action in actions:
        state = after(state, action) or state
    ended = {SubmissionState.APPROVED, SubmissionState.RETURNED, SubmissionState.DISCARDED}
    assert state in ended or any(after(state, action) for action in SubmissionAction)
