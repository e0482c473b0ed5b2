"""Time limits of complaints 投诉时限: the rules as data, and when each is due.

Every limit is a row of ``deadlines.csv``; none is an ``if``. Lengths, extensions and the time in
which a review may be asked for are in the row's unit (the last always in calendar days). Dates are
days in Asia/Shanghai. Counting itself is ``portal.kernel.workdays.count_limit``.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from complaints.tracks import Track
from portal.kernel.errors import NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.workdays import DueDate, LimitUnit, WorkCalendar, count_limit

RULES_FILE = Path(__file__).with_name("deadlines.csv")


class Event(StrEnum):
    """What happens to a case and sets a clock off or stops it."""

    REGISTERED = "registered"  # 登记
    REFERRED = "referred"  # 转办
    SENT_BACK = "sent-back"  # 退回
    MOVED = "moved"  # 改转类别
    CONTACTED = "contacted"  # 联系本人
    ACCEPTED = "accepted"  # 受理
    NOT_ACCEPTED = "not-accepted"  # 不予受理
    ANSWERED = "answered"  # 答复送达
    CLOSED = "closed"  # 办结
    REOPENED = "reopened"  # 重新办理
    RESULT_TOLD = "result-told"  # 反馈结果
    REVIEW_ASKED = "review-asked"  # 申请复查
    REVIEW_GIVEN = "review-given"  # 复查意见送达
    SECOND_REVIEW_ASKED = "second-review-asked"  # 申请复核
    SECOND_REVIEW_GIVEN = "second-review-given"  # 复核意见送达


class ClockRole(StrEnum):
    """What a clock is for."""

    ACCEPTANCE = "acceptance"  # 受理时限
    ANSWER = "answer"  # 答复时限
    CLOSING = "closing"  # 办结时限
    CONTACT = "contact"
    RETURN = "return"
    CALL_BACK = "call-back"
    FEEDBACK = "feedback"
    REVIEW = "review"


class Sure(StrEnum):
    """How well the source of a rule was read."""

    TEXT = "text"  # the article itself
    LOCAL = "local"  # a local rule or notice that repeats it
    MEMORY = "memory"  # general knowledge: shown as unconfirmed in the admin screen


class Circumstance(StrEnum):
    """What else about a case decides which rules hold."""

    NAMED = "named"  # 实名
    UNNAMED = "unnamed"  # 匿名
    URGENT = "urgent"  # 急难
    HOTLINE = "hotline"  # 12345工单
    PASSED_DOWN = "passed-down"  # 上级转办


@dataclass(frozen=True)
class InBothLanguages:
    """A text of the rules' table in English and Chinese."""

    en: str
    zh_hans: str

    def in_locale(self, locale: str) -> str:
        """Return the text for ``locale`` ("en", anything else is Chinese)."""
        return self.en if locale == "en" else self.zh_hans


@dataclass(frozen=True)
class Rule:
    """One limit 时限规则: a row of the table.

    ``applies_to`` pairs a track with the circumstance it needs (None: always). ``extension`` is
    how much may be added, once, in the rule's unit; 0 for not at all. ``ask_within`` is in
    calendar days from the answer. ``effective_to`` is the last day on which the rule holds.
    """

    id: str
    name: InBothLanguages
    applies_to: frozenset[tuple[Track, Circumstance | None]]
    role: ClockRole
    starts_at: frozenset[Event]
    stops_at: frozenset[Event]
    length: int
    unit: LimitUnit
    extension: int
    extended_by: str | None
    pause: str | None
    ask_within: int | None
    effective_from: date | None
    effective_to: date | None
    citation: InBothLanguages
    sure: Sure

    def applies(self, track: Track, circumstances: Iterable[Circumstance]) -> bool:
        """Tell whether the rule holds for a case of ``track`` under ``circumstances``."""
        return any((track, each) in self.applies_to for each in (None, *circumstances))

    def holds_on(self, on: date) -> bool:
        """Tell whether the rule is in force on ``on``."""
        begun = self.effective_from is None or self.effective_from <= on
        return begun and (self.effective_to is None or on <= self.effective_to)


@dataclass(frozen=True)
class Rulebook:
    """All rules, in the order of the table. Raises ValueError if two of one id hold on one day."""

    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        """Refuse versions of a rule that overlap."""
        for at, rule in enumerate(self.rules):
            for other in self.rules[at + 1 :]:
                if rule.id == other.id and _overlap(rule, other):
                    raise ValueError(f"two versions of rule {rule.id} hold on the same day")

    def get(self, rule_id: str, on: date) -> Rule:
        """Return the version of a rule in force on ``on``; raises NotFound."""
        for rule in self.rules:
            if rule.id == rule_id and rule.holds_on(on):
                return rule
        raise NotFound(N_("There is no time limit “%(rule)s” for that day."), rule=rule_id)

    def in_force(
        self, track: Track, circumstances: Iterable[Circumstance], on: date
    ) -> tuple[Rule, ...]:
        """Return the rules that hold on ``on`` for a case of ``track`` under ``circumstances``."""
        given = frozenset(circumstances)
        return tuple(
            rule for rule in self.rules if rule.holds_on(on) and rule.applies(track, given)
        )


def read_rules(lines: Iterable[str]) -> Rulebook:
    """Read the table (CSV with a header, lists separated by semicolons); raises ValueError."""
    return Rulebook(tuple(map(_rule, csv.DictReader(lines))))


