"""Tables of complaints 投诉举报: what a case is, who can open it, what was said, which clocks run.

Whatever a reporter or a member of staff wrote lies here sealed (``complaints.sealing``), from the
first commit on: as bytes that only the units of the case and the reporter can open. What stands in
plain is what routing, clocks and counting need. A notice is named by its id alone, because the
parts of the house do not know each other's tables.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Identity, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from complaints.tracks import Track
from complaints.workflow import FIRST_STATE, State
from portal.data.accounts import Unit, User
from portal.data.base import Base
from portal.data.regions import Region


class Channel(StrEnum):
    """How a complaint came in 来源."""

    WEB = "web"  # 网上
    COUNTER = "counter"  # 来访、来电
    HOTLINE = "hotline"  # 12345工单
    HIGHER_OFFICE = "higher-office"  # 上级转办


class KeyPurpose(StrEnum):
    """What a key of a case opens."""

    CONTENT = "content"  # 内容
    IDENTITY = "identity"  # 反映人身份


class HolderKind(StrEnum):
    """Whom a key of a case was sealed to."""

    UNIT = "unit"
    REPORTER = "reporter"


class MessageKind(StrEnum):
    """What a sealed text of a case is."""

    STATEMENT = "statement"  # 补充说明
    QUESTION = "question"  # 询问
    ANSWER = "answer"  # 答复
    REASON = "reason"  # 理由
    CALL_BACK = "call-back"  # 回访记录


class Deed(StrEnum):
    """A line of a case's history: an action of the workflow, or what happens beside it."""

    FILED = "filed"  # 提交并登记
    OPENED = "opened"  # 首次查看
    STATEMENT = "statement"  # 补充说明
    QUESTION = "question"  # 询问
    CALLED_BACK = "called-back"  # 回访
    REFER = "refer"  # 转办
    SEND_BACK = "send-back"  # 退回
    MOVE = "move"  # 改转类别
    CONTACT = "contact"  # 联系本人
    ACCEPT = "accept"  # 受理
    DECLINE = "decline"  # 不予受理
    ANSWER = "answer"  # 答复
    CLOSE = "close"  # 办结
    REOPEN = "reopen"  # 重新办理
    TELL_RESULT = "tell-result"  # 反馈结果


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


def _state_type(name: str) -> Enum:
    # Two columns of one table hold a state, and each needs a check with a name of its own.
    return Enum(
        State,
        native_enum=False,
        create_constraint=True,
        values_callable=_values,
        length=40,
        name=name,
    )


class Complaint(Base):
    """A complaint 投诉: one case, from its registration on.

    ``locator``, ``salt`` and ``verifier`` come from the receipt code, which is stored nowhere;
    ``attempt`` is the one at which the form's token gave a free locator. ``concerned_unit_id`` is
    the office complained of. Whom an accusation is about, and where below the county, stands in its
    sealed content alone.
    """

    __tablename__ = "complaints"
    __table_args__ = (
        CheckConstraint("NOT (named AND identity IS NULL)", name="named_has_identity"),
        CheckConstraint(
            "track <> 'accusation' OR (concerned_unit_id IS NULL AND notice_id IS NULL)",
            name="accused_only_sealed",
        ),
        CheckConstraint("notice_row IS NULL OR notice_id IS NOT NULL", name="row_of_notice"),
        CheckConstraint(
            "concerned_unit_id IS NULL OR concerned_unit_id <> responsible_unit_id",
            name="never_to_the_concerned",
        ),
        CheckConstraint("length(locator) = 6", name="locator_six_digits"),
        CheckConstraint("times_moved BETWEEN 0 AND 1", name="moved_once"),
        CheckConstraint("times_reopened BETWEEN 0 AND 1", name="reopened_once"),
        Index("ix_complaints_responsible_state", "responsible_unit_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    locator: Mapped[str] = mapped_column(String(6), unique=True)
    attempt: Mapped[int]
    salt: Mapped[bytes] = mapped_column(LargeBinary(64))
    verifier: Mapped[bytes] = mapped_column(LargeBinary(64))
    form_token_digest: Mapped[str] = mapped_column(String(64), unique=True)

    track: Mapped[Track]
    state: Mapped[State] = mapped_column(default=FIRST_STATE)
    channel: Mapped[Channel] = mapped_column(default=Channel.WEB)
    urgent: Mapped[bool] = mapped_column(default=False)
    named: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[bool] = mapped_column(default=False)

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    notice_id: Mapped[str | None] = mapped_column(String(10), index=True)
    notice_row: Mapped[int | None]
    concerned_unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    responsible_unit_id: Mapped[str] = mapped_column(ForeignKey("units.id"))
    supervising_unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"), index=True)
    referred_by_unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))

    content: Mapped[bytes] = mapped_column(LargeBinary)
    identity: Mapped[bytes | None] = mapped_column(LargeBinary)

    registered_at: Mapped[datetime] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    called_back_at: Mapped[datetime | None]
    satisfied: Mapped[bool | None]
    closed_at: Mapped[datetime | None]
    result_told_at: Mapped[datetime | None]
    times_moved: Mapped[int] = mapped_column(default=0)
    times_reopened: Mapped[int] = mapped_column(default=0)

    region: Mapped[Region] = relationship()
    responsible: Mapped[Unit] = relationship(foreign_keys=responsible_unit_id)
    supervising: Mapped[Unit | None] = relationship(foreign_keys=supervising_unit_id)
    concerned: Mapped[Unit | None] = relationship(foreign_keys=concerned_unit_id)
    clocks: Mapped[list["ComplaintClock"]] = relationship(
        order_by="(ComplaintClock.due_at, ComplaintClock.id)"
    )
    events: Mapped[list["ComplaintEvent"]] = relationship(
        order_by="(ComplaintEvent.at, ComplaintEvent.id)"
    )
    messages: Mapped[list["ComplaintMessage"]] = relationship(
        order_by="(ComplaintMessage.at, ComplaintMessage.id)"
    )


