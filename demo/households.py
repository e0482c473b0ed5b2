"""Households 户 of the demonstration: how many live where, their class, persons and money.

In proportion to what was published: asked for as many as the city has (108,200), the demonstration
has the published number of urban and rural households and persons exactly.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from demo.people import People, Person
from demo.published import Group, Published
from portal.data.regionfiles import RegionRow

_REASONS = ("因病", "因残", "缺劳力", "因学", "年老体弱", "单亲", "因灾", "收入不稳定")
_A_OF_AB = 0.3  # published together; how they divide is a guess
# A class's subsidy as a multiple of the average; that of class C follows from the average.
_FACTOR_A, _FACTOR_B = 1.35, 1.2
_MOST_PERSONS = 7
_FEW_VILLAGES = 6
_GROUPS = (2, 9)  # villagers' groups of a village, from and to
# One household in 240, and two of every small demonstration, has a minor as its head.
_EVERY_MINOR, _MINORS_AT = 240, (17, 43)


@dataclass(frozen=True)
class Household:
    """A household: its village, group ("" in towns), head, class, and yuan a month."""

    village: RegionRow
    group: str
    head: Person = field(repr=False)
    members: int
    persons: int
    class_: str
    amount: int
    reason: str


def is_urban(village: RegionRow) -> bool:
    """Tell whether a place is a neighbourhood 居委会, not a village 村委会."""
    return village.name.endswith(("居委会", "居民委员会", "社区"))


def allocate(
    villages: Sequence[RegionRow], households: int, figures: Published, rng: random.Random
) -> dict[str, int]:
    """Return how many households live in each village, by its code; each township has one at least.

    Raises ValueError for fewer households than townships.
    """
    townships = {village.parent for village in villages}
    if households < len(townships):
        raise ValueError("each township needs a household")
    weights = {village.code: rng.lognormvariate(0, 0.4) for village in villages}
    urban = round(households * figures.urban_share)
    counts: dict[str, int] = {}
    for part, total in ((True, urban), (False, households - urban)):
        codes = [village.code for village in villages if is_urban(village) is part]
        counts |= _share_out(total, {code: weights[code] for code in codes})
    _settle_the_empty(villages, counts, weights)
    return counts


def _share_out(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Share a total out by weight; what is left over goes to the largest remainders."""
    whole = sum(weights.values())
    parts = {code: total * weight / whole for code, weight in weights.items()}
    counts = {code: int(part) for code, part in parts.items()}
    rest = total - sum(counts.values())
    for code in sorted(parts, key=lambda code: (counts[code] - parts[code], code))[:rest]:
        counts[code] += 1
    return counts


def _settle_the_empty(
    villages: Sequence[RegionRow], counts: dict[str, int], weights: Mapping[str, float]
) -> None:
    """Move households, of the same kind where possible, so that no township stays without one."""
    by_township: dict[str, list[RegionRow]] = {}
    for village in villages:
        by_township.setdefault(village.parent or "", []).append(village)
    for own in by_township.values():
        if any(counts[village.code] for village in own):
            continue
        new = max(own, key=lambda village: weights[village.code])
        donors = [
            village
            for others in by_township.values()
            if sum(counts[other.code] for other in others) > 1
            for village in others
            if counts[village.code]
        ]
        alike = [village for village in donors if is_urban(village) is is_urban(new)]
        donor = max(alike or donors, key=lambda village: counts[village.code])
        counts[donor.code] -= 1
        counts[new.code] += 1


@dataclass(frozen=True)
class _Kind:
    """Urban or rural: the class and persons of each household to come, and what a class gets."""

    drawn: Iterator[tuple[str, int]]
    rates: Mapping[str, int]


