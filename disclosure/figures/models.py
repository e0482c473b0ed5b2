"""Tables of published figures 已公布数据: their sources, the files they came in, the figures."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.reviewed import Reviewed
from portal.data.base import Base


class FigureSource(Base):
    """Where figures were printed 数据来源: what a page cites."""

    __tablename__ = "figure_sources"

    id: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    publisher: Mapped[str] = mapped_column(String(120))
    published: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(400))


class FigureSet(Reviewed, Base):
    """One file of figures 数据报送, from upload to approval; ``id`` is also its name in the log."""

    __tablename__ = "figure_sets"

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    region_code: Mapped[str] = mapped_column(String(12), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    doubts: Mapped[list[Any]]
    gate_hits: Mapped[list[Any]]
    log_index: Mapped[int | None] = mapped_column(ForeignKey("log_entries.index"))


class PublishedFigure(Base):
    """One figure 数据; it holds from its set's approval until a later set names it anew."""

    __tablename__ = "published_figures"
    __table_args__ = (
        CheckConstraint("scale >= 0 AND scale <= 4", name="scale_sane"),
        CheckConstraint("number >= 0", name="not_below_zero"),
        Index(
            "ix_published_figures_key",
            *("source_id", "region_code", "period", "programme", "measure"),
        ),
    )

    set_id: Mapped[str] = mapped_column(ForeignKey("figure_sets.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("figure_sources.id"))
    region_code: Mapped[str] = mapped_column(String(12))
    region: Mapped[str] = mapped_column(String(40))
    period: Mapped[str] = mapped_column(String(40))
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    programme: Mapped[str] = mapped_column(String(40))
    measure: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(BigInteger)
    scale: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(100))
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("figure_sets.id"), index=True)

    source: Mapped[FigureSource] = relationship()
