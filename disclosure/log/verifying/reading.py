"""Reading the log 读日志: keys, checkpoint, every new entry and tile, until all agrees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.entries import (
    KEY_STATEMENT,
    RESUME_STATEMENT,
    STATEMENT,
    Statement,
    parse_entry,
)
from disclosure.log.errors import LogError
from disclosure.log.handover import KeyChain
from disclosure.log.history import History
from disclosure.log.notes import VerifierKey, open_note, split_note
from disclosure.log.tiles import TILE_WIDTH, TileReader
from disclosure.log.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from disclosure.log.verifying.findings import CheckFailed, Finding, naming
from disclosure.log.verifying.logfiles import LogFiles
from disclosure.log.verifying.regrowing import GrowingTree
from disclosure.log.verifying.state import Memory

Progress = Callable[[str], None]


@dataclass
class VerifiedLog:
    """A log whose entries add up to a checkpoint that its key signed; ``keys`` are oldest first."""

    note: bytes
    checkpoint: Checkpoint
    keys: tuple[VerifierKey, ...]
    history: History
    reader: TileReader
    findings: list[Finding] = field(default_factory=list)

    def check_entry(self, entry: bytes, index: int) -> None:
        """Raise LogError unless ``entry`` stands at ``index``."""
        size, root = self.checkpoint.size, self.checkpoint.root
        if index >= size:
            raise LogError(f"entry {index} is not in the signed log of {size} entries")
        proof = inclusion_proof(index, size, self.reader)
        verify_inclusion(leaf_hash(entry), index, size, proof, root)

    def check_earlier(self, checkpoint: Checkpoint) -> None:
        """Raise LogError unless this log once had ``checkpoint``."""
        mine, size = self.checkpoint, checkpoint.size
        if checkpoint.origin != mine.origin or checkpoint.extensions:
            raise LogError("its checkpoint is not one of this log")
        if size > mine.size:
            raise LogError(f"its checkpoint is newer than the log of {mine.size} entries")
        proof = consistency_proof(size, mine.size, self.reader)
        verify_consistency(size, mine.size, proof, checkpoint.root, mine.root)

    def remember(self) -> Memory:
        """Return what the next check needs to know."""
        standing = tuple(self.history.standing.values())
        return Memory(self.note, self.checkpoint, self.keys, standing)


def read_log(
    files: LogFiles, memory: Memory | None, accept_key: VerifierKey | None, tell: Progress
) -> VerifiedLog:
    """Return the log, verified from what ``memory`` saw last; raises CheckFailed.

    What single entries say wrongly is in the result's findings: the log is sound, but not its
    keeper.
    """
    with naming("log/checkpoint"):
        note = files.checkpoint()
        # Not to be believed before the end, when it is known which key must have signed it.
        claimed = parse_checkpoint(split_note(note)[0])
        if claimed.extensions:
            raise LogError("it says more than origin, size and root")
    if memory is not None:
        _check_not_shorter(memory.checkpoint, claimed)
    reading = _Reading(files, claimed, memory, tell)
    reading.grow()
    with naming("log/key"):
        published = files.keys()
    key = reading.trusted_key(published, accept_key)
    with naming("log/checkpoint"):
        open_note(note, [key])
        if key.name != claimed.origin:
            raise LogError(f"its origin is {claimed.origin}, but the key's name is {key.name}")
    keys = tuple(reading.chain.keys)
    return VerifiedLog(note, claimed, keys, reading.history, reading.reader, reading.findings)


def _check_not_shorter(seen: Checkpoint, claimed: Checkpoint) -> None:
    if seen.origin != claimed.origin:
        sentence = f"the log calls itself {claimed.origin}; the last one was {seen.origin}"
        raise CheckFailed(Finding("log/checkpoint", sentence))
    if claimed.size < seen.size or (claimed.size == seen.size and claimed.root != seen.root):
        sentence = (
            f"the log was shown with {seen.size} entries before, and now shows another history "
            f"of {claimed.size} entries"
        )
        raise CheckFailed(Finding("log/checkpoint", sentence), forked=True)


class _Reading:
    """One pass over the entries that are new."""

    def __init__(
        self, files: LogFiles, claimed: Checkpoint, memory: Memory | None, tell: Progress
    ) -> None:
        self._files, self._claimed, self._tell = files, claimed, tell
        self._seen = None if memory is None else memory.checkpoint
        self.begin = 0 if memory is None else memory.checkpoint.size
        self.chain = KeyChain([] if memory is None else list(memory.keys))
        self.history = History(() if memory is None else memory.standing)
        self.reader = TileReader(claimed.size, files.tile)
        self.findings: list[Finding] = []

    def grow(self) -> None:
        """Read every new entry and compare every tile that they touch; raises CheckFailed."""
        size = self._claimed.size
        with naming("the log"):
            tree = GrowingTree(self.begin, self.reader)
        if self._seen is not None and tree.root() != self._seen.root:
            sentence = (
                f"the first {self.begin} entries are no longer those that were shown before: "
                "the log's history was changed"
            )
            raise CheckFailed(Finding("the log", sentence), forked=True)
        for number in range(self.begin // TILE_WIDTH, -(-size // TILE_WIDTH)):
            self._tell(f"entries {number * TILE_WIDTH} of {size}")
            with naming(f"the entries from {number * TILE_WIDTH} on"):
                self._read_bundle(tree, number)
        with naming("the log"):
            tree.finish()
            if tree.root() != self._claimed.root:
                raise LogError("its entries do not add up to the root of its checkpoint")

    def _read_bundle(self, tree: GrowingTree, number: int) -> None:
        first = number * TILE_WIDTH
        entries = self._files.bundle(number, self._claimed.size)
        if first < self.begin:
            known = tree.open_leaves()
            if [leaf_hash(entry) for entry in entries[: len(known)]] != known:
                raise LogError("an entry that was there before is another one now")
        for index, entry in enumerate(entries, start=first):
            if index >= self.begin:
                self._read_entry(tree, index, entry)
                tree.append(leaf_hash(entry))

    def _read_entry(self, tree: GrowingTree, index: int, data: bytes) -> None:
        try:
            entry = parse_entry(data)
            if entry.event != STATEMENT:
                self.history.apply(index, entry)
        except LogError as error:
            self.findings.append(Finding(f"entry {index}", str(error), entry=index))
            return
        if entry.statement is not None and entry.statement.type == KEY_STATEMENT:
            with naming(f"entry {index}, which changes the log's key", entry=index):
                self.chain.follow(index, entry.statement, tree.root())

    def trusted_key(
        self, published: list[VerifierKey], accept_key: VerifierKey | None
    ) -> VerifierKey:
        """Return the key that must have signed the checkpoint; raises CheckFailed."""
        if not self.chain.keys:
            self.chain.keys.append(published[0])
        key = self.chain.keys[-1]
        if published[0] != key or not set(published) <= set(self.chain.keys):
            sentence = f"the keys shown are not those that the log's entries lead to ({key})"
            raise CheckFailed(Finding("log/key", sentence))
        if accept_key is not None and accept_key != key:
            sentence = f"the log's key is {key}, not the one that was to be accepted"
            raise CheckFailed(Finding("log/key", sentence))
        if self.chain.lost and accept_key is None:
            index, text, new = self.chain.lost[-1]
            sentence = (
                f"the log says that its key was lost, and that {new} takes its place: “{text}” "
                "The old key did not sign this, so it may be a forgery. Ask the office that keeps "
                f"the log; if it is true, check again with --accept-key {key}"
            )
            raise CheckFailed(Finding(f"entry {index}", sentence, entry=index))
        return key


def resuming_statements(files: LogFiles) -> list[tuple[int, Statement]]:
    """Return the statements that the log went on from an older database, as far as it can be read.

    They are asked for when the history was changed; nothing in them is proven.
    """
    found: list[tuple[int, Statement]] = []
    try:
        size = parse_checkpoint(split_note(files.checkpoint())[0]).size
        for number in range(-(-size // TILE_WIDTH)):
            entries = files.bundle(number, size)
            found += _resuming_in(entries, number * TILE_WIDTH)
    except LogError:
        pass
    return found


def _resuming_in(entries: list[bytes], first: int) -> list[tuple[int, Statement]]:
    found = []
    for index, data in enumerate(entries, start=first):
        try:
            statement = parse_entry(data).statement
        except LogError:
            continue
        if statement is not None and statement.type == RESUME_STATEMENT:
            found.append((index, statement))
    return found
