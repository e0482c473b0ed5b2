"""What staff do with published figures 数据发布: bring a file in, approve it, name its sources.

Each function authorises, loads, changes, audits, returns; none commits.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from disclosure.figures.checks import check_figures
from disclosure.figures.models import FigureSet, FigureSource, PublishedFigure
from disclosure.figures.numbers import Figure
from disclosure.figures.queries import figure_of, get_figure_set, list_figures_of
from disclosure.figures.reading import read_figures
from disclosure.lifecycle import SubmissionAction, SubmissionState
from disclosure.log.commitment import content_digest
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
from portal.data.pages import forget_pages
from portal.kernel.errors import Conflict, Refused, SeveralRefused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.receipts import new_notice_id
from portal.kernel.text import clean

FIGURES_KEY = "figures"
LOG_KIND = "figures"
SET_VERSION = 1
"""A set never changes; what is wrong in it is named anew by a later one."""


@dataclass(frozen=True)
class SourceFacts:
    """What is known of a source 来源: where figures were printed, and when."""

    id: str
    title: str
    publisher: str
    published: str
    url: str


def describe_source(session: Session, actor: Actor, facts: SourceFacts, *, now: datetime) -> None:
    """Add a source, or correct what is known of it; every page that cites it is made anew."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    if facts.url and not facts.url.startswith(("https://", "http://")):
        raise Refused(N_("The address must begin with https:// or http://."), field="url")
    texts = [(name, getattr(facts, name)) for name in ("title", "publisher", "published", "url")]
    check_gate(scan_texts(session, texts))
    source = session.get(FigureSource, facts.id)
    before = _source_members(source) if source else None
    if source is None:
        source = FigureSource(id=facts.id)
        session.add(source)
    source.title, source.publisher = clean(facts.title), clean(facts.publisher)
    source.published, source.url = clean(facts.published), facts.url.strip()
    session.flush()
    forget_pages(session, [FIGURES_KEY])
    audit(
        session,
        actor,
        "figure-source",
        f"source:{facts.id}",
        now=now,
        before=before,
        after=_source_members(source),
    )


def _source_members(source: FigureSource) -> dict[str, str]:
    return {
        "title": source.title,
        "publisher": source.publisher,
        "published": source.published,
        "url": source.url,
    }


