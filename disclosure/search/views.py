"""The page of search 搜索页: one line to search with, three filters, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from disclosure.catalogue import list_kinds
from disclosure.documents.kinds import KIND_FACTS
from disclosure.queries import PlaceRef, place_ref
from disclosure.search.asked import LONGEST_QUERY, Asked, Filters, TooLong, parse_query
from disclosure.search.entries import Section
from disclosure.search.finding import Question, Results, find
from disclosure.search.live import Found
from disclosure.search.opening import open_index
from disclosure.wording import STATE_WORDS, heading, kind_words, period_words, place_words
from portal.data.regions import (
    Level,
    Region,
    find_area_served,
    find_region,
    is_code,
    list_regions,
    list_sub_regions,
    path_of,
)
from portal.kernel.clock import local_date
from portal.kernel.language import N_
from portal.kernel.period import PeriodError, PeriodKind, month_period, parse_period
from portal.web.addresses import request_locale
from portal.web.guards import public
from portal.web.installation import installation, now, reading
from portal.web.languages import sentence

blueprint = Blueprint("search", __name__)

MONTHS_OFFERED = 24
MOST_AREAS = 400
SECTION_NAMES = {
    Section.PLACES: "places",
    Section.NOTICES: "notices",
    Section.DOCUMENTS: "documents",
}
SECTION_WORDS = {
    Section.PLACES: N_("Places"),
    Section.NOTICES: N_("Notices"),
    Section.DOCUMENTS: N_("Policies and guides"),
}
SIMILAR_WORDS = {
    Section.PLACES: N_("Places that sound similar"),
    Section.NOTICES: N_("Notices of places that sound similar"),
    Section.DOCUMENTS: N_("Policies and guides that sound similar"),
}


@dataclass(frozen=True)
class Choice:
    """One line of a filter."""

    value: str
    text: str
    selected: bool


@dataclass(frozen=True)
class Chip:
    """A link to one section of the results, with how many it has."""

    text: str
    count: str
    url: str
    current: bool


@dataclass(frozen=True)
class Group:
    """Results of one section that stand together on the page."""

    section: str
    title: str
    items: list[dict[str, object]]


@blueprint.get("/search")
@public
def results() -> Response:
    """Search 搜索 places, notices and documents; never a person. The query is kept nowhere."""
    typed, refusal = request.args.get("q", ""), None
    try:
        asked = parse_query(typed)
    except TooLong as error:
        asked, refusal = Asked(()), sentence(error)
    question = _question(asked) if refusal is None else Question(asked)
    session, moment = reading(), now()
    index = open_index(installation().sessions, installation().settings.data_folder)
    found = find(session, index, question, now=moment)
    body = render_template(
        "disclosure/search.html",
        typed=typed[:LONGEST_QUERY],
        refusal=refusal,
        asked=bool(question),
        narrowed=bool(question.filters),
        results=found,
        chips=_chips(question, found),
        groups=_groups(found.found, _understood(session)),
        suggestion=found.suggestion and _Suggestion(found.suggestion, _url(q=found.suggestion)),
        page_url=lambda page: _url(page=page if page > 1 else None),
        areas=_areas(session, question.filters.area),
        kinds=_kinds(question.filters.kind),
        months=_months(question.filters.month, moment),
        counties=_counties(session),
        longest=LONGEST_QUERY,
    )
    response = make_response(body, 200 if refusal is None else 422)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@dataclass(frozen=True)
class _Suggestion:
    text: str
    url: str


def _question(asked: Asked) -> Question:
    """Return what the address asks for; what no filter knows is left out."""
    area, kind = request.args.get("place", ""), request.args.get("kind", "")
    only = {name: section for section, name in SECTION_NAMES.items()}
    return Question(
        asked,
        Filters(
            area=area if is_code(area) else "",
            kind=kind if kind in _kind_words() else "",
            month=_month(request.args.get("month", "")),
        ),
        only=only.get(request.args.get("what", "")),
        page=request.args.get("page", 1, type=int),
    )


def _month(text: str) -> str:
    try:
        period = parse_period(text)
    except PeriodError:
        return ""
    return period.text if period.kind is PeriodKind.MONTH else ""


def _url(**changes: Any) -> str:
    """Return this page's address with ``changes``; another query begins on its first page."""
    kept = {
        name: request.args[name]
        for name in ("q", "place", "kind", "month", "what")
        if request.args.get(name)
    }
    return url_for("search.results", **{**kept, **changes})


def _chips(question: Question, found: Results) -> list[Chip]:
    if not found.total or found.without_index:
        return []
    counts = [found.counts[section] for section in Section]
    whole = _count_words(found.total, any(count >= found.counted for count in counts))
    chips = [Chip(_("All"), whole, _url(what=None), question.only is None)]
    for section, words in SECTION_WORDS.items():
        count, name = found.counts[section], SECTION_NAMES[section]
        if count or question.only is section:
            more = count >= found.counted
            current = question.only is section
            chips.append(Chip(_(words), _count_words(count, more), _url(what=name), current))
    return chips


