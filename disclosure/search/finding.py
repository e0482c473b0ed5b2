"""Finding 检索: one page of results for a query, checked against the database before it is shown.

The index may be a moment behind, so it only says where to look: what is shown, and in which state,
is read from the database at that instant, and what is not public there is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from disclosure.search.asked import Asked, Filters, Word
from disclosure.search.entries import Entry, Section
from disclosure.search.index import Index, IndexUnavailableError, Reader
from disclosure.search.live import Found, list_live, read_paths
from disclosure.search.terms import AnyOf, Tag, Text, Wanted, area_tag, holds, kind_tag
from portal.data.regions import Region, code_prefix

PAGE = 20
LAST_PAGE = 5000
# How far results are counted beyond the page that is looked at: the commonest words are in all of
# them, and nobody asks how many more than a thousand there are.
COUNTED = 1000
MOST_WITHOUT_INDEX = 50
EVERYWHERE = Filters()


@dataclass(frozen=True)
class Results:
    """One page of results, and how many there are in each section."""

    found: tuple[Found, ...] = ()
    counts: dict[Section, int] = field(default_factory=dict)
    page: int = 1
    pages: int = 1
    suggestion: str | None = None
    without_index: bool = False
    counted: int = COUNTED

    @property
    def total(self) -> int:
        """How many results there are in all sections."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Run:
    """Results that follow one another: those of one section, as typed or similar."""

    section: Section
    similar: bool
    count: int
    keys: Callable[[int, int], Sequence[str]]


@dataclass(frozen=True)
class Question:
    """What is asked for, and which page of it; ``only`` one section, or all."""

    asked: Asked
    filters: Filters = EVERYWHERE
    only: Section | None = None
    page: int = 1

    def __bool__(self) -> bool:
        return bool(self.asked.words or self.filters)


def find(session: Session, index: Index, question: Question, *, now: datetime) -> Results:
    """Return one page of results; without an index, of places alone."""
    if not question:
        return Results()
    try:
        with index.reading() as reader:
            results, shown = _look_up(reader, question)
    except IndexUnavailableError:
        return _without_index(session, question)
    found = list_live(session, [(run.similar, key) for run, key in shown], now=now)
    return replace(results, found=found)


