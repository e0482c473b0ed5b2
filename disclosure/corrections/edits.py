"""Edits 更正内容: what a row is to say instead, read from a form, and what that changes.

Pure. A row keeps its number through all versions, because neighbours tell rows apart by it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from disclosure.intake import problems
from disclosure.intake.households import LARGEST_AMOUNT_FEN, LONGEST_GROUP, LONGEST_REASON
from disclosure.intake.places import tidy_group
from disclosure.intake.problems import Fault
from disclosure.intake.validation import read_amount, read_class, read_count
from disclosure.publicrow import PublicRow
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.text import clean

FIELD_WORDS: Mapping[str, str] = {
    "name": N_("Name"),
    "group": N_("Villagers' group"),
    "persons": N_("Persons covered"),
    "class_": N_("Class"),
    "amount_fen": N_("Amount (yuan)"),
    "reason": N_("Reason"),
    "exit_month": N_("End of the gradual exit"),
}
"""What of a row can be corrected, in the order of the page; all else stays as it was approved."""

NOTHING_CHANGED = N_("Nothing of this row is changed. Write what it should say.")


@dataclass(frozen=True)
class RowEdit:
    """What a row is to say 更正后; the whole name only where it is to be another, with the ID.

    The ID number shows that it is the same household, and is not kept.
    """

    group: str
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)


def read_edit(written: Mapping[str, str], before: PublicRow) -> RowEdit:
    """Return what a form says; raises Refused, naming the field, for what no list could hold."""
    persons, fault = read_count(written["persons"].strip())
    _refuse(fault, "persons")
    if persons is None and before.persons is not None:
        _refuse(problems.COUNT_NAN, "persons")
    class_ = clean(written["class_"])
    if class_ != before.class_:
        class_, fault = read_class(class_)
        _refuse(fault, "class_")
    amount_fen, fault = read_amount(written["amount"].strip())
    _refuse(fault, "amount")
    if amount_fen > LARGEST_AMOUNT_FEN:
        _refuse(problems.AMOUNT_TOO_LARGE, "amount")
    group, reason = tidy_group(written["group"]), clean(written["reason"])
    for name, text, most in (("group", group, LONGEST_GROUP), ("reason", reason, LONGEST_REASON)):
        if len(text) > most:
            _refuse(problems.too_long(most), name)
    return RowEdit(group, persons, class_, amount_fen, reason)


def _refuse(fault: Fault | None, where: str) -> None:
    if fault is not None:
        raise Refused(fault.message, field=where, **fault.params)


def public_row(row: Any) -> PublicRow:
    """Return a stored row as it is published."""
    return PublicRow(*(getattr(row, name) for name in PublicRow._fields))


def changed_fields(before: PublicRow, after: PublicRow) -> list[str]:
    """Return the names of what is another, as FIELD_WORDS orders them."""
    return [name for name in FIELD_WORDS if getattr(before, name) != getattr(after, name)]


class StoredRow(Protocol):
    """A row as it is stored; what tells whether its name is another, though its mask is not."""

    n: Any
    person_digest: Any


def list_changes(before: Sequence[StoredRow], after: Sequence[StoredRow]) -> list[dict[str, Any]]:
    """Return what a version changes 更正摘要, row by row, without any text of a row.

    ``{"n": 7, "fields": ["amount_fen"]}``; a row that is no longer there has ``"struck": true``.
    """
    new = {row.n: row for row in after}
    changes: list[dict[str, Any]] = []
    for old in before:
        if old.n not in new:
            changes.append({"n": old.n, "fields": [], "struck": True})
        elif fields := _fields(old, new[old.n]):
            changes.append({"n": old.n, "fields": fields, "struck": False})
    return changes


def _fields(before: StoredRow, after: StoredRow) -> list[str]:
    fields = changed_fields(public_row(before), public_row(after))
    renamed = before.person_digest != after.person_digest
    return ["name", *fields] if renamed and "name" not in fields else fields
