"""How long a city's lists take, from the clerks' files to published, logged and indexed notices."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from bench.figures import Figure, at_most
from bench.processes import ROOT, clean_environ

# As many as 固原市 had (published figures): one month of them, and the two months before it.
HOUSEHOLDS = 108_200
LIMIT_S = 180
LIMIT_MB = 1000


def whole_city() -> Iterator[Figure]:
    """Measure ``demo`` with all households of the city, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        environ = clean_environ(PORTAL_MODE="demo", PORTAL_DATA=folder)
        _portal(environ, "init")
        begun = time.perf_counter()
        _portal(environ, "demo", "--households", str(HOUSEHOLDS))
        elapsed = time.perf_counter() - begun
    # The largest of all children so far; nothing else that is measured comes near it.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    note = f"{HOUSEHOLDS:,} households, three months, 868 villages"
    yield at_most("the whole city", elapsed, LIMIT_S, "s", note)
    yield at_most("the whole city, memory", peak, LIMIT_MB, "MB", "the largest process")


def _portal(environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        cwd=ROOT,
        env=environ,
        check=True,
        stdout=subprocess.DEVNULL,
    )
