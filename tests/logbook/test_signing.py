"""The log's keeper 公开日志的保管: appended by one, signed in order, never forked."""

import json
import shutil
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from rfc8785 import CanonicalizationError
from sqlalchemy import Engine, delete, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from disclosure.log.entries import RESUME_STATEMENT
from disclosure.log.errors import LogError
from disclosure.log.tiles import ENTRIES, TILE_WIDTH, parse_bundle, tiles_between
from disclosure.log.tree import leaf_hash, node_hash, root_at, tree_root
from disclosure.logbook.changing import replace_key, resume
from disclosure.logbook.guarding import find_refusal
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogCheckpoint, LogEntry, LogNode
from disclosure.logbook.nodes import node_position, node_reader
from disclosure.logbook.reading import (
    find_receipt,
    find_signed_tree,
    find_tile,
    list_keys,
    list_statements,
)
from disclosure.logbook.signing import begin_log, sign_after_commits
from portal.data.accounts import OPERATOR
from portal.data.base import Base
from portal.data.migrate import upgrade
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, Refused
from tests.fixtures.database import Database
from tests.fixtures.run import ROOT
from tests.logbook.appender import COUNTS
from tests.logbook.keeping import NAME, Keeper


def test_a_new_log_is_signed_before_it_holds_anything(keeper: Keeper) -> None:
    keeper.check()
    with keeper.sessions.reading() as session:
        tree = find_signed_tree(session)
        assert tree is not None
        assert tree.checkpoint.size == 0
        assert find_receipt(session, 0) is None


def test_the_key_is_the_owners_alone_and_made_once(keeper: Keeper, clock: SettableClock) -> None:
    files = {path.name: path for path in keeper.folder.folder.iterdir()}
    assert set(files) == {"log.key", "log.name", "log.checkpoint"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    before = files["log.key"].read_bytes()
    begin_log(keeper.sessions, keeper.folder, "another.example", now=clock.now())
    assert files["log.key"].read_bytes() == before
    assert keeper.folder.name() == NAME


def test_the_stored_tree_is_the_tree_over_all_entries(keeper: Keeper) -> None:
    for count in (1, 1, 3, 2, 300, 1, 7):
        keeper.append(count)
        assert keeper.sign().size == len(keeper.leaves())
    leaves = keeper.leaves()
    with keeper.sessions.reading() as session:
        for size in (0, 1, 2, 3, 255, 256, 257, len(leaves)):
            assert root_at(size, node_reader(session)) == tree_root(leaves[:size])
        for tile in tiles_between(0, len(leaves)):
            found = find_tile(session, tile, len(leaves))
            assert found is not None
            if tile.level == ENTRIES:
                first = tile.number * TILE_WIDTH
                hashes = [leaf_hash(entry) for entry in parse_bundle(found, tile.width)]
                assert hashes == leaves[first : first + tile.width]
            assert find_tile(session, tile, tile.number) is None


def test_positions_name_each_node_once_in_the_order_of_completion() -> None:
    leaves = 70
    nodes = [(level, index) for level in range(7) for index in range(leaves >> level)]
    in_order = sorted(nodes, key=lambda node: (((node[1] + 1) << node[0]), node[0]))
    assert [node_position(*node) for node in in_order] == list(range(len(nodes)))
    assert node_hash(b"", b"") != leaf_hash(b"")


def test_what_a_commit_appends_is_signed_by_itself(keeper: Keeper) -> None:
    sign_after_commits(keeper.sessions, keeper.folder, keeper.clock)
    keeper.append(3)
    keeper.check()
    with pytest.raises(CanonicalizationError):
        # The second entry cannot be written, so the first is not there either.
        keeper.append_members([{"n": 9}, {"n": object()}])
    assert len(keeper.leaves()) == 3
    keeper.check()


def test_what_was_committed_unsigned_is_signed_later(keeper: Keeper) -> None:
    keeper.append(2)
    with keeper.sessions.reading() as session:
        assert find_receipt(session, 0) is None
    keeper.sign()
    keeper.check()
    first = keeper.mark()
    keeper.sign()
    assert keeper.mark() == first


@pytest.mark.parametrize("table", [LogEntry, LogNode, LogCheckpoint])
def test_nobody_changes_or_deletes_through_the_database(
    keeper: Keeper, engine: Engine, table: type[Base]
) -> None:
    keeper.append(2)
    keeper.sign()
    key = inspect(table).primary_key[0]
    for statement in (update(table).values({key: key + 100}), delete(table)):
        with Session(engine) as session, pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)


