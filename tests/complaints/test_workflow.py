"""The course of a complaint: every way through it, and the clocks beside it."""

from collections import deque
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from complaints.deadlines import ClockRole, Event, standard_rules
from complaints.tracks import Track
from complaints.workflow import (
    ACTION_WORDS,
    EVENT_OF,
    FIRST_STATE,
    NEEDS_REASON,
    STATE_WORDS,
    TRANSITIONS,
    Action,
    ClockStart,
    Facts,
    State,
    allowed,
    apply,
    clocks_after,
    clocks_after_move,
)
from portal.kernel.errors import Refused
from portal.kernel.language import translate

RULES = standard_rules()
TODAY = date(2026, 10, 8)
ROLE = {rule.id: rule.role for rule in RULES.rules}
ENDS = {State.CLOSED, State.NOT_ACCEPTED}

FACTS = st.builds(
    Facts,
    track=st.sampled_from(Track),
    named=st.booleans(),
    urgent=st.booleans(),
    from_hotline=st.booleans(),
    passed_down=st.booleans(),
    reason=st.sampled_from(["", "  ", "不属于本单位"]),
    answer_written=st.booleans(),
    called_back=st.booleans(),
    satisfied=st.sampled_from([None, True, False]),
    call_back_over=st.booleans(),
    times_moved=st.integers(0, 1),
    times_reopened=st.integers(0, 1),
    result_told=st.booleans(),
    archived=st.booleans(),
)
STATES = st.sampled_from(State)
ACTIONS = st.sampled_from(Action)


class Case:
    """A case as a service would keep it: its state, its facts, and the clocks that run."""

    def __init__(self, facts: Facts) -> None:
        self.state = FIRST_STATE
        self.facts = replace(facts, times_moved=0, times_reopened=0, result_told=False)
        self.running = clocks_after(Event.REGISTERED, self.facts, (), RULES, TODAY).running_after(
            ()
        )

    def do(self, action: Action, said: Facts, to: Track) -> bool:
        """Do ``action`` with what is ``said`` at that moment; False if it is refused."""
        facts = replace(
            said,
            track=self.facts.track,
            named=self.facts.named,
            urgent=self.facts.urgent,
            from_hotline=self.facts.from_hotline,
            passed_down=self.facts.passed_down,
            times_moved=self.facts.times_moved,
            times_reopened=self.facts.times_reopened,
            result_told=self.facts.result_told,
        )
        try:
            following = apply(self.state, action, facts)
        except Refused:
            return False
        if action is Action.MOVE:
            facts = replace(facts, track=to, times_moved=facts.times_moved + 1)
            changes = clocks_after_move(self.state, facts, self.running, RULES, TODAY)
        else:
            changes = clocks_after(EVENT_OF[action], facts, self.running, RULES, TODAY)
        self.running = changes.running_after(self.running)
        self.state = following
        self.facts = replace(
            facts,
            times_reopened=facts.times_reopened + (action is Action.REOPEN),
            result_told=facts.result_told or action is Action.TELL_RESULT,
        )
        return True

    def roles(self) -> set[ClockRole]:
        return {ROLE[each] for each in self.running}


# A step tries one action after the other, so that long ways through the table are found.
STEPS = st.lists(
    st.tuples(st.permutations(list(Action)), FACTS, st.sampled_from(Track)), max_size=15
)


@given(first=FACTS, steps=STEPS)
def test_whatever_is_done_the_right_clocks_run(
    first: Facts, steps: list[tuple[list[Action], Facts, Track]]
) -> None:
    case = Case(first)
    for actions, said, to in [([], first, first.track), *steps]:
        action = next((each for each in actions if case.do(each, said, to)), None)
        note(f"{action} -> {case.state} {sorted(case.running)}")
        roles = case.roles()
        if case.state in {State.REGISTERED, State.REFERRED}:
            assert ClockRole.ACCEPTANCE in roles
        if case.state in {State.ACCEPTED, State.ANSWERED, State.REOPENED}:
            assert ClockRole.CLOSING in roles
            assert ClockRole.ACCEPTANCE not in roles
        if (
            case.state in {State.ACCEPTED, State.REOPENED}
            and case.facts.track is not Track.ACCUSATION
        ):
            assert ClockRole.ANSWER in roles
        assert (ClockRole.CALL_BACK in roles) == (case.state is State.ANSWERED)
        if case.state is State.CLOSED:
            assert roles <= {ClockRole.FEEDBACK}
        if case.state is State.NOT_ACCEPTED:
            assert not roles
        applying = RULES.in_force(case.facts.track, case.facts.circumstances, TODAY)
        assert case.running <= {rule.id for rule in applying}


