"""A case as it is shown 案件展示: frozen values for the templates, in the page's language.

Two readers, two sets of words: the resident who follows their matter, and the unit at its desk.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from markupsafe import Markup, escape

from complaints.clockwork import is_late, rule_of, running
from complaints.deadlines import Sure, standard_rules
from complaints.models import Channel, Complaint, ComplaintClock, ComplaintEvent, Deed
from complaints.statements import WAY_OUT_WORDS, MessageText, WayOut
from complaints.workflow import ACTION_WORDS, Action, State, Words
from portal.data.accounts import Unit
from portal.kernel.language import N_

# Each line of a case's history, to the resident and at the desk.
DEED_WORDS: Mapping[Deed, Words] = {
    Deed.FILED: Words(N_("You sent it, and it was registered"), N_("Registered")),
    Deed.OPENED: Words(N_("The unit opened it"), N_("Opened for the first time")),
    Deed.STATEMENT: Words(N_("You added something"), N_("The reporter added something")),
    Deed.QUESTION: Words(N_("The unit asks you something"), N_("The reporter was asked something")),
    Deed.CALLED_BACK: Words(N_("You were asked about the answer"), N_("Called back")),
    Deed.REFER: Words(ACTION_WORDS[Action.REFER].resident, N_("Referred")),
    Deed.SEND_BACK: Words(ACTION_WORDS[Action.SEND_BACK].resident, N_("Sent back")),
    Deed.MOVE: Words(ACTION_WORDS[Action.MOVE].resident, N_("Moved to another track")),
    Deed.CONTACT: Words(ACTION_WORDS[Action.CONTACT].resident, N_("Contact made")),
    Deed.ACCEPT: Words(ACTION_WORDS[Action.ACCEPT].resident, N_("Accepted")),
    Deed.DECLINE: Words(ACTION_WORDS[Action.DECLINE].resident, N_("Not accepted")),
    Deed.ANSWER: Words(ACTION_WORDS[Action.ANSWER].resident, N_("Answered")),
    Deed.CLOSE: Words(ACTION_WORDS[Action.CLOSE].resident, N_("Closed")),
    Deed.REOPEN: Words(ACTION_WORDS[Action.REOPEN].resident, N_("Re-opened")),
    Deed.TELL_RESULT: Words(ACTION_WORDS[Action.TELL_RESULT].resident, N_("Result told")),
}
_SATISFIED_WORDS: Mapping[bool, Words] = {
    True: Words(N_("You are satisfied with the answer"), N_("The reporter is satisfied")),
    False: Words(N_("You are not satisfied with the answer"), N_("The reporter is not satisfied")),
}

NEXT_WORDS: Mapping[State, str] = {
    State.REGISTERED: N_("Next, the unit tells you here whether it accepts your matter."),
    State.REFERRED: N_("Next, the unit tells you here whether it accepts your matter."),
    State.ACCEPTED: N_("Next, the unit answers you here."),
    State.REOPENED: N_("Next, the unit answers you here once more."),
    State.ANSWERED: N_("Please say whether you are satisfied. Then the matter is closed."),
    State.NOT_ACCEPTED: N_("Nothing more is done here. The reason names the way that is open."),
    State.CLOSED: N_("Nothing more is done here."),
}

CHANNEL_WORDS: Mapping[Channel, str] = {
    Channel.WEB: N_("On this site"),
    Channel.COUNTER: N_("In person or by telephone"),
    Channel.HOTLINE: N_("12345 work order"),
    Channel.HIGHER_OFFICE: N_("Passed down by a higher office"),
}


@dataclass(frozen=True)
class TimelineLine:
    """A line of a case's history, or a limit that still runs, as the timeline shows it."""

    title: str
    at: datetime | None = None
    who: str | None = None
    text: Markup | None = None
    due_on: date | None = None
    state: str = "done"


@dataclass(frozen=True)
class LimitShown:
    """A limit that runs 时限: what is due, by when, since when, and by which article."""

    name: str
    started_on: date
    due_on: date
    late: bool
    provisional: bool
    unconfirmed: bool
    citation: str


@dataclass(frozen=True)
class ContactShown:
    """Whom to call, as the contact card shows it."""

    unit: str
    phones: tuple[str, ...]
    address: str


def limits_of(complaint: Complaint, *, locale: str, now: datetime) -> tuple[LimitShown, ...]:
    """Return the limits that run, the next due first."""
    return tuple(_limit(clock, locale, now) for clock in running(complaint))


def rule_name(rule_id: str, on: date, locale: str) -> str:
    """Return what a limit is called, in the version in force on ``on``."""
    return standard_rules().get(rule_id, on).name.in_locale(locale)


def timeline_of(
    complaint: Complaint,
    texts: Mapping[str, MessageText],
    *,
    locale: str,
    now: datetime,
    staff: bool,
) -> tuple[TimelineLine, ...]:
    """Return what happened, oldest first; to the resident also what is still due.

    ``staff`` read it in their own words, and see the time limits in a table of their own.
    """
    done = tuple(_happened(event, texts, staff=staff) for event in complaint.events)
    if staff:
        return done
    due = tuple(
        TimelineLine(
            title=limit.name,
            due_on=limit.due_on,
            text=Markup("<p>{}</p>").format(limit.citation),
            state="late" if limit.late else "upcoming",
        )
        for limit in limits_of(complaint, locale=locale, now=now)
    )
    return done + due


def paragraphs(text: str) -> Markup:
    """Return what somebody wrote as paragraphs, line by line, harmless in HTML."""
    lines = (line.strip() for line in text.splitlines())
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines if line)


def message_words(message: MessageText) -> Markup:
    """Return a message, and below it the remedy that it names."""
    words = paragraphs(message.text)
    if message.way_out is WayOut.NONE:
        return words
    way_out = escape(_(WAY_OUT_WORDS[message.way_out]))
    return words + Markup("<p><strong>{}</strong></p>").format(way_out)


def contact_of(unit: Unit) -> ContactShown:
    """Return a unit as somebody to call."""
    return ContactShown(unit.name, (unit.phone,) if unit.phone else (), unit.address)


def _limit(clock: ComplaintClock, locale: str, now: datetime) -> LimitShown:
    rule = rule_of(clock)
    return LimitShown(
        name=rule.name.in_locale(locale),
        started_on=clock.started_on,
        due_on=clock.due_on,
        late=is_late(clock, now),
        provisional=clock.provisional,
        unconfirmed=rule.sure is Sure.MEMORY,
        citation=rule.citation.in_locale(locale),
    )


def _happened(
    event: ComplaintEvent, texts: Mapping[str, MessageText], *, staff: bool
) -> TimelineLine:
    message = texts.get(event.message_id) if event.message_id else None
    words = DEED_WORDS[event.deed]
    if message is not None and message.satisfied is not None:
        words = _SATISFIED_WORDS[message.satisfied]
    return TimelineLine(
        title=_(words.staff if staff else words.resident),
        at=event.at,
        who=_who(event, staff=staff),
        text=message_words(message) if message is not None and message.text else None,
    )


def _who(event: ComplaintEvent, *, staff: bool) -> str | None:
    """Return the unit that acted; to its own side also the person."""
    if event.unit is None:
        return None
    if staff and event.user is not None:
        return f"{event.user.name}, {event.unit.name}"
    return event.unit.name