@cache
def standard_rules() -> Rulebook:
    """Return the rules that ship with the portal."""
    with RULES_FILE.open(encoding="utf-8", newline="") as lines:
        return read_rules(lines)


@dataclass(frozen=True)
class Extension:
    """An extension 延期: how much is added, in the rule's unit, why, by which head, and when."""

    length: int
    reason: str
    granted_by: str
    granted_on: date


@dataclass(frozen=True)
class Pause:
    """Days that do not count 中止 (a hearing 听证), both included, and the head who granted it."""

    first_on: date
    last_on: date
    reason: str
    granted_by: str


def due_on(
    start: date,
    rule: Rule,
    calendar: WorkCalendar,
    *,
    extension: Extension | None = None,
    pauses: Sequence[Pause] = (),
) -> DueDate:
    """Return the due date of ``rule`` for an event on ``start``, and how it was counted.

    An extended limit is counted as one longer limit from the same start. Raises Refused if the rule
    allows no such extension or pause.
    """
    extra = 0
    if extension is not None:
        _check_extension(rule, extension)
        extra = extension.length
    paused = _paused_days(rule, pauses)
    return count_limit(start, rule.length + extra, rule.unit, calendar, paused=paused)


def extend(
    start: date,
    rule: Rule,
    calendar: WorkCalendar,
    extension: Extension,
    *,
    earlier: Extension | None = None,
    pauses: Sequence[Pause] = (),
) -> DueDate:
    """Return the new due date when a head grants ``extension``; raises Refused if it may not be.

    A limit is extended once (``earlier`` must be None), and before it is over: what is already late
    stays late.
    """
    if earlier is not None:
        raise Refused(N_("This limit has been extended once already; it cannot be again."))
    before = due_on(start, rule, calendar, pauses=pauses)
    if extension.granted_on > before.on:
        raise Refused(N_("This limit is already over. A late answer stays late: give it now."))
    return due_on(start, rule, calendar, extension=extension, pauses=pauses)


def may_ask_until(rule: Rule, answered_on: date, calendar: WorkCalendar) -> DueDate | None:
    """Return the last day on which a review may be asked for; None where the rule is no review."""
    if rule.ask_within is None:
        return None
    return count_limit(answered_on, rule.ask_within, LimitUnit.CALENDAR_DAY, calendar)


def next_due(running: Iterable[DueDate]) -> DueDate | None:
    """Return the earliest of the limits that still run: the case's next due date."""
    return min(running, key=lambda due: due.on, default=None)


def _check_extension(rule: Rule, extension: Extension) -> None:
    if not rule.extension:
        raise Refused(N_("This limit cannot be extended. Answer in time."), field="length")
    if not 1 <= extension.length <= rule.extension:
        raise Refused(
            N_("This limit can be extended by 1 to %(most)s days."),
            field="length",
            most=rule.extension,
        )
    if not extension.reason.strip():
        raise Refused(N_("Give the reason; the reporter is told."), field="reason")
    if not extension.granted_by.strip():
        raise Refused(N_("Only a named head of the unit can grant this."), field="granted_by")


def _paused_days(rule: Rule, pauses: Sequence[Pause]) -> frozenset[date]:
    paused: set[date] = set()
    for pause in pauses:
        if rule.pause is None:
            raise Refused(N_("This limit cannot be paused."))
        if pause.last_on < pause.first_on:
            raise Refused(N_("A pause ends on the day it begins or later."), field="last_on")
        if not pause.reason.strip():
            raise Refused(N_("Give the reason; the reporter is told."), field="reason")
        if not pause.granted_by.strip():
            raise Refused(N_("Only a named head of the unit can grant this."), field="granted_by")
        length = (pause.last_on - pause.first_on).days + 1
        paused.update(pause.first_on + timedelta(days=n) for n in range(length))
    return frozenset(paused)


def _overlap(one: Rule, other: Rule) -> bool:
    first = max(one.effective_from or date.min, other.effective_from or date.min)
    return first <= min(one.effective_to or date.max, other.effective_to or date.max)


def _rule(row: dict[str, str]) -> Rule:
    rule = Rule(
        id=row["id"],
        name=InBothLanguages(row["name_en"], row["name_zh"]),
        applies_to=frozenset(map(_scope, row["applies_to"].split(";"))),
        role=ClockRole(row["role"]),
        starts_at=frozenset(map(Event, row["starts_at"].split(";"))),
        stops_at=frozenset(map(Event, row["stops_at"].split(";"))),
        length=int(row["length"]),
        unit=LimitUnit(row["unit"]),
        extension=int(row["extension"] or 0),
        extended_by=row["extended_by"] or None,
        pause=row["pause"] or None,
        ask_within=int(row["ask_within"]) if row["ask_within"] else None,
        effective_from=_day(row["effective_from"]),
        effective_to=_day(row["effective_to"]),
        citation=InBothLanguages(row["citation_en"], row["citation_zh"]),
        sure=Sure(row["sure"]),
    )
    if rule.length < 1 or rule.extension < 0 or bool(rule.extension) != bool(rule.extended_by):
        raise ValueError(f"rule {rule.id}: impossible length or extension")
    return rule


def _scope(text: str) -> tuple[Track, Circumstance | None]:
    track, _, circumstance = text.partition("/")
    return Track(track), Circumstance(circumstance) if circumstance else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
