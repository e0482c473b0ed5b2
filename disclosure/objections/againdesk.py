"""Posting again 重新公示: the administrator decides, county by county, for how many days."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from disclosure.objections.againpolicy import OFFERED_DAYS, choose_days, list_areas
from disclosure.objections.forms import DaysForm
from disclosure.objections.wording import DAYS_WORDS
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing

blueprint = Blueprint("post_again", __name__, url_prefix="/desk/settings/post-again")


@blueprint.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """Every county of the area with what it decided."""
    areas = list_areas(reading(), current_actor())
    return render_template(
        "disclosure/desk_post_again.html",
        areas=areas,
        words={area.code: _(DAYS_WORDS[area.days]) for area in areas},
    )


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def county(code: str) -> str | Response | tuple[str, int]:
    """Decide for one county."""
    area = next((one for one in list_areas(reading(), current_actor()) if one.code == code), None)
    if area is None:
        abort(404)
    form = DaysForm(data={"days": str(area.days)})
    form.days.choices = [SelectChoice(str(days), _(DAYS_WORDS[days])) for days in OFFERED_DAYS]
    if not form.validate_on_submit():
        page = render_template("disclosure/desk_post_again_county.html", area=area, form=form)
        return page, 422 if form.is_submitted() else 200
    with writing() as session:
        choose_days(session, current_actor(), int(form.days.data), area=code, now=now())
    flash(_("Decided. It holds for rows that are decided on from now on."), "success")
    return redirect(url_for("post_again.index"))