@given(first=FACTS, steps=STEPS)
def test_a_closed_case_stays_closed_except_for_one_reopening(
    first: Facts, steps: list[tuple[list[Action], Facts, Track]]
) -> None:
    case, reopened = Case(first), 0
    for actions, said, to in steps:
        before = case.state
        action = next((each for each in actions if case.do(each, said, to)), None)
        if before in ENDS and case.state is not before:
            assert (before, action, case.state) == (State.CLOSED, Action.REOPEN, State.REOPENED)
        reopened += before is not State.REOPENED and case.state is State.REOPENED
    assert reopened <= 1


@given(state=STATES, action=ACTIONS, facts=FACTS)
def test_what_is_allowed_succeeds_once_its_reason_is_given_and_nothing_else_does(
    state: State, action: Action, facts: Facts
) -> None:
    given_reason = replace(facts, reason="不属于本单位")
    if action in allowed(state, facts):
        assert apply(state, action, given_reason) is TRANSITIONS[state, action]
    else:
        with pytest.raises(Refused):
            apply(state, action, given_reason)


@given(state=STATES, action=ACTIONS, facts=FACTS)
def test_a_refusal_is_a_translated_sentence(state: State, action: Action, facts: Facts) -> None:
    if action in allowed(state, facts) and (action not in NEEDS_REASON or facts.reason.strip()):
        return
    with pytest.raises(Refused) as refusal:
        apply(state, action, facts)
    message = refusal.value.message
    assert message.endswith(".")
    assert translate("zh_Hans", message, **refusal.value.params).endswith("。")


@given(facts=FACTS, state=STATES, action=st.sampled_from(sorted(NEEDS_REASON)))
def test_what_sends_a_case_away_needs_a_reason(facts: Facts, state: State, action: Action) -> None:
    with pytest.raises(Refused) as refusal:
        apply(state, action, replace(facts, reason=" "))
    if action in allowed(state, facts):
        assert refusal.value.field == "reason"


def test_every_state_is_reached_and_leads_to_an_end() -> None:
    reached, open_ends = {FIRST_STATE}, deque([FIRST_STATE])
    while open_ends:
        state = open_ends.popleft()
        for (begins, _), ends in TRANSITIONS.items():
            if begins is state and ends not in reached:
                reached.add(ends)
                open_ends.append(ends)
    assert reached == set(State)
    leading = set(ENDS)
    for _ in State:
        leading |= {begins for (begins, _), ends in TRANSITIONS.items() if ends in leading}
    assert leading == set(State)


@given(facts=FACTS, state=st.sampled_from(sorted(set(State) - ENDS)))
def test_no_open_case_is_stuck(facts: Facts, state: State) -> None:
    # What the unit owes it can always do: write the answer, ask, or wait until the time is over.
    done = replace(facts, answer_written=True, called_back=True)
    moves_on = [
        action for action in allowed(state, done) if TRANSITIONS[state, action] is not state
    ]
    assert moves_on


@given(facts=FACTS)
def test_a_case_that_was_not_accepted_is_over(facts: Facts) -> None:
    assert allowed(State.NOT_ACCEPTED, facts) == ()


@given(facts=FACTS)
def test_nobody_who_is_not_satisfied_is_closed_away_the_first_time(facts: Facts) -> None:
    unhappy = replace(facts, satisfied=False, called_back=True, times_reopened=0, archived=False)
    assert Action.CLOSE not in allowed(State.ANSWERED, unhappy)
    assert Action.REOPEN in allowed(State.ANSWERED, unhappy)
    assert Action.REOPEN in allowed(State.CLOSED, unhappy)
    second = replace(unhappy, times_reopened=1)
    assert Action.REOPEN not in allowed(State.ANSWERED, second)
    assert Action.CLOSE in allowed(State.ANSWERED, second)


@given(facts=FACTS)
def test_what_is_in_the_archive_is_not_opened_again(facts: Facts) -> None:
    archived = replace(facts, archived=True, satisfied=False, times_reopened=0)
    with pytest.raises(Refused, match="archive"):
        apply(State.CLOSED, Action.REOPEN, archived)


@given(facts=FACTS)
def test_an_answered_case_closes_after_the_call_back_or_its_time(facts: Facts) -> None:
    open_answer = replace(facts, satisfied=None, called_back=False, call_back_over=False)
    assert Action.CLOSE not in allowed(State.ANSWERED, open_answer)
    for happened in ({"called_back": True, "satisfied": True}, {"call_back_over": True}):
        closing = replace(open_answer, **happened)  # type: ignore[arg-type]
        assert Action.CLOSE in allowed(State.ANSWERED, closing)


