"""Approving many lists 批量审批 through the pages: by the digest, one refusal stops no other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from disclosure.bulk.models import Outcome, Sitting, SittingItem, SittingState
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.models import LogCheckpoint, LogEntry
from disclosure.models import Notice, NoticeRow, Submission
from portal.app import PortalApp
from portal.data.accounts import User
from portal.data.audit import AuditEntry
from portal.data.jobs import Job, JobState
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.worker import sweep
from tests.bulk.lists import (
    APPROVALS,
    boxes,
    choose,
    followed,
    month,
    results,
    send,
    settle,
    ticked,
)
from tests.disclosure.lists import REVIEW, Given, Office
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient

Submit = Callable[[Given], str]
TEMPORARY = Kind.TEMPORARY


def states(office: Office, ids: list[str]) -> list[SubmissionState]:
    return [office.submission(key).state for key in ids]


def audited(office: Office, prefix: str) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action.startswith(prefix)).order_by(AuditEntry.id)
    with office.sessions.reading() as session:
        return list(session.scalars(query))


def count(office: Office, table: type) -> int:
    with office.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def three(submitted: Submit) -> list[str]:
    """Three lists of three months, none of which replaces another."""
    return [submitted(month(number, kind=TEMPORARY)) for number in (7, 8, 9)]


def test_all_that_were_chosen_are_published(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    answer = choose(reviewer, three, "approve")
    page = followed(reviewer, answer)
    assert "共 3 份，已办理 0 份" in page.text
    assert page.response.headers["Refresh"]
    assert states(office, three) == [SubmissionState.SUBMITTED] * 3
    assert settle(app.sessions, clock) > 0
    assert states(office, three) == [SubmissionState.APPROVED] * 3
    done = followed(reviewer, answer)
    assert "Refresh" not in done.response.headers
    assert all("已发布" in words for words in results(done).values())
    for key in three:
        with office.sessions.reading() as session:
            ids = session.scalars(select(Notice.id).where(Notice.submission_id == key)).all()
        assert [reviewer.page(f"/n/{notice_id}").response.status_code for notice_id in ids] == [
            200,
            200,
        ]


def test_the_audit_log_has_a_line_for_the_sitting_and_one_for_each_list(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    digests = {key: office.submission(key).digest for key in three}
    choose(reviewer, three, "approve")
    settle(app.sessions, clock)
    (whole,) = audited(office, "sitting-")
    assert whole.action == "sitting-approve"
    assert sorted(whole.details["lists"]) == sorted(f"{key}:{digests[key]}" for key in three)
    each = audited(office, "list-approve")
    assert {entry.subject: entry.details["digest"] for entry in each} == {
        f"submission:{key}": digest for key, digest in digests.items()
    }
    assert {entry.actor_id for entry in [whole, *each]} == {whole.actor_id}


def test_what_the_job_publishes_is_signed(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    choose(reviewer, three, "approve")
    settle(app.sessions, clock)
    with office.sessions.reading() as session:
        sizes = set(session.scalars(select(LogCheckpoint.size)))
    # Two villages a list, and each list in a transaction of its own.
    assert {2, 4, 6} <= sizes
    assert count(office, LogEntry) == 6


def test_nothing_is_approved_whose_digest_is_another_than_the_one_shown(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = reviewer.page(APPROVALS)
    values = boxes(page)
    key, digest = values[three[1]].split(":")
    values[key] = f"{key}:{digest[:-1]}{'0' if digest[-1] != '0' else '1'}"
    answer = send(reviewer, page, "approve", list(values.values()))
    settle(app.sessions, clock)
    assert states(office, three) == [
        SubmissionState.APPROVED,
        SubmissionState.SUBMITTED,
        SubmissionState.APPROVED,
    ]
    assert "名单有变动" in results(followed(reviewer, answer))[three[1]]


def test_a_list_that_was_changed_after_the_page_was_shown_is_refused_and_no_other(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    answer = choose(reviewer, three, "approve")
    with office.sessions.writing() as session:
        ids = session.scalars(select(Notice.id).where(Notice.submission_id == three[0])).all()
        session.execute(
            update(NoticeRow)
            .where(NoticeRow.notice_id.in_(ids))
            .values(amount_fen=NoticeRow.amount_fen + 1)
        )
    settle(app.sessions, clock)
    assert states(office, three)[0] is SubmissionState.SUBMITTED
    assert states(office, three)[1:] == [SubmissionState.APPROVED] * 2
    words = results(followed(reviewer, answer))
    assert "未办理" in words[three[0]]
    assert "已发布" in words[three[1]]


def test_the_same_form_twice_is_one_sitting(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = reviewer.page(APPROVALS)
    values = list(boxes(page).values())
    first = send(reviewer, page, "approve", values)
    second = send(reviewer, page, "approve", values)
    assert first.headers["Location"] == second.headers["Location"]
    settle(app.sessions, clock)
    third = send(reviewer, page, "approve", values)
    assert third.headers["Location"] == first.headers["Location"]
    assert settle(app.sessions, clock) == 0
    assert count(office, Sitting) == 1
    assert len(audited(office, "list-approve")) == 3
    assert len(audited(office, "sitting-")) == 1


def test_the_same_page_with_other_lists_is_another_sitting(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = reviewer.page(APPROVALS)
    values = boxes(page)
    send(reviewer, page, "approve", [values[three[0]]])
    settle(app.sessions, clock)
    # The browser's way back shows the same form, with the same hidden number.
    answer = send(reviewer, page, "approve", [values[three[1]]])
    settle(app.sessions, clock)
    assert list(results(followed(reviewer, answer))) == [three[1]]
    assert states(office, three) == [
        SubmissionState.APPROVED,
        SubmissionState.APPROVED,
        SubmissionState.SUBMITTED,
    ]


def test_chosen_anew_before_anything_is_decided_the_later_choice_counts(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = reviewer.page(APPROVALS)
    values = boxes(page)
    first = send(reviewer, page, "look", list(values.values()))
    second = send(reviewer, page, "look", [values[three[2]]])
    assert first.headers["Location"] == second.headers["Location"]
    reviewer.submit(followed(reviewer, second), action="/approve")
    settle(app.sessions, clock)
    assert states(office, three)[:2] == [SubmissionState.SUBMITTED] * 2
    assert states(office, three)[2] is SubmissionState.APPROVED


def test_whoever_brought_a_list_in_finds_it_with_the_reason_and_no_box(
    app: PortalApp, office: Office, reviewer: PageClient, three: list[str]
) -> None:
    with office.sessions.writing() as session:
        me = session.scalars(select(User.id).where(User.role == Role.REVIEWER)).one()
        session.get_one(Submission, three[1]).created_by = me
    page = reviewer.page(APPROVALS)
    assert set(boxes(page)) == {three[0], three[2]}
    assert "您不能审批" in page.text
    only_mine = reviewer.page(f"{APPROVALS}?mine=yes")
    assert set(boxes(only_mine)) == {three[0], three[2]}
    assert "您不能审批" not in only_mine.text


def test_a_forged_choice_of_ones_own_list_is_refused_and_no_other(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = reviewer.page(APPROVALS)
    values = list(boxes(page).values())
    with office.sessions.writing() as session:
        me = session.scalars(select(User.id).where(User.role == Role.REVIEWER)).one()
        session.get_one(Submission, three[1]).created_by = me
    answer = send(reviewer, page, "approve", values)
    settle(app.sessions, clock)
    assert states(office, three)[1] is SubmissionState.SUBMITTED
    assert "不能审批" in results(followed(reviewer, answer))[three[1]]
    assert [states(office, three)[n] for n in (0, 2)] == [SubmissionState.APPROVED] * 2


def test_a_list_of_another_county_cannot_be_chosen(
    app: PortalApp, office: Office, staff: StaffMaker, three: list[str]
) -> None:
    stranger = staff(Role.REVIEWER, "xiji")
    page = stranger.page(APPROVALS)
    assert boxes(page) == {}
    token = str(page.soup.select("input[name=csrf_token]")[0]["value"])
    forged = f"{three[0]}:{office.submission(three[0]).digest}"
    answer = stranger.post(APPROVALS, data={"csrf_token": token, "list": forged, "do": "approve"})
    assert answer.status_code == 404
    assert count(office, Sitting) == 0


def test_a_sitting_is_its_own_persons_alone(
    app: PortalApp, reviewer: PageClient, staff: StaffMaker, three: list[str]
) -> None:
    answer = choose(reviewer, three, "look")
    other = staff(Role.REVIEWER, login="another-reviewer")
    path = answer.headers["Location"].split("8000", 1)[-1]
    assert reviewer.get(path).status_code == 200
    assert other.get(path).status_code == 404
    token = str(other.page(APPROVALS).soup.select("input[name=csrf_token]")[0]["value"])
    for action in ("sample", "approve", "return"):
        data = {"csrf_token": token, "reason": "不对"}
        assert other.post(f"{path}/{action}", data=data).status_code == 404


def test_a_role_that_was_taken_away_meanwhile_approves_nothing_more(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    choose(reviewer, three, "approve")
    with office.sessions.writing() as session:
        session.scalars(select(User).where(User.role == Role.REVIEWER)).one().active = False
    settle(app.sessions, clock)
    assert states(office, three) == [SubmissionState.SUBMITTED] * 3
    with office.sessions.reading() as session:
        items = session.scalars(select(SittingItem)).all()
        assert [item.outcome for item in items] == [Outcome.REFUSED] * 3
        assert session.scalars(select(Sitting.state)).one() is SittingState.DONE


def test_an_earlier_month_is_approved_before_a_later_one(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, submitted: Submit
) -> None:
    # October's list stands out, so that it stands below on the page's order of another kind.
    months = [submitted(month(number, count=5 + number)) for number in (12, 10, 11)]
    values = boxes(reviewer.page(APPROVALS))
    assert set(values) == set(months)
    choose(reviewer, months, "approve")
    settle(app.sessions, clock)
    assert states(office, months) == [SubmissionState.APPROVED] * 3


def test_a_notice_of_days_to_come_is_approved_and_posted_on_its_day(
    app: PortalApp, office: Office, staff: StaffMaker, clock: SettableClock, submitted: Submit
) -> None:
    key = submitted(REVIEW)
    head = staff(Role.HEAD)
    answer = choose(head, [key], "approve")
    settle(app.sessions, clock)
    assert states(office, [key]) == [SubmissionState.APPROVED]
    assert "到期自动公示" in results(followed(head, answer))[key]


def test_several_are_returned_with_one_reason(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    page = followed(reviewer, choose(reviewer, three[:2], "look"))
    empty = reviewer.submit(page, {"reason": " "}, action="/return")
    assert empty.status_code == 422
    assert states(office, three) == [SubmissionState.SUBMITTED] * 3
    answer = reviewer.submit(Page(empty), {"reason": "请核对金额"}, action="/return")
    settle(app.sessions, clock)
    assert states(office, three) == [
        SubmissionState.RETURNED,
        SubmissionState.RETURNED,
        SubmissionState.SUBMITTED,
    ]
    assert [office.submission(key).return_reason for key in three] == ["请核对金额"] * 2 + [""]
    page = followed(reviewer, answer)
    assert "请核对金额" in page.text
    assert len(audited(office, "list-return")) == 2


def test_nothing_chosen_says_so_and_keeps_the_filter(
    app: PortalApp, reviewer: PageClient, three: list[str]
) -> None:
    page = reviewer.page(f"{APPROVALS}?kind=temporary&period=2026-08")
    assert set(boxes(page)) == {three[1]}
    answer = send(reviewer, page, "approve", [])
    assert answer.status_code == 422
    again = Page(answer)
    assert "请至少勾选一份名单" in again.text
    assert set(boxes(again)) == {three[1]}
    assert ticked(again) == set()


def test_a_job_that_was_given_up_can_be_taken_up_again(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    answer = choose(reviewer, three, "approve")
    with office.sessions.writing() as session:
        session.execute(update(Job).values(state=JobState.FAILED))
    page = followed(reviewer, answer)
    assert "Refresh" not in page.response.headers
    reviewer.submit(page, action="/approve")
    settle(app.sessions, clock)
    assert states(office, three) == [SubmissionState.APPROVED] * 3
    assert len(audited(office, "sitting-")) == 1


def test_a_sitting_is_forgotten_after_a_day(
    app: PortalApp, office: Office, reviewer: PageClient, clock: SettableClock, three: list[str]
) -> None:
    answer = choose(reviewer, three, "approve")
    settle(app.sessions, clock)
    clock.advance(timedelta(hours=23))
    sweep(app.sessions, clock)
    assert count(office, SittingItem) == 3
    clock.advance(timedelta(hours=1))
    sweep(app.sessions, clock)
    assert (count(office, Sitting), count(office, SittingItem)) == (0, 0)
    assert len(audited(office, "sitting-approve")) == 1
    path = answer.headers["Location"].split("8000", 1)[-1]
    assert reviewer.get(path).status_code in {302, 404}
