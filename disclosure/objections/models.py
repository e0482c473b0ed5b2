"""The table of rows held back 异议核查: which row, since when, what was found.

No line says who objected, how many did, or what they wrote: that stands sealed in the cases of
complaints, which are found by notice and row, and not at all where the discipline office has them.
The row is copied when it is held back, because a list forgets its own rows on time, and the copy is
dropped with the decision.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.models import Notice
from disclosure.objections.course import Finding, MatterState
from portal.data.base import Base


class RowMatter(Base):
    """A row of a notice that is being checked 异议核查, or was.

    ``public_at`` is when the mark became public, None where residents never saw it. ``row_copy``
    holds the row's columns as they were stored, masked, with their digests; ``whole_name`` its
    sealed parcel where the board shows whole names. ``due_on`` is when a finding is due, and
    ``provisional`` says that the calendar of that year is not known yet.
    """

    __tablename__ = "row_matters"
    __table_args__ = (
        Index(
            "uq_row_matters_holding",
            "notice_id",
            "n",
            unique=True,
            sqlite_where=text("state IN ('open', 'found')"),
            postgresql_where=text("state IN ('open', 'found')"),
        ),
        Index("ix_row_matters_row", "notice_id", "n"),
        CheckConstraint(
            "state IN ('open', 'found') OR (row_copy IS NULL AND whole_name IS NULL)",
            name="copy_dropped",
        ),
        CheckConstraint(
            "state NOT IN ('found', 'decided') OR (finding IS NOT NULL AND reason IS NOT NULL)",
            name="finding_named",
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"))
    n: Mapped[int]
    state: Mapped[MatterState] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    public_at: Mapped[datetime | None]
    due_on: Mapped[date]
    provisional: Mapped[bool]
    row_copy: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    whole_name: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    finding: Mapped[Finding | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(400), default="")
    recorded_at: Mapped[datetime | None]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    return_reason: Mapped[str] = mapped_column(String(400), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    posted_again_as: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"))

    notice: Mapped[Notice] = relationship()
