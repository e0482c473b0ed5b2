"""Additions and removals 增减情况 of the demonstration: derived from its lists.

In 兴隆镇 they are published; elsewhere they wait for their reasons, as they were derived.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import cycle

from sqlalchemy import select

from demo.lists import XINGLONG
from demo.offices import short_id
from demo.staff import login_of
from demo.stage import Stage, Step
from demo.times import instant, list_month, publication_day
from disclosure import service
from disclosure.catalogue import MINIMUM_LIVING
from disclosure.models import Submission
from disclosure.movements.comparing import Change
from disclosure.movements.completing import RecordedChange, give_reasons, list_changes
from disclosure.movements.drafting import draft_changes
from disclosure.movements.models import ChangeSet, Outcome
from disclosure.movements.reasons import NEED_A_REASON, list_choices
from portal.data.regionfiles import RegionRow
from portal.kernel.period import Period
from portal.kernel.permissions import Role

_AT = "15:00"


def movement_steps(stage: Stage, places: Sequence[RegionRow]) -> Iterator[Step]:
    """Yield the publication of what changed in 兴隆镇, the day after its list."""
    month = list_month(stage.now)
    at = instant(publication_day(month) + timedelta(days=1), _AT)
    if at <= stage.now:
        township = next(place for place in places if place.code == XINGLONG)
        yield Step(at, partial(_publish, stage, township, month))


def _publish(stage: Stage, township: RegionRow, month: Period, now: datetime) -> None:
    """Give the reasons, draft the notice, and have a second person approve it."""
    clerk, head = (
        stage.actors[login_of(short_id(township), role)] for role in (Role.CLERK, Role.HEAD)
    )
    with stage.sessions.writing() as session:
        change_set = session.scalars(
            select(ChangeSet).where(
                ChangeSet.region_code == township.code,
                ChangeSet.programme == MINIMUM_LIVING,
                ChangeSet.later_period == month.text,
                ChangeSet.outcome == Outcome.COMPARED,
            )
        ).one()
        changes = list_changes(session, change_set)
        if all(one.change is Change.KEPT for one in changes):
            return  # a small demonstration, in which nobody came or went here
        give_reasons(session, clerk, change_set.id, _reasons(changes), now=now)
        submission_id = draft_changes(session, clerk, change_set.id, now=now)
        service.submit(session, clerk, submission_id, now=now)
    with stage.sessions.writing() as session:
        digest = session.get_one(Submission, submission_id).digest
        service.approve(session, head, submission_id, digest, now=now)


def _reasons(changes: Sequence[RecordedChange]) -> dict[int, str]:
    """Return a reason for each change that needs one, now this, now that."""
    choices = {
        change: cycle([one.code for one in list_choices(change, MINIMUM_LIVING)])
        for change in NEED_A_REASON
    }
    return {
        one.n: next(choices[one.change])
        for one in changes
        if one.change in NEED_A_REASON and one.reason is None
    }
