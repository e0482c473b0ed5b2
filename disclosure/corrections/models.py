"""The table of corrections 更正: a further version of a notice, from draft to approval."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice
from disclosure.reviewed import Reviewed
from portal.data.base import Base

OPEN = (SubmissionState.DRAFT, SubmissionState.SUBMITTED)
"""In which states a correction is on its way."""


class Correction(Reviewed, Base):
    """A correction 更正 of a notice on display; ``version`` is what it would make of it.

    That version's text and rows stand in the notice's own tables from the draft on; residents see
    them when ``Notice.version`` says so. A notice has one open correction at a time.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        Index(
            "uq_corrections_open",
            "notice_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'submitted')"),
            postgresql_where=text("state IN ('draft', 'submitted')"),
        ),
        CheckConstraint("version > 1", name="after_the_first"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), index=True)
    version: Mapped[int]
    urgent: Mapped[bool] = mapped_column(default=False)
    digest: Mapped[str] = mapped_column(String(64))

    notice: Mapped[Notice] = relationship()
