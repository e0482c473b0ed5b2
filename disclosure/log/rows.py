"""Rows of a notice 名单行 as the log commits to them: each salted, all under one root.

When a row is forgotten its text and salt are deleted: the log still verifies, and the digest says
nothing about the person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from disclosure.log.tree import leaf_hash, tree_root

SALT_BYTES = 16


def row_leaf(row: bytes, salt: bytes) -> bytes:
    """Return the leaf hash of one row: ``SHA-256(0x00 ‖ SHA-256(salt ‖ row))``."""
    return leaf_hash(hashlib.sha256(salt + row).digest())


def rows_root(rows: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the root (hex) over pairs of a row's JCS and its 16-byte salt, in their order."""
    return tree_root([row_leaf(row, salt) for row, salt in rows]).hex()


def totals_commitment(totals: bytes, salt: bytes) -> str:
    """Return the digest (hex) that stands for the JCS of totals of fewer than three households."""
    return hashlib.sha256(salt + totals).hexdigest()
