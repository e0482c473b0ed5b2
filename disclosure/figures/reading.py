"""Reading a file of published figures 读取数据表: every problem at once, each with its line.

Columns: ``source,region_code,region,period,programme,measure,value,unit,note``.
"""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal

from disclosure.figures.kinds import WITHHELD, kind_measures
from disclosure.figures.numbers import (
    MEASURES,
    MONEY_SCALE,
    MOST_DECIMALS,
    UNITS,
    Figure,
    Unit,
    is_measure,
)
from disclosure.figures.periods import parse_figure_period
from disclosure.figures.rules import rule_problems
from portal.data.csvfiles import Record, check_lengths, decode_csv, parse_records
from portal.data.regions import is_code
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.money import AmountError, parse_number
from portal.kernel.period import PeriodError
from portal.kernel.text import clean

COLUMNS = (
    *("source", "region_code", "region", "period", "programme"),
    *("measure", "value", "unit", "note"),
)
_LONGEST = {"source": 20, "region": 40, "programme": 40, "value": 30, "note": 100}
MOST_FIGURES = 5_000


def read_figures(
    data: bytes, *, sources: Collection[str]
) -> tuple[tuple[Figure, ...], tuple[Refused, ...]]:
    """Return the figures of a CSV file and everything that is wrong with it.

    ``sources`` are the ids that a figure may cite. Raises Refused where it is no such file at all.
    """
    records = parse_records(decode_csv(data), COLUMNS)
    if not records:
        raise Refused(N_("The file holds no figure."), field="file")
    if len(records) > MOST_FIGURES:
        raise Refused(
            N_("The file has %(count)s lines; at most %(most)s are taken at once."),
            field="file",
            count=len(records),
            most=MOST_FIGURES,
        )
    problems: list[Refused] = []
    figures: list[tuple[int, Figure]] = []
    for record in records:
        found = list(_problems(record, sources))
        if not found:
            figure = _figure(record[1])
            found = list(rule_problems(record[0], figure))
            figures.append((record[0], figure))
        problems += found
    problems += _repeated(figures)
    return tuple(figure for _, figure in figures), tuple(problems)


def _problems(record: Record, sources: Collection[str]) -> Iterator[Refused]:
    line, values = record
    yield from check_lengths(record, _LONGEST, may_be_empty=("note",))
    if values["source"] and values["source"] not in sources:
        yield Refused(
            N_("Line %(line)s: the source %(source)s is not known. Describe it first."),
            line=line,
            source=values["source"][:20],
        )
    if not is_code(values["region_code"]):
        yield Refused(N_("Line %(line)s: region_code must be a code of 12 digits."), line=line)
    if not is_measure(values["measure"]):
        yield Refused(
            N_("Line %(line)s: the measure must be one of %(measures)s."),
            line=line,
            measures=", ".join(sorted({*MEASURES, *kind_measures()})),
        )
    if values["unit"] not in UNITS:
        yield Refused(
            N_("Line %(line)s: the unit must be one of %(units)s."),
            line=line,
            units=", ".join(UNITS),
        )
    elif values["value"] not in {"", WITHHELD}:
        yield from _value_problems(line, values["value"], UNITS[values["unit"]])
    yield from _period_problems(line, values["period"])


def _value_problems(line: int, written: str, unit: Unit) -> Iterator[Refused]:
    try:
        value = parse_number(written)
    except AmountError:
        yield Refused(
            N_("Line %(line)s: the value is not a number. Write it out, such as 108200."), line=line
        )
        return
    allowed = MONEY_SCALE if unit.is_money else MOST_DECIMALS
    if _decimals_of(value) > allowed:
        yield Refused(
            N_("Line %(line)s: the value has more than %(most)s decimals."),
            line=line,
            most=allowed,
        )
    if value < 0:
        yield Refused(N_("Line %(line)s: the value is below zero."), line=line)


def _period_problems(line: int, written: str) -> Iterator[Refused]:
    try:
        parse_figure_period(written)
    except PeriodError as error:
        yield Refused(
            N_(
                "Line %(line)s: “%(period)s” is not a period. Write 2018-07, 2018-Q3, 2018-H1, "
                "2018, 2018-YTD, 2012/2018-07 or undated."
            ),
            line=line,
            **error.params,
        )


def _repeated(figures: Sequence[tuple[int, Figure]]) -> Iterator[Refused]:
    first: dict[tuple[str, ...], int] = {}
    for line, figure in figures:
        before = first.setdefault(figure.key, line)
        if before != line:
            yield Refused(
                N_("Line %(line)s: the same figure stands in line %(first)s already."),
                line=line,
                first=before,
            )


def _decimals_of(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def scaled(value: Decimal, unit: Unit) -> tuple[int, int]:
    """Return (number, scale) of a value in its unit; money has the scale of fen."""
    scale = MONEY_SCALE if unit.is_money else _decimals_of(value)
    return int(value.scaleb(scale)), scale


def _figure(values: dict[str, str]) -> Figure:
    unit = UNITS[values["unit"]]
    withheld = values["value"] == WITHHELD
    number, scale = (0, 0) if withheld else scaled(parse_number(values["value"]), unit)
    return Figure(
        source=values["source"],
        region_code=values["region_code"],
        region=clean(values["region"]),
        period=parse_figure_period(values["period"]),
        programme=clean(values["programme"]),
        measure=values["measure"],
        number=number,
        scale=scale,
        unit=unit,
        note=clean(values["note"]),
        withheld=withheld,
    )
