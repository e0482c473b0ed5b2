"""Killed in the midst of a publication 断电与强杀: log and database agree, and nothing forks."""

import itertools
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from disclosure.log.checkpoints import parse_checkpoint
from disclosure.log.entries import parse_entry
from disclosure.log.notes import open_note
from disclosure.log.tree import leaf_hash, root_at, tree_root
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogCheckpoint, LogEntry
from disclosure.logbook.nodes import node_reader
from disclosure.logbook.reading import find_signed_tree, list_keys
from disclosure.logbook.signing import begin_log, sign_log
from disclosure.models import Notice, NoticeVersion
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SystemClock
from tests.crash.test_import_crash import nursery
from tests.disclosure.lists import MALU, TUANJIE, Household, list_csv
from tests.fixtures.database import Database

NAME = "crash.example"
MOST_ROUNDS = {"sqlite": 60, "postgresql": 16}
TWO_VILLAGES = [Household("王秀英", village=TUANJIE), Household("马伟", village=MALU)]


class Witness:
    """Looks after every death, as the next start and a watcher from outside would."""

    def __init__(self, url: str, folder: LogFolder) -> None:
        self.engine, self.folder = make_engine(url), folder
        self.seen: list[tuple[int, bytes]] = []

    def check(self, *, restarted: bool) -> int:
        """Fail where log and database disagree or something seen is gone; return its size."""
        sessions = Sessions(self.engine)
        if restarted:
            sign_log(sessions, self.folder, now=SystemClock().now())
        with sessions.reading() as session:
            query = select(LogEntry.index, LogEntry.entry).order_by(LogEntry.index)
            found = session.execute(query).all()
            assert [index for index, _ in found] == list(range(len(found)))
            entries = [entry for _, entry in found]
            leaves = [leaf_hash(entry) for entry in entries]
            # The stored tree is the tree over the entries, and begins with all that was seen.
            read = node_reader(session)
            assert root_at(len(leaves), read) == tree_root(leaves)
            tree, found_mark = find_signed_tree(session), self.folder.read_mark()
            assert tree is not None
            assert found_mark is not None
            mark = found_mark[1]
            self.seen += [(mark.size, mark.root), (tree.checkpoint.size, tree.checkpoint.root)]
            for size, root in self.seen:
                assert tree_root(leaves[:size]) == root
            for note in session.scalars(select(LogCheckpoint.note)):
                assert parse_checkpoint(open_note(note, list_keys(session)).text).size <= mark.size
            # What is visible is logged, and what is logged is visible.
            published = select(Notice.id, NoticeVersion.log_index).join(
                NoticeVersion, NoticeVersion.notice_id == Notice.id
            )
            published = published.where(Notice.published_at.is_not(None))
            told = {row.id: row.log_index for row in session.execute(published)}
            said = [parse_entry(entry) for entry in entries]
            logged = {one.notice: at for at, one in enumerate(said) if one.event == "publish"}
            assert logged == told
            assert (
                max(Counter(one.prev for one in said if one.prev is not None).values(), default=1)
                == 1
            )
            if restarted:
                assert tree.checkpoint.size == len(entries) == mark.size
        return len(entries)


@pytest.fixture
def witness(database: Database, places: Sessions, tmp_path: Path) -> Witness:
    folder = LogFolder(tmp_path / "data" / "secrets")
    begin_log(places, folder, NAME, now=SystemClock().now())
    places.engine.dispose()
    return Witness(database.url, folder)


def test_fifty_deaths_in_and_between_the_steps_of_a_publication(
    database: Database, witness: Witness, tmp_path: Path
) -> None:
    """Every round publishes the next month, which replaces the one before, and is cut short.

    It dies before another of its steps each time: statements, commits, and what makes the
    high-water file last. Then the next start signs what is left.
    """
    file = tmp_path / "list.csv"
    file.write_bytes(list_csv(TWO_VILLAGES))
    months = (f"{year}-{month:02d}" for year in itertools.count(2027) for month in range(1, 13))
    with nursery(database.url, tmp_path / "data", file) as raise_one:
        witness.engine.dispose()
        order = {"database_url": database.url, "files": True}
        undisturbed = raise_one(**order, period=next(months))
        assert undisturbed.ended == "done"
        steps = undisturbed.steps
        assert steps.count("fsync") >= 2
        # The change, its signature, the high-water file, what is served: all that is done last.
        stops = range(max(0, len(steps) - MOST_ROUNDS[database.kind]), len(steps))
        sizes = [witness.check(restarted=True)]
        month = next(months)
        for stop_at in stops:
            ended = raise_one(**order, period=month, stop_at=stop_at).ended
            witness.check(restarted=False)
            sizes.append(witness.check(restarted=True))
            if ended == "done" or sizes[-1] > sizes[-2]:
                month = next(months)
        assert raise_one(**order, period=month).ended == "done"
        assert witness.check(restarted=True) > sizes[0]
    assert len(stops) >= (50 if database.kind == "sqlite" else 16)
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2
    witness.engine.dispose()
