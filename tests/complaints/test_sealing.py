"""Sealing: what opens for whom, and that nothing else does."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.sealing import (
    CannotOpen,
    Purpose,
    derive_reporter,
    hkdf_sha256,
    new_case_keys,
    new_salt,
    new_unit_keys,
    open_bytes,
    open_key,
    open_text,
    seal_bytes,
    seal_key_to,
    seal_text,
    unit_keys,
)
from portal.kernel.errors import DomainError
from portal.kernel.language import translate

KEYS = new_case_keys()
UNIT = new_unit_keys("xiji")
OTHER_UNIT = new_unit_keys("longde")
SALT = new_salt()
REPORTER = derive_reporter("12345678901234", SALT)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789:-", min_size=1, max_size=40)
FLIPS = st.integers(1, 255)


@given(text=TEXTS, case_id=NAMES, purpose=NAMES)
def test_what_was_sealed_opens_with_its_key(text: str, case_id: str, purpose: str) -> None:
    sealed = seal_text(KEYS.content, text, case_id, purpose)
    assert open_text(KEYS.content, sealed, case_id, purpose) == text


@given(content=st.binary(max_size=3000))
def test_bytes_survive_with_their_last_zeros(content: bytes) -> None:
    sealed = seal_bytes(KEYS.content, content + b"\x00\x00", "case", "attachment:1")
    assert open_bytes(KEYS.content, sealed, "case", "attachment:1") == content + b"\x00\x00"


@given(data=st.data(), text=TEXTS, flip=FLIPS)
def test_every_flipped_byte_is_noticed(data: st.DataObject, text: str, flip: int) -> None:
    sealed = bytearray(seal_text(KEYS.content, text, "case", Purpose.CONTENT))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= flip
    with pytest.raises(CannotOpen):
        open_text(KEYS.content, bytes(sealed), "case", Purpose.CONTENT)


@pytest.mark.parametrize("flip", [1, 128, 255])
def test_every_flipped_byte_of_a_sealed_key_is_noticed(flip: int) -> None:
    sealed = seal_key_to(UNIT.public_key, KEYS.content, "case", Purpose.CONTENT_KEY)
    for place in range(len(sealed)):
        broken = sealed[:place] + bytes([sealed[place] ^ flip]) + sealed[place + 1 :]
        with pytest.raises(CannotOpen):
            open_key(UNIT.private_key, broken, "case", Purpose.CONTENT_KEY)


@given(garbage=st.binary(max_size=400), cut=st.integers(0, 295))
def test_what_is_cut_off_or_was_never_sealed_does_not_open(garbage: bytes, cut: int) -> None:
    sealed = seal_text(KEYS.content, "钱没有到账", "case", Purpose.CONTENT)[:cut]
    for blob in (sealed, garbage, sealed[:3] + garbage):
        with pytest.raises(CannotOpen):
            open_text(KEYS.content, blob, "case", Purpose.CONTENT)
        with pytest.raises(CannotOpen):
            open_key(UNIT.private_key, blob, "case", Purpose.CONTENT)


@given(names=st.tuples(NAMES, NAMES, NAMES, NAMES))
def test_another_case_or_purpose_is_refused_even_with_the_same_key(
    names: tuple[str, str, str, str],
) -> None:
    case_id, purpose, other_case, other_purpose = names
    if (case_id, purpose) == (other_case, other_purpose):
        return
    sealed = seal_text(KEYS.content, "内容", case_id, purpose)
    with pytest.raises(CannotOpen):
        open_text(KEYS.content, sealed, other_case, other_purpose)
    sealed_key = seal_key_to(UNIT.public_key, KEYS.content, case_id, purpose)
    with pytest.raises(CannotOpen):
        open_key(UNIT.private_key, sealed_key, other_case, other_purpose)


def test_a_name_that_runs_into_the_next_is_not_the_same_name() -> None:
    sealed = seal_text(KEYS.content, "内容", "ab", "c")
    for case_id, purpose in (("a", "bc"), ("abc", ""), ("", "abc"), ("ab", "c" * 300)):
        with pytest.raises(CannotOpen):
            open_text(KEYS.content, sealed, case_id, purpose)


def test_nothing_is_sealed_without_a_case_and_a_purpose() -> None:
    for case_id, purpose in (("", "content"), ("case", ""), ("x" * 256, "content")):
        with pytest.raises(ValueError, match="1 to 255 bytes"):
            seal_text(KEYS.content, "内容", case_id, purpose)


def test_a_key_for_one_case_opens_nothing_of_another() -> None:
    other = new_case_keys()
    sealed = seal_text(KEYS.content, "内容", "case", Purpose.CONTENT)
    for key in (other.content, other.identity, KEYS.identity, b"short", b""):
        with pytest.raises(CannotOpen):
            open_text(key, sealed, "case", Purpose.CONTENT)


def test_a_sealed_key_opens_for_its_unit_and_for_the_reporter_alone() -> None:
    for holder, stranger in ((UNIT, OTHER_UNIT), (REPORTER, UNIT), (UNIT, REPORTER)):
        sealed = seal_key_to(holder.public_key, KEYS.identity, "case", Purpose.IDENTITY_KEY)
        opened = open_key(holder.private_key, sealed, "case", Purpose.IDENTITY_KEY)
        assert opened == KEYS.identity
        with pytest.raises(CannotOpen):
            open_key(stranger.private_key, sealed, "case", Purpose.IDENTITY_KEY)
        with pytest.raises(CannotOpen):
            open_key(holder.public_key, sealed, "case", Purpose.IDENTITY_KEY)


def test_a_key_is_sealed_to_nothing_but_a_public_key() -> None:
    for wrong in (UNIT.private_key, UNIT.public_key[3:], UNIT.public_key + b"\x00", b""):
        with pytest.raises(CannotOpen):
            seal_key_to(wrong, KEYS.content, "case", Purpose.CONTENT_KEY)


def test_a_text_and_a_key_are_not_taken_for_each_other() -> None:
    text = seal_text(KEYS.content, "内容", "case", "content")
    key = seal_key_to(UNIT.public_key, KEYS.content, "case", "content")
    with pytest.raises(CannotOpen):
        open_key(UNIT.private_key, text, "case", "content")
    with pytest.raises(CannotOpen):
        open_bytes(KEYS.content, key, "case", "content")


def test_bytes_that_are_no_text_are_not_shown_as_one() -> None:
    sealed = seal_bytes(KEYS.content, b"\xff\xfe", "case", "content")
    with pytest.raises(CannotOpen):
        open_text(KEYS.content, sealed, "case", "content")


@given(one=TEXTS, other=TEXTS)
def test_lengths_fall_into_few_buckets(one: str, other: str) -> None:
    overhead = 3 + 24 + 16
    sizes = [
        len(seal_text(KEYS.content, text, "case", "content")) - overhead for text in (one, other)
    ]
    assert all(size in {256, 512, 1024, 2048, 4096} for size in sizes)
    if max(len(one.encode()), len(other.encode())) <= 200:
        assert sizes == [256, 256]


def test_large_attachments_grow_by_whole_megabytes() -> None:
    megabyte = 1 << 20
    sealed = seal_bytes(KEYS.content, bytes(2 * megabyte + 1), "case", "attachment:1")
    assert len(sealed) == 3 * megabyte + 43


def test_the_same_text_never_looks_the_same_twice() -> None:
    assert len({seal_text(KEYS.content, "内容", "case", "content") for _ in range(50)}) == 50
    assert len({new_case_keys().content for _ in range(50)}) == 50
    assert KEYS.content != KEYS.identity


def test_the_same_secret_and_salt_give_the_same_reporter() -> None:
    again = derive_reporter("12345678901234", SALT)
    assert again == REPORTER
    assert again.matches(REPORTER.verifier)


@given(secret=st.text("0123456789", min_size=14, max_size=14))
@settings(max_examples=10, deadline=None)
def test_another_secret_or_salt_gives_another_reporter(secret: str) -> None:
    for other in (derive_reporter(secret, new_salt()), derive_reporter(secret[::-1] + "0", SALT)):
        assert not other.matches(REPORTER.verifier)
        assert other.public_key != REPORTER.public_key
        assert other.private_key != REPORTER.private_key


def test_the_verifier_says_nothing_about_the_key() -> None:
    assert REPORTER.verifier[3:] != REPORTER.private_key[3:]
    assert not REPORTER.matches(REPORTER.verifier[:-1])
    assert not REPORTER.matches(b"")


def test_a_salt_of_another_kind_is_refused() -> None:
    for salt in (b"", SALT[3:], SALT[:-1], UNIT.public_key):
        with pytest.raises(CannotOpen):
            derive_reporter("12345678901234", salt)


def test_a_units_pair_is_found_again_from_its_private_half() -> None:
    assert unit_keys("xiji", UNIT.private_key) == UNIT
    with pytest.raises(CannotOpen):
        unit_keys("xiji", UNIT.public_key)


def test_nothing_stored_is_without_its_version_and_algorithm() -> None:
    stored = [
        UNIT.public_key,
        UNIT.private_key,
        SALT,
        REPORTER.verifier,
        seal_text(KEYS.content, "内容", "case", "content"),
        seal_key_to(UNIT.public_key, KEYS.content, "case", "content"),
    ]
    assert all(blob[:2] == b"\xc5\x01" for blob in stored)
    assert len({blob[2] for blob in stored}) == len(stored)


@pytest.mark.parametrize("value", [KEYS, UNIT, REPORTER])
def test_no_secret_shows_in_a_trace(value: object) -> None:
    assert not re.search(r"content=|identity=|private_key=|verifier=", repr(value))


def test_the_one_error_is_a_sentence_in_both_languages() -> None:
    error = CannotOpen()
    assert isinstance(error, DomainError)
    assert translate("zh_Hans", error.message) != error.message


def test_hkdf_gives_what_rfc_5869_prints() -> None:
    # Appendix A.1 and A.2 (the beginning), test cases with SHA-256.
    first = hkdf_sha256(b"\x0b" * 22, bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
    assert first.hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )
    second = hkdf_sha256(bytes(range(80)), bytes(range(0x60, 0xB0)), bytes(range(0xB0, 0x100)), 82)
    assert second.hex().startswith(
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
    )
    assert len(second) == 82
