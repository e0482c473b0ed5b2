"""Findings 发现的问题: what does not hold, and where; and the report of a whole check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey

LONGEST_LINE = 1000


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold; ``where`` names it, the rest helps programs to find it."""

    where: str
    sentence: str
    entry: int | None = None
    notice: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        # What a portal answers may hold anything, even what moves the cursor of a terminal.
        text = f"{self.where}: {self.sentence}"[:LONGEST_LINE]
        return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


class CheckFailed(LogError):
    """Nothing after this can be believed; ``finding`` tells why."""

    def __init__(self, finding: Finding, *, forked: bool = False) -> None:
        super().__init__(str(finding))
        self.finding = finding
        self.forked = forked


@contextmanager
def naming(where: str, *, entry: int | None = None) -> Iterator[None]:
    """Make a LogError within into a CheckFailed that says where."""
    try:
        yield
    except CheckFailed:
        raise
    except LogError as error:
        raise CheckFailed(Finding(where, str(error), entry=entry)) from None


@dataclass
class Counts:
    """How much was looked at."""

    entries: int = 0
    new_entries: int = 0
    places: int = 0
    notices: int = 0
    rows: int = 0
    ended: int = 0
    documents: int = 0
    figures: int = 0


@dataclass(frozen=True)
class Report:
    """What a check came to; ``findings`` is empty when everything holds.

    ``first`` is whether nothing was remembered of an earlier check. ``evidence`` is the signed
    checkpoint that contradicts the remembered one, where the log was forked.
    """

    findings: tuple[Finding, ...]
    key: VerifierKey | None = None
    size: int | None = None
    root: bytes | None = None
    first: bool = True
    counts: Counts = field(default_factory=Counts)
    evidence: bytes | None = None

    @property
    def exit_code(self) -> int:
        """0 when everything holds, else 1."""
        return 1 if self.findings else 0

    def lines(self) -> list[str]:
        """Return the report in plain words, one sentence a line."""
        if self.findings:
            count = len(self.findings)
            head = "1 thing does not hold:" if count == 1 else f"{count} things do not hold:"
            return [head, *(f"- {finding}" for finding in self.findings)]
        counts = self.counts
        new = "" if self.first else f", {counts.new_entries} of them new since the last check"
        shown = (
            ("Lists", counts.notices, f"with {counts.rows} rows"),
            ("Documents", counts.documents, ""),
            ("Sets of figures", counts.figures, ""),
            ("Lists that are over and show no rows", counts.ended, ""),
            ("Places whose pages show everything that holds", counts.places, ""),
        )
        lines = [
            f"All is well: {counts.entries} entries in the log{new}.",
            "They add up to the checkpoint, which the log's key signed. Shown as they are logged:",
            *(f"- {words}: {count} {more}".rstrip() for words, count, more in shown),
        ]
        if self.first:
            lines.append("This was the first check; compare the key with one from elsewhere:")
        return [*lines, f"Key of the log: {self.key}"]
