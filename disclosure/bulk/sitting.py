"""A sitting 一次批量审批: what somebody chose to decide on together, and the decision.

The digests that stood on the page are kept with the choice; nothing else is ever approved.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from disclosure.bulk.drawing import draw, sample_size
from disclosure.bulk.models import Decision, Sitting, SittingItem, SittingState
from disclosure.bulk.waiting import MOST_AT_ONCE
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.jobs import Job, JobState, enqueue
from portal.kernel.errors import NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.kernel.text import clean

SETTLE_JOB = "settle-sitting"
KEPT_FOR = timedelta(days=1)
LONGEST_REASON = 400
NO_SUCH_LIST = N_("There is no such list in your area.")
NO_SUCH_SITTING = N_("There is no such sitting, or it was more than a day ago.")

Choice = Mapping[str, str]
"""What was chosen: the digest that stood on the page, by the list's id, in the page's order."""


def begin_sitting(
    session: Session, actor: Actor, sitting_id: str, choice: Choice, *, now: datetime
) -> str:
    """Note which lists somebody wants to decide on; returns the sitting's id.

    The same form sent twice is one sitting; chosen anew while nothing is decided, it is replaced.
    Raises Refused for nothing or too much, NotFound for a list that is not in the actor's area.
    """
    actor.require(Permission.APPROVE_LIST)
    choice = _in_order(session, actor, choice)
    sitting = _find(session, sitting_id) or _store(session, actor, sitting_id, now)
    if sitting.created_by != actor.user_id:
        raise NotFound(NO_SUCH_SITTING)
    if sitting.state is not SittingState.OPEN:
        if _choice_of(session, sitting.id) == dict(choice):
            return sitting.id
        sitting = _store(session, actor, new_id(), now)
    sitting.seed, sitting.sample = "", []
    session.execute(delete(SittingItem).where(SittingItem.sitting_id == sitting.id))
    session.add_all(
        SittingItem(
            sitting_id=sitting.id,
            submission_id=submission_id,
            position=position,
            digest=digest,
            params={},
        )
        for position, (submission_id, digest) in enumerate(choice.items(), start=1)
    )
    session.flush()
    return sitting.id


def _in_order(session: Session, actor: Actor, choice: Choice) -> dict[str, str]:
    """Return the choice in the page's order, but a place's lists of one kind month by month.

    An earlier list cannot be published once a later one is.
    """
    if not choice:
        raise Refused(N_("Choose at least one list."))
    if len(choice) > MOST_AT_ONCE:
        raise Refused(N_("At most %(most)s lists can be chosen at once."), most=MOST_AT_ONCE)
    query = select(Submission.id, Submission.region_code, Submission.kind, Submission.period)
    found = {key: about for key, *about in session.execute(query.where(Submission.id.in_(choice)))}
    if len(found) < len(choice) or not all(actor.covers(code) for code, *_ in found.values()):
        raise NotFound(NO_SUCH_LIST)
    by_month = sorted(choice, key=lambda key: parse_period(found[key][2]).first_on)
    next_of: dict[tuple[str, str], list[str]] = {}
    for key in reversed(by_month):
        code, kind, _period = found[key]
        next_of.setdefault((code, kind), []).append(key)
    ordered = [next_of[found[key][0], found[key][1]].pop() for key in choice]
    return {key: choice[key] for key in ordered}


def _find(session: Session, sitting_id: str) -> Sitting | None:
    return session.get(Sitting, sitting_id, with_for_update=True)


def _store(session: Session, actor: Actor, sitting_id: str, now: datetime) -> Sitting:
    sitting = Sitting(
        id=sitting_id,
        state=SittingState.OPEN,
        decision=None,
        sample=[],
        created_at=now,
        created_by=actor.user_id,
    )
    try:
        with session.begin_nested():
            session.add(sitting)
    except IntegrityError:
        # A double click: the other request was first by a moment (PostgreSQL lets two write).
        return get_sitting(session, actor, sitting_id)
    return sitting


def _choice_of(session: Session, sitting_id: str) -> dict[str, str]:
    query = select(SittingItem.submission_id, SittingItem.digest)
    rows = session.execute(query.where(SittingItem.sitting_id == sitting_id))
    return {submission_id: digest for submission_id, digest in rows}  # noqa: C416 - typed keys


def get_sitting(session: Session, actor: Actor, sitting_id: str) -> Sitting:
    """Return a sitting of the actor's own, locked for the transaction; raises NotFound."""
    actor.require(Permission.APPROVE_LIST)
    sitting = _find(session, sitting_id)
    if sitting is None or sitting.created_by != actor.user_id:
        raise NotFound(NO_SUCH_SITTING)
    return sitting


