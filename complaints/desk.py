"""Complaints at the desk 投诉办理: a unit's cases, one case, and what can be done with it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice
from wtforms.fields import Field

from complaints.casekeys import holds_content
from complaints.doings import Deal, Doing, doings_of
from complaints.forms import MoveForm, ReferForm
from complaints.keyring import KeyRing
from complaints.notices import RowCheck, connected_notices
from complaints.presenting import (
    CHANNEL_WORDS,
    limits_of,
    paragraphs,
    rule_name,
    timeline_of,
)
from complaints.queries import CLOSED_ON_A_PAGE, get_complaint, list_cases
from complaints.registering import register_page
from complaints.service import OpenedCase, open_case
from complaints.tracks import ACCUSED, TRACKS, Track
from complaints.transfer import list_receivers
from complaints.workflow import STATE_WORDS
from portal.data.regions import path_of
from portal.kernel.errors import DomainError, NotFound
from portal.kernel.permissions import Permission
from portal.web.addresses import request_locale
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("complaints_desk", __name__, url_prefix="/desk/complaints")

Page = str | Response | tuple[str, int]


@blueprint.get("/")
@requires(Permission.VIEW_COMPLAINTS)
def index() -> Page:
    """The unit's cases 案件列表, the most urgent first."""
    page = max(1, request.args.get("page", 1, type=int))
    actor = current_actor()
    cases = list_cases(reading(), actor, now=now(), over_page=page)
    return render_template(
        "complaints/desk_index.html",
        cases=cases,
        page=page,
        pages=-(-cases.over_count // CLOSED_ON_A_PAGE),
        page_url=lambda number: url_for("complaints_desk.index", page=number),
        tracks=TRACKS,
        states=STATE_WORDS,
        rule_name=rule_name,
        may_register=actor.may(Permission.HANDLE_COMPLAINT),
    )


@blueprint.get("/<case_id>")
@requires(Permission.VIEW_COMPLAINTS)
def case(case_id: str) -> Page:
    """One case 案件: what was written, what happened, what comes next."""
    opened = _open(case_id)
    return render_template(
        "complaints/desk_case.html", doings=_doings(opened), **_case_values(opened)
    )


@blueprint.get("/<case_id>/<slug>")
@requires(Permission.HANDLE_COMPLAINT)
def prepare(case_id: str, slug: str) -> Page:
    """The form of one thing to do 办理表单."""
    opened = _open(case_id)
    doing = _doing(opened, slug)
    if doing is None:
        return _not_now(case_id)
    return _show_form(opened, doing, _form(opened, doing))


@blueprint.post("/<case_id>/<slug>")
@requires(Permission.HANDLE_COMPLAINT)
def perform(case_id: str, slug: str) -> Page:
    """Do it 办理; what the service refuses is said beside the field."""
    opened = _open(case_id)
    doing = _doing(opened, slug)
    if doing is None:
        return _not_now(case_id)
    form = _form(opened, doing)
    if not form.validate_on_submit():
        return _show_form(opened, doing, form), 422
    try:
        with writing() as session:
            doing.do(Deal(session, current_actor(), _keyring(), case_id, now()), form)
    except NotFound:
        raise
    except DomainError as refusal:
        _field_of(form, refusal).append(sentence(refusal))
        return _show_form(opened, doing, form), 422
    flash(_(doing.done), "success")
    return _to_case_or_list(case_id)


blueprint.add_url_rule("/new", "register", register_page, methods=["GET", "POST"])


def _keyring() -> KeyRing:
    return KeyRing(installation().settings.secrets_folder)


def _open(case_id: str) -> OpenedCase:
    """Open the case, which the history and the audit log remember; raises NotFound."""
    with writing() as session:
        return open_case(session, current_actor(), _keyring(), case_id, now=now())


def _doings(opened: OpenedCase) -> dict[str, Doing]:
    receivers = list_receivers(reading(), opened.complaint, opened.statement)
    said = opened.statement
    can_mark_row = (
        opened.complaint.track is Track.ACCUSATION
        and said.notice_id is not None
        and said.notice_row is not None
        and connected_notices().may_hold_back(
            reading(), said.notice_id, said.notice_row, by_discipline=True, now=now()
        )
    )
    return doings_of(opened, can_refer=bool(receivers), can_mark_row=can_mark_row)


def _doing(opened: OpenedCase, slug: str) -> Doing | None:
    return _doings(opened).get(slug)


def _form(opened: OpenedCase, doing: Doing) -> DeskForm:
    """Return the form with the choices that depend on the case."""
    form = doing.form()
    if isinstance(form, ReferForm):
        form.unit_id.choices = [
            SelectChoice(unit.id, unit.name)
            for unit in list_receivers(reading(), opened.complaint, opened.statement)
        ]
    if isinstance(form, MoveForm):
        form.track.choices = [
            SelectChoice(policy.track.value, _(policy.name))
            for policy in TRACKS.values()
            if policy.track is not opened.complaint.track
        ]
    return form


def _field_of(form: DeskForm, refusal: DomainError) -> list[str]:
    """Return the list of errors beside the field of a refusal, or else above the form."""
    field: Field | None = next((each for each in form if each.name == refusal.field), None)
    if field is None:
        return form.form_errors
    field.errors = list(field.errors)
    return field.errors


def _show_form(opened: OpenedCase, doing: Doing, form: DeskForm) -> str:
    return render_template(
        "complaints/desk_doing.html", doing=doing, form=form, **_case_values(opened)
    )


def _not_now(case_id: str) -> Response:
    flash(_("This cannot be done with the case as it is now."), "warning")
    return redirect(url_for("complaints_desk.case", case_id=case_id))


def _to_case_or_list(case_id: str) -> Response:
    """Go on to the case, or to the list where the unit has handed it on."""
    if holds_content(reading(), case_id, current_actor().unit_id):
        return redirect(url_for("complaints_desk.case", case_id=case_id))
    return redirect(url_for("complaints_desk.index"))


def _case_values(opened: OpenedCase) -> dict[str, object]:
    """Return what the pages of a case show."""
    complaint = get_complaint(reading(), opened.complaint.id)
    said, locale, moment = opened.statement, request_locale(), now()
    about, checks = None, tuple[RowCheck, ...]()
    if said.notice_id and said.notice_row is not None:
        checks = tuple(connected_notices().checks_of(reading(), said.notice_id, said.notice_row))
    if said.notice_id:
        about = connected_notices().find(reading(), said.notice_id, row=None, now=moment)
    return {
        "opened": opened,
        "complaint": complaint,
        "policy": TRACKS[complaint.track],
        "state_words": STATE_WORDS[complaint.state].staff,
        "channel": CHANNEL_WORDS[complaint.channel],
        "place": " ".join(region.name for region in path_of(reading(), said.place)),
        "about": about,
        "checks": checks,
        "sees_checks": current_actor().may(Permission.VIEW_OBJECTIONS),
        "accused": ACCUSED[said.accused].words if said.accused else None,
        "text": paragraphs(said.text),
        "limits": limits_of(complaint, locale=locale, now=moment),
        "timeline": timeline_of(complaint, opened.texts, locale=locale, now=moment, staff=True),
    }
