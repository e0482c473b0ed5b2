"""Signed notes 签名便笺 (C2SP signed-note): a text, a blank line, and who signed the text.

A key is named by a name and the first four bytes of a digest over name and key. Signatures of keys
that a reader does not know are ignored (witnesses may add theirs); a bad signature of a key that it
knows makes the whole note worthless.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from disclosure.log.errors import LogError
from disclosure.log.strict import decode_base64, encode_base64

ED25519 = 0x01
KEY_ID_BYTES = 4
KEY_BYTES = 32
SIGNATURE_BYTES = 64
MOST_SIGNATURES = 64
MOST_NOTE_BYTES = 1_000_000
SIGNATURE_MARK = "— "


def check_key_name(name: str) -> None:
    """Raise LogError where ``name`` may not be the name of a key: it has a space or a plus."""
    if (
        not name
        or "+" in name
        or any(sign.isspace() for sign in name)
        or any(sign < " " for sign in name)
    ):
        raise LogError("a key's name must not be empty and has no space, plus or control character")


def key_id(name: str, public_key: bytes) -> bytes:
    """Return the four bytes that stand for an Ed25519 key beside its name."""
    named = name.encode() + b"\n" + bytes([ED25519]) + public_key
    return hashlib.sha256(named).digest()[:KEY_ID_BYTES]


@dataclass(frozen=True)
class VerifierKey:
    """A verifier key 验证公钥, as it is published: ``name+hex8(key id)+base64(0x01 ‖ key)``."""

    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        if len(self.public_key) != KEY_BYTES:
            raise LogError("an Ed25519 key has 32 bytes")

    @property
    def id(self) -> bytes:
        """The key's id, four bytes."""
        return key_id(self.name, self.public_key)

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Return the key that ``text`` writes out; raises LogError."""
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise LogError("a verifier key has three parts with a plus between them")
        name, hex_id, encoded = parts
        typed = decode_base64(encoded, "a verifier key")
        if len(typed) != 1 + KEY_BYTES or typed[0] != ED25519:
            raise LogError("a verifier key of this log is an Ed25519 key of 32 bytes")
        key = cls(name, typed[1:])
        if key.id.hex() != hex_id:
            raise LogError("a verifier key's id does not belong to its name and its bytes")
        return key

    def __str__(self) -> str:
        encoded = encode_base64(bytes([ED25519]) + self.public_key)
        return f"{self.name}+{self.id.hex()}+{encoded}"


@dataclass(frozen=True)
class NoteSigner:
    """A key that signs notes; made of its 32-byte seed."""

    name: str
    signing_key: SigningKey

    @classmethod
    def from_seed(cls, name: str, seed: bytes) -> NoteSigner:
        """Return the signer with the given seed."""
        check_key_name(name)
        return cls(name, SigningKey(seed))

    @property
    def verifier_key(self) -> VerifierKey:
        """What strangers check its signatures with."""
        return VerifierKey(self.name, bytes(self.signing_key.verify_key))


def sign_note(text: str, signers: Sequence[NoteSigner]) -> bytes:
    """Return the signed note over ``text``, which must end with a newline."""
    _check_text(text)
    if not signers:
        raise LogError("a note needs a signature")
    signed = text.encode()
    lines = []
    for signer in signers:
        key = signer.verifier_key
        signature = key.id + signer.signing_key.sign(signed).signature
        lines.append(f"{SIGNATURE_MARK}{key.name} {encode_base64(signature)}\n")
    return signed + b"\n" + "".join(lines).encode()


@dataclass(frozen=True)
class OpenNote:
    """A note of which at least one known key's signature holds; ``signed_by`` names them all."""

    text: str
    signed_by: tuple[VerifierKey, ...]


def open_note(note: bytes, keys: Sequence[VerifierKey]) -> OpenNote:
    """Return what a note says once a signature of one of ``keys`` holds; raises LogError.

    A signature of one of ``keys`` that does not hold is an error even beside one that does.
    """
    text, signatures = split_note(note)
    known = {(key.name, key.id): key for key in keys}
    signed_by: list[VerifierKey] = []
    for name, found_id, signature in signatures:
        key = known.get((name, found_id))
        if key is None:
            continue
        _check_signature(key, text.encode(), signature)
        if key not in signed_by:
            signed_by.append(key)
    if not signed_by:
        raise LogError("the note is not signed by any key that is trusted here")
    return OpenNote(text, tuple(signed_by))


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return a note's text, and (name, key id, signature) of each line below it.

    Nothing is verified; raises LogError where the bytes are no note at all.
    """
    if len(note) > MOST_NOTE_BYTES:
        raise LogError("the note is too long")
    try:
        whole = note.decode()
    except UnicodeDecodeError:
        raise LogError("the note is not UTF-8") from None
    text, blank, tail = whole.rpartition("\n\n")
    if not blank or not tail.endswith("\n"):
        raise LogError("the note has no signatures below a blank line")
    text += "\n"
    _check_text(text)
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise LogError("the note has too many signatures")
    return text, [_parse_signature(line) for line in lines]


def _check_text(text: str) -> None:
    if not text.endswith("\n"):
        raise LogError("a note's text ends with a newline")
    if any(sign < " " and sign != "\n" for sign in text):
        raise LogError("a note has no control characters but newlines")


def _parse_signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line[len(SIGNATURE_MARK) :].partition(" ")
    if not line.startswith(SIGNATURE_MARK) or not space:
        raise LogError("a line below the note's blank line is no signature")
    check_key_name(name)
    signature = decode_base64(encoded, "a signature")
    if len(signature) <= KEY_ID_BYTES:
        raise LogError("a signature in the note is too short")
    return name, signature[:KEY_ID_BYTES], signature[KEY_ID_BYTES:]


def _check_signature(key: VerifierKey, signed: bytes, signature: bytes) -> None:
    bad = LogError(f"the signature of the key {key.name} does not hold")
    if len(signature) != SIGNATURE_BYTES:
        raise bad
    try:
        VerifyKey(key.public_key).verify(signed, signature)
    except BadSignatureError:
        raise bad from None
