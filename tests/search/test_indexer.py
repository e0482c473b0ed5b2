"""The indexer drains what is noted; a crash, a lock or a broken file never loses or shows wrong."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, update

from disclosure.lifecycle import NoticeState
from disclosure.models import Notice
from disclosure.search.asked import parse_query
from disclosure.search.entries import Entry
from disclosure.search.file_index import FileIndex
from disclosure.search.finding import Question, Results, find
from disclosure.search.index import Index, IndexUnavailableError
from disclosure.search.indexer import LEASE_LENGTH, Indexer
from portal.data.changes import Change, list_changes
from portal.data.regionfiles import RegionRow, load_regions
from portal.data.regions import Level
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict
from tests.disclosure.lists import NOVEMBER, OCTOBER, REVIEW, Office
from tests.fixtures.people import SANYING

Look = Callable[[str], Results]
ONLY_FILES = pytest.mark.databases("sqlite")


@pytest.fixture
def look(places: Sessions, index: Index, clock: SettableClock) -> Look:
    def found(query: str) -> Results:
        with places.reading() as session:
            return find(session, index, Question(parse_query(query)), now=clock.now())

    return found


def states(results: Results) -> list[NoticeState]:
    return [one.notice.state for one in results.found if one.notice is not None]


def titles(results: Results) -> list[str]:
    return [one.notice.title for one in results.found if one.notice is not None]


def test_without_an_index_the_database_finds_places(look: Look) -> None:
    for query in ("三营", "sanying", "syz"):
        results = look(query)
        assert results.without_index
        assert [one.path[-1].name for one in results.found][:1] == ["三营镇"]
        assert [place.name for place in results.found[0].path] == ["固原市", "原州区", "三营镇"]


def test_the_first_turn_makes_the_index(indexer: Indexer, index: Index, look: Look) -> None:
    assert not index.is_usable()
    indexer.catch_up()
    assert index.is_usable()
    assert [one.path[-1].name for one in look("三营镇").found] == ["三营镇"]


def test_a_publication_is_noted_in_its_own_transaction(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look, places: Sessions
) -> None:
    indexer.catch_up()
    office.publish(OCTOBER, now=clock.now())
    with places.reading() as session:
        assert {key.split(":")[0] for _, key in list_changes(session)} == {"notice"}
    assert look("东塬 低保").total == 0
    assert indexer.take_turn()
    with places.reading() as session:
        assert list_changes(session) == []
    assert titles(look("东塬 低保")) == ["三营镇东塬村委会2026年10月最低生活保障对象名单"]
    assert not indexer.take_turn()


def test_what_is_replaced_stands_behind_what_replaces_it(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look
) -> None:
    office.publish(OCTOBER, now=clock.now())
    indexer.catch_up()
    clock.advance(timedelta(days=30))
    office.publish(NOVEMBER, now=clock.now())
    indexer.catch_up()
    assert states(look("东塬村委会2026年")) == [NoticeState.POSTED, NoticeState.REPLACED]


def test_a_stale_index_never_shows_what_has_ended_as_current(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look, places: Sessions
) -> None:
    clock.advance(timedelta(days=39))  # 16 November
    (notice_id, *_) = office.publish(REVIEW, now=clock.now())
    indexer.catch_up()
    assert states(look("审核公示 东塬")) == [NoticeState.POSTED]
    with places.writing() as session:
        session.execute(
            update(Notice).where(Notice.id == notice_id).values(withdrawn_at=clock.now())
        )
    assert states(look("审核公示 东塬")) == [NoticeState.WITHDRAWN]
    with places.writing() as session:
        session.execute(update(Notice).where(Notice.id == notice_id).values(published_at=None))
    assert states(look("审核公示 东塬")) == []


def test_what_ends_by_the_clock_is_moved_without_a_note(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look, places: Sessions
) -> None:
    clock.advance(timedelta(days=39))
    office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=1))
    office.publish(REVIEW, now=clock.now())
    indexer.catch_up()
    assert states(look("东塬村委会2026年"))[0] is NoticeState.POSTED
    assert titles(look("东塬村委会2026年"))[0].endswith("审核公示")
    clock.advance(timedelta(days=8))
    assert states(look("东塬村委会2026年"))[0] is NoticeState.CONCLUDED
    indexer.catch_up()
    assert states(look("东塬村委会2026年")) == [NoticeState.POSTED, NoticeState.CONCLUDED]


def test_a_new_name_of_a_place_reaches_everything_in_it(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look, places: Sessions
) -> None:
    office.publish(OCTOBER, now=clock.now())
    indexer.catch_up()
    with places.writing() as session:
        load_regions(
            session, [RegionRow(SANYING, "四营镇", Level.TOWNSHIP, SANYING[:6] + "000000")]
        )
    indexer.catch_up()
    assert look("四营 东塬").total == 2
    assert look("siying dongyuan").total == 2
    names = [one.path[-1].name for one in look("三营").found if one.notice is None]
    assert names == ["三营社区", "老三营村委会", "新三营村委会"]


def test_a_note_is_kept_until_the_index_is_written(
    office: Office,
    indexer: Indexer,
    index: Index,
    clock: SettableClock,
    places: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    indexer.catch_up()
    office.publish(OCTOBER, now=clock.now())

    def busy(*_args: object) -> None:
        raise IndexUnavailableError

    with monkeypatch.context() as patched:
        patched.setattr(index, "apply", busy)
        with pytest.raises(IndexUnavailableError):
            indexer.take_turn()
    with places.reading() as session:
        assert list_changes(session)
    assert indexer.take_turn()


def test_one_indexer_at_a_time(
    indexer: Indexer, index: Index, clock: SettableClock, places: Sessions
) -> None:
    other = Indexer(places, index, clock, "another")
    seen: list[bool] = []
    indexer.rebuild(report=lambda _count: seen.append(other.take_turn()))
    assert seen
    assert not any(seen)

    def refused(_count: int) -> None:
        with pytest.raises(Conflict):
            other.rebuild()

    indexer.rebuild(report=refused)
    other.rebuild()


def test_the_right_of_an_indexer_that_died_ends(
    indexer: Indexer,
    index: Index,
    clock: SettableClock,
    places: Sessions,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead = Indexer(places, index, clock, "dead")
    monkeypatch.setattr(dead, "_let_go", lambda: None)
    dead.rebuild()
    with pytest.raises(Conflict):
        indexer.rebuild()
    clock.advance(LEASE_LENGTH)
    indexer.rebuild()


def test_a_crash_half_way_leaves_the_old_index_answering(
    indexer: Indexer, index: Index, look: Look
) -> None:
    indexer.rebuild()

    def half(entries: list[Entry]) -> Iterator[Entry]:
        yield from entries
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        index.rebuild(half([]), report=lambda _count: None)
    assert look("三营镇").total > 0
    assert not look("三营镇").without_index


def test_changes_that_come_while_it_is_made_anew_are_not_lost(
    office: Office, indexer: Indexer, clock: SettableClock, look: Look
) -> None:
    done: list[int] = []

    def publish_once(_count: int) -> None:
        if not done:
            done.append(1)
            office.publish(OCTOBER, now=clock.now())

    indexer.rebuild(report=publish_once)
    indexer.catch_up()
    assert len(titles(look("东塬村委会2026年"))) == 1


@ONLY_FILES
def test_the_files_are_private_and_old_ones_are_removed(indexer: Indexer, index: FileIndex) -> None:
    indexer.rebuild()
    indexer.rebuild()
    folders = [path for path in index.folder.iterdir() if path.is_dir()]
    assert len(folders) == 1
    for path in (index.folder, *folders):
        assert path.stat().st_mode & 0o777 == 0o700
    assert (folders[0] / "index.db").stat().st_mode & 0o077 == 0


@ONLY_FILES
@pytest.mark.parametrize("spoiled", ["pointer", "database", "gone", "format"])
def test_a_broken_index_is_made_anew(
    indexer: Indexer, index: FileIndex, clock: SettableClock, look: Look, spoiled: str
) -> None:
    indexer.catch_up()
    (database,) = index.folder.glob("*/index.db")
    if spoiled == "pointer":
        (index.folder / "current").write_text("../../etc")
    elif spoiled == "database":
        database.write_bytes(b"not a database" * 1000)
    elif spoiled == "gone":
        database.unlink()
    else:
        data = bytearray(database.read_bytes())
        data[60:64] = (999).to_bytes(4)
        database.write_bytes(data)
    assert look("三营").without_index
    clock.advance(timedelta(minutes=2))
    indexer.catch_up()
    assert not look("三营").without_index


def test_no_row_of_a_list_is_ever_read_for_the_index(
    office: Office, indexer: Indexer, clock: SettableClock, places: Sessions, look: Look
) -> None:
    office.publish(OCTOBER, now=clock.now())
    asked: list[str] = []
    event.listen(
        places.engine, "before_cursor_execute", lambda _c, _k, text, *_: asked.append(text)
    )
    indexer.rebuild()
    indexer.catch_up()
    assert asked
    assert not [text for text in asked if "notice_rows" in text or "household" in text]
    for name in ("王秀英", "尉迟敬德", "尉迟", "欧阳兰", "wangxiuying", "yuchijingde"):
        assert look(name).total == 0


@ONLY_FILES
def test_no_name_stands_in_the_files(
    office: Office, indexer: Indexer, index: FileIndex, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    indexer.rebuild()
    held = b"".join(path.read_bytes() for path in index.folder.glob("*/*"))
    for name in ("王秀英", "欧阳", "尉迟"):
        assert name.encode() not in held
        for char in name[:1]:
            assert f"{ord(char):06x}{ord(name[1]):06x}".encode() not in held
    assert "东塬村委会".encode() in held


def test_notes_are_few_and_name_no_person(
    office: Office, clock: SettableClock, places: Sessions
) -> None:
    with places.writing() as session:
        session.execute(delete(Change))
    ids = office.publish(OCTOBER, now=clock.now())
    with places.reading() as session:
        keys = set(session.scalars(select(Change.key)))
    assert keys == {f"notice:{notice_id}" for notice_id in ids}


def test_the_folder_is_in_the_data_folder(index: Index, tmp_path: Path) -> None:
    if isinstance(index, FileIndex):
        assert index.folder == tmp_path / "search"
