"""The desk's previews 预览: a notice channel by channel, its poster, the marked copy of a file."""

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from disclosure.movements.comparing import Change
from disclosure.movements.words import WORDS
from disclosure.posters.render import render_poster
from disclosure.uploads.previews import CHANNELS, get_preview, get_upload, preview_poster
from disclosure.uploads.waiting import intake_terms
from disclosure.uploads.waitingdesk import marked_copy
from disclosure.wording import CHANNEL_WORDS, period_words
from portal.data.accounts import audit
from portal.kernel.masking import Channel
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.addresses import public_url
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading, writing

blueprint = Blueprint("list_previews", __name__, url_prefix="/desk/lists")


@blueprint.get("/<submission_id>/preview/<notice_id>")
@requires(Permission.VIEW_LISTS)
def preview(submission_id: str, notice_id: str) -> str:
    """One village's notice as the board, the touch screen and the web will show it."""
    found = get_preview(
        reading(),
        current_actor(),
        submission_id,
        notice_id,
        open_parcel=installation().keys.open_names,
    )
    return render_template(
        "disclosure/desk_preview.html",
        preview=found,
        notice=found.notice,
        channels=[(channel, _(CHANNEL_WORDS[channel])) for channel in CHANNELS],
        web=Channel.WEB,
        change_words=lambda change: _(WORDS[Change(change)]),
        period_of=lambda text: period_words(parse_period(text), _),
    )


@blueprint.get("/<submission_id>/preview/<notice_id>.pdf")
@requires(Permission.VIEW_LISTS)
def preview_pdf(submission_id: str, notice_id: str) -> Response:
    """The poster as it would hang, marked as a preview that is not valid."""
    found = get_preview(
        reading(),
        current_actor(),
        submission_id,
        notice_id,
        open_parcel=installation().keys.open_names,
    )
    content = preview_poster(reading(), found, base_url=public_url(""), now=now())
    end_reading()
    return Response(
        render_poster(content, size="a3"),
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{notice_id}-preview.pdf"'},
    )


@blueprint.get("/<submission_id>/annotated.xlsx")
@requires(Permission.UPLOAD_LIST)
def annotated(submission_id: str) -> Response:
    """The uploaded file with every problem marked, while its draft is open."""
    actor = current_actor()
    kept = get_upload(reading(), actor, submission_id)
    terms = intake_terms(reading(), kept.region_code, kept.kind)
    end_reading()
    with writing() as session:
        audit(session, actor, "list-copy", f"submission:{submission_id}", now=now())
    data = installation().keys.open_upload(kept.sealed)
    return marked_copy(data, kept.file_name, terms, kept.period)
