"""Spreadsheets read in a process of their own, so that a damaged file cannot take the server down.

See ``spreadsheet_process`` for what runs there. Nothing is written to a disk; the file and its
cells go through pipes.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from pathlib import Path

from disclosure.intake.archive import PASSWORD, damaged
from disclosure.intake.workbook import CellValue, Merge, ReadCode, ReadRefused

_PROGRAM = Path(__file__).with_name("spreadsheet_process.py")
_PASSWORD_EXIT = 3
_SECONDS = 180  # by the clock; the process has its own, shorter limit of processor time
_KEPT = ("LD_LIBRARY_PATH", "PATH")  # of the environment: no setting and no secret


@dataclass(frozen=True)
class RawSheet:
    """One sheet as the library gives it; ``rows`` is empty when it is no table (a chart)."""

    name: str
    is_table: bool
    hidden: bool
    rows: list[list[CellValue]]
    merges: tuple[Merge, ...]


def read_sheets(data: bytes) -> list[RawSheet]:
    """Return the sheets of an .xlsx, .xls or .ods file whose extents were looked at before.

    Raises:
        ReadRefused: protected with a password, or the library could not read it within its limits.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        # The interpreter itself and a file of ours: nothing here comes from the upload.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-X", "utf8", str(_PROGRAM), _library()],
            input=data,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=environment,
        )
    except subprocess.TimeoutExpired as error:
        raise damaged() from error
    if done.returncode == _PASSWORD_EXIT:
        raise ReadRefused(ReadCode.ENCRYPTED, PASSWORD)
    if done.returncode != 0:
        raise damaged()
    return [
        RawSheet(
            name=sheet["name"],
            is_table=sheet["is_table"],
            hidden=sheet["hidden"],
            rows=sheet.get("rows", []),
            merges=tuple(Merge(*first, *last) for first, last in sheet.get("merges", [])),
        )
        for sheet in json.loads(done.stdout, object_hook=_decode)
    ]


def _library() -> str:
    """Return the folder that holds the spreadsheet library."""
    found = find_spec("python_calamine")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("python-calamine is not installed")
    return str(Path(found.origin).parents[1])


def _decode(given: dict[str, object]) -> object:
    """Return the date or time that the process wrote as ``{its kind: its text}``."""
    if len(given) != 1:
        return given
    ((kind, value),) = given.items()
    if kind == "timedelta" and isinstance(value, int | float):
        return timedelta(seconds=value)
    read = {
        "datetime": datetime.fromisoformat,
        "date": date.fromisoformat,
        "time": time.fromisoformat,
    }
    return read[kind](value) if isinstance(value, str) and kind in read else given