def draw_households(
    villages: Sequence[RegionRow],
    counts: Mapping[str, int],
    figures: Published,
    people: People,
    rng: random.Random,
) -> Iterator[tuple[str, list[Household]]]:
    """Yield each township's code with its households, a township at a time.

    ``villages`` stand together by township; ``counts`` is what ``allocate`` returned.
    """
    urban = sum(counts[village.code] for village in villages if is_urban(village))
    kinds = {
        True: _draw_kind(urban, figures, rng, urban=True),
        False: _draw_kind(sum(counts.values()) - urban, figures, rng, urban=False),
    }
    number = 0
    for township, own in groupby(villages, key=lambda village: village.parent or ""):
        households = []
        for village in own:
            groups = rng.randint(*_GROUPS)
            for _ in range(counts[village.code]):
                minor = number % _EVERY_MINOR in _MINORS_AT
                head = people.draw_minor() if minor else people.draw_adult()
                households.append(_draw(village, head, kinds[is_urban(village)], groups, rng))
                number += 1
        yield township, households


def draw_some(
    villages: Sequence[RegionRow],
    count: int,
    figures: Published,
    people: People,
    rng: random.Random,
) -> list[Household]:
    """Return ``count`` households in a few of ``villages``, by village."""
    few = rng.sample(villages, k=min(_FEW_VILLAGES, len(villages)))
    chosen = rng.choices(few, k=count)
    counts = {village.code: chosen.count(village) for village in villages}
    drawn = draw_households(villages, counts, figures, people, rng)
    return [household for _, some in drawn for household in some]


def _draw(
    village: RegionRow, head: Person, kind: _Kind, groups: int, rng: random.Random
) -> Household:
    class_, persons = next(kind.drawn)
    return Household(
        village=village,
        group="" if is_urban(village) else f"{rng.randint(1, groups)}组",
        head=head,
        members=persons + rng.choice((0, 0, 0, 1, 1, 2)),
        persons=persons,
        class_=class_,
        amount=persons * kind.rates[class_],
        reason=rng.choice(_REASONS),
    )


def _draw_kind(households: int, figures: Published, rng: random.Random, *, urban: bool) -> _Kind:
    ab = round(households * figures.ab_share)
    parts = {"A": round(ab * _A_OF_AB), "C": households - ab}
    parts["B"] = ab - parts["A"]
    drawn: list[tuple[str, int]] = []
    for names, published in (("AB", figures.rural_ab), ("C", figures.rural_c)):
        # How the persons of towns divide between the classes was not published.
        group = figures.urban if urban else published
        sizes = _draw_sizes(sum(parts[name] for name in names), group, rng)
        drawn += ((name, sizes.pop()) for name in names for _ in range(parts[name]))
    rng.shuffle(drawn)
    return _Kind(iter(drawn), subsidies(figures, urban=urban))


def _draw_sizes(households: int, group: Group, rng: random.Random) -> list[int]:
    """Return how many persons each household has; together as many as were published."""
    more = 1 - group.households / group.persons  # chance that there is one person more
    sizes = []
    for _ in range(households):
        size = 1
        while size < _MOST_PERSONS and rng.random() < more:
            size += 1
        sizes.append(size)
    missing = group.persons_of(households) - sum(sizes)
    while missing:
        at = rng.randrange(households)
        step = 1 if missing > 0 else -1
        if 1 <= sizes[at] + step <= _MOST_PERSONS:
            sizes[at] += step
            missing -= step
    return sizes


def subsidies(figures: Published, *, urban: bool) -> dict[str, int]:
    """Return yuan a person a month by class, such that the average is about the published one."""
    average = figures.urban_subsidy if urban else figures.rural_subsidy
    ab = figures.ab_share if urban else figures.rural_ab.persons / figures.rural.persons
    rates = {"A": _to_five(average * _FACTOR_A), "B": _to_five(average * _FACTOR_B)}
    above = ab * (_A_OF_AB * rates["A"] + (1 - _A_OF_AB) * rates["B"])
    return {**rates, "C": round((average - above) / (1 - ab))}


def _to_five(yuan: float) -> int:
    return 5 * round(yuan / 5)
