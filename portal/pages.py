"""Pages that join disclosure and complaints: home, a place, the desk's first page, health."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from complaints.queries import PublicStatistics, desk_counts, public_statistics
from complaints.tracks import TRACKS
from disclosure.bulk.waiting import count_mine
from disclosure.corrections.queries import count_waiting as count_waiting_corrections
from disclosure.documents.queries import DOCUMENTS_KEY
from disclosure.documents.views import helpers_near
from disclosure.feed import list_feed_page
from disclosure.figures.fundviews import newest_funds
from disclosure.figures.kindviews import stages_of
from disclosure.figures.service import FIGURES_KEY
from disclosure.intake.kinds import Kind
from disclosure.listings import (
    Cards,
    earliest,
    figures_of_area,
    list_newest,
    list_notices_of,
)
from disclosure.logbook.views import log_refusal, public_words
from disclosure.namepolicy import list_policies
from disclosure.objections.queries import count_for
from disclosure.publication import HOME_KEY, notice_key, region_key
from disclosure.queries import NoticeCard, place_ref
from disclosure.wording import STATE_WORDS, heading, kind_words, place_words
from portal.data.accounts import Actor, Unit, UnitKind, list_units_of
from portal.data.audit import list_audit
from portal.data.regions import (
    Region,
    code_prefix,
    find_area_served,
    find_region,
    is_code,
    list_sub_regions,
    path_of,
)
from portal.kernel.permissions import Permission
from portal.web.addresses import request_locale
from portal.web.guards import current_actor, public, requires, signed_in_user
from portal.web.installation import now, reading
from portal.web.publishing import Answer, published

public_pages = Blueprint("pages", __name__)
desk_pages = Blueprint("desk", __name__, url_prefix="/desk")
health_pages = Blueprint("health", __name__)

# So many of the newest lists stand on the first page and on that of a township or county.
NEWEST_WITHIN = 6
NOTHING = Cards((), None)


@dataclass(frozen=True)
class NavItem:
    """One entry of the desk's navigation."""

    label: str
    url: str
    current: bool


def _card_values(card: NoticeCard) -> dict[str, object]:
    locale = request_locale()
    return {
        "title": heading(card, locale, _),
        "url": url_for("notices.notice", notice_id=card.id),
        "place": place_words(card.place, locale),
        "kind": kind_words(card.of_kind, locale, _),
        "state": card.state.value,
        "state_text": _(STATE_WORDS[card.state]),
        "published_on": card.posted_from,
        "posted_from": card.posted_from,
        "posted_to": card.posted_to,
        "households": card.households,
        "persons": card.persons,
        "amount": card.amount_fen if card.of_kind.looks.total else None,
    }


def _place_values(region: Region) -> dict[str, str]:
    ref = place_ref(region)
    return {
        "name": place_words(ref, request_locale()),
        "url": url_for("pages.place", code=region.code),
        "initial": ref.initials[:1].upper(),
    }


def _contacts(codes: Sequence[str]) -> list[dict[str, object]]:
    return [_contact_values(unit) for unit in list_units_of(reading(), codes)]


def _contact_values(unit: Unit) -> dict[str, object]:
    note = _("Takes reports on officials") if unit.kind is UnitKind.DISCIPLINE else None
    return {"unit": unit.name, "phones": [unit.phone], "address": unit.address, "note": note}


def _ways_in() -> list[dict[str, str]]:
    return [
        {
            "url": url_for("complaints.start", about=track.value),
            "question": _(policy.question),
            "answered_by": _(policy.answered_by),
        }
        for track, policy in TRACKS.items()
    ]


@public_pages.get("/")
@public
@published
def home() -> Answer:
    """The home page 首页: choose a place, the newest notices, the figures at a glance."""
    session, moment = reading(), now()
    area = find_area_served(session)
    newest = list_newest(session, now=moment, limit=NEWEST_WITHIN)
    prefix = code_prefix(area.code) if area else ""
    figures = figures_of_area(session, prefix, Kind.STANDING, now=moment)
    body = render_template(
        "portal/home.html",
        area=area and place_words(place_ref(area), request_locale()),
        places=[
            _place_values(sub) for sub in (list_sub_regions(session, area.code) if area else ())
        ],
        notices=[_card_values(card) for card in newest.cards],
        figures=figures,
        ways_in=_ways_in(),
        contacts=_contacts([area.code] if area else []),
    )
    keys = [HOME_KEY, *(notice_key(card.id) for card in newest.cards)]
    return Answer(body, keys, fresh_until=earliest([newest.next_change_at, figures.next_change_at]))


