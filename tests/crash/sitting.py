"""A process whose children approve what waits, one file after another 批量审批, and are killed.

Run as ``python -m tests.crash.sitting DATABASE_URL DATA_FOLDER``: it approves everything there
once, so that all it needs is loaded, and then takes orders as the nursery does, each for a database
and a data folder of its own.
"""

import json
import os
import sys
import time
from functools import partial
from pathlib import Path

from sqlalchemy import select

from disclosure import service
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from portal import commands
from portal.config import Mode, Settings
from portal.data.accounts import User, actor_of
from portal.data.session import Sessions
from portal.kernel.clock import SystemClock
from portal.kernel.permissions import Role
from tests.crash.nursery import Order, Outcome, raise_one, report, settle, tell, watch_steps

BASE_URL = "http://127.0.0.1:8000"


def settings_of(database_url: str, folder: Path) -> Settings:
    """Return the settings of the installation in ``folder``."""
    return Settings(
        mode=Mode.PRODUCTION,
        data_folder=folder,
        secrets_folder=folder / "secrets",
        database_url=database_url,
        base_url=BASE_URL,
    )


def approve_all(sessions: Sessions) -> list[str]:
    """Approve what waits in the order of places, each file in a transaction of its own."""
    clock = SystemClock()
    with sessions.reading() as session:
        reviewer = actor_of(session.scalars(select(User).where(User.role == Role.REVIEWER)).one())
        query = (
            select(Submission.id, Submission.digest)
            .where(Submission.state == SubmissionState.SUBMITTED)
            .order_by(Submission.region_code)
        )
        waiting = [(key, digest) for key, digest in session.execute(query)]
    published: list[str] = []
    for key, digest in waiting:
        with sessions.writing() as session:
            published += service.approve(session, reviewer, key, digest, now=clock.now())
    return published


def work(order: Order, answer: int) -> None:
    """Do the work in a child; the answer is written only by a child that lives to the end."""
    steps = watch_steps(order)
    os.write(answer, b"begin\n")
    begun = time.monotonic()
    sessions = commands.open_sessions(settings_of(order.database_url, Path(order.folder)))
    notices = approve_all(sessions)
    tell(answer, Outcome("done", time.monotonic() - begun, steps.said, notices))


def main(database_url: str, folder: Path) -> None:
    """Approve everything once, then take orders until there are no more."""
    sessions = commands.open_sessions(settings_of(database_url, folder))
    approve_all(sessions)
    sessions.engine.dispose()
    del sessions
    settle()
    for line in sys.stdin:
        order = Order(**json.loads(line))
        report(raise_one(order, partial(work, order)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
