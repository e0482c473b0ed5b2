"""What is shown of one matter 所示内容: its JSON, read strictly, against the entry that it names.

The JSON carries what a stranger needs: ``text`` (of which ``content`` is the digest), ``rows`` with
their salts, ``totals``, and ``log`` with the entry's index and its bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from disclosure.log.canonical import canonical_row, is_plain, plain_canonical
from disclosure.log.entries import Entry, is_count, parse_entry
from disclosure.log.errors import LogError
from disclosure.log.rows import SALT_BYTES, rows_root, totals_commitment
from disclosure.log.strict import parse_json

OVER_STATES = ("ended", "concluded", "replaced", "withdrawn")
HOLDING_STATES = ("posted", "published")
_NEEDED = frozenset({"id", "version", "state", "content", "text", "rows", "log"})


@dataclass(frozen=True)
class Shown:
    """What is shown: its members, the entry that they name, and the rows without their salts."""

    members: dict[str, Any]
    index: int
    entry_bytes: bytes
    entry: Entry
    rows: list[dict[str, Any]] | None

    @property
    def is_over(self) -> bool:
        """Whether it says of itself that its time is over."""
        return self.members.get("state") in OVER_STATES


def read_shown(data: bytes) -> Shown:
    """Return what a matter's JSON shows; raises LogError where it cannot be read."""
    members = parse_json(data, "its JSON")
    missing = sorted(_NEEDED - set(members))
    if missing:
        raise LogError(f"its JSON has no member {', '.join(missing)}")
    log = members.get("log")
    if not isinstance(log, dict) or not is_count(log.get("index")):
        raise LogError("it does not say where it stands in the log")
    if members.get("state") not in OVER_STATES + HOLDING_STATES:
        raise LogError("it does not say whether it holds")
    written = log.get("entry")
    try:
        entry_bytes = written.encode() if isinstance(written, str) else b""
    except UnicodeEncodeError:
        entry_bytes = b""
    return Shown(members, log["index"], entry_bytes, parse_entry(entry_bytes), _rows_of(members))


def _rows_of(members: dict[str, Any]) -> list[dict[str, Any]] | None:
    rows = members.get("rows")
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LogError("its rows cannot be read")
    return [{name: cell for name, cell in row.items() if name != "salt"} for row in rows]


def check_digests(shown: Shown) -> None:
    """Raise LogError unless text, rows and totals give what the entry commits to.

    What is over may have lost its text, its rows, and the totals of a few.
    """
    members, entry = shown.members, shown.entry
    if members.get("content") != entry.content:
        raise LogError("the digest that it shows is not the one in the log")
    text = members.get("text")
    if text is not None or not shown.is_over:
        if not isinstance(text, dict):
            raise LogError("it does not show what it says")
        if hashlib.sha256(plain_canonical(text)).hexdigest() != entry.content:
            raise LogError("what it says is not what was logged")
    if shown.rows is not None:
        _check_rows(shown, shown.rows)
    elif not shown.is_over:
        raise LogError("its rows are not shown, though its time is not over")
    _check_totals(shown)


def _check_rows(shown: Shown, rows: list[dict[str, Any]]) -> None:
    if shown.is_over:
        raise LogError("its time is over, but its rows are still shown")
    salts = [_salt_of(row) for row in shown.members["rows"]]
    written = [_written_row(row) for row in rows]
    if rows_root(zip(written, salts)) != shown.entry.rows:  # noqa: B905 - for Python 3.9
        raise LogError("its rows are not those that were logged")


def _salt_of(row: dict[str, Any]) -> bytes:
    salt = row.get("salt")
    try:
        found = bytes.fromhex(salt) if isinstance(salt, str) else b""
    except ValueError:
        found = b""
    if len(found) != SALT_BYTES or found.hex() != salt:
        raise LogError("a row has no proper salt")
    return found


def _written_row(row: dict[str, Any]) -> bytes:
    if not is_plain(row):
        raise LogError("a row cannot be read")
    return canonical_row(row)


def _check_totals(shown: Shown) -> None:
    totals, logged = shown.members.get("totals"), shown.entry.totals
    if totals is None:
        if logged is not None and not shown.is_over:
            raise LogError("its totals are not shown")
        return
    if not isinstance(totals, dict) or logged is None:
        raise LogError("it shows totals that were not logged")
    plain = {name: value for name, value in totals.items() if name != "salt"}
    if "commitment" in logged:
        holds = totals_commitment(plain_canonical(plain), _salt_of(totals)) == logged["commitment"]
    else:
        holds = totals == dict(logged)
    if not holds:
        raise LogError("its totals are not those that were logged")
