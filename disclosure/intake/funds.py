"""Fund figures 资金发放: one line a township, a month and a programme."""

from collections.abc import Callable
from datetime import date

from disclosure.intake import problems
from disclosure.intake.cells import date_of, is_empty, month_of, text_of
from disclosure.intake.households import Findings, SheetContext
from disclosure.intake.kinds import Field
from disclosure.intake.places import Place
from disclosure.intake.problems import ColumnLabel, Problem
from disclosure.intake.result import FundRow
from disclosure.intake.table import Line
from disclosure.intake.validation import read_amount, read_count, read_date
from portal.kernel.period import Period

# Some forms call the programme a class 类别 or a type 类型 of relief.
_PROGRAMME = (Field.PROGRAMME, Field.CLASS, Field.RELIEF_TYPE)


def check_fund_line(
    line: Line, context: SheetContext, label: Callable[[Line, Field], ColumnLabel | None]
) -> tuple[FundRow | None, list[Problem]]:
    """Check one line; the row is None when anything in it is an error."""
    found = Findings(context.sheet, label)
    place = _place(line, context, found)
    month = _month(line, context, found)
    programme = next(filter(None, (text_of(line.value(wanted)) for wanted in _PROGRAMME)), "")
    if not programme:
        found.report(problems.PROGRAMME_EMPTY, line, Field.PROGRAMME)
    counts: list[int] = []
    for wanted in (Field.HOUSEHOLDS, Field.PERSONS):
        count, fault = read_count(line.value(wanted))
        if fault or count is None:
            found.report(fault or problems.COUNT_NAN, line, wanted)
        counts.append(count or 0)
    amount, fault = read_amount(line.value(Field.AMOUNT), factor=context.factor)
    if fault:
        found.report(fault, line, Field.AMOUNT)
    paid_on = _paid_on(line, found)
    if found.has_errors or place is None or month is None:
        return None, found.problems
    row = FundRow(
        context.sheet, line.row, place, month, programme, counts[0], counts[1], amount, paid_on
    )
    return row, found.problems


def _place(line: Line, context: SheetContext, found: Findings) -> Place | None:
    located = context.gazetteer.locate(text_of(line.value(Field.TOWNSHIP)))
    if located.place is None:
        found.report(problems.TOWNSHIP_UNKNOWN, line, Field.TOWNSHIP)
    return located.place


def _month(line: Line, context: SheetContext, found: Findings) -> Period | None:
    year = context.period.first_on.year if context.period else None
    value = line.value(Field.MONTH)
    month = context.month if is_empty(value) else month_of(value, year)
    if month is None:
        found.report(problems.MONTH_UNCLEAR, line, Field.MONTH)
    elif context.period is not None and not month.within(context.period):
        outside = problems.with_params(problems.MONTH_OUTSIDE, period=context.period.text)
        found.report(outside, line, Field.MONTH)
    return month


def _paid_on(line: Line, found: Findings) -> date | None:
    paid_on = date_of(line.value(Field.PAID_ON))
    if fault := read_date(line.value(Field.PAID_ON), paid_on):
        found.report(fault, line, Field.PAID_ON)
    return paid_on