@public_pages.get("/r/<code>")
@public
@published
def place(code: str) -> Answer:
    """A place 地区: its notices and figures, what lies inside it, whom to call."""
    session, moment = reading(), now()
    region = find_region(session, code) if is_code(code) else None
    if region is None:
        abort(404)
    path = path_of(session, code)
    notices = list_notices_of(session, code, now=moment)
    below = list_sub_regions(session, code)
    newest = _newest_within(region, moment) if below and not notices.cards else NOTHING
    figures = figures_of_area(session, code_prefix(code), Kind.STANDING, now=moment)
    statistics = public_statistics(session, code, now=moment)
    locale = request_locale()
    body = render_template(
        "portal/place.html",
        region=region,
        name=place_words(place_ref(region), locale),
        path=[_place_values(above) for above in path],
        places=[_place_values(sub) for sub in below],
        notices=[_card_values(card) for card in notices.cards],
        newest=[_card_values(card) for card in newest.cards],
        figures=figures,
        funds=(funds := newest_funds(code) if below else None),
        stages=stages_of(code) if below else None,
        helpers=helpers_near(region),
        statistics=_statistics_lines(statistics),
        contacts=_contacts([above.code for above in reversed(path)]),
    )
    changes = [notices.next_change_at, newest.next_change_at, figures.next_change_at]
    changes.append(funds.fresh_until if funds else None)
    return Answer(
        body,
        [FIGURES_KEY, DOCUMENTS_KEY, *_place_keys([*notices.cards, *newest.cards], code)],
        fresh_until=earliest([*changes, statistics.until]),
    )


def _newest_within(region: Region, moment: datetime) -> Cards:
    """Return the newest lists of everything in a place; the place's key covers what comes later."""
    page = list_feed_page(
        reading(), code_prefix(region.code), page=1, now=moment, limit=NEWEST_WITHIN
    )
    return Cards(tuple(entry.card for entry in page.entries), page.next_change_at)


def _statistics_lines(statistics: PublicStatistics) -> list[list[str]]:
    few = _("fewer than 3")
    numbers = [
        (_("Received"), statistics.filed),
        (_("Answered"), statistics.answered),
        (_("Closed"), statistics.closed),
    ]
    return [[label, few if number is None else f"{number:,}"] for label, number in numbers]


def _place_keys(cards: Iterable[NoticeCard], code: str) -> list[str]:
    return [region_key(code), *(notice_key(card.id) for card in cards)]


def desk_navigation() -> list[NavItem]:
    """Return what the signed-in member of staff may go to."""
    user = signed_in_user()
    if user is None or user.must_change_password:
        return []
    actor = current_actor()
    entries = [(_("My desk"), "desk.home", Permission.DESK)]
    entries.append((_("Lists"), "lists.index", Permission.VIEW_LISTS))
    entries.append((_("Approvals"), "approvals.index", Permission.APPROVE_LIST))
    entries.append((_("Objections"), "objections.index", Permission.VIEW_OBJECTIONS))
    entries.append((_("Figures"), "figures_desk.index", Permission.VIEW_LISTS))
    entries.append((_("Documents"), "documents_desk.index", Permission.VIEW_LISTS))
    entries.append((_("Complaints"), "complaints_desk.index", Permission.VIEW_COMPLAINTS))
    entries.append((_("Audit log"), "desk.audit_log", Permission.VIEW_AUDIT))
    entries.append((_("Settings"), "settings.index", Permission.MANAGE_USERS))
    here = request.endpoint or ""
    return [
        NavItem(label, url_for(endpoint), _same_part(here, endpoint))
        for label, endpoint, permission in entries
        if actor.may(permission)
    ]


def _same_part(here: str, endpoint: str) -> bool:
    part = endpoint.partition(".")[0]
    return here == endpoint if part == "desk" else here.startswith(part + ".")


@desk_pages.get("/", endpoint="home")
@requires(Permission.DESK)
def home_of_staff() -> str:
    """The desk's first page: what waits for this person."""
    actor = current_actor()
    counts = desk_counts(reading(), actor, now()) if actor.may(Permission.VIEW_COMPLAINTS) else None
    return render_template(
        "portal/desk_home.html",
        actor=actor,
        Permission=Permission,
        undecided=_undecided(actor),
        waiting_lists=count_mine(reading(), actor) + count_waiting_corrections(reading(), actor),
        waiting_rows=count_for(reading(), actor),
        complaint_counts=counts,
    )


def _undecided(actor: Actor) -> list[str]:
    """Return the counties for which this administrator still has to decide on names."""
    if not actor.may(Permission.MANAGE_USERS):
        return []
    return [area.name for area in list_policies(reading(), actor) if not area.decided]


@desk_pages.get("/audit")
@requires(Permission.VIEW_AUDIT)
def audit_log() -> str:
    """The audit log 审计日志, newest first; it can be read, never changed."""
    before = request.args.get("before", type=int)
    entries = list_audit(reading(), before_id=before, limit=100)
    return render_template("portal/desk_audit.html", entries=entries)


@health_pages.get("/healthz")
@public
def healthz() -> Response:
    """Whether the process answers."""
    return jsonify({"status": "ok", "checks": {}})


@health_pages.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether the portal can do its work: the database answers, and extends the public log."""
    try:
        refusal = log_refusal()
    except SQLAlchemyError:
        return jsonify({"status": "unavailable", "checks": {"database": "unreachable"}}), 503
    if refusal is not None:
        checks = {"database": "ok", "log": public_words(refusal)}
        return jsonify({"status": "unavailable", "checks": checks}), 503
    return jsonify({"status": "ok", "checks": {"database": "ok", "log": "ok"}}), 200
