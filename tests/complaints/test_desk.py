"""The desk: a unit's list, its cases, and what can be done with them, through the pages."""

import re
from datetime import timedelta

import pytest

from complaints.filing import Filed, send_filing
from complaints.keyring import KeyRing
from complaints.models import Channel, Complaint
from complaints.queries import get_complaint
from complaints.tracks import Track
from complaints.workflow import State
from portal.app import PortalApp
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.complaints.conftest import ANSWER, CONTACT, FILINGS, TEXT
from tests.complaints.journeys import HELP, answer, code_on, look_up, send
from tests.fixtures.application import StaffMaker, sign_in
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import GUANTING, SANYING

LIST = "/desk/complaints/"


def file(app: PortalApp, clock: SettableClock, track: Track, token: bytes = b"1" * 32) -> Filed:
    return send_filing(
        app.sessions,
        FILINGS[track],
        token=token,
        receipts_key=b"k" * 32,
        keyring=KeyRing(app.settings.secrets_folder),
        now=clock.now(),
    )


def state_of(app: PortalApp, filed: Filed) -> State:
    return stored(app, filed).state


def stored(app: PortalApp, filed: Filed) -> Complaint:
    with app.sessions.reading() as session:
        return get_complaint(session, filed.complaint_id)


def do(client: PageClient, case: str, slug: str, values: dict[str, str] | None = None) -> Page:
    """Open the form of one thing to do, send it, and return the page after it."""
    form = client.page(f"{LIST}{case}/{slug}")
    return Page(client.follow(client.submit(form, values or {}, action=slug)))


def test_the_whole_way_over_the_pages(
    app: PortalApp, resident: PageClient, staff: StaffMaker
) -> None:
    """A resident files, the desk accepts, answers and closes, and ``/track`` shows the answer."""
    code = code_on(send(resident, answer(resident, HELP)))
    handler = staff(Role.HANDLER)
    listed = handler.page(LIST)
    (link,) = [a for a in listed.soup.select("main table a") if code.locator in a.get_text()]
    case_id = str(link["href"]).rsplit("/", 1)[-1]
    case = handler.page(f"{LIST}{case_id}")
    assert "我家的低保金三个月没有到账。" in case.text
    assert "测试户甲, 13900000001" in case.text
    assert "《信访工作条例》（2022年）第二十三条" in case.text
    assert code.secret not in case.response.text
    do(handler, case_id, "accept")
    assert "正在办理" in Page(look_up(resident, code.digits, path="/track")).text
    do(handler, case_id, "answer", {"text": ANSWER, "way_out": "reconsideration"})
    matter = Page(look_up(resident, code.digits, path="/track"))
    assert ANSWER in matter.text
    assert "行政复议" in matter.text
    rated = resident.submit(matter, {"satisfied": "yes"}, action="satisfied")
    assert rated.status_code == 200
    closed = do(handler, case_id, "close")
    assert "反映人表示满意" in closed.text
    assert "已办结" in Page(look_up(resident, code.digits, path="/track")).text


def test_a_resident_who_is_not_satisfied_has_the_matter_opened_again(
    app: PortalApp, resident: PageClient, staff: StaffMaker
) -> None:
    code = code_on(send(resident, answer(resident, HELP)))
    handler = staff(Role.HANDLER)
    case_id = str(handler.page(LIST).soup.select_one("main table a")["href"]).rsplit("/", 1)[-1]  # type: ignore[index]
    do(handler, case_id, "accept")
    do(handler, case_id, "answer", {"text": ANSWER})
    matter = Page(look_up(resident, code.digits))
    refused = resident.submit(matter, {"satisfied": "no", "why": ""}, action="satisfied")
    assert refused.status_code == 422
    assert "Say what is missing or wrong." in Page(refused).text
    said = {"satisfied": "no", "why": "少了一个月"}
    again = resident.submit(Page(refused), said, action="satisfied")
    assert again.status_code == 200
    assert "You were not satisfied: opened again" in Page(again).text
    assert "少了一个月" in handler.page(f"{LIST}{case_id}").text


