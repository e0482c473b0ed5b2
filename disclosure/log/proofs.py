"""Receipts 收据 (C2SP tlog-proof): that an entry is in the log, to keep and check anywhere.

``c2sp.org/tlog-proof@v1``, the index, the hashes from the leaf's sibling up, a blank line, and the
signed checkpoint as the log issued it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey, open_note
from disclosure.log.strict import decode_base64, encode_base64, parse_decimal
from disclosure.log.tree import HASH_BYTES, leaf_hash, verify_inclusion

PROOF_MARK = "c2sp.org/tlog-proof@v1"
MOST_PROOF_BYTES = 1_000_000


@dataclass(frozen=True)
class LogProof:
    """A receipt; ``checkpoint`` is the signed note, ``extra`` is never trusted."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def verify(self, entry: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
        """Return the checkpoint that one of ``keys`` signed and that holds ``entry``.

        Raises LogError where signature or proof do not hold.
        """
        return self.verify_leaf(leaf_hash(entry), keys)

    def verify_leaf(self, leaf: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
        """Return the signed checkpoint that holds the leaf hash; raises LogError."""
        checkpoint = parse_checkpoint(open_note(self.checkpoint, keys).text)
        verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)
        return checkpoint


def write_proof(proof: LogProof) -> bytes:
    """Return a receipt as a file ``.tlog-proof``."""
    lines = [PROOF_MARK]
    if proof.extra is not None:
        lines.append(f"extra {encode_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [encode_base64(found) for found in proof.hashes]
    return "".join(f"{line}\n" for line in [*lines, ""]).encode("ascii") + proof.checkpoint


def parse_proof(data: bytes) -> LogProof:
    """Return the receipt in a file ``.tlog-proof``; raises LogError. Nothing is verified."""
    if len(data) > MOST_PROOF_BYTES:
        raise LogError("the receipt is too long")
    head, blank, checkpoint = data.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise LogError("the receipt's head is not ASCII") from None
    if not blank or lines.pop(0) != PROOF_MARK:
        raise LogError(f"the receipt does not begin with {PROOF_MARK}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0)[len("extra ") :], "the receipt's extra data")
    if not lines or not lines[0].startswith("index "):
        raise LogError("the receipt does not say which entry it is about")
    index = parse_decimal(lines.pop(0)[len("index ") :], "the receipt's index")
    hashes = tuple(decode_base64(line, "a hash of the receipt") for line in lines)
    if any(len(found) != HASH_BYTES for found in hashes):
        raise LogError("a hash of the receipt does not have 32 bytes")
    return LogProof(index, hashes, checkpoint, extra)
