"""Asking the questions 逐题提问: each step's form with its choices, and what its answer changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from complaints.forms import (
    NO,
    NONE_OF_THESE,
    YES,
    AccusedForm,
    AccusesForm,
    ConsentForm,
    ContactForm,
    NamedForm,
    NoticeForm,
    OfficeForm,
    PlaceForm,
    RowForm,
    TextForm,
    TrackForm,
    UrgentForm,
)
from complaints.notices import NoticeAbout, Notices
from complaints.questions import Answers, Reach, Step, is_exact_enough
from complaints.tracks import TRACKS, Accused, Track
from portal.data.accounts import Unit, UnitKind, list_units_of
from portal.data.regions import (
    Level,
    Region,
    find_region,
    list_sub_regions,
    list_top_regions,
    path_of,
)
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.web.forms import PublicForm

HERE = "here"
_NOT_ASKED_ALONE = (Level.PROVINCE, Level.CITY, Level.COUNTY)


@dataclass(frozen=True)
class Asking:
    """What the questions are asked with: the database's present state, read once a request."""

    session: Session
    notices: Notices
    now: datetime

    def about(self, answers: Answers) -> NoticeAbout | None:
        """Return the posted list that the answers name, while it is posted."""
        if not answers.notice_id:
            return None
        return self.notices.find(
            self.session, answers.notice_id, row=answers.notice_row, now=self.now
        )

    def lists_at(self, answers: Answers) -> tuple[NoticeAbout, ...]:
        """Return the lists posted at the place of the answers."""
        if answers.place is None:
            return ()
        return tuple(self.notices.list_of(self.session, answers.place, now=self.now))

    def lists_known(self, answers: Answers) -> bool:
        """Tell whether a list can be named: one is, or some are posted at the place."""
        return bool(answers.notice_id) or bool(self.lists_at(answers))


@dataclass(frozen=True)
class Question:
    """A question ready to be shown: its form, and for single choices a hint for each."""

    step: Step
    form: PublicForm
    hints: Mapping[str, str] = field(default_factory=dict)
    hint: str | None = None


def ask(step: Step, answers: Answers, asking: Asking, *, blank: bool = True) -> Question:
    """Return the question of ``step``; ``blank`` false fills it from what was just sent."""
    return _ASKED[step](answers, asking, blank)


def take(question: Question, answers: Answers, asking: Asking) -> Answers:
    """Return the answers with what was sent for ``question``, whose form is valid.

    Raises Refused for what only the database knows to be wrong.
    """
    return _TAKEN[question.step](question.form, answers, asking)


def place_of(session: Session, answers: Answers) -> tuple[Region, ...]:
    """Return the way down to the place that was chosen so far."""
    return path_of(session, answers.place) if answers.place else ()


def with_place(answers: Answers, region: Region | None, session: Session) -> Answers:
    """Return the answers with the place ``region`` (None: from the top).

    Where there is but one county, or one city, nobody is asked which.
    """
    below = _below(session, region)
    while len(below) == 1 and below[0].level in _NOT_ASKED_ALONE:
        region = below[0]
        below = _below(session, region)
    if region is None:
        return answers.with_(place=None, reach=None, place_done=False)
    reach = Reach(region.level.value)
    return answers.with_(place=region.code, reach=reach, place_done=not below)


def place_again(answers: Answers, session: Session) -> Answers:
    """Return the answers so that the last choice of a place can be made again."""
    path = place_of(session, answers)
    if path and not _below(session, path[-1]):
        path = path[:-1]
    return with_place(answers, path[-1] if path else None, session).with_(place_done=False)


def place_wider(answers: Answers, session: Session) -> Answers | None:
    """Return the answers one choice of a place earlier, or None at the first of them."""
    first = with_place(answers, None, session)
    path = place_of(session, answers)
    if len(path) < 2 or first.place == answers.place:
        return None
    return with_place(answers, path[-2], session).with_(place_done=False)


def list_offices(session: Session, answers: Answers) -> tuple[Unit, ...]:
    """Return the offices of the place that a resident may complain of, the lowest first."""
    codes = [region.code for region in reversed(place_of(session, answers))]
    return tuple(
        unit for unit in list_units_of(session, codes) if unit.kind is not UnitKind.DISCIPLINE
    )


def _below(session: Session, region: Region | None) -> list[Region]:
    if region is None:
        return list(list_top_regions(session))
    return list(list_sub_regions(session, region.code))


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else (YES if value else NO)


def _form(kind: Callable[..., PublicForm], blank: bool, **data: object) -> PublicForm:
    # Given no data to read, a form does not take what another question has sent for its own.
    return kind(formdata=None, data=data) if blank else kind()


