"""Settling a sitting 逐份办理: the job that decides on each list in a short transaction of its own.

One refusal never stops the others. A list and its outcome are written in the same transaction, so a
job that is killed and taken up again approves nothing twice and forgets nothing.
"""

import logging
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from disclosure import service
from disclosure.bulk.models import Decision, Outcome, Sitting, SittingItem, SittingState
from disclosure.publication import HAS_CHANGED
from portal.data.accounts import Actor, User, actor_of
from portal.data.jobs import Handler, Report
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.kernel.errors import Conflict, DomainError, Forbidden, Refused
from portal.kernel.language import N_

REPORT_EVERY = 10
UNEXPECTED = N_(
    "This list could not be decided on because of a fault of ours. Try it by itself, and tell the "
    "administrator if that fails too."
)
NO_LONGER = N_("Whoever decided this may not approve lists any more.")

log = logging.getLogger(__name__)


def sitting_settler(sessions: Sessions, clock: Clock) -> Handler:
    """Return the handler of the job that settles a sitting."""

    def settle_sitting(payload: dict[str, Any], report: Report) -> None:
        _Settler(sessions, clock, str(payload["sitting"])).run(report)

    return settle_sitting


class _Settler:
    """One run over a sitting; what is settled already is left as it is."""

    def __init__(self, sessions: Sessions, clock: Clock, sitting_id: str) -> None:
        self._sessions, self._clock, self._sitting_id = sessions, clock, sitting_id

    def run(self, report: Report) -> None:
        """Settle what waits, in the order in which it stood on the page."""
        with self._sessions.reading() as session:
            waiting = _waiting_ids(session, self._sitting_id)
            total = _count(session, self._sitting_id)
        for done, submission_id in enumerate(waiting, start=total - len(waiting)):
            if done % REPORT_EVERY == 0:
                report(done, total)  # which also renews the lease
            self._settle(submission_id)
        with self._sessions.writing() as session:
            sitting = session.get(Sitting, self._sitting_id, with_for_update=True)
            if sitting is not None:
                sitting.state = SittingState.DONE
        report(total, total)

    def _settle(self, submission_id: str) -> None:
        try:
            with self._sessions.writing() as session:
                self._decide(session, submission_id)
        except OperationalError:
            raise  # the database was busy or away: the job is taken up again
        except DomainError as refusal:
            self._refuse(submission_id, refusal)
        except Exception as error:  # noqa: BLE001 - one list may not keep the others from it
            log.warning("sitting: %s", type(error).__name__)
            self._refuse(submission_id, Refused(UNEXPECTED))

    def _decide(self, session: Session, submission_id: str) -> None:
        found = self._lock(session, submission_id)
        if found is None:
            return
        sitting, item = found
        actor, now = _actor(session, sitting), self._clock.now()
        if sitting.decision is Decision.APPROVE:
            notices = service.approve(session, actor, submission_id, item.digest, now=now)
            item.outcome, item.notices = Outcome.APPROVED, len(notices)
            return
        if service.get_submission(session, actor, submission_id).digest != item.digest:
            raise Conflict(HAS_CHANGED)
        service.return_to_clerk(session, actor, submission_id, sitting.reason, now=now)
        item.outcome = Outcome.RETURNED

    def _lock(self, session: Session, submission_id: str) -> tuple[Sitting, SittingItem] | None:
        """Return a list that still waits in this sitting, locked; None where it is settled."""
        sitting = session.get(Sitting, self._sitting_id)
        key = (self._sitting_id, submission_id)
        item = session.get(SittingItem, key, with_for_update=True)
        if sitting is None or item is None or item.outcome is not Outcome.WAITING:
            return None
        return sitting, item

    def _refuse(self, submission_id: str, refusal: DomainError) -> None:
        with self._sessions.writing() as session:
            found = self._lock(session, submission_id)
            if found is not None:
                item = found[1]
                item.outcome, item.message = Outcome.REFUSED, refusal.message[:400]
                item.params = {name: _kept(value) for name, value in refusal.params.items()}


def _kept(value: object) -> str | int:
    return value if isinstance(value, str | int) else str(value)


def _actor(session: Session, sitting: Sitting) -> Actor:
    """Return whoever decided, as they are now: a role may be taken away while a job runs."""
    user = session.get(User, sitting.created_by) if sitting.created_by else None
    if user is None or not user.active:
        raise Forbidden(NO_LONGER)
    return actor_of(user)


def _waiting_ids(session: Session, sitting_id: str) -> list[str]:
    query = (
        select(SittingItem.submission_id)
        .where(SittingItem.sitting_id == sitting_id, SittingItem.outcome == Outcome.WAITING)
        .order_by(SittingItem.position)
    )
    return list(session.scalars(query))


def _count(session: Session, sitting_id: str) -> int:
    query = select(func.count()).select_from(SittingItem)
    return session.scalar(query.where(SittingItem.sitting_id == sitting_id)) or 0
