"""Serving 对外服务: granian's web workers, and one process beside them for jobs and the sweep."""

import multiprocessing
import os
import pkgutil
import signal
import threading
from collections.abc import Callable
from multiprocessing.context import SpawnProcess
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.config import Settings, is_loopback
from portal.kernel.errors import Refused
from portal.kernel.language import N_

# Argon2id and SQLite release the interpreter, so a few threads a worker keep both cores busy.
THREADS = 4
STOP_S = 10


def serve(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    say: Callable[..., None],
    introduce: Callable[[], None],
) -> None:
    """Serve until told to stop; raises Refused for a demonstration open to the network.

    ``introduce`` is called once before serving: a demonstration prints its addresses and logins.
    """
    if settings.demo and not is_loopback(host):
        raise Refused(
            N_("A demonstration binds the loopback address only, because its logins are printed.")
        )
    spawn = multiprocessing.get_context("spawn")
    web = spawn.Process(target=_serve_web, args=(host, port, workers), name="portal-web")
    background = spawn.Process(target=_work, name="portal-worker")
    say(N_("Serving on http://%(host)s:%(port)s"), host=host, port=port)
    introduce()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    for process in (web, background):
        process.start()
    # Whichever ends first, by itself or because it was told to, ends the other.
    while not stopping.is_set() and web.is_alive() and background.is_alive():
        stopping.wait(0.2)
    for process in (web, background):
        _stop(process)


def _stop(process: SpawnProcess) -> None:
    process.terminate()
    process.join(STOP_S)
    if process.is_alive():
        process.kill()
        process.join()


def _serve_web(host: str, port: int, workers: int) -> None:
    # A terminal's Ctrl-C goes to the whole group, and a web worker that is told to stop twice at
    # once may hang; in a session of their own the workers are told by the one above them alone.
    os.setsid()
    _server(host, port, workers).serve()


def _server(host: str, port: int, workers: int) -> Any:
    # Which class it is depends on the interpreter, so it has no one type.
    return Granian(
        "portal.app:create_wsgi",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=512,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_access=False,
    )


def _work() -> None:
    os.setsid()
    # Looked up by name, because nothing imports the module that puts the portal together.
    pkgutil.resolve_name("portal.app:work")()
