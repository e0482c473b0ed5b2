"""Checks of published figures 数据核对: parts against their whole, averages against their sums.

Printed figures are rounded. A check allows for the rounding of what was printed, and nothing more:
108,200 = 16,300 + 91,900 holds, 3,457 = 387 + 3,071 does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from disclosure.figures.numbers import ADDITIVE, Figure, measure_words, parts_of
from portal.kernel.language import N_
from portal.kernel.money import round_half_up

# An average each time is the money paid out by the times it was paid.
AVERAGE, EACH_TIME = "average_subsidy", "元/人次"
AMOUNT, TIMES = "amount_paid", "person_times"

NOT_THE_SUM = N_(
    "%(region)s, %(period)s, %(measure)s: %(whole)s is printed for %(programme)s, but its parts "
    "%(parts)s add up to %(sum)s. Rounding does not explain the difference."
)
NOT_THE_AVERAGE = N_(
    "%(region)s, %(period)s: %(amount)s for %(count)s is %(exact)s each, but %(average)s is "
    "printed as the average for %(programme)s."
)


@dataclass(frozen=True)
class Doubt:
    """Figures that do not agree with one another; ``message`` is translated where it is shown.

    ``measure`` among ``params`` is a message of its own.
    """

    message: str
    params: Mapping[str, Any]


def check_figures(figures: Iterable[Figure]) -> tuple[Doubt, ...]:
    """Return everything in ``figures`` that does not add up."""
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for figure in figures:
        if figure.withheld:
            continue
        groups[figure.source, figure.region_code, figure.period.text].append(figure)
    return tuple(doubt for group in groups.values() for doubt in (*_sums(group), *_averages(group)))


def adds_up(whole: Figure, parts: Sequence[Figure]) -> bool:
    """Tell whether ``whole`` can be the sum of ``parts``, given how each was rounded."""
    difference = abs(Fraction(whole.value) - sum(Fraction(part.value) for part in parts))
    allowed = whole.margin + sum(part.margin for part in parts)
    return difference == 0 or difference < allowed


def _sums(group: Sequence[Figure]) -> Iterator[Doubt]:
    known = {(figure.programme, figure.measure, figure.unit.sign): figure for figure in group}
    for whole in group:
        if whole.measure not in ADDITIVE:
            continue
        for names in parts_of(whole.programme):
            parts = [known.get((name, whole.measure, whole.unit.sign)) for name in names]
            found = [part for part in parts if part is not None]
            if len(found) == len(names) and not adds_up(whole, found):
                yield _not_the_sum(whole, found)


def _not_the_sum(whole: Figure, parts: Sequence[Figure]) -> Doubt:
    total = sum((part.value for part in parts), start=whole.value * 0)
    return Doubt(
        NOT_THE_SUM,
        {
            "region": whole.region,
            "period": whole.period.text,
            "measure": measure_words(whole.programme, whole.measure),
            "programme": whole.programme,
            "whole": whole.plain,
            "parts": " + ".join(part.plain for part in parts),
            "sum": f"{total:,f}",
        },
    )


def _averages(group: Sequence[Figure]) -> Iterator[Doubt]:
    """Compare a printed average each time with the money and the times printed beside it."""
    known = {(figure.programme, figure.measure): figure for figure in group}
    for average in group:
        if (average.measure, average.unit.sign) != (AVERAGE, EACH_TIME):
            continue
        amount = known.get((average.programme, AMOUNT))
        count = known.get((average.programme, TIMES))
        if amount and count and count.number and not _is_average(average, amount, count):
            yield Doubt(
                NOT_THE_AVERAGE,
                {
                    "region": average.region,
                    "period": average.period.text,
                    "programme": average.programme,
                    "amount": amount.plain,
                    "count": count.plain,
                    "exact": f"{round_half_up(amount.value / count.value, 1):,}",
                    "average": average.plain,
                },
            )


def _is_average(average: Figure, amount: Figure, count: Figure) -> bool:
    """Tell whether some amount and count that print like these have an average like this."""
    lowest = (Fraction(amount.value) - amount.margin) / (Fraction(count.value) + count.margin)
    fewest = max(Fraction(count.value) - count.margin, Fraction(1, 2))
    highest = (Fraction(amount.value) + amount.margin) / fewest
    printed = Fraction(average.value)
    return lowest - average.margin <= printed <= highest + average.margin
