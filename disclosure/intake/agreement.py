"""Agreement 一致 between the sheets of a file, and between a file and what it is brought in for."""

from collections.abc import Iterator, Sequence

from disclosure.intake import problems, sheetproblems
from disclosure.intake.households import SheetContext
from disclosure.intake.kinds import Kind
from disclosure.intake.problems import Problem
from disclosure.intake.table import Table
from disclosure.intake.titles import stated_period
from portal.kernel.period import Period, PeriodKind

_UNITS = {1: "元", 1_000: "千元", 10_000: "万元"}
_MONTHS = {3: "/季", 12: "/年"}


def agree(given: Period, stated: Period) -> bool:
    """Tell whether a title's period fits: days exactly, months and quarters by what they share."""
    if given.kind is PeriodKind.DAYS and stated.kind is PeriodKind.DAYS:
        return given == stated
    return given.overlaps(stated)


def check_periods(
    sheets: Sequence[tuple[Table, str]], kind: Kind, period: Period | None
) -> Iterator[Problem]:
    """Yield what the titles say of other periods than ``period``.

    The first sheet that states one speaks for the file; each other sheet that disagrees is named.
    """
    if period is None:
        return
    is_first = True
    for table, sheet in sheets:
        stated = stated_period(table.titles, kind)
        if stated is None:
            continue
        if not agree(period, stated):
            fault = sheetproblems.TITLE_PERIOD if is_first else sheetproblems.SHEET_PERIOD
            fault = problems.with_params(fault, stated=stated.text, period=period.text)
            yield fault.at(None, "" if is_first else sheet)
        is_first = False


def check_units(contexts: Sequence[SheetContext]) -> Iterator[Problem]:
    """Yield the sheets whose amounts stand in another unit than those of the first sheet."""
    for context in contexts[1:]:
        first = contexts[0]
        if (context.factor, context.months) != (first.factor, first.months):
            fault = problems.with_params(
                sheetproblems.SHEET_UNIT, unit=_unit(context), first=_unit(first)
            )
            yield fault.at(None, context.sheet)


def _unit(context: SheetContext) -> str:
    return _UNITS.get(context.factor, "元") + _MONTHS.get(context.months, "")
