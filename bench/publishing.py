"""How fast a township's file becomes a published list, beside reading and inserting it raw."""

import contextlib
import io
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from python_calamine import CalamineWorkbook

from bench.figures import Figure, amount
from bench.reading import DIVISIONS, ROWS, TOWNSHIP, places, workbook_of
from disclosure import service
from disclosure.importing import import_list, prepare
from disclosure.intake.kinds import Kind
from disclosure.models import Submission
from disclosure.uploads.waiting import intake_terms
from portal.commands import initialise, open_sessions
from portal.config import Settings
from portal.data.accounts import OPERATOR, UnitKind, UnitRow, load_units
from portal.data.keyfiles import Keys, load_keys
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions
from portal.kernel.clock import SystemClock
from portal.kernel.period import parse_period

ROUNDS = 3
MOST_TIMES_RAW = 6
UNITS = [
    UnitRow("city", "固原市民政局", UnitKind.CITY, "640400000000", "", "", None),
    UnitRow("sanying", "三营镇民政办", UnitKind.TOWNSHIP, TOWNSHIP, "", "", "city"),
]


def published_list() -> Figure:
    """Measure both turn by turn in the same run, each on a fresh database."""
    _, villages = places()
    data = workbook_of([village.name for village in villages])
    rounds = [(_raw(data), _published(data)) for _ in range(ROUNDS)]
    raw = statistics.median(one for one, _ in rounds)
    ours = statistics.median(other for _, other in rounds)
    times = statistics.median(other / one for one, other in rounds)
    return Figure(
        "intake to published",
        f"1/{times:.1f} of raw",
        f"≥ 1/{MOST_TIMES_RAW} of raw",
        times <= MOST_TIMES_RAW,
        f"{amount(ROWS / ours, 'rows/s')} against {amount(ROWS / raw, 'rows/s')} with calamine "
        "and sqlite3 alone",
    )


def _raw(data: bytes) -> float:
    """Return the seconds for the same file read by calamine and inserted, nothing looked at."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        begun = time.perf_counter()
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
        with contextlib.closing(sqlite3.connect(Path(folder) / "raw.db")) as database:
            database.execute("CREATE TABLE list (a, b, c, d, e, f, g, h)")
            database.executemany("INSERT INTO list VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            database.commit()
        return time.perf_counter() - begun


def _published(data: bytes) -> float:
    """Return the seconds from the same bytes to the published list, all of it included."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings = Settings.from_env({"PORTAL_MODE": "demo", "PORTAL_DATA": folder})
        initialise(settings, recovery_out=None)
        sessions, keys = open_sessions(settings), load_keys(settings.secrets_folder)
        with sessions.writing() as session:
            load_regions(session, parse_regions_csv(DIVISIONS.read_text(encoding="utf-8-sig")))
            load_units(session, UNITS)
        begun = time.perf_counter()
        _publish(sessions, keys, data)
        elapsed = time.perf_counter() - begun
        sessions.engine.dispose()
        return elapsed


def _publish(sessions: Sessions, keys: Keys, data: bytes) -> None:
    now = SystemClock().now()
    with sessions.reading() as session:
        terms = intake_terms(session, TOWNSHIP, Kind.STANDING)
    prepared = prepare(
        data,
        filename="list.xlsx",
        kind=Kind.STANDING,
        place=terms.place,
        period=parse_period("2026-10"),
        policy=terms.policy,
        keys=keys,
        now=now,
        learned=terms.learned,
    )
    if prepared.checked.rows_ok != ROWS:
        raise RuntimeError(f"{prepared.checked.rows_ok} of {ROWS} rows were good")
    with sessions.writing() as session:
        imported = import_list(session, OPERATOR, prepared, now=now)
    with sessions.writing() as session:
        submission = session.get_one(Submission, imported.submission_id)
        service.submit(session, OPERATOR, submission.id, now=now)
        service.approve(session, OPERATOR, submission.id, submission.digest, now=now)
