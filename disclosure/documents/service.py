"""What staff do with documents 政策与宣传: write, submit, approve, publish anew, withdraw.

Each function authorises, loads, changes, audits, returns; none commits. A published version never
changes: a correction is a new version, and both are entries of the public log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.documents.check import check_complete, check_documents_gate, document_digest
from disclosure.documents.kinds import DocumentKind
from disclosure.documents.models import Document, DocumentFile, DocumentVersion
from disclosure.documents.queries import (
    DOCUMENTS_KEY,
    document_key,
    get_document,
    list_files,
    newest_version,
)
from disclosure.documents.rows import Row
from disclosure.lifecycle import SubmissionAction, SubmissionState
from disclosure.publication import HOME_KEY
from disclosure.reviewing import (
    HAS_CHANGED,
    LoggedMatter,
    check_gate,
    log_event,
    mark_approved,
    mark_returned,
    mark_submitted,
    next_state,
    scan_texts,
)
from portal.data.accounts import Actor, audit
from portal.data.changes import note_changes
from portal.data.pages import forget_pages
from portal.kernel.errors import Conflict, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.receipts import new_notice_id
from portal.kernel.text import clean

LOG_KIND = "document"
MOST_FILES = 30


@dataclass(frozen=True)
class DocumentFacts:
    """What a document says; ``body`` is plain text, ``elements`` those of a guide."""

    title: str
    summary: str = ""
    programme: str = "综合业务"
    issuer: str = ""
    reference: str = ""
    issued_on: date | None = None
    body: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class NewFile:
    """A file that lies in the store; ``text`` is its text version 文字版."""

    name: str
    media_type: str
    size: int
    digest: str
    width: int | None
    height: int | None
    text: str


def create_document(
    session: Session,
    actor: Actor,
    kind: DocumentKind,
    region_code: str,
    facts: DocumentFacts,
    *,
    now: datetime,
) -> str:
    """Begin a document as a draft of its first version; returns its id."""
    actor.require(Permission.PREPARE_DISCLOSURE, within=region_code)
    document = Document(id=new_notice_id(), kind=kind, region_code=region_code, created_at=now)
    session.add(document)
    session.flush()
    version = _new_version(document.id, 1, actor, now)
    _write(version, facts)
    session.add(version)
    session.flush()
    audit(session, actor, "document-create", f"document:{document.id}", now=now, kind=kind.value)
    return document.id


def _new_version(document_id: str, number: int, actor: Actor, now: datetime) -> DocumentVersion:
    return DocumentVersion(
        document_id=document_id,
        version=number,
        state=SubmissionState.DRAFT,
        digest="",
        created_at=now,
        created_by=actor.user_id,
    )


def _write(version: DocumentVersion, facts: DocumentFacts) -> None:
    version.title, version.summary = clean(facts.title)[:120], clean(facts.summary)[:400]
    version.programme, version.issuer = facts.programme, clean(facts.issuer)[:120]
    version.reference, version.issued_on = clean(facts.reference)[:80], facts.issued_on
    version.body = facts.body.strip()
    version.elements = {name: text.strip() for name, text in facts.elements.items()}
    version.rows = [dict(row) for row in facts.rows]


def _open_draft(session: Session, actor: Actor, document_id: str) -> DocumentVersion:
    """Return the version that may be written in; one that was returned becomes a draft again."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    version = newest_version(session, document.id)
    if version.state is SubmissionState.RETURNED:
        version.state = SubmissionState.DRAFT
        version.submitted_at = version.submitted_by = None
        version.decided_at = version.decided_by = None
    if version.state is not SubmissionState.DRAFT:
        raise Conflict(N_("Only a draft can be changed. Begin a new version first."))
    return version


def rewrite(
    session: Session, actor: Actor, document_id: str, facts: DocumentFacts, *, now: datetime
) -> None:
    """Write a draft anew; whoever writes last has prepared it."""
    version = _open_draft(session, actor, document_id)
    _write(version, facts)
    version.created_by = actor.user_id
    audit(session, actor, "document-write", f"document:{document_id}", now=now)


