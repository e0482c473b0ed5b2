"""Programmes that a county adds 县级增设救助项目: added and ended by its administrator.

A programme's kind is found by ``disclosure.catalogue`` from the table alone, so a worker or another
server knows of it as soon as it is stored.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from disclosure.catalogue import COUNTY_PREFIX
from disclosure.kinds.models import CountyProgramme, ProgrammeForm
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.appending import lock_log
from disclosure.logentries import list_current, log_expiry
from disclosure.models import Notice, Submission
from disclosure.publication import HOME_KEY, notice_key, region_key
from portal.data.accounts import Actor, audit
from portal.data.changes import note_changes
from portal.data.pages import forget_all_pages, forget_pages
from portal.data.regions import Level, Region, code_prefix, find_region, path_of
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.permissions import Permission, Role
from portal.kernel.text import clean

LONGEST_SLUG, LONGEST_NAME_ZH, LONGEST_NAME_EN, LONGEST_BASIS = 30, 30, 80, 200
LONGEST_WINDOW_DAYS = 365
APPROVERS = (Role.REVIEWER, Role.HEAD)
_SLUG = re.compile(r"[a-z](?:[a-z0-9]|-(?=[a-z0-9]))*")
_CHILDREN = re.compile(r"孤儿|事实无人抚养|困境儿童|留守儿童|未成年人|儿童|弃婴")
NO_SUCH = N_("There is no such programme in your area.")


@dataclass(frozen=True)
class NewProgramme:
    """What an administrator says of a new programme; ``slug`` is its short name in addresses."""

    area: str
    slug: str
    name_zh: str
    name_en: str
    form: ProgrammeForm
    approved_by: Role
    window_days: int | None
    basis: str
    since: date


@dataclass(frozen=True)
class ProgrammeView:
    """A county's programme as the desk shows it; ``hanging`` counts its notices on display."""

    kind: str
    county: str
    county_code: str
    name_zh: str
    name_en: str
    form: ProgrammeForm
    approved_by: Role
    window_days: int | None
    basis: str
    since: date
    ended_on: date | None
    hanging: int
    open_lists: int


def list_programmes(session: Session, actor: Actor) -> Sequence[ProgrammeView]:
    """Return the programmes of the actor's area, those that go on first; raises Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    query = (
        select(CountyProgramme)
        .options(joinedload(CountyProgramme.region))
        .order_by(
            CountyProgramme.ended_at.is_not(None),
            CountyProgramme.region_code,
            CountyProgramme.kind,
        )
    )
    if actor.region_code is not None:
        query = query.where(CountyProgramme.region_code.startswith(code_prefix(actor.region_code)))
    return [_view(session, programme) for programme in session.scalars(query)]


def get_programme(session: Session, actor: Actor, kind: str) -> ProgrammeView:
    """Return a programme of the actor's area; raises NotFound, Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    programme = session.get(CountyProgramme, kind)
    if programme is None or not actor.covers(programme.region_code):
        raise NotFound(NO_SUCH)
    return _view(session, programme)


def _view(session: Session, programme: CountyProgramme) -> ProgrammeView:
    return ProgrammeView(
        kind=programme.kind,
        county=programme.region.name,
        county_code=programme.region_code,
        name_zh=programme.name_zh,
        name_en=programme.name_en,
        form=programme.form,
        approved_by=programme.approved_by,
        window_days=programme.window_days,
        basis=programme.basis,
        since=programme.since,
        ended_on=local_date(programme.ended_at) if programme.ended_at else None,
        hanging=len(_hanging(session, programme.kind)),
        open_lists=_count_open(session, programme.kind),
    )


def _hanging(session: Session, kind: str) -> Sequence[Notice]:
    query = select(Notice).where(
        Notice.kind == kind,
        Notice.published_at.is_not(None),
        Notice.posted_to.is_(None),
        Notice.replaced_at.is_(None),
        Notice.withdrawn_at.is_(None),
    )
    return session.scalars(query.order_by(Notice.region_code, Notice.id)).all()


def _count_open(session: Session, kind: str) -> int:
    """Return how many lists are not published yet, those that are approved for later too."""
    unpublished = exists().where(
        Notice.submission_id == Submission.id, Notice.published_at.is_(None)
    )
    query = (
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.kind == kind,
            Submission.state.not_in([SubmissionState.RETURNED, SubmissionState.DISCARDED]),
            unpublished,
        )
    )
    return session.scalar(query) or 0


