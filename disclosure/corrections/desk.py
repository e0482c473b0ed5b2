"""The desk's pages for corrections 更正: row by row, before and after, then a second person."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from disclosure.corrections import service
from disclosure.corrections.drafting import correct_row, find_open, restore, strike
from disclosure.corrections.edits import FIELD_WORDS, RowEdit, read_edit
from disclosure.corrections.forms import (
    ApproveCorrectionForm,
    RowForm,
    StrikeForm,
    SubmitCorrectionForm,
)
from disclosure.corrections.queries import (
    ChangedRow,
    Correctable,
    fields_of,
    get_row,
    view_correctable,
)
from disclosure.deskactions import act
from disclosure.forgetting import wipe_traces
from disclosure.forms import ReturnForm
from disclosure.publicrow import PublicRow
from disclosure.wording import CHANNEL_WORDS
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.masking import Channel
from portal.kernel.money import format_yuan
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("corrections", __name__, url_prefix="/desk/notices/<notice_id>/correction")


def _found(notice_id: str) -> Correctable:
    return view_correctable(
        reading(),
        current_actor(),
        notice_id,
        now=now(),
        open_parcel=installation().keys.open_names,
    )


def _open_id(notice_id: str) -> str:
    """Return the id of the correction that is open, or answer that there is none."""
    found = find_open(reading(), notice_id)
    if found is None:
        abort(404)
    return found.id


def _overview(notice_id: str) -> str:
    return url_for("corrections.show", notice_id=notice_id)


def _page(
    notice_id: str,
    submit_form: SubmitCorrectionForm | None = None,
    return_form: ReturnForm | None = None,
) -> str:
    found = _found(notice_id)
    return render_template(
        "disclosure/desk_correction.html",
        found=found,
        why_not=_(found.why_not) if found.why_not else "",
        changes=[_lines_of(change) for change in found.open.changes] if found.open else [],
        form=submit_form or SubmitCorrectionForm(formdata=None),
        return_form=return_form or ReturnForm(formdata=None),
    )


def _lines_of(change: ChangedRow) -> dict[str, object]:
    """Return a changed row's number, what is another in words, and whether it is struck."""
    lines: list[tuple[str, str, str]] = []
    for field in change.fields:
        if field != "name" and change.after is not None:
            old, new = (value_of(field, row) for row in (change.before, change.after))
            lines.append((_(FIELD_WORDS[field]), old, new))
    for channel in Channel:
        old, new = (names.get(channel, "") for names in (change.names_before, change.names_after))
        if new and old != new:
            lines.append((f"{_(FIELD_WORDS['name'])} · {_(CHANNEL_WORDS[channel])}", old, new))
    name = change.names_before[Channel.WEB]
    return {"n": change.n, "name": name, "lines": lines, "struck": change.after is None}


def value_of(field: str, row: PublicRow) -> str:
    """Return what a row says in a field, as it is written on a page."""
    value = getattr(row, field)
    if field == "amount_fen":
        return format_yuan(value)
    return "—" if value in (None, "") else str(value)


@blueprint.get("")
@requires(Permission.VIEW_LISTS)
def show(notice_id: str) -> str:
    """What is corrected so far, row by row; for the second person, what is to be approved."""
    return _page(notice_id)


def _row_page(notice_id: str, n: int, form: RowForm | None, status: int = 200) -> Response:
    found = _found(notice_id)
    row = get_row(found, n)
    if form is None:
        form = RowForm(
            formdata=None,
            data={
                "group": row.group,
                "persons": "" if row.persons is None else str(row.persons),
                "class_": row.class_,
                "amount": format_yuan(row.amount_fen),
                "reason": row.reason,
            },
        )
    body = render_template(
        "disclosure/desk_correction_row.html",
        found=found,
        row=row,
        fields=fields_of(found.kind, row),
        form=form,
        why_not=_(found.why_not) if found.why_not else "",
    )
    return Response(body, status=status)


@blueprint.get("/<int:n>")
@requires(Permission.UPLOAD_LIST)
def row(notice_id: str, n: int) -> Response:
    """One row, and what it is to say."""
    return _row_page(notice_id, n, None)


