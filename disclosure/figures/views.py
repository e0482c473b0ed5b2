"""The public pages of published figures 资金与数据: charts with their tables, and downloads."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext as _

from disclosure.figures.charts import BarChart, Measured, bar_chart
from disclosure.figures.contents import set_content
from disclosure.figures.files import figures_csv, figures_json, figures_xlsx
from disclosure.figures.funds import SetKind
from disclosure.figures.fundviews import (
    NO_CHOICES,
    NOTHING_PAID,
    FundChoices,
    FundSection,
    fund_choices,
    next_midnight,
    public_lines,
    section_of_area,
    section_of_choice,
)
from disclosure.figures.kindpages import of_no_kind
from disclosure.figures.kindviews import KindCard, kind_cards, right_until
from disclosure.figures.numbers import Figure
from disclosure.figures.pages import programme_words, sections_of
from disclosure.figures.queries import (
    find_published_set,
    list_current_figures,
    list_sources,
)
from disclosure.figures.service import FIGURES_KEY
from disclosure.intake.kinds import Kind
from disclosure.listings import AreaFigures, earliest, figures_of_area
from disclosure.logbook.reading import logged_members
from disclosure.logbook.views import receipt_of
from disclosure.publication import region_key
from disclosure.queries import place_ref
from disclosure.wording import place_words
from portal.data.regions import (
    Region,
    code_prefix,
    find_area_served,
    find_region,
    is_code,
    is_within,
    list_sub_regions,
    path_of,
)
from portal.kernel.money import format_yuan
from portal.web.addresses import request_locale
from portal.web.guards import public
from portal.web.installation import now, reading
from portal.web.publishing import Answer, published

blueprint = Blueprint("figures", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Filters:
    """What a page of figures is narrowed down to; "" leaves that choice open."""

    place: str
    programme: str
    period: str

    def admits(self, figure: Figure) -> bool:
        """Tell whether ``figure`` is among what was asked for."""
        return (
            self.place in {"", figure.region_code}
            and self.programme in {"", figure.programme}
            and self.period in {"", figure.period.text}
        )

    def admits_funds(self, code: str, programme: str, period: str) -> bool:
        """Tell whether fund figures are: those of a place are those of everything in it."""
        return (
            (not self.place or is_within(code, self.place))
            and self.programme in {"", programme}
            and self.period in {"", period}
        )

    @property
    def any(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.place or self.programme or self.period)


@dataclass(frozen=True)
class Compared:
    """What the lists of one place below add up to."""

    name: str
    url: str
    figures: AreaFigures


@dataclass(frozen=True)
class Comparison:
    """The places below one another: a chart for each measure, and one table."""

    places: tuple[Compared, ...]
    total: AreaFigures
    charts: tuple[tuple[str, str, BarChart], ...]
    next_change_at: datetime | None


def _filters() -> Filters:
    return Filters(*(request.args.get(name, "") for name in ("place", "programme", "period")))


def _chosen() -> list[Figure]:
    filters = _filters()
    printed = list_current_figures(reading(), SetKind.PUBLISHED)
    paid = list_current_figures(reading(), SetKind.FUNDS)
    return [
        *(one for one in printed if filters.admits(one)),
        *(f for f in paid if filters.admits_funds(f.region_code, f.programme, f.period.text)),
    ]


@blueprint.get("/figures")
@public
@published
def index() -> Answer:
    """Funds and figures 资金与数据, by place, programme and period."""
    area = find_area_served(reading())
    told = list_current_figures(reading(), SetKind.PUBLISHED)
    everything = of_no_kind(told)
    filters = _filters()
    figures = [figure for figure in everything if filters.admits(figure)]
    return _page(
        area,
        figures,
        everything=everything,
        filters=filters,
        comparison=_compare(area) if area and not filters.any else None,
        kinds=() if filters.any else kind_cards(told, area.code if area else ""),
        funds=_funds(area, filters),
    )


@blueprint.get("/figures/<set_id>.json")
@public
@published
def set_as_json(set_id: str) -> Answer:
    """One approved set of figures 数据批次, as it stands in the public log."""
    found = find_published_set(reading(), set_id)
    if found is None:
        abort(404)
    members = {
        "id": found.id,
        "version": found.version,
        "state": "published",
        "content": found.digest,
        "text": set_content(reading(), set_id),
        "rows": [],
        "log": logged_members(reading(), found.log_index),
    }
    body = json.dumps(members, ensure_ascii=False, indent=1)
    return Answer(body, [FIGURES_KEY], content_type="application/json")


@blueprint.get("/figures/<set_id>.tlog-proof")
@public
def set_receipt(set_id: str) -> Response:
    """The set's receipt 收据; 503 until a checkpoint that holds its entry is signed."""
    found = find_published_set(reading(), set_id)
    if found is None or found.log_index is None:
        abort(404)
    return receipt_of(found.log_index, set_id)


