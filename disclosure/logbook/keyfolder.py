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
from disclosure.log.notes import NoteSigner, VerifierKey, sign_note, split_note
from disclosure.log.tree import tree_root
from portal.data.keyfiles import KEY_BYTES, load_key, read_key, store_key, sync_folder
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
        return self._name.exists() and self._path(KEY).exists()

    def make_key(self, name: str) -> None:
        """Make the key 日志密钥 of a new log under ``name``, which stays for good.

        The empty log's checkpoint is there before the key: a key without a high-water file is one
        whose file was lost, and must not sign.
        """
        self.keep_name(name)
        seed = secrets.token_bytes(KEY_BYTES)
        signer = self._signer(seed)
        empty = Checkpoint(signer.name, 0, tree_root(()))
        self.raise_high_water(sign_note(empty.text(), [signer]))
        store_key(self.folder, KEY, seed)

    def keep_name(self, name: str) -> None:
        """Write down the log's name again, if it was lost with everything else."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self._name.exists():
            _replace(self._name, f"{name}\n".encode())

    def signer(self, expected: VerifierKey | None) -> NoteSigner:
        """Return the key that signs: ``expected`` by what the log says, any if it is silent.

        It may still be the one that follows (see ``promote``). Raises Refused where it is not here.
        """
        if not self.has_key() and not self._path(NEXT_KEY).exists():
            raise Refused(NO_KEY)
        for name in (KEY, NEXT_KEY):
            if self._path(name).exists():
                signer = self._signer(read_key(self.folder, name))
                if expected in (None, signer.verifier_key):
                    return signer
        raise Refused(
            N_(
                "The key in %(folder)s is not the log's key. Put the right one back, or let a new "
                "one follow it: python -m portal log replace-key --statement TEXT"
            ),
            folder=self.folder,
        )

    def next_signer(self) -> NoteSigner:
        """Return a fresh key that will follow; it signs nothing until the log says so.

        One that was made before and never announced is thrown away.
        """
        self._path(NEXT_KEY).unlink(missing_ok=True)
        return self._signer(load_key(self.folder, NEXT_KEY))

    def promote(self, signer: NoteSigner) -> None:
        """Let ``signer``, which has signed, take the place of the key before it, if it is the next.

        This is how a change of keys ends, also after a crash; the old key is gone then.
        """
        if self._path(NEXT_KEY).exists():
            follows = self._signer(read_key(self.folder, NEXT_KEY))
            if follows.verifier_key == signer.verifier_key:
                self._path(NEXT_KEY).replace(self._path(KEY))
                sync_folder(self.folder)

    def name(self) -> str:
        """Return the log's name; raises Refused where it has none."""
        try:
            return self._name.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise Refused(NO_KEY) from None

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.key"

    def _signer(self, seed: bytes) -> NoteSigner:
        try:
            return NoteSigner.from_seed(self.name(), seed)
        except LogError:
            raise Refused(
                N_("The file %(path)s is damaged; restore it."), path=self._name
            ) from None

    def read_mark(self) -> tuple[bytes, Checkpoint] | None:
        """Return the newest checkpoint that was ever signed here, as it was signed and as it reads.

        None before the first, and where the file is damaged or cannot be read.
        """
        try:
            note = self._high_water.read_bytes()
            return note, parse_checkpoint(split_note(note)[0])
        except (OSError, LogError):
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
