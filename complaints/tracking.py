"""Following a matter on the public pages 跟踪: ``/track``, with the receipt code alone.

The code comes in the body of a POST and goes on, sealed, in a hidden field: it never stands in an
address, a cookie or a log.
"""

import secrets

from flask import current_app, render_template, request
from flask_babel import gettext as _

from complaints.following import Followed, add_statement, find_by_code, say_satisfied
from complaints.formbox import FormBox
from complaints.forms import YES, CodeForm, RatingForm, StatementForm
from complaints.limiter import CodeLimiter
from complaints.notices import connected_notices
from complaints.presenting import (
    NEXT_WORDS,
    contact_of,
    limits_of,
    message_words,
    paragraphs,
    timeline_of,
)
from complaints.models import Deed
from complaints.queries import get_complaint
from complaints.tracks import ACCUSED, TRACKS
from complaints.workflow import STATE_WORDS
from portal.data.regions import path_of
from portal.kernel.errors import DomainError, Refused
from portal.kernel.receipts import ReceiptCode, parse_receipt_code
from portal.web.addresses import client_address, request_locale
from portal.web.errors import status_of
from portal.web.guards import check_origin, public
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

LIMITER = "complaints.limiter"
FORM = "track"

Page = str | tuple[str, int]


@public
def track() -> Page:
    """Ask for the code 输入查询码."""
    return render_template("complaints/track.html", form=CodeForm(formdata=None))


@public
def follow() -> Page:
    """Show the matter of a code; a wrong one, and one that never existed, get the same words."""
    check_origin()
    form = CodeForm()
    if not form.validate():
        return render_template("complaints/track.html", form=form), 422
    try:
        code = parse_receipt_code(form.code.data)
        followed = _find(code)
    except Refused as error:
        return _refused(form, error)
    except WrongCode as error:
        return _refused(form, error)
    return _show(code, followed)
