"""The public page of a notice's history 沿革: which versions there were, and what each changed."""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _

from disclosure.corrections.edits import FIELD_WORDS
from disclosure.corrections.history import FieldChange, list_versions
from disclosure.publication import notice_key
from disclosure.queries import find_notice
from disclosure.wording import STATE_WORDS, heading
from portal.kernel.money import format_yuan
from portal.kernel.receipts import is_notice_id
from portal.web.addresses import request_locale
from portal.web.guards import public
from portal.web.installation import now, reading
from portal.web.publishing import Answer, published

blueprint = Blueprint("history", __name__)


@blueprint.get("/n/<notice_id>/history")
@public
@published
def history(notice_id: str) -> Answer:
    """Every version of a notice, with its reason; "row 7: amount", while row 7 lives with text."""
    session = reading()
    view = find_notice(session, notice_id, now=now()) if is_notice_id(notice_id) else None
    if view is None:
        abort(404)
    body = render_template(
        "disclosure/history.html",
        view=view,
        heading=heading(view.card, request_locale(), _),
        state_words=_(STATE_WORDS[view.card.state]),
        versions=list_versions(session, view),
        field_words=lambda field: _(FIELD_WORDS[field]),
        value_words=_value_words,
    )
    return Answer(
        body=body,
        depends_on=[notice_key(view.card.id)],
        fresh_until=view.next_change_at,
        headers=(("X-Robots-Tag", "noindex"),),
    )


def _value_words(change: FieldChange, value: object) -> str:
    if change.field == "amount_fen" and isinstance(value, int):
        return format_yuan(value)
    return "—" if value in (None, "") else str(value)
