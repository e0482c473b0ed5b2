"""Checks before a document is submitted and approved 发布前检查: it is whole, and names nobody."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from disclosure.documents.kinds import KIND_FACTS, DocumentKind
from disclosure.documents.media import FILMS, PICTURES
from disclosure.documents.models import Document, DocumentFile, DocumentVersion
from disclosure.gate import GateHit
from disclosure.log.commitment import content_digest
from disclosure.reviewing import check_gate, scan_texts
from portal.kernel.errors import Refused
from portal.kernel.language import N_


def document_content(
    document: Document, version: DocumentVersion, files: Sequence[DocumentFile]
) -> dict[str, Any]:
    """Return everything of a version that will be published, as its digest covers it."""
    return {
        "kind": document.kind.value,
        "region": document.region_code,
        "title": version.title,
        "summary": version.summary,
        "programme": version.programme,
        "issuer": version.issuer,
        "reference": version.reference,
        "issued_on": version.issued_on.isoformat() if version.issued_on else None,
        "body": version.body,
        "elements": dict(version.elements),
        "rows": list(version.rows),
        "files": [
            {
                "n": file.n,
                "name": file.name,
                "type": file.media_type,
                "size": file.size,
                "sha256": file.digest,
                "text": file.text,
            }
            for file in files
        ],
    }


def document_digest(
    document: Document, version: DocumentVersion, files: Sequence[DocumentFile]
) -> str:
    """Return the digest (hex) of a version: what is approved, and what stands in the log."""
    return content_digest(document_content(document, version, files))


def check_complete(
    kind: DocumentKind, version: DocumentVersion, files: Sequence[DocumentFile]
) -> None:
    """Raise Refused where something is missing that a document of this kind must have."""
    facts = KIND_FACTS[kind]
    if any(not version.elements.get(name) for name in facts.elements):
        raise Refused(
            N_("A guide needs all seven parts. Fill in those that are empty.")
            if kind is DocumentKind.GUIDE
            else N_("A report needs all its parts. Fill in those that are empty.")
        )
    if facts.has_rows and not version.rows:
        raise Refused(N_("The table is empty. Write at least one line."))
    wanted = FILMS if kind is DocumentKind.FILM else PICTURES
    if facts.needs_picture and not any(file.media_type in wanted for file in files):
        raise Refused(N_("A comic needs a picture, and a film its film. Add the file."))
    if not (facts.has_elements or facts.has_rows or files or version.body):
        raise Refused(N_("The document says nothing yet. Write its text or add a file."))


def texts_of(
    kind: DocumentKind, version: DocumentVersion, files: Sequence[DocumentFile]
) -> Iterator[tuple[str, str]]:
    """Yield (where it stands, text) for every free text that will be published.

    Names and telephones of helpers stand in the columns made for them: they are official data.
    """
    for name in ("title", "summary", "issuer", "reference", "body"):
        yield name, getattr(version, name)
    yield from version.elements.items()
    if kind is not DocumentKind.HELPERS:
        for row in version.rows:
            yield from row.items()
    for file in files:
        yield "file", file.name
        yield "text", file.text


def gate_hits(
    session: Session,
    kind: DocumentKind,
    version: DocumentVersion,
    files: Sequence[DocumentFile],
) -> tuple[GateHit, ...]:
    """Return the personal data in what would be published."""
    return scan_texts(session, list(texts_of(kind, version, files)))


def check_documents_gate(
    session: Session,
    kind: DocumentKind,
    version: DocumentVersion,
    files: Sequence[DocumentFile],
) -> None:
    """Raise Refused where personal data stands in what would be published."""
    check_gate(gate_hits(session, kind, version, files))
