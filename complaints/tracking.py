"""Following a matter on the public pages 跟踪: ``/track``, with the receipt code alone.

The code comes in the body of a POST and goes on, sealed, in a hidden field: it never stands in an
address, a cookie or a log.
"""

import secrets

from flask import current_app, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from complaints.following import (
    MOST_CHARACTERS,
    Followed,
    WrongCode,
    add_statement,
    find_by_code,
    look_again,
    say_satisfied,
)
from complaints.formbox import FormBox
from complaints.forms import YES, CodeForm, RatingForm, StatementForm
from complaints.limiter import CodeLimiter
from complaints.models import Complaint, Deed
from complaints.notices import connected_notices
from complaints.presenting import (
    NEXT_WORDS,
    contact_of,
    limits_of,
    message_words,
    paragraphs,
    timeline_of,
)
from complaints.queries import get_complaint
from complaints.tracks import ACCUSED, TRACKS
from complaints.workflow import STATE_WORDS
from portal.data.regions import path_of
from portal.kernel.errors import Refused
from portal.kernel.receipts import ReceiptCode, parse_receipt_code
from portal.web.addresses import client_address, request_locale
from portal.web.errors import status_of
from portal.web.filters import cn_datetime
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
        followed = _find_slowly(code)
    except (Refused, WrongCode) as error:
        form.code.errors = [sentence(error)]
        return render_template("complaints/track.html", form=form), status_of(error)
    return _show(code, followed)


@public
def add() -> Page:
    """Add to what was written 补充说明."""
    check_origin()
    code, token = _opened()
    followed = find_by_code(reading(), code, now=now())
    form = StatementForm()
    if not form.validate():
        return _show(code, followed, statement=form), 422
    try:
        with writing() as session:
            add_statement(session, followed, text=form.text.data, token=token, now=now())
    except Refused as error:
        form.text.errors = [sentence(error)]
        return _show(code, followed, statement=form), 422
    return _show(code, _again(followed), said=_("What you added has been passed on."))


@public
def rate() -> Page:
    """Say whether one is satisfied 评价; "no" has the matter looked into again, once."""
    check_origin()
    code, token = _opened()
    followed = find_by_code(reading(), code, now=now())
    form = RatingForm()
    if not form.validate():
        return _show(code, followed, rating=form), 422
    satisfied = form.satisfied.data == YES
    try:
        with writing() as session:
            say_satisfied(
                session,
                followed,
                satisfied=satisfied,
                text=form.why.data or "",
                token=token,
                now=now(),
            )
    except Refused as error:
        return _show(code, _again(followed), refused=sentence(error)), 422
    said = _("Thank you. What you said has been passed on.")
    return _show(code, _again(followed), said=said)


def _find_slowly(code: ReceiptCode) -> Followed:
    """Find a matter by a code that somebody typed; raises WrongCode, TooManyTries."""
    limiter: CodeLimiter = current_app.extensions[LIMITER]
    address = client_address(request.environ, installation().settings.trusted_proxies)
    limiter.begin(address, now=now())
    followed = find_by_code(reading(), code, now=now())
    limiter.forgive(address, now=now())
    return followed


def _again(followed: Followed) -> Followed:
    return look_again(reading(), followed, now=now())


def _opened() -> tuple[ReceiptCode, bytes]:
    """Return the code and the form's one-time token out of the hidden field."""
    box = FormBox(installation().keys.web)
    values = box.open(FORM, request.form.get("matter", ""), now=now())
    return ReceiptCode(values["code"]), bytes.fromhex(values["token"])


def _hidden(code: ReceiptCode) -> dict[str, str]:
    values = {"code": code.digits, "token": secrets.token_hex(32)}
    return {"matter": FormBox(installation().keys.web).seal(FORM, values, now=now())}


def _show(
    code: ReceiptCode,
    followed: Followed,
    *,
    statement: StatementForm | None = None,
    rating: RatingForm | None = None,
    said: str | None = None,
    refused: str | None = None,
) -> str:
    complaint = get_complaint(reading(), followed.complaint.id)
    locale = request_locale()
    limits = limits_of(complaint, locale=locale, now=now())
    return render_template(
        "complaints/matter.html",
        followed=followed,
        number=code.locator,
        policy=TRACKS[complaint.track],
        state=complaint.state,
        state_words=STATE_WORDS[complaint.state].resident,
        next_words=NEXT_WORDS[complaint.state],
        limits=limits,
        answer=_last_answer(complaint, followed),
        timeline=timeline_of(complaint, followed.texts, locale=locale, now=now(), staff=False),
        facts=_facts(complaint, followed),
        contact=contact_of(complaint.responsible),
        above=contact_of(complaint.supervising) if complaint.supervising else None,
        statement=(statement or StatementForm(formdata=None)) if followed.may_add else None,
        rating=(rating or RatingForm(formdata=None)) if followed.may_rate else None,
        hidden=_hidden(code),
        said=said,
        refused=refused,
        most_characters=MOST_CHARACTERS,
    )


def _last_answer(complaint: Complaint, followed: Followed) -> Markup | None:
    """Return the newest answer, opened with the reporter's key."""
    answers = [event for event in complaint.events if event.deed is Deed.ANSWER]
    if not answers or answers[-1].message_id is None:
        return None
    return message_words(followed.texts[answers[-1].message_id])


def _facts(complaint: Complaint, followed: Followed) -> list[tuple[str, Markup | str | None]]:
    """Return what the matter is about, as its reporter gave it."""
    said = followed.statement
    about = None
    if said.notice_id:
        found = connected_notices().find(reading(), said.notice_id, row=None, now=now())
        about = found.title if found is not None else None
    contact = followed.contact
    return [
        (_("Sent"), cn_datetime(complaint.registered_at)),
        (_("Place"), " ".join(region.name for region in path_of(reading(), said.place))),
        (_("Posted list"), about),
        (_("Row"), str(said.notice_row) if said.notice_row else None),
        (_("Office"), complaint.concerned.name if complaint.concerned else None),
        (_("Whom it is about"), _(ACCUSED[said.accused].words) if said.accused else None),
        (_("What you wrote"), paragraphs(said.text)),
        (_("Your name"), contact.name if contact else _("Anonymous")),
        (_("Your telephone number"), contact.phone if contact else None),
    ]
