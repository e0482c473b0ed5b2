"""Serving 对外服务: granian's web workers, and one process beside them for jobs and the sweep."""

import multiprocessing
import pkgutil
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.config import Settings, is_loopback
from portal.kernel.errors import Refused
from portal.kernel.language import N_

# Argon2id and SQLite release the interpreter, so a few threads a worker keep both cores busy.
THREADS = 4


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
    background = multiprocessing.get_context("spawn").Process(
        target=_work, name="portal-worker", daemon=True
    )
    say(N_("Serving on http://%(host)s:%(port)s"), host=host, port=port)
    introduce()
    background.start()
    try:
        _server(host, port, workers).serve()
    finally:
        background.terminate()
        background.join(10)


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
    # Looked up by name, because nothing imports the module that puts the portal together.
    pkgutil.resolve_name("portal.app:work")()
