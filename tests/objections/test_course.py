"""The course of a matter: whatever is done, a row is held once, and not for ever."""

import re
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.objections.course import (
    HOLDING,
    Finding,
    MatterAction,
    MatterState,
    after,
    offered_findings,
    opens_matter,
)
from disclosure.objections.reasons import REASONS, get_reason, list_reasons
from portal.kernel.errors import Conflict, Refused
from portal.kernel.personal_data import PersonalDataFinder

OBJECT, OFFICE = "object", "discipline office"
EVENTS = st.lists(st.sampled_from([OBJECT, OFFICE, *MatterAction]), max_size=40)


def replay(events: list[str | MatterAction]) -> list[list[MatterState]]:
    """Return the states of one row's matters after each event."""
    states: list[MatterState] = []
    history = [list(states)]
    for event in events:
        if isinstance(event, MatterAction):
            if states:
                with suppress(Conflict):
                    states[-1] = after(states[-1], event)
        elif opens_matter(states, by_discipline=event == OFFICE):
            states.append(MatterState.OPEN)
        history.append(list(states))
    return history


@given(events=EVENTS)
def test_a_row_is_held_by_one_matter_at_most(events: list[str | MatterAction]) -> None:
    for states in replay(events):
        assert sum(state in HOLDING for state in states) <= 1


@given(events=EVENTS)
def test_what_is_over_stays_over(events: list[str | MatterAction]) -> None:
    for before, now in pairwise(replay(events)):
        for state, later in zip(before, now, strict=False):
            assert state in HOLDING or later is state


@given(events=EVENTS)
def test_residents_alone_cannot_hold_a_row_after_a_finding(
    events: list[str | MatterAction],
) -> None:
    seen = replay([event for event in events if event != OFFICE])
    for states in seen:
        if MatterState.DECIDED in states:
            assert not HOLDING & set(states)


@given(events=EVENTS)
def test_a_row_that_is_held_can_always_be_decided_on(events: list[str | MatterAction]) -> None:
    states = replay(events)[-1]
    if states and states[-1] in HOLDING:
        end = replay([*events, MatterAction.RECORD, MatterAction.DECIDE])[-1]
        assert end[-1] is MatterState.DECIDED


@pytest.mark.parametrize("state", sorted(set(MatterState) - HOLDING))
@pytest.mark.parametrize("action", MatterAction)
def test_nothing_is_done_with_what_is_over(state: MatterState, action: MatterAction) -> None:
    with pytest.raises(Conflict):
        after(state, action)


def test_the_discipline_office_may_have_a_row_checked_once_more() -> None:
    decided = [MatterState.DECIDED]
    assert not opens_matter(decided, by_discipline=False)
    assert opens_matter(decided, by_discipline=True)
    assert not opens_matter([*decided, MatterState.OPEN], by_discipline=True)


def test_posting_again_is_found_only_where_it_is_done() -> None:
    assert offered_findings(posts_again=True) == tuple(Finding)
    assert offered_findings(posts_again=False) == (Finding.CONFIRMED, Finding.STRUCK)


@pytest.mark.parametrize("finding", Finding)
def test_each_finding_has_reasons_of_its_own(finding: Finding) -> None:
    codes = [one.code for one in list_reasons(finding)]
    assert codes
    for code in REASONS:
        if code in codes:
            assert get_reason(code, finding).finding is finding
        else:
            with pytest.raises(Refused):
                get_reason(code, finding)


def test_no_reason_names_an_illness_or_a_person() -> None:
    finder = PersonalDataFinder()
    for reason in REASONS.values():
        assert not [*finder.find(reason.term), *finder.find(reason.word)]
        assert not re.search("病|残|刑|毒|贪|骗", reason.term)
