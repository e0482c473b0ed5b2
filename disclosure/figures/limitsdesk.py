"""Limits of the procedure 办理时限: the administrator says, county by county, what is promised."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from disclosure.figures.limits import OFFERED, AreaLimits, choose_limits, list_limits
from disclosure.figures.stages import BASIS, ProcedureLimits
from portal.kernel.permissions import Permission
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing

blueprint = Blueprint("limits", __name__, url_prefix="/desk/settings/limits")


class LimitsForm(DeskForm):
    """Which limits hold in a county."""

    limits = RadioField(
        _l("How long may the whole procedure take?"),
        description=_l(
            "From the application to the confirmation. The figures of the procedure's stages are "
            "held against it on the public page."
        ),
        validators=[InputRequired(message=_l("Choose which limits hold."))],
    )


def limits_words(limits: ProcedureLimits) -> str:
    """Return limits as a sentence says them."""
    words = _(
        "%(usual)s working days, %(hard)s in hard cases", usual=limits.usual, hard=limits.hard
    )
    return words + (_(" (promised by the county)") if limits.promised else f" ({BASIS})")


@blueprint.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """Every county of the area with its limits."""
    return render_template(
        "disclosure/desk_limits.html",
        areas=list_limits(reading(), current_actor()),
        words=limits_words,
    )


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def county(code: str) -> str | Response | tuple[str, int]:
    """Decide for one county."""
    area = next((one for one in list_limits(reading(), current_actor()) if one.code == code), None)
    if area is None:
        abort(404)
    form = _form(area)
    if not form.validate_on_submit():
        body = render_template("disclosure/desk_limits_county.html", area=area, form=form)
        return body, 422 if form.is_submitted() else 200
    with writing() as session:
        choose_limits(session, current_actor(), form.limits.data or "", area=code, now=now())
    flash(_("Decided. The public page holds the figures against these limits."), "success")
    return redirect(url_for("limits.index"))


def _form(area: AreaLimits) -> LimitsForm:
    chosen = next(name for name, limits in OFFERED.items() if limits == area.limits)
    form = LimitsForm(data={"limits": chosen})
    form.limits.choices = [(name, limits_words(limits)) for name, limits in OFFERED.items()]
    return form
