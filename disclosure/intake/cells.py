"""Cells 单元格: one value of a spreadsheet read as text, whole number, amount, date or month."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from disclosure.intake.workbook import CellValue
from portal.kernel.money import AmountError, parse_number
from portal.kernel.period import Period, month_period
from portal.kernel.text import clean, compact, normalise

_SHOWS = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:\d{1,2}:\d{2}(?::\d{2})?)?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?份?")
_PLAIN_MONTH = re.compile(r"(\d{4})(\d{2})")
_SHORT_MONTH = re.compile(r"(\d{1,2})月?份?")
_EXACT = 2**53  # below, a float holds every whole number
_FORMULA_SIGNS = ("=", "@")
_PLUS_FORMULA = re.compile(r"[+\-][A-Za-z(]")
_EMPTY_MARKS = frozenset({"", "-", "--", "/", "\\", "无", "—", "——"})


def is_empty(value: CellValue) -> bool:
    """Tell whether a cell holds nothing that can be seen."""
    if not isinstance(value, str):
        return False
    # Nearly every cell is empty or begins with a sign that shows: asked a dozen times a row.
    return not value or (not _SHOWS.match(value) and not normalise(value))


def text_of(value: CellValue) -> str:
    """Return a cell as text that may be shown; a whole float without ``.0``, a date as ISO."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def is_formula_text(value: CellValue) -> bool:
    """Tell whether a text would be run as a formula when a spreadsheet program opens it."""
    if not isinstance(value, str) or value.isalnum() or _SHOWS.match(value):
        return False
    written = normalise(value)
    return written.startswith(_FORMULA_SIGNS) or bool(_PLUS_FORMULA.match(written))


def number_of(value: CellValue) -> Decimal | None:
    """Return a cell as an exact number, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        return parse_number(value)
    except AmountError:
        return None


def count_of(value: CellValue) -> int | None:
    """Return a cell as a whole number (``3``, ``3人``), or None."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, str):
        value = compact(value).removesuffix("人").removesuffix("户")
    number = number_of(value)
    if number is None or number != number.to_integral_value():
        return None
    return int(number)


def date_of(value: CellValue) -> date | None:
    """Return a cell as a day, or None."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, timedelta):
        return None
    written = compact(text_of(value))
    found = _DATE.fullmatch(written) or _PLAIN_DATE.fullmatch(written)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def month_of(value: CellValue, year: int | None) -> Period | None:
    """Return a cell as a month; ``8月`` and ``8`` are months of ``year``. None if unclear."""
    if isinstance(value, date):
        return month_period(value.year, value.month)
    written = compact(text_of(value))
    try:
        if found := _MONTH.fullmatch(written) or _PLAIN_MONTH.fullmatch(written):
            return month_period(int(found[1]), int(found[2]))
        if year is not None and (found := _SHORT_MONTH.fullmatch(written)):
            return month_period(year, int(found[1]))
    except ValueError:
        return None
    day = date_of(value)
    return month_period(day.year, day.month) if day else None


def is_mark_of_nothing(value: CellValue) -> bool:
    """Tell whether a cell says "nothing": empty, a dash, 无."""
    return isinstance(value, str) and compact(value) in _EMPTY_MARKS