class ComplaintKey(Base):
    """A key of a case, sealed to one holder: a unit, or the reporter."""

    __tablename__ = "complaint_keys"
    __table_args__ = (
        CheckConstraint("(holder = 'unit') = (unit_id IS NOT NULL)", name="unit_named"),
        Index(
            "uq_complaint_keys_unit",
            "complaint_id",
            "purpose",
            "unit_id",
            unique=True,
            sqlite_where=text("unit_id IS NOT NULL"),
            postgresql_where=text("unit_id IS NOT NULL"),
        ),
        Index(
            "uq_complaint_keys_reporter",
            "complaint_id",
            "purpose",
            unique=True,
            sqlite_where=text("unit_id IS NULL"),
            postgresql_where=text("unit_id IS NULL"),
        ),
        Index("ix_complaint_keys_unit", "unit_id", "complaint_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id"))
    purpose: Mapped[KeyPurpose]
    holder: Mapped[HolderKind]
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class ComplaintMessage(Base):
    """A text of a case, sealed with its content key for ``message:<id>``.

    ``user_id`` is the author; none means the reporter.
    """

    __tablename__ = "complaint_messages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id"), index=True)
    kind: Mapped[MessageKind]
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))


class ComplaintEvent(Base):
    """A line of a case's history 办理过程; what was written stands in ``message``, sealed."""

    __tablename__ = "complaint_events"
    __table_args__ = (Index("ix_complaint_events_complaint", "complaint_id", "id"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id"))
    deed: Mapped[Deed]
    state_before: Mapped[State] = mapped_column(_state_type("state_before"))
    state_after: Mapped[State] = mapped_column(_state_type("state_after"))
    at: Mapped[datetime]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("complaint_messages.id"))

    user: Mapped[User | None] = relationship()
    unit: Mapped[Unit | None] = relationship()
    message: Mapped[ComplaintMessage | None] = relationship()


class ComplaintClock(Base):
    """A time limit 时限 of a case, by the rule ``rule_id`` in force on ``started_on``.

    ``due_at`` is 24:00 of ``due_on`` in Asia/Shanghai. A clock runs until ``stopped_at``.
    """

    __tablename__ = "complaint_clocks"
    __table_args__ = (
        CheckConstraint("due_on > started_on", name="due_after_start"),
        # A rule that runs is not started anew.
        Index(
            "uq_complaint_clocks_running",
            "complaint_id",
            "rule_id",
            unique=True,
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
        Index(
            "ix_complaint_clocks_running_due",
            "due_at",
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    complaint_id: Mapped[str] = mapped_column(ForeignKey("complaints.id"), index=True)
    rule_id: Mapped[str] = mapped_column(String(40))
    started_on: Mapped[date]
    due_on: Mapped[date]
    due_at: Mapped[datetime]
    provisional: Mapped[bool] = mapped_column(default=False)
    stopped_at: Mapped[datetime | None]