def _count_words(count: int, more: bool) -> str:
    """Return how many there are; beyond a point only that there are more."""
    return f"{count:,}+" if more else f"{count:,}"


def _groups(found: Sequence[Found], understood: frozenset[str]) -> list[Group]:
    show = {Section.PLACES: _place, Section.NOTICES: _notice, Section.DOCUMENTS: _document}
    return [
        Group(
            SECTION_NAMES[section],
            _((SIMILAR_WORDS if similar else SECTION_WORDS)[section]),
            [show[section](one, understood) for one in members],
        )
        for (section, similar), members in groupby(found, key=attrgetter("section", "similar"))
    ]


def _understood(session: Session) -> frozenset[str]:
    """Return the places that no path needs to name: the one that the site is about, and above."""
    area = find_area_served(session)
    return frozenset(region.code for region in path_of(session, area.code)) if area else frozenset()


def _path_words(path: Sequence[PlaceRef], understood: frozenset[str]) -> str:
    return " › ".join(place.name for place in path if place.code not in understood)


def _place(found: Found, understood: frozenset[str]) -> dict[str, object]:
    place = found.path[-1]
    return {
        "title": place_words(place, request_locale()),
        "url": url_for("pages.place", code=place.code),
        "path": _path_words(found.path[:-1], understood),
    }


def _notice(found: Found, understood: frozenset[str]) -> dict[str, object]:
    card = found.notice
    if card is None:
        raise TypeError("a result of this section has a notice")
    return {
        "title": heading(card, request_locale(), _),
        "url": url_for("notices.notice", notice_id=card.id),
        "place": _path_words(found.path, understood),
        "kind": kind_words(card.of_kind, request_locale(), _),
        "state": card.state.value,
        "state_text": _(STATE_WORDS[card.state]),
        "published_on": card.posted_from,
        "posted_from": card.posted_from,
        "posted_to": card.posted_to,
    }


def _document(found: Found, understood: frozenset[str]) -> dict[str, object]:
    card = found.document
    if card is None:
        raise TypeError("a result of this section has a document")
    return {
        "title": card.title,
        "url": url_for("documents.document", document_id=card.id),
        "path": _path_words(found.path, understood),
        "kind": _(KIND_FACTS[card.kind].word),
        "published_on": local_date(card.published_at),
        "text": card.summary,
    }


def _kind_words() -> dict[str, str]:
    locale = request_locale()
    notices = {kind.id: kind_words(kind, locale, _) for kind in list_kinds(reading())}
    return notices | {kind.value: _(facts.word) for kind, facts in KIND_FACTS.items()}


def _kinds(chosen: str) -> list[Choice]:
    return [Choice(value, word, value == chosen) for value, word in _kind_words().items()]


def _months(chosen: str, moment: datetime) -> list[Choice]:
    """Return the months that a list is likely to be about, the newest first."""
    today = local_date(moment)
    last = today.year * 12 + today.month  # next month, counted from the year 0
    numbers = range(last, last - MONTHS_OFFERED, -1)
    periods = [month_period(*_year_and_month(number)) for number in numbers]
    if chosen and chosen not in {period.text for period in periods}:
        periods.append(parse_period(chosen))
    return [
        Choice(period.text, period_words(period, _), period.text == chosen) for period in periods
    ]


def _year_and_month(number: int) -> tuple[int, int]:
    return number // 12, number % 12 + 1


def _areas(session: Session, chosen: str) -> list[Choice]:
    """Return the places to narrow the search to: counties with their townships below them."""
    levels = [Level.COUNTY, Level.TOWNSHIP]
    areas = list(list_regions(session, levels, limit=MOST_AREAS + 1))
    if len(areas) > MOST_AREAS:
        levels = [Level.CITY, Level.COUNTY]
        areas = list(list_regions(session, levels, limit=MOST_AREAS))
    if chosen and chosen not in {area.code for area in areas}:
        areas += [region] if (region := find_region(session, chosen)) else []
    return [Choice(area.code, _indented(area, levels[0]), area.code == chosen) for area in areas]


def _indented(area: Region, highest: Level) -> str:
    words = place_words(place_ref(area), request_locale())
    return words if area.level is highest else f"\u3000{words}"


def _counties(session: Session) -> list[dict[str, str]]:
    """Return the places to begin from where nothing was found."""
    area = find_area_served(session)
    below = list_sub_regions(session, area.code) if area else ()
    return [
        {
            "name": place_words(place_ref(region), request_locale()),
            "url": url_for("pages.place", code=region.code),
        }
        for region in below
    ]
