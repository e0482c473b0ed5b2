"""Standards 救助标准: how they rose, what they follow, and what each was on a day.

A standard that a document set holds from its first day until the next one. One that was only
printed for a year ("the standard in 2018") holds within that year, and says nothing of others.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from disclosure.figures.kinds import INDEX_BASE, STANDARD_FROM, STANDARDS
from disclosure.figures.numbers import Figure
from portal.kernel.language import N_
from portal.kernel.money import round_half_up

A_MONTH = "元/人·月"
MONTHS = 12
# Measures that tell a standard, and whether their period's first day is the day it was set for.
_TOLD_BY = {STANDARD_FROM: True, INDEX_BASE: True, "standard": False}


@dataclass(frozen=True)
class Change:
    """By how much a standard rose: fen in its own unit, and per cent with one decimal."""

    fen: int
    percent: Decimal


@dataclass(frozen=True)
class Setting:
    """A standard as it was set or printed; ``until`` is its last day where that is known."""

    figure: Figure
    on: date
    until: date | None
    is_set: bool
    change: Change | None

    @property
    def fen(self) -> int:
        """The amount in its unit, in fen."""
        return self.figure.number

    @property
    def fen_a_year(self) -> int:
        """The amount for a year, in fen: twelve times what is granted a month."""
        return self.fen * (MONTHS if self.figure.unit.sign == A_MONTH else 1)


@dataclass(frozen=True)
class History:
    """One standard of one place, the earliest setting first."""

    region_code: str
    region: str
    programme: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True)
class Relation:
    """What a standard follows 挂钩: ``rate`` of another; ``must``: it may not be lower."""

    of: str
    to: str
    rate: Fraction
    must: bool
    basis: str


_BASIC = "国发〔2016〕14号"
RELATIONS: tuple[Relation, ...] = (
    Relation("特困基本生活(城市)", "城市低保", Fraction(13, 10), must=True, basis=_BASIC),
    Relation("特困基本生活(农村)", "农村低保", Fraction(13, 10), must=True, basis=_BASIC),
    Relation("特困全护理补贴", "最低工资标准", Fraction(1, 3), must=False, basis=_BASIC),
    Relation("特困半护理补贴", "最低工资标准", Fraction(1, 6), must=False, basis=_BASIC),
    Relation("特困自理照料补贴", "最低工资标准", Fraction(1, 10), must=False, basis=_BASIC),
    Relation("城市低保", "城镇居民人均消费支出", Fraction(0), must=False, basis=""),
    Relation("农村低保", "农村居民人均消费支出", Fraction(0), must=False, basis=""),
)
"""The least that rules ask for, or the usual share; a rate of 0 is told and not compared."""

# Standards that are drawn in one chart, and what heads it.
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("guarantee", N_("Minimum living guarantee"), ("城市低保", "农村低保")),
    ("basic", N_("Extreme hardship, basic living"), ("特困基本生活(城市)", "特困基本生活(农村)")),
    (
        "care",
        N_("Extreme hardship, care subsidy"),
        ("特困全护理补贴", "特困半护理补贴", "特困自理照料补贴"),
    ),
)


@dataclass(frozen=True)
class Related:
    """How a standard stands to what it follows: ``percent`` of it; ``holds`` None: not compared."""

    relation: Relation
    base: Setting
    percent: Decimal
    holds: bool | None


def histories(figures: Iterable[Figure]) -> tuple[History, ...]:
    """Return the history of every standard among ``figures``, in the kind's order."""
    groups: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.measure in _TOLD_BY and figure.period.first_on is not None:
            groups[figure.region_code, figure.programme].append(figure)
    names = [subject.name for subject in STANDARDS.subjects]
    found = [
        History(code, told[0].region, programme, _settings(told))
        for (code, programme), told in groups.items()
        if programme in names
    ]
    return tuple(sorted(found, key=lambda one: (one.region_code, names.index(one.programme))))


def _settings(figures: Sequence[Figure]) -> tuple[Setting, ...]:
    """Return settings in their order; what a year's print repeats is left out."""
    ordered = sorted(figures, key=lambda figure: (_first_on(figure), _TOLD_BY[figure.measure]))
    done: list[Setting] = []
    for figure in ordered:
        is_set = _TOLD_BY[figure.measure]
        if not is_set and any(other.is_set and other.fen == figure.number for other in done):
            continue
        until = None if is_set else figure.period.last_on
        change = _change(done[-1], figure) if done else None
        done.append(Setting(figure, _first_on(figure), until, is_set, change))
    return tuple(done)


def _first_on(figure: Figure) -> date:
    return figure.period.first_on or date.min


def _change(before: Setting, figure: Figure) -> Change | None:
    """Return the rise from ``before``; None where nothing can be compared with it."""
    now = Setting(figure, before.on, None, is_set=True, change=None)
    earlier, later = before.fen_a_year, now.fen_a_year
    if earlier == 0:
        return None
    same = before.figure.unit == figure.unit
    fen = now.fen - before.fen if same else later - earlier
    return Change(fen, percent_of(later - earlier, earlier))


def percent_of(part: int, whole: int) -> Decimal:
    """Return ``part`` as per cent of ``whole``, one decimal, halves rounded away from zero."""
    return round_half_up(Decimal(part) * 100 / Decimal(whole), 1)


def in_force(history: History, on: date) -> Setting | None:
    """Return what the standard was on a day, None where nothing published says it."""
    latest = [one for one in history.settings if one.is_set and one.on <= on]
    printed = [one for one in history.settings if one.until and one.on <= on <= one.until]
    found = latest or printed
    return found[-1] if found else None


def related(
    history: History, setting: Setting, others: Mapping[tuple[str, str], History]
) -> Related | None:
    """Return how ``setting`` stands to what it follows on its first day; None where unknown."""
    for relation in RELATIONS:
        followed = others.get((history.region_code, relation.to))
        if relation.of != history.programme or followed is None:
            continue
        base = in_force(followed, setting.on)
        if base is not None and base.fen_a_year:
            percent = percent_of(setting.fen_a_year, base.fen_a_year)
            return Related(relation, base, percent, _holds(relation, setting, base))
    return None


def _holds(relation: Relation, setting: Setting, base: Setting) -> bool | None:
    """Tell whether a standard is as high as it must be, given how it was rounded to be printed."""
    if not relation.must:
        return None
    times = MONTHS if setting.figure.unit.sign == A_MONTH else 1
    highest = Fraction(setting.fen_a_year, 100) + setting.figure.margin * times
    return highest >= relation.rate * Fraction(base.fen_a_year, 100)


def by_name(found: Iterable[History]) -> dict[tuple[str, str], History]:
    """Return histories by (place, programme)."""
    return {(one.region_code, one.programme): one for one in found}
