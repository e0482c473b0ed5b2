"""The desk's pages for documents 政策与宣传: write, add files, submit, approve, withdraw."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.deskactions import act
from disclosure.documents import service
from disclosure.documents.check import gate_hits
from disclosure.documents.forms import (
    FORMS,
    DocumentForm,
    FileForm,
    KindForm,
)
from disclosure.documents.kinds import KIND_FACTS, PROGRAMMES, DocumentKind
from disclosure.documents.models import Document, DocumentVersion
from disclosure.documents.queries import (
    get_document,
    list_document_lines,
    list_files,
    newest_version,
    view_version,
)
from disclosure.documents.rows import parse_rows, rows_text
from disclosure.documents.store import forget_files, keep
from disclosure.documents.views import document_values, send_document_file
from disclosure.forms import ApproveForm, ReturnForm, WithdrawForm
from disclosure.lifecycle import SubmissionState
from disclosure.reviewing import NOT_YOURS, is_second_person
from disclosure.wording import SUBMISSION_WORDS
from portal.data.accounts import Actor
from portal.data.regions import Level, find_area_served, list_regions
from portal.kernel.errors import DomainError, Forbidden, NotFound, SeveralRefused
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading, writing
from portal.web.languages import sentence
from portal.web.requests import takes_a_film

blueprint = Blueprint("documents_desk", __name__, url_prefix="/desk/documents")

WRITTEN_IN = frozenset({SubmissionState.DRAFT, SubmissionState.RETURNED})


@blueprint.get("/")
@requires(Permission.VIEW_LISTS)
def index() -> str:
    """Every document of the area, those that wait for approval first."""
    return render_template(
        "disclosure/desk_documents.html",
        lines=list_document_lines(reading(), current_actor()),
        kind_words=lambda kind: _(KIND_FACTS[kind].word),
        state_words=lambda state: _(SUBMISSION_WORDS[state]),
        may_prepare=current_actor().may(Permission.PREPARE_DISCLOSURE),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.PREPARE_DISCLOSURE)
def new() -> str | BaseResponse | tuple[str, int]:
    """Choose what kind of document is begun."""
    form = KindForm()
    form.kind.choices = [(kind.value, _(facts.word)) for kind, facts in KIND_FACTS.items()]
    if form.validate_on_submit():
        return redirect(url_for("documents_desk.write", kind=form.kind.data))
    status = 422 if form.is_submitted() else 200
    return render_template("disclosure/desk_documents_new.html", form=form), status


@blueprint.route("/new/<kind>", methods=["GET", "POST"])
@requires(Permission.PREPARE_DISCLOSURE)
def write(kind: str) -> str | BaseResponse | tuple[str, int]:
    """Write a new document."""
    if kind not in list(DocumentKind):
        abort(404)
    chosen = DocumentKind(kind)

    def store(form: DocumentForm) -> str:
        region = _own_place(current_actor())
        facts = _facts(chosen, form, region)
        with writing() as session:
            return service.create_document(
                session, current_actor(), chosen, region, facts, now=now()
            )

    return _write_page(chosen, _form_for(chosen), store, "")


@blueprint.route("/<document_id>/write", methods=["GET", "POST"])
@requires(Permission.PREPARE_DISCLOSURE)
def rewrite(document_id: str) -> str | BaseResponse | tuple[str, int]:
    """Write a draft anew."""
    document = get_document(reading(), current_actor(), document_id)
    version = newest_version(reading(), document_id)
    if version.state not in WRITTEN_IN:
        return redirect(_show(document_id))
    kind, region = document.kind, document.region_code

    def store(form: DocumentForm) -> str:
        facts = _facts(kind, form, region)
        with writing() as session:
            service.rewrite(session, current_actor(), document_id, facts, now=now())
        return document_id

    return _write_page(kind, _form_for(kind, version), store, document_id)


def _form_for(kind: DocumentKind, version: DocumentVersion | None = None) -> DocumentForm:
    """Return the form of a kind, filled from a draft where there is one."""
    values: dict[str, Any] = {}
    if version is not None:
        names = ("title", "summary", "programme", "issuer", "reference", "issued_on", "body")
        values = {name: getattr(version, name) for name in names}
        values |= {f"element_{name}": text for name, text in version.elements.items()}
    if KIND_FACTS[kind].has_rows:
        values["table"] = rows_text(kind, version.rows if version else [])
    form = FORMS.get(kind, DocumentForm)(data=values)
    form.programme.choices = [(name, _(words)) for name, words in PROGRAMMES.items()]
    return form


def _write_page(
    kind: DocumentKind, form: DocumentForm, store: Callable[[DocumentForm], str], document_id: str
) -> str | BaseResponse | tuple[str, int]:
    if form.validate_on_submit():
        try:
            return redirect(_show(store(form)))
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            each = refusal.each if isinstance(refusal, SeveralRefused) else (refusal,)
            field = form.table if KIND_FACTS[kind].has_rows else form.title
            field.errors = [sentence(one) for one in each]
    body = render_template(
        "disclosure/desk_documents_write.html",
        form=form,
        kind=kind,
        facts=KIND_FACTS[kind],
        kind_words=_(KIND_FACTS[kind].word),
        elements=[f"element_{name}" for name in KIND_FACTS[kind].elements],
        document_id=document_id,
    )
    return body, 422 if form.is_submitted() else 200


def _facts(kind: DocumentKind, form: DocumentForm, region: str) -> service.DocumentFacts:
    villages = frozenset[str]()
    if KIND_FACTS[kind].has_rows:
        inside = list_regions(reading(), [Level.VILLAGE], within=region)
        villages = frozenset(village.code for village in inside)
    names = KIND_FACTS[kind].elements
    elements = {name: form[f"element_{name}"].data or "" for name in names}
    return service.DocumentFacts(
        title=form.title.data or "",
        summary=form.summary.data or "",
        programme=form.programme.data,
        issuer=form.issuer.data or "",
        reference=form.reference.data or "",
        issued_on=form.issued_on.data,
        body=form.body.data or "",
        elements=elements,
        rows=tuple(parse_rows(kind, form.table.data or "", villages=villages)),
    )


def _own_place(actor: Actor) -> str:
    """Return the place that a member of staff publishes for: that of their own unit."""
    area = find_area_served(reading()) if actor.region_code is None else None
    return actor.region_code or (area.code if area else "")


def _show(document_id: str) -> str:
    return url_for("documents_desk.show", document_id=document_id)


@blueprint.get("/<document_id>")
@requires(Permission.VIEW_LISTS)
def show(document_id: str) -> str:
    """A document as it will be seen, and what may be done with it."""
    return _render_document(document_id)


def _render_document(document_id: str, **forms: Any) -> str:
    session, actor = reading(), current_actor()
    document = get_document(session, actor, document_id)
    version = newest_version(session, document_id)
    files = list_files(session, document_id, version.version)
    values = {
        "return_form": ReturnForm(formdata=None),
        "withdraw_form": WithdrawForm(formdata=None, prefix="withdraw"),
        **document_values(view_version(session, document, version.version)),
        **_what_next(actor, document, version),
        **forms,
    }
    return render_template(
        "disclosure/desk_documents_show.html",
        state=version.state,
        state_words=_(SUBMISSION_WORDS[version.state]),
        digest=version.digest,
        published_version=document.version,
        return_reason=version.return_reason,
        gate_hits=gate_hits(session, document.kind, version, files),
        **values,
    )


def _what_next(actor: Actor, document: Document, version: DocumentVersion) -> dict[str, Any]:
    prepares = actor.may(Permission.PREPARE_DISCLOSURE)
    approves = actor.may(Permission.APPROVE_DISCLOSURE)
    waits = version.state is SubmissionState.SUBMITTED
    lives = document.version is not None and document.withdrawn_at is None
    second = is_second_person(actor, version)
    return {
        "may_write": prepares and version.state in WRITTEN_IN,
        "may_submit": prepares and version.state is SubmissionState.DRAFT,
        "may_approve": waits and approves and second,
        "may_revise": prepares and lives and version.state is SubmissionState.APPROVED,
        "may_withdraw": approves and lives,
        "why_not": _(NOT_YOURS) if waits and approves and not second else "",
    }


@blueprint.route("/<document_id>/files", methods=["GET", "POST"])
@takes_a_film
@requires(Permission.PREPARE_DISCLOSURE)
def add_file(document_id: str) -> str | BaseResponse | tuple[str, int]:
    """Add a picture, film or PDF with its text version."""
    get_document(reading(), current_actor(), document_id)
    form = FileForm()
    if form.validate_on_submit():
        try:
            _store_file(document_id, form)
            return redirect(_show(document_id))
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            field = form.text if refusal.field == "text" else form.file
            field.errors = [sentence(refusal)]
    body = render_template(
        "disclosure/desk_documents_file.html", form=form, document_id=document_id
    )
    return body, 422 if form.is_submitted() else 200


def _store_file(document_id: str, form: FileForm) -> None:
    folder = installation().settings.data_folder
    upload = form.file.data
    end_reading()
    media, digest, size = keep(folder, upload.stream)
    new = service.NewFile(
        name=upload.filename or "",
        media_type=media.media_type,
        size=size,
        digest=digest,
        width=media.width,
        height=media.height,
        text=form.text.data or "",
    )
    try:
        with writing() as session:
            service.add_file(session, current_actor(), document_id, new, now=now())
    except DomainError:
        _tidy((digest,))
        raise


def _tidy(digests: tuple[str, ...]) -> None:
    """Remove files that no version needs any longer."""
    with writing() as session:
        forget_files(session, installation().settings.data_folder, digests)


@blueprint.get("/<document_id>/files/<name>")
@requires(Permission.VIEW_LISTS)
def file(document_id: str, name: str) -> Response:
    """A file of the newest version, published or not."""
    document = get_document(reading(), current_actor(), document_id)
    version = newest_version(reading(), document_id)
    view = view_version(reading(), document, version.version)
    found = next((one for one in view.files if one.address == name), None)
    if found is None:
        abort(404)
    return send_document_file(found)


@blueprint.post("/<document_id>/files/<int:n>/remove")
@requires(Permission.PREPARE_DISCLOSURE)
def remove_file(document_id: str, n: int) -> BaseResponse:
    """Take a file out of a draft."""
    return _act_and_tidy(
        lambda session, actor, at: service.remove_file(session, actor, document_id, n, now=at),
        _("The file has been taken out."),
        _show(document_id),
    )


def _act_and_tidy(action: Callable[..., tuple[str, ...]], done: str, back: str) -> BaseResponse:
    """Do ``action`` and then remove the files that it no longer needs."""
    digests: list[str] = []
    answer = act(lambda session, actor, at: digests.extend(action(session, actor, at)), done, back)
    _tidy(tuple(digests))
    return answer


@blueprint.post("/<document_id>/submit")
@requires(Permission.PREPARE_DISCLOSURE)
def submit(document_id: str) -> BaseResponse:
    """Submit a draft for approval."""
    return act(
        lambda session, actor, at: service.submit(session, actor, document_id, now=at),
        _("The document has been submitted. A second person now checks it."),
        _show(document_id),
    )


@blueprint.post("/<document_id>/discard")
@requires(Permission.PREPARE_DISCLOSURE)
def discard(document_id: str) -> BaseResponse:
    """Discard a draft."""
    return _act_and_tidy(
        lambda session, actor, at: service.discard(session, actor, document_id, now=at),
        _("The draft has been discarded; nothing of it is kept."),
        url_for("documents_desk.index"),
    )


@blueprint.post("/<document_id>/approve")
@requires(Permission.APPROVE_DISCLOSURE)
def approve(document_id: str) -> BaseResponse:
    """Approve exactly what was looked at, and publish it."""
    form = ApproveForm()
    if not form.validate():
        abort(400)
    digest = form.digest.data or ""
    return act(
        lambda session, actor, at: service.approve(session, actor, document_id, digest, now=at),
        _("Approved. The document is published."),
        _show(document_id),
    )


@blueprint.post("/<document_id>/return")
@requires(Permission.APPROVE_DISCLOSURE)
def return_to_clerk(document_id: str) -> BaseResponse:
    """Return a document with a reason."""
    form = ReturnForm()
    if not form.validate():
        return Response(_render_document(document_id, return_form=form), status=422)
    reason = form.reason.data or ""
    return act(
        lambda session, actor, at: service.return_document(
            session, actor, document_id, reason, now=at
        ),
        _("The document has been returned."),
        _show(document_id),
    )


@blueprint.post("/<document_id>/revise")
@requires(Permission.PREPARE_DISCLOSURE)
def revise(document_id: str) -> BaseResponse:
    """Begin a new version of what is published."""
    return act(
        lambda session, actor, at: service.begin_version(session, actor, document_id, now=at),
        _("A new version has been begun. The published one stays until the new one is approved."),
        _show(document_id),
    )


@blueprint.post("/<document_id>/withdraw")
@requires(Permission.APPROVE_DISCLOSURE)
def withdraw(document_id: str) -> BaseResponse:
    """Withdraw a published document with a public reason."""
    form = WithdrawForm(prefix="withdraw")
    if not form.validate():
        return Response(_render_document(document_id, withdraw_form=form), status=422)
    reason = form.reason.data or ""
    return _act_and_tidy(
        lambda session, actor, at: service.withdraw(session, actor, document_id, reason, now=at),
        _("The document has been withdrawn. Residents read why in its place."),
        _show(document_id),
    )
