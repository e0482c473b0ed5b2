"""Checking what is shown 核验: a notice as it stands here, against the log, as a stranger would.

What strangers check with (``disclosure.log.verifying``) is used here too, on the notice's own JSON.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from disclosure.log.canonical import canonical_row
from disclosure.log.entries import Entry, parse_entry
from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey
from disclosure.log.rows import row_leaf
from disclosure.log.verifying.listpage import check_facts, check_sums
from disclosure.log.verifying.shown import check_digests, read_shown
from disclosure.logbook.models import LogEntry
from disclosure.logbook.reading import find_receipt, find_signed_tree
from disclosure.models import Notice, NoticeVersion
from disclosure.queries import NoticeView, notice_json

RECEIPT_HEX = 16

log = logging.getLogger(__name__)


class Seal(StrEnum):
    """How what is shown stands to the public log."""

    HOLDS = "holds"  # 一致: logged, signed, and shown as logged
    WAITING = "waiting"  # 待签: logged, and signed within a minute
    BROKEN = "broken"  # 不一致: somebody has changed something past the log
    REFUSED = "refused"  # 日志不可采信: this server's log itself cannot be trusted now


@dataclass(frozen=True)
class LogCheck:
    """The outcome: how it stands, its entry's index, and how many entries are signed."""

    seal: Seal
    index: int | None
    size: int


def check_against_log(
    session: Session, view: NoticeView, *entries: int, trusted: bool = True
) -> LogCheck:
    """Compare what is shown of a notice with its entry, and find it in the signed tree.

    ``entries`` are indexes of further entries that must be there: that of an older printed version.
    Where the server's log is not ``trusted``, nothing holds.
    """
    tree = find_signed_tree(session)
    size = 0 if tree is None else tree.checkpoint.size
    seal = Seal.HOLDS
    try:
        index = _check_shown(session, view)
        wanted = {index, *entries}
        if tree is None or max(wanted) >= size:
            seal = Seal.WAITING
        else:
            for one in sorted(wanted):
                _check_included(session, one, tree.key)
    except LogError as error:
        log.warning("notice %s does not agree with the log: %s", view.card.id, error)
        seal = Seal.BROKEN
    if seal is not Seal.BROKEN and not trusted:
        seal = Seal.REFUSED
    return LogCheck(seal, view.log_index, size)


def _check_shown(session: Session, view: NoticeView) -> int:
    """Return the index of the entry that what is shown is the content of; raises LogError."""
    if view.log_index is None:
        raise LogError("it has no entry")
    shown = read_shown(json.dumps(notice_json(session, view)).encode())
    if shown.entry.notice != view.card.id:
        raise LogError("its entry is about another notice")
    for check in (check_digests, check_facts, check_sums):
        check(shown)
    if not shown.is_over:
        _check_still_holds(session, view.card.id, view.log_index, shown.entry)
    return view.log_index


def _check_still_holds(session: Session, notice_id: str, index: int, entry: Entry) -> None:
    """Raise LogError where the log has ended what is shown as if it held."""
    newest = session.scalar(select(func.max(LogEntry.index)).where(LogEntry.notice_id == notice_id))
    if newest != index:
        raise LogError("the log has a newer entry about it")
    later = (
        select(LogEntry.entry)
        .join(NoticeVersion, NoticeVersion.log_index == LogEntry.index)
        .join(Notice, Notice.id == NoticeVersion.notice_id)
        .where(
            Notice.region_code == entry.region, Notice.kind == entry.kind, LogEntry.index > index
        )
    )
    if any(parse_entry(one).prev == index for one in session.scalars(later)):
        raise LogError("the log says that another one has replaced it")


def _check_included(session: Session, index: int, key: VerifierKey) -> None:
    receipt, entry = find_receipt(session, index), session.get(LogEntry, index)
    if receipt is None or entry is None:
        raise LogError("its entry is missing")
    receipt.verify(entry.entry, [key])


@dataclass(frozen=True)
class RowReceipt:
    """A row's own receipt 单行凭证: the first 16 hex digits of its leaf, in groups of four."""

    n: int
    name: str
    receipt: str


def list_row_receipts(session: Session, view: NoticeView) -> list[RowReceipt]:
    """Return the receipt of each row of what hangs: it changes with every character of the row."""
    rows = notice_json(session, view)["rows"] or []
    return [RowReceipt(row["n"], row["name"], _receipt_of(row)) for row in rows]


def _receipt_of(row: Mapping[str, Any]) -> str:
    members = {name: value for name, value in row.items() if name != "salt"}
    leaf = row_leaf(canonical_row(members), bytes.fromhex(row["salt"])).hex()
    return " ".join(leaf[at : at + 4] for at in range(0, RECEIPT_HEX, 4))
