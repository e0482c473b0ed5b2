"""Merkle trees as RFC 6962 has them, and what stands for a notice in an approval and in the log."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from disclosure.log.commitment import (
    Commitment,
    canonical,
    content_digest,
    joint_digest,
)
from disclosure.log.rows import row_leaf, rows_root
from disclosure.log.tree import leaf_hash, node_hash, tree_root

# The test vectors that certificate-transparency programs share.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
ROWS = st.lists(st.tuples(st.binary(max_size=40), st.binary(min_size=16, max_size=16)), max_size=40)


@pytest.mark.parametrize("size", list(ROOTS))
def test_roots_are_those_of_rfc_6962(size: int) -> None:
    assert tree_root([leaf_hash(entry) for entry in ENTRIES[:size]]).hex() == ROOTS[size]


def _by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1: split at the largest power of two below the size."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(_by_the_book(leaves[:split]), _by_the_book(leaves[split:]))


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_any_tree_is_the_one_of_the_book(leaves: list[bytes]) -> None:
    assert tree_root(leaves) == _by_the_book(leaves)


@given(ROWS)
def test_a_row_is_hidden_by_its_salt(rows: list[tuple[bytes, bytes]]) -> None:
    for row, salt in rows:
        inner = hashlib.sha256(salt + row).digest()
        assert row_leaf(row, salt) == hashlib.sha256(b"\x00" + inner).digest()


@given(ROWS, st.data())
def test_one_flipped_bit_in_row_or_salt_moves_the_root(
    rows: list[tuple[bytes, bytes]], data: st.DataObject
) -> None:
    filled = [index for index, (row, _) in enumerate(rows) if row]
    if not filled:
        return
    index = data.draw(st.sampled_from(filled))
    part = data.draw(st.integers(0, 1))
    pieces = [bytearray(piece) for piece in rows[index]]
    bit = data.draw(st.integers(0, 8 * len(pieces[part]) - 1))
    pieces[part][bit // 8] ^= 1 << bit % 8
    changed = [*rows]
    changed[index] = (bytes(pieces[0]), bytes(pieces[1]))
    assert rows_root(changed) != rows_root(rows)


VALUES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.text(max_size=8), st.text(max_size=8) | st.integers(-1000, 1000) | st.none(), max_size=6
)


@given(VALUES)
def test_a_digest_does_not_depend_on_the_order_of_members(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))
    assert canonical(content) == canonical(turned)
    assert content_digest(content) == content_digest(turned)


@given(VALUES, VALUES)
def test_other_content_has_another_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (content_digest(one) == content_digest(other)) == (one == other)


def test_an_approval_binds_content_and_rows_and_their_order() -> None:
    one, other = Commitment("a" * 64, "b" * 64), Commitment("b" * 64, "a" * 64)
    assert one.digest != other.digest
    assert joint_digest([one, other]) != joint_digest([other, one])
    assert joint_digest([one]) != joint_digest([one, one])


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES))
def test_the_canonical_form_is_that_of_rfc_8785(value: dict[str, Any]) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_what_json_cannot_say_exactly_is_refused() -> None:
    for value in (2**53, float("nan"), float("inf"), object()):
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical({"n": value})
