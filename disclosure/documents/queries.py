"""What is read of documents 政策与宣传: frozen values of what is published, and drafts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from disclosure.documents.check import document_content
from disclosure.documents.kinds import KIND_FACTS, DocumentKind
from disclosure.documents.media import FILMS, PICTURES, SUFFIXES
from disclosure.documents.models import Document, DocumentFile, DocumentVersion
from disclosure.documents.text import TextBlock, blocks_of
from disclosure.lifecycle import SubmissionState
from disclosure.queries import PlaceRef, place_ref
from portal.data.accounts import Actor
from portal.data.regions import Region, code_prefix
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.receipts import is_notice_id

DOCUMENTS_KEY = "documents"


def document_key(document_id: str) -> str:
    """Return what pages depend on that show the document."""
    return f"document:{document_id}"


@dataclass(frozen=True)
class DocumentCard:
    """A published document in a list; ``text`` is everything that it says, for the index."""

    id: str
    kind: DocumentKind
    title: str
    summary: str
    programme: str
    place: PlaceRef
    issued_on: date | None
    published_at: datetime
    version: int
    rows: tuple[Mapping[str, str], ...]
    text: str


@dataclass(frozen=True)
class FileView:
    """A file of a document; ``address`` is its last part in the address bar."""

    n: int
    name: str
    media_type: str
    size: int
    digest: str
    width: int | None
    height: int | None
    text: tuple[TextBlock, ...]

    @property
    def is_picture(self) -> bool:
        """Whether a page shows it as a picture."""
        return self.media_type in PICTURES

    @property
    def is_film(self) -> bool:
        """Whether a page plays it."""
        return self.media_type in FILMS

    @property
    def address(self) -> str:
        """The name under which it is served: it changes with the content, so it may be kept."""
        return f"{self.n}-{self.digest[:16]}.{SUFFIXES[self.media_type]}"


@dataclass(frozen=True)
class VersionLine:
    """One published version: when, and where it stands in the log."""

    version: int
    published_at: datetime
    digest: str
    log_index: int | None


@dataclass(frozen=True)
class DocumentView:
    """A document as its page shows it; of a withdrawn one only title and reason are left."""

    id: str
    kind: DocumentKind
    place: PlaceRef
    title: str
    summary: str
    programme: str
    issuer: str
    reference: str
    issued_on: date | None
    body: tuple[TextBlock, ...]
    elements: tuple[tuple[str, tuple[TextBlock, ...]], ...]
    rows: tuple[Mapping[str, str], ...]
    files: tuple[FileView, ...]
    version: int
    digest: str
    content: Mapping[str, Any]
    log_index: int | None
    withdrawn_at: datetime | None
    withdrawn_reason: str
    history: tuple[VersionLine, ...]


@dataclass(frozen=True)
class Helper:
    """A helper 救助协理员 of a village: staff's names and telephones are official data."""

    code: str
    village: str
    name: str
    phone: str


@dataclass(frozen=True)
class DocumentLine:
    """A document in the desk's list, with its newest version."""

    id: str
    kind: DocumentKind
    title: str
    state: SubmissionState
    version: int
    published: int | None
    withdrawn: bool
    created_at: datetime


def _current() -> Select[Document, DocumentVersion]:
    return (
        select(Document, DocumentVersion)
        .join(
            DocumentVersion,
            (DocumentVersion.document_id == Document.id)
            & (DocumentVersion.version == Document.version),
        )
        .options(joinedload(Document.region))
        .where(Document.withdrawn_at.is_(None))
    )


def list_current_documents(session: Session) -> tuple[DocumentCard, ...]:
    """Return every published document that has not been withdrawn, the newest first."""
    query = _current().order_by(Document.published_at.desc(), Document.id)
    found = list(session.execute(query))
    files: dict[str, list[DocumentFile]] = {}
    of_current = select(DocumentFile).join(
        Document,
        (Document.id == DocumentFile.document_id) & (Document.version == DocumentFile.version),
    )
    for file in session.scalars(of_current.order_by(DocumentFile.n)):
        files.setdefault(file.document_id, []).append(file)
    return tuple(
        _card(document, version, files.get(document.id, ())) for document, version in found
    )


def _card(
    document: Document, version: DocumentVersion, files: Sequence[DocumentFile]
) -> DocumentCard:
    rows = tuple(version.rows)
    # A helper's name is no word to search for: no person is ever in the index.
    cells = [] if document.kind is DocumentKind.HELPERS else [c for r in rows for c in r.values()]
    texts = [version.summary, version.issuer, version.reference, version.body]
    texts += [*version.elements.values(), *cells, *(file.text for file in files)]
    return DocumentCard(
        id=document.id,
        kind=document.kind,
        title=version.title,
        summary=version.summary,
        programme=version.programme,
        place=place_ref(document.region),
        issued_on=version.issued_on,
        published_at=document.published_at or document.created_at,
        version=version.version,
        rows=rows,
        text="\n".join(text for text in texts if text),
    )


