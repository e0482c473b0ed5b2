"""Reading a batch 批量读取: the job that recognises each file, checks it and makes it a draft."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, undefer

from disclosure.catalogue import offered_kinds
from disclosure.importing import prepare
from disclosure.intake.kinds import Kind
from disclosure.intake.learned import Learned
from disclosure.intake.places import Place
from disclosure.intake.reader import read_workbook
from disclosure.intake.recognition import OwnKind, recognise_file
from disclosure.uploads.learning import get_learned_in_area
from disclosure.uploads.models import Batch, WaitingFile, WaitingState
from disclosure.uploads.waiting import intake_terms, refusal_problem, settle
from portal.data.accounts import Actor, User, actor_of
from portal.data.jobs import Handler, Report
from portal.data.keyfiles import Keys
from portal.data.regions import Level, Region
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.kernel.errors import DomainError, Refused
from portal.kernel.language import N_
from portal.kernel.period import parse_period

NOT_YOURS = N_("This file is about %(place)s, which is not in your area.")
UNEXPECTED = N_(
    "The file could not be read because of a fault of ours. Upload it by itself, and tell the "
    "administrator if that fails too."
)

log = logging.getLogger(__name__)


def batch_reader(sessions: Sessions, keys: Keys, clock: Clock) -> Handler:
    """Return the handler of the job that reads a batch."""

    def read_batch(payload: dict[str, Any], report: Report) -> None:
        _Reader(sessions, keys, clock, str(payload["batch"])).run(report)

    return read_batch


@dataclass(frozen=True)
class _About:
    """Whose list a file is, of which kind and period."""

    region_code: str
    kind: str
    period: str


@dataclass(frozen=True)
class _Queued:
    """A file that waits to be read; ``about`` once somebody has said it."""

    id: str
    file_name: str
    sealed: bytes = field(repr=False)
    about: _About | None


class _Reader:
    """One run over a batch: each file is read, then settled in one short transaction."""

    def __init__(self, sessions: Sessions, keys: Keys, clock: Clock, batch_id: str) -> None:
        self._sessions, self._keys, self._clock = sessions, keys, clock
        self._batch_id = batch_id
        self._own: tuple[OwnKind, ...] = ()
        self._places: tuple[list[Place], dict[str, list[Place]]] | None = None

    def run(self, report: Report) -> None:
        """Read what waits, one by one; what is there already is not read again."""
        with self._sessions.reading() as session:
            actor = self._actor(session)
            waiting = _queued_ids(session, self._batch_id)
            total = _count(session, self._batch_id)
            learned = get_learned_in_area(session, actor.region_code) if actor else Learned()
            area = actor.region_code if actor else None
            self._own = tuple(
                OwnKind(kind.id, kind.programme, kind.form)
                for group in offered_kinds(session, area)
                for kind in group.kinds
                if kind.county
            )
        for done, waiting_id in enumerate(waiting, start=total - len(waiting)):
            report(done, total)
            self._read(waiting_id, actor, learned)
        report(total, total)

    def _actor(self, session: Session) -> Actor | None:
        batch = session.get(Batch, self._batch_id)
        user = session.get(User, batch.created_by) if batch and batch.created_by else None
        return actor_of(user) if user is not None and user.active else None

    def _read(self, waiting_id: str, actor: Actor | None, learned: Learned) -> None:
        try:
            if actor is None:
                raise Refused(N_("Whoever dropped this file may not bring in lists any more."))
            self._settle(waiting_id, actor, learned)
        except SQLAlchemyError:
            raise  # the database was busy or away: the job is taken up again
        except DomainError as refusal:
            self._refuse(waiting_id, refusal)
        except Exception as error:  # noqa: BLE001 - one file may not keep the others from being read
            log.warning("batch: %s", type(error).__name__)
            self._refuse(waiting_id, Refused(UNEXPECTED))

    def _settle(self, waiting_id: str, actor: Actor, learned: Learned) -> None:
        with self._sessions.reading() as session:
            queued = _find_queued(session, waiting_id)
        if queued is None:
            return
        data = self._keys.open_upload(queued.sealed)
        about = queued.about or self._recognise(queued, data, actor, learned)
        if about is None:
            return
        with self._sessions.reading() as session:
            terms = intake_terms(session, about.region_code, about.kind)
        prepared = prepare(
            data,
            filename=queued.file_name,
            kind=terms.kind,
            place=terms.place,
            period=parse_period(about.period),
            policy=terms.policy,
            keys=self._keys,
            now=self._clock.now(),
            learned=terms.learned,
        )
        with self._sessions.writing() as session:
            settle(session, actor, waiting_id, prepared, now=self._clock.now())

    def _recognise(
        self, queued: _Queued, data: bytes, actor: Actor, learned: Learned
    ) -> _About | None:
        """Return what the file says of itself; where it does not, note what is to be asked."""
        regions, villages = self._all_places()
        found = recognise_file(
            read_workbook(data), queued.file_name, regions, villages, learned, own=self._own
        )
        if found.region is not None and not actor.covers(found.region.code):
            raise Refused(NOT_YOURS, place=found.region.name)
        region = found.region or _only(regions, actor, found.kind)
        if region is not None and found.kind is not None and found.period is not None:
            return _About(region.code, found.kind, found.period.text)
        with self._sessions.writing() as session:
            waiting = session.get_one(WaitingFile, queued.id, with_for_update=True)
            if waiting.state is WaitingState.QUEUED:
                waiting.region_code = region.code if region else None
                waiting.kind = found.kind
                waiting.period = found.period.text if found.period else None
                waiting.state = WaitingState.ASKING
        return None

    def _all_places(self) -> tuple[list[Place], dict[str, list[Place]]]:
        if self._places is None:
            with self._sessions.reading() as session:
                self._places = _load_places(session)
        return self._places

    def _refuse(self, waiting_id: str, refusal: DomainError) -> None:
        with self._sessions.writing() as session:
            waiting = session.get(WaitingFile, waiting_id, with_for_update=True)
            if waiting is not None and waiting.state is WaitingState.QUEUED:
                waiting.state, waiting.upload = WaitingState.FAILED, None
                waiting.problems = [refusal_problem(refusal)]


def _only(regions: Sequence[Place], actor: Actor, kind: str | None) -> Place | None:
    """Return the one township of the actor's area: whoever has only one need not name it."""
    level = Level.COUNTY if kind == Kind.FUNDS else Level.TOWNSHIP
    own = [r for r in regions if r.level == level.value and actor.covers(r.code)]
    return own[0] if len(own) == 1 else None