@blueprint.get("/figures/<code>")
@public
@published
def place(code: str) -> Answer:
    """The figures of one place, and of the places in it beside one another."""
    region = find_region(reading(), code) if is_code(code) else None
    if region is None:
        abort(404)
    told = list_current_figures(reading(), SetKind.PUBLISHED)
    figures = [one for one in of_no_kind(told) if one.region_code == code]
    return _page(
        region,
        figures,
        everything=(),
        filters=Filters(code, "", ""),
        comparison=_compare(region),
        kinds=kind_cards(told, code),
        funds=section_of_area(region),
        path=path_of(reading(), code),
    )


def _page(
    area: Region | None,
    figures: Sequence[Figure],
    *,
    everything: Sequence[Figure],
    filters: Filters,
    comparison: Comparison | None,
    kinds: Sequence[KindCard],
    funds: FundSection,
    path: Sequence[Region] = (),
) -> Answer:
    locale = request_locale()
    body = render_template(
        "disclosure/figures.html",
        area=area and _place_name(area),
        path=[(_place_name(above), url_for("figures.place", code=above.code)) for above in path],
        sections=sections_of(figures, _, locale=locale, first=area.code if area else ""),
        sources={source.id: source for source in list_sources(reading())},
        comparison=comparison,
        kinds=kinds,
        funds=funds,
        filters=filters,
        choices=_choices(everything, NO_CHOICES if path else fund_choices(area)),
        format_yuan=format_yuan,
    )
    keys = [FIGURES_KEY, *([region_key(area.code)] if area else [])]
    changes = [comparison.next_change_at if comparison else None, right_until() if kinds else None]
    changes.append(funds.fresh_until)
    return Answer(body, keys, fresh_until=earliest(changes))


def _place_name(region: Region) -> str:
    return place_words(place_ref(region), request_locale())


def _funds(area: Region | None, filters: Filters) -> FundSection:
    if filters.any:
        return section_of_choice(filters.admits_funds)
    return section_of_area(area) if area else NOTHING_PAID


def _choices(figures: Sequence[Figure], funds: FundChoices) -> dict[str, list[tuple[str, str]]]:
    """Return what can be asked for: (value, words) by the name of the filter."""
    periods = {figure.period.text: figure.period for figure in figures} | funds.periods
    newest_first = sorted(periods.values(), key=lambda period: period.sort_key, reverse=True)
    programmes = dict.fromkeys([*(figure.programme for figure in figures), *funds.programmes])
    places = {figure.region_code: figure.region for figure in figures}
    return {
        "place": list({**places, **funds.places}.items()),
        "programme": [(name, programme_words(name, _)) for name in programmes],
        "period": [(period.text, period.words(_)) for period in newest_first],
    }


def _compare(area: Region) -> Comparison | None:
    """Put the places below ``area`` beside one another; None where no list is on display there."""
    session, moment = reading(), now()
    places = tuple(
        Compared(
            _place_name(sub),
            url_for("figures.place", code=sub.code)
            if list_sub_regions(session, sub.code)
            else url_for("pages.place", code=sub.code),
            figures_of_area(session, code_prefix(sub.code), Kind.STANDING, now=moment),
        )
        for sub in list_sub_regions(session, area.code)
    )
    total = figures_of_area(session, code_prefix(area.code), Kind.STANDING, now=moment)
    shown = tuple(one for one in places if one.figures.notices)
    if not shown:
        return None
    return Comparison(shown, total, _comparison_charts(shown), total.next_change_at)


def _comparison_charts(places: Sequence[Compared]) -> tuple[tuple[str, str, BarChart], ...]:
    def chart(of: str) -> BarChart:
        measured = []
        for place in places:
            value = getattr(place.figures, of)
            printed = format_yuan(value, grouped=True) if of == "amount_fen" else f"{value:,}"
            measured.append(Measured(place.name, Fraction(value), printed))
        return bar_chart(measured)

    return (
        ("compared-households", _("Households on the lists"), chart("households")),
        ("compared-persons", _("Persons covered"), chart("persons")),
        ("compared-amount", _("Each month, yuan"), chart("amount_fen")),
    )


def _file(body: str | bytes, content_type: str, name: str | None = None) -> Answer:
    headers = (("Content-Disposition", f'attachment; filename="{name}"'),) if name else ()
    return Answer(body, [FIGURES_KEY], content_type=content_type, headers=headers)


@blueprint.get("/figures.json")
@public
@published
def as_json() -> Answer:
    """The figures for programs, with the sources that they cite."""
    lines = public_lines(_filters().admits_funds)
    area = find_area_served(reading())
    return Answer(
        figures_json(_chosen(), list_sources(reading()), lines),
        [FIGURES_KEY, *([region_key(area.code)] if area else [])],
        content_type="application/json",
        fresh_until=next_midnight(),
    )


@blueprint.get("/figures.csv")
@public
@published
def as_csv() -> Answer:
    """The figures as CSV, in the columns in which the desk takes them."""
    return _file(figures_csv(_chosen()), "text/csv; charset=utf-8", "figures.csv")


@blueprint.get("/figures.xlsx")
@public
@published
def as_xlsx() -> Answer:
    """The figures as a workbook."""
    return _file(figures_xlsx(_chosen(), list_sources(reading())), XLSX, "figures.xlsx")
