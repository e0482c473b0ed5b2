"""Pages of one kind of figures 数据专栏: stages, monitored groups, children, standards."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from disclosure.figures.contents import public_members
from disclosure.figures.funds import SetKind
from disclosure.figures.kindpages import (
    KindPage,
    KindSection,
    KindTable,
    choose_shown,
    figures_of_kind,
    periods_of,
)
from disclosure.figures.kinds import KINDS, STAGES, STANDARDS, FigureKind
from disclosure.figures.limits import get_limits
from disclosure.figures.numbers import Figure
from disclosure.figures.queries import list_current_figures, list_sources
from disclosure.figures.service import FIGURES_KEY
from disclosure.figures.stages import ProcedureLimits
from disclosure.figures.standardpages import StandardsPage
from disclosure.figures.standards import histories, in_force
from disclosure.publication import region_key
from portal.data.regions import Region, find_area_served, find_region, is_code
from portal.kernel.clock import end_of_day, local_date
from portal.web.addresses import request_locale
from portal.web.guards import public
from portal.web.installation import now, reading
from portal.web.publishing import Answer, published

blueprint = Blueprint("figure_kinds", __name__, url_prefix="/figures/kinds")


@dataclass(frozen=True)
class KindCard:
    """A section on a page of several kinds, and where all of it stands."""

    section: KindSection
    url: str


def kind_cards(
    figures: Sequence[Figure], code: str, *, only: Iterable[FigureKind] | None = None
) -> tuple[KindCard, ...]:
    """Return the sections of every kind that tells something of the place ``code``."""
    cards = []
    for kind in only or KINDS.values():
        section = _section(kind, figures_of_kind(figures, kind), code)
        if section is not None:
            url = url_for("figure_kinds.kind", kind_id=kind.id, place=code or None)
            cards.append(KindCard(section, url))
    return tuple(cards)


def right_until() -> datetime:
    """Return until when sections are right by the clock: standards are drawn up to the day."""
    return end_of_day(local_date(now()))


def stages_of(code: str) -> KindSection | None:
    """Return the stages of the procedure in one place, for that place's own page."""
    figures = list_current_figures(reading(), SetKind.PUBLISHED, place=code)
    return _section(STAGES, figures_of_kind(figures, STAGES), code)


def _section(
    kind: FigureKind, figures: Sequence[Figure], code: str, period: str = ""
) -> KindSection | None:
    if kind is STANDARDS:
        told = [one for one in figures if not code or one.region_code == code]
        return _standards(told).section(told, on=local_date(now()))
    shown = choose_shown(kind, figures, code, period)
    return _page(code).section(shown) if shown else None


def _page(code: str) -> KindPage:
    return KindPage(_, request_locale(), _limits(code))


def _limits(code: str) -> ProcedureLimits:
    return get_limits(reading(), code)


def _standards(_figures: Sequence[Figure]) -> StandardsPage:
    return StandardsPage(_, {source.id: source.title for source in list_sources(reading())})


def _get_kind(kind_id: str) -> FigureKind:
    kind = KINDS.get(kind_id)
    if kind is None:
        abort(404)
    return kind


def _get_place() -> Region | None:
    """Return the place that was asked for, else the one that the portal is about."""
    code = request.args.get("place", "")
    if not code:
        return find_area_served(reading())
    region = find_region(reading(), code) if is_code(code) else None
    if region is None:
        abort(404)
    return region


@blueprint.get("/<kind_id>")
@public
@published
def kind(kind_id: str) -> Answer:
    """One kind: its newest figures or those of a period that was chosen, place by place."""
    chosen = _get_kind(kind_id)
    area = _get_place()
    code = area.code if area else ""
    figures = _told_of(chosen, list_current_figures(reading(), SetKind.PUBLISHED))
    period = request.args.get("period", "")
    day = _day() if chosen is STANDARDS else None
    body = render_template(
        "disclosure/figures_kind.html",
        kind=chosen,
        title=_(chosen.title),
        lead=_(chosen.lead),
        part=_section(chosen, figures, code, period),
        chosen_period=period,
        periods=[] if chosen is STANDARDS else periods_of(figures),
        places=_places(figures),
        code=code,
        on=day,
        on_asked=request.args.get("on", ""),
        on_day=_on_day(figures, code, day),
        limits=_limits(code) if chosen is STAGES else None,
        sources={source.id: source for source in list_sources(reading())},
        translate=_,
    )
    return Answer(body, _keys(area), fresh_until=right_until())


def _told_of(kind: FigureKind, figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Return the kind's figures; to standards belong those that were printed for a year."""
    if kind is not STANDARDS:
        return figures_of_kind(figures, kind)
    return tuple(setting.figure for history in histories(figures) for setting in history.settings)


def _day() -> date:
    """Return the day that was asked for, today where none was or where it is no day."""
    try:
        return date.fromisoformat(request.args.get("on", "")[:10])
    except ValueError:
        return local_date(now())


def _on_day(figures: Sequence[Figure], code: str, day: date | None) -> KindTable | None:
    if day is None:
        return None
    told = [one for one in figures if not code or one.region_code == code]
    return _standards(told).on_day(told, on=day)


def _places(figures: Sequence[Figure]) -> list[tuple[str, str]]:
    return sorted({one.region_code: one.region for one in figures}.items())


def _keys(area: Region | None) -> list[str]:
    return [FIGURES_KEY, *([region_key(area.code)] if area else [])]


@blueprint.get("/<kind_id>.json")
@public
@published
def as_json(kind_id: str) -> Answer:
    """One kind for programs, touch screens among them: its figures, limits, and sources."""
    chosen = _get_kind(kind_id)
    area = _get_place() if request.args.get("place") else find_area_served(reading())
    code = request.args.get("place", "")
    figures = [
        one
        for one in _told_of(chosen, list_current_figures(reading(), SetKind.PUBLISHED))
        if code in {"", one.region_code}
    ]
    cited = {one.source for one in figures}
    members = {
        "kind": chosen.id,
        "title": _(chosen.title),
        "item": chosen.item,
        "cadence": chosen.cadence.value,
        "basis": chosen.basis,
        "withheld_below": chosen.fewest or None,
        **_further(chosen, figures, area.code if area else ""),
        "figures": [public_members(one) for one in figures],
        "sources": [vars(one) for one in list_sources(reading()) if one.id in cited],
    }
    body = json.dumps(members, ensure_ascii=False, indent=1)
    return Answer(body, _keys(area), content_type="application/json", fresh_until=right_until())


def _further(kind: FigureKind, figures: Sequence[Figure], code: str) -> dict[str, object]:
    if kind is STAGES:
        limits = _limits(code)
        return {"limits": {"usual": limits.usual, "hard": limits.hard, "unit": "working days"}}
    if kind is not STANDARDS:
        return {}
    today = local_date(now())
    return {
        "in_force": [
            {
                "region_code": one.region_code,
                "programme": one.programme,
                "value": f"{setting.figure.value:f}",
                "unit": setting.figure.unit.sign,
                "from": setting.on.isoformat(),
                "document": setting.figure.source,
            }
            for one in histories(figures)
            if (setting := in_force(one, today)) is not None
        ]
    }