def add_file(
    session: Session, actor: Actor, document_id: str, new: NewFile, *, now: datetime
) -> None:
    """Add a picture, film or PDF with its text version; without one it cannot be stored."""
    version = _open_draft(session, actor, document_id)
    files = list_files(session, document_id, version.version)
    if not new.text.strip():
        raise Refused(
            N_("Write down what the file shows, for those who cannot see it."), field="text"
        )
    if len(files) >= MOST_FILES:
        raise Refused(N_("A document has at most %(most)s files."), field="file", most=MOST_FILES)
    session.add(
        DocumentFile(
            document_id=document_id,
            version=version.version,
            n=max((file.n for file in files), default=0) + 1,
            name=clean(new.name)[:120],
            media_type=new.media_type,
            size=new.size,
            digest=new.digest,
            width=new.width,
            height=new.height,
            text=new.text.strip(),
        )
    )
    version.created_by = actor.user_id
    audit(session, actor, "document-file", f"document:{document_id}", now=now, digest=new.digest)
    session.flush()


def remove_file(
    session: Session, actor: Actor, document_id: str, n: int, *, now: datetime
) -> tuple[str, ...]:
    """Take a file out of a draft; returns the digests of files that it no longer needs."""
    version = _open_draft(session, actor, document_id)
    file = session.get(DocumentFile, (document_id, version.version, n))
    if file is None:
        raise Conflict(N_("This file is gone already."))
    session.delete(file)
    audit(session, actor, "document-file-remove", f"document:{document_id}", now=now, n=n)
    session.flush()
    return (file.digest,)


def begin_version(session: Session, actor: Actor, document_id: str, *, now: datetime) -> None:
    """Begin a new version of a published document 修订, as a copy of what is published."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    newest = newest_version(session, document_id)
    if document.withdrawn_at is not None:
        raise Conflict(N_("This document has been withdrawn; write a new one."))
    if newest.state is not SubmissionState.APPROVED:
        raise Conflict(N_("There is a draft of a new version already."))
    number = newest.version + 1
    draft = _new_version(document_id, number, actor, now)
    for name in ("title", "summary", "programme", "issuer", "reference", "issued_on", "body"):
        setattr(draft, name, getattr(newest, name))
    draft.elements, draft.rows = dict(newest.elements), list(newest.rows)
    session.add(draft)
    session.flush()
    for file in list_files(session, document_id, newest.version):
        session.add(_copy(file, number))
    audit(session, actor, "document-version", f"document:{document_id}", now=now, version=number)
    session.flush()


def _copy(file: DocumentFile, version: int) -> DocumentFile:
    names = ("document_id", "n", "name", "media_type", "size", "digest", "width", "height", "text")
    return DocumentFile(version=version, **{name: getattr(file, name) for name in names})


def submit(session: Session, actor: Actor, document_id: str, *, now: datetime) -> None:
    """Submit a draft for approval 提交: it must be whole, and the gate open."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    version = newest_version(session, document_id)
    files = list_files(session, document_id, version.version)
    check_complete(document.kind, version, files)
    check_documents_gate(session, document.kind, version, files)
    mark_submitted(version, actor, now=now)
    version.digest = document_digest(document, version, files)
    audit(
        session,
        actor,
        "document-submit",
        f"document:{document_id}",
        now=now,
        version=version.version,
        digest=version.digest,
    )


