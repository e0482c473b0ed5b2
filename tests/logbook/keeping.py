"""A log on a test's database 测试用日志, with its folder of keys."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.notes import open_note
from disclosure.log.tree import leaf_hash, tree_root
from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.logbook.guarding import find_refusal
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogEntry
from disclosure.logbook.reading import (
    find_receipt,
    find_signed_tree,
    list_keys,
)
from disclosure.logbook.signing import sign_log
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from portal.kernel.errors import DomainError

NAME = "jz.example.gov.cn/zwgk"


class Keeper:
    """A log on the test's database, with its folder of keys."""

    def __init__(self, sessions: Sessions, folder: LogFolder, clock: SettableClock) -> None:
        self.sessions, self.folder, self.clock = sessions, folder, clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def append(self, count: int, *, mark: str = "a") -> None:
        """Append so many entries in one transaction; whoever signs after commits signs them."""
        self.append_members([{"n": n, "mark": mark} for n in range(count)])

    def append_members(self, members: Sequence[Mapping[str, object]]) -> None:
        """Append entries with these members in one transaction."""
        with self.sessions.writing() as session:
            for one in members:
                append_entries(session, [NewEntry("abcdefghij", one)], now=self.now)

    def sign(self) -> Checkpoint:
        return sign_log(self.sessions, self.folder, now=self.now)

    def leaves(self) -> list[bytes]:
        with self.sessions.reading() as session:
            query = select(LogEntry.entry).order_by(LogEntry.index)
            return [leaf_hash(entry) for entry in session.scalars(query)]

    def refusal(self) -> DomainError | None:
        return find_refusal(self.sessions, self.folder, now=self.now, keeps_key=True)

    def mark(self) -> bytes:
        """Return the high-water file as it is."""
        return (self.folder.folder / "log.checkpoint").read_bytes()

    def check(self) -> None:
        """Database, high-water file and signature agree about all that was appended."""
        leaves = self.leaves()
        with self.sessions.reading() as session:
            tree = find_signed_tree(session)
            assert tree is not None
            signed = open_note(tree.note, list_keys(session))
            expected = Checkpoint(NAME, len(leaves), tree_root(leaves))
            assert parse_checkpoint(signed.text) == expected
            assert self.mark() == tree.note
            for index, leaf in enumerate(leaves):
                receipt = find_receipt(session, index)
                assert receipt is not None
                receipt.verify_leaf(leaf, list_keys(session))
