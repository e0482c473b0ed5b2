"""Tables of the public log 公开日志: entries, the tree over them, the signed checkpoints.

All three are append-only; triggers refuse every change (migrations 0001 and 0007).
"""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.data.base import Base


class LogEntry(Base):
    """One entry of the public log, as bytes, appended in the transaction of its change.

    ``notice_id`` is what it is about; empty where the log speaks of itself.
    """

    __tablename__ = "log_entries"

    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    notice_id: Mapped[str] = mapped_column(String(10), index=True)
    at: Mapped[datetime]


class LogNode(Base):
    """A node of the log's tree 树节点 that will never change: the root of a complete subtree.

    ``position`` is its place in the order in which such nodes are completed.
    """

    __tablename__ = "log_nodes"

    position: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogCheckpoint(Base):
    """A signed checkpoint 检查点 as it is served; it is in the high-water file before it is here.

    ``key`` is the verifier key of who signed it.
    """

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[bytes] = mapped_column(LargeBinary)
    key: Mapped[str] = mapped_column(String(400))
    signed_at: Mapped[datetime]
