"""Sealing 密封: who can open what.

A complaint has two random keys: one for its content, one for who the reporter is. Texts are sealed
with them (XSalsa20-Poly1305); the keys themselves are sealed (X25519) to those who may open them:
the units that the track names, and the reporter, whose own key grows out of the secret half of the
receipt code by one run of Argon2id. What was sealed for one case and purpose opens for no other.

Everything stored begins with three bytes (magic, version, algorithm) and says inside, sealed, for
which case and purpose it was made. Texts are padded, so that their length tells little. A purpose
may carry an item's own id ("message:17"), so that two items cannot be exchanged.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.utils
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox

from portal.kernel.errors import DomainError
from portal.kernel.language import N_

_MAGIC = 0xC5
_VERSION = 1
_KEY_BYTES = 32
_SALT_BYTES = 16
_SMALLEST_BUCKET = 256
_LARGEST_BUCKET = 1 << 20
_MOST_NAME_BYTES = 255

# OWASP's second choice: 19 MiB and two passes, some 40 ms; more is a way to be overloaded.
_ARGON2_PASSES = 2
_ARGON2_MEMORY = 19 * 1024 * 1024


class _Algorithm(IntEnum):
    SECRET_BOX = 1  # XSalsa20-Poly1305, 24-byte random nonce
    SEALED_BOX = 2  # X25519, ephemeral sender
    X25519_PUBLIC = 3
    X25519_PRIVATE = 4
    ARGON2ID_19M_2 = 5  # a salt
    VERIFIER = 6


class Purpose(StrEnum):
    """What a sealed thing is for; others may be made by adding an item's id."""

    CONTENT = "content"  # what was written 内容
    IDENTITY = "identity"  # who wrote it 反映人身份
    CONTENT_KEY = "content-key"
    IDENTITY_KEY = "identity-key"


class CannotOpen(DomainError):
    """It does not open: wrong key, wrong case or purpose, damaged, or of an unknown kind.

    Which of these it was is not said: the difference would help only an attacker.
    """

    def __init__(self) -> None:
        super().__init__(N_("This cannot be opened: the key does not fit, or it is damaged."))


@dataclass(frozen=True)
class CaseKeys:
    """The two keys of a complaint, 32 random bytes each, only ever stored sealed."""

    content: bytes = field(repr=False)
    identity: bytes = field(repr=False)


@dataclass(frozen=True)
class UnitKeys:
    """The key pair of a unit 单位密钥, as it is stored; the public half may be shown to anyone."""

    unit_id: str
    public_key: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Reporter:
    """What the secret of a receipt code gives: a verifier to compare, and a key pair.

    The verifier and the public key may be stored; the private key lives only while it is used.
    """

    verifier: bytes = field(repr=False)
    public_key: bytes
    private_key: bytes = field(repr=False)

    def matches(self, stored_verifier: bytes) -> bool:
        """Tell, in constant time, whether the secret was the right one."""
        return hmac.compare_digest(self.verifier, stored_verifier)


def new_case_keys() -> CaseKeys:
    """Return fresh keys for a complaint."""
    return CaseKeys(nacl.utils.random(_KEY_BYTES), nacl.utils.random(_KEY_BYTES))


def new_unit_keys(unit_id: str) -> UnitKeys:
    """Return a fresh key pair for a unit."""
    private = PrivateKey.generate()
    return UnitKeys(unit_id, _framed_public(private), _framed_private(private))


def unit_keys(unit_id: str, private_key: bytes) -> UnitKeys:
    """Return the pair that belongs to a stored private key; raises CannotOpen."""
    private = _private(private_key)
    return UnitKeys(unit_id, _framed_public(private), private_key)


def new_salt() -> bytes:
    """Return a fresh salt for a case's reporter; it names the parameters it is used with."""
    return _frame(_Algorithm.ARGON2ID_19M_2, nacl.utils.random(_SALT_BYTES))


def derive_reporter(secret: str, salt: bytes) -> Reporter:
    """Turn the secret digits of a receipt code into verifier and key pair: one run of Argon2id.

    Raises CannotOpen if ``salt`` is not one of ``new_salt``.
    """
    raw_salt = _unframe(_Algorithm.ARGON2ID_19M_2, salt, _SALT_BYTES)
    stretched = nacl.pwhash.argon2id.kdf(
        64,
        secret.encode(),
        raw_salt,
        opslimit=_ARGON2_PASSES,
        memlimit=_ARGON2_MEMORY,
    )
    verifier = hkdf_sha256(stretched, raw_salt, b"portal complaints 1 verifier", _KEY_BYTES)
    private = PrivateKey(
        hkdf_sha256(stretched, raw_salt, b"portal complaints 1 x25519", _KEY_BYTES)
    )
    return Reporter(
        _frame(_Algorithm.VERIFIER, verifier), _framed_public(private), _framed_private(private)
    )


def seal_text(key: bytes, text: str, case_id: str, purpose: str) -> bytes:
    """Seal ``text`` with a case's key for this case and purpose."""
    return seal_bytes(key, text.encode(), case_id, purpose)


