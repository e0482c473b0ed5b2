"""An objection that also accuses somebody: the discipline office alone hears of it, or marks it."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import select

from complaints.models import Complaint, ComplaintKey
from complaints.tracks import Track
from portal.app import PortalApp
from portal.data.accounts import Actor
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.complaints.journeys import CONTINUE, answer, cases, look_up
from tests.disclosure.lists import OCTOBER, Office
from tests.fixtures.pages import Page, PageClient
from tests.objections.acting import (
    CONFIRMED,
    OCTOBER_REVIEW,
    WORDS,
    Seen,
    matters,
    object_to,
    seen,
    settle,
    the_matter,
)

StaffMaker = Callable[..., PageClient]
NOTHING = Seen([], [], [])
# Whoever works in the township, or looks on from the county.
NEAR = (
    (Role.CLERK, "sanying"),
    (Role.HANDLER, "sanying"),
    (Role.HEAD, "sanying"),
    (Role.HELPER, "sanying"),
    (Role.HANDLER, "yuanzhou"),
    (Role.REVIEWER, "yuanzhou"),
    (Role.AUDITOR, "city"),
)
PAGES = ("/desk/", "/desk/complaints/", "/desk/objections/", "/desk/lists/")

pytestmark = pytest.mark.databases("sqlite")


def what_they_see(people: Sequence[PageClient]) -> list[str]:
    """Return everything that these people read on their desks."""
    answers = [one.get(address) for one in people for address in PAGES]
    return [Page(one).text for one in answers if one.status_code == 200]


def test_it_goes_to_the_discipline_office_alone_and_marks_nothing(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    near = [staff(role, unit) for role, unit in NEAR]
    before = what_they_see(near)
    page = client.get(f"/n/{notice_id}").data
    code = object_to(client, notice_id, 2, accuses="village")
    assert what_they_see(near) == before
    assert client.get(f"/n/{notice_id}").data == page
    assert seen(client, notice_id) == NOTHING
    assert matters(app.sessions) == []
    assert office.notice(notice_id).rows_held == 0
    (case,) = cases(app)
    assert (case.track, case.responsible_unit_id) == (Track.ACCUSATION, "discipline")
    assert (case.notice_id, case.notice_row, case.supervising_unit_id) == (None, None, None)
    with app.sessions.reading() as session:
        holders = set(session.scalars(select(ComplaintKey.unit_id)))
    assert holders == {None, "discipline"}
    for one in near:
        assert one.get(f"/desk/complaints/{case.id}").status_code in {403, 404}
    assert look_up(client, code.digits).status_code == 200


def test_the_discipline_office_marks_the_row_from_its_case(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2, accuses="village")
    (case,) = cases(app)
    officer = staff(Role.DISCIPLINE)
    address = f"/desk/complaints/{case.id}"
    page = officer.page(f"{address}/mark-row")
    # The list and the row stand in the sealed content, and on this page.
    assert "三营镇东塬村委会2026年10月" in page.text
    assert "乡镇看不到本案" in page.text
    done = Page(officer.follow(officer.submit(page)))
    assert "已标记本行正在核查" in done.text
    assert "正在核查" in done.text
    assert seen(client, notice_id) == Seen([2], [2], [2])
    assert officer.get(f"{address}/mark-row").status_code == 302
    # The township checks the row, and finds no case of anybody behind it.
    clerk = staff(Role.CLERK)
    shown = clerk.page(f"/desk/objections/{the_matter(app.sessions).id}").text
    assert "欧阳*" in shown
    for secret in (WORDS, case.id, case.locator):
        assert secret not in shown
    assert clerk.get(f"{address}").status_code == 403
    assert staff(Role.HANDLER).get(address).status_code == 404
    with app.sessions.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "complaint.mark-row")
        ).all()
    assert [(one.subject, one.details) for one in entries] == [(case.id, {})]
    # What was found shows on the office's case as well.
    assert "经核查符合条件" not in officer.page(address).text
    settle(office, *_two(office, staff), CONFIRMED, now=clock.now())
    assert "经核查符合条件" in officer.page(address).text


def test_nobody_else_can_mark_a_row_by_hand(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2)
    (case,) = cases(app)
    settle(office, *_two(office, staff), CONFIRMED, now=clock.now())
    handler = staff(Role.HANDLER)
    shown = handler.page(f"/desk/complaints/{case.id}")
    assert not [link for link in shown.soup.select("a") if "mark-row" in str(link["href"])]
    assert handler.get(f"/desk/complaints/{case.id}/mark-row").status_code == 302
    assert seen(client, notice_id) == NOTHING


def _two(office: Office, staff: StaffMaker) -> tuple[Actor, Actor]:
    """Return a clerk and a head of the township."""
    for role in (Role.CLERK, Role.HEAD):
        staff(role, login=f"two-{role.value}")
    return office.actor("two-clerk"), office.actor("two-head")


def test_the_case_of_an_objection_says_what_was_found(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    for _ in range(2):
        object_to(client, notice_id, 3)
    first, second = cases(app)
    handler = staff(Role.HANDLER)
    for case in (first, second):
        page = handler.page(f"/desk/complaints/{case.id}")
        assert "正在核查" in page.text
        assert "经核查公示内容无误" not in page.text
        assert page.soup.select("a[href*='/desk/objections/']")
    recorded = type(CONFIRMED)(CONFIRMED.finding, "details-right")
    settle(office, *_two(office, staff), recorded, now=clock.now())
    for case in (first, second):
        text = handler.page(f"/desk/complaints/{case.id}").text
        assert "维持不变" in text
        assert "经核查公示内容无误" in text
        # It is the handler who answers, by the case's own way.
        assert app_state(app, case) == "registered"


def app_state(app: PortalApp, case: Complaint) -> str:
    """Return the state of a case as it stands now."""
    with app.sessions.reading() as session:
        return session.get_one(Complaint, case.id).state.value


def test_what_belongs_to_a_higher_office_still_leaves_the_objection_open(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    given = [{"track": "objection"}, {"accuses": "yes"}, {"accused": "county-leader"}]
    page = answer(client, given, start=f"/en/complain?notice={notice_id}&row=2")
    assert page.h1 == "Please turn to a higher office"
    assert "Your objection to the row itself is still taken in here" in page.text
    assert cases(app) == []
    back = Page(client.submit(page, button="back"))
    assert back.h1 == "Whom is it about?"
    again = Page(client.submit(back, button="back"))
    assert again.h1 == "Do you also want to say that an official broke discipline or the law?"
    on = Page(client.submit(again, {"accuses": "no"}, button=CONTINUE))
    assert on.h1 == "What happened?"


def test_before_sending_it_says_who_reads_an_objection_that_accuses(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    given = [
        {"track": "objection"},
        {"accuses": "yes"},
        {"accused": "village"},
        {"text": WORDS},
        {"named": "no"},
    ]
    check = answer(client, given, start=f"/en/complain?notice={notice_id}&row=2")
    assert "The discipline office alone answers." in check.text
    assert "The township looks into it" not in check.text
    changed = Page(client.submit(check, button="change:accuses"))
    plain = Page(client.submit(changed, {"accuses": "no"}, button=CONTINUE))
    assert "The township looks into it" in plain.text


def test_a_case_that_is_moved_to_the_objections_marks_its_row(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    given = [{"track": "help"}, {"urgent": "no"}, {"text": WORDS}, {"named": "no"}]
    check = answer(client, given, start=f"/en/complain?notice={notice_id}&row=3")
    client.submit(check, button="send")
    assert seen(client, notice_id) == NOTHING
    (case,) = cases(app)
    handler = staff(Role.HANDLER)
    page = handler.page(f"/desk/complaints/{case.id}/move")
    handler.submit(page, {"track": "objection", "reason": "是对名单的异议。"})
    assert seen(client, notice_id) == Seen([3], [3], [3])
