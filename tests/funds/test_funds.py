"""Fund figures from the county's file to the public page, held against the posted lists."""

import csv
import io
import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from disclosure.figures.models import FigureSet, FundPayment, PublishedFigure
from disclosure.forgetting import forget_what_is_over
from disclosure.log.commitment import content_digest
from disclosure.log.notes import VerifierKey
from disclosure.log.proofs import parse_proof
from disclosure.logbook.models import LogEntry
from disclosure.withdrawing import withdraw_notice
from portal.app import PortalApp
from portal.data.accounts import OPERATOR
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.disclosure.lists import NOVEMBER, OCTOBER, TUANJIE, Household, Office
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import CITY, GUANTING, SANYING, XIJI, YUANZHOU
from tests.funds.conftest import DIFFERENT, LATE, MATCHING, County

PLACE = f"/figures/{SANYING}"


def entries(app: PortalApp) -> list[dict[str, object]]:
    """Return what the public log says of figures."""
    with app.sessions.reading() as session:
        told = session.scalars(select(LogEntry.entry).order_by(LogEntry.index))
        found = [json.loads(one) for one in told]
    return [one for one in found if one["kind"] == "figures"]


def funds_told(client: PageClient, query: str = "") -> list[dict[str, object]]:
    """Return the lines of fund figures that programs are told."""
    lines: list[dict[str, object]] = json.loads(client.get(f"/figures.json{query}").data)["funds"]
    return lines


