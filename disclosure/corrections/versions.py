"""Versions 版本 of a notice: the further one that a correction makes, and what commits to it."""

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session, undefer

from disclosure.corrections.edits import list_changes, public_row
from disclosure.drafting import OTHER_CHANNELS, channel_digest, committed_channels
from disclosure.kinds.tally import FEW_HOUSEHOLDS
from disclosure.log.commitment import joint_digest
from disclosure.log.rows import SALT_BYTES, row_leaf
from disclosure.log.tree import tree_root
from disclosure.models import Notice, NoticeRow, NoticeVersion
from disclosure.publication import (
    agrees,
    commitment_of,
    committed_rows_of,
    list_rows,
    shown_name,
)
from disclosure.publicrow import PublicRow
from portal.kernel.errors import Conflict
from portal.kernel.language import N_
from portal.kernel.masking import Channel

_HAS_CHANGED = N_("The correction has changed since you looked at it. Load it again.")
# What of a version follows from its rows, and is written down when they are counted again.
_CHANNEL_MEMBERS = frozenset({"channels", "board_names"})


def get_version(session: Session, notice_id: str, version: int) -> NoticeVersion:
    """Return a version with the parcel of its whole names."""
    return session.get_one(
        NoticeVersion, (notice_id, version), options=[undefer(NoticeVersion.board_names)]
    )


def copy_version(session: Session, notice: Notice) -> NoticeVersion:
    """Make the notice's next version, which says what the newest says, and return it."""
    base = get_version(session, notice.id, notice.version)
    copied = {column.key: getattr(base, column.key) for column in NoticeVersion.__mapper__.columns}
    version = NoticeVersion(
        **copied
        | {
            "version": notice.version + 1,
            "channel_salt": secrets.token_bytes(SALT_BYTES),
            "totals_salt": base.totals_salt and secrets.token_bytes(SALT_BYTES),
            "published_at": None,
            "log_index": None,
            "changes": [],
            "correction_reason": "",
            "private": False,
        }
    )
    session.add(version)
    session.flush()
    copy_rows(session, notice, version.version)
    return version


def copy_rows(session: Session, notice: Notice, version: int, *, n: int | None = None) -> None:
    """Copy the rows of the newest version, or its row ``n`` alone, to ``version``."""
    columns = NoticeRow.__table__.columns
    query = select(
        *(literal(version) if column.key == "version" else column for column in columns)
    ).where(NoticeRow.notice_id == notice.id, NoticeRow.version == notice.version)
    if n is not None:
        query = query.where(NoticeRow.n == n)
    session.execute(insert(NoticeRow.__table__).from_select([c.key for c in columns], query))  # type: ignore[arg-type]


def drop_version(session: Session, notice_id: str, version: int) -> None:
    """Delete a version that nobody has published."""
    for table in (NoticeRow, NoticeVersion):
        session.execute(delete(table).where(table.notice_id == notice_id, table.version == version))


def recount(
    session: Session, notice: Notice, version: NoticeVersion, whole: Mapping[int, str]
) -> str:
    """Write down what ``version`` adds up to and what commits to it; return the digest to approve.

    ``whole`` are the names of the board's parcel, where there is one.
    """
    session.flush()
    base = get_version(session, notice.id, notice.version)
    before = list_rows(session, notice.id, base.version)
    after = list_rows(session, notice.id, version.version)
    old, new = ([public_row(row) for row in stored] for stored in (before, after))
    rows = committed_rows_of(session, version)
    version.households = base.households + len(new) - len(old)
    version.persons = base.persons + _persons(new) - _persons(old)
    version.amount_fen = base.amount_fen + _amount(new) - _amount(old)
    if version.totals_salt is None and 0 < len(new) < FEW_HOUSEHOLDS:
        version.totals_salt = secrets.token_bytes(SALT_BYTES)
    version.changes = list_changes(before, after)
    root = tree_root(
        [row_leaf(row.jcs(), stored.salt) for row, stored in zip(new, rows, strict=True)]
    )
    salt = version.channel_salt or b""
    digests = {
        channel: channel_digest(channel, root.hex(), _names(rows, channel, whole), salt)
        for channel in OTHER_CHANNELS
    }
    kept = {name: it for name, it in version.content.items() if name not in _CHANNEL_MEMBERS}
    version.content = {**kept, **committed_channels(digests, version.board_names)}
    commitment = commitment_of(notice, version, rows)
    version.content_digest, version.rows_digest = commitment.content, commitment.rows
    session.flush()
    return joint_digest([commitment])


def version_digest(session: Session, notice: Notice, version: NoticeVersion) -> str:
    """Compute the digest of a version anew; raises Conflict where it no longer agrees."""
    rows = committed_rows_of(session, version)
    commitment = commitment_of(notice, version, rows)
    listed = [row for row in rows if version.board_names is None or row.name_board is None]
    if not agrees(notice, version, listed, commitment):
        raise Conflict(_HAS_CHANGED)
    return joint_digest([commitment])


def _names(rows: Any, channel: Channel, whole: Mapping[int, str]) -> list[str]:
    if channel is Channel.BOARD:
        return [whole.get(row.n) or shown_name(row, channel) for row in rows]
    return [shown_name(row, channel) for row in rows]


def _persons(rows: list[PublicRow]) -> int:
    return sum(row.persons or 0 for row in rows)


def _amount(rows: list[PublicRow]) -> int:
    return sum(row.amount_fen for row in rows)
