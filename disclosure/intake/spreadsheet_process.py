"""The program that reads a spreadsheet in a process of its own: bytes in, cells as JSON out.

A damaged file can make the spreadsheet library abort, which no exception handler survives, or ask
for all memory there is. So it runs here, with limits, and not in the server. It imports nothing of
ours and is started by ``disclosure.intake.spreadsheet`` with the folder of the library as its only
argument. Exit 0: read; 3: protected with a password; anything else: damaged.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from importlib import import_module
from io import BytesIO
from typing import Any

MEMORY = 4 * 1024**3  # bytes of address space
SECONDS = 90  # of the processor
PASSWORD = 3


def encode(value: object) -> dict[str, str | float]:
    """Return a value that JSON does not know as ``{its kind: its text}``."""
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    raise TypeError


def read(data: bytes, calamine: Any) -> list[dict[str, object]]:
    """Return name, kind, visibility, cells and merged ranges of every sheet."""
    sheets: list[dict[str, object]] = []
    with calamine.CalamineWorkbook.from_filelike(BytesIO(data)) as book:
        for place, about in enumerate(book.sheets_metadata):
            sheet: dict[str, object] = {
                "name": about.name,
                "is_table": about.typ == calamine.SheetTypeEnum.WorkSheet,
                "hidden": about.visible != calamine.SheetVisibleEnum.Visible,
            }
            if sheet["is_table"]:
                cells = book.get_sheet_by_index(place)
                sheet["rows"] = cells.to_python(skip_empty_area=False)
                sheet["merges"] = cells.merged_cell_ranges or []
            sheets.append(sheet)
    return sheets


def main() -> int:
    """Read standard input and write standard output, within limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    # A memory image of this process would hold people's data.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.path.append(sys.argv[1])
    calamine = import_module("python_calamine")
    try:
        sheets = read(sys.stdin.buffer.read(), calamine)
    except calamine.PasswordError:
        return PASSWORD
    # In one piece: only so does the module use its fast encoder.
    sys.stdout.write(json.dumps(sheets, default=encode))
    return 0


if __name__ == "__main__":
    sys.exit(main())
