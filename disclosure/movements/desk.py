"""The desk's pages for additions and removals 增减情况: what was derived, reasons, the notice."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.movements.choosing import (
    TICKED,
    Typed,
    all_control,
    as_stored,
    chosen,
    many_control,
    read_typed,
    row_control,
)
from disclosure.movements.comparing import Change, Side
from disclosure.movements.completing import give_reasons
from disclosure.movements.deskqueries import (
    ChangeSetLine,
    ChangeSetView,
    list_change_lines,
    view_change_set,
)
from disclosure.movements.drafting import draft_changes
from disclosure.movements.models import Outcome
from disclosure.movements.words import WORDS
from disclosure.wording import SUBMISSION_WORDS, period_words
from portal.kernel.errors import DomainError, Forbidden, NotFound
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("changes", __name__, url_prefix="/desk/changes")

OUTCOME_WORDS = {
    Outcome.COMPARED: N_("Compared with the list before"),
    Outcome.NOTHING_BEFORE: N_("There is no list before it"),
    Outcome.DIFFERENT_KEYS: N_("Cannot be compared: the key was changed in between"),
}
SIDE_WORDS = {Side.EARLIER: N_("The list before"), Side.LATER: N_("The new list")}
SECTION_WORDS = {
    Change.ADDED: N_("Added: on the new list, not on the one before"),
    Change.REMOVED: N_("Removed: on the list before, not on the new one"),
    Change.MOVED: N_("Moved to another village: neither added nor removed"),
}


@blueprint.get("/")
@requires(Permission.VIEW_LISTS)
def index() -> str:
    """What was derived for the townships of one's area, what is to be published first."""
    return render_template(
        "disclosure/desk_changes.html",
        lines=[
            (line, *_state(line))
            for line in list_change_lines(reading(), current_actor(), now=now())
        ],
        period_of=_period_of,
    )


def _period_of(text: str | None) -> str:
    return period_words(parse_period(text), _) if text else ""


def _state(line: ChangeSetLine) -> tuple[str, str]:
    """Return how a set stands: the colour of its mark, and the words."""
    if line.is_published:
        return "green", _("Published")
    if line.is_forgotten:
        return "grey", _("Its time is over")
    if line.outcome is not Outcome.COMPARED:
        return "grey", _(OUTCOME_WORDS[line.outcome])
    if line.drafted is not None:
        return line.drafted.value, _(SUBMISSION_WORDS[line.drafted])
    if line.tells_nothing:
        return "grey", _("Nobody came or went")
    if line.missing:
        return "amber", _("%(count)s reasons are missing", count=line.missing)
    return "blue", _("Ready to be drafted")


@blueprint.get("/<set_id>")
@requires(Permission.VIEW_LISTS)
def show(set_id: str) -> str:
    """One township's additions and removals, with a choice of reason for each that needs one."""
    view = _view(set_id)
    return _page(view, as_stored(view))


def _view(set_id: str) -> ChangeSetView:
    return view_change_set(reading(), current_actor(), set_id, now=now())


def _page(view: ChangeSetView, typed: Typed, refused: str = "") -> str:
    errors = [(_(one.message) % one.params, one.control) for one in typed.mistakes]
    colour, words = _state(view.line)
    return render_template(
        "disclosure/desk_changes_set.html",
        view=view,
        line=view.line,
        typed=typed,
        errors=[(refused, None), *errors] if refused else errors,
        wrong={one.control for one in typed.mistakes},
        state=(colour, words),
        period=_period_of(view.line.period),
        period_of=_period_of,
        sections=[
            (change, _(SECTION_WORDS[change]), _(WORDS[change]), rows)
            for change, rows in view.rows.items()
            if rows
        ],
        choices={
            change: [(reason.code, _(reason.word)) for reason in reasons]
            for change, reasons in view.choices.items()
        },
        side_words={side: _(words) for side, words in SIDE_WORDS.items()},
        not_compared=[(side, names) for side, names in view.not_compared.items() if names],
        outcome_words=_(OUTCOME_WORDS[view.line.outcome]),
        row_control=row_control,
        many_control=many_control,
        all_control=all_control,
        ticked_name=TICKED,
    )


@blueprint.post("/<set_id>")
@requires(Permission.UPLOAD_LIST)
def save(set_id: str) -> BaseResponse:
    """Store the reasons that were chosen, all in one; then draft the notice, if that was asked."""
    actor, moment, view = current_actor(), now(), _view(set_id)
    typed = read_typed(view, request.form, request.form.getlist(TICKED))
    if typed.mistakes:
        return Response(_page(view, typed), status=422)
    reasons = chosen(view, typed)
    end_reading()
    try:
        if reasons:
            with writing() as session:
                give_reasons(session, actor, set_id, reasons, now=moment)
        if request.form.get("then") != "draft":
            flash(_("The reasons are stored."), "success")
            return redirect(url_for("changes.show", set_id=set_id))
        # What was chosen stays, also where the notice cannot be drafted yet.
        with writing() as session:
            drafted = draft_changes(session, actor, set_id, now=moment)
    except (NotFound, Forbidden):
        raise
    except DomainError as refusal:
        view = _view(set_id)
        return Response(_page(view, typed, sentence(refusal)), status=422)
    flash(_("The notice is drafted. Look at it, then submit it for approval."), "success")
    return redirect(url_for("lists.show", submission_id=drafted))
