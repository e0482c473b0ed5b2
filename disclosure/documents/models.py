"""Tables of documents 政策与宣传: a document, its versions, the files of a version."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from disclosure.documents.kinds import DocumentKind
from disclosure.reviewed import Reviewed
from portal.data.base import Base
from portal.data.regions import Region


class Document(Base):
    """A document 政策、指南或宣传品 of a place; ``version`` is the published one, if any."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_kind_place", "kind", "region_code"),)

    id: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[DocumentKind]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    created_at: Mapped[datetime]
    version: Mapped[int | None]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(400), default="")

    region: Mapped[Region] = relationship()


class DocumentVersion(Reviewed, Base):
    """One version 版本 of a document, from draft to publication; a published one never changes."""

    __tablename__ = "document_versions"
    __table_args__ = (CheckConstraint("version >= 1", name="counted_from_one"),)

    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(400))
    programme: Mapped[str] = mapped_column(String(40))
    issuer: Mapped[str] = mapped_column(String(120))
    reference: Mapped[str] = mapped_column(String(80))
    issued_on: Mapped[date | None]
    body: Mapped[str] = mapped_column(Text)
    elements: Mapped[dict[str, Any]]
    rows: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(String(64))
    log_index: Mapped[int | None] = mapped_column(ForeignKey("log_entries.index"))


class DocumentFile(Base):
    """A picture, film or PDF 附件 of a version; its bytes lie in the data folder by their digest.

    ``text`` is its text version 文字版: a file without one cannot be stored.
    """

    __tablename__ = "document_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["document_id", "version"],
            ["document_versions.document_id", "document_versions.version"],
        ),
        CheckConstraint("text <> ''", name="has_a_text"),
    )

    document_id: Mapped[str] = mapped_column(String(10), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
