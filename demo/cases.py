"""Complaints 投诉 of the demonstration, in every state, as ``data/complaints.toml`` tells them.

They are filed and handled through the services that residents and staff use, each deed at its own
instant in the past, so that clocks have run, and one has run out.
"""

import hashlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints import following, service, transfer
from complaints.filing import Filing, find_filed, send_filing
from complaints.statements import Contact, Statement, WayOut
from complaints.tracks import Accused, Track
from demo.published import DATA
from demo.stage import Stage, Step
from demo.times import days_before
from disclosure.intake.kinds import Kind
from disclosure.models import Notice, Submission
from portal.data.accounts import Actor
from portal.data.keyfiles import Keys
from portal.kernel.receipts import ReceiptCode, derive_receipt_code

Deed = Mapping[str, Any]

# The offices and places are real, so nobody may take what is told of them for true.
_INVENTED = "（演示内容，纯属虚构。）"


@dataclass(frozen=True)
class Case:
    """A complaint as ``data/complaints.toml`` tells it."""

    key: str
    told: Mapping[str, Any]

    @property
    def token(self) -> bytes:
        """The form's token: with the installation's own key it gives the receipt code."""
        return hashlib.sha256(f"demonstration complaint {self.key}".encode()).digest()

    @property
    def shown(self) -> bool:
        """Whether its receipt code is printed."""
        return bool(self.told.get("shown"))


@cache
def list_cases() -> tuple[Case, ...]:
    """Return every complaint of the demonstration."""
    with (DATA / "complaints.toml").open("rb") as source:
        told = tomllib.load(source)
    return tuple(Case(case["key"], case) for case in told["case"])


def case_steps(stage: Stage) -> Iterator[Step]:
    """Yield the filing of each case, and every deed that follows."""
    for case in list_cases():
        filed = case.told["filed"]
        yield Step(days_before(stage.now, filed["days"], filed["at"]), _filing(stage, case))
        for deed in case.told.get("deed", ()):
            when = deed["when"]
            yield Step(days_before(stage.now, when["days"], when["at"]), _doing(stage, case, deed))


def printed_codes(session: Session, keys: Keys) -> list[ReceiptCode]:
    """Return the receipt codes that may be tried; none where the demonstration was not loaded."""
    cases = [case for case in list_cases() if case.shown]
    return [code for case in cases if (code := _find_code(session, keys, case)) is not None]


def _find_code(session: Session, keys: Keys, case: Case) -> ReceiptCode | None:
    complaint = find_filed(session, case.token)
    if complaint is None:
        return None
    return derive_receipt_code(keys.receipts, case.token, complaint.attempt)


def _filing(stage: Stage, case: Case) -> Callable[[datetime], None]:
    told = case.told

    def do(at: datetime) -> None:
        with stage.sessions.reading() as session:
            place, notice_id = _find_notice(session, told)
        statement = Statement(
            text=told["text"] + _INVENTED,
            place=place,
            notice_id=notice_id,
            notice_row=1 if notice_id else None,
            concerned=told.get("office"),
            accused=Accused(told["accused"]) if "accused" in told else None,
        )
        filing = Filing(
            track=Track(told["track"]),
            statement=statement,
            contact=Contact(told["name"], told["phone"]) if "name" in told else None,
            consent=told.get("consent", False),
            urgent=told.get("urgent", False),
        )
        send_filing(
            stage.sessions,
            filing,
            token=case.token,
            receipts_key=stage.keys.receipts,
            keyring=stage.keyring,
            now=at,
        )

    return do


