"""Registering at the desk 登记: what came in person, by telephone, by work order, from above."""

import secrets

from flask import render_template, request
from flask_babel import gettext as _
from wtforms import SelectChoice

from complaints.filing import Filed, Filing, NobodyResponsible, send_filing
from complaints.formbox import FormBox
from complaints.forms import RegisterForm
from complaints.keyring import KeyRing
from complaints.models import Channel
from complaints.places import list_places_within
from complaints.presenting import CHANNEL_WORDS, contact_of, limits_of
from complaints.queries import get_complaint
from complaints.questions import Reach, asks_consent
from complaints.statements import Contact, Statement
from complaints.tracks import TRACKS, Track
from portal.data.accounts import Actor, UnitKind, get_unit
from portal.data.regions import get_region
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.web.addresses import public_url, request_locale
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading
from portal.web.languages import sentence
from portal.web.qr import qr_svg

FORM = "register"
_WIDE = (Reach.PROVINCE.value, Reach.CITY.value)

Page = str | tuple[str, int]


@requires(Permission.HANDLE_COMPLAINT)
def register_page() -> Page:
    """Register a case, and print the receipt for the reporter to take along."""
    form = _form(current_actor())
    if not form.is_submitted():
        return _show(form, secrets.token_bytes(32))
    token = bytes.fromhex(_box().open(FORM, request.form.get("once", ""), now=now())["token"])
    if not form.validate():
        return _show(form, token), 422
    try:
        filed = _register(form, token)
    except NobodyResponsible as refusal:
        form.form_errors.append(sentence(refusal))
        return _show(form, token), 422
    except Refused as refusal:
        form.place.errors = [sentence(refusal)]
        return _show(form, token), 422
    return _show_receipt(filed)


def _box() -> FormBox:
    return FormBox(installation().keys.web)


def _form(actor: Actor) -> RegisterForm:
    """Return the form with what this unit may take in, in its own area."""
    form = RegisterForm()
    discipline = get_unit(reading(), actor.unit_id or "").kind is UnitKind.DISCIPLINE
    own = Channel.HIGHER_OFFICE if discipline else Channel.HOTLINE
    form.channel.choices = [
        SelectChoice(channel.value, _(CHANNEL_WORDS[channel])) for channel in (Channel.COUNTER, own)
    ]
    form.track.choices = [
        SelectChoice(policy.track.value, _(policy.name))
        for policy in TRACKS.values()
        if (policy.track is Track.ACCUSATION) is discipline
    ]
    places = list_places_within(reading(), actor.region_code or "")
    form.place.choices = [
        SelectChoice("", _("Choose the place.")),
        *(SelectChoice(code, name) for code, name in places),
    ]
    return form


def _register(form: RegisterForm, token: bytes) -> Filed:
    track = Track(form.track.data)
    place = get_region(reading(), form.place.data)
    wide = (*_WIDE, Reach.COUNTY.value) if track in (Track.HELP, Track.OBJECTION) else _WIDE
    if place.level.value in wide:
        raise Refused(N_("Choose the place more exactly: it decides who answers."), field="place")
    contact = Contact(form.name.data, form.phone.data) if form.name.data else None
    filing = Filing(
        track=track,
        statement=Statement(form.text.data, place.code),
        contact=contact,
        # Where nobody may see the name without consent, leaving it is the consent.
        consent=form.consent.data if asks_consent(track) else track is Track.HELP,
        urgent=form.urgent.data and track is Track.HELP,
        channel=Channel(form.channel.data),
    )
    here, actor = installation(), current_actor()
    end_reading()
    return send_filing(
        here.sessions,
        filing,
        token=token,
        receipts_key=here.keys.receipts,
        keyring=KeyRing(here.settings.secrets_folder),
        now=now(),
        actor=actor,
    )


def _show(form: RegisterForm, token: bytes) -> str:
    once = _box().seal(FORM, {"token": token.hex()}, now=now())
    hints = {policy.track.value: _(policy.answered_by) for policy in TRACKS.values()}
    return render_template(
        "complaints/desk_register.html", form=form, hidden={"once": once}, hints=hints
    )


def _show_receipt(filed: Filed) -> str:
    complaint = get_complaint(reading(), filed.complaint_id)
    return render_template(
        "complaints/desk_registered.html",
        code=filed.code.digits,
        qr=qr_svg(public_url(f"/track#{filed.code.digits}")),
        policy=TRACKS[complaint.track],
        registered_at=complaint.registered_at,
        limits=limits_of(complaint, locale=request_locale(), now=now()),
        contact=contact_of(complaint.responsible),
    )
