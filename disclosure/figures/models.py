"""Tables of published figures 已公布数据: their sources, the files they came in, the figures."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.figures.funds import DifferenceReason, SetKind
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
    """One file of figures 数据报送, from upload to approval; ``id`` is also its name in the log.

    It has a further ``version`` each time that later sets replace figures of it. ``period`` and
    ``file_digest`` are those of fund figures, of which the same file twice is one set.
    """

    __tablename__ = "figure_sets"
    __table_args__ = (
        Index(
            "uq_figure_sets_same_file",
            *("region_code", "period", "file_digest"),
            unique=True,
            sqlite_where=text("file_digest != '' AND state NOT IN ('returned', 'discarded')"),
            postgresql_where=text("file_digest != '' AND state NOT IN ('returned', 'discarded')"),
        ),
    )

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[SetKind] = mapped_column(default=SetKind.PUBLISHED, server_default="published")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    period: Mapped[str] = mapped_column(String(40), default="", server_default="")
    file_digest: Mapped[str] = mapped_column(String(64), default="", server_default="")
    region_code: Mapped[str] = mapped_column(String(12), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    doubts: Mapped[list[Any]]
    gate_hits: Mapped[list[Any]]
    log_index: Mapped[int | None] = mapped_column(ForeignKey("log_entries.index"))


class PublishedFigure(Base):
    """One figure 数据; it holds from its set's approval until a later set names it anew.

    One that is ``withheld`` was too small to be shown; its number is not kept.
    """

    __tablename__ = "published_figures"
    __table_args__ = (
        CheckConstraint("scale >= 0 AND scale <= 4", name="scale_sane"),
        CheckConstraint("number >= 0", name="not_below_zero"),
        Index(
            "ix_published_figures_key",
            *("source_id", "region_code", "period", "programme", "measure"),
        ),
        Index("ix_published_figures_place", "region_code"),
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
    withheld: Mapped[bool] = mapped_column(default=False)
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("figure_sets.id"), index=True)

    source: Mapped[FigureSource] = relationship()


class FundPayment(Base):
    """What a line of fund figures 资金发放 says beside its numbers, which are published figures.

    When it was paid, why it differs from the list, and what the list added up to when the figures
    were approved (the totals of small villages are forgotten later).
    """

    __tablename__ = "fund_payments"

    set_id: Mapped[str] = mapped_column(ForeignKey("figure_sets.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(String(12), index=True)
    period: Mapped[str] = mapped_column(String(40))
    programme: Mapped[str] = mapped_column(String(40))
    paid_on: Mapped[date | None]
    reason: Mapped[DifferenceReason | None]
    explanation: Mapped[str] = mapped_column(String(200), default="")
    listed_period: Mapped[str | None] = mapped_column(String(40))
    listed_households: Mapped[int | None]
    listed_persons: Mapped[int | None]
    listed_amount_fen: Mapped[int | None] = mapped_column(BigInteger)
