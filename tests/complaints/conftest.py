"""What tests of complaints share: a bureau of the places of tests/fixtures/people.py."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from complaints.filing import Filed, Filing, send_filing
from complaints.following import Followed, find_by_code
from complaints.keyring import KeyRing
from complaints.models import Complaint
from complaints.queries import get_complaint
from complaints.statements import Contact, Statement
from complaints.tracks import Accused, Track
from portal.data.accounts import Actor, actor_of, find_user
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.kernel.receipts import ReceiptCode
from tests.fixtures.people import GUANTING, SANYING

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

    def file(
        self, filing: Filing | Track, *, token: bytes | None = None, **changes: object
    ) -> Filed:
        """File a complaint as it is in FILINGS, with some changes."""
        if isinstance(filing, Track):
            filing = FILINGS[filing]
        return send_filing(
            self.sessions,
            replace(filing, **changes),  # type: ignore[arg-type]
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
