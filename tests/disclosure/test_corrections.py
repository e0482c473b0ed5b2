"""Corrections 更正: a further version, approved by a second person, with a history to read."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select

from disclosure.corrections.service import strike_row
from disclosure.forgetting import forget_what_is_over, wipe_traces
from disclosure.log.entries import parse_entry
from disclosure.logbook.models import LogEntry
from disclosure.models import NoticeRow
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.data.audit import list_audit
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Refused
from portal.kernel.masking import DEFAULT_POLICY, NameStyle
from portal.kernel.permissions import Role
from tests.disclosure.lists import (
    NOVEMBER,
    OCTOBER,
    REVIEW,
    TUANJIE,
    Household,
    Office,
    database_bytes,
    id_number,
)
from tests.fixtures.pages import Page, PageClient

REASON = "录入时看错一位数字"
StaffMaker = Callable[..., PageClient]


def rows_of(client: PageClient, notice_id: str) -> dict[int, Mapping[str, str]]:
    said = json.loads(client.get(f"/n/{notice_id}.json").data)
    return {row["n"]: row for row in said["rows"]}


def address_of(notice_id: str) -> str:
    return f"/desk/notices/{notice_id}/correction"


def send(user: PageClient, page: Page, action: str, **fields: str) -> Page:
    """Send the form of ``page`` that leads to ``action``, and return what it leads to."""
    answer = user.submit(page, fields, action=action)
    return Page(user.follow(answer) if answer.status_code == 302 else answer)


def correct(clerk: PageClient, notice_id: str, n: int, **fields: str) -> Page:
    """Write what a row is to say into the draft, through its page."""
    address = f"{address_of(notice_id)}/{n}"
    return send(clerk, clerk.page(address), address, **fields)


def strike(clerk: PageClient, notice_id: str, n: int) -> Page:
    address = f"{address_of(notice_id)}/{n}"
    return send(clerk, clerk.page(address), f"{address}/strike")


def submit(clerk: PageClient, notice_id: str, **fields: str) -> Page:
    address = address_of(notice_id)
    return send(clerk, clerk.page(address), f"{address}/submit", **{"reason": REASON, **fields})


def approve(reviewer: PageClient, notice_id: str) -> Page:
    address = address_of(notice_id)
    return send(reviewer, reviewer.page(address), f"{address}/approve")


def test_a_wrong_amount_is_put_right_and_everybody_can_see_it(
    office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, other = office.publish(OCTOBER, now=clock.now())
    published = json.loads(client.get(f"/n/{notice_id}.json").data)
    first_code = office.code(notice_id, 1)
    before = rows_of(client, notice_id)
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    overview = correct(clerk, notice_id, 1, amount="380")
    assert "330.00" in overview.text
    assert "380.00" in overview.text
    assert rows_of(client, notice_id) == before  # nobody sees a draft
    submit(clerk, notice_id)
    waiting = reviewer.page("/desk/lists/")
    assert f"/desk/notices/{notice_id}/correction" in {a["href"] for a in waiting.soup.select("a")}
    done = approve(reviewer, notice_id)
    assert "更正后的公示已发布" in done.text

    after = rows_of(client, notice_id)
    assert (after[1]["amount"], before[1]["amount"]) == ("380.00", "330.00")
    assert {n: row for n, row in after.items() if n != 1} == {
        n: row for n, row in before.items() if n != 1
    }
    said = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert said["version"] == 2
    entry = parse_entry(said["log"]["entry"].encode())
    assert (entry.event, entry.version, entry.prev) == ("correct", 2, published["log"]["index"])
    page = client.page(f"/n/{notice_id}")
    assert f"/n/{notice_id}/history" in {a["href"] for a in page.soup.select("a")}
    history = client.page(f"/n/{notice_id}/history").text
    for words in (REASON, "330.00", "380.00", "第1行"):
        assert words in history
    old_paper = client.page(f"/v/{first_code}").text
    assert "已有新版本" in old_paper
    assert "1行：1" in old_paper
    assert "这张公示是真的，现在有效" in client.page(f"/v/{office.code(notice_id, 2)}").text
    assert json.loads(client.get(f"/n/{other}.json").data)["version"] == 1


def test_nobody_approves_their_own_correction_and_the_digest_counts(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    clerk, reviewer, head = staff(Role.CLERK), staff(Role.REVIEWER), staff(Role.HEAD)
    correct(clerk, notice_id, 1, amount="380")
    submit(clerk, notice_id)
    # Another role reads it, and finds no button.
    assert "由其他角色审批" in head.page(f"/desk/notices/{notice_id}/correction").text
    looked_at = reviewer.page(f"/desk/notices/{notice_id}/correction")
    with office.sessions.writing() as session:
        row = session.get_one(NoticeRow, (notice_id, 2, 1))
        row.amount_fen = 990_00
    refused = send(reviewer, looked_at, f"{address_of(notice_id)}/approve")
    assert "又有变动" in refused.text
    assert office.notice(notice_id).version == 1


def test_a_name_is_masked_at_the_door_and_only_for_the_same_household(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    other = correct(clerk, notice_id, 1, name="王秀瑛", id_number=id_number(2))
    assert "与该行不是同一户" in other.text
    nothing = correct(clerk, notice_id, 1)
    assert "没有任何改动" in nothing.text
    correct(clerk, notice_id, 1, name="王秀瑛", id_number=id_number(1))
    submit(clerk, notice_id)
    approve(reviewer, notice_id)
    assert office.notice(notice_id).version == 2
    shown = client.page(f"/n/{notice_id}").text
    assert "王**" in shown
    wipe_traces(app.sessions)
    for secret in ("王秀瑛", id_number(1)):
        assert secret.encode() not in database_bytes(app.settings.database_url)
        assert secret not in client.page(f"/n/{notice_id}/history").text


def test_whole_names_on_the_board_follow(
    office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    whole = replace(OCTOBER, policy=replace(DEFAULT_POLICY, board=NameStyle.WHOLE))
    notice_id, _ = office.publish(whole, now=clock.now())
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    correct(clerk, notice_id, 1, name="王秀瑛", id_number=id_number(1))
    strike(clerk, notice_id, 3)
    seen = submit(clerk, notice_id)
    assert "王秀英" in seen.text
    assert "王秀瑛" in seen.text
    approve(reviewer, notice_id)
    listed = reviewer.page(f"/desk/lists/{office.notice(notice_id).submission_id}").text
    assert ("王秀瑛" in listed, "王秀英" in listed, "马伟" in listed) == (True, False, False)
    history = client.page(f"/n/{notice_id}/history").text
    assert "秀" not in history


@pytest.mark.databases("sqlite")
def test_a_struck_row_leaves_every_version_and_the_bytes(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    salt = rows_of(client, notice_id)[2]["salt"]
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    strike(clerk, notice_id, 2)
    submit(clerk, notice_id)
    approve(reviewer, notice_id)
    said = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert [row["n"] for row in said["rows"]] == [1, 3]
    assert said["totals"]["households"] == 2
    listed = list(csv.reader(io.StringIO(client.get(f"/n/{notice_id}.csv").text)))
    assert [line[0] for line in listed[1:]] == ["1", "3"]
    assert "第2行已删除" in client.page(f"/n/{notice_id}/history").text
    wipe_traces(app.sessions)
    assert bytes.fromhex(salt) not in database_bytes(app.settings.database_url)


@pytest.mark.databases("sqlite")
def test_after_a_correction_for_privacy_the_old_text_is_nowhere(
    app: PortalApp, office: Office, staff: StaffMaker, client: PageClient, clock: SettableClock
) -> None:
    office_list = replace(OCTOBER, households=[Household("王秀英", group="养鸽人组"), *MORE])
    (notice_id,) = office.publish(office_list, now=clock.now())
    assert "养鸽人组" in client.page(f"/n/{notice_id}").text
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    correct(clerk, notice_id, 1, group="3组")
    submit(clerk, notice_id, private="y")
    approve(reviewer, notice_id)
    history = client.page(f"/n/{notice_id}/history").text
    assert "不显示原内容" in history
    assert "养鸽人组" not in history
    clerk.get(f"/desk/notices/{notice_id}/correction")
    wipe_traces(app.sessions)
    assert "养鸽人组".encode() not in database_bytes(app.settings.database_url)


def test_undo_discard_and_return_leave_nothing_behind(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    address = f"/desk/notices/{notice_id}/correction"
    correct(clerk, notice_id, 1, amount="380")
    overview = clerk.page(address)
    clerk.submit(overview, {}, action=f"{address}/1/restore")
    assert "还没有改动" in submit_anyway(clerk, notice_id).text
    correct(clerk, notice_id, 1, amount="390")
    clerk.submit(clerk.page(address), {}, action=f"{address}/discard")
    correct(clerk, notice_id, 1, amount="400")
    submit(clerk, notice_id)
    assert "正在等待审批" in clerk.page(f"{address}/2").text
    page = reviewer.page(address)
    reviewer.submit(page, {"reason": "请附低保证"}, action=f"{address}/return")
    with office.sessions.reading() as session:
        versions = set(session.scalars(select(NoticeRow.version)))
    assert versions == {1}
    assert office.notice(notice_id).version == 1


def submit_anyway(clerk: PageClient, notice_id: str) -> Page:
    """Submit a correction in which nothing is changed, as from a page that was left open."""
    correct(clerk, notice_id, 2, amount="385")
    address = f"/desk/notices/{notice_id}/correction"
    left_open = clerk.page(address)
    clerk.submit(left_open, {}, action=f"{address}/2/restore")
    return send(clerk, left_open, f"{address}/submit", reason=REASON)


def test_an_urgent_one_stands_first_and_the_audit_log_says_so(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    calm, urgent = office.publish(OCTOBER, now=clock.now())
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    correct(clerk, calm, 1, amount="380")
    submit(clerk, calm)
    correct(clerk, urgent, 1, amount="380")
    submit(clerk, urgent, urgent="y")
    links = [a["href"] for a in reviewer.page("/desk/lists/").soup.select("main a")]
    waiting = [link for link in links if str(link).endswith("/correction")]
    assert waiting == [f"/desk/notices/{one}/correction" for one in (urgent, calm)]
    approve(reviewer, urgent)
    with office.sessions.reading() as session:
        newest = list_audit(session, before_id=None, limit=1)[0]
    assert (newest.action, newest.details["urgent"]) == ("correction-approve", True)


def test_personal_data_in_the_reason_stops_it(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    clerk = staff(Role.CLERK)
    correct(clerk, notice_id, 1, amount="380")
    answer = submit(clerk, notice_id, reason=f"身份证{id_number(1)}有误")
    assert answer.response.status_code == 422
    assert "个人信息" in answer.text


def test_a_newer_list_ends_what_was_being_corrected(
    office: Office, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id, _ = office.publish(OCTOBER, now=clock.now())
    clerk = staff(Role.CLERK)
    correct(clerk, notice_id, 1, amount="380")
    office.publish(NOVEMBER, now=clock.now())
    forget_what_is_over(office.sessions, now=clock.now())
    assert "只有正在公示的内容才能更正" in clerk.page(f"/desk/notices/{notice_id}/correction").text
    with office.sessions.reading() as session:
        assert not session.scalars(select(NoticeRow).where(NoticeRow.notice_id == notice_id)).all()


def test_a_row_is_struck_as_two_people_have_found(
    office: Office, client: PageClient, staff: StaffMaker, clock: SettableClock
) -> None:
    clock.move_to(clock.now().replace(month=11, day=17))
    notice_id, single = office.publish(REVIEW, now=clock.now())
    clerk = staff(Role.CLERK)
    correct(clerk, notice_id, 1, amount="380")
    with office.sessions.writing() as session:
        strike_row(
            *(session, OPERATOR, notice_id, 2, "家庭人均收入超过当地低保标准"),
            keys=office.keys,
            now=clock.now(),
        )
    assert sorted(rows_of(client, notice_id)) == [1, 3]
    assert rows_of(client, notice_id)[1]["amount"] == "330.00"
    assert "家庭人均收入超过" in client.page(f"/n/{notice_id}/history").text
    again = clerk.page(f"/desk/notices/{notice_id}/correction")
    assert "改动内容" not in again.text
    with pytest.raises(Refused), office.sessions.writing() as session:
        strike_row(session, OPERATOR, single, 1, "重复列入名单", keys=office.keys, now=clock.now())
    with office.sessions.reading() as session:
        events = [parse_entry(one.entry).event for one in session.scalars(select(LogEntry))]
    assert events == ["publish", "publish", "correct"]


MORE = (Household("马伟"), Household("尉迟敬德"), Household("欧阳兰"))


@pytest.mark.databases("sqlite")
def test_many_corrections_keep_their_history_apart(
    office: Office, client: PageClient, staff: StaffMaker, clock: SettableClock
) -> None:
    notice_id = office.publish(OCTOBER, now=clock.now())[0]
    clerk, reviewer = staff(Role.CLERK), staff(Role.REVIEWER)
    for amount in ("340", "350", "360"):
        correct(clerk, notice_id, 1, amount=amount)
        submit(clerk, notice_id)
        approve(reviewer, notice_id)
    history = client.page(f"/n/{notice_id}/history").text
    for old, new in (("330.00", "340.00"), ("340.00", "350.00"), ("350.00", "360.00")):
        assert f"原为{old}，现为{new}" in history
    assert TUANJIE not in history
    office.publish(NOVEMBER, now=clock.now())
    forget_what_is_over(office.sessions, now=clock.now())
    history = client.page(f"/n/{notice_id}/history").text
    assert "第1行已更正" in history
    assert "340.00" not in history
