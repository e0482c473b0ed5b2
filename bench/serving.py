"""How fast a published page is served, beside an empty Flask view on the same server."""

import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence

from bench.figures import Figure, amount
from bench.load import generator, requests_a_second
from bench.processes import ROOT, clean_environ, free_port, running
from portal.serving import THREADS

ROUNDS = 5
ROUND_S = 2.0
LEAST_RATIO = 2.0
HOUSEHOLDS = 200


def published_page() -> Figure:
    """Measure a notice's page and an empty Flask view, turn by turn in the same run."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        port, peer_port = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        peer_url = f"http://127.0.0.1:{peer_port}/"
        environ = clean_environ(PORTAL_MODE="demo", PORTAL_DATA=name, PORTAL_BASE_URL=url)
        for arguments in (["init"], ["demo", "--households", str(HOUSEHOLDS)]):
            subprocess.run(
                [sys.executable, "-m", "portal", *arguments],
                cwd=ROOT,
                env=environ,
                check=True,
                capture_output=True,
            )
        portal = _granian("portal.app:create_wsgi", port, factory=True)
        peer = _granian("bench.empty:app", peer_port)
        with (
            running(portal, f"{url}/healthz", environ=environ, folder=ROOT),
            running(peer, peer_url, environ=environ, folder=ROOT),
        ):
            return _compare(_notice_url(url), peer_url)


def _compare(page_url: str, peer_url: str) -> Figure:
    rounds = [
        (requests_a_second(page_url, ROUND_S), requests_a_second(peer_url, ROUND_S))
        for _ in range(ROUNDS)
    ]
    page = statistics.median(one for one, _ in rounds)
    peer = statistics.median(other for _, other in rounds)
    ratio = statistics.median(one / other for one, other in rounds)
    return Figure(
        "published notice page",
        f"{ratio:.2f} × empty Flask view",
        f"≥ {LEAST_RATIO:.2f} ×",
        ratio >= LEAST_RATIO,
        f"{amount(page, '/s')} against {amount(peer, '/s')}, {generator()}",
    )


def _granian(target: str, port: int, *, factory: bool = False) -> Sequence[str]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", str(THREADS), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--no-ws", "--log-level", "error"]
    return [*command, *(["--factory"] if factory else []), target]


def _notice_url(url: str) -> str:
    """Return the address of a notice that the home page names, rendered and stored."""
    with urllib.request.urlopen(f"{url}/", timeout=60) as answer:
        found = re.search(rb"/n/[a-z0-9]{10}\b", answer.read())
    if found is None:
        raise RuntimeError("the home page names no notice")
    notice = url + found.group().decode()
    urllib.request.urlopen(notice, timeout=60).close()
    return notice
