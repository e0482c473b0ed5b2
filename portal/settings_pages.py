"""The administrator's settings 系统设置: an index, and a page for each thing that may be chosen."""

from dataclasses import asdict, dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import Field, StringField
from wtforms.validators import ValidationError

from portal.footer import check, choose_footer, find_footer, tidy
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing
from portal.web.languages import sentence

settings_pages = Blueprint("settings", __name__, url_prefix="/desk/settings")


@dataclass(frozen=True)
class Section:
    """One page of the settings, as the index names it."""

    title: str
    text: str
    endpoint: str


# A further page is one line here and its view.
SECTIONS: tuple[Section, ...] = (
    Section(
        N_("Posting a row again"),
        N_("For how many days, after an objection to it was checked: each county decides"),
        "post_again.index",
    ),
    Section(
        N_("How names are shown"),
        N_("On the village board, on the touch screen, on the web: each county decides"),
        "names.index",
    ),
    Section(
        N_("Limits of the procedure"),
        N_("30 and 45 working days, or the 25 and 40 that a county promises"),
        "limits.index",
    ),
    Section(
        N_("How long lists hang, and which show names"),
        N_("Posting windows, and what is shown of families on the margin: each county decides"),
        "terms.index",
    ),
    Section(
        N_("Programmes of the counties"),
        N_("What a county pays beside the programmes of the state"),
        "programmes.index",
    ),
    Section(
        N_("Foot of every page"),
        N_("Who runs the site, its registration numbers, where to report faults"),
        "settings.footer",
    ),
    Section(
        N_("How names are shown"),
        N_("How much of a name stands on the board, the touch screen and the web"),
        "names.index",
    ),
)


def _well_written(_form: DeskForm, field: Field) -> None:
    field.data = tidy(field.name, field.data or "")
    try:
        check(field.name, field.data)
    except Refused as refusal:
        raise ValidationError(sentence(refusal)) from None


class FooterForm(DeskForm):
    """The foot of every page 页脚信息; what is left empty is not shown."""

    organiser = StringField(
        _l("Organiser of the site"),
        description=_l("If left empty: the civil-affairs unit of the widest area."),
        validators=[_well_written],
    )
    undertaker = StringField(_l("Run by"), validators=[_well_written])
    phone = StringField(
        _l("Telephone of the site"),
        description=_l("For example 0954-0000000."),
        validators=[_well_written],
    )
    site_code = StringField(
        _l("Site code of a government website"),
        description=_l("10 characters, for example 6404000001."),
        validators=[_well_written],
    )
    icp = StringField(
        _l("ICP registration"),
        description=_l("For example 宁ICP备12345678号-1."),
        validators=[_well_written],
    )
    police = StringField(
        _l("Police registration"),
        description=_l("For example 宁公网安备64040202000001号."),
        validators=[_well_written],
    )
    faults_url = StringField(
        _l("Address of “Report a fault of a government website”"),
        description=_l("The whole address assigned to this site; it becomes a plain link."),
        validators=[_well_written],
    )


@settings_pages.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """What an administrator may choose."""
    return render_template("portal/desk_settings.html", sections=SECTIONS)


@settings_pages.route("/footer", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def footer() -> str | Response | tuple[str, int]:
    """The foot of every public page."""
    form = FooterForm(data=asdict(find_footer(reading())))
    if not form.is_submitted():
        return render_template("portal/desk_settings_footer.html", form=form)
    if not form.validate():
        return render_template("portal/desk_settings_footer.html", form=form), 422
    values = {name: form[name].data for name in asdict(find_footer(reading()))}
    with writing() as session:
        choose_footer(session, current_actor(), values, now=now())
    flash(_("The foot of every page has been changed."), "success")
    return redirect(url_for("settings.index"))
