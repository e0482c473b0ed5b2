"""The worker 后台进程: one beside the web workers drains the jobs and sweeps each minute."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from werkzeug.test import Client

from disclosure.bulk.sitting import forget_old_sittings
from disclosure.forgetting import forget_what_is_over
from disclosure.logbook.appending import SIGN
from disclosure.posting import post_what_is_due
from disclosure.publication import WARM_JOB
from disclosure.uploads.waiting import forget_old_waiting
from portal.data.jobs import Handler, Report, run_one, take_lease
from portal.data.session import Sessions
from portal.data.signing_in import forget_old_sign_ins
from portal.kernel.clock import Clock
from portal.web.pageserver import WSGIApp

SWEEP_EVERY = timedelta(minutes=1)
SWEEP_LEASE = timedelta(seconds=50)
IDLE_S = 1.0

log = logging.getLogger(__name__)


def job_handlers(wsgi: WSGIApp, base_path: str) -> dict[str, Handler]:
    """Return what is done for each kind of job; pages are rendered by asking ``wsgi`` for them."""
    client = Client(wsgi)

    def warm_pages(payload: dict[str, Any], report: Report) -> None:
        """Render the pages of new notices before the first reader asks."""
        notices = payload["notices"]
        # What was rendered while something else was published is not kept; the second time round
        # what is kept costs next to nothing.
        for done, notice_id in enumerate((*notices, *notices), start=1):
            for prefix in ("", "/en"):
                client.get(f"{base_path}{prefix}/n/{notice_id}")
            if done % 20 == 0 or done == 2 * len(notices):
                report(done, 2 * len(notices))

    return {WARM_JOB: warm_pages}


def sweep(sessions: Sessions, clock: Clock) -> None:
    """Do everything that time does. Safe to repeat, and to run twice at once."""
    now = clock.now()
    with sessions.writing() as session:
        forget_old_sign_ins(session, now=now)
        forget_old_waiting(session, now=now)
        forget_old_sittings(session, now=now)
    post_what_is_due(sessions, now=now)
    forget_what_is_over(sessions, now=now)
    # Whatever a process that died has left committed and unsigned.
    sessions.do_afterwards(SIGN)


def worker_name() -> str:
    """Return a name that no other worker has at this time."""
    return f"{socket.gethostname()}:{os.getpid()}"


def run_worker(
    sessions: Sessions,
    clock: Clock,
    handlers: dict[str, Handler],
    stopping: threading.Event,
    take_index_turn: Callable[[], bool] = lambda: False,
) -> None:
    """Drain jobs and sweep until ``stopping`` is set; an error in one turn does not end it.

    ``take_index_turn`` brings the search index a step further; False where it is up to date.
    """
    name = worker_name()
    next_sweep = clock.now()
    sessions.do_afterwards(SIGN)

    def take_turn() -> bool:
        return run_one(sessions, handlers, worker=name, now=clock.now)

    def sweep_alone() -> bool:
        with sessions.writing() as session:
            mine = take_lease(session, "sweep", holder=name, length=SWEEP_LEASE, now=clock.now())
        if mine:
            sweep(sessions, clock)
        return mine

    while not stopping.is_set():
        if clock.now() >= next_sweep:
            next_sweep = clock.now() + SWEEP_EVERY
            _guarded(sweep_alone)
        # Both get their turn, however much there is of one.
        if not any([_guarded(take_turn), _guarded(take_index_turn)]):
            stopping.wait(IDLE_S)


def _guarded(turn: Callable[[], bool]) -> bool:
    try:
        return turn()
    except Exception as error:  # noqa: BLE001 - whatever one turn did, the worker goes on
        log.warning("worker: %s", type(error).__name__)
        return False
