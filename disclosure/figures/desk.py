"""The desk's pages for published figures 数据报送: bring a file in, check it, approve it."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import InputRequired, Length, Regexp

from disclosure.deskactions import act
from disclosure.figures import service
from disclosure.figures.differences import why_not_approve
from disclosure.figures.due import DUE_WORDS
from disclosure.figures.duequeries import list_what_is_due
from disclosure.figures.fundforms import NOTHING_TYPED, Typed, fund_part
from disclosure.figures.kindpages import of_no_kind
from disclosure.figures.kinds import kind_of
from disclosure.figures.models import FigureSet
from disclosure.figures.numbers import Figure, measure_words
from disclosure.figures.pages import programme_words, sections_of
from disclosure.figures.queries import (
    figure_of,
    get_figure_set,
    list_figure_sets,
    list_figures_of,
    list_sources,
)
from disclosure.figures.workbooks import csv_of
from disclosure.forms import ApproveForm, ReturnForm
from disclosure.lifecycle import SubmissionState
from disclosure.wording import SUBMISSION_WORDS
from portal.data.accounts import Actor
from portal.kernel.errors import DomainError, Forbidden, SeveralRefused
from portal.kernel.permissions import Permission
from portal.web.addresses import request_locale
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing
from portal.web.languages import sentence
from portal.web.requests import takes_a_file

blueprint = Blueprint("figures_desk", __name__, url_prefix="/desk/figures")


class FiguresForm(DeskForm):
    """Bring in a file of figures 上传数据表."""

    file = FileField(
        _l("The file of figures"),
        description=_l(
            "CSV or a workbook (.xlsx) with the columns source, region_code, region, period, "
            "programme, measure, value, "
            "unit, note: as it can be downloaded from the public page."
        ),
        validators=[FileRequired(message=_l("Choose the file."))],
    )


class SourceForm(DeskForm):
    """What is known of a source 数据来源."""

    id = StringField(
        _l("Short name"),
        description=_l("What the file writes in its column source, for example S5."),
        validators=[
            InputRequired(message=_l("Enter a short name.")),
            Regexp(
                r"[A-Za-z0-9_-]{1,20}\Z", message=_l("Use at most 20 letters, digits and hyphens.")
            ),
        ],
    )
    title = StringField(
        _l("What it is"),
        validators=[
            InputRequired(message=_l("Say what the source is.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
    )
    publisher = StringField(
        _l("Who published it"),
        validators=[Length(max=120, message=_l("Use at most 120 characters."))],
    )
    published = StringField(
        _l("When it was published"),
        validators=[Length(max=40, message=_l("Use at most 40 characters."))],
    )
    url = StringField(
        _l("Its address on the web"),
        validators=[Length(max=400, message=_l("Use at most 400 characters."))],
    )


@blueprint.get("/")
@requires(Permission.VIEW_LISTS)
def index() -> str:
    """Files of figures on their way, and the sources that they may cite."""
    return render_template(
        "disclosure/desk_figures.html",
        lines=list_figure_sets(reading(), current_actor()),
        sources=list_sources(reading()),
        state_words=lambda state: _(SUBMISSION_WORDS[state]),
        due=list_what_is_due(reading(), current_actor(), now=now()),
        due_words=lambda state: _(DUE_WORDS[state]),
        translate=_,
        may_prepare=current_actor().may(Permission.PREPARE_DISCLOSURE),
    )


@blueprint.route("/upload", methods=["GET", "POST"])
@takes_a_file
@requires(Permission.PREPARE_DISCLOSURE)
def upload() -> str | BaseResponse | tuple[str, int]:
    """Bring in a file: every problem is told at once, and then nothing is stored."""
    form = FiguresForm()
    if not form.validate_on_submit():
        return _upload_page(form, []), 422 if form.is_submitted() else 200
    upload = form.file.data
    raw = upload.stream.read()
    try:
        data = csv_of(raw)
        with writing() as session:
            set_id = service.bring_in_figures(
                session, current_actor(), data, file_name=upload.filename or "", now=now()
            )
    except SeveralRefused as refusal:
        return _upload_page(form, [sentence(one) for one in refusal.each]), 422
    except Forbidden:
        raise
    except DomainError as refusal:
        return _upload_page(form, [sentence(refusal)]), 422
    return redirect(url_for("figures_desk.show", set_id=set_id))


def _upload_page(form: FiguresForm, problems: list[str]) -> str:
    return render_template(
        "disclosure/desk_figures_upload.html",
        form=form,
        problems=problems,
        sources=list_sources(reading()),
    )


@blueprint.route("/sources", methods=["GET", "POST"])
@requires(Permission.PREPARE_DISCLOSURE)
def source() -> str | BaseResponse | tuple[str, int]:
    """Describe a source, or correct what is known of it."""
    form = SourceForm()
    if form.validate_on_submit():
        facts = service.SourceFacts(
            **{
                name: (form[name].data or "").strip()
                for name in ("id", "title", "publisher", "published", "url")
            }
        )
        try:
            with writing() as session:
                service.describe_source(session, current_actor(), facts, now=now())
        except Forbidden:
            raise
        except DomainError as refusal:
            field = form[refusal.field] if refusal.field == "url" else form.title
            field.errors = [sentence(refusal)]
        else:
            return redirect(url_for("figures_desk.index"))
    status = 422 if form.is_submitted() else 200
    return render_template("disclosure/desk_figures_source.html", form=form), status


@blueprint.get("/<set_id>")
@requires(Permission.VIEW_LISTS)
def show(set_id: str) -> str:
    """A file with what does not add up in it, and its charts as they will be seen."""
    return render_set(set_id)


def render_set(
    set_id: str, return_form: ReturnForm | None = None, typed: Typed = NOTHING_TYPED
) -> str:
    """Render a file; ``typed`` are reasons for differences that could not be taken."""
    session, actor = reading(), current_actor()
    found = get_figure_set(session, actor, set_id)
    figures = [figure_of(row) for row in list_figures_of(session, set_id)]
    funds = fund_part(session, found, typed, now=now())
    return render_template(
        "disclosure/desk_figures_set.html",
        funds=funds,
        set_id=set_id,
        file_name=found.file_name,
        state=found.state,
        state_words=_(SUBMISSION_WORDS[found.state]),
        digest=found.digest,
        count=len(figures),
        return_reason=found.return_reason,
        doubts=[_doubt_words(doubt) for doubt in found.doubts],
        gate_hits=found.gate_hits,
        sections=() if funds else sections_of(of_no_kind(figures), _, locale=request_locale()),
        of_kinds=_of_kinds(figures),
        sources={source.id: source for source in list_sources(session)},
        return_form=return_form or ReturnForm(formdata=None),
        **_what_next(actor, found),
    )


def _of_kinds(figures: Sequence[Figure]) -> list[list[str]]:
    """Return the lines of kinds as they will be published, every one of them."""
    return [
        [
            figure.region,
            figure.period.words(_),
            programme_words(figure.programme, _),
            _(measure_words(figure.programme, figure.measure)),
            figure.plain,
            _(figure.unit.words),
        ]
        for figure in figures
        if kind_of(figure.programme, figure.measure) is not None
    ]


def _what_next(actor: Actor, found: FigureSet) -> dict[str, Any]:
    is_draft = found.state is SubmissionState.DRAFT
    waits = found.state is SubmissionState.SUBMITTED
    may_approve = waits and actor.may(Permission.APPROVE_DISCLOSURE)
    why_not = why_not_approve(actor, found)
    return {
        "may_submit": is_draft and actor.may(Permission.PREPARE_DISCLOSURE),
        "may_approve": may_approve and not why_not,
        "why_not": _(why_not) if may_approve and why_not else "",
    }


def _doubt_words(doubt: dict[str, Any]) -> str:
    message, params = doubt["message"], dict(doubt["params"])
    measure = params.get("measure")
    if measure is not None:
        params["measure"] = _(measure)
    return _(message) % params


def _back(set_id: str) -> str:
    return url_for("figures_desk.show", set_id=set_id)


@blueprint.post("/<set_id>/submit")
@requires(Permission.PREPARE_DISCLOSURE)
def submit(set_id: str) -> BaseResponse:
    """Submit a draft for approval."""
    return act(
        lambda session, actor, at: service.submit_figures(session, actor, set_id, now=at),
        _("The figures have been submitted. A second person now checks them."),
        _back(set_id),
    )


@blueprint.post("/<set_id>/discard")
@requires(Permission.PREPARE_DISCLOSURE)
def discard(set_id: str) -> BaseResponse:
    """Discard a draft."""
    return act(
        lambda session, actor, at: service.discard_figures(session, actor, set_id, now=at),
        _("The draft has been discarded."),
        url_for("figures_desk.index"),
    )


@blueprint.post("/<set_id>/approve")
@requires(Permission.APPROVE_DISCLOSURE)
def approve(set_id: str) -> BaseResponse:
    """Approve exactly what was looked at, and publish it."""
    form = ApproveForm()
    if not form.validate():
        abort(400)
    digest = form.digest.data or ""
    return act(
        lambda session, actor, at: service.approve_figures(session, actor, set_id, digest, now=at),
        _("Approved. The figures are published."),
        _back(set_id),
    )


@blueprint.post("/<set_id>/return")
@requires(Permission.APPROVE_DISCLOSURE)
def return_to_clerk(set_id: str) -> BaseResponse:
    """Return a file with a reason."""
    form = ReturnForm()
    if not form.validate():
        return Response(render_set(set_id, form), status=422)
    reason = form.reason.data or ""
    return act(
        lambda session, actor, at: service.return_figures(session, actor, set_id, reason, now=at),
        _("The figures have been returned."),
        _back(set_id),
    )
