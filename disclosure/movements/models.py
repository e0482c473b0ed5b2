"""Tables of additions and removals 增减情况: derived when a list replaces another, kept masked.

The rows of the list before are forgotten within a minute of its end (rules/masking.md), so what
changed is derived in the transaction that ends it, and only that much is kept: masked, with the
digest by which a move to another township is recognised, until its own notice has ended.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from disclosure.movements.comparing import Change
from portal.data.base import Base


class Outcome(StrEnum):
    """What came of comparing a list with the one that it replaces."""

    COMPARED = "compared"  # 已比对
    NOTHING_BEFORE = "nothing-before"  # 无上期名单
    DIFFERENT_KEYS = "different-keys"  # 密钥已更换，无法比对


class ChangeSet(Base):
    """What changed in one township from one standing list to the next 本期增减情况.

    ``not_compared`` names villages that one of the lists says nothing about, ``doubled`` the rows
    of households that stand on a list more than once. ``drafted_id`` is the file whose notices were
    drafted from it 增减公示; ``published_at`` and ``ended_at`` are theirs.
    """

    __tablename__ = "change_sets"
    __table_args__ = (
        Index("ix_change_sets_place_period", "region_code", "programme", "later_period"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    programme: Mapped[str] = mapped_column(String(40))
    earlier_period: Mapped[str | None] = mapped_column(String(40))
    later_period: Mapped[str] = mapped_column(String(40))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), unique=True)
    drafted_id: Mapped[str | None] = mapped_column(String(32), index=True)
    outcome: Mapped[Outcome]
    key_id: Mapped[str | None] = mapped_column(String(8))
    not_compared: Mapped[dict[str, Any]]
    doubled: Mapped[list[Any]]
    derived_at: Mapped[datetime]
    keep_until: Mapped[date]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    forgotten_at: Mapped[datetime | None]


class ListChange(Base):
    """One household that changed 增减户; ``before`` and ``after`` are its rows as they were seen.

    ``other_set_id`` and ``other_village`` name where it came from or went to, if that is another
    township's list.
    """

    __tablename__ = "list_changes"
    __table_args__ = (
        CheckConstraint("before IS NOT NULL OR after IS NOT NULL", name="about_somebody"),
    )

    set_id: Mapped[str] = mapped_column(
        ForeignKey("change_sets.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[Change]
    household_digest: Mapped[str] = mapped_column(String(64), index=True)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str | None] = mapped_column(String(40))
    other_set_id: Mapped[str | None] = mapped_column(
        ForeignKey("change_sets.id", ondelete="SET NULL"), index=True
    )
    other_village: Mapped[str | None] = mapped_column(String(12))