def test_processes_that_append_at_once_make_one_log(keeper: Keeper) -> None:
    url = keeper.sessions.engine.url.render_as_string(hide_password=False)
    keeper.sessions.engine.dispose()
    command = [sys.executable, "-m", "tests.logbook.appender", url, str(keeper.folder.folder)]
    processes = [
        subprocess.Popen([*command, mark], cwd=ROOT, stderr=subprocess.PIPE) for mark in "bcd"
    ]
    said = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], said
    with keeper.sessions.reading() as session:
        query = select(LogEntry.index, LogEntry.entry).order_by(LogEntry.index)
        found = session.execute(query).all()
    assert [index for index, _ in found] == list(range(3 * sum(COUNTS)))
    marks = Counter(json.loads(entry)["mark"] for _, entry in found)
    assert marks == dict.fromkeys("bcd", sum(COUNTS))
    # Each signed what it had committed; whoever came last signed it all.
    assert keeper.refusal() is None
    keeper.check()


@pytest.fixture
def restored(keeper: Keeper, tmp_path: Path) -> Iterator[Keeper]:
    """The log from a backup of three entries, while five were signed."""
    keeper.append(3)
    keeper.sign()
    keeper.sessions.engine.dispose()
    backup = tmp_path / "backup.db"
    shutil.copyfile(tmp_path / "portal.db", backup)
    keeper.append(2)
    keeper.sign()
    keeper.sessions.engine.dispose()
    sessions = Sessions(make_engine(f"sqlite:///{backup}"))
    yield Keeper(sessions, keeper.folder, keeper.clock)
    sessions.engine.dispose()


@pytest.mark.databases("sqlite")
def test_a_restored_older_database_signs_nothing(restored: Keeper) -> None:
    mark = restored.mark()
    for count in (0, 1, 1, 4):
        restored.append(count, mark="other")
        with pytest.raises(Conflict, match="would fork"):
            restored.sign()
        assert isinstance(restored.refusal(), Conflict)
    assert restored.mark() == mark


@pytest.mark.databases("sqlite")
def test_a_restored_database_goes_on_only_with_a_public_statement(restored: Keeper) -> None:
    mark = restored.mark()
    with pytest.raises(Refused, match="Say what happened"):
        resume(restored.sessions, OPERATOR, restored.folder, " ", now=restored.now)
    resume(restored.sessions, OPERATOR, restored.folder, "磁盘损坏", now=restored.now)
    restored.append(2)
    restored.sign()
    restored.check()
    assert restored.refusal() is None
    with restored.sessions.reading() as session:
        (said,) = list_statements(session)
    assert (said.type, said.text) == (RESUME_STATEMENT, "磁盘损坏")
    assert said.checkpoint == mark.decode()
    with pytest.raises(Refused, match="no need"):
        resume(restored.sessions, OPERATOR, restored.folder, "又一次", now=restored.now)


@pytest.mark.parametrize("damage", ["missing", "damaged", "old", "a folder"])
def test_a_high_water_file_that_is_lost_stops_the_signing(keeper: Keeper, damage: str) -> None:
    old = keeper.mark()
    keeper.append(1)
    keeper.sign()
    file = keeper.folder.folder / "log.checkpoint"
    file.unlink()
    if damage == "a folder":
        file.mkdir()
    elif damage != "missing":
        file.write_bytes(old if damage == "old" else b"nothing")
    for _ in range(2):
        with pytest.raises(Conflict, match="high-water file"):
            keeper.sign()
        keeper.append(1)
    assert isinstance(keeper.refusal(), Conflict)
    with pytest.raises(Conflict, match="high-water file"):
        replace_key(keeper.sessions, OPERATOR, keeper.folder, "遗失", now=keeper.now)
    if damage == "a folder":
        file.rmdir()
    resume(keeper.sessions, OPERATOR, keeper.folder, "文件遗失", now=keeper.now)
    keeper.check()


