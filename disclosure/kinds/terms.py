"""What a county chooses for its lists 县级选项: how long they hang, and which show names.

Choices are kept as ``portal.data.choices`` keeps them; until a county has chosen, the rule holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, object_session

from disclosure.catalogue import KINDS, kind_of
from disclosure.kinds.facts import Names, NoticeKind
from disclosure.kinds.limits import LIMITS, Limit, Unit, window_shortfall
from disclosure.models import Notice, Submission
from portal.data.accounts import Actor
from portal.data.choices import choose, find_choice
from portal.data.regions import Level, code_prefix, get_region, list_regions
from portal.kernel.errors import NotFound, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.kernel.workdays import WorkCalendar

WINDOWS, NAMED_LISTS = "windows", "named-lists"

CHOSEN_LIMITS = tuple(
    limit.id for limit in LIMITS.values() if limit.offered and not limit.chosen_as
)
CHOSEN_KINDS = tuple(kind.id for kind in KINDS.values() if kind.names is Names.COUNTY_CHOICE)


def window_of(session: Session, limit: Limit, code: str) -> Limit:
    """Return a posting window as it holds in a place: as its county chose, or the rule."""
    chosen = find_choice(session, WINDOWS, code) if limit.offered else None
    window = (chosen or {}).get(limit.choice)
    return limit if window is None else limit.chosen(window["days"], Unit(window["unit"]))


def kind_in(session: Session, name: str, code: str) -> NoticeKind:
    """Return a kind as it holds in the place ``code``: its window, and whether it shows names.

    Raises NotFound for a kind that there is not, or that another county has added.
    """
    try:
        kind = kind_of(name, session)
    except KeyError:
        raise NotFound(N_("There is no list of the kind %(kind)s."), kind=name) from None
    if kind.county and not code.startswith(code_prefix(kind.county)):
        raise NotFound(
            N_("%(programme)s is a programme of another county."), programme=kind.programme
        )
    names = kind.names
    if names is Names.COUNTY_CHOICE:
        decided = (find_choice(session, NAMED_LISTS, code) or {}).get(kind.id, False)
        names = Names.ALWAYS if decided else Names.NEVER
    return replace(kind, names=names, window=window_of(session, kind.window, code))


def kind_of_notice(notice: Notice) -> NoticeKind:
    """Return the kind of a stored notice as it holds in its place."""
    session = object_session(notice)
    if session is None:
        return kind_of(notice.kind)
    return kind_in(session, notice.kind, notice.region_code)


def kind_to_bring_in(session: Session, name: str, code: str) -> NoticeKind:
    """Return a kind of which a file may be brought in for the place; raises Refused, NotFound."""
    kind = kind_in(session, name, code)
    if not kind.from_file:
        raise NotFound(N_("There is no list of the kind %(kind)s."), kind=name)
    if kind.ended:
        raise Refused(
            N_("%(programme)s has ended, so no more lists of it are taken in."),
            programme=kind.programme,
        )
    return kind


@dataclass(frozen=True)
class Shortfall:
    """A printed posting window that is shorter than its rule: by how many days."""

    missing: int
    limit: Limit


def find_shortfall(session: Session, submission_id: str) -> Shortfall | None:
    """Return by how much a list's printed window is too short, None where it is long enough."""
    submission = session.get_one(Submission, submission_id)
    kind = kind_in(session, submission.kind, submission.region_code)
    if not kind.printed_window:
        return None
    period = parse_period(submission.period)
    missing = window_shortfall(period, kind.window, WorkCalendar())
    return Shortfall(missing, kind.window) if missing else None


@dataclass(frozen=True)
class CountyTerms:
    """A county with what holds there; ``decided`` tells whether anybody has chosen."""

    code: str
    name: str
    windows: Mapping[str, Limit]
    named: Mapping[str, bool]
    decided: bool


def list_terms(session: Session, actor: Actor) -> Sequence[CountyTerms]:
    """Return the counties of the actor's area with what holds there; raises Forbidden."""
    actor.require(Permission.MANAGE_USERS)
    return [
        _terms(session, region.code, region.name)
        for region in list_regions(session, [Level.COUNTY], within=actor.region_code)
    ]


def _terms(session: Session, code: str, name: str) -> CountyTerms:
    chosen = [find_choice(session, what, code) for what in (WINDOWS, NAMED_LISTS)]
    return CountyTerms(
        code,
        name,
        {limit: window_of(session, LIMITS[limit], code) for limit in CHOSEN_LIMITS},
        {kind: kind_in(session, kind, code).named for kind in CHOSEN_KINDS},
        any(one is not None for one in chosen),
    )


def choose_terms(
    session: Session,
    actor: Actor,
    *,
    area: str,
    windows: Mapping[str, tuple[int, Unit]],
    named: Mapping[str, bool],
    now: datetime,
) -> None:
    """Decide how long a county's lists hang and which show names; what hangs already stays.

    Raises Refused for a window that the rule does not offer, Forbidden for anybody but an
    administrator of the area.
    """
    actor.require(Permission.MANAGE_USERS, within=area)
    get_region(session, area)
    values: dict[str, Any] = {}
    for name, window in windows.items():
        if name not in CHOSEN_LIMITS or window not in LIMITS[name].offered:
            raise Refused(N_("The rule does not offer this time on display; choose another."))
        values[name] = {"days": window[0], "unit": window[1].value}
    choose(session, actor, WINDOWS, values, area=area, now=now)
    kept = {kind: bool(named.get(kind)) for kind in CHOSEN_KINDS}
    choose(session, actor, NAMED_LISTS, kept, area=area, now=now)
