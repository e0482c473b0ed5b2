"""The open formats of C2SP to the byte: signed notes, checkpoints, tiles, bundles, receipts."""

import base64
import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.errors import LogError
from disclosure.log.notes import NoteSigner, VerifierKey, open_note, sign_note
from disclosure.log.proofs import LogProof, parse_proof, write_proof
from disclosure.log.tiles import (
    ENTRIES,
    Tile,
    TileReader,
    entries_bundle,
    parse_bundle,
    parse_tile_path,
    tile_at,
    tile_path,
    tiles_between,
)
from disclosure.log.tree import leaf_hash, root_at, tree_root
from tests.log.pretending import ORIGIN, Portal, signer

ROOT = hashlib.sha256(b"root").digest()
NOTE_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=60)

# The example of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501
)


def test_a_note_that_another_program_signed_is_opened() -> None:
    key = VerifierKey.parse(PETER)
    assert str(key) == PETER
    opened = open_note(PETER_NOTE.encode(), [key])
    assert opened.text == PETER_NOTE[: PETER_NOTE.index("\n\n") + 1]
    assert opened.signed_by == (key,)


def test_a_signature_is_over_the_text_and_not_over_the_blank_line() -> None:
    one = signer(0)
    note = sign_note("a\nb\n", [one])
    line = note.decode().splitlines()[-1]
    mark, name, encoded = line.split(" ")
    raw = base64.b64decode(encoded)
    named = ORIGIN.encode() + b"\n\x01" + one.verifier_key.public_key
    assert (mark, name, note[:5]) == ("—", ORIGIN, b"a\nb\n\n")
    assert raw[:4] == hashlib.sha256(named).digest()[:4]
    one.signing_key.verify_key.verify(b"a\nb\n", raw[4:])


@given(NOTE_TEXT, st.integers(1, 3))
def test_what_is_signed_can_be_opened(text: str, count: int) -> None:
    signers = [signer(n) for n in range(count)]
    note = sign_note(f"{text}\n", signers)
    for one in signers:
        opened = open_note(note, [one.verifier_key])
        assert (opened.text, opened.signed_by) == (f"{text}\n", (one.verifier_key,))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_closes_a_note(at: int, change: int) -> None:
    note = bytearray(sign_note(Checkpoint(ORIGIN, 7, ROOT).text(), [signer(0)]))
    note[at % len(note)] ^= change
    with pytest.raises(LogError):
        open_note(bytes(note), [signer(0).verifier_key])


def test_unknown_signatures_are_ignored_and_known_ones_must_hold() -> None:
    known, witness = signer(0), NoteSigner.from_seed("witness.example", bytes(32))
    both = sign_note("a\n", [witness, known])
    assert open_note(both, [known.verifier_key]).signed_by == (known.verifier_key,)
    with pytest.raises(LogError, match="not signed by any key"):
        open_note(both, [signer(1).verifier_key])
    # A further line with the log's own name and id, but a signature that does not hold.
    encoded = base64.b64encode(known.verifier_key.id + bytes(64)).decode()
    forged = both + f"— {ORIGIN} {encoded}\n".encode()
    with pytest.raises(LogError, match="does not hold"):
        open_note(forged, [known.verifier_key])
    twice = sign_note("a\n", [known, known])
    assert open_note(twice, [known.verifier_key]).signed_by == (known.verifier_key,)
    longer = base64.b64encode(known.verifier_key.id + bytes(65)).decode()
    with pytest.raises(LogError, match="does not hold"):
        open_note(f"a\n\n— {ORIGIN} {longer}\n".encode(), [known.verifier_key])


def test_at_least_sixteen_signatures_are_taken() -> None:
    signers = [NoteSigner.from_seed(f"w{n}.example", bytes([n] * 32)) for n in range(16)]
    note = sign_note("a\n", signers)
    assert len(open_note(note, [one.verifier_key for one in signers]).signed_by) == 16
    with pytest.raises(LogError, match="too many"):
        open_note(note + note.split(b"\n\n")[1] * 5, [signers[0].verifier_key])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"a\n",
        b"a\n\n",
        b"a\n\n- name AAAAAAAA\n",
        "a\n\n— name AAAAAAAA".encode(),
        "a\n\n— name\n".encode(),
        "a\n\n—  AAAAAAAA\n".encode(),
        "a\n\n— na me AAAAAAAA\n".encode(),
        "a\n\n— na+me AAAAAAAA\n".encode(),
        "a\n\n— name AAAA\n".encode(),
        "a\n\n— name AAAAAAA=\n\n".encode(),
        "a\tb\n\n— name AAAAAAAA\n".encode(),
        "a\r\n\n— name AAAAAAAA\n".encode(),
        b"\xff\n\n\xe2\x80\x94 name AAAAAAAA\n",
    ],
)
def test_what_is_no_note_is_refused(note: bytes) -> None:
    with pytest.raises(LogError):
        open_note(note, [signer(0).verifier_key])


