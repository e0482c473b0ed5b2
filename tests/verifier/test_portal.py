"""The stranger's verifier on the portal itself: what keeps its word passes, all else is named."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import Client

from disclosure.forgetting import forget_what_is_over
from disclosure.intake.kinds import Kind
from disclosure.log.notes import VerifierKey
from disclosure.log.verifying.findings import Report
from disclosure.log.verifying.sources import SourceError
from disclosure.log.verifying.verifier import verify
from disclosure.logbook.changing import replace_key, resume, rotate_key
from disclosure.logbook.keyfolder import LogFolder
from disclosure.withdrawing import withdraw_notice
from portal.app import PortalApp
from portal.data.accounts import OPERATOR, load_units
from portal.data.keyfiles import load_keys
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from tests.disclosure.lists import NOVEMBER, OCTOBER, REVIEW, Given, Household, Office
from tests.fixtures.people import DIVISIONS, SANYING, UNITS
from tests.fixtures.servers import LiveServer

pytestmark = pytest.mark.databases("sqlite")

Watch = Callable[..., Report]
# 三营镇 with the three villages of these lists, and what is above it: a watcher reads every place.
PLACES = ("640000000000", "640400000000", "640402000000", SANYING)
VILLAGES = ("东塬村委会", "团结村委会", "马路村委会")


class PortalSource:
    """The portal's pages as a stranger gets them."""

    def __init__(self, app: PortalApp) -> None:
        self._client = Client(app.wsgi)
        self._base_url = app.settings.base_url

    def get(self, path: str) -> bytes:
        """Return what the portal answers; raises SourceError."""
        answer = self._client.get(f"/{path}", base_url=self._base_url)
        if answer.status_code != 200:
            missing = answer.status_code in {404, 410}
            raise SourceError(f"/{path} answers {answer.status_code}", missing=missing)
        return answer.data


@pytest.fixture
def places(sessions: Sessions) -> Sessions:
    """Load one township with three villages, so that a check has few pages to read."""
    rows = [
        row
        for row in parse_regions_csv(DIVISIONS.read_text(encoding="utf-8"))
        if row.code in PLACES or (row.parent == SANYING and row.name in VILLAGES)
    ]
    codes = {row.code for row in rows}
    with sessions.writing() as session:
        load_regions(
            session,
            [row if row.parent in codes else replace(row, parent=None) for row in rows],
        )
        load_units(session, [unit for unit in UNITS if unit.region in codes])
    return sessions


@pytest.fixture
def office(app: PortalApp, places: Sessions) -> Office:
    """An office whose publications are signed as those of the server are."""
    assert places.engine.url == app.sessions.engine.url
    return Office(app.sessions, load_keys(app.settings.secrets_folder))


@pytest.fixture
def folder(app: PortalApp) -> LogFolder:
    """The folder of the log's key."""
    return LogFolder(app.settings.secrets_folder)


@pytest.fixture
def watch(app: PortalApp, clock: SettableClock, tmp_path: Path) -> Watch:
    """Check the portal as a newspaper does, with one state file for the whole test."""

    def watch(accept_key: VerifierKey | None = None) -> Report:
        state = tmp_path / "watch.json"
        return verify(PortalSource(app), state, now=clock.now(), accept_key=accept_key)

    return watch


def said(report: Report) -> str:
    return "\n".join(map(str, report.findings))


def _change(app: PortalApp, statement: str, **values: object) -> None:
    """Change the database behind everybody's back, and let the pages be made anew from it."""
    with app.sessions.writing() as session:
        assert session.connection().execute(text(statement), values).rowcount == 1
        session.execute(text("DELETE FROM stored_pages"))


def test_a_year_of_lists_is_followed_without_a_word(
    office: Office, watch: Watch, clock: SettableClock, folder: LogFolder
) -> None:
    """Lists of every kind come, are replaced, end and are forgotten; the key changes once."""
    assert watch().findings == ()
    few = [Household("王秀英")]
    office.publish(OCTOBER, now=clock.now())
    temporary = [Household("马伟"), Household("李四", relief="急难型"), Household("王五")]
    (relief,) = office.publish(
        Given(kind=Kind.TEMPORARY, period="2026-10", households=temporary), now=clock.now()
    )
    days = "2026-10-08/2026-10-14"
    office.publish(replace(REVIEW, period=days, households=few), now=clock.now())
    report = watch()
    assert said(report) == ""
    assert (report.counts.notices, report.counts.new_entries) == (4, 4)
    with office.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, relief, "金额有误", now=clock.now())
    assert said(watch()) == ""
    clock.advance(timedelta(days=31))
    office.publish(replace(NOVEMBER, households=few), now=clock.now())
    rotate_key(office.sessions, OPERATOR, folder, now=clock.now())
    # Before and after the rows are forgotten.
    assert said(watch()) == ""
    clock.advance(timedelta(days=40))
    assert said(watch()) == ""
    forget_what_is_over(office.sessions, now=clock.now())
    report = watch()
    assert said(report) == ""
    assert report.counts.ended == 1
    assert said(watch()) == ""


