"""Scheduled posting 定时公示: approved ahead of its day, seen by nobody before, posted with it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from disclosure import service
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.models import LogEntry
from disclosure.models import NoticeRow
from disclosure.posting import post_what_is_due, recall
from portal.data.accounts import OPERATOR
from portal.data.audit import list_audit
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict
from portal.kernel.permissions import Role
from tests.disclosure.lists import EAST, NOVEMBER, OCTOBER, REVIEW, Office
from tests.fixtures.pages import Page, PageClient

StaffMaker = Callable[..., PageClient]


def at(month: int, day: int, hour: int = 12) -> datetime:
    """Return an hour of a day in Shanghai, as an instant."""
    return datetime(2026, month, day, hour, tzinfo=UTC) - timedelta(hours=8)


def entries(office: Office) -> int:
    with office.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(LogEntry)) or 0


def test_a_review_notice_is_posted_when_its_printed_day_begins(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    clock.move_to(at(11, 10))
    (notice_id, _) = office.publish(REVIEW, now=clock.now())
    for address in (f"/n/{notice_id}", f"/n/{notice_id}.json", f"/n/{notice_id}.csv"):
        assert client.get(address).status_code == 404
    assert entries(office) == 0
    assert EAST not in client.page("/").text
    clock.move_to(at(11, 16, 0) - timedelta(seconds=1))
    assert post_what_is_due(office.sessions, now=clock.now()) == 0
    clock.advance(timedelta(seconds=1))
    assert post_what_is_due(office.sessions, now=clock.now()) == 1
    assert post_what_is_due(office.sessions, now=clock.now()) == 0
    said = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert (said["state"], said["posted_from"], said["posted_to"]) == (
        *("posted", "2026-11-16", "2026-11-22"),
    )
    assert entries(office) == 2
    with office.sessions.reading() as session:
        actions = [line.action for line in list_audit(session, before_id=None, limit=2)]
    assert actions == ["list-post", "list-approve"]


def test_a_sweep_that_comes_late_moves_the_end(office: Office) -> None:
    (notice_id, _) = office.publish(REVIEW, now=at(11, 10))
    post_what_is_due(office.sessions, now=at(11, 18))
    notice = office.notice(notice_id)
    assert [f"{notice.posted_from}", f"{notice.posted_to}"] == ["2026-11-18", "2026-11-24"]


def test_the_reviewer_chooses_a_day_and_until_then_the_old_list_stands(
    office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    (october, _) = office.publish(OCTOBER, now=clock.now())
    clock.move_to(at(11, 5))
    waiting = office.submit(NOVEMBER, now=clock.now())
    reviewer = staff(Role.REVIEWER)
    address = f"/desk/lists/{waiting.submission_id}"
    page = reviewer.page(address)
    forms = [form for form in page.soup.select("main form") if form.select("[name=post_on]")]
    fields = {str(one["name"]): str(one.get("value", "")) for one in forms[0].select("input")}
    wrong = reviewer.post(f"{address}/approve", data={**fields, "post_on": "next week"})
    assert wrong.status_code == 422
    assert "2026-12-01" in wrong.text
    reviewer.post(f"{address}/approve", data={**fields, "post_on": "2026-11-09"})
    said = reviewer.page(address).text
    assert "2026年11月9日" in said
    assert "已审批，待公示" in said
    assert json.loads(client.get(f"/n/{october}.json").data)["state"] == "posted"
    clock.move_to(at(11, 9, 0))
    post_what_is_due(office.sessions, now=clock.now())
    assert json.loads(client.get(f"/n/{october}.json").data)["state"] == "replaced"
    new = waiting.notice_ids[0]
    assert json.loads(client.get(f"/n/{new}.json").data)["posted_from"] == "2026-11-09"


def test_what_is_approved_can_be_taken_back_until_its_day(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    clock.move_to(at(11, 10))
    submission_id = office.submit(REVIEW, now=clock.now()).submission_id
    office.approve(submission_id, now=clock.now())
    head = staff(Role.HEAD)
    address = f"/desk/lists/{submission_id}"
    left_open = head.page(address)
    answer = head.submit(left_open, {"reason": "有一户要核实"}, action=f"{address}/recall")
    assert "没有任何内容公示" in Page(head.follow(answer)).text
    assert office.submission(submission_id).state is SubmissionState.RETURNED
    with office.sessions.reading() as session:
        assert not session.scalar(select(func.count()).select_from(NoticeRow))
    assert post_what_is_due(office.sessions, now=at(11, 20)) == 0

    again = office.submit(replace(REVIEW, filename="再报.csv"), now=clock.now()).submission_id
    office.approve(again, now=clock.now())
    post_what_is_due(office.sessions, now=at(11, 16))
    with pytest.raises(Conflict, match="posted already"), office.sessions.writing() as session:
        recall(session, OPERATOR, again, "太晚", now=at(11, 16))
    assert office.submission(again).state is SubmissionState.APPROVED


def test_what_can_no_longer_be_posted_goes_back_with_a_sentence(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    early = office.submit(OCTOBER, now=clock.now())
    digest = office.submission(early.submission_id).digest
    with office.sessions.writing() as session:
        service.approve(
            *(session, OPERATOR, early.submission_id, digest),
            now=clock.now(),
            post_on=at(11, 20).date(),
        )
    (november, _) = office.publish(NOVEMBER, now=clock.now())
    assert post_what_is_due(office.sessions, now=at(11, 20)) == 0
    assert office.submission(early.submission_id).state is SubmissionState.RETURNED
    said = staff(Role.CLERK).page(f"/desk/lists/{early.submission_id}").text
    assert "未能在预定日期公示" in said
    assert office.notice(november).replaced_at is None


def test_a_second_sweep_posts_nothing_again(office: Office) -> None:
    ids = office.publish(REVIEW, now=at(11, 10))
    assert [post_what_is_due(office.sessions, now=at(11, 16)) for _ in range(2)] == [1, 0]
    assert entries(office) == len(ids)
