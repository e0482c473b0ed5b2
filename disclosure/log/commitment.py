"""Commitments 承诺值: what an approver approves, and what the log holds of a notice.

``content`` is the SHA-256 of the JCS (RFC 8785) of a notice without its rows; ``rows`` the root of
a Merkle tree over its salted rows. When a row is forgotten its text and salt are deleted: the log
still verifies, and the digest says nothing about the person.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from disclosure.log.tree import leaf_hash, tree_root

SALT_BYTES = 16


_PLAIN = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_LARGEST = 2**53 - 1


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the JCS form of ``value`` (RFC 8785).

    Without fractions and with ASCII names, which is all that lists have, the standard encoder
    writes the same bytes ten times as fast.
    """
    return _PLAIN.encode(value).encode() if _is_plain(value) else rfc8785.dumps(dict(value))


def canonical_row(members: Mapping[str, str | int | None]) -> bytes:
    """Return the JCS form of a row: texts and small whole numbers under ASCII names."""
    return _PLAIN.encode(members).encode()


def _is_plain(value: object) -> bool:
    if isinstance(value, str) or value is None:
        return True
    if isinstance(value, int):
        return -_LARGEST <= value <= _LARGEST
    if isinstance(value, dict):
        return all(
            isinstance(name, str) and name.isascii() and _is_plain(member)
            for name, member in value.items()
        )
    return isinstance(value, list) and all(map(_is_plain, value))


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the digest (hex) of a notice without its rows."""
    return hashlib.sha256(canonical(content)).hexdigest()


def row_leaf(row: bytes, salt: bytes) -> bytes:
    """Return the leaf hash of one row: ``SHA-256(0x00 ‖ SHA-256(salt ‖ row))``."""
    return leaf_hash(hashlib.sha256(salt + row).digest())


def rows_root(rows: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the root (hex) over pairs of a row's JCS and its 16-byte salt, in their order."""
    return tree_root([row_leaf(row, salt) for row, salt in rows]).hex()


@dataclass(frozen=True)
class Commitment:
    """What stands for a notice in an approval and in the log; both hex digests."""

    content: str
    rows: str

    @property
    def digest(self) -> str:
        """Return the digest (hex) of ``{content, rows}``: what a reviewer approves."""
        return hashlib.sha256(canonical({"content": self.content, "rows": self.rows})).hexdigest()


def joint_digest(commitments: Sequence[Commitment]) -> str:
    """Return the digest (hex) of several notices approved in one act, in their order."""
    return hashlib.sha256("\n".join(one.digest for one in commitments).encode()).hexdigest()
