"""How names are shown 姓名公示方式: the administrator decides, county by county and by channel."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from disclosure.namepolicy import AreaPolicy, choose_policy, list_policies
from portal.kernel.language import N_
from portal.kernel.masking import Channel, MaskingPolicy, NameStyle, mask_name
from portal.kernel.permissions import Permission
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing

blueprint = Blueprint("names", __name__, url_prefix="/desk/settings/names")

# People who do not exist, of two, three and four characters.
EXAMPLES = ("马伟", "王秀英", "尉迟敬德")

STYLE_WORDS = {
    NameStyle.WHOLE: N_("The whole name"),
    NameStyle.SURNAME_AND_LAST: N_("Surname and last character"),
    NameStyle.SURNAME: N_("Surname alone"),
}
# What the rules let a county choose on each channel.
OFFERED = {
    Channel.BOARD: (NameStyle.SURNAME_AND_LAST, NameStyle.WHOLE, NameStyle.SURNAME),
    Channel.KIOSK: (NameStyle.SURNAME_AND_LAST, NameStyle.SURNAME),
    Channel.WEB: (NameStyle.SURNAME, NameStyle.SURNAME_AND_LAST),
}


def example(channel: Channel, style: NameStyle) -> str:
    """Return what ``style`` shows of the example names."""
    policy = MaskingPolicy.from_mapping({channel.value: style.value})
    return "、".join(mask_name(name, channel, policy) for name in EXAMPLES)


class PolicyForm(DeskForm):
    """How names are shown, channel by channel."""

    board = RadioField(
        _l("On the village's own notice board"),
        description=_l(
            "Neighbours can hardly judge 马*, so many counties show the whole name of the "
            "household's head there; others forbid it. Whole names are kept sealed, for the poster "
            "alone, and forgotten with the list."
        ),
        validators=[InputRequired(message=_l("Choose how names are shown on the board."))],
    )
    kiosk = RadioField(
        _l("On the township's touch screen"),
        validators=[InputRequired(message=_l("Choose how names are shown on the touch screen."))],
    )
    web = RadioField(
        _l("On the web"),
        description=_l("Everybody in the world can read it, and copies stay."),
        validators=[InputRequired(message=_l("Choose how names are shown on the web."))],
    )


def _form(area: AreaPolicy) -> PolicyForm:
    # Where nobody has decided nothing is chosen beforehand: it is a question.
    form = PolicyForm(data=area.policy.as_mapping() if area.decided else None)
    for channel, styles in OFFERED.items():
        form[channel.value].choices = [
            SelectChoice(style.value, _(STYLE_WORDS[style])) for style in styles
        ]
    return form


@blueprint.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """Every county of the area with its policy."""
    areas = list_policies(reading(), current_actor())
    return render_template(
        "disclosure/desk_names.html",
        areas=areas,
        shown={area.code: _shown(area.policy) for area in areas},
    )


def _shown(policy: MaskingPolicy) -> list[str]:
    return [example(channel, policy.style(channel)) for channel in OFFERED]


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def county(code: str) -> str | Response | tuple[str, int]:
    """Decide for one county."""
    area = next(
        (one for one in list_policies(reading(), current_actor()) if one.code == code), None
    )
    if area is None:
        abort(404)
    form = _form(area)
    if not form.validate_on_submit():
        return _show(area, form), 422 if form.is_submitted() else 200
    chosen = {channel.value: form[channel.value].data for channel in OFFERED}
    with writing() as session:
        choose_policy(
            session, current_actor(), MaskingPolicy.from_mapping(chosen), area=code, now=now()
        )
    flash(_("Decided. Lists that are brought in from now on show names this way."), "success")
    return redirect(url_for("names.index"))


def _show(area: AreaPolicy, form: PolicyForm) -> str:
    return render_template(
        "disclosure/desk_names_county.html",
        area=area,
        form=form,
        hints={
            channel.value: {style.value: example(channel, style) for style in styles}
            for channel, styles in OFFERED.items()
        },
    )
