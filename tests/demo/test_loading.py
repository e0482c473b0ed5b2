"""The demonstration as it is loaded: through the services, with everything that the desk needs."""

import re
import shutil
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from complaints.clockwork import is_late, running
from complaints.following import find_by_code
from complaints.models import Complaint
from complaints.tracks import Track
from complaints.workflow import State
from demo.build import introduce, load_demonstration
from demo.cases import list_cases, printed_codes
from demo.people import UNASSIGNED_COUNTY, Person
from demo.staff import PASSWORD, demo_logins
from demo.times import list_month, months_up_to
from disclosure.catalogue import kind_of
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import NoticeState, SubmissionState, state_at
from disclosure.logbook.models import LogEntry
from disclosure.models import Notice, NoticeRow, NoticeVersion, Submission
from disclosure.queries import facts_of
from portal.app import create_app
from portal.config import Mode
from portal.data.accounts import Unit, UnitKind, User
from portal.data.audit import AuditEntry
from portal.data.keyfiles import load_keys
from portal.data.regions import Level, Region
from portal.data.signing_in import begin_sign_in
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Refused
from portal.kernel.permissions import Role
from portal.kernel.receipts import parse_receipt_code
from tests.demo.conftest import HOUSEHOLDS, Loaded, Said, demo_settings, load
from tests.fixtures.application import sign_in
from tests.fixtures.database import Database
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.servers import portal_environ, run_portal, start

TOWNSHIPS = 65
FEW = 6  # of the lists and cases that a desk offers are opened


def _states(session: Session) -> dict[tuple[str, SubmissionState], int]:
    found = session.execute(
        select(Submission.kind, Submission.state, func.count()).group_by(
            Submission.kind, Submission.state
        )
    )
    return {(kind, state): count for kind, state, count in found}


def test_places_and_units_are_complete(loaded: Loaded) -> None:
    with loaded.sessions.reading() as session:
        levels = dict(
            session.execute(select(Region.level, func.count()).group_by(Region.level)).all()
        )
        kinds = dict(session.execute(select(Unit.kind, func.count()).group_by(Unit.kind)).all())
        phones = session.scalars(select(Unit.phone)).all()
        units = {unit.id: unit for unit in session.scalars(select(Unit))}
    assert (levels[Level.COUNTY], levels[Level.TOWNSHIP], levels[Level.VILLAGE]) == (5, 65, 868)
    assert kinds == {
        UnitKind.CITY: 1,
        UnitKind.COUNTY: 5,
        UnitKind.TOWNSHIP: TOWNSHIPS,
        UnitKind.DISCIPLINE: 6,
    }
    assert len(set(phones)) == len(phones)
    # No exchange assigns a subscriber's number that begins with 0.
    assert all(phone.startswith("0954-0") and len(phone) == 12 for phone in phones)
    assert units["sanying"].supervised_by == "yuanzhou"
    assert units["yuanzhou"].supervised_by == "guyuan"
    assert units["yuanzhou-discipline"].supervised_by == "guyuan-discipline"


def test_every_township_has_its_standing_list_and_other_lists_are_in_every_state(
    loaded: Loaded,
) -> None:
    now = loaded.clock.now()
    with loaded.sessions.reading() as session:
        states = _states(session)
        notices = session.scalars(select(Notice)).all()
        listed = session.scalars(
            select(Submission.region_code).where(
                Submission.kind == Kind.STANDING,
                Submission.state == SubmissionState.APPROVED,
                Submission.period == list_month(now).text,
            )
        ).all()
        households = session.scalar(
            select(func.count())
            .select_from(NoticeRow)
            .join(Notice, Notice.id == NoticeRow.notice_id)
            .where(Notice.kind == Kind.STANDING, Notice.published_at.is_not(None))
        )
    assert len(set(listed)) == len(listed) == TOWNSHIPS
    assert households == HOUSEHOLDS
    assert states == {
        (Kind.STANDING, SubmissionState.APPROVED): 3 * TOWNSHIPS,
        (Kind.STANDING, SubmissionState.DRAFT): 1,
        (Kind.REVIEW, SubmissionState.APPROVED): 2,
        (Kind.REVIEW, SubmissionState.SUBMITTED): 1,
        (Kind.REVIEW, SubmissionState.RETURNED): 1,
        (Kind.TEMPORARY, SubmissionState.SUBMITTED): 1,
        ("destitute", SubmissionState.APPROVED): 2,
        ("marginal", SubmissionState.APPROVED): 1,
        ("p-electricity", SubmissionState.APPROVED): 1,
    }
    hanging = [
        state_at(facts_of(notice), now)
        for notice in notices
        if notice.published_at and notice.period not in _replaced_months(now)
    ]
    assert set(hanging) == {NoticeState.POSTED}


