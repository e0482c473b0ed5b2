"""Reading the log 日志读取: what is served of it, and never more than is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.entries import KEY_STATEMENT, Statement, parse_entry
from disclosure.log.notes import VerifierKey, split_note
from disclosure.log.proofs import LogProof
from disclosure.log.tiles import ENTRIES, TILE_HEIGHT, TILE_WIDTH, Tile, entries_bundle
from disclosure.log.tree import inclusion_proof
from disclosure.logbook.models import LogCheckpoint, LogEntry
from disclosure.logbook.nodes import node_reader


@dataclass(frozen=True)
class SignedTree:
    """The newest checkpoint that is served, and the key that signed it."""

    checkpoint: Checkpoint
    note: bytes
    key: VerifierKey


def find_signed_tree(session: Session) -> SignedTree | None:
    """Return the newest signed checkpoint, None before the first."""
    query = select(LogCheckpoint.note, LogCheckpoint.key).order_by(LogCheckpoint.size.desc())
    newest = session.execute(query.limit(1)).one_or_none()
    if newest is None:
        return None
    checkpoint = parse_checkpoint(split_note(newest.note)[0])
    return SignedTree(checkpoint, newest.note, VerifierKey.parse(newest.key))


def list_statements(session: Session) -> list[Statement]:
    """Return what the log says of itself, in order."""
    query = select(LogEntry.entry).where(LogEntry.notice_id == "").order_by(LogEntry.index)
    entries = (parse_entry(entry) for entry in session.scalars(query))
    return [entry.statement for entry in entries if entry.statement is not None]


def list_keys(session: Session) -> list[VerifierKey]:
    """Return every key that ever signed this log, newest first."""
    chain: list[str] = []
    for statement in list_statements(session):
        if statement.type == KEY_STATEMENT:
            chain = chain or [str(statement.old)]
            chain.append(str(statement.key))
    signed = find_signed_tree(session)
    if not chain and signed is not None:
        chain = [str(signed.key)]
    return [VerifierKey.parse(key) for key in reversed(chain)]


def find_tile(session: Session, tile: Tile, size: int) -> bytes | None:
    """Return a tile of the tree of ``size`` entries, None where that tree does not have it."""
    height = TILE_HEIGHT * max(tile.level, 0)
    first = tile.number * TILE_WIDTH
    if first + tile.width > size >> height:
        return None
    if tile.level == ENTRIES:
        return entries_bundle(list_entries(session, first, tile.width))
    nodes = [(height, first + at) for at in range(tile.width)]
    return b"".join(node_reader(session)(nodes))


def list_entries(session: Session, first: int, count: int) -> Sequence[bytes]:
    """Return ``count`` entries from the index ``first`` on, as they stand in the log."""
    query = (
        select(LogEntry.entry)
        .where(LogEntry.index >= first, LogEntry.index < first + count)
        .order_by(LogEntry.index)
    )
    return session.scalars(query).all()


def logged_members(session: Session, index: int | None) -> dict[str, Any] | None:
    """Return an entry as JSON files name it: its index, and its bytes as text."""
    entry = None if index is None else session.get(LogEntry, index)
    return None if entry is None else {"index": entry.index, "entry": entry.entry.decode()}


def find_receipt(session: Session, index: int) -> LogProof | None:
    """Return the receipt 收据 of an entry, None until a checkpoint that holds it is signed."""
    tree = find_signed_tree(session)
    if tree is None or index >= tree.checkpoint.size:
        return None
    hashes = inclusion_proof(index, tree.checkpoint.size, node_reader(session))
    return LogProof(index, tuple(hashes), tree.note)
