"""Merkle trees 默克尔树 (RFC 6962): leaves ``SHA-256(0x00 ‖ entry)``, nodes ``(0x01 ‖ l ‖ r)``.

A tree is kept as its *stored nodes*: the roots of complete subtrees. Node ``(level, index)`` covers
the leaves ``index * 2**level`` up to ``(index + 1) * 2**level - 1``; level 0 are the leaves. They
never change once they are there, and every root and proof is made of a few of them. Who asks for a
proof gives a ``HashReader``; each function here calls it once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from disclosure.log.errors import LogError

HASH_BYTES = 32

Node = tuple[int, int]
HashReader = Callable[[Sequence[tuple[int, int]]], Sequence[bytes]]


def leaf_hash(entry: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; of none, the hash of nothing (RFC 6962, section 2.1)."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        # An odd node rises unchanged, which gives the same tree as splitting at powers of two.
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def nodes_to_store(
    size: int, leaves: Sequence[bytes], read: HashReader
) -> list[tuple[int, int, bytes]]:
    """Return ``(level, index, hash)`` of every node that ``leaves`` add to a tree of ``size``.

    The leaves themselves come first, then the subtrees that they complete, level by level.
    """
    grown = size + len(leaves)
    levels = range(grown.bit_length())
    # Of the old tree only left siblings are needed, and only where their parent is completed now.
    old = [
        (level, (size >> level) - 1)
        for level in levels
        if size >> level & 1 and grown >> level + 1 > size >> level + 1
    ]
    siblings = dict(zip(old, _read_nodes(read, old)))  # noqa: B905 - for Python 3.9
    stored = [(0, size + at, leaf) for at, leaf in enumerate(leaves)]
    below = list(leaves)
    for level in levels:
        left = siblings.get((level, (size >> level) - 1))
        pairs = below if left is None else [left, *below]
        below = [node_hash(pairs[at], pairs[at + 1]) for at in range(0, len(pairs) - 1, 2)]
        first = size >> level + 1
        stored += [(level + 1, first + at, node) for at, node in enumerate(below)]
    return stored


def root_at(size: int, read: HashReader) -> bytes:
    """Return the root of the tree as it was with its first ``size`` leaves."""
    (root,) = _range_hashes([(0, size)], read) if size else (tree_root(()),)
    return root


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size``: its sibling first, then up.

    Raises LogError where that tree has no such leaf.
    """
    if not 0 <= index < size:
        raise LogError(f"a log of {size} entries has no entry {index}")
    low, high, siblings = 0, size, []
    while high - low > 1:
        middle = low + _left_leaves(high - low)
        if index < middle:
            siblings.append((middle, high))
            high = middle
        else:
            siblings.append((low, middle))
            low = middle
    return _range_hashes(siblings[::-1], read)


def consistency_proof(old: int, new: int, read: HashReader) -> list[bytes]:
    """Return the proof that the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Raises LogError where ``old`` is the larger one.
    """
    if not 0 <= old <= new:
        raise LogError(f"a log of {new} entries does not begin with {old} entries")
    if old in (0, new):
        return []
    low, high, ranges, whole = 0, new, [], True
    while high != old:
        middle = low + _left_leaves(high - low)
        if old <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            low, whole = middle, False
    if not whole:
        ranges.append((low, high))
    return _range_hashes(ranges[::-1], read)


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise LogError unless ``proof`` shows the leaf hash at ``index`` in the tree of ``size``."""
    if not 0 <= index < size:
        raise LogError(f"a log of {size} entries has no entry {index}")
    wrong = LogError(f"the proof does not show entry {index} in the log of {size} entries")
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise wrong
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or found != root:
        raise wrong


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """Raise LogError unless ``proof`` shows that the new tree begins with the old one."""
    wrong = LogError(f"the log of {new} entries does not begin with the log of {old} entries")
    if not 0 <= old <= new:
        raise wrong
    if old in (0, new):
        nothing = tree_root(())
        empty_roots_agree = old > 0 or (old_root == nothing and (new > 0 or new_root == nothing))
        if proof or not empty_roots_agree or (old == new and old_root != new_root):
            raise wrong
        return
    hashes = list(proof)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes or _fold_consistency(old, new, hashes) != (old_root, new_root):
        raise wrong


def _fold_consistency(old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Return the roots of the old and the new tree that ``hashes`` lead to (RFC 9162, 2.1.4.2)."""
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return (before, after) if last == 0 else None


def _left_leaves(count: int) -> int:
    """Return the largest power of two below ``count``: so many leaves are in the left subtree."""
    return 1 << (count - 1).bit_length() - 1


def _complete_subtrees(low: int, high: int) -> list[Node]:
    """Return the stored nodes that cover the leaves from ``low`` to below ``high``, left to right.

    ``low`` must be where a subtree of this width can begin, as it is for each range of a proof.
    """
    nodes = []
    while low < high:
        level = (high - low).bit_length() - 1
        nodes.append((level, low >> level))
        low += 1 << level
    return nodes


def _range_hashes(ranges: Sequence[tuple[int, int]], read: HashReader) -> list[bytes]:
    """Return the hash over each range of leaves; all stored nodes are read in one call."""
    parts = [_complete_subtrees(low, high) for low, high in ranges]
    hashes = iter(_read_nodes(read, [node for nodes in parts for node in nodes]))
    found = []
    for nodes in parts:
        peaks = [next(hashes) for _ in nodes]
        joined = peaks.pop()
        while peaks:
            joined = node_hash(peaks.pop(), joined)
        found.append(joined)
    return found


def _read_nodes(read: HashReader, nodes: Sequence[Node]) -> Sequence[bytes]:
    hashes = read(nodes) if nodes else ()
    if len(hashes) != len(nodes) or any(len(found) != HASH_BYTES for found in hashes):
        raise LogError("the log's stored nodes are incomplete")
    return hashes
