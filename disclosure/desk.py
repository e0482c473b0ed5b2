"""The desk's pages for lists 名单上报与审批: upload, problems, preview, submit, approve."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from disclosure import posting, service
from disclosure.catalogue import kind_of
from disclosure.corrections.queries import list_waiting
from disclosure.deskactions import act
from disclosure.deskqueries import (
    SubmissionLine,
    list_reporting_places,
    list_submissions,
    list_townships,
    view_submission,
)
from disclosure.figures.funddesk import take_in_funds
from disclosure.forms import ApproveForm, ReturnForm, UploadForm
from disclosure.importing import (
    Imported,
    find_same_file,
    import_list,
    prepare,
    stored_problem,
)
from disclosure.intake.kinds import Kind
from disclosure.kinds.choosing import kind_choices
from disclosure.kinds.terms import find_shortfall
from disclosure.lifecycle import SubmissionState
from disclosure.movements.comparing import Change
from disclosure.movements.words import WORDS as CHANGE_WORDS
from disclosure.posters.render import render_poster
from disclosure.printing import poster_content
from disclosure.queries import find_board_notice
from disclosure.uploads.waiting import forget_tries, get_waiting, intake_terms, keep_waiting
from disclosure.uploads.waitingdesk import unusable_page
from disclosure.uploads.wording import problem_words
from disclosure.wording import CHANNEL_WORDS, SUBMISSION_WORDS, kind_words, period_words
from portal.data.accounts import Actor
from portal.kernel.clock import local_date
from portal.kernel.errors import DomainError, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.addresses import public_url, request_locale
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading, writing
from portal.web.languages import sentence
from portal.web.requests import takes_a_file

blueprint = Blueprint("lists", __name__, url_prefix="/desk/lists")


@blueprint.get("/")
@requires(Permission.VIEW_LISTS)
def index() -> str:
    """Every list of the area, those that wait for approval first."""
    lines = list_submissions(reading(), current_actor())
    return render_template(
        "disclosure/desk_lists.html",
        lines=lines,
        corrections=list_waiting(reading(), current_actor()),
        kind_words=_kind_words,
        period_of=_period_of,
        state_words=_state_words,
        may_upload=current_actor().may(Permission.UPLOAD_LIST),
    )


def _state_words(line: SubmissionLine) -> str:
    if line.post_at is not None:
        return _("Approved, to be posted")
    return _(SUBMISSION_WORDS[line.state])


def _kind_words(kind: str) -> str:
    return kind_words(kind_of(kind, reading()), request_locale(), _)


def _period_of(text: str) -> str:
    return period_words(parse_period(text), _)


def _upload_form(actor: Actor) -> UploadForm:
    form = UploadForm()
    form.kind.choices = kind_choices(actor) | {
        _("Funds paid out"): [(Kind.FUNDS.value, _("Fund figures of a county"))]
    }
    form.region.choices = [
        (region.code, region.name) for region in list_reporting_places(reading(), actor)
    ]
    if not form.is_submitted():
        form.period.data = f"{now():%Y-%m}"
    return form


@blueprint.route("/upload", methods=["GET", "POST"])
@takes_a_file
@requires(Permission.UPLOAD_LIST)
def upload() -> str | BaseResponse | tuple[str, int]:
    """Bring in a spreadsheet: it is read, checked and masked before anything is stored."""
    actor = current_actor()
    form = _upload_form(actor)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("disclosure/desk_upload.html", form=form), status
    try:
        if form.kind.data == Kind.FUNDS:
            period = form.period.data or ""
            return take_in_funds(actor, form.region.data, period, form.file.data)
        outcome = _take_in(actor, form, form.file.data)
    except DomainError as refusal:
        field = form[refusal.field] if refusal.field and refusal.field in form else form.file
        field.errors = [sentence(refusal)]
        return render_template("disclosure/desk_upload.html", form=form), 422
    if isinstance(outcome, Unusable):
        waiting = get_waiting(reading(), actor, outcome.waiting_id) if outcome.waiting_id else None
        return unusable_page(waiting, outcome.problems), 422
    if outcome.repeated:
        flash(_("This file is here already; nothing was stored twice."), "info")
    return redirect(url_for("lists.show", submission_id=outcome.submission_id))


@dataclass(frozen=True)
class Unusable:
    """A file that became no draft; ``waiting_id`` where it is kept, sealed, to be looked at."""

    problems: list[dict[str, Any]]
    waiting_id: str | None


def _take_in(actor: Actor, form: UploadForm, file: FileStorage) -> Imported | Unusable:
    """Store the file as a draft; where not one row of it can be published, keep it waiting."""
    period = parse_period(form.period.data or "")
    region_code = form.region.data
    actor.require(Permission.UPLOAD_LIST, within=region_code)
    if region_code not in {region.code for region in list_townships(reading(), actor)}:
        raise Refused(N_("A list is for one township. Choose the township."), field="region")
    terms = intake_terms(reading(), region_code, form.kind.data)
    end_reading()
    prepared = prepare(
        file.stream.read(),
        filename=file.filename or "",
        kind=terms.kind,
        place=terms.place,
        period=period,
        policy=terms.policy,
        keys=installation().keys,
        now=now(),
        learned=terms.learned,
    )
    same = find_same_file(
        reading(), region_code, prepared.kind.id, prepared.period, prepared.file_digest
    )
    with writing() as session:
        if same is None and prepared.is_unusable:
            problems = [stored_problem(problem) for problem in prepared.checked.problems]
            return Unusable(problems, keep_waiting(session, actor, prepared, now=now()))
        forget_tries(session, actor, prepared)
        return import_list(session, actor, prepared, now=now())


@blueprint.get("/<submission_id>")
@requires(Permission.VIEW_LISTS)
def show(submission_id: str) -> str:
    """A list with its problems and with what will be seen, channel by channel."""
    return _render_list(submission_id)


def _render_list(
    submission_id: str,
    return_form: ReturnForm | None = None,
    approve_form: ApproveForm | None = None,
) -> str:
    view = view_submission(
        reading(),
        current_actor(),
        submission_id,
        open_parcel=installation().keys.open_names,
    )
    return render_template(
        "disclosure/desk_list.html",
        view=view,
        problems=[problem_words(problem, _) for problem in view.problems],
        kind=kind_of(view.line.kind, reading()),
        kind_words=_kind_words(view.line.kind),
        shortfall=find_shortfall(reading(), view.line.id),
        period=_period_of(view.line.period),
        period_of=_period_of,
        change_words=lambda change: _(CHANGE_WORDS[Change(change)]),
        state_words=_state_words(view.line),
        why_not=_(view.why_not) if view.why_not else "",
        channels=[(channel, _(words)) for channel, words in CHANNEL_WORDS.items()],
        return_form=return_form or ReturnForm(formdata=None),
        approve_form=approve_form or ApproveForm(formdata=None, digest=view.digest),
        is_draft=view.line.state is SubmissionState.DRAFT,
        may_withdraw=current_actor().may(Permission.APPROVE_LIST),
        may_upload=current_actor().may(Permission.UPLOAD_LIST),
        may_annotate=view.keeps_upload and current_actor().may(Permission.UPLOAD_LIST),
    )


def _show(submission_id: str) -> str:
    return url_for("lists.show", submission_id=submission_id)


@blueprint.post("/<submission_id>/leave-out")
@requires(Permission.UPLOAD_LIST)
def leave_out(submission_id: str) -> BaseResponse:
    """Say that the rows with errors are left out."""
    return act(
        lambda session, actor, at: service.leave_out_bad_rows(
            session, actor, submission_id, now=at
        ),
        _("The rows with errors are left out. The audit log says so."),
        _show(submission_id),
    )


@blueprint.post("/<submission_id>/submit")
@requires(Permission.UPLOAD_LIST)
def submit(submission_id: str) -> BaseResponse:
    """Submit a draft for approval."""
    return act(
        lambda session, actor, at: service.submit(session, actor, submission_id, now=at),
        _("The list has been submitted. A second person now checks it."),
        _show(submission_id),
    )


@blueprint.post("/<submission_id>/discard")
@requires(Permission.UPLOAD_LIST)
def discard(submission_id: str) -> BaseResponse:
    """Discard a draft."""
    return act(
        lambda session, actor, at: service.discard(session, actor, submission_id, now=at),
        _("The draft has been discarded; nothing of it is kept."),
        _show(submission_id),
    )


@blueprint.post("/<submission_id>/approve")
@requires(Permission.APPROVE_LIST)
def approve(submission_id: str) -> BaseResponse:
    """Approve exactly what was looked at, and publish it."""
    form = ApproveForm()
    if not form.validate():
        if form.digest.errors:
            abort(400)
        return Response(_render_list(submission_id, approve_form=form), status=422)
    digest, day = form.digest.data or "", form.day()
    later = day is not None and day > local_date(now())
    return act(
        lambda session, actor, at: service.approve(
            session, actor, submission_id, digest, now=at, post_on=day
        ),
        _("Approved. The notices will be posted on their day.")
        if later
        else _("Approved. The notices are published."),
        _show(submission_id),
    )


@blueprint.post("/<submission_id>/recall")
@requires(Permission.APPROVE_LIST)
def recall(submission_id: str) -> BaseResponse:
    """Take back what is approved and not posted yet."""
    form = ReturnForm()
    if not form.validate():
        return Response(_render_list(submission_id, form), status=422)
    reason = form.reason.data or ""
    return act(
        lambda session, actor, at: posting.recall(session, actor, submission_id, reason, now=at),
        _("The list has been returned to the clerk. Nothing of it is posted."),
        _show(submission_id),
    )


@blueprint.post("/<submission_id>/return")
@requires(Permission.APPROVE_LIST)
def return_to_clerk(submission_id: str) -> BaseResponse | tuple[str, int]:
    """Return a list to the clerk with a reason."""
    form = ReturnForm()
    if not form.validate():
        return Response(_render_list(submission_id, form), status=422)
    reason = form.reason.data or ""
    return act(
        lambda session, actor, at: service.return_to_clerk(
            session, actor, submission_id, reason, now=at
        ),
        _("The list has been returned to the clerk."),
        _show(submission_id),
    )


@blueprint.get("/poster/<notice_id>.pdf")
@requires(Permission.VIEW_LISTS)
def poster(notice_id: str) -> Response:
    """The poster for the village board, with the board's masks."""
    view = find_board_notice(
        reading(), notice_id, now=now(), open_parcel=installation().keys.open_names
    )
    if view is None or not current_actor().covers(view.card.place.code):
        abort(404)
    pdf = render_poster(poster_content(view, base_url=public_url("")), size="a3")
    return Response(
        pdf,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{notice_id}-A3.pdf"'},
    )
