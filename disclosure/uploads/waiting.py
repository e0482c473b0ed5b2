"""Waiting files 待办文件: what could not become a list yet is kept sealed, for a few days at most.

So the clerk can say which column is what, or get the copy in which every problem is marked, without
choosing the file again. Only whoever may bring in lists for the place sees that it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, undefer

from disclosure.drafting import IntakePlace
from disclosure.importing import Imported, Prepared, import_list, safe_name, stored_problem
from disclosure.intake.learned import Learned
from disclosure.intake.problems import Code, Problem, Severity
from disclosure.kinds.facts import NoticeKind
from disclosure.kinds.terms import kind_to_bring_in
from disclosure.namepolicy import get_policy
from disclosure.queries import get_intake_place
from disclosure.uploads.learning import get_learned
from disclosure.uploads.models import Batch, WaitingFile, WaitingState
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.regions import Region
from portal.kernel.errors import DomainError, NotFound
from portal.kernel.language import N_
from portal.kernel.masking import MaskingPolicy
from portal.kernel.permissions import Permission

KEPT_FOR = timedelta(days=3)
NOT_THERE = N_(
    "This file is not there any more. Files that are no list yet are kept for three days; upload "
    "it again."
)


@dataclass(frozen=True)
class IntakeTerms:
    """What a township's files are read with: its villages, the kind, its policy, its forms."""

    kind: NoticeKind
    place: IntakePlace
    policy: MaskingPolicy
    learned: Learned


def intake_terms(session: Session, region_code: str, name: str) -> IntakeTerms:
    """Return what a file of this kind and place is read with; raises NotFound, Refused."""
    kind = kind_to_bring_in(session, name, region_code)
    return IntakeTerms(
        kind,
        get_intake_place(session, region_code),
        get_policy(session, region_code),
        get_learned(session, region_code, kind.form),
    )


@dataclass(frozen=True)
class WaitingView:
    """A waiting file as the desk shows it; ``sealed`` is what it holds."""

    id: str
    batch_id: str | None
    state: WaitingState
    file_name: str
    region_code: str | None
    region_name: str
    kind: str | None
    period: str | None
    problems: tuple[dict[str, Any], ...]
    submission_id: str | None
    created_at: datetime
    sealed: bytes | None = field(repr=False)

    @property
    def can_be_read(self) -> bool:
        """Whether its cells can be shown: then it can be annotated."""
        return self.sealed is not None and None not in (self.region_code, self.kind, self.period)

    @property
    def kept_until(self) -> datetime:
        """When it is forgotten at the latest."""
        return self.created_at + KEPT_FOR


def refusal_problem(refusal: DomainError) -> dict[str, Any]:
    """Return a refusal as a problem of the whole file."""
    problem = Problem(
        None, "", None, Code.UNREADABLE, Severity.ERROR, refusal.message, refusal.params
    )
    return stored_problem(problem)


def state_of(prepared: Prepared) -> WaitingState:
    """Return where an unusable file stands: not understood, to be mended, or not readable."""
    if not prepared.checked.accounted:
        return WaitingState.FAILED
    unclear = prepared.checked.not_understood
    return WaitingState.UNCLEAR if unclear else WaitingState.UNUSABLE


