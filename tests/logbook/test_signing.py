"""The log's keeper 公开日志的保管: appended by one, signed in order, never forked."""

import shutil
import stat
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from rfc8785 import CanonicalizationError
from sqlalchemy import Engine, delete, inspect, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.entries import KEY_STATEMENT, RESUME_STATEMENT
from disclosure.log.notes import open_note
from disclosure.log.tiles import ENTRIES, TILE_WIDTH, parse_bundle, tiles_between
from disclosure.log.tree import leaf_hash, node_hash, root_at, tree_root
from disclosure.logbook import signing
from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.logbook.keyfolder import LogFolder, log_name
from disclosure.logbook.models import LogCheckpoint, LogEntry, LogNode
from disclosure.logbook.nodes import node_position, node_reader
from disclosure.logbook.reading import (
    find_receipt,
    find_signed_tree,
    find_tile,
    list_keys,
    list_statements,
)
from disclosure.logbook.signing import (
    begin_log,
    find_refusal,
    replace_key,
    resume,
    rotate_key,
    sign_after_commits,
    sign_log,
)
from portal.data.accounts import OPERATOR
from portal.data.base import Base
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, DomainError, Refused

NAME = "jz.example.gov.cn/zwgk"


class Keeper:
    """A log on the test's database, with its folder of keys."""

    def __init__(self, sessions: Sessions, folder: LogFolder, clock: SettableClock) -> None:
        self.sessions, self.folder, self.clock = sessions, folder, clock

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def append(self, count: int, *, mark: str = "a") -> None:
        """Append so many entries in one transaction; whoever signs after commits signs them."""
        self.append_members([{"n": n, "mark": mark} for n in range(count)])

    def append_members(self, members: Sequence[Mapping[str, object]]) -> None:
        """Append entries with these members in one transaction."""
        with self.sessions.writing() as session:
            for one in members:
                append_entries(session, [NewEntry("abcdefghij", one)], now=self.now)

    def sign(self) -> Checkpoint:
        return sign_log(self.sessions, self.folder, now=self.now)

    def leaves(self) -> list[bytes]:
        with self.sessions.reading() as session:
            query = select(LogEntry.entry).order_by(LogEntry.index)
            return [leaf_hash(entry) for entry in session.scalars(query)]

    def refusal(self) -> DomainError | None:
        with self.sessions.reading() as session:
            return find_refusal(session, self.folder)

    def check(self) -> None:
        """Database, high-water file and signature agree about all that was appended."""
        leaves = self.leaves()
        with self.sessions.reading() as session:
            tree = find_signed_tree(session)
            assert tree is not None
            signed = open_note(tree.note, list_keys(session))
            expected = Checkpoint(NAME, len(leaves), tree_root(leaves))
            assert parse_checkpoint(signed.text) == expected
            assert self.folder.high_water_note() == tree.note
            for index, leaf in enumerate(leaves):
                receipt = find_receipt(session, index)
                assert receipt is not None
                receipt.verify_leaf(leaf, list_keys(session))


@pytest.fixture
def keeper(sessions: Sessions, tmp_path: Path, clock: SettableClock) -> Keeper:
    folder = LogFolder(tmp_path / "secrets")
    begin_log(sessions, folder, NAME, now=clock.now())
    return Keeper(sessions, folder, clock)


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
    first = keeper.folder.high_water_note()
    keeper.sign()
    assert keeper.folder.high_water_note() == first


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


