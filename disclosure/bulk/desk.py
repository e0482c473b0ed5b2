"""The desk's pages for bulk approval 批量审批: filter, see what stands out, sample, decide."""

import re
from enum import StrEnum

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from disclosure.bulk import sitting as sittings
from disclosure.bulk.models import Decision, SittingState
from disclosure.bulk.presenting import page_words, totals_of
from disclosure.bulk.urgent import urgent_things
from disclosure.bulk.viewing import SittingView, list_sample, view_sitting
from disclosure.bulk.waiting import (
    MOST_AT_ONCE,
    Show,
    Waiting,
    WaitingLine,
    Wanted,
    lines_of,
    list_waiting,
)
from disclosure.catalogue import find_kind
from disclosure.corrections.queries import list_waiting as list_waiting_corrections
from disclosure.forms import ReturnForm
from portal.data.ids import new_id
from portal.data.regions import is_code
from portal.kernel.errors import DomainError, NotFound, Refused
from portal.kernel.period import PeriodError, parse_period
from portal.kernel.permissions import Permission
from portal.web.guards import current_actor, requires
from portal.web.installation import installation, now, reading, writing
from portal.web.languages import sentence

blueprint = Blueprint("approvals", __name__, url_prefix="/desk/approvals")

LOOK_AGAIN_S = 2
_CHOICE = re.compile(r"([0-9a-f]{32}):([0-9a-f]{64})")
_KEY = re.compile(r"[0-9a-f]{32}")


class Ticks(StrEnum):
    """Which boxes are ticked before anybody touches them."""

    CALM = "calm"  # lists of which nothing stands out
    ALL = "all"
    NONE = "none"


@blueprint.get("/")
@requires(Permission.APPROVE_LIST)
def index() -> str:
    """Every list that waits for approval, what is urgent and what stands out first."""
    wanted = _wanted(request.args)
    waiting = list_waiting(reading(), current_actor(), wanted, now=now())
    ticked = _ticked(waiting, request.args.get("tick", ""))
    return _list_page(waiting, wanted, ticked)


def _list_page(waiting: Waiting, wanted: Wanted, ticked: frozenset[str], error: str = "") -> str:
    return render_template(
        "disclosure/desk_approvals.html",
        waiting=waiting,
        wanted=wanted,
        query=_query(wanted),
        ticked=ticked,
        urgent=urgent_things(waiting.lines, list_waiting_corrections(reading(), current_actor())),
        sitting_id=new_id(),
        most=MOST_AT_ONCE,
        error=error,
        **page_words(),
    )


def _wanted(given: MultiDict[str, str]) -> Wanted:
    """Return the filter that was given; what cannot be meant is left out of it."""
    kind = find_kind(reading(), given.get("kind", "").replace("\0", ""))
    area, show = given.get("area", ""), given.get("show", "")
    return Wanted(
        kind=kind.id if kind else "",
        period=_period(given.get("period", "")),
        area=area if is_code(area) else "",
        show=Show(show) if show in list(Show) else Show.ALL,
        mine=given.get("mine", "") == "yes",
    )


def _period(text: str) -> str:
    try:
        return parse_period(text).text
    except PeriodError:
        return ""


def _query(wanted: Wanted) -> dict[str, str]:
    """Return the filter as the fields of an address."""
    found = {"kind": wanted.kind, "period": wanted.period, "area": wanted.area}
    found["show"] = "" if wanted.show is Show.ALL else wanted.show.value
    found["mine"] = "yes" if wanted.mine else ""
    return {name: value for name, value in found.items() if value}


def _ticked(waiting: Waiting, wish: str) -> frozenset[str]:
    def is_ticked(line: WaitingLine) -> bool:
        return wish == Ticks.ALL or (wish != Ticks.NONE and not line.remarks)

    return frozenset(line.id for line in waiting.lines if line.may_be_chosen and is_ticked(line))


