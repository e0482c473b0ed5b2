"""The process that reads spreadsheets: what it does not survive does not reach the server."""

import struct
import subprocess
import sys
from datetime import date, datetime, time
from pathlib import Path

import pytest

from disclosure.intake import spreadsheet
from disclosure.intake.reader import read_workbook
from disclosure.intake.workbook import ReadCode, ReadRefused
from tests.intake.workbooks import SAMPLES, xlsx

OLD = SAMPLES / "jiangtaibao-2026-10.xls"


def lying() -> bytes:
    """Return an .xls that says of itself that it has 2³² rows of 65,535 columns."""
    data = OLD.read_bytes()
    true = struct.pack("<HHIIHHH", 0x0200, 14, 0, 182, 0, 10, 0)
    assert data.count(true) == 1
    return data.replace(true, struct.pack("<HHIIHHH", 0x0200, 14, 0, 0xFFFFFFFF, 0, 0xFFFF, 0))


def test_a_file_that_makes_the_library_abort_is_only_refused() -> None:
    program = spreadsheet._PROGRAM
    done = subprocess.run(
        [sys.executable, "-I", str(program), spreadsheet._library()],
        input=lying(),
        capture_output=True,
        check=False,
    )
    assert done.returncode < 0, "the file no longer shows why a process of its own is needed"
    with pytest.raises(ReadRefused) as caught:
        read_workbook(lying())
    assert caught.value.code is ReadCode.UNREADABLE
    assert len(read_workbook(OLD.read_bytes()).sheets[0].rows) == 182


def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "_SECONDS", 0.0001)
    with pytest.raises(ReadRefused) as caught:
        spreadsheet.read_sheets(OLD.read_bytes())
    assert caught.value.code is ReadCode.UNREADABLE


def test_the_process_sees_no_setting_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "shows_environment.py"
    program.write_text(
        "import json, os, sys\n"
        "sys.stdin.buffer.read()\n"
        "print(json.dumps([{'name': ' '.join(os.environ), 'is_table': False, 'hidden': False}]))",
        encoding="utf-8",
    )
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(spreadsheet, "_PROGRAM", program)
    (sheet,) = spreadsheet.read_sheets(b"")
    assert "DATABASE_URL" not in sheet.name


def test_every_kind_of_cell_arrives_as_it_is() -> None:
    values = ["文字𠮷", 5.25, 7, True, date(2026, 9, 1), datetime(2026, 9, 1, 8, 30), time(8, 30)]  # noqa: DTZ001
    (sheet,) = read_workbook(xlsx([values])).sheets
    assert sheet.rows == [
        ["文字𠮷", 5.25, 7.0, True, date(2026, 9, 1), datetime(2026, 9, 1, 8, 30), time(8, 30)]  # noqa: DTZ001
    ]
