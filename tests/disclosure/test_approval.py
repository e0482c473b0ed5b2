"""Approval 审批: who may approve what, that it is what was looked at, and that one wins."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import CursorResult, func, select, text
from sqlalchemy.orm import Session

from disclosure import service
from disclosure.deskqueries import list_submissions, view_submission
from disclosure.lifecycle import SubmissionState
from disclosure.log.commitment import joint_digest
from disclosure.logbook.models import LogEntry
from disclosure.models import Notice, NoticeRow, NoticeVersion, PrintCode, Submission
from disclosure.publication import commitment_of, committed_rows_of
from portal.data.accounts import Actor
from portal.data.audit import AuditEntry
from portal.data.jobs import Job
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD
from portal.kernel.permissions import Role
from tests.disclosure.lists import FOUR, OCTOBER, REVIEW, Given, Household, Office

AddStaff = Callable[..., str]


@pytest.fixture
def clerk(office: Office, add_staff: AddStaff) -> Actor:
    return office.actor(add_staff(Role.CLERK))


@pytest.fixture
def reviewer(office: Office, add_staff: AddStaff) -> Actor:
    return office.actor(add_staff(Role.REVIEWER))


@pytest.fixture
def head(office: Office, add_staff: AddStaff) -> Actor:
    return office.actor(add_staff(Role.HEAD))


def refused(office: Office, submission_id: str, actor: Actor, clock: SettableClock) -> DomainError:
    """Try to approve, expect a refusal that changes nothing, and return it."""
    before = office.submission(submission_id).state
    with pytest.raises(DomainError) as caught:
        office.approve(submission_id, now=clock.now(), actor=actor)
    assert office.submission(submission_id).state is before
    with office.sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(LogEntry)) == 0
        assert session.scalar(select(func.count(Notice.published_at))) == 0
    return caught.value


def test_the_role_set_for_the_kind_approves(
    office: Office, clock: SettableClock, clerk: Actor, reviewer: Actor, head: Actor
) -> None:
    standing = office.submit(OCTOBER, now=clock.now(), actor=clerk)
    assert isinstance(refused(office, standing.submission_id, head, clock), Forbidden)
    assert isinstance(refused(office, standing.submission_id, clerk, clock), Forbidden)
    review = office.submit(REVIEW, now=clock.now(), actor=clerk)
    assert isinstance(refused(office, review.submission_id, reviewer, clock), Forbidden)
    assert office.approve(standing.submission_id, now=clock.now(), actor=reviewer)
    assert office.approve(review.submission_id, now=clock.now(), actor=head)


def test_nobody_approves_what_they_brought_in(
    office: Office, clock: SettableClock, clerk: Actor, reviewer: Actor
) -> None:
    # No role may do both today; the rule must hold should a person change roles in between.
    brought_in = office.submit(OCTOBER, now=clock.now(), actor=clerk)
    with office.sessions.writing() as session:
        session.get_one(Submission, brought_in.submission_id).created_by = reviewer.user_id
    refusal = refused(office, brought_in.submission_id, reviewer, clock)
    assert isinstance(refusal, Forbidden)
    assert "second person" in refusal.message
    with office.sessions.writing() as session:
        stored = session.get_one(Submission, brought_in.submission_id)
        stored.created_by, stored.submitted_by = clerk.user_id, reviewer.user_id
    assert isinstance(refused(office, brought_in.submission_id, reviewer, clock), Forbidden)


def test_another_area_looks_as_if_it_were_not_there(
    office: Office, clock: SettableClock, clerk: Actor, add_staff: AddStaff
) -> None:
    brought_in = office.submit(OCTOBER, now=clock.now(), actor=clerk)
    key = brought_in.submission_id
    for role, unit in ((Role.REVIEWER, "xiji"), (Role.HEAD, "guanting")):
        stranger = office.actor(add_staff(role, unit))
        assert isinstance(refused(office, key, stranger, clock), NotFound)
        with office.sessions.reading() as session:
            assert list_submissions(session, stranger) == []
            with pytest.raises(NotFound):
                view_submission(session, stranger, key, open_parcel=office.keys.open_names)
        with office.sessions.writing() as session, pytest.raises(NotFound):
            service.return_to_clerk(session, stranger, key, "不对", now=clock.now())
    stranger = office.actor(add_staff(Role.CLERK, "guanting"))
    with pytest.raises(Forbidden):
        office.bring_in(Given(period="2026-11"), now=clock.now(), actor=stranger)
    assert office.submission(key).state is SubmissionState.SUBMITTED


def test_whoever_has_no_part_in_it_approves_nothing(
    office: Office, clock: SettableClock, add_staff: AddStaff
) -> None:
    brought_in = office.submit(OCTOBER, now=clock.now())
    for role in (Role.ADMIN, Role.HELPER, Role.AUDITOR, Role.SECURITY_AUDITOR):
        actor = office.actor(add_staff(role))
        assert isinstance(refused(office, brought_in.submission_id, actor, clock), Forbidden)


def test_a_draft_is_not_approved_and_a_published_list_not_again(
    office: Office, clock: SettableClock, reviewer: Actor
) -> None:
    draft = office.bring_in(OCTOBER, now=clock.now())
    assert isinstance(refused(office, draft.submission_id, reviewer, clock), Conflict)
    published = office.publish(Given(period="2026-11"), now=clock.now())
    submission_id = office.submission(office.notice(published[0]).submission_id).id
    with pytest.raises(Conflict):
        office.approve(submission_id, now=clock.now(), actor=reviewer)


TAMPERINGS = {
    "amount": "UPDATE notice_rows SET amount_fen = amount_fen + 1 WHERE n = 2",
    "name": "UPDATE notice_rows SET name = '李*' WHERE n = 1",
    "board name": "UPDATE notice_rows SET name_board = '李秀英' WHERE n = 1",
    "parcel of whole names": "UPDATE notice_versions SET board_names = zeroblob(80)",
    "no parcel": "UPDATE notice_versions SET board_names = NULL",
    "touch screen name": "UPDATE notice_rows SET name_kiosk = '李*' WHERE n = 1",
    "group": "UPDATE notice_rows SET group_name = '9组' WHERE n = 1",
    "class": "UPDATE notice_rows SET class = 'A' WHERE n = 1",
    "persons": "UPDATE notice_rows SET persons = 6 WHERE n = 1",
    "a row less": "DELETE FROM notice_rows WHERE n = 3",
    "title": "UPDATE notice_versions SET title = '另一个标题'",
    "total of households": "UPDATE notice_versions SET households = households + 1",
    "total of persons": "UPDATE notice_versions SET persons = persons + 1",
    "total amount": "UPDATE notice_versions SET amount_fen = amount_fen + 1",
    "digest for the log": "UPDATE notice_versions SET rows_digest = content_digest",
    "content digest for the log": "UPDATE notice_versions SET content_digest = rows_digest",
    "place": ("UPDATE notices SET region_code = '640402100002' WHERE region_code = '640402100200'"),
    "kind": "UPDATE notices SET kind = 'review'",
    "period": "UPDATE notices SET period = '2026-09'",
}


@pytest.mark.databases("sqlite")
def test_what_was_changed_after_it_was_looked_at_is_not_published(
    office: Office, clock: SettableClock, reviewer: Actor
) -> None:
    given = Given(policy=WHOLE_NAMES_ON_BOARD)
    key = office.submit(given, now=clock.now()).submission_id
    digest = office.submission(key).digest
    for what, statement in TAMPERINGS.items():
        session = Session(office.sessions.engine)
        touched = cast("CursorResult[Any]", session.execute(text(statement)))
        assert touched.rowcount > 0, what
        with pytest.raises(Conflict, match="has changed"):
            service.approve(session, reviewer, key, digest, now=clock.now())
        session.close()  # takes the tampering back
    assert len(office.approve(key, now=clock.now(), actor=reviewer)) == 2


def test_an_old_digest_is_refused(office: Office, clock: SettableClock, reviewer: Actor) -> None:
    key = office.submit(OCTOBER, now=clock.now()).submission_id
    for wrong in ("", "0" * 64, office.submission(key).digest[:-1]):
        with office.sessions.writing() as session, pytest.raises(Conflict):
            service.approve(session, reviewer, key, wrong, now=clock.now())
    assert office.submission(key).state is SubmissionState.SUBMITTED


def test_what_the_gate_stopped_is_not_submitted(
    office: Office, clock: SettableClock, reviewer: Actor
) -> None:
    given = Given(households=[Household("王秀英", group="13909541234")])
    draft = office.bring_in(given, now=clock.now())
    clerk = reviewer_as_clerk(reviewer)
    with office.sessions.writing() as session, pytest.raises(Refused):
        service.submit(session, clerk, draft.submission_id, now=clock.now())
    assert office.submission(draft.submission_id).state is SubmissionState.DRAFT


def test_personal_data_that_comes_in_later_stops_the_approval(
    office: Office, clock: SettableClock, reviewer: Actor
) -> None:
    draft = office.submit(Given(households=[Household("王秀英")]), now=clock.now())
    with office.sessions.writing() as session:
        # Whoever can do this can also make the digests fit.
        notice = session.get_one(Notice, draft.notice_ids[0])
        version = session.get_one(NoticeVersion, (notice.id, 1))
        session.get_one(NoticeRow, (notice.id, 1, 1)).group = "13909541234"
        session.flush()
        commitment = commitment_of(notice, version, committed_rows_of(session, version))
        version.content_digest, version.rows_digest = commitment.content, commitment.rows
        stored = session.get_one(Submission, draft.submission_id)
        stored.digest = joint_digest([commitment])
    assert isinstance(refused(office, draft.submission_id, reviewer, clock), Refused)


def reviewer_as_clerk(reviewer: Actor) -> Actor:
    """Return an actor of the same area who may do what a clerk may."""
    return Actor(**{**vars(reviewer), "permissions": frozenset(service.Permission)})


def test_of_two_approvers_at_once_one_wins(
    office: Office, clock: SettableClock, add_staff: AddStaff
) -> None:
    key = office.submit(OCTOBER, now=clock.now()).submission_id
    people = [
        office.actor(add_staff(Role.REVIEWER, login=f"reviewer-{number}")) for number in range(4)
    ]
    start = threading.Barrier(len(people), timeout=20)
    published: list[tuple[str, ...]] = []
    refusals: list[Exception] = []

    def approve(person: Actor) -> None:
        start.wait()
        try:
            published.append(office.approve(key, now=clock.now(), actor=person))
        except DomainError as error:
            refusals.append(error)

    threads = [threading.Thread(target=approve, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(ids) for ids in published] == [2]
    assert [type(error) for error in refusals] == [Conflict] * 3
    with office.sessions.reading() as session:
        entries = session.scalars(select(LogEntry).order_by(LogEntry.index)).all()
        assert [entry.index for entry in entries] == [0, 1]
        approvals = select(AuditEntry).where(AuditEntry.action == "list-approve")
        assert len(session.scalars(approvals).all()) == 1


@pytest.mark.parametrize("how", ["return", "discard"])
def test_what_is_returned_or_discarded_is_forgotten(
    office: Office, clock: SettableClock, reviewer: Actor, how: str
) -> None:
    if how == "return":
        imported = office.submit(OCTOBER, now=clock.now())
    else:
        imported = office.bring_in(OCTOBER, now=clock.now())
    key = imported.submission_id
    with office.sessions.writing() as session:
        if how == "return":
            service.return_to_clerk(session, reviewer, key, "金额不对", now=clock.now())
        else:
            service.discard(session, reviewer_as_clerk(reviewer), key, now=clock.now())
    with office.sessions.reading() as session:
        stored = session.get_one(Submission, key)
        assert (stored.upload, stored.file_name) == (None, "")
        for table in (Notice, NoticeRow, NoticeVersion, PrintCode, LogEntry, Job):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-1] == f"list-{how}"
    # The corrected file, or the very same, may be brought in again.
    again = office.bring_in(OCTOBER, now=clock.now())
    assert (again.repeated, again.submission_id != key) == (False, True)


def test_a_return_needs_a_reason(office: Office, clock: SettableClock, reviewer: Actor) -> None:
    key = office.submit(OCTOBER, now=clock.now()).submission_id
    with office.sessions.writing() as session, pytest.raises(Refused) as caught:
        service.return_to_clerk(session, reviewer, key, " \n", now=clock.now())
    assert caught.value.field == "reason"
    assert office.submission(key).state is SubmissionState.SUBMITTED


def test_bad_rows_are_left_out_only_when_somebody_says_so(
    office: Office, clock: SettableClock, clerk: Actor
) -> None:
    with_errors = Given(households=[*FOUR, Household("金山", amount="-5")])
    key = office.bring_in(with_errors, now=clock.now(), actor=clerk).submission_id
    with office.sessions.writing() as session, pytest.raises(Refused):
        service.submit(session, clerk, key, now=clock.now())
    for _ in range(2):  # pressing the button twice says it once
        with office.sessions.writing() as session:
            service.leave_out_bad_rows(session, clerk, key, now=clock.now())
    with office.sessions.writing() as session:
        service.submit(session, clerk, key, now=clock.now() + timedelta(minutes=1))
    with office.sessions.reading() as session:
        said = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "list-leave-out-bad-rows")
        ).all()
        assert [entry.details["rows_bad"] for entry in said] == [1]
        assert session.scalar(select(func.count()).select_from(NoticeRow)) == len(FOUR)


def test_an_error_that_belongs_to_no_row_must_be_decided_on_too(
    office: Office, clock: SettableClock, clerk: Actor
) -> None:
    lines = "行政村,户主姓名,身份证号码,保障人口,月保障金额（元）\n"
    lines += "东塬村委会,王秀英,640499197003150012,2,330\n合计,,,2,660\n"
    lines = lines.replace("640499197003150012", _first_id())
    key = office.bring_in(Given(data=lines.encode()), now=clock.now(), actor=clerk).submission_id
    problems = office.submission(key).problems
    assert [problem["code"] for problem in problems] == ["total_mismatch"]
    assert office.submission(key).rows_bad == 0
    with office.sessions.writing() as session, pytest.raises(Refused):
        service.submit(session, clerk, key, now=clock.now())
    with office.sessions.reading() as session:
        view = view_submission(session, clerk, key, open_parcel=office.keys.open_names)
        assert (view.may_submit, view.may_leave_out) == (False, True)
    with office.sessions.writing() as session:
        service.leave_out_bad_rows(session, clerk, key, now=clock.now())
        service.submit(session, clerk, key, now=clock.now())
    assert office.submission(key).state is SubmissionState.SUBMITTED


def _first_id() -> str:
    from tests.disclosure.lists import id_number

    return id_number(1)