def _replaced_months(now: datetime) -> list[str]:
    return [month.text for month in months_up_to(list_month(now), 3)[:-1]]


def test_two_months_before_have_been_replaced_and_nobody_is_named_in_them(loaded: Loaded) -> None:
    now = loaded.clock.now()
    with loaded.sessions.reading() as session:
        old = session.scalars(select(Notice).where(Notice.period.in_(_replaced_months(now)))).all()
        of_old = select(NoticeVersion).where(NoticeVersion.notice_id.in_([one.id for one in old]))
        versions = session.scalars(of_old).all()
        rows = session.scalar(
            select(func.count())
            .select_from(NoticeRow)
            .where(NoticeRow.notice_id.in_([one.id for one in old]))
        )
    assert {state_at(facts_of(notice), now) for notice in old} == {NoticeState.REPLACED}
    assert {notice.region_code[:4] for notice in old} == {"6404"}
    assert rows == 0
    # In a demonstration as small as this most lists are so short that their totals went too.
    assert all(version.totals_salt is None for version in versions if not version.households)


def test_nobody_approved_what_they_brought_in_and_no_operator_did(loaded: Loaded) -> None:
    with loaded.sessions.reading() as session:
        approved = session.scalars(
            select(Submission).where(Submission.state == SubmissionState.APPROVED)
        ).all()
        roles = {user.id: user.role for user in session.scalars(select(User))}
        kinds = {one.kind: kind_of(one.kind, session) for one in approved}
    for submission in approved:
        assert submission.created_by is not None
        assert submission.decided_by is not None
        assert roles[submission.created_by] is Role.CLERK
        assert roles[submission.decided_by] is kinds[submission.kind].approved_by


def test_the_draft_has_errors_in_some_of_its_rows(loaded: Loaded) -> None:
    with loaded.sessions.reading() as session:
        draft = session.scalars(
            select(Submission).where(Submission.state == SubmissionState.DRAFT)
        ).one()
    codes = {problem["code"] for problem in draft.problems}
    wrong = {"id_check", "village_unknown", "amount_negative", "covered_gt_family", "name_empty"}
    assert wrong | {"pii_id"} <= codes
    assert draft.rows_ok > draft.rows_bad == len(wrong)


def test_the_logs_tell_what_happened_in_its_order_and_nothing_lies_ahead(loaded: Loaded) -> None:
    with loaded.sessions.reading() as session:
        logged = session.scalars(select(LogEntry.at).order_by(LogEntry.index)).all()
        audited = session.scalars(select(AuditEntry.at).order_by(AuditEntry.id)).all()
    for instants in (logged, audited):
        assert list(instants) == sorted(instants)
        assert instants[-1] <= loaded.clock.now()


def test_every_role_has_a_login_that_works(loaded: Loaded) -> None:
    with loaded.sessions.reading() as session:
        logins = demo_logins(session)
        assert {login.role for login in logins} == set(Role)
        for login in logins:
            attempt = begin_sign_in(
                session, login.login, client="127.0.0.1", now=loaded.clock.now()
            )
            assert attempt.matches(PASSWORD)
        assert not any(session.scalars(select(User.must_change_password)))


def test_every_login_can_open_what_its_desk_offers(loaded: Loaded) -> None:
    app = create_app(loaded.settings, clock=loaded.clock)
    with loaded.sessions.reading() as session:
        logins = [login.login for login in demo_logins(session)]
    opened: Counter[str] = Counter()
    for login in logins:
        client = PageClient(app, loaded.settings.base_url)
        sign_in(client, login, PASSWORD)
        for part in _desk_links(client.page("/desk/")):
            links = _desk_links(client.page(part))
            for path in [one for one in links if one.count("/") == 3][:FEW]:
                client.page(path)
                opened[path.rpartition("/")[0]] += 1
    app.sessions.engine.dispose()
    assert opened["/desk/lists"] >= FEW
    assert opened["/desk/complaints"] >= FEW


def _desk_links(page: Page) -> list[str]:
    links = {str(link["href"]) for link in page.soup.select("main a, nav a")}
    return sorted(link for link in links if link.startswith("/desk/") and ".pdf" not in link)


def test_complaints_are_in_every_state_on_every_track(loaded: Loaded) -> None:
    now = loaded.clock.now()
    with loaded.sessions.reading() as session:
        complaints = session.scalars(select(Complaint)).all()
        late = [
            complaint.id
            for complaint in complaints
            if any(is_late(clock, now) for clock in running(complaint))
        ]
    assert len(complaints) == len(list_cases()) >= 12
    assert {complaint.state for complaint in complaints} == set(State)
    assert {complaint.track for complaint in complaints} == set(Track)
    assert {complaint.named for complaint in complaints} == {True, False}
    assert len(late) == 1
    assert all(
        complaint.notice_id and complaint.notice_row == 1
        for complaint in complaints
        if complaint.track is Track.OBJECTION
    )


