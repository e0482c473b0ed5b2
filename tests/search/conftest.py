"""What the tests of search share: an index over the test's database, an indexer, an office."""

import shutil
from pathlib import Path

import pytest

from disclosure.search.entries import Entry
from disclosure.search.index import Index
from disclosure.search.indexer import Indexer
from disclosure.search.opening import open_index
from disclosure.search.sources import all_entries
from portal.data.keyfiles import load_keys
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SettableClock, SystemClock
from tests.disclosure.lists import Office


@pytest.fixture
def office(places: Sessions, tmp_path: Path) -> Office:
    """An office in 三营镇 on the test's database; it has the keys that the application loads."""
    return Office(places, load_keys(tmp_path / "secrets"))


@pytest.fixture
def index(places: Sessions, tmp_path: Path) -> Index:
    """The index that the application on the test's database looks into; not made yet."""
    return open_index(places, tmp_path)


@pytest.fixture
def indexer(places: Sessions, index: Index, clock: SettableClock) -> Indexer:
    """The one indexer of the test's installation."""
    return Indexer(places, index, clock, "the test")


@pytest.fixture(scope="session")
def demo_entries(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Every entry of the small demonstration: all places of 固原市, notices, documents."""
    folder = tmp_path_factory.mktemp("demo-entries")
    for name in ("portal.db", "portal.db-wal"):
        if (demo_folder / name).exists():
            shutil.copyfile(demo_folder / name, folder / name)
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    with Sessions(engine).reading() as session:
        entries = list(all_entries(session, now=SystemClock().now()))
    engine.dispose()
    return entries