def keep_waiting(
    session: Session, actor: Actor, prepared: Prepared, *, now: datetime
) -> str | None:
    """Keep an unusable file sealed and return its id; None where nothing of it can be read.

    It takes the place of the file that was tried before for the same list.
    """
    actor.require(Permission.UPLOAD_LIST, within=prepared.region_code)
    forget_tries(session, actor, prepared)
    if state_of(prepared) is WaitingState.FAILED:
        return None
    waiting = WaitingFile(
        id=new_id(),
        file_name=safe_name(prepared.file_name),
        file_digest=prepared.file_digest,
        upload=prepared.sealed_upload,
        region_code=prepared.region_code,
        kind=prepared.kind.id,
        period=prepared.period.text,
        state=state_of(prepared),
        problems=[stored_problem(problem) for problem in prepared.checked.problems],
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(waiting)
    return waiting.id


def forget_tries(session: Session, actor: Actor, prepared: Prepared) -> None:
    """Forget the actor's earlier tries at the same list: a better file has come."""
    session.execute(
        delete(WaitingFile).where(
            WaitingFile.batch_id.is_(None),
            WaitingFile.created_by == actor.user_id,
            WaitingFile.region_code == prepared.region_code,
            WaitingFile.kind == prepared.kind.id,
            WaitingFile.period == prepared.period.text,
        )
    )


def get_waiting(session: Session, actor: Actor, waiting_id: str) -> WaitingView:
    """Return a waiting file of the actor's own, or of a place of theirs; raises NotFound."""
    actor.require(Permission.UPLOAD_LIST)
    query = select(WaitingFile).options(undefer(WaitingFile.upload))
    waiting = session.scalar(query.where(WaitingFile.id == waiting_id))
    if waiting is None or not _is_open_to(waiting, actor):
        raise NotFound(NOT_THERE)
    region = session.get(Region, waiting.region_code) if waiting.region_code else None
    return WaitingView(
        id=waiting.id,
        batch_id=waiting.batch_id,
        state=waiting.state,
        file_name=waiting.file_name,
        region_code=waiting.region_code,
        region_name=region.name if region else "",
        kind=waiting.kind,
        period=waiting.period,
        problems=tuple(waiting.problems),
        submission_id=waiting.submission_id,
        created_at=waiting.created_at,
        sealed=waiting.upload,
    )


def _is_open_to(waiting: WaitingFile, actor: Actor) -> bool:
    if waiting.region_code is not None:
        return actor.covers(waiting.region_code)
    return waiting.created_by == actor.user_id


def settle(
    session: Session, actor: Actor, waiting_id: str, prepared: Prepared, *, now: datetime
) -> Imported | None:
    """Make a waiting file a draft, or note why it is none yet; returns the draft.

    Safe to repeat: a file that was settled by somebody else meanwhile is left as it is.
    """
    waiting = session.get(WaitingFile, waiting_id, with_for_update=True)
    if waiting is None or not _is_open_to(waiting, actor):
        raise NotFound(NOT_THERE)
    if waiting.state is WaitingState.STORED:
        return None
    waiting.region_code, waiting.kind = prepared.region_code, prepared.kind.id
    waiting.period = prepared.period.text
    # Only now it is known whose names the file's own name may hold.
    waiting.file_name = safe_name(prepared.file_name)
    waiting.problems = [stored_problem(problem) for problem in prepared.checked.problems]
    if prepared.is_unusable:
        waiting.state = state_of(prepared)
        if waiting.state is WaitingState.FAILED:
            waiting.upload = None
        return None
    imported = import_list(session, actor, prepared, now=now)
    waiting.state, waiting.submission_id = WaitingState.STORED, imported.submission_id
    waiting.upload, waiting.repeated = None, imported.repeated
    return imported


def discard_waiting(session: Session, actor: Actor, waiting_id: str, *, now: datetime) -> None:
    """Forget a waiting file at once."""
    waiting = get_waiting(session, actor, waiting_id)
    session.execute(delete(WaitingFile).where(WaitingFile.id == waiting.id))
    audit(session, actor, "waiting-discard", f"waiting:{waiting.id}", now=now)


def forget_old_waiting(session: Session, *, now: datetime) -> int:
    """Forget every file, and every batch, that has waited too long; returns how many files."""
    old = now - KEPT_FOR
    ids: Sequence[str] = session.scalars(
        select(WaitingFile.id).where(WaitingFile.created_at <= old)
    ).all()
    if ids:
        # First the content: on SQLite its pages are wiped as they are freed.
        session.execute(update(WaitingFile).where(WaitingFile.id.in_(ids)).values(upload=None))
        session.execute(delete(WaitingFile).where(WaitingFile.id.in_(ids)))
    session.execute(
        delete(Batch).where(
            Batch.created_at <= old, ~exists().where(WaitingFile.batch_id == Batch.id)
        )
    )
    return len(ids)
