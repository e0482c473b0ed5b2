"""Jobs 后台任务: leased, idempotent, with progress; one worker process drains them.

A job is claimed for a time; a worker that dies loses its lease and another takes the job up again,
so a handler must be safe to repeat. ``key`` makes a job the same job however often it is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import String, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.base import Base
from portal.data.ids import new_id
from portal.data.session import Sessions

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 5


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One piece of work in the background."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED, index=True)
    run_after: Mapped[datetime] = mapped_column(index=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(64))
    leased_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    error: Mapped[str] = mapped_column(String(400), default="")


class Lease(Base):
    """A named right to act alone for a while, such as to sweep 定时清理."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]


@dataclass(frozen=True)
class Claimed:
    """A job in hand: what a handler needs of it."""

    id: str
    kind: str
    payload: dict[str, Any]


Report = Callable[[int, int], None]
Handler = Callable[[dict[str, Any], Report], None]


def enqueue(
    session: Session, kind: str, payload: dict[str, Any], *, now: datetime, key: str | None = None
) -> str:
    """Ask for a job in this transaction; the same ``key`` while it waits or runs is one job."""
    if key is not None:
        present = session.scalar(select(Job).where(Job.key == key))
        if present is not None:
            present.state, present.run_after, present.attempts = JobState.QUEUED, now, 0
            present.payload, present.leased_by = payload, None
            return present.id
    job = Job(id=new_id(), kind=kind, key=key, payload=payload, run_after=now, created_at=now)
    session.add(job)
    return job.id


def claim(session: Session, *, worker: str, now: datetime) -> Claimed | None:
    """Take the oldest job that is due, or whose worker has died; None if there is none."""
    due = (
        select(Job)
        .where(
            or_(
                (Job.state == JobState.QUEUED) & (Job.run_after <= now),
                (Job.state == JobState.RUNNING) & (Job.leased_until < now),
            )
        )
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    while (job := session.scalar(due)) is not None:
        if job.attempts < MOST_ATTEMPTS:
            job.state, job.leased_by, job.leased_until = JobState.RUNNING, worker, now + LEASE
            job.attempts += 1
            return Claimed(job.id, job.kind, dict(job.payload))
        # Whoever took it died of it each time, so there was nobody left to say that it failed.
        job.state, job.leased_by, job.leased_until = JobState.FAILED, None, None
        job.error = job.error or "LeaseLost"
        session.flush()
    return None


def report_progress(
    session: Session, job_id: str, *, worker: str, done: int, total: int, now: datetime
) -> None:
    """Tell how far the job is, which also renews its lease."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.leased_by == worker)
        .values(done=done, total=total, leased_until=now + LEASE)
    )


def finish(session: Session, job_id: str, *, worker: str) -> None:
    """Mark the job done, if this worker still holds it."""
    session.execute(
        update(Job)
        .where(Job.id == job_id, Job.leased_by == worker)
        .values(state=JobState.DONE, leased_by=None, leased_until=None, error="")
    )


def fail(session: Session, job_id: str, *, worker: str, error: str, now: datetime) -> None:
    """Put the job back for later, or give it up after too many attempts."""
    job = session.get_one(Job, job_id)
    if job.leased_by != worker:
        return
    job.leased_by, job.leased_until, job.error = None, None, error[:400]
    job.state = JobState.FAILED if job.attempts >= MOST_ATTEMPTS else JobState.QUEUED
    job.run_after = now + timedelta(seconds=2**job.attempts)


def take_lease(
    session: Session, name: str, *, holder: str, length: timedelta, now: datetime
) -> bool:
    """Take or renew the right called ``name``; False while somebody else holds it."""
    lease = session.get(Lease, name, with_for_update=True)
    if lease is None:
        try:
            with session.begin_nested():
                session.add(Lease(name=name, holder=holder, until=now + length))
        except IntegrityError:
            return False  # somebody else was first by a moment
        return True
    if lease.holder != holder and lease.until > now:
        return False
    lease.holder, lease.until = holder, now + length
    return True


def give_back_lease(session: Session, name: str, *, holder: str) -> None:
    """Give the right called ``name`` back before its time, if ``holder`` has it."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


def run_one(
    sessions: Sessions,
    handlers: dict[str, Handler],
    *,
    worker: str,
    now: Callable[[], datetime],
) -> bool:
    """Claim one job and do it; False if there was none. An error is kept with the job."""
    with sessions.writing() as session:
        job = claim(session, worker=worker, now=now())
    if job is None:
        return False

    def tell(done: int, total: int) -> None:
        with sessions.writing() as session:
            report_progress(session, job.id, worker=worker, done=done, total=total, now=now())

    try:
        handlers[job.kind](job.payload, tell)
    except Exception as error:  # noqa: BLE001 - the worker must outlive any one job
        # Only the kind of error is kept: its text may hold what nobody may read.
        with sessions.writing() as session:
            fail(session, job.id, worker=worker, error=type(error).__name__, now=now())
        return True
    with sessions.writing() as session:
        finish(session, job.id, worker=worker)
    return True
