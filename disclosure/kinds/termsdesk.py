"""How lists hang, and which show names 公示时间与公示内容: each county's administrator decides."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from disclosure.catalogue import kind_of
from disclosure.kinds.limits import LIMITS, SURE_WORDS, UNIT_WORDS, Limit, Unit
from disclosure.kinds.terms import (
    CHOSEN_KINDS,
    CHOSEN_LIMITS,
    CountyTerms,
    choose_terms,
    list_terms,
)
from disclosure.wording import kind_words
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.web.addresses import request_locale
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import now, reading, writing

blueprint = Blueprint("terms", __name__, url_prefix="/desk/settings/lists")

FIGURES, NAMED = "figures", "named"
NAMED_WORDS = {
    FIGURES: N_("Figures by village only"),
    NAMED: N_("Rows with names, masked as the county shows names"),
}


class TermsForm(DeskForm):
    """What a county chooses for its lists."""

    review_notice = RadioField(
        _l("For how long does a review notice hang?"),
        validators=[InputRequired(message=_l("Choose for how long a review notice hangs."))],
    )
    temporary_list = RadioField(
        _l("For how long does a list of temporary assistance hang?"),
        validators=[InputRequired(message=_l("Choose for how long such a list hangs."))],
    )
    marginal = RadioField(
        _l("What is shown of families on the margin?"),
        validators=[InputRequired(message=_l("Choose what is shown of these families."))],
    )
    heavy_expense = RadioField(
        _l("What is shown of families of heavy expense?"),
        validators=[InputRequired(message=_l("Choose what is shown of these families."))],
    )


def _field_of(name: str) -> str:
    return name.replace("-", "_")


def _written(days: int, unit: Unit) -> str:
    return f"{days} {unit.value}"


def _window_words(limit: Limit) -> str:
    return _(UNIT_WORDS[limit.unit]) % {"days": limit.days}


def _form(county: CountyTerms) -> TermsForm:
    values = {
        _field_of(name): _written(window.days or 0, window.unit)
        for name, window in county.windows.items()
    } | {_field_of(name): NAMED if named else FIGURES for name, named in county.named.items()}
    form = TermsForm(data=values)
    for name in CHOSEN_LIMITS:
        form[_field_of(name)].choices = [
            SelectChoice(_written(*offer), _window_words(LIMITS[name].chosen(*offer)))
            for offer in LIMITS[name].offered
        ]
    for name in CHOSEN_KINDS:
        form[_field_of(name)].choices = [
            SelectChoice(value, _(words)) for value, words in NAMED_WORDS.items()
        ]
    return form


@blueprint.get("/")
@requires(Permission.MANAGE_USERS)
def index() -> str:
    """Every county of the area with what it has chosen."""
    return render_template(
        "disclosure/desk_terms.html",
        counties=list_terms(reading(), current_actor()),
        window_words=_window_words,
        named_words={named: _(NAMED_WORDS[NAMED if named else FIGURES]) for named in (True, False)},
        limits=CHOSEN_LIMITS,
        kinds=CHOSEN_KINDS,
        kind_words={name: kind_words(kind_of(name), request_locale(), _) for name in CHOSEN_KINDS},
    )


@blueprint.route("/<code>", methods=["GET", "POST"])
@requires(Permission.MANAGE_USERS)
def county(code: str) -> str | Response | tuple[str, int]:
    """Decide for one county."""
    found = next((one for one in list_terms(reading(), current_actor()) if one.code == code), None)
    if found is None:
        abort(404)
    form = _form(found)
    if not form.validate_on_submit():
        page = render_template(
            "disclosure/desk_terms_county.html",
            county=found,
            form=form,
            sources={
                _field_of(name): _(
                    "Rule: %(source)s (%(sure)s).",
                    source=LIMITS[name].citation,
                    sure=_(SURE_WORDS[LIMITS[name].sure]),
                )
                for name in CHOSEN_LIMITS
            },
        )
        return (page, 422) if form.is_submitted() else page
    with writing() as session:
        choose_terms(
            session,
            current_actor(),
            area=code,
            windows={name: _window(form[_field_of(name)].data) for name in CHOSEN_LIMITS},
            named={name: form[_field_of(name)].data == NAMED for name in CHOSEN_KINDS},
            now=now(),
        )
    flash(_("Decided. Lists that are published from now on follow it."), "success")
    return redirect(url_for("terms.index"))


def _window(written: str) -> tuple[int, Unit]:
    days, _space, unit = written.partition(" ")
    return int(days), Unit(unit)
