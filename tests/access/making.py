"""One object of each kind, in three townships and three units, for the matrix of who may what.

三营镇 and 官厅镇 lie in one county, 兴隆镇 in another.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from complaints.filing import send_filing
from complaints.keyring import KeyRing
from complaints.tracks import Track
from disclosure.bulk.sitting import begin_sitting
from disclosure.corrections.drafting import correct_row, find_open
from disclosure.corrections.edits import RowEdit
from disclosure.corrections.service import submit as submit_correction
from disclosure.documents.kinds import DocumentKind
from disclosure.documents.service import DocumentFacts, NewFile, add_file, create_document
from disclosure.documents.store import keep
from disclosure.figures.models import FigureSet
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from disclosure.movements.models import ChangeSet
from disclosure.objections.models import RowMatter
from disclosure.objections.opening import FindingDue, hold_back
from disclosure.uploads import batches
from disclosure.uploads.models import WaitingFile, WaitingState
from portal.app import PortalApp
from portal.data.accounts import OPERATOR, Actor, User, actor_of, load_units
from portal.data.ids import new_id
from portal.data.keyfiles import load_keys
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions
from portal.data.signing_in import add_user
from portal.kernel.clock import SettableClock, local_date
from portal.kernel.permissions import Role
from portal.kernel.receipts import new_notice_id
from tests.access import about
from tests.access.about import Subject
from tests.complaints.conftest import FILINGS
from tests.disclosure.lists import OCTOBER, Given, Household, Office, list_csv
from tests.disclosure.pictures import PDF
from tests.fixtures.people import (
    DIVISIONS,
    GUANTING,
    PASSWORD,
    SANYING,
    UNITS,
    XIJI,
    XINGLONG,
    YUANZHOU,
)

TOWNSHIPS = (SANYING, GUANTING, XINGLONG)
# Cases, and the units that may know of them: who handles it, and who looks on.
CASES = {
    "sanying yuanzhou": Track.HELP,
    "yuanzhou city": Track.SERVICE,
    "discipline": Track.ACCUSATION,
}
DROPPERS = {"clerk-sanying": "sanying", "clerk-yuanzhou": "yuanzhou"}
DECIDERS = {"reviewer-yuanzhou": "yuanzhou", "reviewer-xiji": "xiji"}
KIND = OCTOBER.kind.value
HEAD = "户主姓名".encode()

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """The application with one object of each kind wherever one can be.

    ``objects`` holds what addresses need, by subject and by where the object is: the code of a
    place, the ids of units, or the login of whoever made it.
    """

    app: PortalApp
    clock: SettableClock
    database: Path
    villages: dict[str, str]
    objects: dict[Subject, dict[str, Values]] = field(default_factory=dict)

    def put(self, subject: Subject, where: str, **values: Any) -> None:
        """Remember an object by what its address needs."""
        self.objects.setdefault(subject, {})[where] = values


def make_desk(app: PortalApp, clock: SettableClock, database: Path) -> Desk:
    """Load the places and make everything."""
    desk = Desk(app, clock, database, load_places(app.sessions))
    for township in TOWNSHIPS:
        _make_lists(desk, township)
        with app.sessions.writing() as session:
            _make_waiting(desk, session, township)
            _make_disclosure(desk, session, township)
            _make_following(desk, session, township)
    for login, unit in DROPPERS.items():
        _make_batch(desk, login, unit)
    for login, unit in DECIDERS.items():
        _make_sitting(desk, login, unit)
    for units, track in CASES.items():
        _make_case(desk, units, track)
    desk.put(about.COUNTY, YUANZHOU, code=YUANZHOU)
    desk.put(about.COUNTY, XIJI, code=XIJI)
    return desk


def load_places(sessions: Sessions) -> dict[str, str]:
    """Load the city with one village of each township; return the villages' names."""
    rows, villages = [], {}
    for row in parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")):
        if row.level == "village":
            if row.parent not in TOWNSHIPS or row.parent in villages:
                continue
            villages[row.parent] = row.name
        rows.append(row)
    with sessions.writing() as session:
        load_regions(session, rows)
        load_units(session, UNITS)
    return villages


def add_member(sessions: Sessions, role: Role, unit: str) -> str:
    """Return the login of that role in that unit, made at first use."""
    login = f"{role.value}-{unit}"
    with sessions.writing() as session:
        if session.scalar(select(User).where(User.login == login)) is None:
            add_user(
                *(session, OPERATOR, login),
                role=role,
                unit=unit,
                name=login,
                now=SettableClock().now(),
                password=PASSWORD,
            )
    return login


def find_actor(sessions: Sessions, login: str) -> Actor:
    """Return the member of staff of that login."""
    with sessions.reading() as session:
        return actor_of(session.scalars(select(User).where(User.login == login)).one())


