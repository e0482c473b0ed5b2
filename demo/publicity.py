"""Published figures and documents 已公布数据与政策宣传 of the demonstration.

The figures are real and cite their sources; the documents tell public rules in plain words of our
own. Both go through the services that staff use, as of some weeks ago.
"""

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from demo.offices import CITY
from demo.published import DATA
from demo.stage import Stage, Step
from demo.times import days_before
from disclosure.documents.kinds import DocumentKind
from disclosure.documents.queries import newest_version
from disclosure.documents.service import (
    DocumentFacts,
    NewFile,
    add_file,
    approve,
    create_document,
    submit,
)
from disclosure.documents.store import keep
from disclosure.figures.models import FigureSet
from disclosure.figures.service import (
    SourceFacts,
    approve_figures,
    bring_in_figures,
    describe_source,
    submit_figures,
)
from portal.data.accounts import OPERATOR, Unit
from portal.data.regionfiles import RegionRow
from portal.data.regions import Level

_FIGURES_DAYS_AGO, _DOCUMENTS_DAYS_AGO, _HELPERS_DAYS_AGO = 100, 95, 90
_SURNAMES = "马王李张杨刘陈苏海虎"
_FIRST_HELPER = 30001


def published_texts() -> list[str]:
    """Return what is published of figures and documents, in which no drawn name may stand."""
    files = ("documents.toml", "figure-sources.csv", "published-figures.csv")
    return [(DATA / name).read_text(encoding="utf-8") for name in files]


def publicity_steps(stage: Stage, places: Sequence[RegionRow]) -> Iterator[Step]:
    """Yield what was published beside the lists, as steps of the demonstration's past."""

    def figures(at: datetime) -> None:
        with stage.sessions.writing() as session:
            publish_figures(session, at)

    def documents(at: datetime) -> None:
        with stage.sessions.writing() as session:
            publish_documents(session, stage.data_folder, at)

    def helpers(at: datetime) -> None:
        with stage.sessions.writing() as session:
            publish_helpers(session, places, at)

    yield Step(days_before(stage.now, _FIGURES_DAYS_AGO, "09:30"), figures)
    yield Step(days_before(stage.now, _DOCUMENTS_DAYS_AGO, "10:00"), documents)
    yield Step(days_before(stage.now, _HELPERS_DAYS_AGO, "15:00"), helpers)


def publish_figures(session: Session, at: datetime) -> None:
    """Bring in the real figures with their sources, and approve them as the operator."""
    sources = (DATA / "figure-sources.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(sources)):
        describe_source(session, OPERATOR, SourceFacts(**row), now=at)
    name = "published-figures.csv"
    data = (DATA / name).read_bytes()
    set_id = bring_in_figures(session, OPERATOR, data, file_name=name, now=at)
    submit_figures(session, OPERATOR, set_id, now=at)
    digest = session.get_one(FigureSet, set_id).digest
    approve_figures(session, OPERATOR, set_id, digest, now=at)


def publish_documents(session: Session, data_folder: Path, at: datetime) -> None:
    """Publish the guides, policies, comics and help measures of the city."""
    region = session.get_one(Unit, CITY).region_code
    told = tomllib.loads((DATA / "documents.toml").read_text(encoding="utf-8"))
    for one in told["document"]:
        kind = DocumentKind(one["kind"])
        document_id = create_document(session, OPERATOR, kind, region, _facts(one), now=at)
        for file in one.get("file", ()):
            add_file(session, OPERATOR, document_id, _file(file, data_folder), now=at)
        _publish(session, document_id, at)


def _facts(one: dict[str, Any]) -> DocumentFacts:
    return DocumentFacts(
        title=one["title"],
        summary=one["summary"],
        programme=one["programme"],
        issuer=one["issuer"],
        reference=one.get("reference", ""),
        issued_on=one.get("issued_on"),
        body=one.get("body", ""),
        elements=one.get("elements", {}),
        rows=tuple(one.get("row", ())),
    )


def _file(file: dict[str, str], data_folder: Path) -> NewFile:
    with (DATA / "drawings" / file["drawing"]).open("rb") as drawing:
        media, digest, size = keep(data_folder, drawing)
    return NewFile(
        name=file["name"],
        media_type=media.media_type,
        size=size,
        digest=digest,
        width=media.width,
        height=media.height,
        text=file["text"],
    )


def _publish(session: Session, document_id: str, at: datetime) -> None:
    session.flush()
    submit(session, OPERATOR, document_id, now=at)
    digest = newest_version(session, document_id).digest
    approve(session, OPERATOR, document_id, digest, now=at)


def publish_helpers(session: Session, places: Sequence[RegionRow], at: datetime) -> None:
    """Publish each township's helpers 救助协理员; they are called 演示, as nobody is."""
    villages = [place for place in places if place.level is Level.VILLAGE]
    numbers = {village.code: number for number, village in enumerate(villages)}
    for township in (place for place in places if place.level is Level.TOWNSHIP):
        rows = tuple(
            {
                "region_code": village.code,
                "name": f"{_SURNAMES[numbers[village.code] % len(_SURNAMES)]}演示",
                "phone": f"0954-00{_FIRST_HELPER + numbers[village.code]:05d}",
            }
            for village in villages
            if village.parent == township.code
        )
        if not rows:
            continue
        facts = DocumentFacts(
            title=f"{township.name}村级救助协理员名单",
            summary="有困难先找他们：帮助代办，不收任何费用。",
            issuer=f"{township.name}民政办",
            rows=rows,
        )
        document_id = create_document(
            session, OPERATOR, DocumentKind.HELPERS, township.code, facts, now=at
        )
        _publish(session, document_id, at)