def _queued_ids(session: Session, batch_id: str) -> Sequence[str]:
    query = select(WaitingFile.id).where(
        WaitingFile.batch_id == batch_id, WaitingFile.state == WaitingState.QUEUED
    )
    return session.scalars(query.order_by(WaitingFile.number, WaitingFile.id)).all()


def _count(session: Session, batch_id: str) -> int:
    query = select(func.count()).select_from(WaitingFile)
    return session.scalar(query.where(WaitingFile.batch_id == batch_id)) or 0


def _find_queued(session: Session, waiting_id: str) -> _Queued | None:
    query = select(WaitingFile).options(undefer(WaitingFile.upload))
    waiting = session.scalar(query.where(WaitingFile.id == waiting_id))
    if waiting is None or waiting.state is not WaitingState.QUEUED or waiting.upload is None:
        return None
    about = None
    if waiting.region_code and waiting.kind and waiting.period:
        about = _About(waiting.region_code, waiting.kind, waiting.period)
    return _Queued(waiting.id, waiting.file_name, waiting.upload, about)


def _load_places(session: Session) -> tuple[list[Place], dict[str, list[Place]]]:
    """Return the counties and townships, and the villages of each township."""
    regions: list[Place] = []
    villages: dict[str, list[Place]] = {}
    for region in session.scalars(select(Region).order_by(Region.code)):
        place = Place(region.code, region.name, region.level.value, region.parent_code or "")
        if region.level is Level.VILLAGE:
            villages.setdefault(place.parent, []).append(place)
        elif region.level in (Level.COUNTY, Level.TOWNSHIP):
            regions.append(place)
    return regions, villages
