"""Content 批次内容: what the digest of a set of figures is computed from."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from disclosure.figures.fundqueries import list_lines_of_set
from disclosure.figures.funds import line_members
from disclosure.figures.models import PublishedFigure
from disclosure.figures.numbers import Figure
from disclosure.figures.queries import figure_of, list_figures_of
from disclosure.log.commitment import content_digest


def public_members(figure: Figure) -> dict[str, Any]:
    """Return a figure as ``/figures.json`` shows it; the value is a decimal written out.

    Of one that is withheld the value is None, and a sign stands for it.
    """
    return {
        "source": figure.source,
        "region_code": figure.region_code,
        "region": figure.region,
        "period": figure.period.text,
        "programme": figure.programme,
        "measure": figure.measure,
        "value": None if figure.withheld else f"{figure.value:f}",
        "unit": figure.unit.sign,
        "published": figure.as_published,
        "note": figure.note,
    }


def set_digest(session: Session, set_id: str) -> str:
    """Return the digest of a stored set: what is approved, and what stands in the log."""
    return content_digest(set_content(session, set_id))


def set_content(session: Session, set_id: str) -> dict[str, Any]:
    """Return what a stored set says: its figures that hold, and what later sets replaced of it.

    Of fund figures also when each line was paid, and why it differs from the lists.
    """
    rows = list_figures_of(session, set_id)
    content: dict[str, Any] = {
        "figures": [public_members(figure_of(row)) for row in rows if row.replaced_by is None]
    }
    if funds := [line_members(line) for line in list_lines_of_set(session, set_id)]:
        content["funds"] = funds
    if replaced := [row for row in rows if row.replaced_by is not None]:
        content["replaced"] = _replaced_members(replaced)
    return content


def _replaced_members(rows: Sequence[PublishedFigure]) -> list[dict[str, Any]]:
    return [{**public_members(figure_of(row)), "replaced_by": row.replaced_by} for row in rows]
