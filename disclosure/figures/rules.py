"""What a figure of a kind must be 数据种类校验: measure, unit, place and period of its kind."""

from collections.abc import Iterator

from disclosure.figures.kinds import (
    Cadence,
    FigureKind,
    kind_named_in,
    kind_of,
    kind_of_measure,
    level_of,
)
from disclosure.figures.numbers import MEASURES, Figure
from disclosure.figures.periods import FigurePeriodKind
from portal.kernel.errors import Refused
from portal.kernel.language import N_

_HOW = {
    Cadence.MONTHLY: N_("Line %(line)s: figures of %(programme)s are told by the month (2026-10)."),
    Cadence.QUARTERLY: N_(
        "Line %(line)s: figures of %(programme)s are told by the quarter (2026-Q3)."
    ),
    Cadence.WHEN_SET: N_(
        "Line %(line)s: write the month (2026-07) or the year from which %(programme)s holds."
    ),
}


def rule_problems(line: int, figure: Figure) -> Iterator[Refused]:
    """Yield what is wrong with a figure of a kind, and with one that should be of a kind."""
    kind = kind_of(figure.programme, figure.measure)
    if kind is None:
        yield from _astray(line, figure)
    elif kind.find_measure(figure.measure) is None:
        yield Refused(
            N_("Line %(line)s: of %(programme)s only these measures are told: %(measures)s."),
            line=line,
            programme=figure.programme,
            measures=", ".join(one.name for one in kind.measures),
        )
    else:
        yield from _kind_problems(line, figure, kind)


def _astray(line: int, figure: Figure) -> Iterator[Refused]:
    """Yield a refusal where a figure of no kind uses a kind's own words."""
    named = kind_named_in(f"{figure.programme} {figure.note}")
    own = None if figure.measure in MEASURES else kind_of_measure(figure.measure)
    kind = named or own
    if kind is not None:
        yield Refused(
            N_("Line %(line)s: the programme must be one of %(subjects)s."),
            line=line,
            subjects=", ".join(subject.name for subject in kind.subjects),
        )
    elif figure.withheld:
        yield Refused(
            N_("Line %(line)s: the value is not a number. Write it out, such as 108200."), line=line
        )


def _kind_problems(line: int, figure: Figure, kind: FigureKind) -> Iterator[Refused]:
    measure = kind.find_measure(figure.measure)
    if measure is not None and figure.unit.sign not in measure.units:
        yield Refused(
            N_("Line %(line)s: the unit must be one of %(units)s."),
            line=line,
            units=", ".join(measure.units),
        )
    if not kind.takes(level_of(figure.region_code)):
        yield Refused(
            N_(
                "Line %(line)s: %(programme)s is told for wider places only, so that nobody is "
                "singled out."
            ),
            line=line,
            programme=figure.programme,
        )
    if not _is_period_of(kind, figure):
        yield Refused(_HOW[kind.cadence], line=line, programme=figure.programme)
    if figure.withheld and not kind.fewest:
        yield Refused(
            N_("Line %(line)s: the value is not a number. Write it out, such as 108200."), line=line
        )


def _is_period_of(kind: FigureKind, figure: Figure) -> bool:
    period = figure.period
    if period.kind is not FigurePeriodKind.SINGLE or period.first is None:
        return False
    wanted = kind.cadence.period_kind
    return wanted is None or period.first.kind is wanted