def test_many_at_once_make_one_log(keeper: Keeper) -> None:
    sign_after_commits(keeper.sessions, keeper.folder, keeper.clock)
    errors: list[BaseException] = []

    def work(mark: str) -> None:
        sessions = Sessions(make_engine(keeper.sessions.engine.url.render_as_string(False)))
        own = Keeper(sessions, keeper.folder, keeper.clock)
        sign_after_commits(sessions, keeper.folder, keeper.clock)
        try:
            for count in (1, 2, 5, 1):
                own.append(count, mark=mark)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            sessions.engine.dispose()

    threads = [threading.Thread(target=work, args=(mark,)) for mark in "bcde"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(keeper.leaves()) == 4 * 9
    keeper.sign()
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
    mark = restored.folder.high_water_note()
    for count in (0, 1, 1, 4):
        restored.append(count, mark="other")
        with pytest.raises(Conflict, match="would fork"):
            restored.sign()
        assert isinstance(restored.refusal(), Conflict)
    assert restored.folder.high_water_note() == mark


@pytest.mark.databases("sqlite")
def test_a_restored_database_goes_on_only_with_a_public_statement(restored: Keeper) -> None:
    mark = restored.folder.high_water_note()
    assert mark is not None
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


def test_a_missing_high_water_file_stops_the_signing(keeper: Keeper) -> None:
    keeper.append(1)
    keeper.sign()
    (keeper.folder.folder / "log.checkpoint").unlink()
    keeper.append(1)
    with pytest.raises(Conflict, match="high-water file is missing"):
        keeper.sign()
    resume(keeper.sessions, OPERATOR, keeper.folder, "文件遗失", now=keeper.now)
    keeper.check()


def test_a_damaged_high_water_file_stops_the_signing(keeper: Keeper) -> None:
    keeper.append(1)
    (keeper.folder.folder / "log.checkpoint").write_bytes(b"nothing")
    with pytest.raises(Refused, match="damaged"):
        keeper.sign()
    assert keeper.refusal() is not None


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


def test_a_new_key_follows_the_old_one(keeper: Keeper) -> None:
    keeper.append(2)
    old = keeper.folder.signer(None).verifier_key
    new = rotate_key(keeper.sessions, OPERATOR, keeper.folder, now=keeper.now)
    keeper.append(1)
    keeper.sign()
    keeper.check()
    with keeper.sessions.reading() as session:
        assert [str(key) for key in list_keys(session)] == [new, str(old)]
        (said,) = list_statements(session)
        tree = find_signed_tree(session)
    assert (said.type, said.old, said.key) == (KEY_STATEMENT, str(old), new)
    assert tree is not None
    assert str(tree.key) == new
    assert not (keeper.folder.folder / "log-next.key").exists()


def test_a_change_of_keys_that_was_cut_short_is_finished(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper.append(1)
    keeper.sign()
    with monkeypatch.context() as patched:
        # Dies after the statement was committed, before the new key has signed.
        patched.setattr(signing, "sign_log", _once(sign_log))
        with pytest.raises(KeyboardInterrupt):
            rotate_key(keeper.sessions, OPERATOR, keeper.folder, now=keeper.now)
    assert (keeper.folder.folder / "log-next.key").exists()
    keeper.sign()
    keeper.check()
    assert not (keeper.folder.folder / "log-next.key").exists()


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what calls ``function`` the first time and dies the second."""
    called: list[bool] = []

    def call(*given: Any, **named: Any) -> Any:
        if called:
            raise KeyboardInterrupt
        called.append(True)
        return function(*given, **named)

    return call


def test_a_lost_key_is_replaced_in_public(keeper: Keeper) -> None:
    keeper.append(1)
    keeper.sign()
    with pytest.raises(Refused, match="nothing was lost"):
        replace_key(keeper.sessions, OPERATOR, keeper.folder, "遗失", now=keeper.now)
    (keeper.folder.folder / "log.key").unlink()
    keeper.append(1)
    with pytest.raises(Refused, match="key is missing"):
        keeper.sign()
    assert keeper.refusal() is not None
    new = replace_key(keeper.sessions, OPERATOR, keeper.folder, "服务器被盗", now=keeper.now)
    keeper.check()
    with keeper.sessions.reading() as session:
        (said,) = list_statements(session)
    assert (said.key, said.text, said.checkpoint) == (new, "服务器被盗", None)


def test_a_key_that_is_not_the_logs_signs_nothing(keeper: Keeper) -> None:
    keeper.append(1)
    keeper.sign()
    (keeper.folder.folder / "log.key").write_bytes(b"k" * 32)
    keeper.append(1)
    with pytest.raises(Refused, match="not the log's key"):
        keeper.sign()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://www.example.gov.cn/zwgk/jz/", "www.example.gov.cn/zwgk/jz"),
        ("https://www.example.gov.cn", "www.example.gov.cn"),
    ],
)
def test_a_log_is_called_after_its_address(url: str, name: str) -> None:
    assert log_name(url) == name