def bring_in_figures(
    session: Session, actor: Actor, data: bytes, *, file_name: str, now: datetime
) -> str:
    """Store a file of figures as a draft and return its id.

    Raises SeveralRefused with everything that is wrong in the file; then nothing is stored.
    """
    actor.require(Permission.PREPARE_DISCLOSURE)
    figures = _read(session, actor, data)
    hits = scan_texts(session, [("file name", file_name), *_texts(figures)])
    draft = FigureSet(
        id=new_notice_id(),
        region_code=actor.region_code or figures[0].region_code,
        state=SubmissionState.DRAFT,
        file_name=clean(file_name)[:200] if not hits else "",
        digest=figures_digest(figures),
        doubts=[
            {"message": doubt.message, "params": dict(doubt.params)}
            for doubt in check_figures(figures)
        ],
        gate_hits=[{"field": hit.field, "kind": hit.kind} for hit in hits],
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(draft)
    session.flush()
    session.add_all(_row(draft.id, n, figure) for n, figure in enumerate(figures, start=1))
    told = {"count": len(figures), "file": hashlib.sha256(data).hexdigest()}
    audit(session, actor, "figures-bring-in", f"figures:{draft.id}", now=now, **told)
    session.flush()
    return draft.id


def _read(session: Session, actor: Actor, data: bytes) -> tuple[Figure, ...]:
    """Return the figures of a file, all of places in the actor's area; raises SeveralRefused."""
    figures, problems = read_figures(data, sources=set(session.scalars(select(FigureSource.id))))
    outside = sorted({f.region_code for f in figures if not actor.covers(f.region_code)})
    problems += tuple(
        Refused(N_("The place %(code)s is not in your area."), code=code) for code in outside
    )
    if problems:
        raise SeveralRefused(problems)
    return figures


def _texts(figures: Sequence[Figure]) -> list[tuple[str, str]]:
    return [
        (name, text)
        for figure in figures
        for name, text in (
            ("region", figure.region),
            ("programme", figure.programme),
            ("note", figure.note),
        )
    ]


def _row(set_id: str, n: int, figure: Figure) -> PublishedFigure:
    return PublishedFigure(
        set_id=set_id,
        n=n,
        source_id=figure.source,
        region_code=figure.region_code,
        region=figure.region,
        period=figure.period.text,
        first_on=figure.period.first_on,
        last_on=figure.period.last_on,
        programme=figure.programme,
        measure=figure.measure,
        number=figure.number,
        scale=figure.scale,
        unit=figure.unit.sign,
        note=figure.note,
    )


def public_members(figure: Figure) -> dict[str, Any]:
    """Return a figure as ``/figures.json`` shows it; the value is a decimal written out."""
    return {
        "source": figure.source,
        "region_code": figure.region_code,
        "region": figure.region,
        "period": figure.period.text,
        "programme": figure.programme,
        "measure": figure.measure,
        "value": f"{figure.value:f}",
        "unit": figure.unit.sign,
        "published": figure.as_published,
        "note": figure.note,
    }


def figures_digest(figures: Sequence[Figure]) -> str:
    """Return the digest of a set: what is approved, and what stands in the log."""
    return content_digest(set_content(figures))


def set_content(figures: Sequence[Figure]) -> dict[str, Any]:
    """Return what the digest of a set is computed from."""
    return {"figures": [public_members(figure) for figure in figures]}


def submit_figures(session: Session, actor: Actor, set_id: str, *, now: datetime) -> None:
    """Submit a draft for approval 提交."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    draft = get_figure_set(session, actor, set_id)
    check_gate(draft.gate_hits)
    mark_submitted(draft, actor, now=now)
    audit(session, actor, "figures-submit", f"figures:{set_id}", now=now, digest=draft.digest)


def approve_figures(
    session: Session, actor: Actor, set_id: str, digest: str, *, now: datetime
) -> None:
    """Approve exactly what ``digest`` names: its figures hold from now on, and are logged."""
    actor.require(Permission.APPROVE_DISCLOSURE)
    chosen = get_figure_set(session, actor, set_id)
    mark_approved(chosen, actor, now=now)
    rows = list_figures_of(session, set_id)
    figures = [figure_of(row) for row in rows]
    if digest != chosen.digest or figures_digest(figures) != digest:
        raise Conflict(HAS_CHANGED)
    check_gate(chosen.gate_hits)
    if any(not actor.covers(figure.region_code) for figure in figures):
        raise Refused(N_("A place in this file is not in your area."))
    check_gate(scan_texts(session, _texts(figures)))
    _replace_older(session, set_id, {figure.key for figure in figures})
    matter = LoggedMatter(set_id, LOG_KIND, SET_VERSION, chosen.region_code, digest, None)
    chosen.log_index = log_event(session, "publish", matter, now=now)
    forget_pages(session, [FIGURES_KEY, HOME_KEY])
    audit(session, actor, "figures-approve", f"figures:{set_id}", now=now, digest=digest)


def _replace_older(session: Session, set_id: str, keys: set[tuple[str, ...]]) -> None:
    query = (
        select(PublishedFigure)
        .join(FigureSet, FigureSet.id == PublishedFigure.set_id)
        .where(
            FigureSet.state == SubmissionState.APPROVED,
            PublishedFigure.replaced_by.is_(None),
            PublishedFigure.set_id != set_id,
        )
    )
    for row in session.scalars(query):
        if (row.source_id, row.region_code, row.period, row.programme, row.measure) in keys:
            row.replaced_by = set_id


def return_figures(
    session: Session, actor: Actor, set_id: str, reason: str, *, now: datetime
) -> None:
    """Return a file to whoever brought it in 退回; its figures are forgotten."""
    actor.require(Permission.APPROVE_DISCLOSURE)
    mark_returned(get_figure_set(session, actor, set_id), actor, reason, now=now)
    _forget(session, set_id)
    audit(session, actor, "figures-return", f"figures:{set_id}", now=now)


def discard_figures(session: Session, actor: Actor, set_id: str, *, now: datetime) -> None:
    """Discard a draft 作废."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    found = get_figure_set(session, actor, set_id)
    found.state = next_state(found, SubmissionAction.DISCARD)
    _forget(session, set_id)
    audit(session, actor, "figures-discard", f"figures:{set_id}", now=now)


def _forget(session: Session, set_id: str) -> None:
    session.execute(delete(PublishedFigure).where(PublishedFigure.set_id == set_id))
