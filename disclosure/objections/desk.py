"""The desk's pages for rows held back 异议核查: the list, one row, finding and decision."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from disclosure.catalogue import kind_of
from disclosure.deskactions import act
from disclosure.forgetting import wipe_traces
from disclosure.objections.course import Finding
from disclosure.objections.deciding import Recorded, decide_matter, record_finding, return_finding
from disclosure.objections.forms import DecideForm, FindingForm, ReturnFindingForm
from disclosure.objections.queries import MatterView, list_decided, list_open, view_matter
from disclosure.objections.reasons import REASONS
from disclosure.objections.wording import FINDING_HINTS, FINDING_WORDS, STATE_WORDS
from disclosure.wording import STATE_WORDS as NOTICE_STATE_WORDS
from disclosure.wording import place_words
from portal.kernel.errors import DomainError, Forbidden, NotFound
from portal.kernel.permissions import Permission
from portal.web.addresses import request_locale
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("objections", __name__, url_prefix="/desk/objections")

Page = str | Response | tuple[str, int]


@blueprint.get("/")
@requires(Permission.VIEW_OBJECTIONS)
def index() -> str:
    """Rows of the area that are being checked, the next due first, and those decided on last."""
    actor, moment = current_actor(), now()
    return render_template(
        "disclosure/desk_objections.html",
        open_lines=list_open(reading(), actor, now=moment),
        decided_lines=list_decided(reading(), actor, now=moment),
        state_words=lambda state: _(STATE_WORDS[state]),
        finding_words=lambda finding: _(FINDING_WORDS[finding]) if finding else "",
        place_words=lambda place: place_words(place, request_locale()),
    )


@blueprint.get("/<matter_id>")
@requires(Permission.VIEW_OBJECTIONS)
def show(matter_id: str) -> str:
    """One row: as it is shown, what was found, what comes next."""
    return _render(_view(matter_id))


@blueprint.post("/<matter_id>/finding")
@requires(Permission.RECORD_FINDING)
def record(matter_id: str) -> Page:
    """Record what was found."""
    view = _view(matter_id)
    form = _finding_form(view)
    if not form.validate():
        return _render(view, finding_form=form), 422
    recorded = Recorded(Finding(form.finding.data), form.reason.data)
    try:
        with writing() as session:
            record_finding(
                session,
                current_actor(),
                matter_id,
                recorded,
                form.note.data or "",
                now=now(),
            )
    except DomainError as refusal:
        return _refused(matter_id, form, refusal)
    flash(_("What was found is recorded. A second person now decides."), "success")
    return _to(matter_id)


@blueprint.post("/<matter_id>/return")
@requires(Permission.DECIDE_FINDING)
def send_back(matter_id: str) -> Page:
    """Return a finding to whoever checks the row."""
    view = _view(matter_id)
    form = ReturnFindingForm()
    if not form.validate():
        return _render(view, return_form=form), 422
    try:
        with writing() as session:
            reason = form.return_reason.data or ""
            return_finding(session, current_actor(), matter_id, reason, now=now())
    except DomainError as refusal:
        return _refused(matter_id, form, refusal)
    flash(_("The finding has been returned; the row is checked once more."), "success")
    return _to(matter_id)


@blueprint.post("/<matter_id>/decide")
@requires(Permission.DECIDE_FINDING)
def decide(matter_id: str) -> Response:
    """Decide on exactly what was looked at."""
    form = DecideForm()
    if not form.validate() or form.finding.data not in list(Finding):
        abort(400)
    seen = Recorded(Finding(form.finding.data), form.reason.data or "")
    keys = installation().keys
    answer = act(
        lambda session, actor, at: decide_matter(
            session,
            actor,
            matter_id,
            seen,
            keys=keys,
            now=at,
        ),
        _("Decided. The mark is gone."),
        url_for("objections.show", matter_id=matter_id),
    )
    wipe_traces(installation().sessions)
    return answer


def _view(matter_id: str) -> MatterView:
    return view_matter(reading(), current_actor(), matter_id, now=now())


def _to(matter_id: str) -> Response:
    return redirect(url_for("objections.show", matter_id=matter_id))


def _refused(matter_id: str, form: DeskForm, refusal: DomainError) -> Page:
    """Say beside its field what the service refused; nothing that was typed is lost."""
    if isinstance(refusal, NotFound | Forbidden):
        raise refusal
    if refusal.field is None or refusal.field not in form:
        flash(sentence(refusal), "warning")
        return _to(matter_id)
    form[refusal.field].errors = [sentence(refusal)]
    view = _view(matter_id)
    if isinstance(form, FindingForm):
        return _render(view, finding_form=form), 422
    return _render(view, return_form=form), 422


def _finding_form(view: MatterView, *, blank: bool = False) -> FindingForm:
    form = FindingForm(formdata=None) if blank else FindingForm()
    form.finding.choices = [
        SelectChoice(finding.value, _(FINDING_WORDS[finding])) for finding in view.offered
    ]
    form.reason.choices = [
        SelectChoice(
            one.code,
            _("%(finding)s: %(reason)s", finding=_(FINDING_WORDS[one.finding]), reason=_(one.word)),
        )
        for one in REASONS.values()
        if one.finding in view.offered
    ]
    return form


def _render(
    view: MatterView,
    *,
    finding_form: FindingForm | None = None,
    return_form: DeskForm | None = None,
) -> str:
    reason = REASONS.get(view.reason or "")
    return render_template(
        "disclosure/desk_objection.html",
        view=view,
        kind=kind_of(view.kind, reading()),
        place=place_words(view.line.place, request_locale()),
        state_words=_(STATE_WORDS[view.line.state]),
        notice_state=_(NOTICE_STATE_WORDS[view.notice_state]),
        finding_words=_(FINDING_WORDS[view.line.finding]) if view.line.finding else None,
        reason_words=_(reason.word) if reason else None,
        why_not=_(view.why_not) if view.why_not else "",
        finding_form=finding_form or _finding_form(view, blank=True),
        finding_hints={one.value: _(FINDING_HINTS[one]) for one in view.offered},
        return_form=return_form or ReturnFindingForm(formdata=None),
        may_view_lists=current_actor().may(Permission.VIEW_LISTS),
    )
