"""Kinds of figures 数据种类, as data: what is counted of whom, in which unit, where and how often.

Adding a kind is one entry of ``KINDS`` (docs/figures.md shows one); pages, files, the desk's
upload, the check of small numbers and the reminder at the desk all read it from here. Source: the
catalogue of matters to be disclosed (rules/catalogue.csv, items 3, 7, 17, 18) and rules/masking.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.language import N_
from portal.kernel.period import PeriodKind

COUNTY, TOWNSHIP = "county", "township"
_DIGITS = {2: "province", 4: "city", 6: COUNTY, 9: TOWNSHIP}
# A place of its own size counts as the county does: a portal may serve a city.
_WIDE = frozenset({"province", "city", COUNTY})
FEWEST = 3
WITHHELD = "*"
"""How a number that is too small to be shown is written, in files and on pages."""


class Guard(StrEnum):
    """What a small number means for a measure."""

    CASES = "cases"  # a number of people or matters: too small, it and all that follows it go
    PART = "part"  # a number of some of these people or matters: too small, it alone goes
    FOLLOWS = "follows"  # told of the cases: goes where their number goes
    FREE = "free"  # a rule or a rate, of nobody in particular


class Cadence(StrEnum):
    """How often a kind is published."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    WHEN_SET = "when-set"  # whenever a document sets it anew

    @property
    def period_kind(self) -> PeriodKind | None:
        """What its period must be; None where only the first day counts."""
        return {
            Cadence.MONTHLY: PeriodKind.MONTH,
            Cadence.QUARTERLY: PeriodKind.QUARTER,
        }.get(self)


class ProcedureLimit(StrEnum):
    """Which limit 办理时限 a stage is held against."""

    USUAL = "usual"
    HARD = "hard"  # 情况复杂


@dataclass(frozen=True)
class Subject:
    """What is measured, under the name with which files write it in ``programme``.

    ``parts`` are the subjects that it is the sum of; ``limit`` is what its time is held against;
    ``short`` heads a narrow column.
    """

    name: str
    words: str
    short: str = ""
    parts: tuple[str, ...] = ()
    limit: ProcedureLimit | None = None


@dataclass(frozen=True)
class KindMeasure:
    """What may be told of a kind's subjects: its words, the units it may have, and its guard."""

    name: str
    words: str
    units: tuple[str, ...]
    guard: Guard
    adds_up: bool = True


@dataclass(frozen=True)
class FigureKind:
    """One kind of figures; ``fewest`` is the smallest number that is shown, 0 for any.

    ``item`` is its number in the catalogue, None for what a county shows beyond it.

    ``shares_subjects``: other figures may be told of its subjects too (a standard's programme has
    households as well); otherwise nothing but the kind's own measures is taken. ``people_words``:
    whose rows are never published; a figure about them must be one of the kind's own.
    ``compared``: the (subject, measure) for which places are put beside one another in a chart.
    """

    id: str
    title: str
    lead: str
    item: int | None
    subjects: tuple[Subject, ...]
    measures: tuple[KindMeasure, ...]
    levels: tuple[str, ...]
    cadence: Cadence
    fewest: int = FEWEST
    places_add_up: bool = False
    shares_subjects: bool = False
    people_words: tuple[str, ...] = ()
    compared: tuple[tuple[str, str], ...] = ()
    basis: str = ""

    def find_subject(self, name: str) -> Subject | None:
        """Return the subject that files call ``name``, or None."""
        return next((one for one in self.subjects if one.name == name), None)

    def find_measure(self, name: str) -> KindMeasure | None:
        """Return the measure called ``name``, or None."""
        return next((one for one in self.measures if one.name == name), None)

    def takes(self, level: str) -> bool:
        """Tell whether figures of a place of ``level`` belong to the kind."""
        return level in self.levels or (COUNTY in self.levels and level in _WIDE)


_CASES = KindMeasure("cases", N_("Cases"), ("件",), Guard.CASES)
_PERSONS = KindMeasure("persons", N_("Persons"), ("人",), Guard.CASES)
_HOUSEHOLDS = KindMeasure("households", N_("Households"), ("户",), Guard.CASES)
_TIMES = ("工作日", "天")
_RATES = ("元/人·月", "元/人·年")
STANDARD_FROM, INDEX_BASE = "standard_from", "index_base"