@blueprint.post("/<int:n>")
@requires(Permission.UPLOAD_LIST)
def save_row(notice_id: str, n: int) -> BaseResponse:
    """Write into the draft what the row is to say."""
    form = RowForm()
    if not form.validate():
        return _row_page(notice_id, n, form, 422)
    found = _found(notice_id)
    try:
        edit = _edit_from(form, found, get_row(found, n))
        with writing() as session:
            correct_row(
                session,
                current_actor(),
                notice_id,
                n,
                edit,
                keys=installation().keys,
                now=now(),
            )
    except (Refused, Conflict) as refusal:
        named = refusal.field if refusal.field in form else "group"
        form[named].errors = [sentence(refusal)]
        return _row_page(notice_id, n, form, 422)
    return redirect(_overview(notice_id))


def _edit_from(form: RowForm, found: Correctable, before: PublicRow) -> RowEdit:
    """Return what was written; what this kind does not have stays as it is."""
    shown = fields_of(found.kind, before)
    if not shown:
        raise Refused(service.ONLY_STRIKE)
    written = {
        "group": before.group,
        "persons": "" if before.persons is None else str(before.persons),
        "class_": before.class_,
        "amount": format_yuan(before.amount_fen),
        "reason": before.reason,
    }
    for name in written:
        if name in shown or (name == "amount" and "amount_fen" in shown):
            written[name] = form[name].data or ""
    edit = read_edit(written, before)
    return RowEdit(
        *(edit.group, edit.persons, edit.class_, edit.amount_fen, edit.reason),
        name=(form.name.data or "").strip(),
        id_number=(form.id_number.data or "").strip(),
    )


def _change_row(notice_id: str, n: int, change: Callable[..., None], done: str) -> BaseResponse:
    if not StrikeForm().validate():
        abort(400)
    keys = installation().keys
    return act(
        lambda session, actor, at: change(session, actor, notice_id, n, keys=keys, now=at),
        done,
        _overview(notice_id),
    )


@blueprint.post("/<int:n>/strike")
@requires(Permission.UPLOAD_LIST)
def strike_row(notice_id: str, n: int) -> BaseResponse:
    """Take a row off the draft."""
    return _change_row(notice_id, n, strike, _("The row is struck in the draft."))


@blueprint.post("/<int:n>/restore")
@requires(Permission.UPLOAD_LIST)
def restore_row(notice_id: str, n: int) -> BaseResponse:
    """Let a row say again what it says on display."""
    return _change_row(notice_id, n, restore, _("The row says again what it said."))


@blueprint.post("/submit")
@requires(Permission.UPLOAD_LIST)
def submit(notice_id: str) -> BaseResponse:
    """Submit the correction with its reason."""
    form, correction_id = SubmitCorrectionForm(), _open_id(notice_id)
    if not form.validate():
        return Response(_page(notice_id, submit_form=form), status=422)
    try:
        with writing() as session:
            service.submit(
                session,
                current_actor(),
                correction_id,
                form.reason.data or "",
                private=bool(form.private.data),
                urgent=bool(form.urgent.data),
                now=now(),
            )
    except (NotFound, Forbidden):
        raise
    except (Refused, Conflict) as refusal:
        form.reason.errors = [sentence(refusal)]
        return Response(_page(notice_id, submit_form=form), status=422)
    return redirect(_overview(notice_id))


@blueprint.post("/discard")
@requires(Permission.UPLOAD_LIST)
def discard(notice_id: str) -> BaseResponse:
    """Discard the draft."""
    correction_id = _open_id(notice_id)
    return act(
        lambda session, actor, at: service.discard(session, actor, correction_id, now=at),
        _("The draft has been discarded; nothing of it is kept."),
        _overview(notice_id),
    )


@blueprint.post("/approve")
@requires(Permission.APPROVE_LIST)
def approve(notice_id: str) -> BaseResponse:
    """Approve exactly what was looked at, and publish it."""
    form, correction_id = ApproveCorrectionForm(), _open_id(notice_id)
    if not form.validate():
        abort(400)
    digest = form.digest.data or ""
    answer = act(
        lambda session, actor, at: service.approve(session, actor, correction_id, digest, now=at),
        _("Approved. The corrected notice is published."),
        _overview(notice_id),
    )
    wipe_traces(installation().sessions)
    return answer


@blueprint.post("/return")
@requires(Permission.APPROVE_LIST)
def return_to_clerk(notice_id: str) -> BaseResponse:
    """Return the correction with a reason."""
    form, correction_id = ReturnForm(), _open_id(notice_id)
    if not form.validate():
        return Response(_page(notice_id, return_form=form), status=422)
    reason = form.reason.data or ""
    return act(
        lambda session, actor, at: service.return_to_clerk(
            session, actor, correction_id, reason, now=at
        ),
        _("The correction has been returned to the clerk."),
        _overview(notice_id),
    )
