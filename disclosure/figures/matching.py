"""Matching 资金与名单核对: what was paid out, held against the lists that hung in that month. Pure.

A list knows one programme (最低生活保障) where fund figures may know its parts (农村低保,
城市低保), so the lines of a township and a month are added up before they are compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from disclosure.figures.numbers import PARTS
from portal.kernel.clock import end_of_day
from portal.kernel.period import Period

# What lists call a programme, and under which names fund figures tell of the whole of it.
_WHOLES: Mapping[str, tuple[str, ...]] = {
    "最低生活保障": ("最低生活保障", "城乡低保", "低保"),
    "特困人员救助供养": ("特困人员救助供养", "特困供养", "特困人员", "特困"),
}
_PARTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **PARTS,
    "最低生活保障": (("城市低保", "农村低保"), ("城市最低生活保障", "农村最低生活保障")),
    "特困人员救助供养": (("城市特困", "农村特困"), ("集中供养", "分散供养")),
    "特困供养": (("特困集中供养", "特困分散供养"), ("城市特困供养", "农村特困供养")),
}


@dataclass(frozen=True)
class Sums:
    """Households, persons and money in fen."""

    households: int
    persons: int
    amount_fen: int

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.households + other.households,
            self.persons + other.persons,
            self.amount_fen + other.amount_fen,
        )

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(
            self.households - other.households,
            self.persons - other.persons,
            self.amount_fen - other.amount_fen,
        )


NOTHING = Sums(0, 0, 0)


@dataclass(frozen=True)
class PostedList:
    """A township's standing list 长期公示名单 of one month: all its villages' notices together.

    ``is_whole`` is false once the totals of a village with fewer than three households are gone.
    """

    township: str
    programme: str
    period: Period
    published_at: datetime
    replaced_at: datetime | None
    sums: Sums
    is_whole: bool = True


class Outcome(StrEnum):
    """What came of a comparison 核对结果."""

    EQUAL = "equal"
    DIFFERS = "differs"
    CHANGED = "changed"  # equal when it was approved; the lists were changed later
    NO_LIST = "no-list"
    FORGOTTEN = "forgotten"  # too much of the list's totals has been forgotten since


@dataclass(frozen=True)
class Remembered:
    """What a list added up to when the fund figures were approved."""

    period: Period
    sums: Sums


@dataclass(frozen=True)
class Agreement:
    """How what was paid stands to the list; ``listed`` is there only where it was compared."""

    outcome: Outcome
    paid: Sums
    listed: Sums | None = None
    period: Period | None = None

    @property
    def difference(self) -> Sums:
        """By how much more was paid than stands on the list."""
        return self.paid - self.listed if self.listed is not None else NOTHING

    @property
    def needs_reason(self) -> bool:
        """Whether somebody has to say why."""
        return self.outcome in {Outcome.DIFFERS, Outcome.CHANGED}


def listed_programme(programme: str) -> str:
    """Return what lists call the programme of a line of fund figures."""
    for listed, wholes in _WHOLES.items():
        if any(programme in _below(whole) for whole in (listed, *wholes)):
            return listed
    return programme


def _below(programme: str) -> frozenset[str]:
    """Return a programme with everything that it consists of."""
    parts = (part for parts in _PARTS.get(programme, ()) for part in parts)
    return frozenset({programme}).union(*(_below(part) for part in parts))


def paid_in_all(lines: Mapping[str, Sums]) -> Sums:
    """Return what ``lines``, by programme and all of one listed programme, come to.

    Where the whole and its parts are both told, only the whole counts.
    """
    if not lines:
        return NOTHING
    listed = listed_programme(next(iter(lines)))
    for whole in _WHOLES.get(listed, (listed,)):
        found = _paid(whole, lines)
        if found is not None:
            return found
    return sum(lines.values(), NOTHING)


def _paid(programme: str, lines: Mapping[str, Sums]) -> Sums | None:
    if programme in lines:
        return lines[programme]
    for parts in _PARTS.get(programme, ()):
        found = [paid for part in parts if (paid := _paid(part, lines)) is not None]
        if found:
            return sum(found, NOTHING)
    return None


def list_of_month(lists: Iterable[PostedList], month: Period, now: datetime) -> PostedList | None:
    """Return the list of ``month`` among one township's lists of one programme, or None.

    Where none was made for it, the earlier one that hung when the month ended (or hangs now).
    """
    published = [one for one in lists if one.published_at <= now]
    of_month = [one for one in published if one.period == month]
    if not of_month:
        at = min(end_of_day(month.last_on), now)
        of_month = [
            one
            for one in published
            if one.period.last_on < month.first_on
            and one.published_at <= at
            and (one.replaced_at is None or one.replaced_at > at)
        ]
    return max(of_month, key=lambda one: (one.period, one.published_at), default=None)


def agree(paid: Sums, listed: PostedList | None, remembered: Remembered | None) -> Agreement:
    """Hold what was paid against the month's list, or against what is remembered of it."""
    if listed is None:
        return Agreement(Outcome.NO_LIST, paid)
    period = listed.period
    known = remembered if remembered is not None and remembered.period == period else None
    if not listed.is_whole:
        if known is None:
            return Agreement(Outcome.FORGOTTEN, paid, None, period)
        return Agreement(_outcome(paid, known.sums), paid, known.sums, period)
    outcome = _outcome(paid, listed.sums)
    if outcome is Outcome.DIFFERS and known is not None and known.sums == paid:
        outcome = Outcome.CHANGED
    return Agreement(outcome, paid, listed.sums, period)


def _outcome(paid: Sums, listed: Sums) -> Outcome:
    return Outcome.EQUAL if paid == listed else Outcome.DIFFERS


def match_month(
    lines: Mapping[str, Sums],
    lists: Sequence[PostedList],
    remembered: Mapping[str, Remembered],
    month: Period,
    now: datetime,
) -> dict[str, Agreement]:
    """Compare one township's month: what was paid by programme, with its lists.

    Returns an agreement for every programme in ``lines``; those of one list share theirs.
    ``remembered`` is by programme too.
    """
    matters: dict[str, dict[str, Sums]] = {}
    for programme, paid in lines.items():
        matters.setdefault(listed_programme(programme), {})[programme] = paid
    found: dict[str, Agreement] = {}
    for listed, parts in matters.items():
        posted = [one for one in lists if one.programme == listed]
        known = next((remembered[name] for name in parts if name in remembered), None)
        agreement = agree(paid_in_all(parts), list_of_month(posted, month, now), known)
        found |= dict.fromkeys(parts, agreement)
    return found
