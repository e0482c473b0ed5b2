"""The desk's pages for files that are no list yet 待办文件: problems, columns, the marked copy."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.importing import Prepared, prepare
from disclosure.intake.asking import CHOICES, AskedSheet, answers_of, ask, worth_keeping
from disclosure.intake.check import check_workbook
from disclosure.intake.kinds import Field, Kind
from disclosure.intake.learned import Heading
from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import Workbook
from disclosure.uploads.annotating import annotated_copy
from disclosure.uploads.learning import keep_headings
from disclosure.uploads.models import WaitingState
from disclosure.uploads.waiting import (
    NOT_THERE,
    IntakeTerms,
    WaitingView,
    discard_waiting,
    get_waiting,
    intake_terms,
    settle,
)
from disclosure.uploads.wording import FIELD_WORDS, annotating_words, problem_words
from portal.data.accounts import audit
from portal.kernel.clock import local_date
from portal.kernel.errors import DomainError, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("waiting", __name__, url_prefix="/desk/lists/waiting")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def unusable_page(waiting: WaitingView | None, problems: list[dict[str, object]]) -> str:
    """Render what is wrong with a file that cannot be used yet; ``waiting`` if it is kept."""
    return render_template(
        "disclosure/desk_unusable.html",
        waiting=waiting,
        unclear=waiting is not None and waiting.state is WaitingState.UNCLEAR,
        problems=[problem_words(problem, _) for problem in problems],
    )


@blueprint.get("/<waiting_id>")
@requires(Permission.UPLOAD_LIST)
def show(waiting_id: str) -> str | BaseResponse:
    """A file that cannot be used yet: everything that is wrong with it, and what can be done."""
    waiting = get_waiting(reading(), current_actor(), waiting_id)
    if waiting.state is WaitingState.STORED and waiting.submission_id:
        return redirect(url_for("lists.show", submission_id=waiting.submission_id))
    if waiting.batch_id and waiting.state in (WaitingState.QUEUED, WaitingState.ASKING):
        return redirect(url_for("batches.show", batch_id=waiting.batch_id))
    return unusable_page(waiting, list(waiting.problems))


def _opened(waiting_id: str) -> tuple[WaitingView, bytes, IntakeTerms, Kind]:
    """Return a waiting file with its content, what it is read with, and its form."""
    waiting = get_waiting(reading(), current_actor(), waiting_id)
    kind, region_code = waiting.kind, waiting.region_code
    if waiting.sealed is None or kind is None or region_code is None or waiting.period is None:
        raise NotFound(NOT_THERE)
    terms = intake_terms(reading(), region_code, kind)
    return waiting, installation().keys.open_upload(waiting.sealed), terms, terms.kind.form


@blueprint.get("/<waiting_id>/columns")
@requires(Permission.UPLOAD_LIST)
def columns(waiting_id: str) -> str | tuple[str, int]:
    """Ask which column is what, beside the column's first values."""
    waiting, data, terms, kind = _opened(waiting_id)
    end_reading()
    workbook = read_workbook(data)
    try:
        asked = _ask(workbook, kind, terms, request.args.get("row", ""))
    except Refused as refusal:
        asked = _ask(workbook, kind, terms, "")
        return _columns_page(waiting, asked, kind, {}, [(sentence(refusal), "row")]), 422
    return _columns_page(waiting, asked, kind, {}, [])


@blueprint.post("/<waiting_id>/answers")
@requires(Permission.UPLOAD_LIST)
def take_columns(waiting_id: str) -> BaseResponse | tuple[str, int]:
    """Take what the clerk says of each column; it is remembered for the township."""
    waiting, data, terms, kind = _opened(waiting_id)
    end_reading()
    asked = _ask(read_workbook(data), kind, terms, request.form.get("row", ""))
    chosen = {column.position: column.guess for column in asked.columns} | _chosen(asked)
    try:
        return _take_answers(waiting, data, terms, answers_of(asked, chosen), asked)
    except DomainError as refusal:
        return _columns_page(waiting, asked, kind, chosen, [(sentence(refusal), None)]), 422


