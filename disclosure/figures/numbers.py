"""Published figures 已公布数据: one number with its unit, exactly, and as it was printed.

A number is a whole number with a scale, never a binary fraction; money is fen (scale 2). Printed
numbers are rounded, so each knows by how much it may differ from what was counted.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from disclosure.figures.kinds import KINDS, WITHHELD, kind_measures, kind_of
from disclosure.figures.periods import FigurePeriod
from portal.kernel.language import N_

MONEY_SCALE = 2
MOST_DECIMALS = 4


class UnitKind(StrEnum):
    """What is measured with a unit."""

    COUNT = "count"  # whole things: printed to the last one, it is exact
    MONEY = "money"  # 元, in 万 and 亿 where it is large
    RATE = "rate"  # 元 for somebody in a time: never in 万
    PERCENT = "percent"
    TIME = "time"  # days, of either sort


@dataclass(frozen=True)
class Unit:
    """A unit 单位 as it is printed; ``theme`` heads a chart of it, ``words`` follow a number."""

    sign: str
    kind: UnitKind
    theme: str
    words: str

    @property
    def is_money(self) -> bool:
        """Whether values are fen."""
        return self.kind in {UnitKind.MONEY, UnitKind.RATE}


UNITS: dict[str, Unit] = {
    unit.sign: unit
    for unit in (
        Unit("户", UnitKind.COUNT, N_("Households"), N_("households")),
        Unit("人", UnitKind.COUNT, N_("Persons"), N_("persons")),
        Unit("户次", UnitKind.COUNT, N_("Households, counted each time"), N_("household-times")),
        Unit("人次", UnitKind.COUNT, N_("Persons, counted each time"), N_("person-times")),
        Unit("条", UnitKind.COUNT, N_("Records"), N_("records")),
        Unit("个村", UnitKind.COUNT, N_("Villages"), N_("villages")),
        Unit("件", UnitKind.COUNT, N_("Cases"), N_("cases")),
        Unit("工作日", UnitKind.TIME, N_("Working days"), N_("working days")),
        Unit("天", UnitKind.TIME, N_("Days"), N_("days")),
        Unit("元", UnitKind.MONEY, N_("Money"), N_("yuan")),
        Unit("元/人·月", UnitKind.RATE, N_("Money a person a month"), N_("yuan a person a month")),
        Unit("元/人·年", UnitKind.RATE, N_("Money a person a year"), N_("yuan a person a year")),
        Unit(
            "元/户·月",
            UnitKind.RATE,
            N_("Money a household a month"),
            N_("yuan a household a month"),
        ),
        Unit("元/人次", UnitKind.RATE, N_("Money each time"), N_("yuan each time")),
        Unit("%", UnitKind.PERCENT, N_("Shares"), N_("per cent")),
    )
}

MEASURES: dict[str, str] = {
    "households": N_("Households that receive it"),
    "persons": N_("Persons who receive it"),
    "households_added": N_("Households added"),
    "households_removed": N_("Households that left"),
    "persons_added": N_("Persons added"),
    "persons_removed": N_("Persons who left"),
    "household_times": N_("Households helped, counted each time"),
    "person_times": N_("Persons helped, counted each time"),
    "persons_helped": N_("Persons helped"),
    "amount_paid": N_("Money paid out"),
    "amount_raised": N_("Money raised"),
    "standard": N_("Standard"),
    "average_subsidy": N_("Average subsidy"),
    "coverage": N_("Coverage"),
    "share": N_("Share"),
    "doubtful_records": N_("Doubtful records found"),
    "villages_with_helper": N_("Villages with a helper"),
}
# What may be added up over programmes; a standard or an average may not.
ADDITIVE = frozenset(MEASURES) - {"standard", "average_subsidy", "coverage"}

# Programmes as they are printed, and what an English page calls them.
PROGRAMMES: dict[str, str] = {
    "城乡低保": N_("Minimum living guarantee, urban and rural"),
    "低保": N_("Minimum living guarantee"),
    "城市低保": N_("Minimum living guarantee, urban"),
    "农村低保": N_("Minimum living guarantee, rural"),
    "农村低保A档和B档": N_("Rural guarantee, classes A and B"),
    "农村低保A档": N_("Rural guarantee, class A"),
    "农村低保B档": N_("Rural guarantee, class B"),
    "农村低保C档": N_("Rural guarantee, class C"),
    "城市低保A档": N_("Urban guarantee, class A"),
    "城市低保B档": N_("Urban guarantee, class B"),
    "城市低保C档": N_("Urban guarantee, class C"),
    "建档立卡户中的低保": N_("Guarantee among registered poor households"),
    "低保和五保电量补贴": N_("Electricity subsidy for those on the guarantee"),
    "特困供养": N_("Support for people in extreme hardship"),
    "临时救助": N_("Temporary relief"),
    "支出型困难家庭": N_("Families in hardship from high expenses"),
    "低保边缘家庭": N_("Families just above the guarantee"),
    "一次性生活补贴": N_("One-off living subsidy"),
    "残疾人两项补贴": N_("Two subsidies for persons with disabilities"),
    "家庭经济状况核对": N_("Checks of household means"),
    "家庭经济状况核对预警": N_("Checks of household means: warnings"),
    "急难慈善专项基金": N_("Charity fund for emergencies"),
    "排查:严重精神障碍患者": N_("Visited: persons with severe mental illness"),
    "排查:重残对象": N_("Visited: persons with severe disabilities"),
    "排查:重病对象": N_("Visited: persons with severe illness"),
    "排查:多子女家庭": N_("Visited: families with many children"),
    "排查:多种困难情形家庭": N_("Visited: families with several hardships"),
    "线下数据比对": N_("Comparison of records"),
    "社会救助协理员": N_("Helpers for social assistance"),
    "基层民政协理员": N_("Local civil affairs helpers"),
    "特困全护理补贴(浚县、淇县)": N_("Full care subsidy (Xun and Qi counties)"),
    "特困半护理补贴(浚县、淇县)": N_("Partial care subsidy (Xun and Qi counties)"),
    "特困全护理补贴(城区)": N_("Full care subsidy (city districts)"),
    "特困半护理补贴(城区)": N_("Partial care subsidy (city districts)"),
    "脱贫户中享受低保特困": N_("On assistance among households out of poverty"),
    "防返贫监测对象中享受低保特困": N_("On assistance among those watched for relapse"),
}

# Of what each programme consists; whichever row has all its parts is checked and shown below it.
PARTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "城乡低保": (("城市低保", "农村低保"),),
    "低保": (("城市低保", "农村低保"),),
    "农村低保": (
        ("农村低保A档和B档", "农村低保C档"),
        ("农村低保A档", "农村低保B档", "农村低保C档"),
    ),
    "农村低保A档和B档": (("农村低保A档", "农村低保B档"),),
    "城市低保": (("城市低保A档", "城市低保B档", "城市低保C档"),),
}

_LARGE = ((Decimal(10**8), "亿"), (Decimal(10**4), "万"))
_PRINTED_DECIMALS = 2


@dataclass(frozen=True)
class Figure:
    """One published figure: ``number`` × 10^-``scale`` of its unit; ``source`` is a source's id.

    One that is ``withheld`` 不公开 has no number any more: it was too small to be shown.
    """

    source: str
    region_code: str
    region: str
    period: FigurePeriod
    programme: str
    measure: str
    number: int
    scale: int
    unit: Unit
    note: str
    withheld: bool = False

    @property
    def value(self) -> Decimal:
        """The exact value in the unit: yuan for money."""
        return Decimal(self.number).scaleb(-self.scale)

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What no two figures that hold at a time have in common."""
        return self.source, self.region_code, self.period.text, self.programme, self.measure

    @property
    def as_published(self) -> str:
        """The figure as it is printed: "10.82万户", "3.49亿元", "428元/人·月", "9.38%"."""
        if self.withheld:
            return WITHHELD
        number, word, _ = self._printed()
        return f"{number}{word}{self.unit.sign}"

    @property
    def plain(self) -> str:
        """The number alone, thousands separated: "108,200", "349,000,000", "9.38"."""
        return WITHHELD if self.withheld else f"{_shortest(self.value):,}"

    @property
    def margin(self) -> Fraction:
        """By how much what was counted may differ from what was printed: half its last place.

        A number of households, persons or records that is printed to the last one is exact.
        """
        number, word, factor = self._printed()
        if self.unit.kind is UnitKind.COUNT and not word:
            return Fraction(0)
        exponent = number.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        return Fraction(factor) / 10**decimals / 2

    def _printed(self) -> tuple[Decimal, str, int]:
        """Return the number, the word behind it and what that word stands for."""
        if self.unit.kind in {UnitKind.COUNT, UnitKind.MONEY}:
            for factor, word in _LARGE:
                number = _shortest(self.value / factor)
                if abs(self.value) >= factor and _decimals(number) <= _PRINTED_DECIMALS:
                    return number, word, int(factor)
        return _shortest(self.value), "", 1


def parts_of(programme: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which a programme divides into parts."""
    known = PARTS.get(programme, ())
    kinds = (kind.find_subject(programme) for kind in KINDS.values())
    return known + tuple(subject.parts for subject in kinds if subject and subject.parts)


def measure_words(programme: str, measure: str) -> str:
    """Return the message that names a measure: the kind's own where the figure is of a kind."""
    kind = kind_of(programme, measure)
    own = kind.find_measure(measure) if kind else None
    return own.words if own else MEASURES.get(measure) or kind_measures()[measure]


def is_measure(name: str) -> bool:
    """Tell whether figures may be told of it."""
    return name in MEASURES or name in kind_measures()


def _shortest(value: Decimal) -> Decimal:
    """Return ``value`` without zeros that say nothing: 245.00 → 245, 9.380 → 9.38."""
    return value.quantize(Decimal(1)) if value == value.to_integral() else value.normalize()


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
