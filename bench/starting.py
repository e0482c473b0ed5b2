"""How long it takes from a bare checkout to a portal that answers."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure, at_most
from bench.processes import ROOT, clean_environ, free_port, running

FIRST_LIMIT_S = 180
AGAIN_LIMIT_S = 10


def from_bare_checkout() -> Iterator[Figure]:
    """Measure ``make run`` in a bare copy of this tree, and once more in the same copy."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name) / "portal"
        _copy_tree(folder)
        yield _make_run(
            folder, "make run, bare checkout", FIRST_LIMIT_S, "installs, loads the demo"
        )
        yield _make_run(folder, "make run, second time", AGAIN_LIMIT_S, "keeps the data")


def _make_run(folder: Path, name: str, limit_s: float, note: str) -> Figure:
    port = free_port()
    command = ["make", "run", f"PORT={port}"]
    url = f"http://127.0.0.1:{port}/healthz"
    with running(command, url, environ=clean_environ(), folder=folder, patience_s=900) as seconds:
        return at_most(name, seconds, limit_s, "s", note)


def _copy_tree(target: Path) -> None:
    """Copy what git would take along: nothing that is ignored, nothing that was made here."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        source = ROOT / name
        if source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name)