@pytest.mark.parametrize(
    ("track", "named", "expected"),
    [
        (Track.HELP, False, {"help-reply", "petition-acceptance"}),
        (Track.OBJECTION, True, {"objection-findings", "petition-acceptance"}),
        (Track.SERVICE, False, {"service-complaint", "petition-acceptance"}),
        (Track.ACCUSATION, True, {"accusation-acceptance"}),
        (Track.ACCUSATION, False, {"petition-acceptance"}),
    ],
)
def test_the_clocks_that_registration_sets_off(
    track: Track, named: bool, expected: set[str]
) -> None:
    changes = clocks_after(Event.REGISTERED, Facts(track, named=named), (), RULES, TODAY)
    assert {start.rule_id for start in changes.started} == expected
    assert changes.stopped == ()


def test_special_circumstances_set_off_clocks_of_their_own() -> None:
    urgent = Facts(Track.HELP, urgent=True, from_hotline=True)
    begun = clocks_after(Event.REGISTERED, urgent, (), RULES, TODAY).running_after(())
    assert begun >= {"help-urgent", "hotline-sign", "hotline-reply", "hotline-return"}
    passed = Facts(Track.ACCUSATION, passed_down=True)
    begun = clocks_after(Event.REGISTERED, passed, (), RULES, TODAY).running_after(())
    assert "accusation-decide" in begun


def test_a_service_complaint_from_registration_to_the_second_closing() -> None:
    case = Case(Facts(Track.SERVICE))
    course = [
        (Action.REFER, {}, {"petition-acceptance", "service-complaint", "petition-wrong-agency"}),
        (Action.SEND_BACK, {"reason": "非本单位"}, {"petition-acceptance", "service-complaint"}),
        (Action.ACCEPT, {}, {"service-complaint", "petition-close"}),
        (Action.ANSWER, {"answer_written": True}, {"petition-close", "call-back"}),
        (Action.CLOSE, {"call_back_over": True}, set()),
        (Action.REOPEN, {"satisfied": False}, {"petition-close", "service-complaint"}),
        (Action.ANSWER, {"answer_written": True}, {"petition-close", "call-back"}),
        (Action.CLOSE, {"called_back": True, "satisfied": False}, set()),
    ]
    ways = []
    for action, said, running in course:
        assert case.do(action, Facts(Track.SERVICE, **said), Track.SERVICE)  # type: ignore[arg-type]
        assert case.running == running
        ways.append(case.state.value)
    assert ways == [
        "referred",
        "registered",
        "accepted",
        "answered",
        "closed",
        "reopened",
        "answered",
        "closed",
    ]


def test_a_named_reporter_of_an_official_is_told_the_result_after_the_closing() -> None:
    case = Case(Facts(Track.ACCUSATION, named=True))
    done = Facts(Track.ACCUSATION, answer_written=True, called_back=True, satisfied=True)
    for action in (Action.ACCEPT, Action.ANSWER, Action.CLOSE):
        assert case.do(action, done, Track.ACCUSATION)
    assert case.running == {"accusation-feedback"}
    assert case.do(Action.TELL_RESULT, done, Track.ACCUSATION)
    assert (case.state, case.running) == (State.CLOSED, frozenset())
    assert not case.do(Action.TELL_RESULT, done, Track.ACCUSATION)


def test_reopening_an_answered_case_does_not_move_its_closing_clock() -> None:
    facts = Facts(Track.HELP, satisfied=False)
    changes = clocks_after(Event.REOPENED, facts, {"petition-close", "call-back"}, RULES, TODAY)
    assert changes.started == (ClockStart("help-reply", Event.REOPENED),)
    assert changes.stopped == ("call-back",)


def test_moving_a_case_counts_the_new_tracks_limits_from_its_registration() -> None:
    running = {"help-reply", "petition-acceptance"}
    moved = Facts(Track.SERVICE)
    changes = clocks_after_move(State.REGISTERED, moved, running, RULES, TODAY)
    assert changes.started == (ClockStart("service-complaint", Event.REGISTERED),)
    assert changes.stopped == ("help-reply",)


def test_moving_an_accepted_case_gives_the_new_unit_time_to_accept_and_no_more() -> None:
    running = {"service-complaint", "petition-close"}
    moved = Facts(Track.ACCUSATION, named=True)
    changes = clocks_after_move(State.ACCEPTED, moved, running, RULES, TODAY)
    assert changes.started == (ClockStart("accusation-acceptance", Event.MOVED),)
    assert changes.running_after(running) == {"accusation-acceptance", "petition-close"}
    accepted = clocks_after(Event.ACCEPTED, moved, changes.running_after(running), RULES, TODAY)
    assert accepted.started == ()


def test_every_state_and_action_has_words_in_both_languages() -> None:
    assert set(STATE_WORDS) == set(State)
    assert set(ACTION_WORDS) == set(Action) == set(EVENT_OF)
    for words in (*STATE_WORDS.values(), *ACTION_WORDS.values()):
        for text in (words.resident, words.staff):
            assert translate("zh_Hans", text) != text
