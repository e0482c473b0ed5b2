"""Killed in the midst of publishing 断电与强杀: all sixteen villages or none; again is enough."""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from disclosure.lifecycle import SubmissionState
from disclosure.logbook.models import LogEntry
from disclosure.models import Notice, NoticeRow, NoticeVersion, PrintCode, Submission
from disclosure.queries import find_notice
from portal.data.audit import AuditEntry
from portal.data.jobs import Job
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SystemClock
from tests.crash.orders import Raise, bringing_up
from tests.fixtures.database import Database
from tests.fixtures.run import ROOT

FILE = ROOT / "tests" / "samples" / "sanying-2026-10.xlsx"
VILLAGES, HOUSEHOLDS, AMOUNT_FEN = 16, 240, 14_856_000
ALL_ACTIONS = ["list-import", "list-submit", "list-approve"]
TABLES = (
    *("submissions", "notices", "notice_versions", "notice_rows", "print_codes", "jobs"),
    *("log_entries", "log_nodes", "log_checkpoints", "audit_entries"),
    *("stored_pages", "page_dependencies"),
)


@contextmanager
def nursery(database_url: str, folder: Path, file: Path = FILE) -> Iterator[Raise]:
    """Start the process that brings up children; yields a function: what to do → how it ended."""
    arguments = (str(file), database_url, str(folder))
    with bringing_up("tests.crash.nursery", *arguments, folder=folder) as raise_one:
        yield raise_one


def check_whole(url: str) -> bool:
    """Fail where anything was done in part; tell whether the file is published."""
    engine = make_engine(url)
    now = SystemClock().now()
    with Sessions(engine).reading() as session:

        def count(table: type) -> int:
            return session.scalar(select(func.count()).select_from(table)) or 0

        actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
        submissions = session.scalars(select(Submission)).all()
        notices = session.scalars(select(Notice)).all()
        held = [count(table) for table in (NoticeVersion, NoticeRow, PrintCode)]
        visible = [one.id for one in notices if find_notice(session, one.id, now=now)]
        in_order = select(LogEntry.index, LogEntry.notice_id).order_by(LogEntry.index)
        entries = session.execute(in_order).all()
        jobs = count(Job)
        if not submissions:
            assert (notices, held, entries, jobs, actions) == ([], [0, 0, 0], [], 0, [])
        else:
            (submission,) = submissions
            published = submission.state is SubmissionState.APPROVED
            assert len(notices) == VILLAGES
            assert held == [VILLAGES, HOUSEHOLDS, 2 * VILLAGES]
            assert len(visible) == (VILLAGES if published else 0)
            assert [index for index, _ in entries] == list(range(len(visible)))
            assert {notice_id for _, notice_id in entries} == set(visible)
            assert (submission.upload is None) == published
            assert jobs == int(published)
            assert actions == (ALL_ACTIONS if published else ALL_ACTIONS[:1])
            assert submission.amount_fen == AMOUNT_FEN
    engine.dispose()
    return len(visible) == VILLAGES


class Site:
    """A database that is brought back to how it was before, round by round."""

    def __init__(self, database: Database) -> None:
        self.url = database.url
        self._kind = database.kind
        self._path = Path(database.url.removeprefix("sqlite:///"))

    def keep(self) -> None:
        """Remember how it is now (SQLite)."""
        shutil.copyfile(self._path, self._path.with_suffix(".kept"))

    def reset(self) -> None:
        """Make it as it was; on PostgreSQL, empty of lists."""
        if self._kind == "sqlite":
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            shutil.copyfile(self._path.with_suffix(".kept"), self._path)
            return
        engine = make_engine(self.url)
        with engine.begin() as connection:
            # The triggers that keep the two logs append-only stand aside for this alone.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE"))
        engine.dispose()


@pytest.fixture
def site(database: Database, places: Sessions, tmp_path: Path) -> Site:
    """The test's database with its places and nothing else, and a copy to work the file out in."""
    places.engine.dispose()
    made = Site(database)
    if database.kind == "sqlite":
        made.keep()
    return made


@pytest.fixture
def raise_one(site: Site, tmp_path: Path) -> Iterator[Raise]:
    """Bring up a child that publishes the file, and kill it as ordered."""
    with nursery(site.url, tmp_path / "data") as raised:
        first = raised(database_url=site.url)
        assert first.ended == "done"
        yield raised


def check_again(raise_one: Raise, site: Site) -> None:
    """Run it again, to the end; fail where the result is not that of an undisturbed run."""
    again = raise_one(database_url=site.url)
    assert again.ended == "done"
    assert len(set(again.notices)) == VILLAGES
    assert check_whole(site.url)


@pytest.mark.databases("sqlite")
def test_killed_before_every_single_statement(raise_one: Raise, site: Site) -> None:
    site.reset()
    undisturbed = raise_one(database_url=site.url)
    assert check_whole(site.url)
    steps = undisturbed.steps
    assert steps.count("COMMIT") >= 2
    assert sum(step.startswith("BEGIN IMMEDIATE") for step in steps) >= 2
    outcomes = []
    for stop_at, step in enumerate(steps):
        site.reset()
        assert raise_one(database_url=site.url, stop_at=stop_at).ended == "killed", step
        outcomes.append(check_whole(site.url))
        # What is left behind differs only from one commit to the next.
        if step == "COMMIT" or steps[stop_at - 1] == "COMMIT" or stop_at % 16 == 0:
            check_again(raise_one, site)
    # Nothing is visible until the last word, and then all of it.
    last = len(steps) - 1 - steps[::-1].index("COMMIT")
    assert outcomes == [False] * (last + 1) + [True] * (len(steps) - last - 1)


def rounds(database: Database) -> int:
    return 30 if database.kind == "sqlite" else 9


def test_killed_at_any_moment_of_an_import(
    raise_one: Raise, site: Site, database: Database
) -> None:
    site.reset()
    seconds = raise_one(database_url=site.url).seconds
    chance = random.Random(20261008)
    ended = []
    for number in range(rounds(database)):
        site.reset()
        moment = seconds * (number + chance.random()) / rounds(database)
        ended.append(raise_one(database_url=site.url, kill_after=moment).ended)
        check_whole(site.url)
        if number % 3 == 0:
            check_again(raise_one, site)
    assert ended.count("killed") >= rounds(database) / 3


def test_killed_at_any_moment_of_the_approval(
    raise_one: Raise, site: Site, database: Database
) -> None:
    """The draft is there already; what is killed is its publication alone."""
    site.reset()
    raise_one(database_url=site.url, publish=False)
    if database.kind == "sqlite":
        _fold(site)
        site.keep()
    seconds = raise_one(database_url=site.url).seconds
    chance = random.Random(20261009)
    ended = []
    for number in range(rounds(database)):
        site.reset()
        if database.kind != "sqlite":
            raise_one(database_url=site.url, publish=False)
        moment = seconds * (number + chance.random()) / rounds(database)
        ended.append(raise_one(database_url=site.url, kill_after=moment).ended)
        check_whole(site.url)
        if number % 3 == 0:
            check_again(raise_one, site)
    assert ended.count("killed") >= rounds(database) / 3


def _fold(site: Site) -> None:
    """Bring everything into the database's one file."""
    engine = make_engine(site.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
