"""The course of a complaint 办理流程: states, what may happen next, and which clocks that moves.

    registered 登记 ─┬─ refer 转办 ──► referred ─┬─► accepted 受理 ──► answered 答复 ──► closed 办结
                    └────────────────────────┴─► not accepted 不予受理         │  ▲         │
                                                                             ▼  │answer   │
                                                                    re-opened 重新办理 ◄────┘ once

One table of transitions, one function that refuses; no clock and no database. Which clocks start
and stop with an event is read from the rules' table (``deadlines.csv``).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from complaints.deadlines import Circumstance, ClockRole, Event, Rulebook
from complaints.tracks import Track
from portal.kernel.errors import Refused
from portal.kernel.language import N_


class State(StrEnum):
    """Where a case stands."""

    REGISTERED = "registered"  # 已登记
    REFERRED = "referred"  # 已转办
    ACCEPTED = "accepted"  # 已受理
    NOT_ACCEPTED = "not-accepted"  # 不予受理
    ANSWERED = "answered"  # 已答复
    REOPENED = "reopened"  # 重新办理
    CLOSED = "closed"  # 已办结


class Action(StrEnum):
    """What can be done with a case."""

    REFER = "refer"  # 转办
    SEND_BACK = "send-back"  # 退回
    MOVE = "move"  # 改转类别
    CONTACT = "contact"  # 联系本人
    ACCEPT = "accept"  # 受理
    DECLINE = "decline"  # 不予受理
    ANSWER = "answer"  # 答复
    CLOSE = "close"  # 办结
    REOPEN = "reopen"  # 重新办理
    TELL_RESULT = "tell-result"  # 反馈结果


@dataclass(frozen=True)
class Words:
    """The words for one thing: to the resident, and at the desk."""

    resident: str
    staff: str


STATE_WORDS: Mapping[State, Words] = {
    State.REGISTERED: Words(N_("We have received it"), N_("Registered")),
    State.REFERRED: Words(N_("It was passed to the unit responsible"), N_("Referred")),
    State.ACCEPTED: Words(N_("It is being looked into"), N_("Accepted")),
    State.NOT_ACCEPTED: Words(N_("It was not accepted; the reason is below"), N_("Not accepted")),
    State.ANSWERED: Words(N_("There is an answer. Are you satisfied?"), N_("Answered")),
    State.REOPENED: Words(N_("It is being looked into again"), N_("Re-opened")),
    State.CLOSED: Words(N_("It is closed"), N_("Case closed")),
}

# To the resident an action is a line of the case's history; at the desk it is a button.
ACTION_WORDS: Mapping[Action, Words] = {
    Action.REFER: Words(N_("Passed to the unit responsible"), N_("Refer the case")),
    Action.SEND_BACK: Words(N_("Sent back: it belongs to another unit"), N_("Send the case back")),
    Action.MOVE: Words(N_("Moved to another kind of matter"), N_("Move to another track")),
    Action.CONTACT: Words(N_("The unit got in touch with you"), N_("Record contact")),
    Action.ACCEPT: Words(N_("The unit accepted it"), N_("Accept the case")),
    Action.DECLINE: Words(N_("The unit did not accept it"), N_("Do not accept the case")),
    Action.ANSWER: Words(N_("The unit answered"), N_("Answer the reporter")),
    Action.CLOSE: Words(N_("It was closed"), N_("Close the case")),
    Action.REOPEN: Words(N_("You were not satisfied: opened again"), N_("Re-open the case")),
    Action.TELL_RESULT: Words(
        N_("You were told the result"), N_("Record that the result was told")
    ),
}

FIRST_STATE = State.REGISTERED

TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.REGISTERED, Action.REFER): State.REFERRED,
    (State.REGISTERED, Action.MOVE): State.REGISTERED,
    (State.REGISTERED, Action.CONTACT): State.REGISTERED,
    (State.REGISTERED, Action.ACCEPT): State.ACCEPTED,
    (State.REGISTERED, Action.DECLINE): State.NOT_ACCEPTED,
    (State.REFERRED, Action.SEND_BACK): State.REGISTERED,
    (State.REFERRED, Action.MOVE): State.REGISTERED,
    (State.REFERRED, Action.CONTACT): State.REFERRED,
    (State.REFERRED, Action.ACCEPT): State.ACCEPTED,
    (State.REFERRED, Action.DECLINE): State.NOT_ACCEPTED,
    (State.ACCEPTED, Action.MOVE): State.REGISTERED,
    (State.ACCEPTED, Action.CONTACT): State.ACCEPTED,
    (State.ACCEPTED, Action.ANSWER): State.ANSWERED,
    (State.ANSWERED, Action.CLOSE): State.CLOSED,
    (State.ANSWERED, Action.REOPEN): State.REOPENED,
    (State.REOPENED, Action.CONTACT): State.REOPENED,
    (State.REOPENED, Action.ANSWER): State.ANSWERED,
    (State.CLOSED, Action.REOPEN): State.REOPENED,
    (State.CLOSED, Action.TELL_RESULT): State.CLOSED,
}

EVENT_OF: Mapping[Action, Event] = {
    Action.REFER: Event.REFERRED,
    Action.SEND_BACK: Event.SENT_BACK,
    Action.MOVE: Event.MOVED,
    Action.CONTACT: Event.CONTACTED,
    Action.ACCEPT: Event.ACCEPTED,
    Action.DECLINE: Event.NOT_ACCEPTED,
    Action.ANSWER: Event.ANSWERED,
    Action.CLOSE: Event.CLOSED,
    Action.REOPEN: Event.REOPENED,
    Action.TELL_RESULT: Event.RESULT_TOLD,
}

_WHAT_NOW: Mapping[State, str] = {
    State.REGISTERED: N_("The case is registered. Accept it, refer it, or say why not, first."),
    State.REFERRED: N_("The case was referred. It must be accepted or sent back first."),
    State.ACCEPTED: N_("The case is accepted and not yet answered. Answer it first."),
    State.NOT_ACCEPTED: N_("The case was not accepted and is over. A new one can be filed."),
    State.ANSWERED: N_("The case is answered. Ask the reporter, then close or re-open it."),
    State.REOPENED: N_("The case is open again. Answer it first."),
    State.CLOSED: N_("The case is closed. Only a reporter who is not satisfied can re-open it."),
}


@dataclass(frozen=True)
class Facts:
    """What is known about a case when somebody acts.

    ``reason`` comes with the action itself. ``answer_written``: an answer lies ready to be
    delivered. ``called_back``: the reporter was asked and said whether it is ``satisfied`` (None:
    not said). ``call_back_over``: the time for asking has passed without its being possible.
    """

    track: Track
    named: bool = False
    urgent: bool = False
    from_hotline: bool = False
    passed_down: bool = False
    reason: str = ""
    answer_written: bool = False
    called_back: bool = False
    satisfied: bool | None = None
    call_back_over: bool = False
    times_moved: int = 0
    times_reopened: int = 0
    result_told: bool = False
    archived: bool = False

    @property
    def circumstances(self) -> frozenset[Circumstance]:
        """What decides, beside the track, which time limits hold."""
        found = {Circumstance.NAMED if self.named else Circumstance.UNNAMED}
        if self.urgent:
            found.add(Circumstance.URGENT)
        if self.from_hotline:
            found.add(Circumstance.HOTLINE)
        if self.passed_down:
            found.add(Circumstance.PASSED_DOWN)
        return frozenset(found)


def _refuse_move(facts: Facts) -> str | None:
    if facts.times_moved:
        return N_("The case was moved to another track once already; it stays where it is.")
    return None


def _refuse_contact(facts: Facts) -> str | None:
    if not facts.urgent:
        return N_("Contact is recorded only where somebody is in immediate danger.")
    return None


def _refuse_answer(facts: Facts) -> str | None:
    return None if facts.answer_written else N_("Write the answer first.")


def _refuse_close(facts: Facts) -> str | None:
    if facts.satisfied is False and not (facts.times_reopened or facts.archived):
        return N_("The reporter is not satisfied. Re-open the case.")
    if not (facts.called_back or facts.call_back_over):
        return N_("Ask the reporter first, or wait until the time for asking has passed.")
    return None


def _refuse_reopen(facts: Facts) -> str | None:
    if facts.times_reopened:
        return N_("The case was re-opened once already. The answer says which remedies remain.")
    if facts.archived:
        return N_("The case has been handed to the archive. File a new one.")
    if facts.satisfied is not False:
        return N_("Only a reporter who says “not satisfied” re-opens a case.")
    return None


def _refuse_tell_result(facts: Facts) -> str | None:
    if facts.track is not Track.ACCUSATION or not facts.named:
        return N_("Only somebody who reported an official under their own name is told like this.")
    return N_("The result was told already.") if facts.result_told else None


_GUARDS: Mapping[Action, Callable[[Facts], str | None]] = {
    Action.MOVE: _refuse_move,
    Action.CONTACT: _refuse_contact,
    Action.ANSWER: _refuse_answer,
    Action.CLOSE: _refuse_close,
    Action.REOPEN: _refuse_reopen,
    Action.TELL_RESULT: _refuse_tell_result,
}

NEEDS_REASON = frozenset({Action.SEND_BACK, Action.MOVE, Action.DECLINE})


def apply(state: State, action: Action, facts: Facts) -> State:
    """Return the state after ``action``; raises Refused, which says why and what to do instead."""
    following = TRANSITIONS.get((state, action))
    if following is None:
        raise Refused(_WHAT_NOW[state])
    refusal = _GUARDS[action](facts) if action in _GUARDS else None
    if refusal is not None:
        raise Refused(refusal)
    if action in NEEDS_REASON and not facts.reason.strip():
        raise Refused(N_("Give the reason; the reporter is told."), field="reason")
    return following


def allowed(state: State, facts: Facts) -> tuple[Action, ...]:
    """Return what may be done now, in the order of the table; a reason can still be asked for."""
    return tuple(
        action
        for begins, action in TRANSITIONS
        if begins is state and (action not in _GUARDS or _GUARDS[action](facts) is None)
    )


@dataclass(frozen=True)
class ClockStart:
    """A clock that starts: its rule, and the event whose day it is counted from."""

    rule_id: str
    since: Event


@dataclass(frozen=True)
class ClockChanges:
    """What an event does to the clocks of a case; ``stopped`` are ids of rules."""

    started: tuple[ClockStart, ...]
    stopped: tuple[str, ...]

    def running_after(self, running: Iterable[str]) -> frozenset[str]:
        """Return the ids of the rules that run afterwards."""
        begun = (start.rule_id for start in self.started)
        return frozenset(running).difference(self.stopped).union(begun)


def clocks_after(
    event: Event, facts: Facts, running: Iterable[str], rules: Rulebook, on: date
) -> ClockChanges:
    """Return which clocks start and stop when ``event`` happens on ``on``.

    ``running`` are the ids of the rules whose clocks run now. A clock that runs is never started
    anew. For a case that is moved to another track use ``clocks_after_move``.
    """
    going = frozenset(running)
    holding = rules.in_force(facts.track, facts.circumstances, on)
    stopped = {rule.id for rule in rules.rules if rule.id in going and event in rule.stops_at}
    started = tuple(
        ClockStart(rule.id, event)
        for rule in holding
        if event in rule.starts_at and rule.id not in going
    )
    return ClockChanges(started, tuple(sorted(stopped)))


def clocks_after_move(
    state: State, moved: Facts, running: Iterable[str], rules: Rulebook, on: date
) -> ClockChanges:
    """Return which clocks start and stop when a case in ``state`` is moved to another track.

    ``moved`` are the facts with the new track. Moving moves no clock: those that both tracks have
    run on, and the new track's own count from the day of registration. Only when the case had been
    accepted does the new unit's time to accept it count from the move, since the reporter has been
    told once already.
    """
    going = frozenset(running)
    holding = rules.in_force(moved.track, moved.circumstances, on)
    kept = {rule.id for rule in holding if Event.MOVED not in rule.stops_at}
    started = []
    for rule in holding:
        if Event.REGISTERED not in rule.starts_at or rule.id in going or rule.id not in kept:
            continue
        again = state is State.ACCEPTED and rule.role is ClockRole.ACCEPTANCE
        started.append(ClockStart(rule.id, Event.MOVED if again else Event.REGISTERED))
    return ClockChanges(tuple(started), tuple(sorted(going - kept)))
