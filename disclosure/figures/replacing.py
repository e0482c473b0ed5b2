"""Replacing 更正: a later set names figures anew; the log says so of the sets that had them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.figures.contents import set_digest
from disclosure.figures.models import FigureSet, PublishedFigure
from disclosure.figures.numbers import Figure
from disclosure.lifecycle import SubmissionState
from disclosure.log.entries import CORRECT
from disclosure.reviewing import LoggedMatter, log_event

LOG_KIND = "figures"


def replace_older(session: Session, set_id: str, figures: Sequence[Figure]) -> list[FigureSet]:
    """Let ``figures`` of the set take the place of those of the same names.

    Returns the sets whose those were, by their ids; each has a further version.
    """
    keys = {figure.key for figure in figures}
    query = (
        select(PublishedFigure)
        .join(FigureSet, FigureSet.id == PublishedFigure.set_id)
        .where(
            FigureSet.state == SubmissionState.APPROVED,
            PublishedFigure.replaced_by.is_(None),
            PublishedFigure.set_id != set_id,
            PublishedFigure.source_id.in_({figure.source for figure in figures}),
        )
    )
    changed: set[str] = set()
    for row in session.scalars(query):
        if (row.source_id, row.region_code, row.period, row.programme, row.measure) in keys:
            row.replaced_by = set_id
            changed.add(row.set_id)
    session.flush()
    older = [session.get_one(FigureSet, one) for one in sorted(changed)]
    for one in older:
        one.version += 1
        one.digest = set_digest(session, one.id)
    return older


def log_correction(session: Session, corrected: FigureSet, *, now: datetime) -> None:
    """Log that figures of a set no longer hold 更正; ``prev`` is the entry that said they did."""
    matter = LoggedMatter(
        corrected.id,
        LOG_KIND,
        corrected.version,
        corrected.region_code,
        corrected.digest,
        corrected.log_index,
    )
    corrected.log_index = log_event(session, CORRECT, matter, now=now)