def find_document(session: Session, document_id: str) -> DocumentView | None:
    """Return a document that is or was published, or None."""
    document = session.get(Document, document_id) if is_notice_id(document_id) else None
    if document is None or document.version is None:
        return None
    return view_version(session, document, document.version)


def view_version(session: Session, document: Document, number: int) -> DocumentView:
    """Return one version of a document as its page shows it."""
    version = session.get_one(DocumentVersion, (document.id, number))
    files = list_files(session, document.id, number)
    return DocumentView(
        id=document.id,
        kind=document.kind,
        place=place_ref(document.region),
        title=version.title,
        summary=version.summary,
        programme=version.programme,
        issuer=version.issuer,
        reference=version.reference,
        issued_on=version.issued_on,
        body=blocks_of(version.body),
        elements=tuple(
            (words, blocks_of(version.elements[name]))
            for name, words in KIND_FACTS[document.kind].elements.items()
            if version.elements.get(name)
        ),
        rows=tuple(version.rows),
        files=tuple(_file_view(file) for file in files),
        version=number,
        digest=version.digest,
        content=document_content(document, version, files),
        log_index=version.log_index,
        withdrawn_at=document.withdrawn_at,
        withdrawn_reason=document.withdrawn_reason,
        history=_history(session, document.id),
    )


def _file_view(file: DocumentFile) -> FileView:
    return FileView(
        *(file.n, file.name, file.media_type, file.size),
        *(file.digest, file.width, file.height, blocks_of(file.text)),
    )


def _history(session: Session, document_id: str) -> tuple[VersionLine, ...]:
    query = (
        select(DocumentVersion)
        .where(
            DocumentVersion.document_id == document_id,
            DocumentVersion.state == SubmissionState.APPROVED,
        )
        .order_by(DocumentVersion.version.desc())
    )
    return tuple(
        VersionLine(v.version, v.decided_at or v.created_at, v.digest, v.log_index)
        for v in session.scalars(query)
    )


def list_files(session: Session, document_id: str, version: int) -> Sequence[DocumentFile]:
    """Return a version's files in their order."""
    query = (
        select(DocumentFile)
        .where(DocumentFile.document_id == document_id, DocumentFile.version == version)
        .order_by(DocumentFile.n)
    )
    return session.scalars(query).all()


def is_needed(session: Session, digest: str) -> bool:
    """Tell whether any version still has a file with that digest."""
    query = select(DocumentFile.n).where(DocumentFile.digest == digest).limit(1)
    return session.scalar(query) is not None


def list_helpers(session: Session, code: str) -> tuple[Helper, ...]:
    """Return the helpers of the villages in the place ``code``, by village."""
    prefix = code_prefix(code)
    rows = [
        row
        for _, version in session.execute(_current().where(Document.kind == DocumentKind.HELPERS))
        for row in version.rows
        if row["region_code"].startswith(prefix)
    ]
    return helpers_of(session, rows)


def helpers_of(session: Session, rows: Sequence[Mapping[str, str]]) -> tuple[Helper, ...]:
    """Return the helpers of a table with the names of their villages, by village."""
    codes = {row["region_code"] for row in rows}
    regions = session.scalars(select(Region).where(Region.code.in_(codes)))
    names = {region.code: region.name for region in regions}
    helpers = [
        Helper(row["region_code"], names[row["region_code"]], row["name"], row["phone"])
        for row in rows
        if row["region_code"] in names
    ]
    return tuple(sorted(helpers, key=lambda helper: (helper.code, helper.name)))


def get_document(session: Session, actor: Actor, document_id: str) -> Document:
    """Return a document of the actor's area, locked for the transaction; raises NotFound."""
    actor.require(Permission.VIEW_LISTS)
    document = session.get(Document, document_id, with_for_update=True)
    if document is None or not actor.covers(document.region_code):
        raise NotFound(N_("There is no such document in your area."))
    return document


def newest_version(session: Session, document_id: str) -> DocumentVersion:
    """Return the newest version of a document, published or not."""
    query = (
        select(DocumentVersion)
        .where(DocumentVersion.document_id == document_id)
        .order_by(DocumentVersion.version.desc())
        .limit(1)
    )
    return session.scalars(query).one()


def list_document_lines(session: Session, actor: Actor, *, limit: int = 200) -> list[DocumentLine]:
    """Return the documents of the actor's area, those that wait for approval first."""
    actor.require(Permission.VIEW_LISTS)
    query = (
        select(Document, DocumentVersion)
        .join(DocumentVersion, DocumentVersion.document_id == Document.id)
        .order_by(DocumentVersion.version)
    )
    if actor.region_code is not None:
        query = query.where(Document.region_code.startswith(code_prefix(actor.region_code)))
    newest = {document.id: (document, version) for document, version in session.execute(query)}
    lines = [
        DocumentLine(
            *(document.id, document.kind, version.title, version.state, version.version),
            *(document.version, document.withdrawn_at is not None, version.created_at),
        )
        for document, version in newest.values()
    ]
    lines.sort(key=lambda line: line.created_at, reverse=True)
    return sorted(lines, key=lambda line: line.state is not SubmissionState.SUBMITTED)[:limit]
