"""The desk's pages for many files at once 批量报送: drop, follow, answer."""

from collections.abc import Iterator

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.deskqueries import list_townships
from disclosure.forms import AnswersForm, BatchForm
from disclosure.kinds.choosing import all_kind_words, kind_choices
from disclosure.uploads.batches import (
    Answer,
    BatchView,
    add_file,
    answer_questions,
    ask_for_reading,
    list_batches,
    refuse_file,
    start_batch,
    view_batch,
)
from disclosure.uploads.wording import STATE_COLOURS, STATE_WORDS, problem_words
from disclosure.wording import period_words
from portal.data.accounts import Actor
from portal.kernel.errors import DomainError, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence
from portal.web.multipart import Part, read_parts
from portal.web.requests import streams_files

blueprint = Blueprint("batches", __name__, url_prefix="/desk/lists/batches")

MOST_FILES = 100
LOOK_AGAIN_S = 3
_SPREADSHEETS = (".xlsx", ".xls", ".ods", ".csv")
TOO_MANY = N_(
    "At most %(most)s files are taken at once. Nothing was kept of this one; drop it again by "
    "itself."
)
FILE_TOO_LARGE = N_("A file may have at most 20 MB. Nothing was kept of it.")


@blueprint.get("/")
@requires(Permission.UPLOAD_LIST)
def index() -> str:
    """Bring in many files at once, and what became of the last ones."""
    return _form_page()


def _form_page(error: str = "") -> str:
    form = BatchForm(formdata=None)
    if error:
        form.files.errors = [error]
    return render_template(
        "disclosure/desk_batch_form.html",
        form=form,
        accept=",".join(_SPREADSHEETS),
        batches=list_batches(reading(), current_actor()),
    )


@blueprint.post("/")
@streams_files
@requires(Permission.UPLOAD_LIST)
def drop() -> BaseResponse | tuple[str, int]:
    """Take the files one by one: each is sealed and stored before the next is read."""
    actor = current_actor()
    batch_id = ""
    try:
        for number, part in enumerate(_files(), start=1):
            if not batch_id:
                with writing() as session:
                    batch_id = start_batch(session, actor, now=now())
            _keep(actor, batch_id, number, part)
    finally:
        # What has come is read even where the rest got lost on its way.
        if batch_id:
            with writing() as session:
                ask_for_reading(session, batch_id, now=now())
    if not batch_id:
        return _form_page(_("Choose the spreadsheets.")), 422
    return redirect(url_for("batches.show", batch_id=batch_id))


def _files() -> Iterator[Part]:
    """Yield the files of the form; an empty choice is none."""
    for part in read_parts():
        if part.filename:
            yield part


def _keep(actor: Actor, batch_id: str, number: int, part: Part) -> None:
    name = part.filename or ""
    if part.too_large or number > MOST_FILES:
        refusal = Refused(FILE_TOO_LARGE) if part.too_large else Refused(TOO_MANY, most=MOST_FILES)
        with writing() as session:
            refuse_file(
                session,
                batch_id,
                actor,
                number=number,
                file_name=name,
                refusal=refusal,
                now=now(),
            )
        return
    sealed = installation().keys.seal_upload(bytes(part.data))
    with writing() as session:
        add_file(session, batch_id, actor, number=number, file_name=name, sealed=sealed, now=now())


@blueprint.get("/<batch_id>")
@requires(Permission.UPLOAD_LIST)
def show(batch_id: str) -> Response:
    """A batch: how far it is, and each file with its result; it looks again by itself."""
    view = view_batch(reading(), current_actor(), batch_id)
    response = Response(_batch_page(view))
    if view.is_running and "still" not in request.args:
        response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


def _batch_page(view: BatchView, form: AnswersForm | None = None, error: str = "") -> str:
    return render_template(
        "disclosure/desk_batch.html",
        view=view,
        form=form or AnswersForm(formdata=None),
        error=error,
        still="still" in request.args,
        state_words=lambda state: _(STATE_WORDS[state]),
        state_colours=STATE_COLOURS,
        kinds=kind_choices(current_actor()),
        kind_words=all_kind_words(),
        period_of=lambda text: period_words(parse_period(text), _),
        townships=[(r.code, r.name) for r in list_townships(reading(), current_actor())],
        first_problem=lambda line: problem_words(line.problems[0], _)["message"],
        given=request.form,
    )


@blueprint.post("/<batch_id>/answers")
@requires(Permission.UPLOAD_LIST)
def answers(batch_id: str) -> BaseResponse | tuple[str, int]:
    """Take what the clerk says of the files that do not say it themselves."""
    actor = current_actor()
    view = view_batch(reading(), actor, batch_id)
    form = AnswersForm()
    form.validate()
    try:
        given = _answers(view)
        with writing() as session:
            count = answer_questions(session, actor, batch_id, given, now=now())
    except DomainError as refusal:
        return _batch_page(view, form, sentence(refusal)), 422
    if count:
        flash(_("Thank you. The files are being read."), "success")
    return redirect(url_for("batches.show", batch_id=batch_id))


def _answers(view: BatchView) -> dict[str, Answer]:
    """Return the answers by file; a file about which nothing is said stays as it is."""
    found: dict[str, Answer] = {}
    for line in view.asked:
        region = request.form.get(f"region-{line.id}", "")
        kind = request.form.get(f"kind-{line.id}", "")
        period = request.form.get(f"period-{line.id}", "").strip()
        if region and kind in all_kind_words() and period:
            found[line.id] = Answer(region, kind, parse_period(period).text)
    if not found:
        raise Refused(
            N_("Say of at least one file which place, which kind and which period it is for.")
        )
    return found
