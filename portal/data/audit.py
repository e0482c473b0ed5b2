"""The audit log 审计日志: every action of staff, appended, never changed (triggers refuse it)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Identity, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base


class AuditEntry(Base):
    """One action: who, what, on what, when. Holds no personal data of residents."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str | None] = mapped_column(String(32))
    actor_label: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[str | None] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(60), index=True)
    subject: Mapped[str] = mapped_column(String(120), index=True)
    details: Mapped[dict[str, Any]]


def record(
    session: Session,
    *,
    at: datetime,
    actor_id: str | None,
    actor_label: str,
    unit_id: str | None,
    action: str,
    subject: str,
    **details: Any,
) -> None:
    """Append one entry in the transaction of the change it tells of."""
    session.add(
        AuditEntry(
            at=at,
            actor_id=actor_id,
            actor_label=actor_label,
            unit_id=unit_id,
            action=action,
            subject=subject,
            details=details,
        )
    )


def list_audit(
    session: Session, *, before_id: int | None = None, limit: int = 100
) -> Sequence[AuditEntry]:
    """Return the newest entries first, at most ``limit``, older than ``before_id``."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    return session.scalars(query).all()