@pytest.mark.parametrize("track", list(Track))
def test_other_units_find_no_case_neither_listed_nor_by_its_address(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker, track: Track
) -> None:
    filed = file(app, clock, track)
    case = stored(app, filed)
    seated = {case.responsible_unit_id, case.supervising_unit_id}
    for unit in ("sanying", "guanting", "yuanzhou", "xiji", "city", "discipline"):
        role = Role.DISCIPLINE if unit == "discipline" else Role.HANDLER
        someone = staff(role, unit)
        listed = someone.page(LIST)
        assert (case.locator in listed.text) == (unit in seated)
        if unit in seated:
            assert TEXT in someone.page(f"{LIST}{case.id}").text
            continue
        for path in (case.id, f"{case.id}/accept", f"{case.id}/answer"):
            assert someone.get(f"{LIST}{path}").status_code == 404
        refused = someone.page(f"{LIST}{case.id}", status=404)
        unknown = someone.page(f"{LIST}{'0' * 32}", status=404)
        assert refused.text == unknown.text


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.REVIEWER, Role.ADMIN, Role.SECURITY_AUDITOR, Role.HELPER]
)
def test_who_has_nothing_to_do_with_complaints_sees_none(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker, role: Role
) -> None:
    filed = file(app, clock, Track.HELP)
    someone = staff(role, "sanying")
    for path in ("", "new", filed.complaint_id, f"{filed.complaint_id}/accept"):
        assert someone.get(f"{LIST}{path}").status_code == 403


