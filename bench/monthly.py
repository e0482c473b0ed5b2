"""A month of the whole city 全市月度公布: until when all can be read, and what residents notice.

The production server runs beside it, with its worker that renders new pages and keeps the index.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sqlalchemy import func, select

from bench.cityfiles import HOUSEHOLDS, publish, set_up
from bench.figures import Figure, at_most
from bench.processes import ROOT, clean_environ, free_port, running
from complaints.formbox import FormBox
from complaints.questions import Answers, Reach
from complaints.tracks import Track
from complaints.views import FORM
from disclosure.logbook.models import LogEntry
from disclosure.logbook.reading import find_signed_tree
from disclosure.models import Notice
from portal.commands import open_sessions
from portal.config import Settings
from portal.data.changes import Change
from portal.data.jobs import Job, JobState
from portal.data.keyfiles import load_keys
from portal.data.session import Sessions
from portal.kernel.clock import SystemClock

BEFORE, MONTH = "2026-09", "2026-10"
MOST_S = 60.0
MOST_FILING_S = 1.0
FILING_PAUSE_S = 0.05
PATIENCE_S = 600.0
WORKERS = "2"
VILLAGE = "640402100200"
TEXT = "我家的低保金三个月没有到账，村上说不知道。"


@dataclass(frozen=True)
class City:
    """A served installation in which last month hangs, and this month's files are ready."""

    settings: Settings
    environ: dict[str, str]
    folder: Path
    url: str

    @contextmanager
    def publishing(self) -> Iterator[subprocess.Popen[bytes]]:
        """Publish this month's files in a process of its own."""
        command = [sys.executable, "-m", "bench.cityfiles", str(self.folder), MONTH]
        with subprocess.Popen(command, cwd=ROOT, env=self.environ) as process:
            yield process
        if process.returncode:
            raise RuntimeError("the month could not be published")


def monthly_publication() -> Iterator[Figure]:
    """Measure from sixty-five files to the last page, log entry and entry of the index."""
    with _city() as city:
        begun, spent = time.perf_counter(), _processor_s()
        with city.publishing():
            pass
        approved = time.perf_counter() - begun
        _wait_for_the_rest(city)
        elapsed = time.perf_counter() - begun
        spent = _processor_s() - spent
    note = (
        f"{HOUSEHOLDS:,} households; all approved after {approved:.0f} s; the process that "
        f"publishes took {spent:.0f} s of processor time"
    )
    yield at_most("the city's month, published", elapsed, MOST_S, "s", note)


def filing_while_publishing() -> Iterator[Figure]:
    """Measure complaints filed by HTTP while the city publishes."""
    with _city() as city:
        file = _filer(city)
        file()
        times = []
        with city.publishing() as process:
            while process.poll() is None:
                begun = time.perf_counter()
                file()
                times.append(time.perf_counter() - begun)
                time.sleep(FILING_PAUSE_S)
    p99 = statistics.quantiles(times, n=100, method="inclusive")[-1]
    note = (
        f"p99 of {len(times):,}, median {statistics.median(times) * 1000:.0f} ms, "
        f"longest {max(times):.2f} s; {WORKERS} web workers"
    )
    yield at_most("a complaint while the city publishes", p99, MOST_FILING_S, "s", note)


@contextmanager
def _city() -> Iterator[City]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        environ = clean_environ(
            PORTAL_DATA=str(folder / "data"), PORTAL_BASE_URL=url, PORTAL_MODE="demo"
        )
        settings = Settings.from_env(environ)
        set_up(settings, folder, (BEFORE, MONTH))
        publish(settings, folder, BEFORE)
        command = [sys.executable, "-m", "portal", "serve", "--port", str(port)]
        with running([*command, "--workers", WORKERS], f"{url}/healthz", environ=environ):
            city = City(settings, environ, folder, url)
            _wait_for_the_rest(city)
            yield city


def _wait_for_the_rest(city: City) -> None:
    """Wait until everything is signed, every new page is rendered, and the index knows it all."""
    sessions = open_sessions(city.settings)
    deadline = time.perf_counter() + PATIENCE_S
    while not _is_all_there(sessions):
        if time.perf_counter() > deadline:
            raise RuntimeError("the worker did not come to an end")
        time.sleep(0.1)
    sessions.engine.dispose()


def _is_all_there(sessions: Sessions) -> bool:
    with sessions.reading() as session:
        waiting = select(func.count()).select_from(Job).where(Job.state != JobState.DONE)
        notes = select(func.count()).select_from(Change)
        entries = session.scalar(select(func.count()).select_from(LogEntry))
        tree = find_signed_tree(session)
        shown = session.scalar(select(func.count()).where(Notice.published_at.is_not(None)))
        return (
            session.scalar(waiting) == session.scalar(notes) == 0
            and tree is not None
            and tree.checkpoint.size == entries
            and bool(shown)
        )


def _processor_s() -> float:
    """Return the processor time of what this process has started and seen end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _filer(city: City) -> Callable[[], None]:
    """Return what sends one complaint, answered to the end, each time a new one."""
    box = FormBox(load_keys(city.settings.secrets_folder).web)

    def file() -> None:
        answers = Answers(
            token=token_hex(32),
            track=Track.HELP,
            place=VILLAGE,
            reach=Reach.VILLAGE,
            place_done=True,
            urgent=False,
            text=TEXT,
            named=False,
        )
        sealed = box.seal(FORM, answers.to_values(), now=SystemClock().now())
        form = urllib.parse.urlencode({"answers": sealed, "step": "check", "go": "send"}).encode()
        with urllib.request.urlopen(f"{city.url}/complain", form, timeout=60) as answer:
            if b"receipt-code" not in answer.read():
                raise RuntimeError("the complaint was not taken")

    return file
