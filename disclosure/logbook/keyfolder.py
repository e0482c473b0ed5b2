"""The log's own files 日志密钥与水位: its name, its key, and the newest checkpoint it ever signed.

They lie in the folder of secrets, outside the database and its backups. The checkpoint is the
high-water mark 水位: whoever restores an older database finds there that it is older.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.errors import LogError
from disclosure.log.notes import NoteSigner, VerifierKey, split_note
from portal.data.keyfiles import load_key, sync_folder
from portal.kernel.errors import Refused
from portal.kernel.language import N_

KEY, NEXT_KEY = "log", "log-next"
NO_KEY = N_(
    "The log's key is missing. Restore it from where you keep it, or let a new key follow it: "
    "python -m portal log replace-key --statement TEXT"
)


def log_name(base_url: str) -> str:
    """Return what a log is called whose site has this address: without scheme and last slash."""
    parts = urlsplit(base_url)
    return f"{parts.netloc}{parts.path}".rstrip("/").replace("+", "-")


@dataclass(frozen=True)
class LogFolder:
    """The folder of secrets, as far as it is the log's."""

    folder: Path

    @property
    def _name(self) -> Path:
        return self.folder / "log.name"

    @property
    def _high_water(self) -> Path:
        return self.folder / "log.checkpoint"

    def has_key(self) -> bool:
        """Tell whether there is a key that signs."""
        return self._name.exists() and (self.folder / f"{KEY}.key").exists()

    def make_key(self, name: str) -> None:
        """Make the log's first key 日志密钥 under ``name``; the name stays for good."""
        if not self._name.exists():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _replace(self._name, f"{name}\n".encode())
        load_key(self.folder, KEY)

    def signer(self, expected: VerifierKey | None) -> NoteSigner:
        """Return the key that signs, ``expected`` by what the log says, any if it is silent.

        Where the log says that the next key signs, it takes the place of the one before it: this
        is how a change of keys ends, also after a crash. Raises Refused where there is no such key.
        """
        if not self.has_key():
            raise Refused(NO_KEY)
        signer = self._load(KEY)
        if expected is None or signer.verifier_key == expected:
            return signer
        if (self.folder / f"{NEXT_KEY}.key").exists():
            signer = self._load(NEXT_KEY)
            if signer.verifier_key == expected:
                (self.folder / f"{NEXT_KEY}.key").replace(self.folder / f"{KEY}.key")
                sync_folder(self.folder)
                return signer
        raise Refused(
            N_(
                "The key in %(folder)s is not the log's key. Put the right one back, or let this "
                "one follow it: python -m portal log replace-key --statement TEXT"
            ),
            folder=self.folder,
        )

    def next_signer(self) -> NoteSigner:
        """Return the key that will follow, made at first use; it signs nothing yet."""
        return self._load(NEXT_KEY)

    def any_signer(self) -> NoteSigner:
        """Return the key that is there, made if there is none: for a key that was lost."""
        return self._load(KEY)

    def name(self) -> str:
        """Return the log's name; raises Refused where it has none."""
        try:
            return self._name.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise Refused(NO_KEY) from None

    def _load(self, key: str) -> NoteSigner:
        return NoteSigner.from_seed(self.name(), load_key(self.folder, key))

    def high_water(self) -> Checkpoint | None:
        """Return the newest checkpoint that was ever signed here, None before the first."""
        note = self.high_water_note()
        if note is None:
            return None
        try:
            return parse_checkpoint(split_note(note)[0])
        except LogError:
            raise Refused(
                N_("The file %(path)s is damaged; restore it."), path=self._high_water
            ) from None

    def high_water_note(self) -> bytes | None:
        """Return that checkpoint as it was signed."""
        try:
            return self._high_water.read_bytes()
        except FileNotFoundError:
            return None

    def raise_high_water(self, note: bytes) -> None:
        """Keep ``note`` as the newest checkpoint; it is on the disk when this returns."""
        _replace(self._high_water, note)


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    draft.replace(path)
    sync_folder(path.parent)
