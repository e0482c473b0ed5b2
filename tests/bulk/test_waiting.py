"""What waits 待审名单: the filter, the order, the list before, what stands out, in the pages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from disclosure.bulk import weighing
from disclosure.bulk.before import find_earlier
from disclosure.bulk.standingout import Totals
from disclosure.bulk.waiting import Wanted, count_mine, list_waiting
from disclosure.intake.kinds import Kind
from disclosure.models import Notice, Submission
from disclosure.withdrawing import withdraw_notice
from portal.data.accounts import OPERATOR
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Forbidden
from portal.kernel.permissions import Role
from tests.bulk.lists import (
    APPROVALS,
    GUANTING_VILLAGES,
    boxes,
    households,
    line,
    month,
    order,
    ticked,
)
from tests.disclosure.lists import EAST, REVIEW, TUANJIE, Given, Household, Office, id_number
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import PageClient, squeeze
from tests.fixtures.people import GUANTING, SANYING, XIJI

Submit = Callable[[Given], str]
GUANTING_LIST = replace(
    month(10), region=GUANTING, households=households(8, villages=GUANTING_VILLAGES, first=500)
)


def test_what_stands_out_comes_first_and_is_not_ticked(
    office: Office, reviewer: PageClient, clock: SettableClock, submitted: Submit
) -> None:
    for given in (month(10), GUANTING_LIST):
        office.publish(given, now=clock.now())
    calm = submitted(replace(GUANTING_LIST, period="2026-11"))
    gone = submitted(month(11, villages=(EAST,)))
    page = reviewer.page(APPROVALS)
    assert order(page) == [gone, calm]
    assert ticked(page) == {calm}
    words = line(page, gone).get_text(" ")
    assert f"上期有、本期没有的村：{TUANJIE}" in words
    assert "与2026年10月比对" in words
    assert ticked(reviewer.page(f"{APPROVALS}?tick=all")) == {calm, gone}
    assert ticked(reviewer.page(f"{APPROVALS}?tick=none")) == set()


def test_a_line_says_what_a_reviewer_has_to_know(
    office: Office, reviewer: PageClient, clock: SettableClock, submitted: Submit
) -> None:
    office.publish(month(10), now=clock.now())
    minor = Household("李小明", id_number=id_number(9, born="20150315"))
    key = submitted(replace(month(11), households=(*households(9), minor)))
    words = squeeze(line(reviewer.page(APPROVALS), key).get_text(" "))
    assert "+2 (+25.0 %)" in words
    assert "+4 (+25.0 %)" in words
    assert "3,300.00" in words
    assert "+660.00 (+25.0 %)" in words
    assert "clerk-sanying" in words
    assert office.submission(key).digest[:12] in words
    assert "未成年人，不公示姓名 1" in words
    assert "未发现个人信息" in words
    assert "王秀英" not in words


def test_each_other_township_of_the_county_is_one_neighbour_by_its_latest_list(
    office: Office, clock: SettableClock, submitted: Submit
) -> None:
    mine = submitted(month(10))
    submitted(GUANTING_LIST)
    clock.advance(timedelta(minutes=1))
    dearer = households(8, villages=GUANTING_VILLAGES, first=500, amount="600")
    submitted(replace(GUANTING_LIST, households=dearer))
    submitted(replace(GUANTING_LIST, period="2026-09"))
    with office.sessions.reading() as session:
        submission = session.get_one(Submission, mine)
        averages = weighing._averages(session, [submission])
    assert weighing._neighbours(averages, submission) == (30_000,)


@pytest.fixture
def mixed(submitted: Submit) -> dict[str, str]:
    """Lists of two townships, three kinds and several periods."""
    return {
        "standing": submitted(month(10)),
        "guanting": submitted(GUANTING_LIST),
        "temporary": submitted(month(9, kind=Kind.TEMPORARY)),
        "review": submitted(replace(REVIEW, period="2026-10-09/2026-10-15")),
    }


EVERYTHING = {"standing", "guanting", "temporary", "review"}
FILTERS = {
    "": EVERYTHING,
    "kind=temporary": {"temporary"},
    "period=2026-10": {"standing", "guanting"},
    f"area={GUANTING}": {"guanting"},
    f"area={SANYING}&kind=standing": {"standing"},
    "mine=yes": {"standing", "guanting", "temporary"},
    "show=warnings": set(),
    "show=standing-out": {"standing", "guanting", "temporary"},
    # What cannot be meant is left out of the filter.
    "kind=%00&period=xx&area=%25&show=no&mine=maybe": EVERYTHING,
    f"area={XIJI}": set(),
}


def test_the_filter_shows_what_was_asked_for(reviewer: PageClient, mixed: dict[str, str]) -> None:
    for query, names in FILTERS.items():
        page = reviewer.page(f"{APPROVALS}?{query}")
        assert set(order(page)) == {mixed[name] for name in names}, query
        assert ("没有待审批的名单" in page.text) == (not names)


def test_a_notice_whose_days_begin_is_urgent_and_stands_first(
    reviewer: PageClient, mixed: dict[str, str], staff: StaffMaker
) -> None:
    page = reviewer.page(APPROVALS)
    assert order(page)[0] == mixed["review"]
    assert "公示期从 2026-10-09 起算" in page.text
    # Heads approve review notices; the reviewer sees why there is no box.
    assert mixed["review"] not in boxes(page)
    assert "您不能审批这份名单" in line(page, mixed["review"]).get_text()
    head = staff(Role.HEAD).page(APPROVALS)
    assert set(boxes(head)) == {mixed["review"]}


def test_an_urgent_correction_is_named_above_the_lists_and_no_other(
    office: Office, clock: SettableClock, staff: StaffMaker, reviewer: PageClient
) -> None:
    calm, urgent = office.publish(month(10), now=clock.now())
    clerk = staff(Role.CLERK)
    for notice_id, wish in ((calm, {}), (urgent, {"urgent": "y"})):
        address = f"/desk/notices/{notice_id}/correction"
        row = clerk.page(f"{address}/1")
        clerk.follow(clerk.submit(row, {"amount": "380"}, action=f"{address}/1"))
        clerk.submit(
            clerk.page(address), {"reason": "金额有误", **wish}, action=f"{address}/submit"
        )
    page = reviewer.page(APPROVALS)
    links = [str(link["href"]) for link in page.soup.select("main .note a")]
    assert links == [f"/desk/notices/{urgent}/correction"]
    assert "紧急更正" in page.text


def test_more_than_a_page_takes_is_said(
    office: Office, mixed: dict[str, str], clock: SettableClock, reviewer: PageClient
) -> None:
    actor = office.actor("reviewer-yuanzhou")
    with office.sessions.reading() as session:
        waiting = list_waiting(session, actor, Wanted(), now=clock.now(), limit=3)
        assert (len(waiting.lines), waiting.total) == (3, 4)
        assert count_mine(session, actor) == 3
        assert count_mine(session, office.actor("clerk-sanying")) == 0
        with pytest.raises(Forbidden):
            list_waiting(session, office.actor("clerk-sanying"), Wanted(), now=clock.now())


def test_the_list_in_force_goes_before_a_standing_list_and_last_months_before_any_other(
    office: Office, clock: SettableClock
) -> None:
    office.publish(month(8, kind=Kind.TEMPORARY, count=4), now=clock.now())
    office.publish(month(9, kind=Kind.TEMPORARY, count=5), now=clock.now())
    office.publish(month(9, count=6), now=clock.now())
    ids = office.publish(month(10, count=7), now=clock.now())
    waiting = [
        office.submit(given, now=clock.now()).submission_id
        for given in (month(11), month(10, kind=Kind.TEMPORARY), month(12))
    ]
    with office.sessions.reading() as session:
        submissions = [session.get_one(Submission, key) for key in waiting]
        found = find_earlier(session, submissions)
    assert [found[key].period for key in waiting] == ["2026-10", "2026-09", "2026-10"]
    assert [found[key].totals.households for key in waiting] == [7, 5, 7]
    # A village whose notice was withdrawn is not in force.
    with office.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, ids[0], "金额有误", now=clock.now())
    with office.sessions.reading() as session:
        left = session.scalars(select(Notice).where(Notice.id == ids[1])).one()
        found = find_earlier(session, [session.get_one(Submission, waiting[0])])
    assert list(found[waiting[0]].villages) == [left.region_code]
    assert found[waiting[0]].totals == Totals(3, 6, 99_000)


def test_a_first_list_has_none_before_it(office: Office, clock: SettableClock) -> None:
    key = office.submit(month(10), now=clock.now()).submission_id
    with office.sessions.reading() as session:
        assert find_earlier(session, [session.get_one(Submission, key)]) == {}
