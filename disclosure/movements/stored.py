"""What is stored of a change 增减存储, and how it is read back as a value."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.movements.comparing import HouseholdChange, Listed
from disclosure.movements.models import ChangeSet, ListChange
from portal.kernel.period import parse_period

# All of a row but what stands in columns of its own.
_MEMBERS = (
    *("village", "notice_id", "n", "group", "name", "name_board", "name_kiosk"),
    *("persons", "class_", "amount_fen", "exit_month"),
)


def stored(row: Listed | None) -> dict[str, Any] | None:
    """Return a row as it is stored beside its digest and its set's key."""
    return None if row is None else {name: getattr(row, name) for name in _MEMBERS}


def household_change(row: ListChange, key_id: str) -> HouseholdChange:
    """Return a stored change as the comparison saw it, within its own list."""
    before, after = (
        None if one is None else Listed(key_id=key_id, digest=row.household_digest, **one)
        for one in (row.before, row.after)
    )
    return HouseholdChange(before, after)


def list_rows_of(session: Session, set_id: str) -> Sequence[ListChange]:
    """Return a set's rows in their order."""
    query = select(ListChange).where(ListChange.set_id == set_id).order_by(ListChange.n)
    return session.scalars(query).all()


def month_of(change_set: ChangeSet) -> str:
    """Return the month of the later list (``2026-10``), its first where it is about several."""
    return f"{parse_period(change_set.later_period).first_on:%Y-%m}"