@pytest.mark.parametrize("text", ["", "a", "a\tb\n", "a\r\n", "\x00\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(LogError):
        sign_note(text, [signer(0)])


def test_a_note_needs_a_signer_with_a_proper_name() -> None:
    with pytest.raises(LogError, match="needs a signature"):
        sign_note("a\n", [])
    for name in ("", "a b", "a+b", "a\u3000b", "a\nb", "a\u00a0b"):
        with pytest.raises(LogError, match="name"):
            NoteSigner.from_seed(name, bytes(32))


@given(st.integers(0, 10_000), st.integers(1, 127))
def test_one_changed_character_spoils_a_verifier_key(at: int, change: int) -> None:
    text = bytearray(str(signer(0).verifier_key).encode())
    text[at % len(text)] ^= change
    with pytest.raises(LogError):
        VerifierKey.parse(text.decode())


def test_only_ed25519_keys_are_taken() -> None:
    public = bytes(SigningKey(bytes(32)).verify_key)
    for typed in (b"\x04" + public, b"\x01" + public[:-1], b""):
        key_id = hashlib.sha256(b"name\n" + typed).digest()[:4].hex()
        with pytest.raises(LogError, match="Ed25519"):
            VerifierKey.parse(f"name+{key_id}+{base64.b64encode(typed).decode()}")


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), max_size=3),
)
def test_a_checkpoint_comes_back_as_it_was_written(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    checkpoint = Checkpoint(origin, size, root, tuple(extensions))
    assert parse_checkpoint(checkpoint.text()) == checkpoint


def test_a_checkpoint_is_three_lines() -> None:
    encoded = base64.b64encode(ROOT).decode()
    assert Checkpoint("o", 7, ROOT).text() == f"o\n7\n{encoded}\n"
    for text in (
        *(f"o\n{size}\n{encoded}\n" for size in ("07", "-1", "+1", "", " 7", "7 ", "٧", 2**63)),
        *(
            f"o\n7\n{encoded}",
            f"o\n7\n{encoded}\n\n",
            f"\n7\n{encoded}\n",
            f"o\n7\n{encoded}\n\nx\n",
        ),
        *("o\n7\n", "", f"o\n7\n{encoded[:-1]}\n", f"o\n7\n{encoded} \n", "o\n7\nAAAA\n"),
        f"o\n7\n{encoded[:-2]}{chr(ord(encoded[-2]) + 1)}=\n",  # bits behind the last byte
    ):
        with pytest.raises(LogError):
            parse_checkpoint(text)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999, 1), "tile/0/999.p/1"),
        (Tile(1, 1000), "tile/1/x001/000"),
        (Tile(63, 1234067, 255), "tile/63/x001/x234/067.p/255"),
        (Tile(ENTRIES, 67), "tile/entries/067"),
        (Tile(ENTRIES, 1001, 5), "tile/entries/x001/001.p/5"),
    ],
)
def test_paths_of_tiles_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile_path(tile.level, tile.number, tile.width) == tile.path == path
    assert parse_tile_path(path) == tile