@blueprint.post("/")
@requires(Permission.APPROVE_LIST)
def choose() -> BaseResponse | tuple[str, int]:
    """Take the choice with the digests that stood on the page: to look at it, or to approve it."""
    actor, moment = current_actor(), now()
    approve = request.form.get("do") == Decision.APPROVE
    try:
        choice = _choice(request.form.getlist("list"))
        with writing() as session:
            key = sittings.begin_sitting(session, actor, _sitting_id(), choice, now=moment)
            if approve:
                sittings.decide(session, actor, key, Decision.APPROVE, now=moment)
            else:
                sittings.draw_sample(session, actor, key, new_id(), now=moment)
    except Refused as refusal:
        wanted = _wanted(request.form)
        waiting = list_waiting(reading(), actor, wanted, now=moment)
        ticked = frozenset(value[:32] for value in request.form.getlist("list"))
        return _list_page(waiting, wanted, ticked, sentence(refusal)), 422
    return redirect(_show(key))


def _choice(values: list[str]) -> dict[str, str]:
    """Return the digests by list, in their order; what this page never wrote is no list."""
    choice = {}
    for value in values:
        found = _CHOICE.fullmatch(value)
        if found is None:
            raise NotFound(sittings.NO_SUCH_LIST)
        choice[found[1]] = found[2]
    return choice


def _sitting_id() -> str:
    given = request.form.get("sitting", "")
    return given if _KEY.fullmatch(given) else new_id()


def _show(sitting_id: str) -> str:
    return url_for("approvals.show", sitting_id=sitting_id)


@blueprint.get("/<sitting_id>")
@requires(Permission.APPROVE_LIST)
def show(sitting_id: str) -> Response:
    """A sitting: what was chosen and drawn by lot, then how far it is, then what became of it."""
    view = view_sitting(reading(), current_actor(), sitting_id)
    if view.state is SittingState.OPEN:
        return Response(_open_page(view))
    response = Response(
        render_template(
            "disclosure/desk_approvals_results.html",
            view=view,
            still="still" in request.args,
            **page_words(),
        )
    )
    running = view.state is SittingState.RUNNING and not view.has_stopped
    if running and "still" not in request.args:
        response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


def _open_page(view: SittingView, return_form: ReturnForm | None = None) -> str:
    actor = current_actor()
    lines = lines_of(reading(), actor, [item.submission_id for item in view.items], now=now())
    chosen = [lines[item.submission_id] for item in view.items if item.submission_id in lines]
    sample = list_sample(reading(), actor, view.id, open_parcel=installation().keys.open_names)
    return render_template(
        "disclosure/desk_approvals_sample.html",
        view=view,
        lines=chosen,
        waiting=sum(line.may_be_chosen for line in chosen),
        totals=totals_of(chosen),
        sample=sample,
        return_form=return_form or ReturnForm(formdata=None),
        **page_words(),
    )


@blueprint.post("/<sitting_id>/sample")
@requires(Permission.APPROVE_LIST)
def draw_again(sitting_id: str) -> BaseResponse:
    """Draw another sample."""
    with writing() as session:
        sittings.draw_sample(session, current_actor(), sitting_id, new_id(), now=now())
    return redirect(_show(sitting_id))


@blueprint.post("/<sitting_id>/approve")
@requires(Permission.APPROVE_LIST)
def approve(sitting_id: str) -> BaseResponse:
    """Approve every list of the sitting by the digest that was shown."""
    with writing() as session:
        sittings.decide(session, current_actor(), sitting_id, Decision.APPROVE, now=now())
    return redirect(_show(sitting_id))


@blueprint.post("/<sitting_id>/return")
@requires(Permission.APPROVE_LIST)
def return_all(sitting_id: str) -> BaseResponse | tuple[str, int]:
    """Return every list of the sitting to its clerk, with one reason."""
    form, actor = ReturnForm(), current_actor()
    if form.validate():
        reason = form.reason.data or ""
        try:
            with writing() as session:
                sittings.decide(session, actor, sitting_id, Decision.RETURN, reason, now=now())
        except NotFound:
            raise
        except DomainError as refusal:
            form.reason.errors = [sentence(refusal)]
        else:
            return redirect(_show(sitting_id))
    return _open_page(view_sitting(reading(), actor, sitting_id), form), 422