STAGES = FigureKind(
    id="stages",
    title=N_("Stages of the procedure"),
    lead=N_(
        "How many applications passed each stage in the month, and how long it took, held against "
        "the limit for the whole procedure."
    ),
    item=17,
    subjects=(
        Subject("办理进度:申请", N_("Applied"), N_("Applied")),
        Subject("办理进度:核对", N_("Means checked"), N_("Checked")),
        Subject("办理进度:入户", N_("Visited at home"), N_("Visited")),
        Subject("办理进度:评议", N_("Assessed by villagers (where still done)"), N_("Assessed")),
        Subject("办理进度:公示", N_("Posted for objections"), N_("Posted")),
        Subject("办理进度:确认", N_("Confirmed"), N_("Confirmed")),
        Subject("办理进度:发放", N_("First payment"), N_("Paid")),
        Subject("办理进度:全程", N_("Whole procedure"), N_("Whole"), limit=ProcedureLimit.USUAL),
        Subject(
            "办理进度:全程(情况复杂)",
            N_("Whole procedure, hard cases"),
            N_("Hard cases"),
            limit=ProcedureLimit.HARD,
        ),
    ),
    measures=(
        _CASES,
        KindMeasure("median_time", N_("Median time"), _TIMES, Guard.FOLLOWS, adds_up=False),
        KindMeasure("longest_time", N_("Longest time"), _TIMES, Guard.FOLLOWS, adds_up=False),
        KindMeasure("cases_over_limit", N_("Cases beyond the limit"), ("件",), Guard.PART),
    ),
    levels=(COUNTY, TOWNSHIP),
    cadence=Cadence.MONTHLY,
    places_add_up=True,
    compared=(("办理进度:申请", "cases"), ("办理进度:全程", "median_time")),
    basis="民发〔2021〕57号",
)

MONITORING = FigureKind(
    id="monitoring",
    title=N_("Low-income groups that are watched over"),
    lead=N_(
        "How many belong to each group, and what became of the warnings. A person may belong to "
        "several groups, so they are not added up."
    ),
    item=18,
    subjects=(
        Subject("监测:最低生活保障对象", N_("Minimum living guarantee")),
        Subject("监测:特困人员", N_("People in extreme hardship")),
        Subject("监测:防止返贫监测对象", N_("Watched for relapse into poverty")),
        Subject("监测:低保边缘家庭成员", N_("Families just above the guarantee")),
        Subject("监测:刚性支出困难家庭成员", N_("Families in hardship from heavy expenses")),
        Subject("监测:预警", N_("Warnings")),
    ),
    measures=(
        _HOUSEHOLDS,
        _PERSONS,
        KindMeasure("warnings_raised", N_("Warnings raised"), ("条",), Guard.CASES),
        KindMeasure("warnings_checked", N_("Warnings checked"), ("条",), Guard.PART),
        KindMeasure("warnings_helped", N_("Checked, and help given"), ("条",), Guard.PART),
    ),
    levels=(COUNTY,),
    cadence=Cadence.QUARTERLY,
    basis="国办发〔2023〕39号",
)

CHILDREN = FigureKind(
    id="children",
    title=N_("Programmes for children"),
    lead=N_(
        "In figures only, for the whole county. Children are never named or listed, and numbers "
        "below 3 are not shown."
    ),
    item=None,
    subjects=(
        Subject("孤儿", N_("Orphans"), parts=("孤儿:集中养育", "孤儿:社会散居")),
        Subject("孤儿:集中养育", N_("Orphans in institutions")),
        Subject("孤儿:社会散居", N_("Orphans with families")),
        Subject("事实无人抚养儿童", N_("Children without care in fact")),
    ),
    measures=(
        _PERSONS,
        KindMeasure("amount_paid", N_("Money paid out"), ("元",), Guard.FOLLOWS),
        KindMeasure("standard", N_("Standard"), _RATES, Guard.FREE, adds_up=False),
    ),
    levels=(COUNTY,),
    cadence=Cadence.QUARTERLY,
    places_add_up=True,
    people_words=("孤儿", "事实无人抚养", "困境儿童", "留守儿童", "弃婴"),
    basis="民发〔2019〕62号",
)

