"""Blocks 村名只写一次: a list that writes each village once, above the rows that belong to it.

Merged cells say so themselves; in a CSV, or where somebody has taken the merges apart, only empty
cells are left. They are filled only where nothing else can be meant, and the clerk is told.
"""

from collections.abc import Callable
from dataclasses import replace

from disclosure.intake import problems, sheetproblems
from disclosure.intake.cells import is_empty, text_of
from disclosure.intake.households import SheetContext
from disclosure.intake.kinds import Field
from disclosure.intake.problems import ColumnLabel, Problem
from disclosure.intake.table import Line
from portal.kernel.text import compact

_LEAST_EMPTY = 2  # one empty cell alone is a mistake, not a way of writing

Household = list[Line]


def fill_blocks(
    households: list[Household],
    context: SheetContext,
    label: Callable[[Line, Field], ColumnLabel | None],
) -> tuple[list[Household], list[Problem]]:
    """Return the households, each with its block's village, and what the clerk is told of it."""
    if not _is_in_blocks(households, context):
        return households, []
    filled: list[Household] = []
    found: list[Problem] = []
    head, rows = households[0][0], 0
    for household in [*households, []]:
        if not household or not is_empty(household[0].value(Field.VILLAGE)):
            if rows:
                fault = problems.with_params(sheetproblems.VILLAGE_OF_BLOCK, rows=rows)
                found.append(fault.at(head.row, context.sheet, label(head, Field.VILLAGE)))
            filled += [household] if household else []
            head, rows = household[0] if household else head, 0
        else:
            filled.append([_with_village(household[0], head), *household[1:]])
            rows += 1
    return filled, found


def _is_in_blocks(households: list[Household], context: SheetContext) -> bool:
    """Tell whether each village stands exactly once, and rows without one follow it."""
    if context.of_sheet is not None or not households:
        return False
    firsts = [household[0] for household in households]
    if any(not line.has(Field.VILLAGE) or line.has(Field.VILLAGE_CODE) for line in firsts):
        return False
    values = [line.value(Field.VILLAGE) for line in firsts]
    written = [compact(text_of(value)) for value in values if not is_empty(value)]
    empty = len(values) - len(written)
    once = len(set(written)) == len(written)
    return empty >= _LEAST_EMPTY and once and not is_empty(values[0])


def _with_village(line: Line, head: Line) -> Line:
    if line.headings is None:
        return line
    values = list(line.values)
    index = line.headings.places[Field.VILLAGE]
    values += [""] * (index + 1 - len(values))
    values[index] = head.value(Field.VILLAGE)
    return replace(line, values=values)
