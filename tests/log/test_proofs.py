"""Stored nodes, roots and proofs, against the definitions of RFC 6962 written out naively."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.log.errors import LogError
from disclosure.log.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_to_store,
    root_at,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from tests.log.pretending import StoredNodes

LARGEST = 70
SIZES = st.integers(1, LARGEST)
LEAVES = [leaf_hash(bytes([n])) for n in range(LARGEST)]


def _split(count: int) -> int:
    at = 1
    while at * 2 < count:
        at *= 2
    return at


def _mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1: the Merkle tree hash."""
    if len(leaves) < 2:
        return leaves[0] if leaves else tree_root([])
    at = _split(len(leaves))
    return node_hash(_mth(leaves[:at]), _mth(leaves[at:]))


def _path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1: the audit path of leaf m."""
    if len(leaves) == 1:
        return []
    at = _split(len(leaves))
    if m < at:
        return [*_path(m, leaves[:at]), _mth(leaves[at:])]
    return [*_path(m - at, leaves[at:]), _mth(leaves[:at])]


def _subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """RFC 6962, 2.1.2: the consistency proof of the first m leaves."""
    if m == len(leaves):
        return [] if whole else [_mth(leaves)]
    at = _split(len(leaves))
    if m <= at:
        return [*_subproof(m, leaves[:at], whole=whole), _mth(leaves[at:])]
    return [*_subproof(m - at, leaves[at:], whole=False), _mth(leaves[:at])]


def _stored(size: int) -> StoredNodes:
    nodes = StoredNodes()
    nodes.add(0, LEAVES[:size])
    return nodes


@pytest.fixture(scope="module")
def everything() -> StoredNodes:
    """The stored nodes of the largest tree; those of each smaller one are among them."""
    return _stored(LARGEST)


@given(st.lists(st.integers(0, 10), max_size=7))
def test_a_tree_grows_to_the_same_nodes_however_its_leaves_come(parts: list[int]) -> None:
    grown, size = StoredNodes(), 0
    for part in parts:
        before = grown.calls
        grown.add(size, LEAVES[size : size + part])
        size += part
        assert grown.calls <= before + 1
    assert grown == _stored(size)
    assert {node for node in grown if node[0] == 0} == {(0, n) for n in range(size)}


@given(SIZES, st.data())
def test_only_nodes_that_are_needed_are_read_and_only_new_ones_are_stored(
    size: int, data: st.DataObject
) -> None:
    more = data.draw(st.integers(1, LARGEST - size)) if size < LARGEST else 0
    nodes = _stored(size)
    read: list[Any] = []

    def reader(wanted: Any) -> list[bytes]:
        read.extend(wanted)
        return nodes(wanted)

    added = nodes_to_store(size, LEAVES[size : size + more], reader)
    assert len(read) == len(set(read)) <= size.bit_length()
    assert not {(level, index) for level, index, _ in added} & set(nodes)
    nodes.update({(level, index): found for level, index, found in added})
    assert nodes == _stored(size + more)


def test_every_root_and_every_proof_is_the_one_of_the_book(everything: StoredNodes) -> None:
    for size in range(LARGEST + 1):
        leaves = LEAVES[:size]
        root = root_at(size, everything)
        assert root == _mth(leaves)
        for index in range(size):
            proof = inclusion_proof(index, size, everything)
            assert proof == _path(index, leaves)
            verify_inclusion(leaves[index], index, size, proof, root)
        for old in range(size + 1):
            proof = consistency_proof(old, size, everything)
            if old:
                assert proof == _subproof(old, leaves, whole=True)
            verify_consistency(old, size, proof, _mth(LEAVES[:old]), root)


def test_a_proof_is_read_in_one_call(everything: StoredNodes) -> None:
    for make in (
        lambda: root_at(69, everything),
        lambda: inclusion_proof(37, 69, everything),
        lambda: consistency_proof(37, 69, everything),
    ):
        before = everything.calls
        make()
        assert everything.calls == before + 1


def _changed(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    """Return a proof with one bit flipped, or one hash more or fewer."""
    how = data.draw(st.sampled_from(["flip", "drop", "add"] if proof else ["add"]))
    at = data.draw(st.integers(0, max(len(proof) - 1, 0)))
    if how == "flip":
        flipped = bytearray(proof[at])
        bit = data.draw(st.integers(0, 255))
        flipped[bit // 8] ^= 1 << bit % 8
        return [*proof[:at], bytes(flipped), *proof[at + 1 :]]
    if how == "drop":
        return [*proof[:at], *proof[at + 1 :]]
    return [*proof[:at], data.draw(st.sampled_from(LEAVES)), *proof[at:]]


@given(SIZES, st.data())
def test_a_changed_proof_of_inclusion_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    nodes = _stored(size)
    proof, root = inclusion_proof(index, size, nodes), root_at(size, nodes)
    with pytest.raises(LogError, match="does not show entry"):
        verify_inclusion(LEAVES[index], index, size, _changed(proof, data), root)
    for other in set(range(size)) - {index}:
        with pytest.raises(LogError, match="does not show entry"):
            verify_inclusion(LEAVES[index], other, size, proof, root)


@given(SIZES, SIZES, st.data())
def test_a_changed_proof_of_consistency_is_refused(a: int, b: int, data: st.DataObject) -> None:
    old, new = sorted((a, b))
    nodes = _stored(new)
    proof = consistency_proof(old, new, nodes)
    roots = root_at(old, nodes), root_at(new, nodes)
    with pytest.raises(LogError, match="does not begin with"):
        verify_consistency(old, new, _changed(proof, data), *roots)
    for wrong in ((roots[0], LEAVES[0] * 2), (LEAVES[0] * 2, roots[1])):
        with pytest.raises(LogError, match="does not begin with"):
            verify_consistency(old, new, proof, *wrong)


def test_there_is_no_proof_of_what_does_not_exist(everything: StoredNodes) -> None:
    for index, size in ((-1, 5), (5, 5), (0, 0)):
        with pytest.raises(LogError, match="has no entry"):
            inclusion_proof(index, size, everything)
        with pytest.raises(LogError, match="has no entry"):
            verify_inclusion(LEAVES[0], index, size, [], LEAVES[0])
    for old, new in ((6, 5), (-1, 5)):
        with pytest.raises(LogError, match="does not begin with"):
            consistency_proof(old, new, everything)
        with pytest.raises(LogError, match="does not begin with"):
            verify_consistency(old, new, [], LEAVES[0], LEAVES[1])
    empty = tree_root([])
    with pytest.raises(LogError, match="does not begin with"):
        verify_consistency(0, 0, [], empty, LEAVES[0])


@pytest.mark.parametrize("answer", [[], [b"short"], [LEAVES[0], LEAVES[1]]])
def test_a_store_with_holes_is_not_believed(answer: list[bytes]) -> None:
    with pytest.raises(LogError, match="incomplete"):
        root_at(4, lambda _nodes: answer)
