"""Loading the demonstration 装载演示数据 into an empty installation.

固原市 with its real divisions, and people who do not exist: offices, accounts, one whole month of
lists and the two before it, complaints in every state. Given the same number of households on the
same day, the people are the same; what the portal itself draws at random (ids, salts, keys) is not.
"""

import random
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.keyring import KeyRing
from demo.ahead import Ahead
from demo.cases import case_steps, printed_codes
from demo.funds import fund_steps
from demo.households import allocate, draw_households
from demo.kindfigures import figure_steps
from demo.lists import Call, Lists, Report
from demo.movements import movement_steps
from demo.offices import list_offices
from demo.people import People
from demo.publicity import publicity_steps, published_texts
from demo.published import DATA, published_figures
from demo.staff import PASSWORD, add_staff, demo_logins, list_actors, list_logins
from demo.stage import Stage, happen
from demo.times import days_before, list_month, publication_day
from disclosure.forgetting import forget_what_is_over
from disclosure.importing import Prepared
from disclosure.namepolicy import choose_policy
from portal.commands import open_sessions
from portal.config import Settings
from portal.data.accounts import OPERATOR, audit, load_units
from portal.data.audit import AuditEntry
from portal.data.keyfiles import load_keys
from portal.data.pages import forget_all_pages
from portal.data.regionfiles import RegionRow, load_regions, parse_regions_csv
from portal.data.regions import Level, Region
from portal.data.session import Sessions
from portal.data.signing_in import hash_password
from portal.footer import choose_footer
from portal.kernel.clock import Clock, SystemClock
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.masking import DEFAULT_POLICY

SEED = 640400
_BEGUN, _ENDED = "demonstration-begin", "demonstration-end"
_OPENED_DAYS_AGO = 120
_WORTH_PROCESSES = 1000  # households
# Numbers that no site has.
FOOTER = {
    "phone": "0954-0000000",
    "site_code": "0000000000",
    "icp": "宁ICP备00000000号-1",
    "police": "宁公网安备00000000000000号",
    "faults_url": "https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=0000000000",
}

Say = Callable[..., None]


def load_demonstration(
    settings: Settings,
    *,
    households: int,
    if_empty: bool,
    say: Say,
    report: Report,
    clock: Clock | None = None,
) -> None:
    """Fill an empty installation; ``report`` is told how many townships of how many are done.

    ``if_empty``: leave an installation that has data as it is. Outside demo mode the accounts'
    password is drawn at random and said once. Raises Refused where there is data already, or where
    an earlier load was interrupted.
    """
    now = (clock or SystemClock()).now()
    password = PASSWORD if settings.demo else secrets.token_urlsafe(12)
    with _opened(settings) as sessions:
        world = _World(read_places())
        with sessions.writing() as session:
            if not _is_empty(session, settings, or_refuse=not if_empty):
                return
            _open_the_offices(session, world, password, households, now)
        _let_it_happen(_stage(settings, sessions, now), world, households, report)
        forget_what_is_over(sessions, now=now)
        with sessions.writing() as session:
            audit(session, OPERATOR, _ENDED, "demonstration", now=now)
        say(
            N_(
                "The demonstration is loaded: %(households)s households in %(townships)s "
                "townships, of people who do not exist."
            ),
            households=households,
            townships=len(world.of(Level.TOWNSHIP)),
        )
        if settings.demo:
            _say_codes(settings, sessions, say)
        else:
            say(N_("Password of every account: %(password)s"), password=password)


def introduce(settings: Settings, say: Say) -> None:
    """Print where to look, whom to sign in as, and codes to follow complaints with.

    Prints nothing about what is not there: logins and codes only of a loaded demonstration.
    """
    say(N_("For residents: %(url)s"), url=f"{settings.base_url}/")
    say(N_("For staff: %(url)s"), url=f"{settings.base_url}/desk/")
    with _opened(settings) as sessions:
        with sessions.reading() as session:
            logins = demo_logins(session)
        if not logins:
            return
        say(N_("Sign in with the password %(password)s as:"), password=PASSWORD)
        for login in logins:
            say(f"  {login.login:<20} {login.role.value:<17} {login.name}")
        _say_codes(settings, sessions, say)


@contextmanager
def _opened(settings: Settings) -> Iterator[Sessions]:
    sessions = open_sessions(settings)
    try:
        yield sessions
    finally:
        sessions.engine.dispose()