def _ask(workbook: Workbook, kind: Kind, terms: IntakeTerms, row: str) -> AskedSheet:
    pointed = int(row) if row.isascii() and row.isdecimal() and len(row) < 7 else None
    asked = ask(workbook, kind, terms.learned, row=pointed)
    if asked is None:
        raise NotFound(NOT_THERE)
    return asked


def _chosen(asked: AskedSheet) -> dict[int, Field]:
    """Return what the clerk has chosen for each column that is asked about."""
    given = {c.position: request.form.get(f"column-{c.position}", "") for c in asked.columns}
    known = {field.value for field in FIELD_WORDS}
    return {place: Field(value) for place, value in given.items() if value in known}


def _columns_page(
    waiting: WaitingView,
    asked: AskedSheet,
    kind: Kind,
    chosen: dict[int, Field],
    errors: list[tuple[str, str | None]],
) -> str:
    with writing() as session:
        audit(session, current_actor(), "waiting-look", f"waiting:{waiting.id}", now=now())
    return render_template(
        "disclosure/desk_columns.html",
        waiting=waiting,
        asked=asked,
        chosen={
            column.position: chosen.get(column.position, column.guess).value
            for column in asked.columns
        },
        choices=[(field.value, _(FIELD_WORDS[field])) for field in CHOICES[kind]],
        errors=errors,
    )


def _take_answers(
    waiting: WaitingView,
    data: bytes,
    terms: IntakeTerms,
    answers: dict[Heading, Field],
    asked: AskedSheet,
) -> BaseResponse:
    """Read the file with the answers; what is understood now is remembered."""
    actor, moment = current_actor(), now()
    learned = terms.learned.with_answers(answers, row=asked.row, depth=asked.depth)
    prepared = prepare(
        data,
        filename=waiting.file_name,
        kind=terms.kind,
        place=terms.place,
        period=parse_period(waiting.period or ""),
        policy=terms.policy,
        keys=installation().keys,
        now=moment,
        learned=learned,
    )
    if prepared.checked.not_understood:
        raise Refused(_first_missing(prepared))
    keep = worth_keeping(answers, terms.learned, prepared.checked.whole_names)
    with writing() as session:
        keep_headings(session, actor, prepared.region_code, prepared.kind.form, keep, now=moment)
        imported = settle(session, actor, waiting.id, prepared, now=moment)
    flash(_("The columns are understood now, and remembered for the next file."), "success")
    if imported is None:
        return redirect(url_for("waiting.show", waiting_id=waiting.id))
    return redirect(url_for("lists.show", submission_id=imported.submission_id))


def _first_missing(prepared: Prepared) -> str:
    errors = prepared.checked.errors
    return errors[0].message if errors else N_("Say of each column what it holds.")


@blueprint.get("/<waiting_id>/annotated.xlsx")
@requires(Permission.UPLOAD_LIST)
def annotated(waiting_id: str) -> Response:
    """The file itself with every problem marked in its cells."""
    waiting, data, terms, _form = _opened(waiting_id)
    end_reading()
    with writing() as session:
        audit(session, current_actor(), "waiting-copy", f"waiting:{waiting.id}", now=now())
    return marked_copy(data, waiting.file_name, terms, waiting.period or "")


def marked_copy(data: bytes, file_name: str, terms: IntakeTerms, period: str) -> Response:
    """Return the annotated copy of an uploaded file as a download that nothing keeps."""
    workbook = read_workbook(data)
    checked = check_workbook(
        workbook,
        filename=file_name,
        kind=terms.kind.form,
        region=terms.place.region,
        villages=terms.place.villages,
        period=parse_period(period),
        on=local_date(now()),
        learned=terms.learned,
    )
    copy = annotated_copy(workbook, checked.problems, annotating_words(_))
    return Response(
        copy,
        mimetype=XLSX,
        headers={
            "Content-Disposition": 'attachment; filename="annotated.xlsx"',
            "Cache-Control": "no-store",
        },
    )


@blueprint.post("/<waiting_id>/discard")
@requires(Permission.UPLOAD_LIST)
def discard(waiting_id: str) -> BaseResponse:
    """Forget the file at once."""
    with writing() as session:
        discard_waiting(session, current_actor(), waiting_id, now=now())
    flash(_("The file has been deleted; nothing of it is kept."), "success")
    return redirect(url_for("lists.upload"))
