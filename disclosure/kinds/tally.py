"""Figures by village 分村汇总数: households counted so that nobody is singled out.

Families on the margin and of heavy expense are published in figures; names only where the county's
policy says so. A number of fewer than three households says something about one of them, and so
does the rest that is left when all others are known (rules/masking.md, "The gate").
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.kernel.money import format_yuan

FEW_HOUSEHOLDS = 3
OTHERS = "其他村（社区）合计"


@dataclass(frozen=True)
class Cell:
    """How many households and persons one place has; ``amount_fen`` of all of them."""

    place: str
    households: int
    persons: int
    amount_fen: int = 0


@dataclass(frozen=True)
class Tally:
    """What is published of a place in figures: its villages' cells, and what they add up to.

    ``total`` is None, and there are no cells, where the whole place has fewer than three.
    """

    cells: tuple[Cell, ...]
    total: Cell | None

    def content(self) -> dict[str, Any]:
        """Return it in the names of a notice's content."""
        if self.total is None:
            return {"withheld": True, "places": []}
        return {
            "households": self.total.households,
            "persons": self.total.persons,
            "amount": format_yuan(self.total.amount_fen),
            "places": [
                {"place": cell.place, "households": cell.households, "persons": cell.persons}
                for cell in self.cells
            ],
        }


def tally(cells: Sequence[Cell]) -> Tally:
    """Return the cells of a place as they may be published, in their order.

    Cells of fewer than three households are joined into 其他; the smallest of the others join them
    until they are three households or more, because the total is published beside them.
    """
    filled = [cell for cell in cells if cell.households]
    total = _sum(OTHERS, filled)
    if total.households < FEW_HOUSEHOLDS:
        return Tally((), None)
    hidden = {cell.place for cell in filled if cell.households < FEW_HOUSEHOLDS}
    by_size = sorted(filled, key=lambda cell: (cell.households, cell.place))
    for cell in by_size:
        joined = sum(one.households for one in filled if one.place in hidden)
        if not hidden or joined >= FEW_HOUSEHOLDS:
            break
        hidden.add(cell.place)
    shown = [cell for cell in filled if cell.place not in hidden]
    if hidden:
        shown.append(_sum(OTHERS, (cell for cell in filled if cell.place in hidden)))
    return Tally(tuple(shown), total)


def _sum(place: str, cells: Iterable[Cell]) -> Cell:
    own = list(cells)
    return Cell(
        place,
        sum(cell.households for cell in own),
        sum(cell.persons for cell in own),
        sum(cell.amount_fen for cell in own),
    )