TAMPERINGS = {
    "an amount": "UPDATE notice_rows SET amount_fen = amount_fen + 100 WHERE n = 1",
    "a name": "UPDATE notice_rows SET name = '李**' WHERE n = 1",
    "a salt": "UPDATE notice_rows SET salt = zeroblob(16) WHERE n = 1",
    "a row less": "DELETE FROM notice_rows WHERE n = 2",
    "a total": "UPDATE notice_versions SET households = households + 1",
    "the place": "UPDATE notices SET region_code = '640402100000'",
    "taken down": "UPDATE notices SET withdrawn_at = published_at",
    "never published": "UPDATE notices SET published_at = NULL",
    "days": "UPDATE notices SET posted_from = '2026-01-01'",
    "another entry": "UPDATE notice_versions SET log_index = 1 - log_index",
    "a notice past the log": ("UPDATE notice_versions SET log_index = NULL WHERE log_index = 1"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_whoever_changes_the_database_is_named(
    office: Office, watch: Watch, clock: SettableClock, what: str
) -> None:
    published = office.publish(OCTOBER, now=clock.now())
    with office.sessions.writing() as session:
        session.execute(text("DELETE FROM stored_pages"))
        session.execute(text(TAMPERINGS[what]))
    report = watch()
    assert report.exit_code == 1
    assert any(notice_id in said(report) for notice_id in published)


def test_a_page_that_says_something_else_than_its_json_is_named(
    app: PortalApp, office: Office, watch: Watch, clock: SettableClock
) -> None:
    """The JSON is left alone; only what residents see is swapped."""
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    with office.sessions.writing() as session:
        session.execute(text("DELETE FROM stored_pages"))
    PortalSource(app).get(f"n/{notice_id}.json")
    with office.sessions.writing() as session:
        session.execute(text("UPDATE notice_rows SET amount_fen = 1 WHERE n = 1"))
    assert notice_id in said(watch())


def test_a_fork_is_seen_and_a_public_statement_does_not_hide_it(
    office: Office, watch: Watch, clock: SettableClock, folder: LogFolder
) -> None:
    office.publish(OCTOBER, now=clock.now())
    assert said(watch()) == ""
    with office.sessions.writing() as session:
        # What a restored older database looks like; the triggers stand aside for the test.
        for table in ("log_entries", "log_nodes", "log_checkpoints"):
            session.execute(text(f"DROP TRIGGER {table}_no_delete"))
        session.execute(text("UPDATE notice_versions SET log_index = NULL, published_at = NULL"))
        session.execute(text("UPDATE notices SET published_at = NULL"))
        session.execute(text("DELETE FROM log_entries"))
        session.execute(text("DELETE FROM log_nodes"))
        session.execute(text("DELETE FROM log_checkpoints WHERE size > 0"))
        session.execute(text("DELETE FROM stored_pages"))
    office.publish(NOVEMBER, now=clock.now())
    assert watch().exit_code == 1
    resume(office.sessions, OPERATOR, folder, "恢复了旧备份", now=clock.now())
    assert "begin with" in said(watch())


def test_a_lost_key_needs_a_persons_word(
    office: Office, watch: Watch, clock: SettableClock, folder: LogFolder
) -> None:
    office.publish(OCTOBER, now=clock.now())
    assert said(watch()) == ""
    (folder.folder / "log.key").unlink()
    new = replace_key(office.sessions, OPERATOR, folder, "服务器被盗", now=clock.now())
    report = watch()
    assert report.exit_code == 1
    assert "服务器被盗" in said(report)
    assert said(watch(VerifierKey.parse(new))) == ""
    assert said(watch()) == ""


def test_an_entry_that_was_rewritten_is_found(
    app: PortalApp, office: Office, watch: Watch, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    assert watch().findings == ()
    with app.sessions.reading() as session:
        entry = session.execute(text('SELECT entry FROM log_entries WHERE "index" = 0')).scalar()
    members = {**json.loads(entry or b""), "posted_from": "2020-01-01"}
    changed = json.dumps(members, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    with app.sessions.writing() as session:
        # The table refuses changes; whoever has the database can take that away as well.
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entries'"
        for name in session.scalars(text(query)).all():
            session.execute(text(f'DROP TRIGGER "{name}"'))
    statement = 'UPDATE log_entries SET entry = :entry WHERE "index" = 0'
    _change(app, statement, entry=changed.encode())
    (finding,) = watch().findings
    assert "an entry that was there before is another one now" in str(finding)


def test_a_stranger_verifies_a_server_with_one_file(
    app: PortalApp,
    office: Office,
    clock: SettableClock,
    start_server: Callable[..., LiveServer],
    tmp_path: Path,
) -> None:
    """``verify.py`` as it is downloaded, alone in a folder, against the real server."""
    office.publish(OCTOBER, now=clock.now())
    prepared, alone = tmp_path / "prepared", tmp_path / "alone"
    prepared.mkdir()
    with (
        closing(sqlite3.connect(prepared / "portal.db")) as copy,
        closing(sqlite3.connect(tmp_path / "portal.db")) as database,
    ):
        database.backup(copy)
    shutil.copytree(app.settings.secrets_folder, prepared / "secrets")
    server = start_server(prepared)
    alone.mkdir()
    (alone / "verify.py").write_bytes(server.get("/log/verify.py")[1])
    for beginning in ("All is well: 2 entries in the log.", "All is well: 2 entries in the log, 0"):
        told = subprocess.run(
            [sys.executable, "-I", "verify.py", server.url],
            cwd=alone,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (told.returncode, told.stderr) == (0, ""), told.stdout
        assert told.stdout.startswith(beginning)
    assert sorted(file.name for file in alone.iterdir()) == ["verify-state.json", "verify.py"]
