"""What can be done with a case at the desk 办理事项: words, form, and the service behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from complaints import service, transfer
from complaints.forms import (
    YES,
    AnswerForm,
    CallBackForm,
    ConfirmForm,
    DeclineForm,
    MoveForm,
    ReferForm,
    SendBackForm,
    WordsForm,
)
from complaints.keyring import KeyRing
from complaints.marking import hold_back_row, mark_row
from complaints.notices import connected_notices
from complaints.service import OpenedCase
from complaints.statements import WayOut
from complaints.tracks import Track
from complaints.workflow import ACTION_WORDS, Action, State
from portal.data.accounts import Actor
from portal.kernel.language import N_
from portal.web.forms import DeskForm


@dataclass(frozen=True)
class Deal:
    """A case in the hands of a member of staff, in one transaction."""

    session: Session
    actor: Actor
    keyring: KeyRing
    case_id: str
    now: datetime


@dataclass(frozen=True)
class Doing:
    """One thing to do: ``slug`` in its address, ``words`` on its button, ``done`` when it is.

    ``note`` is said above the form. ``kind`` is the look of the button.
    """

    slug: str
    words: str
    done: str
    form: type[DeskForm]
    do: Callable[[Deal, DeskForm], object]
    note: str | None = None
    kind: str = "secondary"


def _accept(deal: Deal, form: DeskForm) -> object:
    del form
    return service.accept(deal.session, deal.actor, deal.case_id, now=deal.now)


def _decline(deal: Deal, form: DeskForm) -> object:
    return service.decline(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        reason=form["reason"].data,
        way_out=WayOut(form["way_out"].data),
        now=deal.now,
    )


def _answer(deal: Deal, form: DeskForm) -> object:
    return service.answer(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        text=form["text"].data,
        way_out=WayOut(form["way_out"].data),
        now=deal.now,
    )


def _question(deal: Deal, form: DeskForm) -> object:
    return service.ask_reporter(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        text=form["text"].data,
        now=deal.now,
    )


def _contact(deal: Deal, form: DeskForm) -> object:
    return service.record_contact(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        note=form["text"].data,
        now=deal.now,
    )


def _call_back(deal: Deal, form: DeskForm) -> object:
    return service.record_call_back(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        satisfied=form["satisfied"].data == YES,
        note=form["note"].data,
        now=deal.now,
    )


def _close(deal: Deal, form: DeskForm) -> object:
    del form
    return service.close(deal.session, deal.actor, deal.case_id, now=deal.now)


def _tell_result(deal: Deal, form: DeskForm) -> object:
    return service.tell_result(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        text=form["text"].data,
        now=deal.now,
    )


def _refer(deal: Deal, form: DeskForm) -> object:
    return transfer.refer(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        unit_id=form["unit_id"].data,
        now=deal.now,
    )


def _send_back(deal: Deal, form: DeskForm) -> object:
    return transfer.send_back(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        reason=form["reason"].data,
        now=deal.now,
    )


def _mark_row(deal: Deal, form: DeskForm) -> object:
    del form
    return mark_row(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        notices=connected_notices(),
        now=deal.now,
    )


def _move(deal: Deal, form: DeskForm) -> object:
    moved = transfer.move(
        deal.session,
        deal.actor,
        deal.keyring,
        deal.case_id,
        track=Track(form["track"].data),
        reason=form["reason"].data,
        now=deal.now,
    )
    # Only now is it an objection, so only now is its row held back.
    hold_back_row(deal.session, moved, connected_notices(), now=deal.now)
    return moved


def _of(
    action: Action,
    done: str,
    form: type[DeskForm],
    do: Callable[[Deal, DeskForm], object],
    note: str | None = None,
    kind: str = "secondary",
) -> Doing:
    return Doing(action.value, ACTION_WORDS[action].staff, done, form, do, note, kind)


_BY_ACTION: Mapping[Action, Doing] = {
    Action.ACCEPT: _of(
        Action.ACCEPT,
        N_("The case is accepted; the reporter can see it."),
        ConfirmForm,
        _accept,
        N_("From tomorrow the time for closing counts. The reporter sees that your unit acts."),
        "primary",
    ),
    Action.ANSWER: _of(
        Action.ANSWER,
        N_("The answer is delivered; the reporter can read it with their code."),
        AnswerForm,
        _answer,
        kind="primary",
    ),
    Action.CLOSE: _of(
        Action.CLOSE,
        N_("The case is closed."),
        ConfirmForm,
        _close,
        N_("The reporter was asked, or the time for asking has passed."),
        "primary",
    ),
    Action.TELL_RESULT: _of(
        Action.TELL_RESULT,
        N_("The result is told; the reporter can read it with their code."),
        WordsForm,
        _tell_result,
        kind="primary",
    ),
    Action.CONTACT: _of(
        Action.CONTACT,
        N_("The contact is recorded."),
        WordsForm,
        _contact,
        N_("Say when and how you reached the person, and what was done at once."),
        "primary",
    ),
    Action.DECLINE: _of(
        Action.DECLINE,
        N_("The case is not accepted; the reporter can read why."),
        DeclineForm,
        _decline,
    ),
    Action.REFER: _of(
        Action.REFER,
        N_("The case is with the other unit now."),
        ReferForm,
        _refer,
        N_("The other unit gets the case's keys. What your unit may not read any more, it loses."),
    ),
    Action.SEND_BACK: _of(
        Action.SEND_BACK,
        N_("The case is back with the unit that referred it."),
        SendBackForm,
        _send_back,
    ),
    Action.MOVE: _of(
        Action.MOVE,
        N_("The case is on the other track now."),
        MoveForm,
        _move,
        N_("Another unit may answer it then. No time limit is moved by this."),
    ),
}
_CALL_BACK = Doing(
    "call-back",
    N_("Record the call-back"),
    N_("The call-back is recorded."),
    CallBackForm,
    _call_back,
    N_("If the reporter is not satisfied, the case is opened again, once."),
    "primary",
)
_QUESTION = Doing(
    "question",
    N_("Ask the reporter something"),
    N_("The question is delivered; the reporter can read it with their code."),
    WordsForm,
    _question,
    N_("The time limits run on meanwhile."),
)
_MARK_ROW = Doing(
    "mark-row",
    N_("Mark the row as being checked"),
    N_("The row is marked as being checked."),
    ConfirmForm,
    _mark_row,
    N_(
        "Everybody sees the mark, and the township checks the row. It sees nothing of this case, "
        "but no objection of its own either, so it may guess that somebody reported."
    ),
)


def doings_of(case: OpenedCase, *, can_refer: bool, can_mark_row: bool = False) -> dict[str, Doing]:
    """Return what can be done with a case now, by slug, what comes next first.

    ``can_refer`` tells whether there is a unit to refer it to, ``can_mark_row`` whether the row
    that an accusation names could be marked.
    """
    if not case.may_act:
        return {}
    state = case.complaint.state
    shown = dict.fromkeys(case.actions)
    if not can_refer:
        shown.pop(Action.REFER, None)
    if case.complaint.referred_by_unit_id is None:
        shown.pop(Action.SEND_BACK, None)
    found = [doing for action, doing in _BY_ACTION.items() if action in shown]
    if state is State.ANSWERED:
        found.insert(0, _CALL_BACK)
    if state not in (State.CLOSED, State.NOT_ACCEPTED):
        found.append(_QUESTION)
    if can_mark_row:
        found.append(_MARK_ROW)
    return {doing.slug: doing for doing in found}