def test_figures_that_match_the_lists_are_published_and_say_so(
    app: PortalApp, office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    draft = county.draft(MATCHING)
    assert "全部一致" in draft.text
    assert _funds(client.page(PLACE)) == ""
    waiting = county.submit(draft)
    assert not waiting.soup.select("form[action$='/approve']")
    assert "已发布" in county.approve(draft).text
    told = _funds(client.page(PLACE))
    for words in ("与公示名单一致", "1,650.50", "183.39", "412.63", "10日前发放", "2026年10月8日"):
        assert words in told
    assert f"/r/{SANYING}#notices" in client.get(PLACE).text
    assert "与公示名单一致" in client.page(f"/r/{SANYING}").text
    overview = client.page(f"/figures/{YUANZHOU}")
    (row,) = overview.soup.select("#funds")[0].find_parent("section").select("tbody tr")[-1:]  # type: ignore[union-attr]
    assert [cell.get_text(" ", strip=True) for cell in row.select("th, td")] == [
        *("三营镇", "4", "9", "1,650.50", "183.39", "1 / 1", "1 / 1"),
    ]
    assert "Matches the posted lists" in client.page(f"/en{PLACE}").text


def _funds(page: Page) -> str:
    heading = page.soup.select_one("#funds")
    if heading is None:
        return ""
    section = heading.find_parent("section")
    return "" if section is None else " ".join(section.get_text(" ").split())


def test_a_difference_needs_a_reason_before_it_is_submitted(
    office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    draft = county.draft(DIFFERENT)
    assert "多1户、多2人、多330.00元" in draft.text
    refused = county.submit(draft)
    assert "没有说明原因" in refused.text
    assert refused.soup.select("form[action$='/submit']")
    half = {"reason-1": "back-pay", "explanation-1": ""}
    answer = county.clerk.submit(draft, half, action="/explain")
    assert answer.status_code == 422
    assert Page(answer).soup.select("option[value=back-pay][selected]")
    personal = {"reason-1": "back-pay", "explanation-1": "电话13800138000"}
    answer = county.clerk.submit(draft, personal, action="/explain")
    assert answer.status_code == 422
    assert "13800138000" in answer.text  # what was typed is not lost
    typed = {"reason-1": "back-pay", "explanation-1": "补发8月一户"}
    explained = Page(county.clerk.follow(county.clerk.submit(draft, typed, action="/explain")))
    assert "补发8月一户" in str(explained.soup)
    county.submit(draft)
    shown = county.reviewer.page(draft.response.request.path)
    assert "多1户、多2人、多330.00元" in shown.text
    assert "补发8月一户" in shown.text
    county.approve(draft)
    told = _funds(client.page(PLACE))
    for words in ("与名单不一致", "多1户、多2人、多330.00元", "补发以前月份", "补发8月一户"):
        assert words in told
    (line,) = funds_told(client)
    assert line["reason"] == "back-pay"
    assert line["lists"] == {
        "outcome": "differs",
        "period": "2026-10",
        "difference": {"households": 1, "persons": 2, "amount": "330.00"},
    }
    assert client.page(f"/en{PLACE}").text.count("330.00 yuan more") == 1


def test_a_list_that_came_since_must_be_explained_before_approval(
    office: Office, county: County, clock: SettableClock
) -> None:
    draft = county.draft(DIFFERENT)
    assert "还没有这些月份的公示名单" in draft.text
    county.submit(draft)
    office.publish(OCTOBER, now=clock.now())
    assert "没有说明原因" in county.approve(draft).text
    shown = county.reviewer.page(draft.response.request.path)
    values = {"reason": "请说明差异原因"}
    back = county.reviewer.submit(shown, values, action="/return")
    assert "请说明差异原因" in Page(county.reviewer.follow(back)).text


def test_late_and_unstated_payments_are_not_hidden(
    office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    county.publish(LATE, "官厅镇,2026-10,农村低保,3,5,990,")
    told = _funds(client.page(PLACE))
    assert "逾期发放 2026年10月12日" in told
    assert "Late, paid on 12 October 2026" in _funds(client.page(f"/en{PLACE}"))
    other = _funds(client.page(f"/figures/{GUANTING}"))
    assert "未注明发放日期" in other
    assert "当月无名单可核对" in other
    overview = _funds(client.page(f"/figures/{YUANZHOU}"))
    assert "0 / 2" in overview
    assert {line["timeliness"] for line in funds_told(client)} == {"late", "unstated"}


def test_what_approval_publishes_stands_in_the_log(
    app: PortalApp, county: County, client: PageClient
) -> None:
    set_id = county.publish(MATCHING)
    (entry,) = entries(app)
    shown = json.loads(client.get(f"/figures/{set_id}.json").data)
    assert (entry["event"], entry["notice"], entry["region"]) == ("publish", set_id, YUANZHOU)
    assert entry["content"] == shown["content"] == content_digest(shown["text"])
    assert shown["text"]["funds"][0]["paid_on"] == "2026-10-08"
    assert {one["measure"]: one["value"] for one in shown["text"]["figures"]} == {
        "households": "4",
        "persons": "9",
        "amount_paid": "1650.50",
    }
    receipt = parse_proof(client.get(f"/figures/{set_id}.tlog-proof").data)
    keys = [VerifierKey.parse(client.get("/log/key").text.strip())]
    receipt.verify(shown["log"]["entry"].encode(), keys)
    with app.sessions.reading() as session:
        query = select(AuditEntry.action).where(AuditEntry.subject == f"figures:{set_id}")
        assert list(session.scalars(query.order_by(AuditEntry.id))) == [
            *("funds-bring-in", "figures-submit", "figures-approve"),
        ]


def test_a_month_that_is_told_anew_is_a_correction_with_its_history(
    app: PortalApp, office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    old = county.publish(
        DIFFERENT,
        "官厅镇,2026-10,农村低保,3,5,990,2026-10-08",
        reasons=[(1, "other", "多统计一户")],
    )
    new = county.publish(MATCHING)
    told = _funds(client.page(PLACE))
    assert "与公示名单一致" in told
    assert "更正" in told
    assert "1,980.50" in told  # what it said before
    assert _funds(client.page(f"/figures/{GUANTING}")).count("990.00") == 1
    publish, second, correct = entries(app)
    assert [one["event"] for one in (publish, second, correct)] == ["publish", "publish", "correct"]
    assert (correct["notice"], correct["version"]) == (old, 2)
    shown = json.loads(client.get(f"/figures/{old}.json").data)
    assert shown["version"] == 2
    assert correct["content"] == shown["content"] == content_digest(shown["text"])
    assert {one["replaced_by"] for one in shown["text"]["replaced"]} == {new}
    assert {one["region_code"] for one in shown["text"]["figures"]} == {GUANTING}
    with app.sessions.reading() as session:
        replaced = session.scalars(select(LogEntry).where(LogEntry.index == correct["prev"])).one()
        assert json.loads(replaced.entry)["notice"] == old
    current = json.loads(client.get("/figures.json").data)
    amounts = [one["value"] for one in current["figures"] if one["measure"] == "amount_paid"]
    assert sorted(amounts) == ["1650.50", "990.00"]
    (line,) = [one for one in current["funds"] if one["region_code"] == SANYING]
    assert line["corrected_from"] == [
        {"households": 5, "persons": 11, "amount": "1980.50", "until": "2026-10-08"}
    ]


def test_the_same_file_again_is_the_same_set(app: PortalApp, county: County) -> None:
    first = county.draft(MATCHING)
    again = county.draft(MATCHING)
    assert again.response.request.path == first.response.request.path
    assert "没有重复保存" in again.text
    other_year = county.upload(MATCHING, period="2026-10")
    assert other_year.status_code == 302
    with app.sessions.reading() as session:
        assert len(session.scalars(select(FigureSet)).all()) == 2


def test_every_problem_is_shown_and_nothing_is_stored(app: PortalApp, county: County) -> None:
    answer = county.upload(
        MATCHING,
        MATCHING,
        "没有镇,2026-10,农村低保,1,1,1,",
        "三营镇,2025-10,农村低保,1,1,1,",
        "三营镇,2026-09,农村低保,很多,1,-5,",
    )
    assert answer.status_code == 422
    assert len(Page(answer).soup.select("tbody tr")) >= 4
    for bad in (
        "三营镇,2026-10,联系人13800138000,1,1,1,",
        "三营镇,2026-10,孤儿基本生活费,1,1,1,",
        f"三营镇,2026-10,{'长' * 41},1,1,1,",
    ):
        refused = county.upload(bad)
        assert refused.status_code == 422
        assert "13800138000" not in refused.text
    with app.sessions.reading() as session:
        for table in (FigureSet, FundPayment, PublishedFigure):
            assert session.scalars(select(table)).all() == []


def test_only_the_countys_reviewer_approves_and_only_its_own_clerks_report(
    county: County, staff: StaffMaker
) -> None:
    draft = county.draft(MATCHING)
    path = draft.response.request.path
    county.submit(draft)
    head = staff(Role.HEAD, "yuanzhou").page(path)
    assert not head.soup.select("form[action$='/approve']")
    assert "由县（区）复核人审批" in head.text
    assert staff(Role.REVIEWER, "xiji").get(path).status_code == 404
    assert staff(Role.CLERK, "xiji").get(path).status_code == 404
    elsewhere = county.clerk.page("/desk/lists/upload")
    regions = {str(one["value"]) for one in elsewhere.soup.select("#region option")}
    assert {YUANZHOU, SANYING} <= regions
    assert not regions & {XIJI, CITY}


def test_a_list_cannot_be_brought_in_for_a_county(county: County) -> None:
    values = {
        "kind": "standing",
        "region": YUANZHOU,
        "period": "2026-10",
        "file": (io.BytesIO(b"a,b\n1,2\n"), "a.csv"),
    }
    answer = county.clerk.submit(county.clerk.page("/desk/lists/upload"), values)
    assert answer.status_code == 422
    assert Page(answer).soup.select("#region-error")


def test_a_draft_is_discarded_with_everything_in_it(app: PortalApp, county: County) -> None:
    draft = county.draft(MATCHING)
    county.clerk.submit(draft, action="/discard")
    with app.sessions.reading() as session:
        assert session.scalars(select(FundPayment)).all() == []
        assert session.scalars(select(PublishedFigure)).all() == []
    county.publish(MATCHING)  # the same file is a new one now


def test_a_list_that_is_withdrawn_later_leaves_the_figures_without_blame(
    app: PortalApp, office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    notices = office.publish(OCTOBER, now=clock.now())
    county.publish(MATCHING)
    assert "与公示名单一致" in _funds(client.page(PLACE))
    with app.sessions.writing() as session:
        withdraw_notice(session, OPERATOR, notices[0], "列错了一行", now=clock.now())
    assert "核定时与名单一致" in _funds(client.page(PLACE))


def test_what_small_lists_added_up_to_is_remembered_when_it_is_forgotten(
    app: PortalApp, office: Office, county: County, client: PageClient, clock: SettableClock
) -> None:
    """团结村 has one household: its totals are forgotten when the next list replaces it."""
    office.publish(OCTOBER, now=clock.now())
    county.publish(MATCHING)
    office.publish(
        replace(NOVEMBER, households=[Household("王秀英"), Household("马伟", village=TUANJIE)]),
        now=clock.now(),
    )
    forget_what_is_over(app.sessions, now=clock.now())
    (line,) = funds_told(client)
    assert line["lists"]["outcome"] == "equal"  # type: ignore[index]
    assert "与公示名单一致" in _funds(client.page(PLACE))


def test_funds_are_narrowed_down_and_downloaded(county: County, client: PageClient) -> None:
    county.publish(MATCHING, "官厅镇,2026-09,特困供养,3,3,2700,2026-09-09")
    page = client.page("/figures")
    assert "Funds paid out" in _funds(client.page("/en/figures"))
    chosen = Page(client.submit(page, {"place": YUANZHOU, "period": "2026-09"}, action="/figures"))
    told = _funds(chosen)
    assert "官厅镇" in told
    assert "三营镇" not in told
    assert [line["region"] for line in funds_told(client, "?period=2026-09")] == ["官厅镇"]
    data = client.get("/figures.csv").get_data(as_text=True).lstrip("\ufeff")
    lines = list(csv.DictReader(io.StringIO(data)))
    assert len(lines) == 6
    assert {line["source"] for line in lines} == {"F640402"}
    nothing = client.page("/figures?period=2026-01")
    assert "没有符合条件的数据" in nothing.text


@pytest.mark.databases("sqlite")
def test_a_county_without_reports_has_no_section(places: object, client: PageClient) -> None:
    assert _funds(client.page(f"/figures/{YUANZHOU}")) == ""
    assert funds_told(client) == []
