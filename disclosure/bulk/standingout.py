"""What stands out 需要留意: a list weighed against the one before it and against its neighbours.

Nothing here refuses a list. It says where to look first, each time in a sentence; the thresholds
are data. Percentages are compared as whole numbers, so that no rounding decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.language import N_
from portal.kernel.money import format_yuan


@dataclass(frozen=True)
class Totals:
    """What a list adds up to; the amount in fen."""

    households: int
    persons: int
    amount_fen: int

    @property
    def average_fen(self) -> int | None:
        """The amount for one person, in whole fen; None where no person is counted."""
        return self.amount_fen // self.persons if self.persons > 0 else None


@dataclass(frozen=True)
class Difference:
    """By how much a figure is more than before; ``tenths`` are tenths of a per cent.

    ``tenths`` is None where there was nothing before, of which nothing is a share.
    """

    by: int
    tenths: int | None


def difference(now: int, before: int) -> Difference:
    """Return how ``now`` differs from ``before``, halves of a tenth rounded away from zero."""
    by = now - before
    if before <= 0:
        return Difference(by, None)
    tenths = (abs(by) * 2000 + before) // (2 * before)
    return Difference(by, -tenths if by < 0 else tenths)


@dataclass(frozen=True)
class Thresholds:
    """From where on something stands out; a figure that is exactly at its threshold does not.

    A small list changes by a large share with each household, so that ``households_least`` must
    have come or gone as well. Warnings are many if there are more than ``warnings_least`` and more
    than ``warnings_percent`` of the households. Neighbours are asked where there are enough.
    """

    households_percent: int = 10
    households_least: int = 2
    amount_percent: int = 15
    warnings_percent: int = 5
    warnings_least: int = 2
    neighbours_least: int = 3
    neighbours_percent: int = 10


# A list of everybody there is changes slowly; what is granted month by month does not.
USUAL = Thresholds()
PASSING = Thresholds(households_percent=50, households_least=5, amount_percent=50)


@dataclass(frozen=True)
class Weighed:
    """What of a list is weighed.

    ``before`` are the totals of the list that it would replace, or of last time's, None for the
    first; ``follows`` is False for what follows on nothing, such as new applications, which are
    never held against the last ones. ``complete`` says that the list names everybody there is, so
    that a village that is missing has nobody left. ``neighbours`` are the averages a person, in
    fen, of the same kind of list in the other townships of the county.
    """

    now: Totals
    before: Totals | None = None
    follows: bool = True
    complete: bool = False
    villages_gone: tuple[str, ...] = ()
    villages_new: tuple[str, ...] = ()
    rows_left_out: int = 0
    warnings: int = 0
    minors: int = 0
    gate_hits: int = 0
    neighbours: tuple[int, ...] = ()


class Sign(StrEnum):
    """What it is that stands out."""

    GATE = "gate"
    VILLAGE_GONE = "village-gone"
    HOUSEHOLDS = "households"
    AMOUNT = "amount"
    AVERAGE = "average"
    LEFT_OUT = "left-out"
    VILLAGE_NEW = "village-new"
    WARNINGS = "warnings"
    MINORS = "minors"
    FIRST = "first"


# How heavily each weighs when lists are put in order: what may cost somebody their money first.
WEIGHTS: Mapping[Sign, int] = {
    Sign.GATE: 100,
    Sign.VILLAGE_GONE: 60,
    Sign.HOUSEHOLDS: 40,
    Sign.AMOUNT: 40,
    Sign.AVERAGE: 30,
    Sign.LEFT_OUT: 30,
    Sign.VILLAGE_NEW: 15,
    Sign.WARNINGS: 10,
    Sign.MINORS: 5,
    Sign.FIRST: 5,
}


@dataclass(frozen=True)
class Remark:
    """One thing that stands out, as a sentence (English, to be translated) with its parameters."""

    sign: Sign
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def weight(self) -> int:
        """How heavily it weighs."""
        return WEIGHTS[self.sign]


def what_stands_out(weighed: Weighed, thresholds: Thresholds = USUAL) -> tuple[Remark, ...]:
    """Return everything about a list that somebody should look at, the heaviest first."""
    found = [
        *_against_the_gate(weighed),
        *_against_before(weighed, thresholds),
        *_villages(weighed),
        *_against_neighbours(weighed, thresholds),
        *_in_the_file(weighed, thresholds),
    ]
    return tuple(sorted(found, key=lambda remark: -remark.weight))


def weight_of(remarks: Sequence[Remark]) -> int:
    """Return how heavily a list weighs altogether; 0 where nothing stands out."""
    return sum(remark.weight for remark in remarks)


def tenths_words(tenths: int) -> str:
    """Return tenths of a per cent with their sign: 125 → "+12.5 %", -7 → "−0.7 %"."""
    whole, rest = divmod(abs(tenths), 10)
    sign = "−" if tenths < 0 else "+"
    return f"{sign if tenths else '±'}{whole}.{rest}\N{NO-BREAK SPACE}%"


def _against_the_gate(weighed: Weighed) -> list[Remark]:
    if not weighed.gate_hits:
        return []
    return [
        Remark(
            Sign.GATE,
            N_(
                "Personal data was found in %(count)s texts; it cannot be published as it is. "
                "Return it."
            ),
            {"count": weighed.gate_hits},
        )
    ]


def _beyond(now: int, before: int, percent: int) -> bool:
    """Tell whether ``now`` differs from ``before`` by more than ``percent`` of it."""
    return abs(now - before) * 100 > percent * before


def _against_before(weighed: Weighed, limits: Thresholds) -> list[Remark]:
    now, before = weighed.now, weighed.before
    if not weighed.follows:
        return []
    if before is None:
        return [Remark(Sign.FIRST, N_("There is no earlier list of this kind to compare with."))]
    found = []
    many = abs(now.households - before.households) > limits.households_least
    if many and _beyond(now.households, before.households, limits.households_percent):
        more = N_("Far more households than before: %(now)s instead of %(before)s.")
        fewer = N_("Far fewer households than before: %(now)s instead of %(before)s.")
        found.append(
            Remark(
                Sign.HOUSEHOLDS,
                more if now.households > before.households else fewer,
                {"now": f"{now.households:,}", "before": f"{before.households:,}"},
            )
        )
    if _beyond(now.amount_fen, before.amount_fen, limits.amount_percent):
        more = N_("A far higher amount than before: %(now)s yuan instead of %(before)s.")
        less = N_("A far lower amount than before: %(now)s yuan instead of %(before)s.")
        found.append(
            Remark(
                Sign.AMOUNT,
                more if now.amount_fen > before.amount_fen else less,
                {
                    "now": format_yuan(now.amount_fen, grouped=True),
                    "before": format_yuan(before.amount_fen, grouped=True),
                },
            )
        )
    return found


def _villages(weighed: Weighed) -> list[Remark]:
    """Return what is to be said of villages; only where a missing one has nobody left."""
    if not weighed.complete or weighed.before is None:
        return []
    found = []
    if weighed.villages_gone:
        words = N_("Villages that are not on the list any more: %(villages)s.")
        found.append(
            Remark(Sign.VILLAGE_GONE, words, {"villages": "、".join(weighed.villages_gone)})
        )
    if weighed.villages_new:
        words = N_("Villages that were not on the list before: %(villages)s.")
        found.append(Remark(Sign.VILLAGE_NEW, words, {"villages": "、".join(weighed.villages_new)}))
    return found


def _against_neighbours(weighed: Weighed, limits: Thresholds) -> list[Remark]:
    average = weighed.now.average_fen
    if average is None or len(weighed.neighbours) < max(limits.neighbours_least, 1):
        return []
    least, most = min(weighed.neighbours), max(weighed.neighbours)
    low = average * 100 < least * (100 - limits.neighbours_percent)
    high = average * 100 > most * (100 + limits.neighbours_percent)
    if not low and not high:
        return []
    return [
        Remark(
            Sign.AVERAGE,
            N_(
                "%(average)s yuan a person; in the other townships of the county it is "
                "%(least)s to %(most)s."
            ),
            {
                "average": format_yuan(average, grouped=True),
                "least": format_yuan(least, grouped=True),
                "most": format_yuan(most, grouped=True),
            },
        )
    ]


def _in_the_file(weighed: Weighed, limits: Thresholds) -> list[Remark]:
    found = []
    if weighed.rows_left_out:
        words = N_("%(count)s rows with errors are left out.")
        found.append(Remark(Sign.LEFT_OUT, words, {"count": weighed.rows_left_out}))
    share = limits.warnings_percent * weighed.now.households
    if weighed.warnings > limits.warnings_least and weighed.warnings * 100 > share:
        words = N_("Many things to check in the file: %(count)s.")
        found.append(Remark(Sign.WARNINGS, words, {"count": weighed.warnings}))
    if weighed.minors:
        words = N_("Names of minors that are withheld: %(count)s.")
        found.append(Remark(Sign.MINORS, words, {"count": weighed.minors}))
    return found
