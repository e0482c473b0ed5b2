"""What staff do with published figures 数据发布: bring a file in, approve it, name its sources.

Each function authorises, loads, changes, audits, returns; none commits.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from disclosure.figures.checks import check_figures
from disclosure.figures.contents import set_digest
from disclosure.figures.differences import check_differences, remember_lists, why_not_approve
from disclosure.figures.models import FigureSet, FigureSource, FundPayment, PublishedFigure
from disclosure.figures.numbers import Figure
from disclosure.figures.queries import (
    figure_of,
    get_figure_set,
    list_current_figures,
    list_figures_of,
)
from disclosure.figures.reading import read_figures
from disclosure.figures.replacing import LOG_KIND, log_correction, replace_older
from disclosure.figures.smallcells import exposed, withhold
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
from portal.data.pages import forget_pages
from portal.kernel.errors import Conflict, Forbidden, Refused, SeveralRefused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission
from portal.kernel.receipts import new_notice_id
from portal.kernel.text import clean

FIGURES_KEY = "figures"


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
    figures, withheld = withhold(_read(session, actor, data), shown=list_current_figures(session))
    refuse_exposed(figures, list_current_figures(session))
    hits = scan_texts(session, [("file name", file_name), *_texts(figures)])
    draft = FigureSet(
        region_code=actor.region_code or figures[0].region_code,
        file_name=clean(file_name)[:200] if not hits else "",
        gate_hits=[{"field": hit.field, "kind": hit.kind} for hit in hits],
        created_at=now,
        created_by=actor.user_id,
    )
    store_draft(session, draft, figures)
    told = {"count": len(figures), "withheld": withheld, "file": hashlib.sha256(data).hexdigest()}
    audit(session, actor, "figures-bring-in", f"figures:{draft.id}", now=now, **told)
    session.flush()
    return draft.id


def store_draft(
    session: Session,
    draft: FigureSet,
    figures: Sequence[Figure],
    payments: Callable[[str], Iterable[FundPayment]] = lambda _: (),
) -> None:
    """Store a set as a draft with its figures, and what is to be said of payments in it."""
    draft.id, draft.state, draft.digest = new_notice_id(), SubmissionState.DRAFT, ""
    draft.doubts = [
        {"message": doubt.message, "params": dict(doubt.params)} for doubt in check_figures(figures)
    ]
    session.add(draft)
    session.flush()
    session.add_all(_row(draft.id, n, figure) for n, figure in enumerate(figures, start=1))
    session.add_all(payments(draft.id))
    session.flush()
    draft.digest = set_digest(session, draft.id)


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


def refuse_exposed(figures: Sequence[Figure], shown: Sequence[Figure]) -> None:
    """Raise Refused where a number that is withheld follows from what is or would be shown."""
    keys = {figure.key for figure in figures}
    told = [*(figure for figure in shown if figure.key not in keys), *figures]
    for code, period, programme, _ in exposed(told)[:1]:
        raise Refused(
            N_(
                "The number withheld for %(programme)s in %(code)s (%(period)s) could be worked "
                "out from a total that is shown. Bring the whole and its parts in one file."
            ),
            programme=programme,
            code=code,
            period=period,
        )


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
        withheld=figure.withheld,
    )


def submit_figures(session: Session, actor: Actor, set_id: str, *, now: datetime) -> None:
    """Submit a draft for approval 提交."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    draft = get_figure_set(session, actor, set_id)
    check_gate(draft.gate_hits)
    check_differences(session, draft, now=now)
    mark_submitted(draft, actor, now=now)
    audit(session, actor, "figures-submit", f"figures:{set_id}", now=now, digest=draft.digest)


def approve_figures(
    session: Session, actor: Actor, set_id: str, digest: str, *, now: datetime
) -> None:
    """Approve exactly what ``digest`` names: its figures hold from now on, and are logged."""
    actor.require(Permission.APPROVE_DISCLOSURE)
    chosen = get_figure_set(session, actor, set_id)
    if why_not := why_not_approve(actor, chosen):
        raise Forbidden(why_not)
    mark_approved(chosen, actor, now=now)
    rows = list_figures_of(session, set_id)
    figures = [figure_of(row) for row in rows]
    if digest != chosen.digest or set_digest(session, set_id) != digest:
        raise Conflict(HAS_CHANGED)
    check_gate(chosen.gate_hits)
    refuse_exposed(figures, list_current_figures(session))
    if any(not actor.covers(figure.region_code) for figure in figures):
        raise Refused(N_("A place in this file is not in your area."))
    check_gate(scan_texts(session, _texts(figures)))
    check_differences(session, chosen, now=now)
    remember_lists(session, chosen, now=now)
    replaced = replace_older(session, set_id, figures)
    matter = LoggedMatter(set_id, LOG_KIND, chosen.version, chosen.region_code, digest, None)
    chosen.log_index = log_event(session, "publish", matter, now=now)
    for older in replaced:
        log_correction(session, older, now=now)
    forget_pages(session, [FIGURES_KEY, HOME_KEY])
    audit(session, actor, "figures-approve", f"figures:{set_id}", now=now, digest=digest)


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
    for table in (FundPayment, PublishedFigure):
        session.execute(delete(table).where(table.set_id == set_id))
