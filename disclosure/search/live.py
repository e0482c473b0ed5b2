"""What is live 现时状态: what the index points at, as the database has it at this instant.

Read in columns, because a page of results is looked up for each query and never kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from disclosure.catalogue import kind_of
from disclosure.documents.queries import DocumentCard, list_current_documents
from disclosure.lifecycle import PUBLIC, state_at
from disclosure.models import IS_CURRENT, Notice, NoticeVersion
from disclosure.queries import STATE_COLUMNS, NoticeCard, PlaceRef, facts_of
from disclosure.search.entries import Section
from portal.data.regions import SIGNIFICANT_DIGITS, Region
from portal.kernel.period import parse_period

Path = tuple[PlaceRef, ...]


@dataclass(frozen=True)
class Found:
    """One result; ``similar`` says that it is found only if one letter of the query is wrong."""

    section: Section
    path: Path
    similar: bool = False
    notice: NoticeCard | None = None
    document: DocumentCard | None = None


def list_live(
    session: Session, keys: Sequence[tuple[bool, str]], *, now: datetime
) -> tuple[Found, ...]:
    """Return what is public now of the entries ``keys`` (similar, key), in their order."""
    names = {
        section: [
            key.removeprefix(section.prefix) for _, key in keys if key.startswith(section.prefix)
        ]
        for section in Section
    }
    rows = _notices(session, names[Section.NOTICES])
    documents = _documents(session, names[Section.DOCUMENTS])
    codes = [*names[Section.PLACES], *(row.region_code for row in rows)]
    codes += [card.place.code for card in documents]
    paths = read_paths(session, codes)
    found = {
        f"{Section.PLACES.prefix}{code}": Found(Section.PLACES, paths[code])
        for code in names[Section.PLACES]
        if code in paths
    }
    for row in rows:
        card = _card(session, row, paths[row.region_code][-1], now)
        if card.state in PUBLIC:
            one = Found(Section.NOTICES, paths[row.region_code], notice=card)
            found[f"{Section.NOTICES.prefix}{row.id}"] = one
    for document in documents:
        one = Found(Section.DOCUMENTS, paths[document.place.code], document=document)
        found[f"{Section.DOCUMENTS.prefix}{document.id}"] = one
    return tuple(_marked(found[key], similar) for similar, key in keys if key in found)


def _marked(found: Found, similar: bool) -> Found:
    return Found(found.section, found.path, similar, found.notice, found.document)


def _notices(session: Session, ids: Sequence[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    if not ids:
        return []
    query = (
        select(
            *(Notice.id, Notice.kind, Notice.region_code, Notice.period, Notice.first_on),
            *STATE_COLUMNS,
            *(NoticeVersion.title, NoticeVersion.households),
            *(NoticeVersion.persons, NoticeVersion.amount_fen),
        )
        .join(NoticeVersion, IS_CURRENT)
        .where(Notice.id.in_(ids), Notice.published_at.is_not(None))
    )
    return session.execute(query).all()


def _card(
    session: Session, row: Row[*tuple[Any, ...]], place: PlaceRef, now: datetime
) -> NoticeCard:
    return NoticeCard(
        id=row.id,
        kind=row.kind,
        title=row.title,
        state=state_at(facts_of(row), now),
        place=place,
        period=parse_period(row.period),
        posted_from=row.posted_from or row.first_on,
        posted_to=row.posted_to,
        households=row.households,
        persons=row.persons,
        amount_fen=row.amount_fen,
        of_kind=kind_of(row.kind, session),
    )


def _documents(session: Session, ids: Sequence[str]) -> list[DocumentCard]:
    if not ids:
        return []
    return [card for card in list_current_documents(session) if card.id in ids]


def read_paths(session: Session, codes: Sequence[str]) -> dict[str, Path]:
    """Return for each place that there is the places from the top down to it, in few questions."""
    region = Region
    columns = (region.code, region.name, region.pinyin, region.initials, region.parent_code)
    places: dict[str, PlaceRef] = {}
    parents: dict[str, str | None] = {}
    # Codes nearly always say what lies above; where they do not, the parents are asked for.
    wanted = {_above(code, digits) for code in codes for digits in SIGNIFICANT_DIGITS.values()}
    while wanted:
        for *ref, parent in session.execute(select(*columns).where(region.code.in_(wanted))):
            places[ref[0]], parents[ref[0]] = PlaceRef(*ref), parent
        wanted = {code for code in parents.values() if code is not None and code not in places}
    return {code: _path(places, parents, code) for code in codes if code in places}


def _above(code: str, digits: int) -> str:
    return code[:digits].ljust(len(code), "0")


def _path(places: dict[str, PlaceRef], parents: dict[str, str | None], code: str | None) -> Path:
    path: list[PlaceRef] = []
    while code is not None:
        path.append(places[code])
        code = parents[code]
    return tuple(reversed(path))