def _find_notice(session: Session, told: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the place of a case, and the review notice there that it objects to, if it does."""
    if told.get("about") != Kind.REVIEW:
        return told["place"], None
    found = session.execute(
        select(Notice.region_code, Notice.id)
        .join(Submission, Submission.id == Notice.submission_id)
        .where(
            Submission.region_code == told["place"],
            Notice.kind == Kind.REVIEW.value,
            Notice.published_at.is_not(None),
        )
        .order_by(Notice.region_code)
        .limit(1)
    ).one()
    return found.region_code, found.id


def _doing(stage: Stage, case: Case, deed: Deed) -> Callable[[datetime], None]:
    def do(at: datetime) -> None:
        with stage.sessions.writing() as session:
            complaint = find_filed(session, case.token)
            if complaint is None:
                raise ValueError("a case is filed before anything is done with it")
            if "by" in deed:
                scene = _Scene(stage, session, stage.actors[deed["by"]], complaint.id, at)
                _STAFF_DEEDS[deed["do"]](scene, deed)
            else:
                _do_as_reporter(stage, session, case, deed, at)

    return do


def _do_as_reporter(stage: Stage, session: Session, case: Case, deed: Deed, now: datetime) -> None:
    code = _find_code(session, stage.keys, case)
    if code is None:
        raise ValueError("a case is filed before its reporter comes back to it")
    followed = following.find_by_code(session, code, now=now)
    token = hashlib.sha256(case.token + deed["do"].encode()).digest()
    text = deed["text"]
    if deed["do"] == "add":
        following.add_statement(session, followed, text=text, token=token, now=now)
        return
    following.say_satisfied(
        session,
        followed,
        satisfied=deed["do"] != "not-satisfied",
        text=text,
        token=token,
        now=now,
    )


@dataclass(frozen=True)
class _Scene:
    """A member of staff before a case, at an instant."""

    stage: Stage
    session: Session
    actor: Actor
    complaint_id: str
    now: datetime

    @property
    def case(self) -> tuple[Session, Actor, str]:
        return self.session, self.actor, self.complaint_id

    @property
    def sealed_case(self) -> tuple[Session, Actor, Any, str]:
        return self.session, self.actor, self.stage.keyring, self.complaint_id


def _accept(scene: _Scene, _deed: Deed) -> None:
    # Whoever accepts a case has read it, and reading it leaves its own line.
    service.open_case(*scene.sealed_case, now=scene.now)
    service.accept(*scene.case, now=scene.now)


def _decline(scene: _Scene, deed: Deed) -> None:
    service.open_case(*scene.sealed_case, now=scene.now)
    way_out = WayOut(deed["way_out"])
    service.decline(*scene.sealed_case, reason=deed["text"], way_out=way_out, now=scene.now)


def _answer(scene: _Scene, deed: Deed) -> None:
    way_out = WayOut(deed.get("way_out", WayOut.NONE))
    service.answer(*scene.sealed_case, text=deed["text"], way_out=way_out, now=scene.now)


def _call_back(scene: _Scene, deed: Deed) -> None:
    service.record_call_back(
        *scene.sealed_case, satisfied=deed["satisfied"], note=deed["text"], now=scene.now
    )


def _contact(scene: _Scene, deed: Deed) -> None:
    service.open_case(*scene.sealed_case, now=scene.now)
    service.record_contact(*scene.sealed_case, note=deed["text"], now=scene.now)


def _refer(scene: _Scene, deed: Deed) -> None:
    service.open_case(*scene.sealed_case, now=scene.now)
    transfer.refer(*scene.sealed_case, unit_id=deed["to"], now=scene.now)


_STAFF_DEEDS: Mapping[str, Callable[[_Scene, Deed], object]] = {
    "accept": _accept,
    "decline": _decline,
    "answer": _answer,
    "call-back": _call_back,
    "contact": _contact,
    "refer": _refer,
    "ask": lambda scene, deed: service.ask_reporter(
        *scene.sealed_case, text=deed["text"], now=scene.now
    ),
    "close": lambda scene, _: service.close(*scene.case, now=scene.now),
    "tell-result": lambda scene, deed: service.tell_result(
        *scene.sealed_case, text=deed["text"], now=scene.now
    ),
}
