"""A process that has the portal loaded and brings up children, to be killed in the midst of work.

Run as ``python -m tests.crash.nursery FILE DATABASE_URL DATA_FOLDER``. It reads one JSON order
a line (see ``Order``) and answers each with one line (see ``Outcome``). Every child is a process
of its own that does what the command line does; only the reading of the file, which touches no
database, is done once for all.
"""

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from disclosure.importing import Prepared
from portal import commands
from portal.config import Mode, Settings
from portal.data.session import make_engine

OPTIONS = commands.ImportOptions(kind="standing", region="640402100000", period="2026-10")


@dataclass(frozen=True)
class Order:
    """What a child shall do, and when it dies: before its k-th step, or after some seconds.

    With ``files`` what it says to the disk about the log's key and high-water file are steps too.
    ``folder`` is the data folder, where that is not the same for all.
    """

    database_url: str
    folder: str = ""
    publish: bool = True
    period: str = OPTIONS.period
    files: bool = False
    stop_at: int | None = None
    kill_after: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How it went: ``ended`` is "done", "killed" or "failed"; only who is done tells ``steps``."""

    ended: str
    seconds: float = 0.0
    steps: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    repeated: bool = False


class Steps:
    """Counts what is said to the database, and dies before the step that was ordered."""

    def __init__(self, stop_at: int | None) -> None:
        self.stop_at = stop_at
        self.said: list[str] = []

    def watch(self, engine: Engine) -> None:
        """Count statements, beginnings and ends of transactions."""
        event.listen(engine, "before_cursor_execute", lambda *given: self.step(given[2]))
        event.listen(engine, "commit", lambda _connection: self.step("COMMIT"))
        event.listen(engine, "rollback", lambda _connection: self.step("ROLLBACK"))

    def watch_files(self) -> None:
        """Count what makes a file last or gives it its name."""
        for name in ("fsync", "replace"):
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, said: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self.step(name)
            return said(*given, **named)

        return counted

    def step(self, statement: str) -> None:
        """Die here, if here is where to die."""
        if len(self.said) == self.stop_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.said.append(" ".join(statement.split())[:60])


def watch_steps(order: Order) -> Steps:
    """Count what is said from now on, and die where ``order`` says."""
    steps = Steps(order.stop_at)

    def watched(url: str) -> Engine:
        engine = make_engine(url)
        steps.watch(engine)
        return engine

    commands.make_engine = watched
    if order.files:
        steps.watch_files()
    return steps


def work(order: Order, settings: Settings, file: Path, answer: int) -> None:
    """Do the work in a child; the answer is written only by a child that lives to the end."""
    steps = watch_steps(order)
    os.write(answer, b"begin\n")
    begun = time.monotonic()
    options = replace(OPTIONS, publish=order.publish, period=order.period)
    report = commands.import_spreadsheet(settings, file, options)
    outcome = Outcome(
        "failed" if report.failed else "done",
        time.monotonic() - begun,
        steps.said,
        list(report.notice_ids),
        report.repeated,
    )
    tell(answer, outcome)


def tell(answer: int, outcome: Outcome) -> None:
    """Write the answer; only one that ends with its line's end is whole."""
    with os.fdopen(answer, "w", closefd=False) as told:
        told.write(json.dumps(asdict(outcome)) + "\n")


def raise_one(order: Order, task: Callable[[int], None]) -> Outcome:
    """Bring up a child that does ``task``, kill it when ordered, and tell how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            task(writing)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        begun = told.readline()
        if order.kill_after is not None and begun:
            time.sleep(order.kill_after)
            os.kill(child, signal.SIGKILL)
        last = told.read()
    _, status = os.waitpid(child, 0)
    if last.endswith(b"\n"):
        return Outcome(**json.loads(last))
    return Outcome("killed" if os.WIFSIGNALED(status) else "failed")


def main(file: Path, database_url: str, data_folder: Path) -> None:
    """Load the portal, read the file once, then take orders until there are no more."""
    settings = Settings(
        mode=Mode.PRODUCTION,
        data_folder=data_folder,
        secrets_folder=data_folder / "secrets",
        database_url=database_url,
        base_url="http://127.0.0.1:8000",
    )
    read_once(settings, file)
    for line in sys.stdin:
        order = Order(**json.loads(line))
        own = Settings(**{**vars(settings), "database_url": order.database_url})
        report(raise_one(order, partial(work, order, own, file)))


def report(outcome: Outcome) -> None:
    """Answer an order."""
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    sys.stdout.flush()


def read_once(settings: Settings, file: Path) -> None:
    """Do the work once, in a database of its own, so that every child finds the file read."""
    prepare = commands.prepare
    kept: dict[Any, Prepared] = {}

    def keep(data: bytes, **given: Any) -> Prepared:
        period = given["period"]
        if period not in kept:
            kept[period] = prepare(data, **given)
        return kept[period]

    commands.prepare = keep
    commands.import_spreadsheet(settings, file, replace(OPTIONS, publish=True))
    settle()


def settle() -> None:
    """Let nothing be inherited that a child must not share or would have to copy."""
    gc.collect()  # no connection may be inherited
    gc.freeze()  # or each child would copy what it only looks at


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
