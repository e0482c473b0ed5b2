"""Killed in the midst of approving a city's files 批量审批中强杀: each is published, or it is not.

Sixty-five townships' lists wait, some of which replace an older one. Whoever approves them, one
file after another, dies at any moment; every file is then wholly published or wholly not, the
public log agrees, and approving again does what is left, once.
"""

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session, undefer
from werkzeug.test import Client

from disclosure.lifecycle import SubmissionState
from disclosure.log.verifying.sources import SourceError
from disclosure.log.verifying.verifier import verify
from disclosure.logbook.keyfolder import LogFolder, log_name
from disclosure.logbook.models import LogEntry
from disclosure.logbook.signing import begin_log
from disclosure.models import Notice, NoticeVersion, Submission
from disclosure.queries import find_notice
from portal.app import create_app
from portal.data.accounts import OPERATOR, load_units
from portal.data.audit import AuditEntry
from portal.data.changes import Change
from portal.data.jobs import Job
from portal.data.keyfiles import load_keys
from portal.data.regionfiles import RegionRow, load_regions, parse_regions_csv
from portal.data.session import Sessions, make_engine
from portal.data.signing_in import add_user
from portal.kernel.clock import SystemClock
from portal.kernel.permissions import Role
from tests.crash.orders import Raise, bringing_up
from tests.crash.sitting import BASE_URL, settings_of
from tests.crash.test_log_crash import Witness
from tests.disclosure.lists import NOVEMBER, OCTOBER, Household, Office
from tests.fixtures.database import Database
from tests.fixtures.people import DIVISIONS, UNITS
from tests.fixtures.postgres import Cluster

FILES = 65
# So many townships have a list already, which the new one replaces.
WITH_OLDER = 20
ROUNDS = {"sqlite": 30, "postgresql": 6}
# Nobody sits through more than this part of what there is to do, so that many die in one city.
PART_OF_A_SITTING = 0.4

File = tuple[Submission, Notice, NoticeVersion]


@dataclass(frozen=True)
class Site:
    """An installation: its database, and the folder of its keys and of the log's mark."""

    url: str
    folder: Path


@dataclass(frozen=True)
class City:
    """The installation in which all files wait; nobody changes it."""

    site: Site
    folder: Path
    cluster: Cluster | None

    @contextmanager
    def another(self) -> Iterator[Site]:
        """Yield a copy of it, keys and all."""
        name = uuid4().hex
        folder = self.folder / name
        shutil.copytree(self.site.folder, folder)
        if self.cluster is None:
            yield Site(f"sqlite:///{folder / 'portal.db'}", folder)
        else:
            self.cluster.create(name, template=str(make_url(self.site.url).database))
            yield Site(self.cluster.url(name), folder)
            self.cluster.drop(name)
        shutil.rmtree(folder)