def _look_up(reader: Reader, question: Question) -> tuple[Results, list[tuple[Run, str]]]:
    """Return the figures, and the keys of the page that is asked for."""
    runs = list(_runs(reader, question))
    counts = dict.fromkeys(Section, 0)
    for run in runs:
        counts[run.section] += run.count
    chosen = [run for run in runs if question.only in (None, run.section)]
    total = sum(run.count for run in chosen)
    pages = min(max(1, -(-total // PAGE)), LAST_PAGE)
    page = min(max(1, question.page), pages)
    shown = list(_page_of(chosen, (page - 1) * PAGE))
    suggestion = None if any(counts.values()) else _suggestion(reader, question)
    return Results((), counts, page, pages, suggestion, counted=_most(question)), shown


def _most(question: Question) -> int:
    return min(max(1, question.page), LAST_PAGE) * PAGE + COUNTED


def _page_of(runs: Sequence[Run], offset: int) -> Iterator[tuple[Run, str]]:
    left = PAGE
    for run in runs:
        if left and offset < run.count:
            keys = run.keys(offset, min(left, run.count - offset))
            yield from ((run, key) for key in keys)
            left -= min(left, run.count - offset)
        offset = max(0, offset - run.count)


def _runs(reader: Reader, question: Question) -> Iterator[Run]:
    asked, tags = question.asked, _tags(question.filters)
    most = _most(question)
    wanted = asked.wanted(tags)
    runs = [_run(reader, section, asked, wanted, most=most) for section in Section]
    similar = asked.similar(tags)
    # Where a page is filled by what was typed, nobody looks for what is only like it.
    if similar is not None and sum(run.count for run in runs) < PAGE:
        runs += [
            _run(reader, section, asked, similar, most=most, similar=True) for section in Section
        ]
    yield from sorted(runs, key=lambda run: (run.section, run.similar))


def _run(
    reader: Reader,
    section: Section,
    asked: Asked,
    wanted: Wanted,
    *,
    most: int,
    similar: bool = False,
) -> Run:
    if section is Section.PLACES:
        return _run_of_places(reader, asked, wanted, is_similar=similar)

    def keys(offset: int, limit: int) -> list[str]:
        return reader.list_keys(wanted, section, limit=limit, offset=offset)

    return Run(section, similar, reader.count(wanted, section, most=most), keys)


def _run_of_places(reader: Reader, asked: Asked, wanted: Wanted, *, is_similar: bool) -> Run:
    """Return the places whose own name is meant: a county's name does not find its villages."""
    words = [word.similar_terms if is_similar else word.terms for word in asked.words]
    run = _only_text(words)
    keys = reader.list_named(wanted, run) if run else _list_meant(reader, asked, wanted, words)
    return Run(
        Section.PLACES, is_similar, len(keys), lambda offset, limit: keys[offset : offset + limit]
    )


def _list_meant(reader: Reader, asked: Asked, wanted: Wanted, words: Sequence[AnyOf]) -> list[str]:
    entries = [entry for entry in reader.list_places(wanted) if is_meant(entry, words)]
    # The reader's order, which sorting keeps where two names are as close: the highest level first.
    return [entry.key for entry in sorted(entries, key=lambda entry: _distance(entry, asked.words))]


def _only_text(words: Sequence[AnyOf]) -> str:
    """Return the run of characters that is all that is asked for, if it is."""
    match words:
        case [(Text(run),)]:
            return run
    return ""


def is_meant(entry: Entry, words: Sequence[AnyOf]) -> bool:
    """Tell whether one of ``words`` reaches into the place's own name."""
    return any(
        holds(terms, entry.text, entry.sounds, entry.initials, from_at=entry.own_from)
        for terms in words
    )


def _distance(entry: Entry, words: Sequence[Word]) -> int:
    """Return how far a place's name is from what was typed: 0 the same, 1 it begins so, 2 less."""
    return min((_distance_of(entry, word) for word in words), default=2)


def _distance_of(entry: Entry, word: Word) -> int:
    names = [entry.own_text]
    if word.spelled:
        names += ["".join(entry.own_syllables), entry.own_initials]
    begun = [name for name in names if name.startswith(word.run)]
    return 2 if not begun else word.run not in begun


def _tags(filters: Filters) -> tuple[Tag, ...]:
    names = (
        filters.area and area_tag(code_prefix(filters.area)),
        filters.kind and kind_tag(filters.kind),
        filters.month and f"m{filters.month.replace('-', '')}",
    )
    return tuple(Tag(name) for name in names if name)


def _suggestion(reader: Reader, question: Question) -> str | None:
    """Return the query as two words where the one that was typed is found nowhere."""
    tags = _tags(question.filters)
    for first, second in question.asked.halves():
        wanted = Asked((first, second)).wanted(tags)
        if any(reader.count(wanted, section, most=1) for section in Section):
            return f"{first.run} {second.run}"
    return None


def _without_index(session: Session, question: Question) -> Results:
    """Return places by their names alone, as the database finds them."""
    words = [word.run for word in question.asked.words if word.month is None]
    if not words or question.only not in (None, Section.PLACES):
        return Results(without_index=True)
    query = select(Region.code).order_by(Region.code).limit(MOST_WITHOUT_INDEX)
    for run in words:
        spelled = func.replace(Region.pinyin, " ", "").contains(run)
        query = query.where(Region.name.contains(run) | spelled | Region.initials.startswith(run))
    codes = list(session.scalars(query))
    paths = read_paths(session, codes)
    found = tuple(Found(Section.PLACES, paths[code]) for code in codes)
    return Results(found, {Section.PLACES: len(found)}, without_index=True)
