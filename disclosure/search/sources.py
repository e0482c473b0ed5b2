"""What is indexed 索引来源: places, notices and documents as entries, read from the database.

Only titles, names of places, kinds, months and the texts of documents: no row of a list is ever
read here. Loaded by whoever writes the index alone, because it needs the dictionary of readings.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from disclosure.catalogue import kind_of
from disclosure.documents.kinds import KIND_FACTS, PROGRAMMES
from disclosure.documents.queries import DocumentCard, list_current_documents
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import OVER, PUBLIC, next_change_at, state_at
from disclosure.models import IS_CURRENT, Notice, NoticeVersion
from disclosure.queries import STATE_COLUMNS, facts_of
from disclosure.search.entries import (
    Entry,
    Lines,
    Name,
    Section,
    dated_position,
    document_order,
    joined,
    place_entry,
    write_lines,
    write_path,
)
from disclosure.search.terms import any_year_tag, area_tag, kind_tag, month_tag
from disclosure.search.writing import written
from disclosure.wording import kind_words
from portal.data.regionfiles import place_pinyin
from portal.data.regions import Level, Region, code_prefix
from portal.kernel.clock import local_date
from portal.kernel.language import DEFAULT_LOCALE, translate
from portal.kernel.period import parse_period

AT_ONCE = 500
NOTHING = Lines("", "", "")
LONGEST_PERIOD_MONTHS = 24
# What people call a programme, beside its full name.
PROGRAMME_NAMES: dict[str, tuple[str, ...]] = {
    "最低生活保障": ("低保",),
    "特困人员救助供养": ("特困", "五保"),
    "临时救助": (),
}


class Paths:
    """The places with their names from the top down, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._regions: dict[str, Region] = {}
        self._paths: dict[str, tuple[Region, ...]] = {}
        self._lines: dict[str, Lines] = {}
        self._tags: dict[str, tuple[str, ...]] = {}

    def load_all(self) -> list[Region]:
        """Read every place at once."""
        self._regions = {region.code: region for region in self._session.scalars(select(Region))}
        return list(self._regions.values())

    def of(self, code: str) -> tuple[Region, ...]:
        """Return the places from the top down to ``code``."""
        if code not in self._paths:
            region = self._regions.get(code) or self._session.get_one(Region, code)
            above = self.of(region.parent_code) if region.parent_code else ()
            self._regions[code] = region
            self._paths[code] = (*above, region)
        return self._paths[code]

    def kind(self, name: str) -> NoticeKind:
        """Return the kind of a notice; those of counties are read once."""
        return kind_of(name, self._session)

    def lines(self, code: str) -> Lines:
        """Return the full name of the place as it is written."""
        if code not in self._lines:
            self._lines[code] = write_path(map(_name, self.of(code)))
        return self._lines[code]

    def tags(self, code: str) -> tuple[str, ...]:
        """Return the tags of everything in the place: each area that it lies in."""
        if code not in self._tags:
            areas = (code_prefix(region.code) for region in self.of(code))
            self._tags[code] = tuple(map(area_tag, areas))
        return self._tags[code]


def _name(region: Region) -> Name:
    return Name(region.name, tuple(region.pinyin.split()), region.initials)


def all_entries(session: Session, *, now: datetime) -> Iterator[Entry]:
    """Yield the entry of everything that is public at ``now``."""
    paths = Paths(session)
    for region in paths.load_all():
        yield _place(region, paths)
    for row in session.execute(_notices()):
        yield from _notice(row, paths, now)
    for card in list_current_documents(session):
        yield _document(card, paths)


def entries_of(session: Session, keys: Iterable[str], *, now: datetime) -> list[Entry]:
    """Return the entries of what ``keys`` name; what is not public has none."""
    paths = Paths(session)
    found: list[Entry] = []
    by_section = _by_section(keys)
    for codes in _portions(by_section[Section.PLACES]):
        regions = session.scalars(select(Region).where(Region.code.in_(codes)))
        found += [_place(region, paths) for region in regions]
    for ids in _portions(by_section[Section.NOTICES]):
        for row in session.execute(_notices().where(Notice.id.in_(ids))):
            found += _notice(row, paths, now)
    documents = set(by_section[Section.DOCUMENTS])
    if documents:
        cards = list_current_documents(session)
        found += [_document(card, paths) for card in cards if card.id in documents]
    return found


