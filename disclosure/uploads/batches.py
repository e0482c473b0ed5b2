"""Batches 批量报送: many files dropped at once, sealed one by one, each with its result.

A file is settled in one transaction, so a job that is killed and taken up again doubles nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from disclosure.gate import Gate
from disclosure.importing import safe_name
from disclosure.intake.problems import Severity
from disclosure.uploads.models import Batch, WaitingFile, WaitingState
from disclosure.uploads.waiting import refusal_problem
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.jobs import enqueue
from portal.data.regions import Region
from portal.kernel.errors import DomainError, NotFound
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission

READ_BATCH_JOB = "read-batch"
NO_SUCH_BATCH = N_("There are no such files, or they have been there for more than three days.")


def start_batch(session: Session, actor: Actor, *, now: datetime) -> str:
    """Begin a batch and return its id."""
    actor.require(Permission.UPLOAD_LIST)
    batch = Batch(
        id=new_id(), region_code=actor.region_code, created_at=now, created_by=actor.user_id
    )
    session.add(batch)
    audit(session, actor, "batch-start", f"batch:{batch.id}", now=now)
    return batch.id


def add_file(
    session: Session,
    batch_id: str,
    actor: Actor,
    *,
    number: int,
    file_name: str,
    sealed: bytes,
    now: datetime,
) -> None:
    """Keep one sealed file of a batch until the job reads it."""
    _add(session, actor, batch_id, number, file_name, now).upload = sealed


def refuse_file(
    session: Session,
    batch_id: str,
    actor: Actor,
    *,
    number: int,
    file_name: str,
    refusal: DomainError,
    now: datetime,
) -> None:
    """Note a file that was not taken at all, so that the list of results has it too."""
    waiting = _add(session, actor, batch_id, number, file_name, now)
    waiting.state, waiting.problems = WaitingState.FAILED, [refusal_problem(refusal)]


def _add(
    session: Session, actor: Actor, batch_id: str, number: int, file_name: str, now: datetime
) -> WaitingFile:
    waiting = WaitingFile(
        id=new_id(),
        batch_id=batch_id,
        number=number,
        file_name=safe_name(Gate().file_name(file_name)),
        file_digest="",
        state=WaitingState.QUEUED,
        problems=[],
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(waiting)
    return waiting


def ask_for_reading(session: Session, batch_id: str, *, now: datetime) -> None:
    """Ask the worker to read what waits in a batch."""
    enqueue(session, READ_BATCH_JOB, {"batch": batch_id}, now=now, key=f"batch:{batch_id}")


@dataclass(frozen=True)
class Answer:
    """What a clerk says of a file that does not say it itself."""

    region_code: str
    kind: str
    period: str


def answer_questions(
    session: Session, actor: Actor, batch_id: str, answers: Mapping[str, Answer], *, now: datetime
) -> int:
    """Note the answers by file, and have those files read; returns how many there are."""
    actor.require(Permission.UPLOAD_LIST)
    _get_batch(session, actor, batch_id)
    count = 0
    for waiting_id, answer in answers.items():
        actor.require(Permission.UPLOAD_LIST, within=answer.region_code)
        waiting = session.get(WaitingFile, waiting_id, with_for_update=True)
        mine = waiting is not None and waiting.batch_id == batch_id
        if waiting is None or not mine or waiting.state is not WaitingState.ASKING:
            continue
        waiting.region_code, waiting.kind = answer.region_code, answer.kind
        waiting.period = parse_period(answer.period).text
        waiting.state = WaitingState.QUEUED
        count += 1
    if count:
        ask_for_reading(session, batch_id, now=now)
    return count


def _get_batch(session: Session, actor: Actor, batch_id: str) -> Batch:
    batch = session.get(Batch, batch_id)
    if batch is None or batch.created_by != actor.user_id:
        raise NotFound(NO_SUCH_BATCH)
    return batch


@dataclass(frozen=True)
class BatchLine:
    """One file of a batch as its page lists it."""

    id: str
    number: int
    file_name: str
    state: WaitingState
    repeated: bool
    region_code: str | None
    region_name: str
    kind: str | None
    period: str | None
    errors: int
    warnings: int
    problems: tuple[dict[str, Any], ...]
    submission_id: str | None


@dataclass(frozen=True)
class BatchView:
    """A batch with its files and how far it is."""

    id: str
    created_at: datetime
    lines: tuple[BatchLine, ...]

    @property
    def done(self) -> int:
        """How many files have been read."""
        return sum(line.state is not WaitingState.QUEUED for line in self.lines)

    @property
    def is_running(self) -> bool:
        """Whether files still wait to be read."""
        return self.done < len(self.lines)

    @property
    def asked(self) -> tuple[BatchLine, ...]:
        """The files that do not say clearly what they are."""
        return tuple(line for line in self.lines if line.state is WaitingState.ASKING)


def view_batch(session: Session, actor: Actor, batch_id: str) -> BatchView:
    """Return a batch of the actor's own; raises NotFound."""
    actor.require(Permission.UPLOAD_LIST)
    batch = _get_batch(session, actor, batch_id)
    query = (
        select(WaitingFile, Region.name)
        .outerjoin(Region, Region.code == WaitingFile.region_code)
        .where(WaitingFile.batch_id == batch_id)
        .order_by(WaitingFile.number, WaitingFile.id)
    )
    lines = tuple(_line(waiting, name or "") for waiting, name in session.execute(query))
    return BatchView(batch.id, batch.created_at, lines)


def _line(waiting: WaitingFile, region_name: str) -> BatchLine:
    errors = sum(problem["severity"] == Severity.ERROR for problem in waiting.problems)
    return BatchLine(
        id=waiting.id,
        number=waiting.number,
        file_name=waiting.file_name,
        state=waiting.state,
        repeated=waiting.repeated,
        region_code=waiting.region_code,
        region_name=region_name,
        kind=waiting.kind,
        period=waiting.period,
        errors=errors,
        warnings=len(waiting.problems) - errors,
        problems=tuple(waiting.problems),
        submission_id=waiting.submission_id,
    )


def list_batches(session: Session, actor: Actor) -> Sequence[tuple[str, datetime, int]]:
    """Return the actor's batches, newest first: id, when, how many files."""
    actor.require(Permission.UPLOAD_LIST)
    query = (
        select(Batch.id, Batch.created_at, func.count(WaitingFile.id))
        .join(WaitingFile, WaitingFile.batch_id == Batch.id)
        .where(Batch.created_by == actor.user_id)
        .group_by(Batch.id, Batch.created_at)
        .order_by(Batch.created_at.desc())
        .limit(10)
    )
    return [(key, at, count) for key, at, count in session.execute(query)]
