"""The page store 页面库: published pages as bytes, that never lie.

A stored page is served only while ``fresh_until`` has not come and ``build`` is the running one.
A change forgets the pages that depend on it in its own transaction, and moves the generation on;
a page rendered before that is not stored after it. Deleting the whole store changes no answer.
"""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import brotli
from sqlalchemy import CursorResult, ForeignKeyConstraint, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base

GZIP_LEVEL = 9
BROTLI_QUALITY = 5


class StoredPage(Base):
    """One page in one language, rendered and compressed once."""

    __tablename__ = "stored_pages"

    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    etag: Mapped[str] = mapped_column(String(40))
    content_type: Mapped[str] = mapped_column(String(80))
    headers: Mapped[str] = mapped_column(String(1000))
    body: Mapped[bytes]
    body_gzip: Mapped[bytes]
    body_brotli: Mapped[bytes]
    fresh_until: Mapped[datetime | None]
    build: Mapped[str] = mapped_column(String(64))


class PageDependency(Base):
    """What a stored page was made from, such as ``notice:abc`` or ``region:640402100000``."""

    __tablename__ = "page_dependencies"
    __table_args__ = (
        ForeignKeyConstraint(
            ["path", "locale"], ["stored_pages.path", "stored_pages.locale"], ondelete="CASCADE"
        ),
        Index("ix_page_dependencies_key", "key"),
    )

    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    locale: Mapped[str] = mapped_column(String(10), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)


class PageGeneration(Base):
    """One row: how often pages have been forgotten; whoever caches compares it."""

    __tablename__ = "page_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]


@dataclass(frozen=True)
class Page:
    """A page as it is served; ``headers`` are those beyond type, ETag and length."""

    etag: str
    content_type: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    body_gzip: bytes
    body_brotli: bytes
    fresh_until: datetime | None
    build: str

    def is_fresh(self, *, now: datetime, build: str) -> bool:
        """Tell whether the page still says what the database would say at ``now``."""
        return self.build == build and (self.fresh_until is None or now < self.fresh_until)


def make_page(
    body: bytes,
    *,
    content_type: str,
    headers: tuple[tuple[str, str], ...],
    fresh_until: datetime | None,
    build: str,
) -> Page:
    """Name ``body`` by its own digest, and compress it where it is text."""
    text = not content_type.startswith(("application/pdf", "image/png"))
    return Page(
        etag=hashlib.sha256(body).hexdigest()[:32],
        content_type=content_type,
        headers=headers,
        body=body,
        body_gzip=gzip.compress(body, GZIP_LEVEL, mtime=0) if text else b"",
        body_brotli=brotli.compress(body, quality=BROTLI_QUALITY) if text else b"",
        fresh_until=fresh_until,
        build=build,
    )


def get_generation(session: Session) -> int:
    """Return how often pages have been forgotten so far."""
    return session.scalar(select(PageGeneration.number).where(PageGeneration.id == 1)) or 0


def find_page(session: Session, path: str, locale: str) -> Page | None:
    """Return the stored page, fresh or not."""
    row = session.get(StoredPage, (path, locale))
    if row is None:
        return None
    lines = (line.partition(": ") for line in row.headers.splitlines())
    return Page(
        etag=row.etag,
        content_type=row.content_type,
        headers=tuple((name, value) for name, _, value in lines),
        body=row.body,
        body_gzip=row.body_gzip,
        body_brotli=row.body_brotli,
        fresh_until=row.fresh_until,
        build=row.build,
    )


def store_page(
    session: Session,
    path: str,
    locale: str,
    page: Page,
    *,
    depends_on: Iterable[str],
    rendered_at_generation: int,
) -> bool:
    """Keep the page, unless pages have been forgotten since it was rendered (then False)."""
    present = session.scalar(
        select(PageGeneration.number).where(PageGeneration.id == 1).with_for_update(read=True)
    )
    if (present or 0) != rendered_at_generation:
        return False
    session.execute(
        delete(PageDependency).where(PageDependency.path == path, PageDependency.locale == locale)
    )
    session.merge(
        StoredPage(
            path=path,
            locale=locale,
            etag=page.etag,
            content_type=page.content_type,
            headers="\n".join(f"{name}: {value}" for name, value in page.headers),
            body=page.body,
            body_gzip=page.body_gzip,
            body_brotli=page.body_brotli,
            fresh_until=page.fresh_until,
            build=page.build,
        )
    )
    session.flush()
    session.add_all(
        PageDependency(path=path, locale=locale, key=key) for key in sorted(set(depends_on))
    )
    return True


def forget_pages(session: Session, keys: Iterable[str]) -> None:
    """Delete every page that depends on one of ``keys``, in the transaction of the change."""
    wanted = sorted(set(keys))
    if not wanted:
        return
    # The generation moves first: its row lock makes a page that is being stored wait or fail.
    _advance(session)
    for start in range(0, len(wanted), 500):
        found = select(PageDependency.path).where(
            PageDependency.key.in_(wanted[start : start + 500])
        )
        paths = list(session.scalars(found.distinct()))
        for part in range(0, len(paths), 500):
            chosen = paths[part : part + 500]
            session.execute(delete(PageDependency).where(PageDependency.path.in_(chosen)))
            session.execute(delete(StoredPage).where(StoredPage.path.in_(chosen)))


def forget_all_pages(session: Session) -> None:
    """Empty the store: after a change that any page may show."""
    _advance(session)
    session.execute(delete(PageDependency))
    session.execute(delete(StoredPage))


def _advance(session: Session) -> None:
    moved = session.execute(
        update(PageGeneration)
        .where(PageGeneration.id == 1)
        .values(number=PageGeneration.number + 1)
    )
    if cast("CursorResult[Any]", moved).rowcount == 0:
        session.add(PageGeneration(id=1, number=1))
        session.flush()
