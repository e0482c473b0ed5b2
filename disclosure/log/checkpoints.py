"""Checkpoints 检查点 (C2SP tlog-checkpoint): which log, how many entries, which root.

The text is three lines (origin, size, the root in base64) and, seldom, further ones. The only one
that this log knows hands it over to a new key (see ``disclosure.log.handover``).
"""

from __future__ import annotations

from dataclasses import dataclass

from disclosure.log.errors import LogError
from disclosure.log.strict import decode_base64, encode_base64, parse_decimal
from disclosure.log.tree import HASH_BYTES


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log's tree; ``extensions`` are lines without their newlines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Return what is signed, with its last newline."""
        lines = (self.origin, str(self.size), encode_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text writes out; raises LogError for any other text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise LogError("a checkpoint has three lines, each with its newline")
    if not all(lines):
        raise LogError("a checkpoint has no empty line")
    origin, size, root, *extensions = lines
    checkpoint = Checkpoint(
        origin,
        parse_decimal(size, "the checkpoint's size"),
        decode_base64(root, "the checkpoint's root"),
        tuple(extensions),
    )
    if len(checkpoint.root) != HASH_BYTES:
        raise LogError("the checkpoint's root does not have 32 bytes")
    return checkpoint
