"""Key files 密钥文件: the installation's secrets, outside the database, mode 0600.

Key and database never share a backup's recipient: whoever has one alone can open nothing.
"""

import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.public import PrivateKey, SealedBox

from portal.kernel.errors import Refused
from portal.kernel.language import N_

KEY_BYTES = 32
RECOVERY_HEADER = "recovery/x25519/1 "


def load_key(folder: Path, name: str) -> bytes:
    """Return the 32 bytes of ``folder/name.key``, made at first use; the folder is kept at 0700.

    Raises Refused where others on the machine may read the file, or where it is damaged.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)
    path = folder / f"{name}.key"
    if not path.exists():
        store_key(folder, name, secrets.token_bytes(KEY_BYTES))
    return read_key(folder, name)


def read_key(folder: Path, name: str) -> bytes:
    """Return the 32 bytes of ``folder/name.key``, which is never made here; raises Refused."""
    path = folder / f"{name}.key"
    if not path.exists():
        raise Refused(N_("The key file %(path)s is missing; restore it."), path=path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            N_("The key file %(path)s may be read by others; set its mode to 0600."), path=path
        )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Refused(
            N_("The key file %(path)s is damaged; restore it from the backup."), path=path
        )
    return key


def store_key(folder: Path, name: str, key: bytes) -> None:
    """Write a key whole, then give it its name, unless there is one: nobody sees half of it."""
    path = folder / f"{name}.key"
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(key)
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` last: a key whose name is lost opens nothing any more."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_recovery_key(folder: Path, out: Path) -> None:
    """Write the installation's recovery key 恢复密钥 to ``out``, once, and keep its public half.

    What is sealed to the public half (``recovery.pub``) can be opened by whoever keeps ``out``, and
    by nobody with the server alone. Raises Refused where there is one already.
    """
    public = folder / "recovery.pub"
    if public.exists() or out.exists():
        raise Refused(
            N_("The recovery key was written before; it is written only once. Keep that file safe.")
        )
    private = PrivateKey.generate()
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(f"{RECOVERY_HEADER}{private.encode(HexEncoder).decode()}\n")
        target.flush()
        os.fsync(target.fileno())
    public.write_text(f"{RECOVERY_HEADER}{private.public_key.encode(HexEncoder).decode()}\n")


@dataclass(frozen=True, repr=False)
class Keys:
    """The installation's keys. ``id`` of a key is the first eight hex digits of its digest."""

    web: bytes  # ties the desk's form tokens to this installation
    receipts: bytes  # makes receipt codes from form tokens
    persons: bytes  # keyed digests of ID numbers
    uploads: PrivateKey  # what uploaded files, and whole names for the board, are sealed to

    @property
    def persons_id(self) -> str:
        """Return the key id that stands beside every keyed digest."""
        return key_id(self.persons)

    def digest(self, *parts: str) -> str:
        """Return the keyed digest (HMAC-SHA-256, hex) of normalised values."""
        return hmac.digest(self.persons, "\0".join(parts).encode(), "sha256").hex()

    def seal_upload(self, data: bytes) -> bytes:
        """Seal an uploaded file; algorithm and version stand in front."""
        return self._seal(UPLOAD_HEADER, data)

    def open_upload(self, sealed: bytes) -> bytes:
        """Open what ``seal_upload`` sealed; raises ValueError for anything else."""
        return self._open(UPLOAD_HEADER, sealed)

    def seal_names(self, data: bytes) -> bytes:
        """Seal whole names for the board; algorithm and version stand in front."""
        return self._seal(NAMES_HEADER, data)

    def open_names(self, sealed: bytes) -> bytes:
        """Open what ``seal_names`` sealed; raises ValueError for anything else."""
        return self._open(NAMES_HEADER, sealed)

    def _seal(self, header: bytes, data: bytes) -> bytes:
        return header + SealedBox(self.uploads.public_key).encrypt(data)

    def _open(self, header: bytes, sealed: bytes) -> bytes:
        if not sealed.startswith(header):
            raise ValueError("sealed for something else")
        return SealedBox(self.uploads).decrypt(sealed[len(header) :])


UPLOAD_HEADER = b"upload/x25519-sealedbox/1\n"
NAMES_HEADER = b"board-names/x25519-sealedbox/1\n"


def key_id(key: bytes) -> str:
    """Return the public name of a secret key."""
    return hashlib.sha256(b"key id\0" + key).hexdigest()[:8]


def load_keys(folder: Path) -> Keys:
    """Load every key of the installation, making those that are missing."""
    return Keys(
        web=load_key(folder, "web"),
        receipts=load_key(folder, "receipts"),
        persons=load_key(folder, "persons"),
        uploads=PrivateKey(load_key(folder, "uploads")),
    )
