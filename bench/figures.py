"""A figure: what was measured, and the limit that it is held against."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``measured`` and ``limit`` carry their units in words."""

    name: str
    measured: str
    limit: str
    met: bool
    note: str = ""


# A bench measures one thing, or a few that need the same preparation.
Bench = Callable[[], Figure | Iterable[Figure]]

HEADINGS = ("figure", "measured", "limit", "met", "note")


def at_most(name: str, measured: float, limit: float, unit: str, note: str = "") -> Figure:
    """Return a figure that may not be larger than ``limit``, both in ``unit``."""
    return Figure(name, amount(measured, unit), f"≤ {amount(limit, unit)}", measured <= limit, note)


def at_least(name: str, measured: float, limit: float, unit: str, note: str = "") -> Figure:
    """Return a figure that may not be smaller than ``limit``, both in ``unit``."""
    return Figure(name, amount(measured, unit), f"≥ {amount(limit, unit)}", measured >= limit, note)


NOT_MEASURED = "not measured"


def not_measured(name: str, limit: str, why: str) -> Figure:
    """Return a figure for whose measuring something is missing here; it fails nothing."""
    return Figure(name, NOT_MEASURED, limit, met=True, note=why)


def amount(value: float, unit: str) -> str:
    """Return ``value`` with thousands' commas from 100 up and two digits after the point below."""
    number = f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
    return f"{number} {unit}".strip()


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as one table of plain text."""
    lines = [HEADINGS, *(_line(figure) for figure in figures)]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in (lines[0], rule, *lines[1:])
    )


def _line(figure: Figure) -> tuple[str, ...]:
    met = "yes" if figure.met else "NO"
    if figure.measured == NOT_MEASURED:
        met = "-"
    return figure.name, figure.measured, figure.limit, met, figure.note


def _width(text: str) -> int:
    """Return how many columns a terminal gives ``text``; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