STANDARDS = FigureKind(
    id="standards",
    title=N_("Standards and how they rose"),
    lead=N_(
        "Every standard with the day from which it held, the document that set it, and what it "
        "follows."
    ),
    item=3,
    subjects=(
        Subject("城市低保", N_("Minimum living guarantee, urban")),
        Subject("农村低保", N_("Minimum living guarantee, rural")),
        Subject("特困基本生活(城市)", N_("Extreme hardship, basic living, urban")),
        Subject("特困基本生活(农村)", N_("Extreme hardship, basic living, rural")),
        Subject("特困全护理补贴", N_("Care subsidy, cannot look after themselves")),
        Subject("特困半护理补贴", N_("Care subsidy, can do so in part")),
        Subject("特困自理照料补贴", N_("Care subsidy, look after themselves")),
        Subject("最低工资标准", N_("Minimum wage")),
        Subject("城镇居民人均消费支出", N_("Consumption a head in towns")),
        Subject("农村居民人均消费支出", N_("Consumption a head in villages")),
    ),
    measures=(
        KindMeasure(STANDARD_FROM, N_("Standard from this day"), _RATES, Guard.FREE, adds_up=False),
        KindMeasure(INDEX_BASE, N_("What standards follow"), _RATES, Guard.FREE, adds_up=False),
    ),
    levels=(COUNTY,),
    cadence=Cadence.WHEN_SET,
    fewest=0,
    shares_subjects=True,
    basis="国发〔2016〕14号；民发〔2021〕57号",
)

KINDS: dict[str, FigureKind] = {kind.id: kind for kind in (STAGES, MONITORING, CHILDREN, STANDARDS)}


def kind_of(programme: str, measure: str) -> FigureKind | None:
    """Return the kind to which a figure belongs, None for a figure of no kind.

    A figure about a kind's own subjects belongs to it whatever its measure.
    """
    for kind in KINDS.values():
        if kind.find_subject(programme) is None:
            continue
        if not kind.shares_subjects or kind.find_measure(measure) is not None:
            return kind
    return None


def kind_of_measure(measure: str) -> FigureKind | None:
    """Return the kind that alone has ``measure``, so that its subjects must be the kind's own."""
    having = [kind for kind in KINDS.values() if kind.find_measure(measure) is not None]
    return having[0] if len(having) == 1 else None


def kind_named_in(text: str) -> FigureKind | None:
    """Return the kind of figures whose people ``text`` names: they are never listed as rows."""
    return next(
        (kind for kind in KINDS.values() if any(word in text for word in kind.people_words)), None
    )


def level_of(code: str) -> str:
    """Return how high the place with this code stands, by its zeros."""
    return next(
        (name for digits, name in _DIGITS.items() if set(code[digits:]) == {"0"}), "village"
    )


def areas_above(code: str) -> tuple[str, ...]:
    """Return the codes of the places in which this one lies, the nearest first."""
    wider = (code[:digits].ljust(len(code), "0") for digits in sorted(_DIGITS, reverse=True))
    return tuple(dict.fromkeys(area for area in wider if area != code))


def subject_words(programme: str) -> str | None:
    """Return the message that names a kind's subject, None where no kind has it."""
    found = (kind.find_subject(programme) for kind in KINDS.values())
    return next((subject.words for subject in found if subject is not None), None)


def kind_measures() -> Mapping[str, str]:
    """Return the words of every measure that a kind brings along."""
    return {one.name: one.words for kind in KINDS.values() for one in kind.measures}


def rules_of(kind: FigureKind) -> Iterator[tuple[Subject, tuple[Subject, ...]]]:
    """Yield each subject of the kind that is a sum, with its parts."""
    for subject in kind.subjects:
        parts = tuple(part for name in subject.parts if (part := kind.find_subject(name)))
        if parts:
            yield subject, parts
