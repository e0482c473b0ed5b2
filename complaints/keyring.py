"""The units' private keys 单位私钥, one file each in the folder of secrets.

``PORTAL_SECRETS/units/<unit id>.key``: one line of base64, mode 0600, in a folder of mode 0700. A
file that others can read is refused, not repaired: whoever could read it may have.
"""

import base64
import binascii
import errno
import os
import re
import secrets
import stat
from pathlib import Path

from complaints.sealing import CannotOpen, UnitKeys, new_unit_keys, unit_keys
from portal.kernel.errors import NotFound, Refused
from portal.kernel.language import N_

_UNIT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LONGEST_FILE = 4096


class KeyRing:
    """The folder of the units' private keys."""

    def __init__(self, secrets_folder: Path) -> None:
        """Look for keys in ``secrets_folder / "units"``; nothing is made before a key is."""
        self._folder = secrets_folder / "units"

    def load(self, unit_id: str) -> UnitKeys:
        """Return a unit's keys.

        Raises NotFound if there are none, Refused if others can read the file, CannotOpen if it
        is damaged.
        """
        path = self._path(unit_id)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NotFound(N_("The unit “%(unit)s” has no key yet."), unit=unit_id) from None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            raise Refused(
                N_("“%(path)s” is not a file of its own. Replace the link."), path=str(path)
            ) from None
        with os.fdopen(handle, "rb") as file:
            _refuse_unsafe(os.fstat(file.fileno()), path)
            _refuse_unsafe(self._folder.stat(), self._folder)
            text = file.read(_LONGEST_FILE)
        try:
            return unit_keys(unit_id, base64.b64decode(text.strip(), validate=True))
        except binascii.Error:
            raise CannotOpen from None

    def create(self, unit_id: str) -> UnitKeys:
        """Make and store a unit's keys, whole or not at all; if another was first, return those."""
        path = self._path(unit_id)
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_unsafe(self._folder.stat(), self._folder)
        keys = new_unit_keys(unit_id)
        draft = self._folder / f".{secrets.token_hex(8)}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(keys.private_key) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            # A link, not a rename: it fails where a key is already, and so never replaces one.
            os.link(draft, path)
        except FileExistsError:
            return self.load(unit_id)
        finally:
            draft.unlink()
        self._sync_folder()
        return keys

    def load_or_create(self, unit_id: str) -> UnitKeys:
        """Return a unit's keys, made now if there are none; raises as ``load`` does."""
        try:
            return self.load(unit_id)
        except NotFound:
            return self.create(unit_id)

    def list_units(self) -> list[str]:
        """Return the ids of the units that have keys, in order."""
        if not self._folder.is_dir():
            return []
        return sorted(
            path.stem for path in self._folder.glob("*.key") if _UNIT_ID.fullmatch(path.stem)
        )

    def _path(self, unit_id: str) -> Path:
        # The id becomes a file's name, so it must not be able to lead anywhere else.
        if not _UNIT_ID.fullmatch(unit_id):
            raise Refused(
                N_("A unit's id has letters, digits, hyphens, dots and underscores only."),
                field="id",
            )
        return self._folder / f"{unit_id}.key"

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refuse_unsafe(status: os.stat_result, path: Path) -> None:
    """Refuse what others than the owner may read or change, and what belongs to somebody else."""
    foreign = status.st_uid != os.geteuid() and os.geteuid() != 0
    if foreign or stat.S_IMODE(status.st_mode) & 0o077:
        raise Refused(
            N_("Others can read “%(path)s”. Make a new key, and close it with chmod go-rwx."),
            path=str(path),
        )
