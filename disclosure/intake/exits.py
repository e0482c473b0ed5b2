"""Gradual exits 渐退期: until which month a household above the standard still receives.

The column holds a month or a day (2026-12, 2026年12月, 2026/12/31, 202612); the month counts.
"""

import re
from collections.abc import Callable, Sequence

from disclosure.intake.cells import is_mark_of_nothing, month_of, text_of
from disclosure.intake.kinds import Field, Kind
from disclosure.intake.problems import Code, Fault, Severity, with_params
from disclosure.intake.table import Line
from disclosure.intake.workbook import CellValue
from portal.kernel.language import N_
from portal.kernel.period import FIRST_YEAR, LAST_YEAR, Period
from portal.kernel.text import compact

_NONE = frozenset({"否", "×", "不", "N", "NO"})
_WORDS = re.compile(r"^(?:渐退期?)?(?:延?至|到)?|(?:止|底|末)$")

UNCLEAR = Fault(
    Code.UNREADABLE,
    N_(
        "It is not clear in which month the gradual exit ends. Write it like 2026-12 or "
        "2026年12月, or leave the cell empty."
    ),
)
TWICE = Fault(
    Code.UNREADABLE,
    N_(
        "The rows of this household name different months for the end of its gradual exit. "
        "Correct them."
    ),
)
OVER = Fault(
    Code.PERIOD_MISMATCH,
    N_(
        "The gradual exit ended before the period of this list (%(period)s) begins. Check the "
        "month, or whether the household still receives."
    ),
    Severity.WARNING,
)

Report = Callable[[Fault, Line, Field | None], None]


def read_exit_month(value: CellValue) -> tuple[str | None, Fault | None]:
    """Return the month (``2026-12``), None for an empty cell or one that says no."""
    if is_mark_of_nothing(value) or compact(text_of(value)).upper() in _NONE:
        return None, None
    if isinstance(value, float) and not value.is_integer():
        return None, UNCLEAR  # 2026.1 may have been 2026.10 before the cell became a number
    written: CellValue = value
    if isinstance(value, str):
        written = _WORDS.sub("", compact(value))
    month = month_of(written, None)
    if month is None or not FIRST_YEAR <= month.first_on.year <= LAST_YEAR:
        return None, UNCLEAR
    return month.text, None


def check_exit(
    lines: Sequence[Line], kind: Kind, period: Period | None, report: Report
) -> str | None:
    """Return the month that ends a household's gradual exit 渐退期至, None if it is in none.

    Only those who receive are in one. A month before the list's own is reported and kept: the
    household stands on the list, so it receives.
    """
    if kind is not Kind.STANDING or not lines[0].has(Field.EXIT_MONTH):
        return None
    months: dict[str, Line] = {}
    for line in lines:
        month, fault = read_exit_month(line.value(Field.EXIT_MONTH))
        if fault:
            report(fault, line, Field.EXIT_MONTH)
        if month:
            months.setdefault(month, line)
    if not months:
        return None
    if len(months) > 1:
        report(TWICE, list(months.values())[1], Field.EXIT_MONTH)
    month, line = next(iter(months.items()))
    if period is not None and month < f"{period.first_on:%Y-%m}":
        report(with_params(OVER, period=period.text), line, Field.EXIT_MONTH)
    return month
