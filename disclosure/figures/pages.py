"""Figures on pages 数据图表: which figures stand in one chart, under which words, with which table.

Every figure stands in exactly one chart: what follows one another in time in a line, everything
else in bars beside what was printed with it in the same unit.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from disclosure.figures.charts import BarChart, LineChart, Measured, Series, bar_chart, line_chart
from disclosure.figures.kinds import subject_words
from disclosure.figures.numbers import PROGRAMMES, Figure, measure_words, parts_of
from disclosure.figures.periods import FigurePeriod
from portal.kernel.language import N_

Translate = Callable[[str], str]

A_MONTH, A_YEAR = "元/人·月", "元/人·年"
MONTHS = 12


@dataclass(frozen=True)
class TableRow:
    """One line of a chart's table: the figure as published, and as a plain number."""

    label: str
    period: str
    published: str
    plain: str
    unit: str
    note: str
    a_year: str


@dataclass(frozen=True)
class Block:
    """A chart with its table; one of ``bars`` and ``lines`` is there."""

    id: str
    title: str
    bars: BarChart | None
    lines: LineChart | None
    rows: tuple[TableRow, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """The charts of one place."""

    code: str
    region: str
    blocks: tuple[Block, ...]


def sections_of(
    figures: Iterable[Figure], translate: Translate, *, locale: str, first: str = ""
) -> tuple[Section, ...]:
    """Return the charts of ``figures``, place by place; the place ``first`` comes first."""
    places: dict[str, list[Figure]] = defaultdict(list)
    for figure in figures:
        places[figure.region_code].append(figure)
    order = sorted(places, key=lambda code: (code != first, list(places).index(code)))
    return tuple(
        Section(
            code, places[code][0].region, tuple(_Blocks(translate, locale).of(code, places[code]))
        )
        for code in order
    )


def programme_words(programme: str, translate: Translate) -> str:
    """Return what the page's language calls a programme; an unknown one stands as it is printed."""
    words = PROGRAMMES.get(programme) or subject_words(programme)
    return translate(words) if words else programme


class _Blocks:
    """Makes the charts of one place, in the page's language."""

    def __init__(self, translate: Translate, locale: str) -> None:
        self.translate = translate
        self.chinese = locale != "en"

    def of(self, code: str, figures: Sequence[Figure]) -> Iterable[Block]:
        lined: set[tuple[str, ...]] = set()
        number = 0
        for group in _in_lines(figures):
            number += 1
            lined |= {figure.key for figure in group}
            yield self._line_block(f"figures-{code}-{number}", group)
        left = [figure for figure in figures if figure.key not in lined]
        for group in _in_bars(left):
            number += 1
            yield self._bar_block(f"figures-{code}-{number}", group)

    def _bar_block(self, name: str, group: Sequence[Figure]) -> Block:
        measures = {figure.measure for figure in group}
        depths = _depths(group)
        labels = [self._label(figure, depths[figure.key], len(measures) > 1) for figure in group]
        theme = _measure(group[0]) if len(measures) == 1 else group[0].unit.theme
        return Block(
            id=name,
            title=self._title(self.translate(theme), group[0].period.words(self.translate)),
            bars=bar_chart(
                [
                    Measured(label, Fraction(f.value), self._printed(f), depths[f.key])
                    for label, f in zip(labels, group, strict=True)
                ]
            ),
            lines=None,
            rows=tuple(self._row(label, f) for label, f in zip(labels, group, strict=True)),
            sources=_sources(group),
        )

    def _line_block(self, name: str, group: Sequence[Figure]) -> Block:
        ordered = sorted(group, key=lambda figure: figure.period.sort_key)
        periods = {figure.period.text: figure.period for figure in ordered}
        programmes = [figure.programme for figure in ordered]
        mixed = len({figure.unit.sign for figure in group}) > 1
        return Block(
            id=name,
            title=self._line_title(ordered, mixed=mixed),
            bars=None,
            lines=line_chart(
                [period.words(self.translate) for period in periods.values()],
                [_months(period) for period in periods.values()],
                self._series(ordered, mixed=mixed),
            ),
            rows=tuple(
                self._row(programme_words(f.programme, self.translate), f, yearly=mixed)
                for f in sorted(ordered, key=lambda figure: programmes.index(figure.programme))
            ),
            sources=_sources(group),
        )

    def _series(self, ordered: Sequence[Figure], *, mixed: bool) -> list[Series]:
        return [
            Series(
                programme_words(programme, self.translate),
                tuple(
                    (_months(f.period), _drawn(f, yearly=mixed), self._point(f, mixed=mixed))
                    for f in ordered
                    if f.programme == programme
                ),
            )
            for programme in dict.fromkeys(figure.programme for figure in ordered)
        ]

    def _point(self, figure: Figure, *, mixed: bool) -> str:
        """Return what stands at a point: on an axis of yearly sums, the yearly sum."""
        return f"{int(_drawn(figure, yearly=True)):,}" if mixed else self._printed(figure)

    def _line_title(self, ordered: Sequence[Figure], *, mixed: bool) -> str:
        measure = self.translate(_measure(ordered[0]))
        unit = self.translate(UNIT_A_YEAR if mixed else ordered[0].unit.theme)
        span = self.translate(N_("%(first)s to %(last)s")) % {
            "first": ordered[0].period.words(self.translate),
            "last": ordered[-1].period.words(self.translate),
        }
        comma = "，" if self.chinese else ", "
        return self._title(f"{measure}{comma}{unit}", span)

    def _title(self, theme: str, period: str) -> str:
        return self.translate(N_("%(theme)s: %(period)s")) % {"theme": theme, "period": period}

    def _label(self, figure: Figure, depth: int, several: bool) -> str:
        label = programme_words(figure.programme, self.translate)
        if depth:
            label = self.translate(N_("of which: %(programme)s")) % {"programme": label}
        return f"{label} · {self.translate(_measure(figure))}" if several else label

    def _printed(self, figure: Figure) -> str:
        return figure.as_published if self.chinese else figure.plain

    def _row(self, label: str, figure: Figure, *, yearly: bool = False) -> TableRow:
        return TableRow(
            label=label,
            period=figure.period.words(self.translate),
            published=figure.as_published,
            plain=figure.plain,
            unit=self.translate(figure.unit.words),
            # What the source says is told only where it says more than the figure.
            note="" if figure.note == figure.as_published else figure.note,
            a_year=f"{int(_drawn(figure, yearly=True)):,}" if yearly else "",
        )


def _measure(figure: Figure) -> str:
    return measure_words(figure.programme, figure.measure)


UNIT_A_YEAR = N_("yuan a person a year")


def _in_lines(figures: Sequence[Figure]) -> list[list[Figure]]:
    """Return groups in which programmes have a value for two points in time or more."""
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.period.step is not None:
            # Monthly and yearly standards belong together: a year has twelve months.
            unit = A_YEAR if figure.unit.sign == A_MONTH else figure.unit.sign
            groups[figure.measure, unit, figure.period.step].append(figure)
    found = []
    for group in groups.values():
        periods: dict[str, set[str]] = defaultdict(set)
        for figure in group:
            periods[figure.programme].add(figure.period.text)
        lasting = [figure for figure in group if len(periods[figure.programme]) > 1]
        # Where two sources tell the same thing of the same time, only the first makes the line.
        firsts = {(f.programme, f.period.text): f for f in reversed(lasting)}
        kept = [f for f in lasting if firsts[f.programme, f.period.text] is f]
        if kept:
            found.append(kept)
    return found


def _in_bars(figures: Sequence[Figure]) -> list[list[Figure]]:
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        groups[figure.source, figure.period.text, figure.unit.sign].append(figure)
    return list(groups.values())


def _depths(group: Sequence[Figure]) -> dict[tuple[str, ...], int]:
    """Return how deep each figure stands below the whole that it is a part of."""
    there = {(figure.programme, figure.measure) for figure in group}
    parents = {
        (part, measure): programme
        for programme, measure in there
        for parts in parts_of(programme)
        for part in parts
    }

    def depth(programme: str, measure: str) -> int:
        parent = parents.get((programme, measure))
        return 0 if parent is None else 1 + depth(parent, measure)

    return {figure.key: depth(figure.programme, figure.measure) for figure in group}


def _months(period: FigurePeriod) -> int:
    first = period.first_on
    return first.year * MONTHS + first.month if first else 0


def _drawn(figure: Figure, *, yearly: bool) -> Fraction:
    """Return the height of a point: monthly sums times twelve where yearly ones stand beside."""
    monthly = figure.unit.sign == A_MONTH
    return Fraction(figure.value) * (MONTHS if yearly and monthly else 1)


def _sources(group: Iterable[Figure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.source for figure in group))