def test_the_printed_codes_open_their_complaints(loaded: Loaded) -> None:
    keys = load_keys(loaded.settings.secrets_folder)
    with loaded.sessions.reading() as session:
        codes = printed_codes(session, keys)
        followed = [find_by_code(session, code, now=loaded.clock.now()) for code in codes]
    assert len({one.complaint.id for one in followed}) == len(codes) == 3
    for code in codes:
        assert code.printed() in loaded.said.text


def test_serve_introduces_the_demonstration(loaded: Loaded) -> None:
    said = Said()
    introduce(loaded.settings, said)
    assert f"{loaded.settings.base_url}/desk/" in said.text
    assert PASSWORD in said.text
    for login in ("sanying-clerk", "sanying-head", "yuanzhou-reviewer", "admin"):
        assert login in said.text
    assert len([line for line in said.lines if _is_code(line)]) == 3


def _is_code(line: str) -> bool:
    try:
        parse_receipt_code(line)
    except Refused:
        return False
    return True


def test_no_whole_name_and_no_id_number_is_in_the_database(loaded: Loaded) -> None:
    files = sorted(loaded.settings.data_folder.glob("portal.db*"))
    stored = b"".join(path.read_bytes() for path in files)
    assert "三营镇".encode() in stored
    assert len(loaded.people) > HOUSEHOLDS
    for person in loaded.people:
        assert person.id_number.startswith(UNASSIGNED_COUNTY)
        assert person.id_number.encode() not in stored
        assert person.name.encode() not in stored
        assert person.name.encode("utf-16-le") not in stored


def test_a_second_load_is_refused_or_does_nothing(loaded: Loaded) -> None:
    with pytest.raises(Refused, match="data already"):
        load(loaded.settings, loaded.clock)
    with loaded.sessions.reading() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    assert load(loaded.settings, loaded.clock, if_empty=True).lines == []
    with loaded.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == before


@pytest.mark.databases("postgresql")
def test_the_same_people_come_into_postgresql_and_production_draws_a_password_of_its_own(
    database: Database,
    tmp_path: Path,
    clock: SettableClock,
    recorded: list[Person],
    loaded: Loaded,
    session: Session,
) -> None:
    said = load(demo_settings(tmp_path, database.url, Mode.PRODUCTION), clock)
    assert recorded == list(loaded.people)
    assert _states(session)[Kind.STANDING.value, SubmissionState.APPROVED] == 3 * TOWNSHIPS
    assert set(session.scalars(select(Complaint.state))) == set(State)
    assert PASSWORD not in said.text
    password = said.lines[-1].rpartition(" ")[2]
    attempt = begin_sign_in(session, "sanying-clerk", client="127.0.0.1", now=clock.now())
    assert attempt.matches(password)
    assert not attempt.matches(PASSWORD)
    assert demo_logins(session) == ()


@pytest.mark.databases("sqlite")
def test_an_interrupted_load_says_so_and_is_not_taken_for_a_demonstration(
    database: Database, tmp_path: Path, clock: SettableClock
) -> None:
    settings = demo_settings(tmp_path, database.url)

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demonstration(
            settings,
            households=HOUSEHOLDS,
            if_empty=False,
            say=Said(),
            report=interrupt,
            clock=clock,
        )
    for if_empty in (True, False):
        with pytest.raises(Refused, match="interrupted"):
            load(settings, clock, if_empty=if_empty)


def test_the_command_refuses_where_there_is_data(demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(demo_folder, folder)
    refused = run_portal(portal_environ(folder), "demo", check=False)
    assert refused.returncode == 1
    assert "data already" in refused.stderr
    assert run_portal(portal_environ(folder), "demo", "--if-empty").stdout == ""
    too_few = run_portal(portal_environ(folder), "demo", "--households", "64", check=False)
    assert too_few.returncode == 2


def test_the_server_prepares_a_demonstration_once_and_keeps_it(tmp_path: Path) -> None:
    folder, said = tmp_path / "data", []
    for number in (1, 2):
        server = start(folder, tmp_path / f"{number}.log", "--demo-households", "65")
        try:
            assert server.get("/r/640402100000")[0] == 200
        finally:
            assert server.stop() == 0
        said.append(server.log.read_text(encoding="utf-8"))
    assert ["The demonstration is loaded" in text for text in said] == [True, False]
    first, second = (set(re.findall(r"(?m)^  (?:\d{4} ?){5}$", text)) for text in said)
    assert (len(first), first) == (3, second)
    assert all(PASSWORD in text for text in said)
