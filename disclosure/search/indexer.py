"""The indexer 索引进程: one at a time, under a lease, drains what has been noted as changed.

A note is forgotten only after the index has been written, and writing is safe to repeat: whoever
dies in between loses nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from disclosure.search.index import Index, IndexUnavailableError
from disclosure.search.sources import all_entries, entries_of
from portal.data.changes import (
    EVERYTHING,
    forget_changes,
    list_change_ids,
    list_changes,
)
from portal.data.jobs import give_back_lease, take_lease
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.kernel.errors import Conflict
from portal.kernel.language import N_

LEASE = "index"
LEASE_LENGTH = timedelta(minutes=2)
LOOK_EVERY = timedelta(minutes=1)

Report = Callable[[int], None]


def tell_nobody(_count: int) -> None:
    """Report nothing."""


@dataclass
class Indexer:
    """Keeps an installation's index in step with its database; ``holder`` names the process."""

    sessions: Sessions
    index: Index
    clock: Clock
    holder: str
    _next_look: datetime | None = field(default=None, init=False)

    def take_turn(self) -> bool:
        """Bring the index up to date a part at a time; False where there was nothing to do."""
        with self.sessions.reading() as session:
            waiting = bool(list_changes(session, limit=1))
        if not (waiting or self._time_to_look()) or not self._hold():
            return False
        try:
            return self._drain()
        except IndexUnavailableError:
            if self.index.is_usable():
                raise  # busy: what has been noted stays noted
            self._rebuild(tell_nobody)
            return True
        finally:
            self._let_go()

    def rebuild(self, *, report: Report = tell_nobody) -> None:
        """Make the index anew from nothing; raises Conflict while another process writes it."""
        if not self._hold():
            raise Conflict(
                N_("Another process is writing the index at this moment. Try again in two minutes.")
            )
        try:
            self._rebuild(report)
        finally:
            self._let_go()

    def catch_up(self) -> None:
        """Do all that is to do now, as far as no other process does it already."""
        while self.take_turn():
            pass

    def _time_to_look(self) -> bool:
        """Tell whether to look, once a minute, for what has ended or gone missing."""
        now = self.clock.now()
        if self._next_look is not None and now < self._next_look:
            return False
        self._next_look = now + LOOK_EVERY
        return True

    def _hold(self) -> bool:
        with self.sessions.writing() as session:
            return take_lease(
                session, LEASE, holder=self.holder, length=LEASE_LENGTH, now=self.clock.now()
            )

    def _let_go(self) -> None:
        with self.sessions.writing() as session:
            give_back_lease(session, LEASE, holder=self.holder)

    def _drain(self) -> bool:
        due = self.index.list_due(now=self.clock.now())
        with self.sessions.reading() as session:
            changes = list_changes(session)
            keys = {key for _, key in changes}
            if EVERYTHING not in keys:
                keys |= set(due)
                entries = entries_of(session, keys, now=self.clock.now())
        if EVERYTHING in keys:
            self._rebuild(tell_nobody)
            return True
        if not keys:
            return False
        self.index.apply(entries, keys - {entry.key for entry in entries})
        with self.sessions.writing() as session:
            forget_changes(session, (number for number, _ in changes))
        return True

    def _rebuild(self, report: Report) -> None:
        def tell(count: int) -> None:
            self._hold()
            report(count)

        with self.sessions.reading() as session:
            # What is noted from here on is not in what is read, and stays noted.
            taken_up = list_change_ids(session)
            self.index.rebuild(all_entries(session, now=self.clock.now()), report=tell)
        with self.sessions.writing() as session:
            forget_changes(session, taken_up)