def approve(
    session: Session, actor: Actor, document_id: str, digest: str, *, now: datetime
) -> None:
    """Approve exactly what ``digest`` names and publish it 审批发布, with an entry in the log."""
    actor.require(Permission.APPROVE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    version = newest_version(session, document_id)
    mark_approved(version, actor, now=now)
    files = list_files(session, document_id, version.version)
    if digest != version.digest or document_digest(document, version, files) != digest:
        raise Conflict(HAS_CHANGED)
    check_documents_gate(session, document.kind, version, files)
    prev = _log_index(session, document)
    version.log_index = log_event(
        session,
        "publish" if prev is None else "correct",
        LoggedMatter(document.id, LOG_KIND, version.version, document.region_code, digest, prev),
        now=now,
    )
    document.version, document.published_at = version.version, now
    forget_pages(session, [DOCUMENTS_KEY, HOME_KEY, document_key(document.id)])
    note_changes(session, [document_key(document.id)])
    audit(
        session,
        actor,
        "document-approve",
        f"document:{document_id}",
        now=now,
        version=version.version,
        digest=digest,
    )


def _log_index(session: Session, document: Document) -> int | None:
    if document.version is None:
        return None
    return session.get_one(DocumentVersion, (document.id, document.version)).log_index


def return_document(
    session: Session, actor: Actor, document_id: str, reason: str, *, now: datetime
) -> None:
    """Return a submitted version to whoever wrote it 退回; it can be written on."""
    actor.require(Permission.APPROVE_DISCLOSURE)
    get_document(session, actor, document_id)
    mark_returned(newest_version(session, document_id), actor, reason, now=now)
    audit(session, actor, "document-return", f"document:{document_id}", now=now)


def discard(session: Session, actor: Actor, document_id: str, *, now: datetime) -> tuple[str, ...]:
    """Discard a draft 作废; returns the digests of files that it no longer needs."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    version = newest_version(session, document_id)
    version.state = next_state(version, SubmissionAction.DISCARD)
    digests = _forget_files(session, document_id, version.version)
    session.flush()
    session.delete(version)
    session.flush()
    if version.version == 1:
        session.delete(document)
    audit(session, actor, "document-discard", f"document:{document_id}", now=now)
    return digests


def withdraw(
    session: Session, actor: Actor, document_id: str, reason: str, *, now: datetime
) -> tuple[str, ...]:
    """Withdraw a published document 撤下 with a public reason; what it said is forgotten.

    Returns the digests of files that it no longer needs.
    """
    actor.require(Permission.APPROVE_DISCLOSURE)
    document = get_document(session, actor, document_id)
    if not reason.strip():
        raise Refused(N_("Say why it is withdrawn; residents will read it."), field="reason")
    if document.version is None or document.withdrawn_at is not None:
        raise Conflict(N_("Only what is published can be withdrawn."))
    check_gate(scan_texts(session, [("reason", reason)]))
    published = session.get_one(DocumentVersion, (document.id, document.version))
    document.withdrawn_at, document.withdrawn_reason = now, clean(reason)[:400]
    log_event(
        session,
        "withdraw",
        LoggedMatter(
            *(document.id, LOG_KIND, published.version, document.region_code),
            *(published.digest, published.log_index),
        ),
        now=now,
    )
    digests = _forget_content(session, document_id)
    forget_pages(session, [DOCUMENTS_KEY, HOME_KEY, document_key(document.id)])
    note_changes(session, [document_key(document.id)])
    audit(
        session,
        actor,
        "document-withdraw",
        f"document:{document_id}",
        now=now,
        reason=document.withdrawn_reason,
    )
    return digests


def _forget_files(session: Session, document_id: str, version: int) -> tuple[str, ...]:
    files = list_files(session, document_id, version)
    for file in files:
        session.delete(file)
    return tuple(file.digest for file in files)


def _forget_content(session: Session, document_id: str) -> tuple[str, ...]:
    """Forget what every version of a document said, but for its title."""
    digests: list[str] = []
    versions = select(DocumentVersion).where(DocumentVersion.document_id == document_id)
    for version in session.scalars(versions):
        version.summary = version.body = ""
        version.elements, version.rows = {}, []
        digests += _forget_files(session, document_id, version.version)
    session.flush()
    return tuple(digests)