def open_text(key: bytes, sealed: bytes, case_id: str, purpose: str) -> str:
    """Open what ``seal_text`` sealed; raises CannotOpen."""
    try:
        return open_bytes(key, sealed, case_id, purpose).decode()
    except UnicodeDecodeError:
        raise CannotOpen from None


def seal_bytes(key: bytes, content: bytes, case_id: str, purpose: str) -> bytes:
    """Seal ``content`` (an attachment, say) with a case's key for this case and purpose."""
    inner = _padded(_bound(_Algorithm.SECRET_BOX, content, case_id, purpose))
    return _frame(_Algorithm.SECRET_BOX, bytes(SecretBox(key).encrypt(inner)))


def open_bytes(key: bytes, sealed: bytes, case_id: str, purpose: str) -> bytes:
    """Open what ``seal_bytes`` sealed; raises CannotOpen."""
    box = _unframe(_Algorithm.SECRET_BOX, sealed)
    try:
        inner = SecretBox(key).decrypt(box)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise CannotOpen from None
    return _unbound(_Algorithm.SECRET_BOX, inner, case_id, purpose)


def seal_key_to(public_key: bytes, key: bytes, case_id: str, purpose: str) -> bytes:
    """Seal a case's key to the holder of ``public_key``; raises CannotOpen if that is no key."""
    recipient = PublicKey(_unframe(_Algorithm.X25519_PUBLIC, public_key, _KEY_BYTES))
    inner = _bound(_Algorithm.SEALED_BOX, key, case_id, purpose)
    return _frame(_Algorithm.SEALED_BOX, SealedBox(recipient).encrypt(inner))


def open_key(private_key: bytes, sealed: bytes, case_id: str, purpose: str) -> bytes:
    """Open a key that was sealed to the holder of ``private_key``; raises CannotOpen."""
    box = _unframe(_Algorithm.SEALED_BOX, sealed)
    try:
        inner = SealedBox(_private(private_key)).decrypt(box)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        raise CannotOpen from None
    return _unbound(_Algorithm.SEALED_BOX, inner, case_id, purpose)


def hkdf_sha256(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869): extract, then expand to ``length`` bytes (at most 8160)."""
    pseudo_random = hmac.digest(salt, material, hashlib.sha256)
    output, block = b"", b""
    for counter in range(1, -(-length // hashlib.sha256().digest_size) + 1):
        block = hmac.digest(pseudo_random, block + info + bytes([counter]), hashlib.sha256)
        output += block
    return output[:length]


def _bound(algorithm: _Algorithm, content: bytes, case_id: str, purpose: str) -> bytes:
    """Put algorithm, case and purpose before ``content``: they are authenticated with it."""
    names = [name.encode() for name in (case_id, purpose)]
    if not all(1 <= len(name) <= _MOST_NAME_BYTES for name in names):
        raise ValueError("a case id and a purpose have 1 to 255 bytes")
    header = bytes([_MAGIC, _VERSION, algorithm])
    header += b"".join(bytes([len(name)]) + name for name in names)
    return header + struct.pack(">I", len(content)) + content


def _unbound(algorithm: _Algorithm, inner: bytes, case_id: str, purpose: str) -> bytes:
    """Return the content if it was made for this case and purpose; raises CannotOpen."""
    try:
        header = _bound(algorithm, b"", case_id, purpose)[:-4]
    except ValueError:
        raise CannotOpen from None
    at = len(header) + 4
    if len(inner) < at or not hmac.compare_digest(inner[: len(header)], header):
        raise CannotOpen
    (length,) = struct.unpack(">I", inner[len(header) : at])
    if len(inner) < at + length or any(inner[at + length :]):
        raise CannotOpen
    return inner[at : at + length]


def _padded(inner: bytes) -> bytes:
    """Fill up with zeros to a power of two from 256 bytes, above 1 MiB to whole MiB."""
    size = _SMALLEST_BUCKET
    while size < min(len(inner), _LARGEST_BUCKET):
        size *= 2
    return inner.ljust(-(-len(inner) // size) * size, b"\x00")


def _frame(algorithm: _Algorithm, content: bytes) -> bytes:
    return bytes([_MAGIC, _VERSION, algorithm]) + content


def _unframe(algorithm: _Algorithm, framed: bytes, length: int | None = None) -> bytes:
    """Return what follows the three bytes; raises CannotOpen if they or its length are others."""
    content = framed[3:]
    if framed[:3] != _frame(algorithm, b"") or (length is not None and len(content) != length):
        raise CannotOpen
    return content


def _private(framed: bytes) -> PrivateKey:
    return PrivateKey(_unframe(_Algorithm.X25519_PRIVATE, framed, _KEY_BYTES))


def _framed_private(private: PrivateKey) -> bytes:
    return _frame(_Algorithm.X25519_PRIVATE, bytes(private))


def _framed_public(private: PrivateKey) -> bytes:
    return _frame(_Algorithm.X25519_PUBLIC, bytes(private.public_key))
