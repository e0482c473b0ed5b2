"""The desk's part in fund figures 资金发放报送: a file comes in, differences are explained."""

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from disclosure.figures.desk import render_set
from disclosure.figures.differences import differences_in, matched_lines_of
from disclosure.figures.fundforms import Typed, stated_in
from disclosure.figures.funding import bring_in_funds, explain_differences, prepare_funds
from disclosure.figures.queries import get_figure_set
from disclosure.importing import stored_problem
from disclosure.intake.kinds import Kind
from disclosure.queries import get_intake_place
from disclosure.uploads.learning import get_learned
from disclosure.uploads.waitingdesk import unusable_page
from portal.data.accounts import Actor
from portal.kernel.errors import DomainError, Forbidden, NotFound
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.web.forms import DeskForm
from portal.web.guards import current_actor, requires
from portal.web.installation import end_reading, installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("funds_desk", __name__, url_prefix="/desk/figures")


def take_in_funds(
    actor: Actor, region_code: str, period: str, file: FileStorage
) -> BaseResponse | tuple[str, int]:
    """Store a fund file as a draft and lead to it, or show everything that is wrong with it.

    Raises DomainError where it cannot be stored for another reason.
    """
    actor.require(Permission.PREPARE_DISCLOSURE, within=region_code)
    wanted = parse_period(period)
    place = get_intake_place(reading(), region_code)
    learned = get_learned(reading(), region_code, Kind.FUNDS)
    end_reading()
    prepared = prepare_funds(
        file.stream.read(),
        filename=file.filename or "",
        place=place,
        period=wanted,
        keys=installation().keys,
        now=now(),
        learned=learned,
    )
    if prepared.is_unusable or prepared.has_errors:
        return unusable_page(None, [stored_problem(one) for one in prepared.checked.problems]), 422
    with writing() as session:
        found = bring_in_funds(session, actor, prepared, now=now())
    if found.repeated:
        flash(_("This file is here already; nothing was stored twice."), "info")
    return redirect(url_for("figures_desk.show", set_id=found.set_id))


class ExplainForm(DeskForm):
    """State why fund figures differ from the lists 说明差异; its fields go by the lines."""


@blueprint.post("/<set_id>/explain")
@requires(Permission.PREPARE_DISCLOSURE)
def explain(set_id: str) -> BaseResponse:
    """Take the reasons that the clerk states."""
    actor, form = current_actor(), ExplainForm()
    get_figure_set(reading(), actor, set_id)
    if not form.validate():
        abort(400)
    differences = differences_in(matched_lines_of(reading(), set_id, now=now()))
    stated, errors = stated_in(request.form, differences)
    if not errors and stated:
        end_reading()
        try:
            with writing() as session:
                explain_differences(session, actor, set_id, stated, now=now())
        except (NotFound, Forbidden):
            raise
        except DomainError as refusal:
            at = (refusal.field or "").rpartition("-")[2]
            if not at.isdecimal():
                flash(sentence(refusal), "error")
            else:
                errors[int(at)] = sentence(refusal)
    if errors:
        typed = Typed(request.form.to_dict(), errors)
        return Response(render_set(set_id, typed=typed), status=422)
    if stated:
        flash(_("The reasons are stated. Residents will read them beside the figures."), "success")
    return redirect(url_for("figures_desk.show", set_id=set_id))
