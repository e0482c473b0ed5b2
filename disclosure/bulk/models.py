"""Tables of bulk approval 批量审批: a sitting, and what became of each list in it.

Both are kept for a day; what lasts is the audit log.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.data.base import Base


class SittingState(StrEnum):
    """Where a sitting stands."""

    OPEN = "open"  # 正在查看
    RUNNING = "running"  # 正在办理
    DONE = "done"  # 办理完毕


class Decision(StrEnum):
    """What is decided on all lists of a sitting alike."""

    APPROVE = "approve"  # 审批发布
    RETURN = "return"  # 退回


class Outcome(StrEnum):
    """What became of one list."""

    WAITING = "waiting"  # 等待办理
    APPROVED = "approved"  # 已审批
    RETURNED = "returned"  # 已退回
    REFUSED = "refused"  # 未能办理


class Sitting(Base):
    """Lists that one person chose to decide on together.

    ``sample`` holds the rows that were drawn last, each as (notice, row), with the ``seed``.
    """

    __tablename__ = "sittings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[SittingState]
    decision: Mapped[Decision | None]
    reason: Mapped[str] = mapped_column(String(400), default="")
    seed: Mapped[str] = mapped_column(String(32), default="")
    sample: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class SittingItem(Base):
    """One list of a sitting, with the digest that stood on the page it was chosen on."""

    __tablename__ = "sitting_items"

    sitting_id: Mapped[str] = mapped_column(
        ForeignKey("sittings.id", ondelete="CASCADE"), primary_key=True
    )
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), primary_key=True)
    position: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.WAITING)
    notices: Mapped[int] = mapped_column(default=0)
    message: Mapped[str] = mapped_column(String(400), default="")
    params: Mapped[dict[str, Any]]