def test_a_key_without_its_high_water_file_begins_no_second_log(
    keeper: Keeper, tmp_path: Path, database: Database
) -> None:
    """The key came back from the safe, the database is empty: what was signed may not be forked."""
    keeper.append(5)
    keeper.sign()
    keeper.sessions.engine.dispose()
    (keeper.folder.folder / "log.checkpoint").unlink()
    fresh = Sessions(make_engine(f"sqlite:///{tmp_path / 'fresh.db'}"))
    upgrade(fresh.engine)
    other = Keeper(fresh, keeper.folder, keeper.clock)
    with pytest.raises(Conflict, match="high-water file"):
        begin_log(fresh, keeper.folder, NAME, now=keeper.now)
    resume(fresh, OPERATOR, keeper.folder, "数据库全部丢失", now=keeper.now)
    other.append(2)
    other.sign()
    other.check()
    fresh.engine.dispose()


def test_when_all_is_lost_a_fresh_key_goes_on(keeper: Keeper) -> None:
    keeper.append(2)
    keeper.sign()
    shutil.rmtree(keeper.folder.folder)
    assert keeper.refusal() is not None
    for new_key in (False, True):
        with pytest.raises((Conflict, Refused)):
            keeper.sign()
        assert not (keeper.folder.folder / "log.key").exists()
        if not new_key:
            with pytest.raises(Refused, match="key is missing"):
                resume(keeper.sessions, OPERATOR, keeper.folder, "火灾", now=keeper.now)
    resume(keeper.sessions, OPERATOR, keeper.folder, "火灾", now=keeper.now, new_key=True)
    keeper.append(1)
    keeper.sign()
    keeper.check()
    with keeper.sessions.reading() as session:
        assert len(list_keys(session)) == 2


def test_what_waits_too_long_for_its_signature_is_told(keeper: Keeper) -> None:
    keeper.append(1)
    assert keeper.refusal() is None
    keeper.clock.advance(timedelta(minutes=11))
    assert isinstance(keeper.refusal(), Conflict)
    # A server for residents alone has no key, and sees this all the same.
    nothing = LogFolder(keeper.folder.folder / "nothing")
    for signed in (False, True):
        if signed:
            keeper.sign()
        refusal = find_refusal(keeper.sessions, nothing, now=keeper.now, keeps_key=False)
        assert (refusal is None) == signed
    assert find_refusal(keeper.sessions, nothing, now=keeper.now, keeps_key=True) is not None


def test_looking_changes_no_key(keeper: Keeper) -> None:
    """Whoever asks for the log's health while keys are changed leaves both as they are."""
    keeper.append(1)
    keeper.sign()
    follows = keeper.folder.next_signer()
    before = {path.name: path.read_bytes() for path in keeper.folder.folder.iterdir()}
    assert keeper.refusal() is None
    keeper.folder.signer(follows.verifier_key)
    assert {path.name: path.read_bytes() for path in keeper.folder.folder.iterdir()} == before


@pytest.mark.parametrize("statement", ["", " ", "长" * 1001, "请拨打 13912345678"])
def test_a_statement_that_may_not_stand_for_ever_is_refused(keeper: Keeper, statement: str) -> None:
    keeper.append(1)
    keeper.sign()
    (keeper.folder.folder / "log.key").unlink()
    with pytest.raises(Refused):
        replace_key(keeper.sessions, OPERATOR, keeper.folder, statement, now=keeper.now)
    assert len(keeper.leaves()) == 1


def test_an_entry_that_no_bundle_can_hold_is_not_logged(keeper: Keeper) -> None:
    with pytest.raises(LogError, match="longer"):
        keeper.append_members([{"text": "x" * 70_000}])
    assert keeper.leaves() == []


def test_another_database_signs_nothing(keeper: Keeper) -> None:
    """One that has as many entries, but others."""
    keeper.append(2)
    keeper.sign()
    with keeper.sessions.reading() as session:
        notes = session.scalars(select(LogCheckpoint.note).order_by(LogCheckpoint.size)).all()
    lines = notes[-1].decode().split("\n")
    lines[2] = "A" * 43 + "="
    keeper.folder.raise_high_water("\n".join(lines).encode())
    keeper.append(1)
    with pytest.raises(Conflict, match="would fork"):
        keeper.sign()
