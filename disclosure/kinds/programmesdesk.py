"""Programmes of a county 县级增设项目: the administrator adds one, and ends it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, RadioField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from disclosure.kinds.models import ProgrammeForm
from disclosure.kinds.programmes import (
    APPROVERS,
    LONGEST_BASIS,
    LONGEST_NAME_EN,
    LONGEST_NAME_ZH,
    LONGEST_SLUG,
    NewProgramme,
    add_programme,
    end_programme,
    get_programme,
    list_programmes,
)
from portal.data.regions import Level, list_regions
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, DomainError
from portal.kernel.language import N_
from portal.kernel.permissions import Permission, Role
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("programmes", __name__, url_prefix="/desk/settings/programmes")

FORM_WORDS = {
    ProgrammeForm.STANDING: N_("Paid every month, for as long as it holds"),
    ProgrammeForm.ONE_OFF: N_("Paid once, or each time anew"),
}
FORM_HINTS = {
    ProgrammeForm.STANDING: N_(
        "For example an electricity subsidy. Each new list takes the place of the one before."
    ),
    ProgrammeForm.ONE_OFF: N_(
        "For example an allowance before a holiday. Its list hangs for a number of days."
    ),
}
APPROVER_WORDS = {
    Role.REVIEWER: N_("The reviewer of the county"),
    Role.HEAD: N_("The head of the township's office"),
}


class ProgrammeAddForm(DeskForm):
    """Add a programme 增设项目; the counties are set by the view."""

    area = SelectField(_l("Which county has this programme?"))
    name_zh = StringField(
        _l("Its name in Chinese, as it stands on notices"),
        description=_l("For example 电费补贴."),
        validators=[
            InputRequired(message=_l("Enter its name in Chinese.")),
            Length(max=LONGEST_NAME_ZH, message=_l("Use at most %(max)s characters.")),
        ],
    )
    name_en = StringField(
        _l("Its name in English"),
        description=_l("For example Electricity subsidy."),
        validators=[
            InputRequired(message=_l("Enter its name in English.")),
            Length(max=LONGEST_NAME_EN, message=_l("Use at most %(max)s characters.")),
        ],
    )
    slug = StringField(
        _l("A short name for addresses and files"),
        description=_l("Small letters, digits and hyphens, for example electricity."),
        validators=[
            InputRequired(message=_l("Enter a short name, for example electricity.")),
            Length(max=LONGEST_SLUG, message=_l("Use at most %(max)s characters.")),
        ],
    )
    paid = RadioField(
        _l("How is it paid?"),
        validators=[InputRequired(message=_l("Choose how it is paid."))],
    )
    window_days = StringField(
        _l("If it is paid once: for how many days does a list hang?"),
        description=_l("For example 30. Leave this empty for what is paid every month."),
    )
    approver = RadioField(
        _l("Who approves its lists?"),
        validators=[InputRequired(message=_l("Choose who approves its lists."))],
    )
    basis = StringField(
        _l("Under which rule is it paid?"),
        description=_l("The title and number of the document; it is printed on every notice."),
        validators=[
            InputRequired(message=_l("Enter the rule under which it is paid.")),
            Length(max=LONGEST_BASIS, message=_l("Use at most %(max)s characters.")),
        ],
    )
    since = DateField(
        _l("Since when is it paid?"),
        validators=[InputRequired(message=_l("Enter the day, for example 2026-10-01."))],
    )


class EndForm(DeskForm):
    """End a programme 停止项目."""


def _add_form() -> ProgrammeAddForm:
    form = ProgrammeAddForm()
    counties = list_regions(reading(), [Level.COUNTY], within=current_actor().region_code)
    form.area.choices = [(region.code, region.name) for region in counties]
    form.paid.choices = [SelectChoice(one.value, _(words)) for one, words in FORM_WORDS.items()]
    form.approver.choices = [
        SelectChoice(role.value, _(APPROVER_WORDS[role])) for role in APPROVERS
    ]
    if not form.is_submitted():
        form.since.data = local_date(now())
    return form


@blueprint.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """Every programme of the area, those that go on first."""
    return render_template(
        "disclosure/desk_programmes.html",
        programmes=list_programmes(reading(), current_actor()),
        form_words={form: _(words) for form, words in FORM_WORDS.items()},
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def add() -> str | Response | tuple[str, int]:
    """Add a programme; its lists can be brought in at once."""
    form = _add_form()
    if not form.is_submitted():
        return _add_page(form)
    if not form.validate():
        return _add_page(form), 422
    try:
        with writing() as session:
            add_programme(session, current_actor(), _said(form), now=now())
    except DomainError as refusal:
        field = form[refusal.field] if refusal.field and refusal.field in form else form.slug
        field.errors = [sentence(refusal)]
        return _add_page(form), 422
    flash(_("Added. Its lists can be brought in from now on."), "success")
    return redirect(url_for("programmes.index"))


def _said(form: ProgrammeAddForm) -> NewProgramme:
    days = (form.window_days.data or "").strip()
    return NewProgramme(
        area=form.area.data,
        slug=(form.slug.data or "").strip(),
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        form=ProgrammeForm(form.paid.data),
        approved_by=Role(form.approver.data),
        # What is no number is out of bounds, and the service says which bounds there are.
        window_days=_number(days) if days else None,
        basis=form.basis.data or "",
        since=form.since.data,
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _add_page(form: ProgrammeAddForm) -> str:
    return render_template(
        "disclosure/desk_programmes_new.html",
        form=form,
        hints={one.value: _(words) for one, words in FORM_HINTS.items()},
    )


@blueprint.route("/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def show(kind: str) -> str | Response | tuple[str, int]:
    """One programme, and how to end it."""
    form, error = EndForm(), ""
    if form.validate_on_submit():
        try:
            with writing() as session:
                end_programme(session, current_actor(), kind, now=now())
        except Conflict as refusal:
            error = sentence(refusal)
        else:
            flash(_("Ended. No more lists of it are taken in."), "success")
            return redirect(url_for("programmes.index"))
    programme = get_programme(reading(), current_actor(), kind)
    page = render_template(
        "disclosure/desk_programme.html",
        programme=programme,
        form=form,
        error=error,
        form_words=_(FORM_WORDS[programme.form]),
        approver_words=_(APPROVER_WORDS[programme.approved_by]),
    )
    return (page, 409) if error else page
