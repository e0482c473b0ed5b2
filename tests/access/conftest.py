"""The desk with one object of each kind, and whoever shall try to get at them."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from disclosure.logbook.keyfolder import LogFolder, log_name
from disclosure.logbook.signing import begin_log
from portal.app import create_app
from portal.config import Mode, Settings
from portal.data.accounts import Actor
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.access.making import Desk, add_member, find_actor, make_desk
from tests.fixtures.application import BASE_URL, sign_in
from tests.fixtures.database import sqlite_template
from tests.fixtures.pages import PageClient

Changed = Callable[[], None]


@dataclass(frozen=True)
class Someone:
    """A member of staff who is signed in; ``undo`` makes everything as it was then."""

    actor: Actor
    login: str
    client: Client
    undo: Changed

    def ask(self, method: str, path: str, form: Mapping[str, str]) -> TestResponse:
        """Send a request; how pages look is for other tests."""
        data = dict(form) if method == "POST" else None
        answer = self.client.open(path, method=method, data=data, base_url=BASE_URL, buffered=True)
        if method != "GET" and answer.status_code < 400:
            self.undo()
        return answer


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, run_folder: Path) -> Iterator[Desk]:
    """Make the desk once for all the tests of a module."""
    folder = tmp_path_factory.mktemp("desk")
    database = folder / "portal.db"
    shutil.copyfile(sqlite_template(run_folder), database)
    settings = Settings(
        mode=Mode.PRODUCTION,
        data_folder=folder,
        secrets_folder=folder / "secrets",
        database_url=f"sqlite:///{database}",
        base_url=BASE_URL,
    )
    clock = SettableClock()
    app = create_app(settings, clock=clock)
    # It is the guard that shall turn people away, not a token that is missing.
    app.flask.config.update(WTF_CSRF_ENABLED=False, WTF_CSRF_METHODS=frozenset())
    log = LogFolder(settings.secrets_folder)
    begin_log(app.sessions, log, log_name(BASE_URL), now=clock.now())
    yield make_desk(app, clock, database)
    app.sessions.engine.dispose()


@pytest.fixture
def someone(desk: Desk) -> Callable[[Role, str], Someone]:
    """Return a function: role, unit → somebody of that role there, signed in."""
    kept = desk.database.with_suffix(".kept")

    def undo() -> None:
        copy_database(kept, desk.database)

    def signed_in(role: Role, unit: str) -> Someone:
        login = add_member(desk.app.sessions, role, unit)
        client = PageClient(desk.app, BASE_URL)
        sign_in(client, login)
        copy_database(desk.database, kept)
        return Someone(find_actor(desk.app.sessions, login), login, client.client, undo)

    return signed_in


def copy_database(source: Path, target: Path) -> None:
    """Make one SQLite database as another is, whoever has it open."""
    with closing(sqlite3.connect(source)) as given, closing(sqlite3.connect(target)) as taking:
        given.backup(taking)
