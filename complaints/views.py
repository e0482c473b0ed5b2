"""Complaints on the public pages 投诉举报: ``/complain``, one question a page, and the receipt.

No cookie, no session, nothing stored before the form is sent: the answers travel in one sealed
hidden field. ``/track`` stands in ``complaints.tracking``.
"""

import secrets

from flask import Blueprint, Response, render_template, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from complaints import asking, tracking
from complaints.asking import Asking, Question
from complaints.filing import Filed, Filing, NobodyResponsible, send_filing
from complaints.formbox import FormBox, FormExpired
from complaints.keyring import KeyRing
from complaints.limiter import CodeLimiter, TooManyTries
from complaints.notices import connected_notices
from complaints.presenting import NEXT_WORDS, contact_of, limits_of, paragraphs
from complaints.queries import get_complaint
from complaints.questions import (
    MOST_CHARACTERS,
    Answers,
    Step,
    asks_consent,
    is_complete,
    next_step,
    step_before,
    steps_for,
)
from complaints.statements import Contact, Statement
from complaints.tracks import ACCUSED, TRACKS, Track, where_to_turn
from portal.data.accounts import UnitKind, list_units, list_units_of
from portal.data.regions import Level, find_region
from portal.kernel.errors import Refused
from portal.web.addresses import public_url, request_locale
from portal.web.errors import error_page
from portal.web.guards import check_origin, public
from portal.web.installation import end_reading, installation, now, reading
from portal.web.languages import sentence
from portal.web.qr import qr_svg

blueprint = Blueprint("complaints", __name__)
FORM = "complaint"
CHANGE = "change:"

Page = str | tuple[str, int] | tuple[str, int, dict[str, str]]


@blueprint.record_once
def _remember(state: BlueprintSetupState) -> None:
    """Give each application a memory of wrong codes."""
    state.app.extensions[tracking.LIMITER] = CodeLimiter()


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.errorhandler(FormExpired)
def _say_expired(error: FormExpired) -> Page:
    end_reading()
    return render_template("complaints/expired.html", words=sentence(error)), 422


@blueprint.errorhandler(TooManyTries)
def _say_wait(error: TooManyTries) -> Page:
    body, status, headers = error_page(429, _("Please wait a moment"), sentence(error))
    return body, status, {**headers, "Retry-After": str(error.retry_after)}


@blueprint.get("/complain")
@public
def start() -> Page:
    """The first question 第一问; a posted list or a place may be given, to be asked once less."""
    answers = asking.with_place(Answers(token=secrets.token_hex(32)), None, reading())
    answers = _prefilled(answers)
    return _show(Step.TRACK, answers)


@blueprint.post("/complain")
@public
def go_on() -> Page:
    """Take an answer and show the question that follows; at the end send everything 提交."""
    check_origin()
    answers = _opened(request.form.get("answers", ""))
    go = request.form.get("go", "")
    step = _step_sent(answers)
    if go.startswith(CHANGE):
        return _show_again(go.removeprefix(CHANGE), answers)
    if go == "back":
        return _go_back(step, answers)
    if step is Step.CHECK:
        return _send(answers)
    if step is Step.ELSEWHERE:
        return _show(step, answers)
    question = asking.ask(step, answers, _asking(), blank=False)
    taken = _taken(question, answers)
    if taken is None:
        return _show_question(question, answers), 422
    answers = taken
    return _show(next_step(answers, lists_known=_asking().lists_known(answers)), answers)


def _asking() -> Asking:
    return Asking(reading(), connected_notices(), now())


def _box() -> FormBox:
    return FormBox(installation().keys.web)


def _opened(sealed: str) -> Answers:
    return Answers.from_values(_box().open(FORM, sealed, now=now()))


def _sealed(answers: Answers) -> str:
    return _box().seal(FORM, answers.to_values(), now=now())


def _step_sent(answers: Answers) -> Step:
    """Return the step that was sent, or the next one if it does not come up any more."""
    steps = steps_for(answers, lists_known=_asking().lists_known(answers))
    sent = request.form.get("step", "")
    if sent in steps:
        return Step(sent)
    return next_step(answers, lists_known=_asking().lists_known(answers))


def _taken(question: Question, answers: Answers) -> Answers | None:
    """Return the answers with what was sent, or None: what is wrong then stands in the form."""
    if not question.form.validate():
        return None
    try:
        return asking.take(question, answers, _asking())
    except Refused as refusal:
        question.form[refusal.field].errors = [sentence(refusal)]
        return None


def _prefilled(answers: Answers) -> Answers:
    """Take over what the address names: kind of matter, posted list and row, or place."""
    about_what = request.args.get("about", "")
    if about_what in list(Track):
        answers = answers.with_(track=Track(about_what))
    row = request.args.get("row", type=int)
    notice_id = request.args.get("notice", "")
    if notice_id:
        named = answers.with_(notice_id=notice_id, notice_row=row, row_asked=row is not None)
        about = _asking().about(named)
        region = find_region(reading(), about.region_code) if about is not None else None
        if region is not None:
            return asking.with_place(named, region, reading()).with_(place_done=True)
    region = find_region(reading(), request.args.get("place", "")[:12])
    return asking.with_place(answers, region, reading()) if region is not None else answers


def _go_back(step: Step, answers: Answers) -> Page:
    """Show the question before, keeping what was written here if it can be kept."""
    if step is Step.PLACE:
        wider = asking.place_wider(answers, reading())
        if wider is not None:
            return _show(Step.PLACE, wider)
    elif step not in (Step.CHECK, Step.ELSEWHERE):
        question = asking.ask(step, answers, _asking(), blank=False)
        answers = _taken(question, answers) or answers
    lists_known = _asking().lists_known(answers)
    return _show_again(step_before(answers, step, lists_known=lists_known), answers)


