"""What tests of complaints share: a bureau of the places of tests/fixtures/people.py."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from complaints import service
from complaints.filing import Filed, Filing, send_filing
from complaints.following import Followed, find_by_code, say_satisfied
from complaints.keyring import KeyRing
from complaints.models import Complaint, Deed
from complaints.queries import get_complaint
from complaints.service import OpenedCase
from complaints.statements import Contact, Statement, WayOut
from complaints.tracks import Accused, Track
from portal.data.accounts import Actor, actor_of, find_user
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.kernel.receipts import ReceiptCode
from tests.fixtures.pages import PageClient
from tests.fixtures.people import GUANTING, SANYING

ANSWER = "已补发7月至9月的低保金，共1200元。"
TEXT = "我家的低保金三个月没有到账，村上说不知道。"
CONTACT = Contact("测试户甲", "13900000001")

FILINGS = {
    Track.HELP: Filing(Track.HELP, Statement(TEXT, SANYING)),
    Track.OBJECTION: Filing(
        Track.OBJECTION, Statement(TEXT, SANYING, notice_id="a123456789", notice_row=7)
    ),
    Track.SERVICE: Filing(Track.SERVICE, Statement(TEXT, SANYING, concerned="sanying")),
    Track.ACCUSATION: Filing(Track.ACCUSATION, Statement(TEXT, GUANTING, accused=Accused.TOWNSHIP)),
}
# Who handles a filing of each track above.
HANDLED_BY = {
    Track.HELP: "sanying",
    Track.OBJECTION: "sanying",
    Track.SERVICE: "yuanzhou",
    Track.ACCUSATION: "discipline",
}


@dataclass
class Bureau:
    """Files complaints and knows the staff, on the test's database."""

    sessions: Sessions
    keyring: KeyRing
    clock: SettableClock
    add_staff: Callable[..., str]
    receipts_key: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def file(self, filing: Filing | Track, *, token: bytes | None = None, **changes: Any) -> Filed:
        """File a complaint as it is in FILINGS, with some changes."""
        if isinstance(filing, Track):
            filing = FILINGS[filing]
        return send_filing(
            self.sessions,
            replace(filing, **changes),
            token=token or secrets.token_bytes(32),
            receipts_key=self.receipts_key,
            keyring=self.keyring,
            now=self.clock.now(),
        )

    def actor(self, unit: str, role: Role | None = None) -> Actor:
        """Return a member of staff of the unit, made at first use."""
        role = role or (Role.DISCIPLINE if unit == "discipline" else Role.HANDLER)
        login = f"{role.value}-{unit}"
        with self.sessions.reading() as session:
            user = find_user(session, login)
            if user is not None:
                return actor_of(user)
        self.add_staff(role, unit, login=login)
        return self.actor(unit, role)

    def case(self, filed: Filed) -> Complaint:
        """Return the complaint as it stands in the database now."""
        with self.sessions.reading() as session:
            return get_complaint(session, filed.complaint_id)

    def follow(self, code: ReceiptCode) -> Followed:
        """Open the complaint with its code."""
        with self.sessions.reading() as session:
            return find_by_code(session, code, now=self.clock.now())


@pytest.fixture
def bureau(
    places: Sessions, tmp_path: Path, clock: SettableClock, add_staff: Callable[..., str]
) -> Bureau:
    """A bureau in the places of tests/fixtures/people.py, with nothing filed yet."""
    return Bureau(places, KeyRing(tmp_path / "secrets"), clock, add_staff)


class Handler:
    """A member of staff who does things with one case."""

    def __init__(self, bureau: Bureau, filed: Filed, unit: str) -> None:
        self.bureau, self.filed = bureau, filed
        self.actor = bureau.actor(unit)

    def do(self, deed: Callable[..., object], **given: object) -> Complaint:
        """Do ``deed`` with the case in one transaction; return the case as it is then."""
        ring = () if deed in (service.accept, service.close) else (self.bureau.keyring,)
        with self.bureau.sessions.writing() as session:
            case_id = self.filed.complaint_id
            deed(session, self.actor, *ring, case_id, **given, now=self.bureau.clock.now())
        return self.bureau.case(self.filed)

    def open(self) -> OpenedCase:
        """Open the case as this person's unit reads it."""
        with self.bureau.sessions.writing() as session:
            return service.open_case(
                session,
                self.actor,
                self.bureau.keyring,
                self.filed.complaint_id,
                now=self.bureau.clock.now(),
            )

    def answer(self, text: str = ANSWER) -> Complaint:
        """Answer the case."""
        return self.do(service.answer, text=text, way_out=WayOut.NONE)


def handler(
    bureau: Bureau, track: Track = Track.HELP, unit: str = "sanying", **changes: Any
) -> Handler:
    return Handler(bureau, bureau.file(track, **changes), unit)


def due(case: Complaint) -> dict[str, date]:
    return {clock.rule_id: clock.due_on for clock in case.clocks if clock.stopped_at is None}


def deeds(case: Complaint) -> list[Deed]:
    return [event.deed for event in case.events]


def say(
    bureau: Bureau, code: ReceiptCode, *, satisfied: bool, text: str = "", token: bytes = b"1"
) -> None:
    followed = bureau.follow(code)
    with bureau.sessions.writing() as session:
        say_satisfied(
            session, followed, satisfied=satisfied, text=text, token=token, now=bureau.clock.now()
        )


def at(*when: int) -> datetime:
    """An instant at ten o'clock in Shanghai."""
    return datetime(*when, 2, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.fixture
def resident(client: PageClient, places: Sessions) -> PageClient:
    """A browser without scripts, where the places are known."""
    del places
    return client
