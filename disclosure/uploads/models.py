"""Tables of what waits at the desk 待办文件: files not yet lists, and what was learned of forms."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.data.base import Base


class WaitingState(StrEnum):
    """Where a file stands that is not a list yet."""

    QUEUED = "queued"  # 等待读取
    ASKING = "asking"  # 地区、种类或时间不清楚
    UNCLEAR = "unclear"  # 表头看不懂
    UNUSABLE = "unusable"  # 有问题，不能用
    STORED = "stored"  # 已成名单
    FAILED = "failed"  # 读不了


class Batch(Base):
    """Files that were dropped at once 批量报送."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"), index=True)


class WaitingFile(Base):
    """A file that is no list yet; it is kept sealed, for a few days at most."""

    __tablename__ = "waiting_files"
    __table_args__ = (Index("ix_waiting_files_batch", "batch_id", "number"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("batches.id"))
    number: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str] = mapped_column(String(200))
    file_digest: Mapped[str] = mapped_column(String(64))
    upload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    kind: Mapped[str | None] = mapped_column(String(40))
    period: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[WaitingState]
    repeated: Mapped[bool] = mapped_column(default=False)
    problems: Mapped[list[Any]]
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submissions.id"))
    created_at: Mapped[datetime] = mapped_column(index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class LearnedHeading(Base):
    """What a column of a township's own form holds 已学表头, as a clerk has said."""

    __tablename__ = "learned_headings"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    form: Mapped[str] = mapped_column(String(16), primary_key=True)
    heading: Mapped[str] = mapped_column(String(30), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(40))
    learned_at: Mapped[datetime]
    learned_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