def _ask_track(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    form = _form(TrackForm, blank, track=answers.track)
    hints = {policy.track.value: _(policy.hint) for policy in TRACKS.values()}
    return Question(Step.TRACK, form, hints)


def _ask_accuses(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    form = _form(AccusesForm, blank, accuses=_yes_no(answers.accuses))
    hints = {
        YES: _(
            "Then the discipline office alone reads it. The row is marked as being checked only "
            "if that office says so."
        ),
        NO: _("The township checks the row, and the row is marked until it is decided on."),
    }
    return Question(Step.ACCUSES, form, hints)


def _ask_accused(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    return Question(Step.ACCUSED, _form(AccusedForm, blank, accused=answers.accused))


def _ask_place(answers: Answers, asking: Asking, blank: bool) -> Question:
    region = find_region(asking.session, answers.place) if answers.place else None
    form = _form(PlaceForm, blank)
    choices = [SelectChoice(below.code, below.name) for below in _below(asking.session, region)]
    if region is not None and is_exact_enough(answers):
        words = _("Not one of these, or %(place)s as a whole", place=region.name)
        choices.append(SelectChoice(HERE, words))
    form["place"].choices = choices
    hint = " ".join(above.name for above in place_of(asking.session, answers)) or None
    return Question(Step.PLACE, form, hint=hint)


def _ask_notice(answers: Answers, asking: Asking, blank: bool) -> Question:
    form = _form(NoticeForm, blank, notice=answers.notice_id)
    form["notice"].choices = [
        *(SelectChoice(notice.id, notice.title) for notice in asking.lists_at(answers)),
        SelectChoice(NONE_OF_THESE, _("Another one, or I do not know")),
    ]
    return Question(Step.NOTICE, form)


def _ask_row(answers: Answers, asking: Asking, blank: bool) -> Question:
    about = asking.about(answers.with_(notice_row=None))
    hint = about.title if about is not None else None
    return Question(Step.ROW, _form(RowForm, blank, row=answers.notice_row), hint=hint)


def _ask_office(answers: Answers, asking: Asking, blank: bool) -> Question:
    form = _form(OfficeForm, blank, office=answers.office or None)
    form["office"].choices = [
        *(SelectChoice(unit.id, unit.name) for unit in list_offices(asking.session, answers)),
        SelectChoice(NONE_OF_THESE, _("Another one, or I do not know")),
    ]
    return Question(Step.OFFICE, form)


def _ask_urgent(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    return Question(Step.URGENT, _form(UrgentForm, blank, urgent=_yes_no(answers.urgent)))


def _ask_text(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    return Question(Step.TEXT, _form(TextForm, blank, text=answers.text))


def _ask_named(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    form = _form(NamedForm, blank, named=_yes_no(answers.named))
    hint = _(TRACKS[answers.filed_as].privacy) if answers.filed_as else None
    if answers.track is Track.HELP:
        hint = _("If you leave your name, the office that answers sees it and can call you.")
    return Question(Step.NAMED, form, hint=hint)


def _ask_contact(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    form = _form(ContactForm, blank, name=answers.name, phone=answers.phone)
    return Question(Step.CONTACT, form)


def _ask_consent(answers: Answers, asking: Asking, blank: bool) -> Question:
    del asking
    return Question(Step.CONSENT, _form(ConsentForm, blank, consent=_yes_no(answers.consent)))


_ASKED: Mapping[Step, Callable[[Answers, Asking, bool], Question]] = {
    Step.TRACK: _ask_track,
    Step.ACCUSES: _ask_accuses,
    Step.ACCUSED: _ask_accused,
    Step.PLACE: _ask_place,
    Step.NOTICE: _ask_notice,
    Step.ROW: _ask_row,
    Step.OFFICE: _ask_office,
    Step.URGENT: _ask_urgent,
    Step.TEXT: _ask_text,
    Step.NAMED: _ask_named,
    Step.CONTACT: _ask_contact,
    Step.CONSENT: _ask_consent,
}


def _take_place(form: PublicForm, answers: Answers, asking: Asking) -> Answers:
    chosen = form["place"].data
    if chosen == HERE:
        return answers.with_(place_done=True)
    # Another place has other lists and other offices.
    fresh = answers.with_(office=None)
    if answers.notice_id == "":
        fresh = fresh.with_(notice_id=None)
    return with_place(fresh, find_region(asking.session, chosen), asking.session)


def _take_notice(form: PublicForm, answers: Answers, asking: Asking) -> Answers:
    del asking
    chosen = form["notice"].data
    notice_id = "" if chosen == NONE_OF_THESE else chosen
    return answers.with_(notice_id=notice_id, notice_row=None, row_asked=False)


def _take_row(form: PublicForm, answers: Answers, asking: Asking) -> Answers:
    taken = answers.with_(notice_row=form["row"].data, row_asked=True)
    if taken.notice_row is not None and asking.about(taken) is None:
        raise Refused(
            N_("There is no such row in this list. Look at its first column."), field="row"
        )
    return taken


def _take_office(form: PublicForm, answers: Answers, asking: Asking) -> Answers:
    del asking
    chosen = form["office"].data
    return answers.with_(office="" if chosen == NONE_OF_THESE else chosen)


_TAKEN: Mapping[Step, Callable[[PublicForm, Answers, Asking], Answers]] = {
    Step.TRACK: lambda form, answers, _asking: answers.with_(track=Track(form["track"].data)),
    Step.ACCUSES: lambda form, answers, _asking: answers.with_(accuses=form["accuses"].data == YES),
    Step.ACCUSED: lambda form, answers, _asking: answers.with_(
        accused=Accused(form["accused"].data)
    ),
    Step.PLACE: _take_place,
    Step.NOTICE: _take_notice,
    Step.ROW: _take_row,
    Step.OFFICE: _take_office,
    Step.URGENT: lambda form, answers, _asking: answers.with_(urgent=form["urgent"].data == YES),
    Step.TEXT: lambda form, answers, _asking: answers.with_(text=form["text"].data),
    Step.NAMED: lambda form, answers, _asking: answers.with_(named=form["named"].data == YES),
    Step.CONTACT: lambda form, answers, _asking: answers.with_(
        name=form["name"].data, phone=form["phone"].data
    ),
    Step.CONSENT: lambda form, answers, _asking: answers.with_(consent=form["consent"].data == YES),
}
