"""Kinds of figures on pages 数据专栏: one kind in charts and tables, a place and those in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from disclosure.figures.charts import BarChart, LineChart, Measured, bar_chart
from disclosure.figures.kinds import FigureKind, Guard, areas_above, kind_of
from disclosure.figures.numbers import Figure, Unit, UnitKind
from disclosure.figures.pages import Translate
from disclosure.figures.periods import FigurePeriod
from disclosure.figures.stages import ProcedureLimits, keeps_limit, limit_of
from portal.kernel.language import N_

NOTHING = "—"
IN_WORKING_DAYS = N_("The upright line is the limit: %(limit)s working days.")
KEPT, BROKEN = N_("within the limit"), N_("beyond the limit")


@dataclass(frozen=True)
class KindTable:
    """A table: (words, kind of column), and cells as they stand; the first heads its row."""

    caption: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class KindChart:
    """A chart with what must be said below it; one of ``bars`` and ``lines`` is there."""

    id: str
    title: str
    bars: BarChart | None = None
    lines: LineChart | None = None
    note: str = ""


@dataclass(frozen=True)
class KindSection:
    """What a page shows of one kind; every chart's numbers stand in the tables below."""

    id: str
    title: str
    lead: str
    basis: str
    period: str
    charts: tuple[KindChart, ...]
    tables: tuple[KindTable, ...]
    sources: tuple[str, ...]
    withheld: bool


@dataclass(frozen=True)
class Shown:
    """What a section is made of: the figures of one kind, one period, one place and those below."""

    kind: FigureKind
    period: FigurePeriod
    own: tuple[Figure, ...]
    below: tuple[Figure, ...]


def figures_of_kind(figures: Iterable[Figure], kind: FigureKind) -> tuple[Figure, ...]:
    """Return the figures that belong to ``kind``."""
    return tuple(one for one in figures if kind_of(one.programme, one.measure) is kind)


