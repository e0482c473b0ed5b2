"""Template filters 模板过滤器: money, dates and numbers as people read them."""

from datetime import date, datetime

from flask import Flask
from flask_babel import get_locale

from portal.kernel.clock import SHANGHAI

ENGLISH_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def yuan(fen: int) -> str:
    """Return an amount of fen as yuan with two decimals and thousands: 14856000 → "148,560.00"."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def number(value: int) -> str:
    """Return a whole number with thousands separated."""
    return f"{value:,}"


def cn_date(day: date) -> str:
    """Return a date as its language writes it: "2026年10月8日", "8 October 2026"."""
    if str(get_locale()) == "en":
        return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def cn_datetime(instant: datetime) -> str:
    """Return an instant as date and time in Asia/Shanghai: "2026年10月8日 10:05"."""
    local = instant.astimezone(SHANGHAI)
    return f"{cn_date(local.date())} {local:%H:%M}"


def set_up_filters(app: Flask) -> None:
    """Give the filters to the templates."""
    for function in (yuan, number, cn_date, cn_datetime):
        app.jinja_env.filters[function.__name__] = function
