"""What Lighthouse says of the pages that residents open first, as on a phone on a slow line."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.figures import Figure, not_measured
from bench.processes import ROOT, clean_environ, free_port, running

TOOLS = ROOT / "bench" / "tools"
PROGRAM = TOOLS / "node_modules" / ".bin" / "lighthouse"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What is asked of each page, in hundredths.
LEAST = {"performance": 95, "accessibility": 100, "best-practices": 100}
# What Lighthouse itself advises: one round is worth little where others work on the same machine.
ROUNDS = 5
# Where the machine is busy, a browser now and then loses the beginning of its record.
ATTEMPTS = 3
HOUSEHOLDS = 1000
LIMIT = "≥ " + " / ".join(str(least) for least in LEAST.values())


def lighthouse() -> Iterator[Figure]:
    """Measure the home page, a place, a notice and the figures: the median of the rounds."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    missing = _prepare() if browser else "Chromium is missing"
    if browser is None or missing:
        yield not_measured("Lighthouse", LIMIT, missing)
        return
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environ = clean_environ(PORTAL_MODE="demo", PORTAL_DATA=name, PORTAL_BASE_URL=url)
        command = [sys.executable, "-m", "portal", "serve", "--port", str(port), "--workers", "1"]
        command += ["--demo-households", str(HOUSEHOLDS)]
        with running(command, f"{url}/healthz", environ=environ):
            for path in _paths(url):
                # Asked for once before, so that a stored page is measured, as residents get it.
                urllib.request.urlopen(url + path, timeout=60).close()
                yield _measure(url + path, path, browser, Path(name))


def _prepare() -> str:
    """Install what is needed into the folder of the tools; return why not, or nothing."""
    if PROGRAM.exists():
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is missing"
    installed = subprocess.run(
        [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=TOOLS, check=False
    )
    return "" if installed.returncode == 0 else "npm could not install Lighthouse"


def _paths(url: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/", timeout=60) as answer:
        home = answer.read().decode()
    found = [re.search(pattern, home) for pattern in (r"/r/\d{12}\b", r"/n/[a-z0-9]{10}\b")]
    return ["/", *(match.group() for match in found if match), "/figures"]


def _measure(url: str, path: str, browser: str, folder: Path) -> Figure:
    rounds = [_scores(url, browser, folder / "lighthouse.json") for _ in range(ROUNDS)]
    scores = {name: statistics.median(one[name] for one in rounds) for name in LEAST}
    kind = {"": "home", "r": "place", "n": "notice"}.get(path.split("/")[1], path)
    return Figure(
        f"Lighthouse, {kind}",
        " / ".join(f"{score:.0f}" for score in scores.values()),
        LIMIT,
        all(scores[name] >= least for name, least in LEAST.items()),
        " / ".join(LEAST),
    )


def _scores(url: str, browser: str, target: Path) -> Mapping[str, float]:
    command = [str(PROGRAM), url, "--quiet", "--output=json", f"--output-path={target}"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    command += [f"--only-categories={','.join(LEAST)}"]
    for _ in range(ATTEMPTS):
        done = subprocess.run(
            command,
            check=False,
            env={**os.environ, "CHROME_PATH": browser},
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
            return {name: round(report["categories"][name]["score"] * 100) for name in LEAST}
    raise RuntimeError(f"Lighthouse could not measure {url}:\n{done.stderr}")