def of_no_kind(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Return the figures that stand in the general charts."""
    return tuple(one for one in figures if kind_of(one.programme, one.measure) is None)


def periods_of(figures: Iterable[Figure]) -> tuple[FigurePeriod, ...]:
    """Return the periods of which figures tell, the newest first."""
    known = {figure.period.text: figure.period for figure in figures}
    return tuple(sorted(known.values(), key=lambda one: one.sort_key, reverse=True))


def choose_shown(
    kind: FigureKind, figures: Sequence[Figure], code: str, period: str = ""
) -> Shown | None:
    """Return what is shown of ``figures`` for the place ``code`` ("" for the widest there is).

    Of the newest period unless one is named; None where nothing is told of it.
    """
    inside = [one for one in figures if not code or _is_in(one.region_code, code)]
    periods = [one for one in periods_of(inside) if period in {"", one.text}]
    if not periods:
        return None
    told = [one for one in inside if one.period.text == periods[0].text]
    place = code if code and any(one.region_code == code for one in told) else ""
    own = tuple(one for one in told if one.region_code == place)
    codes = {one.region_code for one in told} - {place}
    nearest = {one for one in codes if not any(above in codes for above in areas_above(one))}
    below = tuple(one for one in told if one.region_code in nearest)
    return Shown(kind, periods[0], own, below)


def _is_in(code: str, area: str) -> bool:
    return code == area or area in areas_above(code)


class KindPage:
    """Makes the section of one kind in the page's language."""

    def __init__(self, translate: Translate, locale: str, limits: ProcedureLimits) -> None:
        self.translate = translate
        self.chinese = locale != "en"
        self.limits = limits

    def section(self, shown: Shown) -> KindSection:
        """Return the section: the place's own figures, and the places in it side by side."""
        kind, told = shown.kind, (*shown.own, *shown.below)
        charts = [*self._own_charts(shown), *self._compared_charts(shown)]
        tables = [*self._own_table(shown), *self._places_table(shown)]
        return KindSection(
            id=kind.id,
            title=self.translate(kind.title),
            lead=self.translate(kind.lead),
            basis=kind.basis,
            period=shown.period.words(self.translate),
            charts=tuple(charts),
            tables=tuple(tables),
            sources=tuple(dict.fromkeys(one.source for one in told)),
            withheld=any(one.withheld for one in told),
        )

    def _own_charts(self, shown: Shown) -> Iterable[KindChart]:
        """Yield a chart for each measure and unit that is told of several subjects."""
        for measure in shown.kind.measures:
            for unit in measure.units:
                told = [
                    one
                    for one in shown.own
                    if one.measure == measure.name and one.unit.sign == unit
                ]
                if len(told) > 1:
                    name = f"{shown.kind.id}-{measure.name}-{told[0].unit.kind}"
                    chart = self._bars(told, [self._subject(one) for one in told])
                    # Several kinds count persons: each chart of a page has a name of its own.
                    title = self._of(shown.kind.title, self._title(measure.words, told[0].unit))
                    yield KindChart(name, title, chart)

    def _of(self, whole: str, part: str) -> str:
        """Return ``part`` under the translated name of what it belongs to."""
        return self.translate(N_("%(theme)s: %(period)s")) % {
            "theme": self.translate(whole),
            "period": part,
        }

    def _title(self, words: str, unit: Unit) -> str:
        """Return what heads a chart: what is measured, in which unit."""
        return self.translate(N_("%(theme)s (%(unit)s)")) % {
            "theme": self.translate(words),
            "unit": unit.sign if self.chinese else self.translate(unit.words),
        }

    def _compared_charts(self, shown: Shown) -> Iterable[KindChart]:
        for number, (programme, measure) in enumerate(shown.kind.compared):
            told = [
                one for one in shown.below if (one.programme, one.measure) == (programme, measure)
            ]
            units = {one.unit.sign for one in told}
            if len(told) < 2 or len(units) > 1:
                continue
            limit = limit_of(told[0], self.limits)
            words = shown.kind.find_measure(measure)
            title = self.translate(N_("%(theme)s: %(period)s")) % {
                "theme": self._subject(told[0]),
                "period": self._title(words.words, told[0].unit) if words else "",
            }
            note = self.translate(IN_WORKING_DAYS) % {"limit": limit} if limit else ""
            bars = self._bars(told, [one.region for one in told], limit)
            yield KindChart(f"{shown.kind.id}-compared-{number}", title, bars, note=note)

    def _bars(
        self, told: Sequence[Figure], labels: Sequence[str], limit: int | None = None
    ) -> BarChart:
        measured = [
            Measured(label, Fraction(one.value), one.plain)
            for label, one in zip(labels, told, strict=True)
        ]
        return bar_chart(measured, None if limit is None else Fraction(limit))

    def _subject(self, figure: Figure) -> str:
        subject = _kind(figure).find_subject(figure.programme)
        return self.translate(subject.words) if subject else figure.programme

    def _own_table(self, shown: Shown) -> Iterable[KindTable]:
        """Yield subjects by measures: every figure of the place itself."""
        if not shown.own:
            return
        told = {(one.programme, one.measure): one for one in shown.own}
        measures = [one for one in shown.kind.measures if any(key[1] == one.name for key in told)]
        rows = [
            (
                self.translate(subject.words),
                *(self._cell(told.get((subject.name, one.name))) for one in measures),
            )
            for subject in shown.kind.subjects
            if any(key[0] == subject.name for key in told)
        ]
        columns = [(self.translate(N_("Item")), "text")]
        columns += [(self.translate(one.words), "number") for one in measures]
        caption = f"{shown.own[0].region}, {shown.period.words(self.translate)}"
        yield KindTable(caption, tuple(columns), tuple(rows))

    def _places_table(self, shown: Shown) -> Iterable[KindTable]:
        """Yield places by subjects: the number told of each, and what places are compared by."""
        if not shown.below:
            return
        told = {(one.region_code, one.programme, one.measure): one for one in shown.below}
        heads = _heads(shown)
        names = {one.region_code: one.region for one in shown.below}
        rows = [
            (name, *(self._cell(told.get((code, *head))) for head in heads))
            for code, name in names.items()
        ]
        columns = [(self.translate(N_("Region")), "text")]
        columns += [(self._head(shown.kind, *head), "number") for head in heads]
        caption = self.translate(N_("Place by place: %(period)s")) % {
            "period": shown.period.words(self.translate)
        }
        yield KindTable(caption, tuple(columns), tuple(rows))

    def _head(self, kind: FigureKind, programme: str, name: str) -> str:
        subject, measure = kind.find_subject(programme), kind.find_measure(name)
        if subject is None or measure is None:
            return programme
        words = self.translate(subject.short or subject.words)
        if measure.guard is Guard.CASES:
            return words
        return self.translate(N_("%(theme)s: %(period)s")) % {
            "theme": words,
            "period": self.translate(measure.words),
        }

    def _cell(self, figure: Figure | None) -> str:
        """Return a number as a cell shows it, a time with the days it is counted in."""
        if figure is None:
            return NOTHING
        if figure.withheld or figure.unit.kind is not UnitKind.TIME:
            return figure.plain
        words = f"{figure.plain} {self.translate(figure.unit.words)}"
        kept = keeps_limit(figure, self.limits)
        if kept is None:
            return words
        comma = "，" if self.chinese else ", "
        return f"{words}{comma}{self.translate(KEPT if kept else BROKEN)}"


def _heads(shown: Shown) -> tuple[tuple[str, str], ...]:
    """Return (subject, measure) for the columns of a table of places."""
    told = {(one.programme, one.measure) for one in shown.below}
    firsts = [
        next(((name, one.name) for one in shown.kind.measures if (name, one.name) in told), None)
        for name in (subject.name for subject in shown.kind.subjects)
    ]
    compared = [head for head in shown.kind.compared if head in told]
    return tuple(dict.fromkeys([*(head for head in firsts if head), *compared]))


def _kind(figure: Figure) -> FigureKind:
    kind = kind_of(figure.programme, figure.measure)
    if kind is None:
        raise ValueError("a figure of no kind")
    return kind