class _World:
    """The places of 固原市 and the offices that sit in them."""

    def __init__(self, places: list[RegionRow]) -> None:
        self.places = places
        self.offices = list_offices(places)

    def of(self, level: Level) -> list[RegionRow]:
        """Return the places of one level."""
        return [place for place in self.places if place.level is level]

    @property
    def texts(self) -> list[str]:
        """What the portal publishes of places, offices, figures and documents."""
        names = [login.name for login in list_logins(self.offices)]
        return [*(place.name for place in self.places), *names, *published_texts()]


def read_places() -> list[RegionRow]:
    """Return the divisions of 固原市 by code, so that what belongs together stands together."""
    text = (DATA / "divisions-guyuan.csv").read_text(encoding="utf-8-sig")
    return sorted(parse_regions_csv(text), key=lambda place: place.code)


def _is_empty(session: Session, settings: Settings, *, or_refuse: bool) -> bool:
    if session.scalar(select(func.count()).select_from(Region)) == 0:
        return True
    marks = set(
        session.scalars(select(AuditEntry.action).where(AuditEntry.action.in_([_BEGUN, _ENDED])))
    )
    if marks == {_BEGUN}:
        raise Refused(
            N_(
                "Loading the demonstration was interrupted. Delete the database and the folder "
                "%(folder)s, run 'python -m portal init', and load it again."
            ),
            folder=settings.data_folder,
        )
    if or_refuse:
        raise Refused(
            N_(
                "This installation has data already. The demonstration is loaded into an empty "
                "one only."
            )
        )
    return False


def _open_the_offices(
    session: Session, world: _World, password: str, households: int, now: datetime
) -> None:
    """Load places, units and accounts, as of the day on which the portal was set up."""
    opened_at = days_before(now, _OPENED_DAYS_AGO, "09:00")
    audit(session, OPERATOR, _BEGUN, "demonstration", now=opened_at, households=households)
    count = load_regions(session, world.places)
    audit(session, OPERATOR, "regions-load", "regions", now=opened_at, count=count)
    count = load_units(session, world.offices)
    audit(session, OPERATOR, "units-load", "units", now=opened_at, count=count)
    add_staff(session, world.offices, password_hash=hash_password(password), now=opened_at)
    choose_footer(session, OPERATOR, FOOTER, now=opened_at)
    for county in world.of(Level.COUNTY):
        choose_policy(session, OPERATOR, DEFAULT_POLICY, area=county.code, now=opened_at)
    forget_all_pages(session)


def _stage(settings: Settings, sessions: Sessions, now: datetime) -> Stage:
    with sessions.reading() as session:
        actors = list_actors(session)
    keyring = KeyRing(settings.secrets_folder)
    keys = load_keys(settings.secrets_folder)
    return Stage(sessions, keys, keyring, actors, now, settings.data_folder)


def _let_it_happen(stage: Stage, world: _World, households: int, report: Report) -> None:
    figures = published_figures()
    villages = world.of(Level.VILLAGE)
    on = publication_day(list_month(stage.now))
    people = People(random.Random(SEED), on, world.texts)
    counts = allocate(villages, households, figures, random.Random(SEED))
    standing = draw_households(villages, counts, figures, people, random.Random(SEED))
    with _preparing(households) as prepared:
        lists = Lists(stage, world.places, standing, people, report, prepared)
        # Few and of their own, so they are drawn first: the others come a township at a time.
        others = list(lists.other_lists(people, figures, random.Random(SEED)))
        publicity = [
            *publicity_steps(stage, world.places),
            *figure_steps(stage, world.places),
            *fund_steps(stage, world.places),
            *movement_steps(stage, world.places),
        ]
        happen([*publicity, *lists.standing_lists(), *others, *case_steps(stage)])


@contextmanager
def _preparing(households: int) -> Iterator[Callable[[Iterator[Call]], Iterator[Prepared]]]:
    """Yield how lists are prepared: ahead in other processes where that is worth starting them."""
    if households < _WORTH_PROCESSES:
        yield lambda calls: (call() for call in calls)
        return
    with ExitStack() as stack:
        yield lambda calls: stack.enter_context(Ahead(calls))


def _say_codes(settings: Settings, sessions: Sessions, say: Say) -> None:
    keys = load_keys(settings.secrets_folder)
    with sessions.reading() as session:
        codes = printed_codes(session, keys)
    if codes:
        say(
            N_("Receipt codes to follow complaints with at %(url)s:"),
            url=f"{settings.base_url}/track",
        )
    for code in codes:
        say(f"  {code.printed()}")
