"""Commitments 承诺值: what an approver approves, and what the log holds of a notice.

``content`` is the SHA-256 of the JCS (RFC 8785) of a notice without its rows; ``rows`` the root of
a Merkle tree over its salted rows. When a row is forgotten its text and salt are deleted: the log
still verifies, and the digest says nothing about the person.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from disclosure.log.canonical import is_plain, plain_canonical


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the JCS form of ``value`` (RFC 8785), with fractions and under any names."""
    return plain_canonical(value) if is_plain(value) else rfc8785.dumps(dict(value))


def content_digest(content: Mapping[str, Any]) -> str:
    """Return the digest (hex) of a notice without its rows."""
    return hashlib.sha256(canonical(content)).hexdigest()


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
