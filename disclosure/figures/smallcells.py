"""Small numbers 小数值保护: what is withheld, and cannot be worked out, so nobody is singled out.

A number of cases from 1 to ``fewest - 1`` is withheld with everything that is told of those cases.
Where a whole and all its other parts are shown, a subtraction would bring it back; so the smallest
other part is withheld as well, and where that does not help, the whole. A zero singles nobody out.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from disclosure.figures.kinds import FigureKind, Guard, areas_above, kind_of, rules_of
from disclosure.figures.numbers import Figure

# Where and of when a number is told, of which subject, and of which measure.
Cell = tuple[str, str, str, str]  # place, period, subject, measure


@dataclass(frozen=True)
class Sum:
    """A whole and its parts, all of which are told."""

    whole: Cell
    parts: tuple[Cell, ...]


def withhold(
    figures: Sequence[Figure], *, shown: Iterable[Figure] = ()
) -> tuple[tuple[Figure, ...], int]:
    """Return ``figures`` without the numbers that may not be shown, and how many those are.

    ``shown`` is what is published already: it can be used in a subtraction, and not be taken back.
    """
    before = {_cell(figure): figure for figure in shown}
    told = before | {_cell(figure): figure for figure in figures}
    free = {_cell(figure) for figure in figures}
    hidden = {cell for cell, figure in told.items() if figure.withheld}
    hidden |= {cell for cell in free if _is_small(told[cell])}
    hidden = _spread(hidden, told) & (free | hidden)
    sums = tuple(_sums(told))
    while wanting := _next_to_hide(sums, hidden, told, free):
        hidden |= _spread({wanting}, told) & free
    result = tuple(
        replace(figure, number=0, scale=0, withheld=True) if _cell(figure) in hidden else figure
        for figure in figures
    )
    return result, sum(one.withheld for one in result)


def exposed(figures: Iterable[Figure]) -> tuple[Cell, ...]:
    """Return the withheld cells that a subtraction brings back from what is shown."""
    told = {_cell(figure): figure for figure in figures}
    hidden = {cell for cell, figure in told.items() if figure.withheld}
    found = [
        cell
        for one in _sums(told)
        if not _is_safe(one, hidden, told)
        for cell in one.parts
        if cell in hidden
    ]
    return tuple(dict.fromkeys(found))


def _cell(figure: Figure) -> Cell:
    return figure.region_code, figure.period.text, figure.programme, figure.measure


def _kind(figure: Figure) -> FigureKind | None:
    return kind_of(figure.programme, figure.measure)


def _guard(figure: Figure) -> Guard:
    kind = _kind(figure)
    measure = kind.find_measure(figure.measure) if kind else None
    return measure.guard if measure else Guard.FREE


def _is_small(figure: Figure) -> bool:
    kind = _kind(figure)
    counted = _guard(figure) in {Guard.CASES, Guard.PART}
    return kind is not None and counted and 0 < figure.value < kind.fewest


def _spread(hidden: Collection[Cell], told: Mapping[Cell, Figure]) -> set[Cell]:
    """Return ``hidden`` with all that is told of the same cases, where a number of cases is."""
    cases = {cell[:3] for cell in hidden if _guard(told[cell]) is Guard.CASES}
    return set(hidden) | {
        cell
        for cell, figure in told.items()
        if cell[:3] in cases and _guard(figure) is not Guard.FREE
    }


def _next_to_hide(
    sums: Sequence[Sum],
    hidden: Collection[Cell],
    told: Mapping[Cell, Figure],
    free: Collection[Cell],
) -> Cell | None:
    """Return one more cell to withhold, None where nothing can be worked out, or nothing helps."""
    for one in sums:
        if _is_safe(one, hidden, told):
            continue
        parts = [
            cell
            for cell in one.parts
            if cell in free and cell not in hidden and told[cell].number > 0
        ]
        if parts:
            return min(parts, key=lambda cell: (told[cell].value, cell))
        if one.whole in free:
            return one.whole
    return None


def _is_safe(one: Sum, hidden: Collection[Cell], told: Mapping[Cell, Figure]) -> bool:
    """Tell whether no withheld part follows from the whole and the parts that are shown.

    Several that add up to no more than their number must each be 1.
    """
    gone = [cell for cell in one.parts if cell in hidden]
    if not gone or one.whole in hidden:
        return True
    rest = told[one.whole].value - sum(told[cell].value for cell in one.parts if cell not in hidden)
    return len(gone) > 1 and rest > len(gone)


def _sums(told: Mapping[Cell, Figure]) -> Iterator[Sum]:
    yield from _sums_of_subjects(told)
    yield from _sums_of_places(told)


def _sums_of_subjects(told: Mapping[Cell, Figure]) -> Iterator[Sum]:
    for cell, figure in told.items():
        kind = _kind(figure)
        for subject, parts in rules_of(kind) if kind else ():
            if subject.name == figure.programme and _adds_up(figure):
                place, period, _, measure = cell
                cells = [(place, period, part.name, measure) for part in parts]
                there = tuple(one for one in cells if one in told)
                if there:
                    yield Sum(cell, there)


def _sums_of_places(told: Mapping[Cell, Figure]) -> Iterator[Sum]:
    """Yield for each place the sum of the places told of that lie next below it."""
    groups: dict[tuple[str, str, str], dict[str, Cell]] = defaultdict(dict)
    for cell, figure in told.items():
        kind = _kind(figure)
        if kind is not None and kind.places_add_up and _adds_up(figure):
            groups[cell[1:]][cell[0]] = cell
    for cells in groups.values():
        below: dict[str, list[Cell]] = defaultdict(list)
        for code, cell in cells.items():
            above = next((area for area in areas_above(code) if area in cells), None)
            if above is not None:
                below[above].append(cell)
        for area, parts in below.items():
            yield Sum(cells[area], tuple(parts))


def _adds_up(figure: Figure) -> bool:
    kind = _kind(figure)
    measure = kind.find_measure(figure.measure) if kind else None
    return measure is not None and measure.adds_up
