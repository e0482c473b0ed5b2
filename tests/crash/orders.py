"""Giving orders to a process that brings up children (tests/crash/nursery.py and sitting.py)."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.crash.nursery import Order, Outcome
from tests.fixtures.run import ROOT
from tests.fixtures.servers import portal_environ

Raise = Callable[..., Outcome]


@contextmanager
def bringing_up(module: str, *arguments: str, folder: Path) -> Iterator[Raise]:
    """Start the process ``module``; yields a function: what to do → how the child ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=portal_environ(folder),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    orders, answers = process.stdin, process.stdout

    def raise_one(**order: Any) -> Outcome:
        orders.write(json.dumps(asdict(Order(**order))) + "\n")
        orders.flush()
        return Outcome(**json.loads(answers.readline()))

    with process:
        yield raise_one
        orders.close()