@given(st.integers(-1, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_has_one_path(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)
    assert parse_tile_path(tile.path) == tile


@given(st.text("0123456789x/.ptile", max_size=24).map(lambda rest: f"tile/{rest}"))
@example("tile/0/x000/001")
@example("tile/0/001.p/0")
@example("tile/0/001.p/256")
@example("tile/0/001.p/07")
@example("tile/00/001")
@example("tile/64/001")
@example("tile/0/1")
@example("tile/-1/001")
@example("tile/0/x001")
@example("tile/0/001/000")
@example("tile/0/001.p/")
@example("tile/0/００１")
def test_any_other_path_is_refused(path: str) -> None:
    try:
        tile = parse_tile_path(path)
    except LogError:
        return
    assert tile.path == path


def test_the_tiles_of_the_specifications_example() -> None:
    tiles = tiles_between(0, 70_000)
    of_level = {level: [tile for tile in tiles if tile.level == level] for level in range(-1, 4)}
    assert [len(of_level[level]) for level in (-1, 0, 1, 2, 3)] == [274, 274, 2, 1, 0]
    assert [of_level[level][-1].width for level in (-1, 0, 1, 2)] == [112, 112, 17, 1]
    assert tiles_between(0, 0) == []
    assert tiles_between(0, 256) == [Tile(ENTRIES, 0), Tile(0, 0), Tile(1, 0, 1)]


@given(st.integers(0, 200_000), st.integers(0, 200_000))
def test_a_grown_log_has_the_full_tiles_it_had(a: int, b: int) -> None:
    old, new = sorted((a, b))
    full = {tile for tile in tiles_between(0, old) if tile.width == 256}
    assert full <= set(tiles_between(0, new))
    assert set(tiles_between(old, new)) == set(tiles_between(0, new)) - set(tiles_between(0, old))


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    bundle = entries_bundle(entries)
    assert parse_bundle(bundle, len(entries)) == entries
    for wrong in (bundle + b"\0", bundle + b"\0\1", bundle[:-1]):
        with pytest.raises(LogError):
            parse_bundle(wrong, len(entries))


def test_an_entry_that_no_bundle_can_hold_is_refused() -> None:
    assert entries_bundle([bytes(65535)])[:2] == b"\xff\xff"
    with pytest.raises(LogError, match="longer"):
        entries_bundle([bytes(65536)])


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 300, 513])
def test_tiles_hold_the_tree(size: int) -> None:
    portal = Portal()
    portal.say(size)
    files = portal.log_files()
    reader = TileReader(size, lambda tile: files[f"log/{tile.path}"])
    assert root_at(size, reader) == portal.root() == tree_root(list(map(leaf_hash, portal.entries)))
    stored = list(portal.nodes)
    assert reader(stored) == [portal.nodes[node] for node in stored]
    with pytest.raises(LogError, match="no stored node"):
        reader([(0, size)])
    short = TileReader(size, lambda tile: files[f"log/{tile.path}"][:-1])
    with pytest.raises(LogError, match="does not hold"):
        root_at(size, short)
    assert tile_at(0, size // 256, size + 1).width == size % 256 + 1


def test_a_receipt_is_the_file_of_the_specification() -> None:
    portal = Portal()
    portal.say(7)
    receipt = portal.proof(3)
    proof = parse_proof(receipt)
    lines = receipt.decode().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[2] == base64.b64encode(leaf_hash(portal.entries[2])).decode()
    assert receipt.endswith(b"\n\n" + portal.checkpoint())
    assert write_proof(proof) == receipt
    keys = [portal.signer.verifier_key]
    assert proof.verify(portal.entries[3], keys).size == 7
    with pytest.raises(LogError, match="does not show entry"):
        proof.verify(portal.entries[2], keys)


def test_extra_data_of_a_receipt_is_kept() -> None:
    proof = LogProof(0, (), b"checkpoint", b"told")
    assert write_proof(proof) == (b"c2sp.org/tlog-proof@v1\nextra dG9sZA==\nindex 0\n\ncheckpoint")
    assert parse_proof(write_proof(proof)) == proof


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_spoils_a_receipt(at: int, change: int) -> None:
    portal = Portal()
    portal.say(5)
    receipt = bytearray(portal.proof(2))
    receipt[at % len(receipt)] ^= change
    with pytest.raises(LogError):
        parse_proof(bytes(receipt)).verify(portal.entries[2], [portal.signer.verifier_key])


@pytest.mark.parametrize(
    "head",
    [
        *("", "index 0\n", "c2sp.org/tlog-proof@v2\nindex 0\n", "c2sp.org/tlog-proof@v1\n"),
        *("c2sp.org/tlog-proof@v1\nindex 00\n", "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n"),
        *("c2sp.org/tlog-proof@v1\nextra !\nindex 0\n", "c2sp.org/tlog-proof@v1\nindex 0\n é\n"),
    ],
)
def test_what_is_no_receipt_is_refused(head: str) -> None:
    with pytest.raises(LogError):
        parse_proof(head.encode() + b"\ncheckpoint")