def test_a_unit_that_looks_on_may_read_and_nothing_else(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    filed = file(app, clock, Track.HELP)
    watcher = staff(Role.HANDLER, "yuanzhou")
    page = watcher.page(f"{LIST}{filed.complaint_id}")
    assert TEXT in page.text
    assert page.soup.select("main a.govuk-button") == []
    answered = watcher.follow(watcher.get(f"{LIST}{filed.complaint_id}/accept"))
    assert "这样办理" in Page(answered).text
    assert state_of(app, filed) is State.REGISTERED


def test_only_what_can_be_done_now_is_offered(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    filed = file(app, clock, Track.HELP)
    handler = staff(Role.HANDLER)

    def offered() -> set[str]:
        page = handler.page(f"{LIST}{filed.complaint_id}")
        return {str(a["href"]).rsplit("/", 1)[-1] for a in page.soup.select("main a.govuk-button")}

    assert offered() == {"accept", "decline", "refer", "move", "question"}
    do(handler, filed.complaint_id, "accept")
    assert offered() == {"answer", "move", "question"}
    do(handler, filed.complaint_id, "answer", {"text": ANSWER})
    assert offered() == {"call-back", "question"}
    clock.advance(timedelta(days=7))
    sign_in(handler, "handler-sanying")
    assert offered() == {"call-back", "close", "question"}
    do(handler, filed.complaint_id, "call-back", {"satisfied": "no", "note": "电话"})
    assert offered() == {"answer", "question"}
    do(handler, filed.complaint_id, "answer", {"text": ANSWER})
    do(handler, filed.complaint_id, "call-back", {"satisfied": "yes", "note": "电话"})
    do(handler, filed.complaint_id, "close")
    assert offered() == set()


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("decline", {"reason": " "}),
        ("question", {"text": ""}),
        ("move", {"reason": "理由"}),
        ("refer", {"unit_id": "sanying"}),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_the_field(
    app: PortalApp,
    resident: PageClient,
    clock: SettableClock,
    staff: StaffMaker,
    slug: str,
    values: dict[str, str],
) -> None:
    filed = file(app, clock, Track.HELP)
    handler = staff(Role.HANDLER)
    form = handler.page(f"{LIST}{filed.complaint_id}/{slug}")
    response = handler.submit(form, values, action=slug)
    assert response.status_code == 422
    assert Page(response).soup.select(".govuk-error-message")
    assert state_of(app, filed) is State.REGISTERED


def test_a_case_that_goes_to_another_unit_leaves_the_list(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    filed = file(app, clock, Track.HELP)
    handler, receiver = staff(Role.HANDLER), staff(Role.HANDLER, "guanting")
    after = do(handler, filed.complaint_id, "refer", {"unit_id": "guanting"})
    assert after.h1 == "投诉与求助"
    assert handler.get(f"{LIST}{filed.complaint_id}").status_code == 404
    assert TEXT in receiver.page(f"{LIST}{filed.complaint_id}").text
    do(receiver, filed.complaint_id, "send-back", {"reason": "属三营镇"})
    assert "属三营镇" in handler.page(f"{LIST}{filed.complaint_id}").text


def test_a_case_is_moved_to_the_discipline_office_and_is_gone(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    filed = file(app, clock, Track.HELP)
    given = {"track": "accusation", "reason": "涉嫌违纪"}
    do(staff(Role.HANDLER), filed.complaint_id, "move", given)
    assert stored(app, filed).track is Track.ACCUSATION
    assert TEXT in staff(Role.DISCIPLINE).page(f"{LIST}{filed.complaint_id}").text


def test_what_came_in_person_is_registered_with_a_receipt(
    app: PortalApp, resident: PageClient, staff: StaffMaker
) -> None:
    handler = staff(Role.HANDLER)
    form = handler.page(f"{LIST}new")
    given = {"channel": "counter", "track": "help", "place": SANYING, "text": TEXT}
    given |= {"name": CONTACT.name, "phone": CONTACT.phone}
    receipt = Page(handler.submit(form, given, action="new"))
    code = code_on(receipt)
    again = Page(handler.submit(form, given, action="new"))
    assert code_on(again) == code
    matter = Page(look_up(resident, code.digits, path="/track"))
    assert TEXT in matter.text
    with app.sessions.reading() as session:
        (case,) = session.query(Complaint).all()
    assert (case.channel, case.named, case.responsible_unit_id) == (
        Channel.COUNTER,
        True,
        "sanying",
    )


def test_at_the_desk_only_the_own_kind_of_matter_and_area_is_registered(
    resident: PageClient, staff: StaffMaker
) -> None:
    def choices(page: Page, name: str) -> set[str]:
        found = page.soup.select(f"[name={name}][value], [name={name}] option")
        return {str(one["value"]) for one in found}

    office = staff(Role.HANDLER).page(f"{LIST}new")
    assert choices(office, "track") == {"help", "objection", "service"}
    assert choices(office, "channel") == {"counter", "hotline"}
    assert SANYING in choices(office, "place")
    assert GUANTING not in choices(office, "place")
    discipline = staff(Role.DISCIPLINE).page(f"{LIST}new")
    assert choices(discipline, "track") == {"accusation"}
    assert choices(discipline, "channel") == {"counter", "higher-office"}


def test_a_registration_that_is_not_whole_is_refused(
    app: PortalApp, resident: PageClient, staff: StaffMaker
) -> None:
    handler = staff(Role.HANDLER, "yuanzhou")
    form = handler.page(f"{LIST}new")
    given = {"channel": "hotline", "track": "help", "text": TEXT, "name": CONTACT.name}
    response = handler.submit(form, given, action="new")
    assert response.status_code == 422
    assert "姓名和电话" in Page(response).text
    given |= {"place": "640402000000", "phone": CONTACT.phone}
    response = handler.submit(Page(response), given, action="new")
    assert response.status_code == 422
    assert "更具体的地点" in Page(response).text


def test_the_list_tells_what_is_late_and_what_is_new(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    file(app, clock, Track.HELP)
    handler = staff(Role.HANDLER)
    assert "新件" in handler.page(LIST).text
    clock.advance(timedelta(days=20))
    sign_in(handler, "handler-sanying")
    page = handler.page(LIST)
    assert re.search(r"逾期|超期", page.text)


def test_a_form_of_the_desk_without_its_token_is_refused(
    app: PortalApp, resident: PageClient, clock: SettableClock, staff: StaffMaker
) -> None:
    filed = file(app, clock, Track.HELP)
    response = staff(Role.HANDLER).post(f"{LIST}{filed.complaint_id}/accept", {})
    assert response.status_code == 400
    assert state_of(app, filed) is State.REGISTERED