@pytest.fixture
def city(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> City:
    """The city's sixty-five townships, each with a list of its first village that waits."""
    folder = tmp_path / "city"
    folder.mkdir()
    url, cluster = database.url, None
    if database.kind == "sqlite":
        shutil.move(tmp_path / "portal.db", folder / "portal.db")
        url = f"sqlite:///{folder / 'portal.db'}"
    else:
        cluster = request.getfixturevalue("postgres")
    sessions = Sessions(make_engine(url))
    now = SystemClock().now()
    begin_log(sessions, LogFolder(folder / "secrets"), log_name(BASE_URL), now=now)
    villages = load_city(sessions)
    office = Office(sessions, load_keys(folder / "secrets"))
    for number, village in enumerate(villages):
        two = (Household("王秀英", village=village.name), Household("马伟", village=village.name))
        new = replace(NOVEMBER, region=str(village.parent), households=two)
        if number < WITH_OLDER:
            office.publish(replace(new, period=OCTOBER.period), now=now)
        office.submit(new, now=now)
    fold(sessions)
    return City(Site(url, folder), tmp_path, cluster)


def load_city(sessions: Sessions) -> list[RegionRow]:
    """Load the townships with one village each, and a reviewer; return the villages."""
    first: dict[str | None, RegionRow] = {}
    above = []
    for row in parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")):
        if row.level == "village":
            first.setdefault(row.parent, row)
        else:
            above.append(row)
    assert len(first) == FILES
    with sessions.writing() as session:
        load_regions(session, [*above, *first.values()])
        load_units(session, UNITS)
        add_user(
            *(session, OPERATOR, "reviewer"),
            role=Role.REVIEWER,
            unit="city",
            name="",
            now=SystemClock().now(),
        )
    return list(first.values())


def fold(sessions: Sessions) -> None:
    """Bring everything of SQLite into its one file, and close it."""
    if sessions.engine.dialect.name == "sqlite":
        with sessions.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
            opened.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    sessions.engine.dispose()


@pytest.fixture
def approve(city: City) -> Iterator[Raise]:
    """Bring up a child that approves what waits at a site, and kill it as ordered."""
    with city.another() as first:
        arguments = (first.url, str(first.folder))
        with bringing_up("tests.crash.sitting", *arguments, folder=first.folder) as raise_one:
            yield raise_one


class Inspector:
    """Looks at a site after a death: the log, what the next start makes of it, each file."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.witness = Witness(site.url, LogFolder(site.folder / "secrets"))
        self.approved = 0

    def look(self) -> int:
        """Fail where a file was published in part or twice; return how many are published."""
        self.witness.check(restarted=False)
        self.witness.check(restarted=True)
        with Sessions(self.witness.engine).reading() as session:
            told = told_of(session)
            new, older = (list_files(session, period) for period in ("2026-11", "2026-10"))
            assert (len(new), len(older)) == (FILES, WITH_OLDER)
            for place, file in new.items():
                check_whole(file, older.get(place), told)
            approved = sum(map(is_approved, new.values()))
            # They were approved in the order of places: look closer at where that was broken off.
            for at, (_, notice, _) in list(enumerate(new.values()))[max(0, approved - 2) :][:4]:
                shown = find_notice(session, notice.id, now=SystemClock().now())
                assert (shown is not None) == (at < approved)
        self.witness.engine.dispose()
        assert approved >= self.approved
        self.approved = approved
        return approved


@dataclass(frozen=True)
class Told:
    """How often each thing is told of by name, everywhere but in the lists themselves."""

    logged: Counter[str]
    audited: Counter[str]
    warmed: Counter[str | None]
    noted: Counter[str]


def told_of(session: Session) -> Told:
    """Count what log, audit log, jobs and notes of changes tell."""
    approvals = select(AuditEntry.subject).where(AuditEntry.action == "list-approve")
    return Told(
        Counter(session.scalars(select(LogEntry.notice_id))),
        Counter(session.scalars(approvals)),
        Counter(session.scalars(select(Job.key))),
        Counter(session.scalars(select(Change.key))),
    )


def list_files(session: Session, period: str) -> dict[str, File]:
    """Return a month's files by place, in the order of places; each has one notice."""
    query = (
        select(Submission, Notice, NoticeVersion)
        .join(Notice, Notice.submission_id == Submission.id)
        .join(NoticeVersion, NoticeVersion.notice_id == Notice.id)
        .options(undefer(Submission.upload))
        .where(Submission.period == period)
        .order_by(Submission.region_code)
    )
    return {file[1].region_code: (file[0], file[1], file[2]) for file in session.execute(query)}


def is_approved(file: File) -> bool:
    return file[0].state is SubmissionState.APPROVED


def check_whole(file: File, older: File | None, told: Told) -> None:
    """Fail where a file is published in one place and not in another, or twice."""
    submission, notice, version = file
    approved = is_approved(file)
    assert approved or submission.state is SubmissionState.SUBMITTED
    assert (submission.upload is None) == (submission.decided_at is not None) == approved
    assert (notice.published_at is not None) == (version.log_index is not None) == approved
    assert told.logged[notice.id] == int(approved)
    assert told.audited[f"submission:{submission.id}"] == int(approved)
    assert told.warmed[f"warm:{submission.id}"] == int(approved)
    assert told.noted[f"notice:{notice.id}"] == int(approved)
    if older is not None:
        replaced = older[1]
        assert (replaced.replaced_at is not None) == approved
        assert replaced.replaced_by == (notice.id if approved else None)


def finish(approve: Raise, site: Site, inspector: Inspector) -> None:
    """Approve what is left; fail unless that is exactly the rest."""
    done = inspector.look()
    again = approve(database_url=site.url, folder=str(site.folder))
    assert again.ended == "done"
    assert len(again.notices) == FILES - done
    assert inspector.look() == FILES


def test_killed_at_any_moment_of_a_sitting(
    approve: Raise, city: City, database: Database, tmp_path: Path
) -> None:
    """Each time somebody goes on with what the last one left; once all is done, a new city."""
    with city.another() as site:
        undisturbed = approve(database_url=site.url, folder=str(site.folder))
        assert Inspector(site).look() == FILES == len(set(undisturbed.notices))
    rounds, chance = ROUNDS[database.kind], random.Random(20261122)
    reached: list[int] = []
    while len(reached) < rounds:
        with city.another() as site:
            inspector = Inspector(site)
            while inspector.approved < FILES and len(reached) < rounds:
                moment = undisturbed.seconds * chance.random() * PART_OF_A_SITTING
                approve(database_url=site.url, folder=str(site.folder), kill_after=moment)
                reached.append(inspector.look())
            finish(approve, site, inspector)
            if len(reached) == rounds and database.kind == "sqlite":
                check_as_a_stranger(site, tmp_path / "watch.json")
    # They died all over the sitting: early, in its midst, and late.
    assert len(set(reached)) > rounds / 2
    assert min(reached) < FILES / 2 < max(reached)


def test_killed_before_every_step_of_an_approval(approve: Raise, city: City) -> None:
    """One sitting in which the next one goes on where the last one died, one step further.

    Steps are statements, commits, and what makes the log's high-water file last. Who dies before a
    question has left the same as who dies before the next step that changes something.
    """
    with city.another() as site:
        given = {"database_url": site.url, "folder": str(site.folder), "files": True}
        steps = approve(**given).steps
    approvals = [
        at for at, step in enumerate(steps) if step.startswith("INSERT INTO audit_entries")
    ]
    stops = [at for at, step in enumerate(steps[: approvals[2]]) if not step.startswith("SELECT")]
    with city.another() as site:
        given |= {"database_url": site.url, "folder": str(site.folder)}
        inspector = Inspector(site)
        for stop_at in stops:
            assert approve(**given, stop_at=stop_at).ended == "killed", steps[stop_at]
            inspector.look()
        finish(approve, site, inspector)
    said = {steps[at].split()[0] for at in stops}
    assert said >= {"BEGIN", "INSERT", "UPDATE", "COMMIT", "fsync", "replace"} - (
        {"BEGIN"} if city.cluster else set()
    )


def check_as_a_stranger(site: Site, state: Path) -> None:
    """Fail where the public verifier finds anything on the site's pages."""
    app = create_app(settings_of(site.url, site.folder))
    report = verify(Pages(Client(app.wsgi)), state, now=SystemClock().now())
    app.sessions.engine.dispose()
    assert [str(finding) for finding in report.findings] == []
    assert (report.counts.notices, report.counts.ended) == (FILES, WITH_OLDER)


class Pages:
    """The portal's pages as a stranger gets them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, path: str) -> bytes:
        """Return what the portal answers; raises SourceError."""
        answer = self._client.get(f"/{path}", base_url=BASE_URL)
        if answer.status_code != 200:
            missing = answer.status_code in {404, 410}
            raise SourceError(f"/{path} answers {answer.status_code}", missing=missing)
        return answer.data
