"""One round after another: import and approval killed in the middle, and run again.

``python -m tests.crash.rounds BASE SCRATCH FILE ROUNDS WHAT`` runs in a process of its own; BASE is
an installation with places and units. Each round forks a child that does the work and kills itself
(SIGKILL) right before its n-th SQL statement or commit; then what is in the database is looked at,
the work is run again undisturbed, and looked at once more. Prints one JSON object a round.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, func, select, text

from disclosure.models import LogEntry, Notice, NoticeRow, Submission
from portal.commands import ImportOptions, import_spreadsheet
from portal.config import Settings
from portal.data.audit import AuditEntry
from portal.data.session import Sessions, make_engine

REGION = "640402100000"


def settings_for(folder: Path) -> Settings:
    """Return the settings of the installation in ``folder``."""
    environ = {**os.environ, "PORTAL_DATA": str(folder)}
    return Settings.from_env(environ)


def work(folder: Path, file: Path, *, publish: bool) -> None:
    """Import the file and, asked to, publish it, as the command line does."""
    options = ImportOptions(kind="standing", region=REGION, period="2026-10", publish=publish)
    report = import_spreadsheet(settings_for(folder), file, options)
    if report.failed:
        os._exit(9)


def count_down(left: int) -> Callable[[], None]:
    """Return a function that kills this process at its ``left``-th call."""
    calls = [0]

    def step(*_: Any) -> None:
        calls[0] += 1
        if calls[0] == left:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def in_child(task: Callable[[], None], *, kill_at: int | None = None) -> int:
    """Do ``task`` in a forked process; return its wait status."""
    child = os.fork()
    if child == 0:
        if kill_at is not None:
            step = count_down(kill_at)
            event.listen(Engine, "before_cursor_execute", step)
            event.listen(Engine, "commit", step)
        task()
        os._exit(0)
    return os.waitpid(child, 0)[1]


def look(folder: Path) -> dict[str, Any]:
    """Return what stands in the database of ``folder``."""
    engine = make_engine(settings_for(folder).database_url)
    with Sessions(engine).reading() as session:
        found = {
            "submissions": [state.value for state in session.scalars(select(Submission.state))],
            "notices": session.scalar(select(func.count()).select_from(Notice)),
            "published": session.scalar(
                select(func.count()).where(Notice.published_at.is_not(None))
            ),
            "rows": session.scalar(select(func.count()).select_from(NoticeRow)),
            "logged": session.scalar(select(func.count()).select_from(LogEntry)),
            "approved": session.scalar(
                select(func.count()).where(AuditEntry.action == "list-approve")
            ),
            "jobs": session.scalar(text("SELECT count(*) FROM jobs")),
        }
    engine.dispose()
    return found


def rounds(base: Path, scratch: Path, file: Path, *, count: int, draft_first: bool) -> None:
    """Kill at ``count`` places spread over all statements of the work; print what was found."""
    measured = scratch / "measured"
    shutil.copytree(base, measured)
    steps = measure(measured, file, draft_first=draft_first)
    chosen = sorted({1 + (steps - 1) * n // max(1, count - 1) for n in range(count)})
    for kill_at in chosen:
        folder = scratch / f"round-{kill_at}"
        shutil.copytree(base, folder)
        if draft_first:
            in_child(partial(work, folder, file, publish=False))
        before = look(folder)
        publishing = partial(work, folder, file, publish=True)
        status = in_child(publishing, kill_at=kill_at)
        after = look(folder)
        again = in_child(publishing)
        found = {
            "kill_at": kill_at,
            "steps": steps,
            "killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL,
            "before": before,
            "after": after,
            "again": os.waitstatus_to_exitcode(again),
            "finally": look(folder),
        }
        sys.stdout.write(json.dumps(found) + "\n")
        shutil.rmtree(folder)


def measure(folder: Path, file: Path, *, draft_first: bool) -> int:
    """Return how many statements and commits the undisturbed work has."""
    if draft_first:
        in_child(lambda: work(folder, file, publish=False))
    counted = folder / "steps"

    def counting() -> None:
        calls = [0]

        def step(*_: Any) -> None:
            calls[0] += 1

        event.listen(Engine, "before_cursor_execute", step)
        event.listen(Engine, "commit", step)
        work(folder, file, publish=True)
        counted.write_text(str(calls[0]))

    in_child(counting)
    return int(counted.read_text())


if __name__ == "__main__":
    base_folder, scratch_folder, spreadsheet, how_many, what = sys.argv[1:]
    rounds(
        Path(base_folder),
        Path(scratch_folder),
        Path(spreadsheet),
        count=int(how_many),
        draft_first=what == "approval",
    )
