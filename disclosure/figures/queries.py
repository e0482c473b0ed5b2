"""What is read of published figures 已公布数据: those that hold now, and files on their way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from disclosure.figures.funds import SetKind
from disclosure.figures.models import FigureSet, FigureSource, PublishedFigure
from disclosure.figures.numbers import UNITS, Figure
from disclosure.figures.periods import parse_figure_period
from disclosure.lifecycle import SubmissionState
from portal.data.accounts import Actor
from portal.data.regions import code_prefix
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class Source:
    """A source as a page cites it."""

    id: str
    title: str
    publisher: str
    published: str
    url: str


@dataclass(frozen=True)
class SetLine:
    """A file of figures in the desk's list."""

    id: str
    state: SubmissionState
    file_name: str
    created_at: datetime
    count: int


def figure_of(row: PublishedFigure) -> Figure:
    """Return a stored figure as a value."""
    return Figure(
        source=row.source_id,
        region_code=row.region_code,
        region=row.region,
        period=parse_figure_period(row.period),
        programme=row.programme,
        measure=row.measure,
        number=row.number,
        scale=row.scale,
        unit=UNITS[row.unit],
        note=row.note,
        withheld=row.withheld,
    )


def list_current_figures(
    session: Session, kind: SetKind | None = None, *, place: str = ""
) -> tuple[Figure, ...]:
    """Return the figures that hold now, in the order in which they were brought in.

    Given ``kind``, only those of such sets: printed ones, or fund figures. Given the code of a
    ``place``, only those of that very place.
    """
    query = (
        select(PublishedFigure)
        .join(FigureSet, FigureSet.id == PublishedFigure.set_id)
        .where(
            FigureSet.state == SubmissionState.APPROVED,
            PublishedFigure.replaced_by.is_(None),
        )
        .order_by(FigureSet.decided_at, FigureSet.id, PublishedFigure.n)
    )
    if kind is not None:
        query = query.where(FigureSet.kind == kind)
    if place:
        query = query.where(PublishedFigure.region_code == place)
    return tuple(figure_of(row) for row in session.scalars(query))


def list_sources(session: Session) -> tuple[Source, ...]:
    """Return every source, by id."""
    query = select(FigureSource).order_by(FigureSource.id)
    return tuple(
        Source(row.id, row.title, row.publisher, row.published, row.url)
        for row in session.scalars(query)
    )


def get_figure_set(session: Session, actor: Actor, set_id: str) -> FigureSet:
    """Return a file of the actor's area, locked for the transaction; raises NotFound."""
    actor.require(Permission.VIEW_LISTS)
    found = session.get(FigureSet, set_id, with_for_update=True)
    if found is None or not actor.covers(found.region_code):
        raise NotFound(N_("There is no such file of figures in your area."))
    return found


def find_published_set(session: Session, set_id: str) -> FigureSet | None:
    """Return a file that was approved, None for any other."""
    found = session.get(FigureSet, set_id)
    return found if found is not None and found.state is SubmissionState.APPROVED else None


def list_figures_of(session: Session, set_id: str) -> Sequence[PublishedFigure]:
    """Return a file's figures in their order."""
    query = (
        select(PublishedFigure).where(PublishedFigure.set_id == set_id).order_by(PublishedFigure.n)
    )
    return session.scalars(query).all()


def list_figure_sets(session: Session, actor: Actor, *, limit: int = 100) -> list[SetLine]:
    """Return the newest files of the actor's area, those that wait for approval first."""
    actor.require(Permission.VIEW_LISTS)
    count = select(func.count()).where(PublishedFigure.set_id == FigureSet.id).scalar_subquery()
    query = (
        select(FigureSet, count)
        .where(FigureSet.state != SubmissionState.DISCARDED)
        .order_by(
            (FigureSet.state == SubmissionState.SUBMITTED).desc(), FigureSet.created_at.desc()
        )
        .limit(limit)
    )
    if actor.region_code is not None:
        query = query.where(FigureSet.region_code.startswith(code_prefix(actor.region_code)))
    return [
        SetLine(found.id, found.state, found.file_name, found.created_at, number)
        for found, number in session.execute(query)
    ]