def draw_sample(
    session: Session, actor: Actor, sitting_id: str, seed: str, *, now: datetime
) -> None:
    """Draw rows by lot from the lists of a sitting 抽查; the audit log keeps seed and rows.

    The rows are counted list by list in the order of their ids, then by village and number.
    """
    sitting = get_sitting(session, actor, sitting_id)
    if sitting.state is not SittingState.OPEN:
        return
    rows = _rows_of(session, sitting.id)
    drawn = [rows[place] for place in draw(seed, len(rows), sample_size(len(rows)))]
    sitting.seed, sitting.sample = seed, [list(key) for key in drawn]
    audit(
        session,
        actor,
        "sitting-sample",
        f"sitting:{sitting.id}",
        now=now,
        seed=seed,
        rows=len(rows),
        lists=len(_choice_of(session, sitting.id)),
        looked_at=[f"{notice_id}#{n}" for notice_id, n in drawn],
    )


def _rows_of(session: Session, sitting_id: str) -> Sequence[tuple[str, int]]:
    """Return (notice, number) of every row of the sitting's lists that still wait unchanged."""
    query = (
        select(NoticeRow.notice_id, NoticeRow.n)
        .join(Notice, (Notice.id == NoticeRow.notice_id) & (Notice.version == NoticeRow.version))
        .join(Submission, Submission.id == Notice.submission_id)
        .join(
            SittingItem,
            (SittingItem.submission_id == Submission.id)
            & (SittingItem.digest == Submission.digest),
        )
        .where(SittingItem.sitting_id == sitting_id, Submission.state == SubmissionState.SUBMITTED)
        .order_by(Submission.id, Notice.region_code, Notice.id, NoticeRow.n)
    )
    return [(notice_id, n) for notice_id, n in session.execute(query)]


def decide(
    session: Session,
    actor: Actor,
    sitting_id: str,
    decision: Decision,
    reason: str = "",
    *,
    now: datetime,
) -> None:
    """Decide on all lists of a sitting alike; the worker then settles them one by one.

    What is decided already stays decided, so a form that is sent twice does no harm.
    """
    sitting = get_sitting(session, actor, sitting_id)
    if sitting.state is not SittingState.OPEN:
        _go_on(session, sitting, now)
        return
    reason = clean(reason)[:LONGEST_REASON]
    if decision is Decision.RETURN and not reason.strip():
        raise Refused(N_("Say what must be corrected."), field="reason")
    sitting.state, sitting.decision, sitting.reason = SittingState.RUNNING, decision, reason
    audit(
        session,
        actor,
        f"sitting-{decision.value}",
        f"sitting:{sitting.id}",
        now=now,
        seed=sitting.seed,
        lists=[f"{key}:{digest}" for key, digest in _choice_of(session, sitting.id).items()],
    )
    _ask(session, sitting.id, now)


def _go_on(session: Session, sitting: Sitting, now: datetime) -> None:
    """Have a sitting taken up again whose job was given up."""
    if sitting.state is SittingState.RUNNING and has_stopped(session, sitting.id):
        _ask(session, sitting.id, now)


def _ask(session: Session, sitting_id: str, now: datetime) -> None:
    enqueue(session, SETTLE_JOB, {"sitting": sitting_id}, now=now, key=f"sitting:{sitting_id}")


def has_stopped(session: Session, sitting_id: str) -> bool:
    """Tell whether the job of a sitting was given up after too many attempts."""
    state = session.scalar(select(Job.state).where(Job.key == f"sitting:{sitting_id}"))
    return state is JobState.FAILED


def forget_old_sittings(session: Session, *, now: datetime) -> None:
    """Forget every sitting that was more than a day ago; the audit log keeps what was done."""
    old = select(Sitting.id).where(Sitting.created_at <= now - KEPT_FOR)
    session.execute(delete(SittingItem).where(SittingItem.sitting_id.in_(old)))
    session.execute(delete(Sitting).where(Sitting.created_at <= now - KEPT_FOR))
