"""History 沿革: which notices hold after a number of entries, and which were ended by the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from disclosure.log.entries import CORRECT, PUBLISH, WITHDRAW, Entry, is_over
from disclosure.log.errors import LogError


@dataclass(frozen=True)
class Standing:
    """The newest entry of a notice that nothing has ended: where it stands, and until when."""

    index: int
    notice: str
    kind: str
    region: str
    version: int
    posted_to: str | None

    def is_current(self, now: datetime) -> bool:
        """Tell whether residents must find it at ``now``."""
        return not is_over(self.posted_to, now)


@dataclass(frozen=True)
class Ending:
    """A notice that an entry has ended: that entry's index, and what it was."""

    index: int
    kind: str
    withdrawn: bool
    version: int


class History:
    """What the entries read so far add up to; ``ended`` are those since it was begun."""

    def __init__(self, standing: tuple[Standing, ...] = ()) -> None:
        self.standing = {one.notice: one for one in standing}
        self._at = {one.index: one.notice for one in standing}
        self.ended: dict[str, Ending] = {}

    def apply(self, index: int, entry: Entry) -> None:
        """Add an entry about a notice; raises LogError where it contradicts those before it."""
        found: Any = vars(entry)
        now = Standing(index, *(found[name] for name in list(Standing.__dataclass_fields__)[1:]))
        before = self.standing.get(now.notice)
        try:
            if entry.event == PUBLISH:
                self._check_publication(now, entry.prev)
            elif before is None or entry.prev != before.index:
                raise LogError("it does not name the newest entry of its notice, which it changes")
            elif entry.event == CORRECT and now.version <= before.version:
                raise LogError("a correction has no higher version than what it corrects")
            elif (now.kind, now.region) != (before.kind, before.region):
                raise LogError("its notice is of another kind or place now")
        finally:
            self._take_over(now, entry.event)

    def _check_publication(self, now: Standing, prev: int | None) -> None:
        if now.notice in self.standing or now.notice in self.ended:
            raise LogError("its notice was published before; only a correction can follow")
        if prev is None:
            return
        replaced = self.standing.get(self._at.get(prev, ""))
        if replaced is None or (replaced.kind, replaced.region) != (now.kind, now.region):
            raise LogError("it replaces something that does not hold, or of another place or kind")
        self._forget(replaced.notice)
        self.ended[replaced.notice] = Ending(prev, replaced.kind, False, replaced.version)

    def _take_over(self, now: Standing, event: str) -> None:
        if event in (PUBLISH, CORRECT):
            self._forget(now.notice)
            self.standing[now.notice] = now
            self._at[now.index] = now.notice
            self.ended.pop(now.notice, None)
        else:
            self._forget(now.notice)
            self.ended[now.notice] = Ending(now.index, now.kind, event == WITHDRAW, now.version)

    def _forget(self, notice: str) -> None:
        before = self.standing.pop(notice, None)
        if before is not None:
            del self._at[before.index]