def add_programme(session: Session, actor: Actor, new: NewProgramme, *, now: datetime) -> str:
    """Add a programme to a county 增设项目 and return its kind; raises Refused, Forbidden."""
    actor.require(Permission.MANAGE_USERS, within=new.area)
    _check(session, new)
    kind = COUNTY_PREFIX + new.slug
    if session.get(CountyProgramme, kind) is not None:
        raise Refused(
            N_("There is a programme with this short name already; choose another."), field="slug"
        )
    session.add(
        CountyProgramme(
            kind=kind,
            region_code=new.area,
            name_zh=clean(new.name_zh).strip(),
            name_en=clean(new.name_en).strip(),
            form=new.form,
            approved_by=new.approved_by,
            window_days=new.window_days,
            basis=clean(new.basis).strip(),
            since=new.since,
            created_at=now,
            created_by=actor.user_id,
        )
    )
    audit(
        session,
        actor,
        "programme-add",
        f"programme:{kind}",
        now=now,
        area=new.area,
        form=new.form.value,
        approved_by=new.approved_by.value,
        window_days=new.window_days,
    )
    # Its name stands among the filters of the search, and its lists on many pages.
    forget_all_pages(session)
    return kind


def _check(session: Session, new: NewProgramme) -> None:
    region = find_region(session, new.area)
    if region is None or region.level is not Level.COUNTY:
        raise Refused(N_("Choose the county whose programme it is."), field="area")
    if not _SLUG.fullmatch(new.slug) or len(new.slug) > LONGEST_SLUG:
        raise Refused(
            N_(
                "The short name is written in small letters, digits and hyphens, and begins with a "
                "letter, for example electricity."
            ),
            field="slug",
        )
    if _CHILDREN.search(new.name_zh):
        raise Refused(
            N_(
                "Programmes for children are published in figures only. Publish the number of "
                "children and the amount with the fund figures."
            ),
            field="name_zh",
        )
    if new.approved_by not in APPROVERS:
        raise Refused(N_("Lists are approved by a reviewer or a head of unit."), field="approver")
    days = new.window_days
    if (new.form is ProgrammeForm.ONE_OFF) != (days is not None):
        raise Refused(
            N_(
                "What is paid once hangs for a number of days; what is paid every month hangs "
                "until the next list."
            ),
            field="window_days",
        )
    if days is not None and not 1 <= days <= LONGEST_WINDOW_DAYS:
        raise Refused(
            N_("Choose between 1 and %(most)s days."), field="window_days", most=LONGEST_WINDOW_DAYS
        )


def end_programme(session: Session, actor: Actor, kind: str, *, now: datetime) -> int:
    """End a programme 停止项目: its standing lists leave, and no more are taken in.

    Returns how many notices left. What hangs for a number of days stays its time. Raises NotFound,
    Conflict where it has ended or a list of it still waits at the desk.
    """
    actor.require(Permission.MANAGE_USERS)
    # Before looking, or a list that is approved at once would go on hanging.
    lock_log(session)
    programme = session.get(CountyProgramme, kind, with_for_update=True)
    if programme is None or not actor.covers(programme.region_code):
        raise NotFound(NO_SUCH)
    if programme.ended_at is not None:
        raise Conflict(N_("This programme has ended already."))
    if count := _count_open(session, kind):
        raise Conflict(
            N_(
                "%(count)s lists of this programme still wait at the desk. Have them approved, "
                "returned or discarded first."
            ),
            count=count,
        )
    programme.ended_at = now
    over = _hanging(session, kind)
    for notice in over:
        notice.replaced_at = now
    session.flush()
    log_expiry(session, list_current(session, [notice.id for notice in over]), now=now)
    _forget(session, over)
    audit(session, actor, "programme-end", f"programme:{kind}", now=now, notices=len(over))
    return len(over)


def _forget(session: Session, over: Sequence[Notice]) -> None:
    keys = {HOME_KEY, *(notice_key(notice.id) for notice in over)}
    places: dict[str, Sequence[Region]] = {
        code: path_of(session, code) for code in {notice.region_code for notice in over}
    }
    keys |= {region_key(region.code) for path in places.values() for region in path}
    forget_pages(session, keys)
    note_changes(session, (notice_key(notice.id) for notice in over))