def _by_section(keys: Iterable[str]) -> dict[Section, list[str]]:
    found: dict[Section, list[str]] = {section: [] for section in Section}
    for key in keys:
        for section in Section:
            if key.startswith(section.prefix):
                found[section].append(key.removeprefix(section.prefix))
    return found


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _place(region: Region, paths: Paths) -> Entry:
    above = paths.lines(region.parent_code) if region.parent_code else NOTHING
    return place_entry(
        above,
        paths.lines(region.code),
        code=region.code,
        level=list(Level).index(region.level),
        tags=paths.tags(region.code),
    )


def _notices() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(Notice.id, Notice.kind, Notice.region_code, Notice.period, *STATE_COLUMNS),
            NoticeVersion.title,
        )
        .join(NoticeVersion, IS_CURRENT)
        .where(Notice.published_at.is_not(None))
    )


def _notice(row: Row[Any], paths: Paths, now: datetime) -> list[Entry]:
    facts = facts_of(row)
    state = state_at(facts, now)
    if state not in PUBLIC:
        return []
    lines = joined(_title_lines(row.title, paths.kind(row.kind)), paths.lines(row.region_code))
    on = local_date(row.published_at)
    return [
        Entry(
            key=f"{Section.NOTICES.prefix}{row.id}",
            position=dated_position(
                Section.NOTICES, over=state in OVER, on=on, code=row.region_code
            ),
            text=lines.text,
            sounds=lines.sounds,
            initials=lines.initials,
            tags=(*paths.tags(row.region_code), kind_tag(row.kind), *_period_tags(row.period)),
            changes_at=next_change_at(facts, now),
        )
    ]


def _title_lines(title: str, kind: NoticeKind) -> Lines:
    """Write a notice's title, and what its kind is called where the title does not say it."""
    words, english = _kind_words(kind)
    # What stands twice in an entry makes every search for it slower.
    texts = (title, *(word.text for word in words if word.text not in title), *english)
    return Lines("\n".join(map(_written_once, texts)), *_kind_sounds(kind))


_written_once = lru_cache(maxsize=200)(written)


@cache
def _kind_words(kind: NoticeKind) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """Return what a kind of notice is called: in Chinese with the readings, and in English."""
    named, own = partial(translate, DEFAULT_LOCALE), kind.own_name("en")
    word = kind_words(kind, DEFAULT_LOCALE, named)
    words = (kind.subject, word, *_programme_names(kind.programme))
    english = (own or kind.word, kind.heading % {"place": "", "period": "", "programme": own})
    return tuple(map(spelled, dict.fromkeys(words))), english


@cache
def _kind_sounds(kind: NoticeKind) -> tuple[str, str]:
    lines = write_lines((), _kind_words(kind)[0])
    return lines.sounds, lines.initials


def _document(card: DocumentCard, paths: Paths) -> Entry:
    key = f"{Section.DOCUMENTS.prefix}{card.id}"
    on = local_date(card.published_at)
    word = KIND_FACTS[card.kind].word
    names = (card.title, translate(DEFAULT_LOCALE, word), *_programme_names(card.programme))
    texts = (card.text, word, PROGRAMMES.get(card.programme, ""))
    lines = joined(
        write_lines(texts, map(spelled, dict.fromkeys(names))), paths.lines(card.place.code)
    )
    return Entry(
        key=key,
        position=dated_position(Section.DOCUMENTS, over=False, on=on, code=document_order(key)),
        text=lines.text,
        sounds=lines.sounds,
        initials=lines.initials,
        tags=(
            *paths.tags(card.place.code),
            kind_tag(card.kind),
            month_tag(on.year, on.month),
            any_year_tag(on.month),
        ),
    )


def _programme_names(programme: str) -> tuple[str, ...]:
    return (programme, *PROGRAMME_NAMES.get(programme, ())) if programme else ()


@cache
def spelled(text: str) -> Name:
    """Return a Chinese word with its reading."""
    syllables = tuple(
        syllable if syllable.isascii() and syllable.isalpha() else ""
        for syllable in place_pinyin(text)
    )
    return Name(text, syllables, "".join(syllable[:1] for syllable in syllables))


@cache
def _period_tags(text: str) -> tuple[str, ...]:
    """Return the tags of the months that a period has days in."""
    period = parse_period(text)
    months = list(_months(period.first_on, period.last_on))[:LONGEST_PERIOD_MONTHS]
    tags = [month_tag(*month) for month in months]
    return (*tags, *sorted({any_year_tag(month) for _, month in months}))


def _months(first: date, last: date) -> Iterator[tuple[int, int]]:
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        yield year, month
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