def _make_lists(desk: Desk, township: str) -> None:
    office = Office(desk.app.sessions, load_keys(desk.app.settings.secrets_folder))
    now, one = desk.clock.now(), Household("王秀英", village=desk.villages[township])
    given = replace(OCTOBER, region=township, households=(one,))
    (notice_id,) = office.publish(given, now=now)
    waits = office.submit(replace(given, period="2026-11"), now=now)
    draft = office.bring_in(replace(given, period="2026-12"), now=now)
    desk.put(about.NOTICE, township, notice_id=notice_id)
    desk.put(about.SUBMITTED_LIST, township, submission_id=waits.submission_id)
    in_draft = {"submission_id": draft.submission_id, "notice_id": draft.notice_ids[0]}
    desk.put(about.DRAFT_LIST, township, **in_draft)
    _make_corrections(desk, office, township, replace(given, kind=Kind.TEMPORARY, period="2026-Q3"))


def _make_corrections(desk: Desk, office: Office, township: str, given: Given) -> None:
    """Make a correction that is drafted, and one that waits for a second person."""
    now, edit = desk.clock.now(), RowEdit("2组", None, "", 100_00, "突发困难")
    (other,) = office.publish(given, now=now)
    drafted = desk.objects[about.NOTICE][township]["notice_id"]
    with desk.app.sessions.writing() as session:
        for notice_id in (drafted, other):
            correct_row(session, OPERATOR, notice_id, 1, edit, keys=office.keys, now=now)
        waits = find_open(session, other)
        assert waits is not None
        submit_correction(session, OPERATOR, waits.id, "金额有误", now=now)
    desk.put(about.DRAFT_CORRECTION, township, notice_id=drafted, n=1)
    desk.put(about.SUBMITTED_CORRECTION, township, notice_id=other, n=1)


def _make_waiting(desk: Desk, session: Session, township: str) -> None:
    keys = load_keys(desk.app.settings.secrets_folder)
    waiting = WaitingFile(
        id=new_id(),
        file_name="",
        file_digest="",
        upload=keys.seal_upload(list_csv([Household("王秀英")]).replace(HEAD, b"A")),
        region_code=township,
        kind=KIND,
        period="2026-11",
        state=WaitingState.UNCLEAR,
        problems=[],
        created_at=desk.clock.now(),
    )
    session.add(waiting)
    desk.put(about.WAITING, township, waiting_id=waiting.id)


def _make_disclosure(desk: Desk, session: Session, township: str) -> None:
    now = desk.clock.now()
    figures = FigureSet(
        id=new_notice_id(),
        region_code=township,
        file_name="",
        digest="",
        doubts=[],
        gate_hits=[],
        state=SubmissionState.SUBMITTED,
        created_at=now,
    )
    session.add(figures)
    facts = DocumentFacts("办事指南", body="先申请。")
    document_id = create_document(session, OPERATOR, DocumentKind.POLICY, township, facts, now=now)
    media, digest, size = keep(desk.app.settings.data_folder, BytesIO(PDF))
    told = NewFile("申请表.pdf", media.media_type, size, digest, None, None, "申请表")
    add_file(session, OPERATOR, document_id, told, now=now)
    name = f"1-{digest[:16]}.pdf"
    desk.put(about.FIGURES, township, set_id=figures.id)
    desk.put(about.DOCUMENT, township, document_id=document_id, n=1, name=name)


def _make_following(desk: Desk, session: Session, township: str) -> None:
    """Make what follows publication: additions and removals, and a row that is held back."""
    now, notice_id = desk.clock.now(), desk.objects[about.NOTICE][township]["notice_id"]
    due = FindingDue(local_date(now), provisional=False)
    keys = load_keys(desk.app.settings.secrets_folder)
    assert hold_back(session, notice_id, 1, due=due, keys=keys, now=now)
    session.flush()
    held = select(RowMatter.id).where(RowMatter.notice_id == notice_id)
    desk.put(about.MATTER, township, matter_id=session.scalars(held).one())
    changes = select(ChangeSet.id).where(ChangeSet.region_code == township)
    desk.put(about.CHANGES, township, set_id=session.scalars(changes).first())


def _make_sitting(desk: Desk, login: str, unit: str) -> None:
    sessions, now = desk.app.sessions, desk.clock.now()
    actor = find_actor(sessions, add_member(sessions, Role.REVIEWER, unit))
    waiting = next(
        values["submission_id"]
        for township, values in desk.objects[about.SUBMITTED_LIST].items()
        if actor.covers(township)
    )
    with sessions.writing() as session:
        digest = session.get_one(Submission, waiting).digest
        key = begin_sitting(session, actor, new_id(), {waiting: digest}, now=now)
    desk.put(about.SITTING, login, sitting_id=key)


def _make_batch(desk: Desk, login: str, unit: str) -> None:
    sessions, now = desk.app.sessions, desk.clock.now()
    actor = find_actor(sessions, add_member(sessions, Role.CLERK, unit))
    with sessions.writing() as session:
        batch_id = batches.start_batch(session, actor, now=now)
        session.flush()
        batches.add_file(
            session, batch_id, actor, number=1, file_name="名单.csv", sealed=b"", now=now
        )
    desk.put(about.BATCH, login, batch_id=batch_id)


def _make_case(desk: Desk, units: str, track: Track) -> None:
    filed = send_filing(
        desk.app.sessions,
        FILINGS[track],
        token=secrets.token_bytes(32),
        receipts_key=secrets.token_bytes(32),
        keyring=KeyRing(desk.app.settings.secrets_folder),
        now=desk.clock.now(),
    )
    desk.put(about.CASE, units, case_id=filed.complaint_id, slug="accept")
