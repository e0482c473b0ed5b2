"""What is read to tell what is due 应公开事项: which places have published what of which period."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.documents.kinds import DocumentKind
from disclosure.documents.models import Document, DocumentVersion
from disclosure.figures.due import CHANGES, FUNDS, REPORTS, Due, list_due, period_due
from disclosure.figures.kinds import Cadence, kind_of
from disclosure.figures.models import FigureSet, FundPayment, PublishedFigure
from disclosure.lifecycle import SubmissionState
from disclosure.movements.models import ChangeSet
from portal.data.accounts import Actor
from portal.data.regions import Level, list_regions
from portal.kernel.clock import local_date
from portal.kernel.permissions import Permission

_Done = tuple[str, str, str]


def list_what_is_due(session: Session, actor: Actor, *, now: datetime) -> tuple[Due, ...]:
    """Return how it stands with every item that comes again, in the actor's area."""
    actor.require(Permission.VIEW_LISTS)
    levels = [Level.COUNTY, Level.TOWNSHIP]
    places = list_regions(session, levels, within=actor.region_code)
    done = {*_figures(session), *_funds(session), *_changes(session), *_reports(session)}
    return list_due(
        done, [(place.code, place.level.value) for place in places], today=local_date(now)
    )


def _figures(session: Session) -> Iterator[_Done]:
    query = (
        select(
            PublishedFigure.region_code,
            PublishedFigure.period,
            PublishedFigure.programme,
            PublishedFigure.measure,
        )
        .join(FigureSet, FigureSet.id == PublishedFigure.set_id)
        .where(FigureSet.state == SubmissionState.APPROVED)
        .distinct()
    )
    for code, period, programme, measure in session.execute(query):
        kind = kind_of(programme, measure)
        if kind is not None:
            yield kind.id, code, period


def _funds(session: Session) -> Iterator[_Done]:
    query = (
        select(FundPayment.region_code, FundPayment.period)
        .join(FigureSet, FigureSet.id == FundPayment.set_id)
        .where(FigureSet.state == SubmissionState.APPROVED)
        .distinct()
    )
    for code, period in session.execute(query):
        yield FUNDS, code, period


def _changes(session: Session) -> Iterator[_Done]:
    query = select(ChangeSet.region_code, ChangeSet.later_period).where(
        ChangeSet.published_at.is_not(None)
    )
    for code, period in session.execute(query):
        yield CHANGES, code, period


def _reports(session: Session) -> Iterator[_Done]:
    """Yield a report for the month before the one in which it was issued."""
    query = (
        select(Document.region_code, DocumentVersion.issued_on, Document.published_at)
        .join(
            DocumentVersion,
            (DocumentVersion.document_id == Document.id)
            & (DocumentVersion.version == Document.version),
        )
        .where(Document.kind == DocumentKind.REPORT, Document.withdrawn_at.is_(None))
    )
    for code, issued_on, published_at in session.execute(query):
        day = issued_on or (local_date(published_at) if published_at else None)
        if day is not None:
            yield REPORTS, code, period_due(Cadence.MONTHLY, day).text
