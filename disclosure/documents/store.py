"""The store of files 附件库: bytes under their own digest in the data folder, mode 0600.

A file is written whole under another name first, so nobody ever reads half of one; the same file
twice is one file.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from disclosure.documents.media import Media, take_apart
from disclosure.documents.queries import is_needed

FOLDER = "documents"
_CHUNK = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


def store_folder(data_folder: Path) -> Path:
    """Return the folder of the files, made at first use; others on the machine cannot look in."""
    folder = data_folder / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def file_path(data_folder: Path, digest: str) -> Path:
    """Return where the file with that digest lies; raises ValueError for what is no digest."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("not a digest")
    return data_folder / FOLDER / digest


def keep(data_folder: Path, stream: IO[bytes]) -> tuple[Media, str, int]:
    """Take a file apart and keep it; returns what it is, its digest and its size.

    Raises Refused where it is of no known kind, too large or damaged.
    """
    media = take_apart(stream)
    stream.seek(0)
    pieces = iter([media.data]) if media.data is not None else _pieces(stream)
    folder = store_folder(data_folder)
    draft = folder / f".{secrets.token_hex(8)}"
    digest, size = hashlib.sha256(), 0
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        draft.replace(folder / digest.hexdigest())
    finally:
        draft.unlink(missing_ok=True)
    return media, digest.hexdigest(), size


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(_CHUNK):
        yield piece


def forget_files(session: Session, data_folder: Path, digests: Iterable[str]) -> None:
    """Remove the files that no version needs any longer, in the transaction that looked."""
    for digest in digests:
        if not is_needed(session, digest):
            file_path(data_folder, digest).unlink(missing_ok=True)
