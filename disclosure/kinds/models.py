"""Programmes that a county adds 县级增设救助项目: the electricity subsidy, one-off allowances."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.data.base import Base
from portal.data.regions import Region
from portal.kernel.permissions import Role


class ProgrammeForm(StrEnum):
    """What the lists of a county's programme are."""

    STANDING = "standing"  # 长期发放: a new list takes the place of the one before
    ONE_OFF = "one-off"  # 一次性发放


class CountyProgramme(Base):
    """One programme; ``kind`` is what its notices are called, ``p-`` and the short name."""

    __tablename__ = "county_programmes"
    __table_args__ = (
        CheckConstraint("(form = 'one-off') = (window_days IS NOT NULL)", name="window_of_form"),
        CheckConstraint("window_days BETWEEN 1 AND 3660", name="window_in_bounds"),
    )

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    name_zh: Mapped[str] = mapped_column(String(30))
    name_en: Mapped[str] = mapped_column(String(80))
    form: Mapped[ProgrammeForm]
    approved_by: Mapped[Role]
    window_days: Mapped[int | None]
    basis: Mapped[str] = mapped_column(String(200))
    since: Mapped[date]
    created_at: Mapped[datetime]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None]

    region: Mapped[Region] = relationship()
