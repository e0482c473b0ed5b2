"""The clocks of a case 时限计时: written down as the workflow starts and stops them."""

from collections.abc import Iterable
from datetime import date, datetime

from complaints.deadlines import ClockRole, Event, Rule, Rulebook, due_on, standard_rules
from complaints.models import Channel, Complaint, ComplaintClock
from complaints.workflow import ClockChanges, Facts, clocks_after, clocks_after_move
from portal.kernel.clock import local_date
from portal.kernel.workdays import WorkCalendar

# The State Council's calendar as it stands.
CALENDAR = WorkCalendar()


def running(complaint: Complaint) -> tuple[ComplaintClock, ...]:
    """Return the clocks of a case that still run, the next due first."""
    going = (clock for clock in complaint.clocks if clock.stopped_at is None)
    return tuple(sorted(going, key=lambda clock: (clock.due_at, clock.rule_id)))


def is_late(clock: ComplaintClock, now: datetime) -> bool:
    """Tell whether a clock runs although its last day is over."""
    return clock.stopped_at is None and clock.due_at <= now


def rule_of(clock: ComplaintClock) -> Rule:
    """Return the rule that a clock counts by: the version in force when it started."""
    return standard_rules().get(clock.rule_id, clock.started_on)


def facts_of(
    complaint: Complaint, *, now: datetime, reason: str = "", answer_written: bool = False
) -> Facts:
    """Return what the workflow needs to know about a case; the rest comes with the action."""
    call_backs = (each for each in running(complaint) if rule_of(each).role is ClockRole.CALL_BACK)
    return Facts(
        track=complaint.track,
        named=complaint.named,
        urgent=complaint.urgent,
        from_hotline=complaint.channel is Channel.HOTLINE,
        passed_down=complaint.channel is Channel.HIGHER_OFFICE,
        reason=reason,
        answer_written=answer_written,
        called_back=complaint.called_back_at is not None,
        satisfied=complaint.satisfied,
        call_back_over=any(is_late(each, now) for each in call_backs),
        times_moved=complaint.times_moved,
        times_reopened=complaint.times_reopened,
        result_told=complaint.result_told_at is not None,
    )


def apply_event(complaint: Complaint, event: Event, facts: Facts, *, now: datetime) -> None:
    """Start and stop the clocks that ``event``, which happens now, starts and stops."""
    rules, on = standard_rules(), local_date(now)
    changes = clocks_after(event, facts, _running_ids(complaint), rules, on)
    _apply(complaint, changes, rules, now=now)


def apply_move(complaint: Complaint, moved: Facts, *, now: datetime) -> None:
    """Start and stop the clocks when the case goes to another track; ``moved`` names the new one.

    The case must still be in the state in which it was moved.
    """
    rules, on = standard_rules(), local_date(now)
    changes = clocks_after_move(complaint.state, moved, _running_ids(complaint), rules, on)
    _apply(complaint, changes, rules, now=now)


def _apply(complaint: Complaint, changes: ClockChanges, rules: Rulebook, *, now: datetime) -> None:
    for clock in running(complaint):
        if clock.rule_id in changes.stopped:
            clock.stopped_at = now
    for start in changes.started:
        since = complaint.registered_at if start.since is Event.REGISTERED else now
        rule = rules.get(start.rule_id, local_date(now))
        complaint.clocks.append(_new_clock(rule, local_date(since)))


def _new_clock(rule: Rule, started_on: date) -> ComplaintClock:
    due = due_on(started_on, rule, CALENDAR)
    return ComplaintClock(
        rule_id=rule.id,
        started_on=started_on,
        due_on=due.on,
        due_at=due.due_at,
        provisional=due.provisional,
    )


def _running_ids(complaint: Complaint) -> Iterable[str]:
    return [clock.rule_id for clock in running(complaint)]
