"""The table of the index 索引表, where the installation's database is PostgreSQL.

More than one machine then serves, and files of one of them would be no use to the others. On SQLite
it stays empty: the index is in files of its own there.
"""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.data.base import Base


class SearchEntry(Base):
    """One entry, with its n-grams, syllables, initials and tags in one array."""

    __tablename__ = "search_entries"
    __table_args__ = (Index("ix_search_entries_grams", "grams", postgresql_using="gin"),)

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    text: Mapped[str] = mapped_column(Text)
    sounds: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)
    grams: Mapped[list[str]] = mapped_column(ARRAY(Text).with_variant(JSON(), "sqlite"))
    own_text: Mapped[int]
    own_sounds: Mapped[int]
    own_initials: Mapped[int]
    changes_at: Mapped[datetime | None] = mapped_column(index=True)