def _show_again(step: str, answers: Answers) -> Page:
    """Show a question that was answered already."""
    if step not in steps_for(answers, lists_known=_asking().lists_known(answers)):
        return _show(next_step(answers, lists_known=_asking().lists_known(answers)), answers)
    if step == Step.PLACE:
        answers = asking.place_again(answers, reading())
    return _show(Step(step), answers)


def _show(step: Step, answers: Answers) -> Page:
    if step is Step.CHECK:
        return _show_check(answers)
    if step is Step.ELSEWHERE:
        return _show_elsewhere(answers)
    return _show_question(asking.ask(step, answers, _asking()), answers)


def _show_question(question: Question, answers: Answers) -> str:
    return render_template(
        "complaints/question.html",
        question=question,
        form=question.form,
        step=question.step,
        steps=Step,
        hidden={"answers": _sealed(answers), "step": question.step.value},
        policy=TRACKS[answers.filed_as] if answers.filed_as else None,
        about=_asking().about(answers) if question.step is Step.TRACK else None,
        row=answers.notice_row,
        most_characters=MOST_CHARACTERS,
    )


def _show_elsewhere(answers: Answers) -> str:
    turn = where_to_turn(answers.accused) if answers.accused else None
    offices = [
        contact_of(unit)
        for unit in list_units(reading())
        if unit.kind is UnitKind.DISCIPLINE and unit.region.level in (Level.CITY, Level.PROVINCE)
    ]
    return render_template(
        "complaints/elsewhere.html",
        turn=turn,
        offices=offices,
        objects=answers.track is Track.OBJECTION,
        hidden={"answers": _sealed(answers), "step": Step.ELSEWHERE.value},
    )


def _show_check(answers: Answers) -> str:
    about = _asking().about(answers)
    offices = {unit.id: unit.name for unit in asking.list_offices(reading(), answers)}
    track = answers.filed_as or Track.HELP
    return render_template(
        "complaints/check.html",
        about_what=TRACKS[answers.track or track].question,
        answers=answers,
        steps=steps_for(answers, lists_known=_asking().lists_known(answers)),
        Step=Step,
        policy=TRACKS[track],
        accused=ACCUSED[answers.accused].words if answers.accused else None,
        place=" ".join(region.name for region in asking.place_of(reading(), answers)),
        about=about,
        office=offices.get(answers.office or ""),
        text=paragraphs(answers.text),
        hidden={"answers": _sealed(answers), "step": Step.CHECK.value},
    )


def _send(answers: Answers) -> Page:
    if not is_complete(answers, lists_known=_asking().lists_known(answers)):
        return _show(next_step(answers, lists_known=_asking().lists_known(answers)), answers)
    here = installation()
    filing = _filing(answers)
    end_reading()
    try:
        filed = send_filing(
            here.sessions,
            filing,
            token=bytes.fromhex(answers.token),
            receipts_key=here.keys.receipts,
            keyring=KeyRing(here.settings.secrets_folder),
            now=now(),
            notices=connected_notices(),
        )
    except NobodyResponsible as refusal:
        return _show_whom_to_call(refusal, answers)
    return _show_receipt(filed)


def _filing(answers: Answers) -> Filing:
    """Return what is filed; answers to questions that do not come up any more are left out."""
    track = answers.filed_as or Track.HELP
    steps = steps_for(answers, lists_known=_asking().lists_known(answers))
    about = _asking().about(answers)
    statement = Statement(
        text=answers.text,
        place=answers.place or "",
        notice_id=about.id if about else None,
        notice_row=answers.notice_row if about else None,
        concerned=(answers.office or None) if Step.OFFICE in steps else None,
        accused=answers.accused if Step.ACCUSED in steps else None,
    )
    contact = Contact(answers.name, answers.phone) if Step.CONTACT in steps else None
    # Where nobody may see the name without consent, leaving it is the consent.
    consent = answers.consent is True if asks_consent(track) else track is Track.HELP
    urgent = answers.urgent is True and Step.URGENT in steps
    return Filing(track, statement, contact, consent, urgent)


def _show_whom_to_call(refusal: NobodyResponsible, answers: Answers) -> Page:
    codes = [region.code for region in reversed(asking.place_of(reading(), answers))]
    units = list_units_of(reading(), codes) if answers.filed_as is not Track.ACCUSATION else []
    return render_template(
        "complaints/whom_to_call.html",
        words=sentence(refusal),
        phone=refusal.call.phone,
        contacts=[contact_of(unit) for unit in units if unit.id != answers.office],
    ), 422


def _show_receipt(filed: Filed) -> str:
    complaint = get_complaint(reading(), filed.complaint_id)
    prefix = "/en" if request_locale() == "en" else ""
    return render_template(
        "complaints/receipt.html",
        code=filed.code.digits,
        qr=qr_svg(public_url(f"{prefix}/track#{filed.code.digits}")),
        differs=filed.differs,
        policy=TRACKS[complaint.track],
        registered_at=complaint.registered_at,
        limits=limits_of(complaint, locale=request_locale(), now=now()),
        next_words=NEXT_WORDS[complaint.state],
        contact=contact_of(complaint.responsible),
    )


blueprint.add_url_rule("/track", "track", tracking.track, methods=["GET"])
blueprint.add_url_rule("/track", "follow", tracking.follow, methods=["POST"])
blueprint.add_url_rule("/track/statement", "add", tracking.add, methods=["POST"])
blueprint.add_url_rule("/track/satisfied", "rate", tracking.rate, methods=["POST"])
