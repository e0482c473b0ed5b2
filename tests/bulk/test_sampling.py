"""The sample 抽查: rows drawn by lot, shown as they will be seen, recorded to be drawn anew."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import select

from disclosure.bulk.drawing import draw
from disclosure.models import Notice, NoticeRow
from portal.app import PortalApp
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD
from tests.bulk.lists import choose, followed, month, settle
from tests.disclosure.lists import TUANJIE, Given, Household, Office, id_number
from tests.fixtures.pages import Page, PageClient, squeeze

Submit = Callable[[Given], str]


def samples(office: Office) -> Sequence[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action == "sitting-sample").order_by(AuditEntry.id)
    with office.sessions.reading() as session:
        return session.scalars(query).all()


def rows(page: Page) -> list[str]:
    return [squeeze(row.get_text(" ")) for row in page.soup.select("#sample tbody tr")]


def test_the_audit_log_keeps_seed_and_rows_so_that_they_can_be_drawn_again(
    office: Office, reviewer: PageClient, submitted: Submit
) -> None:
    keys = [submitted(month(number, count=30)) for number in (10, 11)]
    page = followed(reviewer, choose(reviewer, keys, "look"))
    (entry,) = samples(office)
    assert (entry.details["rows"], entry.details["lists"]) == (60, 2)
    query = (
        select(NoticeRow.notice_id, NoticeRow.n)
        .join(Notice, Notice.id == NoticeRow.notice_id)
        .order_by(Notice.submission_id, Notice.region_code, NoticeRow.n)
    )
    with office.sessions.reading() as session:
        everything = [f"{notice_id}#{n}" for notice_id, n in session.execute(query)]
    places = draw(entry.details["seed"], 60, 5)
    assert entry.details["looked_at"] == [everything[place] for place in places]
    assert len(rows(page)) == 5
    assert entry.details["seed"] in page.text


def test_rows_are_shown_as_they_will_be_seen_on_the_web_and_on_the_board(
    office: Office, reviewer: PageClient, submitted: Submit
) -> None:
    people = (
        Household("王秀英", id_number=id_number(1)),
        Household("马伟", village=TUANJIE, id_number=id_number(2)),
    )
    key = submitted(replace(month(10), households=people, policy=WHOLE_NAMES_ON_BOARD))
    page = followed(reviewer, choose(reviewer, [key], "look"))
    shown = " ".join(rows(page))
    assert "王** 王秀英" in shown
    assert "马* 马伟" in shown
    assert "6404" not in shown
    assert [str(link["href"]) for link in page.soup.select("#sample tbody a")] == [
        f"/desk/lists/{key}"
    ] * 2


def test_another_sample_is_another_line_of_the_audit_log(
    office: Office, reviewer: PageClient, submitted: Submit
) -> None:
    key = submitted(month(10, count=200))
    page = followed(reviewer, choose(reviewer, [key], "look"))
    again = followed(reviewer, reviewer.submit(page, action="/sample"))
    first, second = samples(office)
    assert first.details["seed"] != second.details["seed"]
    assert len(rows(again)) == len(second.details["looked_at"]) == 10
    assert first.details["looked_at"] != second.details["looked_at"]


def test_the_approval_names_the_sample_that_was_looked_at(
    app: PortalApp,
    office: Office,
    reviewer: PageClient,
    submitted: Submit,
    clock: SettableClock,
) -> None:
    page = followed(reviewer, choose(reviewer, [submitted(month(10))], "look"))
    reviewer.submit(page, action="/approve")
    settle(app.sessions, clock)
    with office.sessions.reading() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "sitting-approve")
        ).one()
    assert entry.details["seed"] == samples(office)[0].details["seed"]


def test_a_list_that_somebody_decided_on_meanwhile_is_not_shown_any_more(
    office: Office, reviewer: PageClient, submitted: Submit, clock: SettableClock
) -> None:
    keys = [submitted(month(number, count=3)) for number in (10, 11)]
    answer = choose(reviewer, keys, "look")
    assert len(rows(followed(reviewer, answer))) == 5
    office.approve(keys[0], now=clock.now())
    page = followed(reviewer, answer)
    assert "勾选的名单中有 1 份已不在您的待审批之列" in page.text
    assert 0 < len(rows(page)) <= 3
