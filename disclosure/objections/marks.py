"""Marks 标记: which rows of a notice say 有异议，正在核查. Nothing else of a matter is public."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.objections.course import HOLDING
from disclosure.objections.models import RowMatter


def held_rows(session: Session, notice_id: str) -> frozenset[int]:
    """Return the numbers of the rows of a notice that are marked as being checked."""
    return frozenset(
        session.scalars(
            select(RowMatter.n).where(
                RowMatter.notice_id == notice_id,
                RowMatter.state.in_(tuple(HOLDING)),
                RowMatter.public_at.is_not(None),
            )
        )
    )
