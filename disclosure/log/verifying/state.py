"""What a watcher remembers 记忆: the last checkpoint that held, the keys, and what is current.

The file holds the signed checkpoint itself. If the portal ever shows another history, this file and
the portal's new checkpoint, both signed by the same key, prove it to anybody.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.entries import is_count, is_day
from disclosure.log.errors import LogError
from disclosure.log.history import Standing
from disclosure.log.notes import VerifierKey, open_note
from disclosure.log.strict import parse_json

_STATE_VERSION = 1


@dataclass(frozen=True)
class Memory:
    """What is remembered of the last check that found nothing wrong; ``keys`` are oldest first."""

    note: bytes
    checkpoint: Checkpoint
    keys: tuple[VerifierKey, ...]
    standing: tuple[Standing, ...]


def load_memory(path: Path) -> Memory | None:
    """Return what the file remembers, None where there is no file yet; raises LogError."""
    if not path.exists():
        return None
    try:
        members = parse_json(path.read_bytes(), "it")
        if members["v"] != _STATE_VERSION:
            raise LogError("it is of another version of this program")
        note = str(members["checkpoint"]).encode()
        keys = tuple(VerifierKey.parse(str(key)) for key in members["keys"])
        checkpoint = parse_checkpoint(open_note(note, keys[-1:]).text)
        standing = tuple(_read_standing(values) for values in members["standing"])
    except (OSError, LogError, KeyError, TypeError) as error:
        raise LogError(
            f"the state file {path} cannot be used ({error}). Keep it, and name another file to "
            "begin anew"
        ) from None
    return Memory(note, checkpoint, keys, standing)


def _read_standing(values: Any) -> Standing:
    standing = Standing(*values)
    texts = (standing.notice, standing.kind, standing.region)
    if (
        not all(isinstance(text, str) for text in texts)
        or not (is_count(standing.index) and is_count(standing.version))
        or not (standing.posted_to is None or is_day(standing.posted_to))
    ):
        raise LogError("what it says of a notice cannot be read")
    return standing


def save_memory(path: Path, memory: Memory) -> None:
    """Write the file whole or not at all; raises LogError where it cannot be written."""
    names = [field.name for field in fields(Standing)]
    members = {
        "v": _STATE_VERSION,
        "checkpoint": memory.note.decode(),
        "keys": [str(key) for key in memory.keys],
        "standing": [[getattr(one, name) for name in names] for one in memory.standing],
    }
    text = json.dumps(members, ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise LogError(f"the state file {path} cannot be written ({error.strerror})") from None
