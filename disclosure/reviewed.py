"""What is reviewed 双人复核: the columns of everything that one prepares and another approves."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from disclosure.lifecycle import SubmissionState


class Reviewed:
    """Who prepared, submitted and decided on something, when, and why it was returned."""

    state: Mapped[SubmissionState] = mapped_column(index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    return_reason: Mapped[str] = mapped_column(String(400), default="")
