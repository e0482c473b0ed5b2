"""Tables of disclosure 信息公开: a township's file, its notices, their rows.

After the door the database holds masked values only; what must be compared later is kept as keyed
digests (rules/masking.md).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.intake.problems import Severity
from disclosure.reviewed import Reviewed
from portal.data.base import Base
from portal.data.regions import Region


class Submission(Reviewed, Base):
    """A township's file 报送名单, from upload to approval; one notice a village comes of it."""

    __tablename__ = "submissions"
    __table_args__ = (
        # The same file twice is one submission, whoever comes first.
        Index(
            "uq_submissions_same_file",
            "region_code",
            "kind",
            "period",
            "file_digest",
            unique=True,
            sqlite_where=text("state NOT IN ('returned', 'discarded')"),
            postgresql_where=text("state NOT IN ('returned', 'discarded')"),
        ),
        CheckConstraint("rows_ok >= 0 AND rows_bad >= 0", name="rows_counted"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    period: Mapped[str] = mapped_column(String(40))
    file_digest: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(200))
    upload: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    encoding: Mapped[str | None] = mapped_column(String(20))
    rows_ok: Mapped[int]
    rows_bad: Mapped[int]
    leave_out_bad_rows: Mapped[bool] = mapped_column(default=False)
    households: Mapped[int]
    persons: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    problems: Mapped[list[Any]]
    gate_hits: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    # When what is approved is to be posted 定时公示; None for at once.
    post_at: Mapped[datetime | None] = mapped_column(index=True)

    region: Mapped[Region] = relationship()

    @property
    def errors(self) -> int:
        """How many errors the file has; one may belong to no row of a person, such as a total."""
        return sum(problem["severity"] == Severity.ERROR for problem in self.problems)


class Notice(Base):
    """A notice 公示 of one place and period; its state is computed from its instants."""

    __tablename__ = "notices"
    __table_args__ = (
        CheckConstraint("posted_to IS NULL OR posted_to >= posted_from", name="window_forward"),
        Index("ix_notices_place_kind", "region_code", "kind", "published_at"),
    )

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submissions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    programme: Mapped[str] = mapped_column(String(40))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    period: Mapped[str] = mapped_column(String(40))
    first_on: Mapped[date]
    last_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    posted_from: Mapped[date | None]
    posted_to: Mapped[date | None]
    replaced_at: Mapped[datetime | None]
    replaced_by: Mapped[str | None] = mapped_column(String(10))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(400), default="")
    # How many rows an objection holds back 有异议，正在核查: until they are decided on, the notice
    # has ended but is not concluded.
    rows_held: Mapped[int] = mapped_column(default=0, server_default="0")

    region: Mapped[Region] = relationship()


class NoticeVersion(Base):
    """One version 版本 of a notice's text: what was approved, to the byte."""

    __tablename__ = "notice_versions"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]]
    content_digest: Mapped[str] = mapped_column(String(64))
    rows_digest: Mapped[str] = mapped_column(String(64))
    households: Mapped[int]
    persons: Mapped[int]
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    # Where the county shows whole names on the board 全名: sealed, for the poster alone, and
    # forgotten with the rows.
    board_names: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # What the board and the touch screen show is committed to with this 渠道盐值. Nobody publishes
    # it: with it whoever knows the web's 王** could find out the board's 王*英 by trying.
    channel_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    # Totals of fewer than three households are logged salted, and dropped with the rows: then all
    # three are 0, which no notice has otherwise.
    totals_salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    published_at: Mapped[datetime | None]
    log_index: Mapped[int | None] = mapped_column(ForeignKey("log_entries.index"))
    # Of a corrected version 更正: what changed, row by row, without any text; and why. ``private``
    # where it was corrected to protect somebody: then the old text is shown to nobody.
    changes: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    correction_reason: Mapped[str] = mapped_column(String(400), default="", server_default="")
    private: Mapped[bool] = mapped_column(default=False, server_default=false())


IS_CURRENT = (NoticeVersion.notice_id == Notice.id) & (NoticeVersion.version == Notice.version)
"""How a notice is joined with its newest version 现行版本."""


class PrintCode(Base):
    """The short code 短码 of one version in one print channel, where ``/v/<code>`` leads."""

    __tablename__ = "print_codes"
    __table_args__ = (
        Index("uq_print_codes_version", "notice_id", "version", "channel", unique=True),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"))
    version: Mapped[int]
    channel: Mapped[str] = mapped_column(String(10))


class NoticeRow(Base):
    """One row 名单行 of a version, as it is seen: masked, with its salt and keyed digests.

    ``name_board`` and ``name_kiosk`` are kept only where that channel's mask differs from the
    web's; whole names are never here. ``salt`` is published with the row. Everything here is
    deleted when the row's time is over.
    """

    __tablename__ = "notice_rows"

    notice_id: Mapped[str] = mapped_column(ForeignKey("notices.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    village: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column("group_name", String(40))
    name: Mapped[str] = mapped_column(String(80))
    name_board: Mapped[str | None] = mapped_column(String(80))
    name_kiosk: Mapped[str | None] = mapped_column(String(80))
    persons: Mapped[int | None]
    class_: Mapped[str] = mapped_column("class", String(10))
    amount_fen: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(200))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    key_id: Mapped[str] = mapped_column(String(8))
    household_digest: Mapped[str] = mapped_column(String(64), index=True)
    person_digest: Mapped[str] = mapped_column(String(64), index=True)
    # The month that ends a gradual exit 渐退期至 (2026-12); until then it still receives.
    exit_month: Mapped[str | None] = mapped_column(String(7))
    # On a notice of additions and removals 增减情况: added, removed or moved.
    change: Mapped[str | None] = mapped_column(String(10))
