"""Recall and precision are 100 % against substring search, for Chinese of any length."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure.search.asked import parse_query
from disclosure.search.entries import Entry, Section, place_position
from disclosure.search.file_index import FileIndex
from disclosure.search.finding import is_meant
from disclosure.search.index import Index, Reader
from disclosure.search.opening import open_index
from disclosure.search.terms import Text, Wanted
from portal.data.session import Sessions
from portal.kernel.text import is_han

LONGEST = 6
SAMPLE = 500


def substrings(entry: Entry) -> Iterator[str]:
    """Yield every Chinese text of one to six characters in the entry, as substring search would.

    A place is found only by what reaches into its own name.
    """
    for start in range(len(entry.text)):
        for end in range(start + 1, min(len(entry.text), start + LONGEST) + 1):
            if not is_han(entry.text[end - 1]):
                break
            if end > entry.own_from[0]:
                yield entry.text[start:end]


def by_substring(entries: Iterable[Entry]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for text in substrings(entry):
            found[text].add(entry.key)
    return found


def by_search(reader: Reader, query: str) -> set[str]:
    asked = parse_query(query)
    wanted = asked.wanted()
    words = [word.terms for word in asked.words]
    found = {one.key for one in reader.list_places(wanted) if is_meant(one, words)}
    assert sorted(found) == sorted(reader.list_named(wanted, asked.words[0].run))
    for section in (Section.NOTICES, Section.DOCUMENTS):
        found |= set(reader.list_keys(wanted, section, limit=100_000, offset=0))
    return found


@pytest.fixture(scope="session")
def demo_index(demo_entries: list[Entry], tmp_path_factory: pytest.TempPathFactory) -> FileIndex:
    index = FileIndex(tmp_path_factory.mktemp("search"))
    index.rebuild(demo_entries, report=lambda _count: None)
    return index


def test_the_demonstration_has_entries_of_every_kind(demo_entries: list[Entry]) -> None:
    sections = {
        section
        for entry in demo_entries
        for section in Section
        if entry.key.startswith(section.prefix)
    }
    assert {Section.PLACES, Section.NOTICES} <= sections
    assert len(demo_entries) > 940


def test_every_chinese_text_of_one_to_six_characters_of_the_demonstration(
    demo_entries: list[Entry], demo_index: FileIndex
) -> None:
    expected = by_substring(demo_entries)
    wrong = []
    with demo_index.reading() as reader:
        for query, keys in expected.items():
            if by_search(reader, query) != keys:
                wrong.append(query)
    assert len(expected) > 10_000
    assert wrong == []


def test_texts_that_stand_nowhere_are_found_nowhere(
    demo_entries: list[Entry], demo_index: FileIndex
) -> None:
    """Pairs that do stand somewhere are put together, so that each n-gram alone would be found."""
    expected = by_substring(demo_entries)
    pairs = sorted(text for text in expected if len(text) == 2)
    draw = random.Random(20261008)
    with demo_index.reading() as reader:
        for _ in range(SAMPLE):
            first = draw.choice(pairs)
            following = [pair for pair in pairs if pair[0] == first[1]]
            query = first + draw.choice(following)[1] if following else first
            assert by_search(reader, query) == expected.get(query, set()), query


@pytest.fixture
def both(demo_entries: list[Entry], sessions: Sessions, tmp_path: Path) -> Index:
    index = open_index(sessions, tmp_path)
    index.rebuild(demo_entries, report=lambda _count: None)
    return index


def test_a_sample_of_them_on_each_database(demo_entries: list[Entry], both: Index) -> None:
    expected = by_substring(demo_entries)
    with both.reading() as reader:
        for query in random.Random(7).sample(sorted(expected), SAMPLE):
            assert by_search(reader, query) == expected[query], query


def entry(key: str, text: str, number: int) -> Entry:
    return Entry(f"notice:{key}", (2 << 60) + number, text, " ", " ", ())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    texts=st.lists(st.text(alphabet="河沿沟村\n𠮷", max_size=12), max_size=8),
    query=st.text(alphabet="河沿沟村𠮷", min_size=1, max_size=6),
)
def test_adjacency_is_checked_whatever_the_texts_are(
    tmp_path: Path, texts: list[str], query: str
) -> None:
    index = FileIndex(tmp_path / "adjacency")
    entries = [entry(str(n), text, n) for n, text in enumerate(texts)]
    index.rebuild(entries, report=lambda _count: None)
    wanted = Wanted(((Text(query),),))
    with index.reading() as reader:
        found = reader.list_keys(wanted, Section.NOTICES, limit=100, offset=0)
        assert reader.count(wanted, Section.NOTICES, most=100) == len(found)
        assert reader.count(wanted, Section.NOTICES, most=2) == min(len(found), 2)
    assert found == [one.key for one in entries if query in one.text]


def test_titles_are_in_the_index_as_they_stand(demo_entries: list[Entry]) -> None:
    for one in demo_entries:
        if one.key.startswith(Section.NOTICES.prefix):
            assert re.search(r"最低生活保障|临时救助|特困人员|低保边缘|电费补贴", one.text)


def test_positions_keep_places_before_their_villages() -> None:
    assert place_position(2, "640402000000") < place_position(4, "640402100200")
