"""Withdrawal 撤下: from every channel at once, with a reason that residents read, for good."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from disclosure.forgetting import wipe_traces
from disclosure.log.entries import parse_entry
from disclosure.logbook.models import LogEntry
from disclosure.withdrawing import withdraw_notice
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.data.audit import list_audit
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, NotFound, Refused
from portal.kernel.permissions import Role
from tests.disclosure.lists import (
    EAST,
    OCTOBER,
    REVIEW,
    Household,
    Office,
    database_bytes,
    id_number,
)
from tests.fixtures.pages import Page, PageClient

REASON = "名单有误，更正后重新公示"
StaffMaker = Callable[..., PageClient]


@pytest.mark.databases("sqlite")
def test_a_reviewer_withdraws_and_residents_read_why(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, other = office.publish(OCTOBER, now=clock.now())
    before = json.loads(client.get(f"/n/{notice_id}.json").data)
    place = f"/r/{before['region']}"
    for address in (f"/n/{notice_id}", f"/n/{notice_id}.csv", place, "/", f"/n/{other}"):
        assert client.get(address).status_code == 200
    reviewer = staff(Role.REVIEWER)
    listed = reviewer.page(f"/desk/lists/{office.notice(notice_id).submission_id}")
    address = f"/desk/notices/{notice_id}/withdraw"
    assert address in {link["href"] for link in listed.soup.select("a")}
    asked = reviewer.page(address)
    nothing = reviewer.submit(asked, {"reason": ""})
    assert nothing.status_code == 422
    assert office.notice(notice_id).withdrawn_at is None
    done = Page(reviewer.follow(reviewer.submit(asked, {"reason": REASON})))
    assert "公示已撤下" in done.text
    # Every channel, at once.
    assert REASON in client.page(f"/n/{notice_id}").text
    after = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert (after["state"], after["rows"]) == ("withdrawn", None)
    for gone in (f"/n/{notice_id}.csv", f"/n/{notice_id}.pdf", f"/n/{notice_id}/receipts"):
        assert client.get(gone).status_code == 410
    assert notice_id not in client.get(place).text
    assert client.get(f"/n/{other}").status_code == 200
    again = reviewer.page(address)
    assert "只有正在公示的内容才能撤下" in again.text
    wipe_traces(app.sessions)
    kept = database_bytes(app.settings.database_url)
    for row in before["rows"]:
        assert bytes.fromhex(row["salt"]) not in kept


def test_the_log_and_the_audit_log_say_so(office: Office, clock: SettableClock) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    with office.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, notice_id, REASON, now=clock.now())
    with office.sessions.reading() as session:
        entry = parse_entry(session.get_one(LogEntry, 2).entry)
        assert (entry.event, entry.notice, entry.prev) == ("withdraw", notice_id, 0)
        newest = list_audit(session, before_id=None, limit=1)[0]
        assert (newest.action, newest.details["reason"]) == ("notice-withdraw", REASON)


@pytest.mark.parametrize("reason", ["", "  ", "请联系 13912345678", f"{id_number(1)}有误"])
def test_a_reason_that_may_not_be_public_is_refused(
    office: Office, clock: SettableClock, reason: str
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    with pytest.raises(Refused), office.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, notice_id, reason, now=clock.now())
    assert office.notice(notice_id).withdrawn_at is None


def test_only_what_is_on_display_is_withdrawn_and_once(
    office: Office, clock: SettableClock
) -> None:
    draft = office.submit(OCTOBER, now=clock.now()).notice_ids[0]
    (review,) = office.publish(
        replace(REVIEW, households=[Household("王秀英", village=EAST)]), now=clock.now()
    )
    clock.advance(timedelta(days=90))
    for notice_id in (draft, review):
        with pytest.raises(Conflict), office.sessions.writing() as session:
            withdraw_notice(session, OPERATOR, notice_id, REASON, now=clock.now())
    with pytest.raises(NotFound), office.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, "abcdefghij", REASON, now=clock.now())


@pytest.mark.databases("sqlite")
def test_nobody_else_withdraws_and_nowhere_else(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    address = f"/desk/notices/{notice_id}/withdraw"
    assert staff(Role.CLERK).get(address).status_code == 403
    assert staff(Role.REVIEWER, "xiji").get(address).status_code == 404
    assert staff(Role.REVIEWER).get(address).status_code == 200


def test_after_a_mistaken_month_is_withdrawn_the_right_one_follows(
    office: Office, clock: SettableClock
) -> None:
    """A list that was published for a month to come would keep out all those before it."""
    mistaken = office.publish(replace(OCTOBER, period="2062-10"), now=clock.now())
    with pytest.raises(Conflict):
        office.publish(OCTOBER, now=clock.now())
    with office.sessions.writing() as session:
        for notice_id in mistaken:
            withdraw_notice(session, OPERATOR, notice_id, REASON, now=clock.now())
    submitted = office.submit(replace(OCTOBER, period="2026-11"), now=clock.now())
    assert len(office.approve(submitted.submission_id, now=clock.now())) == 2
