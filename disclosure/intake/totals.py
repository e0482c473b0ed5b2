"""Totals 合计: what a list says that its rows add up to, compared with what they do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from disclosure.intake import problems
from disclosure.intake.cells import is_empty, number_of
from disclosure.intake.kinds import Field
from disclosure.intake.problems import ColumnLabel, Problem
from disclosure.intake.table import Line, Role, Table
from portal.kernel.money import round_half_up

_NO_SUM = 10**9  # no list's persons or yuan add up to that
_ADDED = (Field.MEMBERS, Field.PERSONS, Field.HOUSEHOLDS, Field.AMOUNT)


def check_totals(
    table: Table, sheet: str, label: Callable[[Line, Field], ColumnLabel | None]
) -> Iterator[Problem]:
    """Yield the totals of a sheet that disagree with its rows.

    A total is right when it agrees with all rows, with the rows above it, or with the rows between
    it and the total before or after it. A cell without a number says nothing; when a row's own cell
    is no number, the column is not compared: that row already has an error.
    """
    totals = [place for place, line in enumerate(table.lines) if line.role is Role.TOTAL]
    if not totals:
        return
    for wanted in _ADDED:
        column = _Column.read(table.lines, wanted)
        for number, place in enumerate(totals):
            line = table.lines[place]
            stated = number_of(line.value(wanted))
            before = totals[number - 1] + 1 if number else 0
            after = totals[number + 1] if number + 1 < len(totals) else len(table.lines)
            sums = column.sums(place, before, after, line.is_subtotal)
            if stated is None or not sums or any(_same(stated, found) for found in sums):
                continue
            fault = problems.with_params(
                problems.TOTAL_MISMATCH, stated=_written(stated), found=_written(sums[0])
            )
            yield fault.at(line.row, sheet, label(line, wanted))


@dataclass(frozen=True)
class _Column:
    """Running sums of one column before each line: the sum, how many numbers, how many others."""

    running: tuple[tuple[Decimal, int, int], ...]

    @classmethod
    def read(cls, lines: Sequence[Line], wanted: Field) -> "_Column":
        total, numbers, others = Decimal(0), 0, 0
        running = [(total, numbers, others)]
        for line in lines:
            value = line.value(wanted) if line.role is Role.DATA else ""
            if not is_empty(value):
                number = number_of(value)
                total += number or 0
                numbers += number is not None
                others += number is None
            running.append((total, numbers, others))
        return cls(tuple(running))

    def sums(self, place: int, before: int, after: int, subtotal: bool) -> list[Decimal]:
        """Return the sums that a total in line ``place`` may mean, the likeliest first."""
        end = len(self.running) - 1
        parts = [(0, place), (before, place), (0, end), (place, after), (place, end)]
        if subtotal:
            parts[0], parts[1] = parts[1], parts[0]
        found = [self._sum(*part) for part in parts]
        return [number for number in found if number is not None]

    def _sum(self, first: int, end: int) -> Decimal | None:
        """Return the sum of lines ``first`` to before ``end``, None when a cell is no number."""
        low, high = self.running[first], self.running[end]
        if high[1] == low[1] or high[2] > low[2]:
            return None
        return high[0] - low[0]


def _same(stated: Decimal, found: Decimal) -> bool:
    # Excel keeps 0.1 + 0.2 as 0.30000000000000004: six decimals are more than any list has.
    return round_half_up(stated, 6) == round_half_up(found, 6)


def _written(number: Decimal) -> str:
    if abs(number) >= _NO_SUM:
        return "…"  # a telephone or ID number in the wrong column: it is not repeated
    return f"{round_half_up(number, 6).normalize():f}"
