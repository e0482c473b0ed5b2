"""The verifier as a program 核验程序: ``verify.py ADDRESS_OR_FOLDER``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey
from disclosure.log.verifying.findings import Report
from disclosure.log.verifying.sources import open_source
from disclosure.log.verifying.verifier import verify

USAGE_EXIT = 2
_BLANK = 72


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="Check that a transparency portal shows what its public log holds, and that "
        "the log was only ever added to. Exit 0: all is well. Exit 1: something does not hold.",
    )
    parser.add_argument("target", help="the portal's address, or a folder that it was exported to")
    parser.add_argument(
        "--state",
        type=Path,
        default=Path("verify-state.json"),
        help="the file that remembers the last checkpoint (default: verify-state.json)",
    )
    parser.add_argument(
        "--accept-key", metavar="KEY", help="the log's key, as somebody you trust told it to you"
    )
    return parser.parse_args(arguments)


def run_verifier(arguments: Sequence[str], *, now: datetime) -> int:
    """Check what ``arguments`` name, print the report, and return the exit code."""
    given = _arguments(arguments)
    try:
        accept_key = VerifierKey.parse(given.accept_key) if given.accept_key else None
        source = open_source(given.target)
    except LogError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_EXIT
    progress = _show_progress if sys.stderr.isatty() else None
    report = verify(
        source, given.state, now=now, accept_key=accept_key, progress=progress, wait=time.sleep
    )
    if progress:
        progress("")
    for line in report.lines():
        _say(line)
    keep_evidence(report, given.state)
    return report.exit_code


def keep_evidence(report: Report, state: Path) -> None:
    """Write a checkpoint that contradicts the remembered one beside the state file."""
    if report.evidence is not None:
        kept = state.with_name(f"{state.name}.contradiction")
        kept.write_bytes(report.evidence)
        _say(f"The contradicting checkpoint was written to {kept}")


def _say(line: str) -> None:
    """Write a line, also where a terminal does not know every sign."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def _show_progress(sentence: str) -> None:
    sys.stderr.write(f"\r{sentence[:_BLANK]:<{_BLANK}}\r")
    sys.stderr.flush()
