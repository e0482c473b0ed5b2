"""Servers to measure: started in a folder of their own, waited for, and stopped."""

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Ports from 32768 up are handed out by the kernel to outgoing connections and may be taken.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """Return a TCP port of the loopback interface that nothing listens on."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("no free port between 20000 and 32000")


def clean_environ(**settings: str) -> dict[str, str]:
    """Return the environment without any setting of the portal's, and with ``settings``."""
    dropped = ("PORTAL_", "DATABASE_URL", "REDIS_URL", "MAKE", "MFLAGS", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, **settings}


def answers(url: str) -> bool:
    """Tell whether ``url`` answers with status 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


@contextmanager
def running(
    command: Sequence[str | Path],
    url: str,
    *,
    environ: Mapping[str, str],
    folder: Path = ROOT,
    patience_s: float = 300,
) -> Iterator[float]:
    """Run ``command`` until the block ends; the value is the seconds until ``url`` answered."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not answers(url):
            if process.poll() is not None or time.perf_counter() - begun > patience_s:
                raise RuntimeError(f"{' '.join(map(str, command))} did not answer at {url}")
            time.sleep(0.05)
        yield time.perf_counter() - begun
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it has started, politely first."""
    try:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)
    except ProcessLookupError:
        return
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
