"""What the township finds, what a second person decides: the row stays, goes, or hangs anew."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.forgetting import forget_what_is_over, wipe_traces
from disclosure.lifecycle import SubmissionState
from disclosure.log.verifying.shown import check_digests, read_shown
from disclosure.models import Notice, NoticeVersion
from disclosure.objections.againpolicy import choose_days, get_days
from disclosure.objections.course import MatterState
from disclosure.objections.deciding import Recorded, decide_matter, record_finding, return_finding
from disclosure.objections.queries import MatterLine, count_for, list_open, view_matter
from disclosure.queries import find_board_notice
from portal.app import PortalApp
from portal.data.accounts import OPERATOR, Actor
from portal.data.audit import list_audit
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused
from portal.kernel.masking import DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD, NameStyle
from portal.kernel.permissions import Role
from tests.disclosure.lists import OCTOBER, Office, database_bytes
from tests.fixtures.pages import Page, PageClient, filled
from tests.fixtures.people import YUANZHOU
from tests.objections.acting import (
    CONFIRMED,
    OCTOBER_REVIEW,
    POST_AGAIN,
    STRUCK,
    WORDS,
    Seen,
    fill_finding,
    mark,
    notice_json,
    object_to,
    press_decide,
    seen,
    settle,
    states,
    the_matter,
)

StaffMaker = Callable[..., PageClient]
TITLE_AGAIN = "（重新公示）"


@pytest.mark.databases("sqlite")
def test_the_township_finds_the_head_decides_and_the_mark_goes(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2)
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    listed = clerk.page("/desk/objections/")
    assert "第2行" in listed.text
    assert "2026年10月21日" in listed.text
    matter = the_matter(app.sessions)
    page = clerk.page(f"/desk/objections/{matter.id}")
    assert "欧阳*" in page.text
    assert WORDS not in page.text
    assert not page.soup.select("form[action$='/decide']")
    recorded = fill_finding(clerk, matter.id, "confirmed", "conditions-met", note="10月9日入户。")
    assert "由另一人审定" in recorded.text
    assert seen(client, notice_id) == Seen([2], [2], [2])
    # Whoever records cannot decide, and whoever decides does not record.
    assert clerk.post(f"/desk/objections/{matter.id}/decide").status_code in {400, 403}
    asked = head.page(f"/desk/objections/{matter.id}")
    assert "10月9日入户。" in asked.text
    assert not asked.soup.select("form[action$='/finding']")
    assert "已审定" in press_decide(head, matter.id).text
    assert seen(client, notice_id) == Seen([], [], [])
    assert len(notice_json(client, notice_id)["rows"]) == 3
    decided = the_matter(app.sessions)
    assert (decided.state, decided.row_copy) == (MatterState.DECIDED, None)
    assert "经核查符合条件" in clerk.page(f"/desk/objections/{matter.id}").text
    assert "没有正在核查的行" in clerk.page("/desk/objections/").text


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"finding": "struck", "reason": "conditions-met"}, "请选择与核查结果相符的理由"),
        ({"finding": "confirmed", "reason": ""}, "请选择理由"),
        ({"finding": "", "reason": "conditions-met"}, "请选择核查结果"),
        (
            {"finding": "confirmed", "reason": "conditions-met", "note": "电话 13912345678"},
            "个人信息",
        ),
    ],
)
def test_what_cannot_be_recorded_is_said_beside_the_field_and_nothing_is_lost(
    app: PortalApp,
    office: Office,
    staff: StaffMaker,
    clock: SettableClock,
    values: dict[str, str],
    words: str,
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    clerk = staff(Role.CLERK)
    page = clerk.page(f"/desk/objections/{the_matter(app.sessions).id}")
    given = {"note": "已入户。", **values}
    refused = clerk.submit(page, given, action="/finding")
    assert refused.status_code == 422
    again = Page(refused)
    assert words in again.text
    assert given["note"] in again.soup.select_one("textarea").get_text()  # type: ignore[union-attr]
    assert states(app.sessions) == [MatterState.OPEN]


@pytest.mark.databases("sqlite")
def test_a_handler_records_as_well_and_the_county_looks_on(
    app: PortalApp, office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 1, now=clock.now())
    matter_id = the_matter(app.sessions).id
    address = f"/desk/objections/{matter_id}"
    reviewer = staff(Role.REVIEWER)
    assert not reviewer.page(address).soup.select("main form")
    assert reviewer.post(f"{address}/finding").status_code in {400, 403}
    handler = staff(Role.HANDLER)
    assert "1 行" in handler.page("/desk/").text
    fill_finding(handler, matter_id, "struck", "not-resident")
    assert states(app.sessions) == [MatterState.FOUND]
    for nobody in (staff(Role.HELPER), staff(Role.DISCIPLINE), staff(Role.ADMIN)):
        assert nobody.get(address).status_code == 403
    for elsewhere in (staff(Role.CLERK, "guanting"), staff(Role.HEAD, "xinglong")):
        assert elsewhere.get(address).status_code == 404
        assert notice_id not in elsewhere.page("/desk/objections/").text


@pytest.mark.databases("sqlite")
def test_a_finding_is_returned_with_a_reason_and_recorded_anew(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    matter_id = the_matter(app.sessions).id
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    fill_finding(clerk, matter_id, "confirmed", "details-right")
    page = head.page(f"/desk/objections/{matter_id}")
    nothing = head.submit(page, {"return_reason": ""}, action="/return")
    assert nothing.status_code == 422
    head.submit(page, {"return_reason": "请入户再查。"}, action="/return")
    assert seen(client, notice_id) == Seen([2], [2], [2])
    assert "请入户再查。" in clerk.page(f"/desk/objections/{matter_id}").text
    # What the head still has on the screen is not what is recorded now.
    fill_finding(clerk, matter_id, "struck", "not-resident")
    late = Page(head.follow(head.submit(page, action="/decide")))
    assert "请重新查看" in late.text
    assert states(app.sessions) == [MatterState.FOUND]


def test_only_a_second_person_decides_and_only_in_the_area(
    office: Office, add_staff: Callable[..., str], clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    matter_id = the_matter(office.sessions).id
    head = office.actor(add_staff(Role.HEAD))
    clerk = office.actor(add_staff(Role.CLERK))
    other = office.actor(add_staff(Role.HEAD, login="other-head"))
    both = replace(other, permissions=head.permissions | clerk.permissions)
    elsewhere = office.actor(add_staff(Role.HEAD, "guanting"))
    with office.sessions.writing() as session:
        record_finding(session, both, matter_id, CONFIRMED, "", now=clock.now())

    def decide(session: Session, actor: Actor, recorded: Recorded = CONFIRMED) -> None:
        decide_matter(
            session,
            actor,
            matter_id,
            recorded,
            keys=office.keys,
            now=clock.now(),
        )

    for actor, refusal in ((both, Forbidden), (clerk, Forbidden), (elsewhere, NotFound)):
        with pytest.raises(refusal), office.sessions.writing() as session:
            decide(session, actor)
    with pytest.raises(Forbidden), office.sessions.writing() as session:
        return_finding(session, both, matter_id, "再查", now=clock.now())
    with office.sessions.writing() as session:
        decide(session, head)
    with pytest.raises(Conflict), office.sessions.writing() as session:
        decide(session, head)
    with office.sessions.reading() as session:
        entry = list_audit(session, limit=1)[0]
    assert entry.action == "row-decision"
    assert entry.details == {"row": 2, "finding": "confirmed", "reason": "conditions-met"}


@pytest.mark.databases("sqlite")
def test_a_row_that_is_struck_leaves_the_list_and_no_other(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2)
    object_to(client, notice_id, 3)
    matter = next(one for one in _open(office, clock, OPERATOR) if one.n == 2)
    fill_finding(staff(Role.CLERK), matter.id, "struck", "not-resident")
    press_decide(staff(Role.HEAD), matter.id)
    struck = notice_json(client, notice_id)
    assert (struck["version"], [row["n"] for row in struck["rows"]]) == (2, [1, 3])
    check_digests(read_shown(json.dumps(struck).encode()))
    assert seen(client, notice_id) == Seen([3], [3], [3])
    assert office.notice(notice_id).rows_held == 1


def _open(office: Office, clock: SettableClock, actor: Actor) -> list[MatterLine]:
    with office.sessions.reading() as session:
        return list(list_open(session, actor, now=clock.now()))


def test_a_row_whose_list_is_over_is_struck_without_a_new_version(
    office: Office, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    clock.advance(timedelta(days=8))
    forget_what_is_over(office.sessions, now=clock.now())
    settle(office, OPERATOR, OPERATOR, STRUCK, now=clock.now())
    assert states(office.sessions) == [MatterState.DECIDED]
    notice = office.notice(notice_id)
    assert (notice.rows_held, notice.version) == (0, 1)


@pytest.mark.databases("sqlite")
def test_a_row_is_posted_again_for_as_long_as_the_county_says(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    before = notice_json(client, notice_id)
    object_to(client, notice_id, 2)
    # The list has ended and forgotten its rows; the copy is what hangs anew.
    clock.advance(timedelta(days=8))
    forget_what_is_over(app.sessions, now=clock.now())
    matter_id = the_matter(app.sessions).id
    clerk, head = staff(Role.CLERK), staff(Role.HEAD)
    fill_finding(clerk, matter_id, "post-again", "met-after-check")
    press_decide(head, matter_id)
    assert notice_json(client, notice_id)["state"] == "concluded"
    submission_id = the_matter(app.sessions).posted_again_as
    shown = head.page(f"/desk/lists/{submission_id}")
    assert TITLE_AGAIN in shown.text
    assert clerk.page(f"/desk/lists/{submission_id}").soup.select("form[action$='/approve']") == []
    (sent, *_) = (filled(form, {}, None) for form in shown.soup.select("form[action$='/approve']"))
    head.follow(head.post(f"/desk/lists/{submission_id}/approve", sent))
    with app.sessions.reading() as session:
        again = session.scalars(select(Notice).where(Notice.submission_id == submission_id)).one()
    json_again = notice_json(client, again.id)
    assert json_again["title"] == before["title"] + TITLE_AGAIN
    assert (json_again["posted_from"], json_again["posted_to"]) == ("2026-10-16", "2026-10-18")
    (row,) = json_again["rows"]
    old = before["rows"][1]
    assert {**row, "n": 2, "salt": old["salt"]} == old
    assert row["salt"] != old["salt"]
    check_digests(read_shown(json.dumps(json_again).encode()))
    assert client.get(f"/n/{again.id}.pdf").status_code == 200
    # The new notice has a life of its own: its row may be objected to like any other.
    object_to(client, again.id, 1)
    assert seen(client, again.id) == Seen([1], [1], [1])


def test_posting_again_needs_a_window_and_a_county_that_does_so(
    office: Office, clock: SettableClock
) -> None:
    standing, _ = office.publish(OCTOBER, now=clock.now())
    mark(office, standing, 1, now=clock.now())
    with pytest.raises(Refused):
        settle(office, OPERATOR, OPERATOR, POST_AGAIN, now=clock.now())
    settle(office, OPERATOR, OPERATOR, CONFIRMED, now=clock.now())
    with office.sessions.writing() as session:
        choose_days(session, OPERATOR, 0, area=YUANZHOU, now=clock.now())
    review, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, review, 1, now=clock.now())
    with pytest.raises(Refused):
        settle(office, OPERATOR, OPERATOR, POST_AGAIN, now=clock.now())


def test_a_row_is_not_posted_again_under_another_policy_of_names(
    office: Office, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 1, now=clock.now())
    stricter = replace(DEFAULT_POLICY, board=NameStyle.SURNAME)
    office.prepare(replace(OCTOBER, policy=stricter), now=clock.now())
    with pytest.raises(Refused):
        settle(office, OPERATOR, OPERATOR, POST_AGAIN, now=clock.now())
    assert states(office.sessions) == [MatterState.FOUND]


def test_the_whole_name_on_the_board_is_posted_again_and_the_copy_dropped(
    office: Office, clock: SettableClock
) -> None:
    whole = replace(OCTOBER_REVIEW, policy=WHOLE_NAMES_ON_BOARD)
    notice_id, _ = office.publish(whole, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    settle(office, OPERATOR, OPERATOR, POST_AGAIN, now=clock.now())
    submission_id = the_matter(office.sessions).posted_again_as
    assert submission_id is not None
    submission = office.submission(submission_id)
    assert (submission.state, submission.rows_ok) == (SubmissionState.SUBMITTED, 1)
    (again,) = office.approve(submission_id, now=clock.now())
    with office.sessions.reading() as session:
        view = find_board_notice(
            session, again, now=clock.now(), open_parcel=office.keys.open_names
        )
        assert view is not None
        assert view.rows is not None
        assert [row.name for row in view.rows] == ["欧阳兰"]
        (held,) = session.scalars(select(NoticeVersion).where(NoticeVersion.notice_id == again))
    assert (held.households, held.totals_salt is None) == (1, False)


@pytest.mark.databases("sqlite")
def test_nothing_of_the_copy_is_left_in_the_bytes_of_the_database(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    object_to(client, notice_id, 2)
    copy = the_matter(app.sessions).row_copy
    assert copy is not None
    digest = str(copy["household_digest"]).encode()
    clock.advance(timedelta(days=8))
    forget_what_is_over(app.sessions, now=clock.now())
    assert digest in database_bytes(app.settings.database_url)
    settle(office, OPERATOR, OPERATOR, CONFIRMED, now=clock.now())
    wipe_traces(app.sessions)
    assert digest not in database_bytes(app.settings.database_url)


@pytest.mark.databases("sqlite")
def test_the_administrator_decides_for_how_long_county_by_county(
    app: PortalApp, staff: StaffMaker
) -> None:
    admin = staff(Role.ADMIN)
    assert "/desk/settings/post-again/" in {
        link["href"] for link in admin.page("/desk/settings/").soup.select("a")
    }
    assert "公示 3 天" in admin.page("/desk/settings/post-again/").text
    page = admin.page(f"/desk/settings/post-again/{YUANZHOU}")
    assert admin.submit(page, {"days": "5"}).status_code == 422
    done = Page(admin.follow(admin.submit(page, {"days": "0"})))
    assert "不重新公示" in done.text
    with app.sessions.reading() as session:
        assert get_days(session, YUANZHOU) == 0
    assert admin.get("/desk/settings/post-again/640402100000").status_code == 404


def test_what_waits_is_counted_for_whoever_it_waits_for(
    office: Office, add_staff: Callable[..., str], clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    mark(office, notice_id, 1, now=clock.now())
    mark(office, notice_id, 2, now=clock.now())
    clerk, head = (office.actor(add_staff(role)) for role in (Role.CLERK, Role.HEAD))
    reviewer = office.actor(add_staff(Role.REVIEWER))
    matter = _open(office, clock, clerk)[0]
    with office.sessions.writing() as session:
        record_finding(session, clerk, matter.id, CONFIRMED, "", now=clock.now())
    with office.sessions.reading() as session:
        assert [count_for(session, one) for one in (clerk, head, reviewer)] == [1, 1, 0]
    clock.advance(timedelta(days=20))
    late = [line.late for line in _open(office, clock, head)]
    assert sorted(late) == [False, True]
    with office.sessions.reading() as session:
        view = view_matter(session, head, matter.id, now=clock.now())
    assert (view.may_decide, view.on_display) == (True, False)
