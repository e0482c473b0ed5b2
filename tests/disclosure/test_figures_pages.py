"""Published figures on pages, in files and at the desk, from upload to approval."""

import csv
import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from demo.publicity import publish_figures
from disclosure.figures.models import FigureSet, PublishedFigure
from disclosure.log.commitment import content_digest
from disclosure.log.notes import VerifierKey
from disclosure.log.proofs import parse_proof
from disclosure.logbook.models import LogEntry
from portal.app import PortalApp
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.kernel.spreadsheets import FORMULA_STARTS
from tests.disclosure.lists import Given, Office
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import SANYING, XIJI, YUANZHOU
from tests.fixtures.run import ROOT

FILE = ROOT / "demo" / "data" / "published-figures.csv"
LINES = list(csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8"))))
HEAD = "source,region_code,region,period,programme,measure,value,unit,note"


@pytest.fixture
def published(app: PortalApp, places: object, clock: SettableClock) -> None:
    with app.sessions.writing() as session:
        publish_figures(session, clock.now())


def test_every_figure_stands_in_a_chart_as_published_and_as_a_number(
    published: None, client: PageClient
) -> None:
    page = client.page("/figures")
    rows = {
        cell.get_text(): " ".join(row.get_text(" ").split())
        for row in page.soup.select(".chart table tbody tr")
        for cell in row.select("span[lang]")[:1]
    }
    for printed, plain in (
        ("10.82万户", "108,200"),
        ("3.49亿元", "349,000,000"),
        ("9.38%", "9.38"),
        ("3457人", "3,457"),
        ("428元/人·月", "428"),
    ):
        assert plain in rows[printed]
    assert len(page.soup.select(".chart table tbody tr")) == len(LINES)
    charts = page.soup.select("section.chart")
    assert charts
    for chart in charts:
        assert chart.select("svg[role=img] > title")
        assert chart.select("table")
        assert "来源：" in chart.get_text()


@pytest.mark.parametrize("path", ["/figures", "/en/figures", f"/figures/{YUANZHOU}"])
def test_the_page_is_there_before_anything_is_published(
    places: object, client: PageClient, path: str
) -> None:
    assert client.page(path).soup.select(".empty-state")


def test_figures_are_narrowed_down_by_place_programme_and_period(
    published: None, client: PageClient
) -> None:
    page = client.page("/figures")
    answer = client.submit(page, {"place": "410600000000", "period": "2024-07"}, action="/figures")
    chosen = Page(answer)
    assert len(chosen.soup.select(".chart table tbody tr")) == 5
    assert "34,856" in chosen.text
    assert "10.82万户" not in chosen.text
    link = chosen.soup.find("a", href=lambda href: bool(href) and "figures.csv" in href)
    assert link is not None
    lines = client.get(str(link["href"])).get_data(as_text=True).splitlines()
    assert len(lines) == 6
    nothing = client.page("/figures?place=410600000000&period=2012")
    assert "没有符合条件的数据" in nothing.text


def test_programs_get_the_figures_with_their_sources(published: None, client: PageClient) -> None:
    told = json.loads(client.get("/figures.json").data)
    assert len(told["figures"]) == len(LINES)
    first = told["figures"][0]
    assert (first["value"], first["published"]) == ("967400", "96.74万户次")
    assert {source["id"] for source in told["sources"]} == {"S0", "S1", "S3", "S4"}


def test_the_csv_can_be_brought_in_again(published: None, client: PageClient) -> None:
    data = client.get("/figures.csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    names = HEAD.split(",")
    assert [
        {**{name: line[name] for name in names}, "value": float(line["value"])} for line in lines
    ] == [{**line, "value": float(line["value"])} for line in LINES]


def test_the_workbook_holds_numbers_and_texts_but_no_formula(
    app: PortalApp, published: None, client: PageClient
) -> None:
    with app.sessions.writing() as session:
        for n, start in enumerate(FORMULA_STARTS[:4], start=1):
            row = session.get_one(PublishedFigure, (_the_set(session).id, n))
            row.note = f"{start}1+1"
    answer = client.get("/figures.xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert len(rows) == len(LINES)
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n"}
    assert [row[9].value for row in rows[:4]] == ["=1+1", "+1+1", "-1+1", "@1+1"]
    assert rows[9][6].value == 108_200
    assert len(list(book.worksheets[1].iter_rows())) == 5
    assert answer.data == client.get("/figures.xlsx").data
    # A comma-separated cell that a program would run is made a text.
    assert "'=1+1" in client.get("/figures.csv").get_data(as_text=True)


def _the_set(session: Any) -> FigureSet:
    found: FigureSet = session.scalars(select(FigureSet)).one()
    return found


def test_places_below_are_put_beside_one_another(
    published: None, client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(Given(), now=clock.now())
    page = client.page(f"/figures/{YUANZHOU}")
    table = page.soup.select("#compared")[0].find_parent("section").select("tbody tr")  # type: ignore[union-attr]
    assert [row.th.get_text(strip=True) for row in table if row.th] == ["三营镇"]
    assert len(page.soup.select("svg[role=img]")) == 3
    assert client.get("/figures/640402100999").status_code == 404
    assert client.get("/figures/rubbish").status_code == 404


def _upload(clerk: PageClient, *lines: str) -> Any:
    data = "\n".join([HEAD, *lines]).encode()
    page = clerk.page("/desk/figures/upload")
    return clerk.submit(page, {"file": (io.BytesIO(data), "figures.csv")})


def _line(
    value: str, *, region: str = YUANZHOU, programme: str = "城乡低保", note: str = ""
) -> str:
    return f"S5,{region},原州区,2026-09,{programme},persons_added,{value},人,{note}"


@pytest.fixture
def reviewer(published: None, staff: StaffMaker) -> PageClient:
    """A reviewer of the county who has described a source."""
    signed_in = staff(Role.REVIEWER)
    page = signed_in.page("/desk/figures/sources")
    values = {"id": "S5", "title": "原州区民政局通报", "url": "https://example.gov.cn/5"}
    assert signed_in.submit(page, values).status_code == 302
    return signed_in


def test_figures_come_in_through_the_desk_and_a_second_person_publishes_them(
    app: PortalApp, reviewer: PageClient, staff: StaffMaker, client: PageClient
) -> None:
    before = client.page("/figures").text
    draft = Page(
        reviewer.follow(_upload(reviewer, _line("3457"), _line("3070", programme="农村低保")))
    )
    assert "3457人" in draft.text
    path = draft.response.request.path
    waiting = Page(reviewer.follow(reviewer.submit(draft, action="/submit")))
    assert not waiting.soup.select("form[action$='/approve']")
    assert "须由另一人批准" in waiting.text
    assert client.page("/figures").text == before
    head = staff(Role.HEAD, "yuanzhou")
    shown = Page(head.follow(head.submit(head.page(path), action="/approve")))
    assert "已发布" in shown.text
    page = client.page("/figures")
    assert "3070人" in page.text
    assert "原州区民政局通报" in page.text
    with app.sessions.reading() as session:
        entry = session.scalars(select(LogEntry).order_by(LogEntry.index.desc())).first()
        assert entry is not None
        told = json.loads(entry.entry)
        chosen = session.get_one(FigureSet, told["notice"])
        assert (told["kind"], told["event"]) == ("figures", "publish")
        assert told["content"] == chosen.digest
        query = select(AuditEntry.action).where(AuditEntry.subject == f"figures:{chosen.id}")
        actions = list(session.scalars(query.order_by(AuditEntry.id)))
    assert actions == ["figures-bring-in", "figures-submit", "figures-approve"]
    shown_set = json.loads(client.get(f"/figures/{chosen.id}.json").data)
    assert content_digest(shown_set["text"]) == chosen.digest
    receipt = parse_proof(client.get(f"/figures/{chosen.id}.tlog-proof").data)
    keys = [VerifierKey.parse(client.get("/log/key").text.strip())]
    receipt.verify(shown_set["log"]["entry"].encode(), keys)


def test_a_newer_file_replaces_the_same_figure(
    reviewer: PageClient, staff: StaffMaker, client: PageClient
) -> None:
    head = staff(Role.HEAD, "yuanzhou")
    for value in ("111", "222"):
        draft = Page(reviewer.follow(_upload(reviewer, _line(value))))
        reviewer.submit(draft, action="/submit")
        path = draft.response.request.path
        head.submit(head.page(path), action="/approve")
    text = client.page("/figures").text
    assert "222人" in text
    assert "111人" not in text


def test_what_does_not_add_up_is_told_and_does_not_stop(reviewer: PageClient) -> None:
    lines = [_line("3457"), _line("387", programme="城市低保"), _line("3071", programme="农村低保")]
    draft = Page(reviewer.follow(_upload(reviewer, *lines)))
    assert "对不上的地方" in draft.text
    assert "387 + 3,071合计为3,458" in draft.text
    assert draft.soup.select("form[action$='/submit']")


def test_every_problem_is_shown_and_nothing_is_stored(app: PortalApp, reviewer: PageClient) -> None:
    answer = _upload(reviewer, _line("many"), _line("1", region=XIJI), "S9" + _line("2")[2:])
    assert answer.status_code == 422
    page = Page(answer)
    assert "第2行：数值不是数字" in page.text
    assert "第4行：来源S9没有登记" in page.text
    outside = _upload(reviewer, _line("1", region=XIJI))
    assert outside.status_code == 422
    assert f"地区{XIJI}不在您的辖区内" in Page(outside).text
    assert _upload(reviewer).status_code == 422
    with app.sessions.reading() as session:
        assert len(session.scalars(select(FigureSet)).all()) == 1  # the published one


def test_personal_data_stops_a_file(reviewer: PageClient) -> None:
    draft = Page(reviewer.follow(_upload(reviewer, _line("1", note="联系人13800138000"))))
    assert "发现个人信息" in draft.text
    assert not draft.soup.select("form[action$='/submit']")
    path = draft.response.request.path
    token = str(draft.soup.select("input[name=csrf_token]")[0]["value"])
    forced = reviewer.follow(reviewer.post(f"{path}/submit", {"csrf_token": token}))
    assert "含有个人信息" in forced.get_data(as_text=True)


def test_a_file_is_returned_with_a_reason_or_discarded(
    reviewer: PageClient, staff: StaffMaker
) -> None:
    head = staff(Role.HEAD, "yuanzhou")
    draft = Page(reviewer.follow(_upload(reviewer, _line("5"))))
    path = draft.response.request.path
    reviewer.submit(draft, action="/submit")
    assert head.submit(head.page(path), {"reason": ""}, action="/return").status_code == 422
    head.submit(head.page(path), {"reason": "来源不对"}, action="/return")
    assert "来源不对" in reviewer.page(path).text
    second = Page(reviewer.follow(_upload(reviewer, _line("6"))))
    answer = reviewer.follow(reviewer.submit(second, action="/discard"))
    assert "草稿已作废" in answer.get_data(as_text=True)
    assert reviewer.page(path).soup.select("form[action$='/submit']") == []


def test_other_areas_and_other_roles_see_nothing_of_it(
    reviewer: PageClient, staff: StaffMaker
) -> None:
    draft = Page(reviewer.follow(_upload(reviewer, _line("5"))))
    path = draft.response.request.path
    assert staff(Role.REVIEWER, "xiji").get(path).status_code == 404
    assert staff(Role.ADMIN).get("/desk/figures/").status_code == 403
    assert staff(Role.HANDLER).get("/desk/figures/upload").status_code == 403


def test_a_source_needs_an_address_that_leads_somewhere(reviewer: PageClient) -> None:
    page = reviewer.page("/desk/figures/sources")
    bad = {"id": "S6", "title": "通报", "url": "javascript:alert(1)"}
    answer = reviewer.submit(page, bad)
    assert answer.status_code == 422
    assert "https://" in answer.get_data(as_text=True)
    assert reviewer.submit(page, {"id": "a b", "title": "通报"}).status_code == 422
    listed = reviewer.page("/desk/figures/")
    assert "原州区民政局通报" in listed.text


@pytest.mark.parametrize("place", [SANYING])
def test_pages_of_figures_are_kept_and_forgotten(
    place: str, published: None, client: PageClient, app: PortalApp, clock: SettableClock
) -> None:
    first = client.get("/figures")
    assert (
        client.get("/figures", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    )
    assert client.get(f"/figures/{place}").status_code == 200
