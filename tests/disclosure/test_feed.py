"""The feeds 订阅源: valid Atom of what hangs in a place, right by the clock, without persons."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure import feed as feeding
from disclosure.intake.kinds import Kind
from disclosure.models import Notice
from portal.app import create_app
from portal.config import Settings
from portal.data.pages import forget_pages
from portal.data.session import Sessions
from portal.feeds import xml_text
from portal.kernel.clock import SettableClock
from tests.disclosure.atom import ATOM, problems_of
from tests.disclosure.lists import MALU, NOVEMBER, OCTOBER, REVIEW, Given, Household, Office
from tests.fixtures.pages import PageClient
from tests.fixtures.people import CITY, SANYING, XIJI, YUANZHOU

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
EAST_CODE = "640402100200"


def feed_of(client: PageClient, path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    root = ET.fromstring(answer.data)  # noqa: S314 - our own answer
    assert list(problems_of(root)) == []
    return root


def titles(root: ET.Element) -> list[str]:
    return [title.text or "" for title in root.iterfind(f"{ATOM}entry/{ATOM}title")]


def link(root: ET.Element, relation: str) -> str | None:
    found = root.find(f"{ATOM}link[@rel='{relation}']")
    return None if found is None else found.get("href")


def test_a_feed_has_the_notices_of_a_place_and_of_everything_in_it(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    for code in (CITY, YUANZHOU, SANYING):
        found = titles(feed_of(client, f"/feed/{code}.atom"))
        assert len(found) == 2
        assert any("东塬村委会" in title for title in found)
    assert titles(feed_of(client, f"/feed/{EAST_CODE}.atom")) == [
        "三营镇东塬村委会2026年10月最低生活保障对象名单"
    ]
    assert titles(feed_of(client, f"/feed/{XIJI}.atom")) == []


def test_an_entry_leads_to_its_notice_and_says_who_issued_it(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    clock.move_to(datetime(2026, 11, 16, 2, tzinfo=UTC))
    (notice,) = office.publish(replace(REVIEW, households=[Household("王秀英")]), now=clock.now())
    entry = feed_of(client, f"/feed/{SANYING}.atom").find(f"{ATOM}entry")
    assert entry is not None
    assert link(entry, "alternate") == f"http://127.0.0.1:8000/n/{notice}"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "三营镇民政办"
    assert "公示期2026年11月16日至2026年11月22日" in entry.findtext(f"{ATOM}summary", "")
    assert entry.findtext(f"{ATOM}published") == "2026-11-16T02:00:00Z"


def test_no_person_and_no_total_is_in_a_feed(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(
        replace(OCTOBER, households=[Household("尉迟敬德", amount="4321.5")]), now=clock.now()
    )
    text = client.get(f"/feed/{SANYING}.atom").text
    assert "东塬村委会" in text
    for forbidden in ("尉迟", "4321", "4,321", "640499"):
        assert forbidden not in text


def test_what_has_ended_or_was_replaced_leaves_the_feed(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    office.publish(replace(REVIEW, period="2026-10-08/2026-10-14"), now=clock.now())
    path = f"/feed/{YUANZHOU}.atom"
    assert len(titles(feed_of(client, path))) == 4
    clock.advance(timedelta(days=20))
    assert all("对象名单" in title for title in titles(feed_of(client, path)))
    office.publish(NOVEMBER, now=clock.now())
    assert len(titles(feed_of(client, path))) == 2
    assert all("2026年11月" in title for title in titles(feed_of(client, path)))


def test_ids_stay_and_differ_by_language(
    client: PageClient, office: Office, clock: SettableClock, settings: Settings
) -> None:
    office.publish(OCTOBER, now=clock.now())
    moved = create_app(replace(settings, base_url="https://www.example.gov.cn/jz"), clock=clock)
    elsewhere = feed_of(PageClient(moved, "https://www.example.gov.cn/jz"), f"/feed/{SANYING}.atom")
    here = feed_of(client, f"/feed/{SANYING}.atom")
    english = feed_of(client, f"/en/feed/{SANYING}.atom")
    moved.sessions.engine.dispose()

    def ids(root: ET.Element) -> list[str | None]:
        return [element.text for element in root.iter(f"{ATOM}id")]

    assert ids(elsewhere) == ids(here)
    assert not set(ids(here)) & set(ids(english))
    assert here.get(XML_LANG) == "zh-Hans"
    assert english.get(XML_LANG) == "en"
    assert link(elsewhere, "self") == f"https://www.example.gov.cn/jz/feed/{SANYING}.atom"
    assert link(english, "alternate") == f"http://127.0.0.1:8000/en/r/{SANYING}"


def test_a_long_feed_goes_on_on_further_pages(
    client: PageClient, office: Office, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding.list_feed_page, "__kwdefaults__", {"limit": 2})
    three = [
        Household("王秀英"),
        Household("马伟", village="团结村委会"),
        Household("马兰", village=MALU),
    ]
    office.publish(replace(OCTOBER, households=three), now=clock.now())
    path = f"/feed/{SANYING}.atom"
    first = feed_of(client, path)
    second = feed_of(client, f"{path}?page=2")
    assert link(first, "next") == f"http://127.0.0.1:8000{path}?page=2"
    assert link(first, "previous") is None
    assert link(second, "previous") == link(second, "first") == f"http://127.0.0.1:8000{path}"
    assert link(second, "next") is None
    assert len({*titles(first), *titles(second)}) == 3
    assert client.get(f"{path}?page=3").status_code == 404


def test_an_empty_feed_is_a_feed(client: PageClient, places: Sessions) -> None:
    assert places is not None
    root = feed_of(client, f"/feed/{SANYING}.atom")
    assert titles(root) == []
    assert root.findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "address",
    [
        "/feed/640402999000.atom",
        "/feed/1.atom",
        "/feed/x.atom",
        f"/feed/{SANYING}.atom?page=0",
        f"/feed/{SANYING}.atom?page=99999999999",
    ],
)
def test_what_is_no_feed_is_not_found(client: PageClient, places: Sessions, address: str) -> None:
    assert places is not None
    assert client.get(address).status_code == 404


def test_the_stored_feed_is_the_one_rendered_anew(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    path = f"/feed/{CITY}.atom"
    first = client.get(path)
    clock.advance(timedelta(hours=3))
    with office.sessions.writing() as session:
        forget_pages(session, [f"region:{CITY}"])
    again = client.get(path)
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_places_page_leads_to_its_feed(client: PageClient, office: Office) -> None:
    page = client.page(f"/en/r/{SANYING}")
    found = page.soup.select_one("link[rel=alternate][type='application/atom+xml']")
    assert found is not None
    assert found["href"] == f"/en/feed/{SANYING}.atom"
    assert page.soup.select_one(f"main a[href='{found['href']}']") is not None


def test_the_newest_lists_of_its_villages_stand_on_the_page_of_a_township(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    path = f"/r/{SANYING}"
    assert "本地最新公示" in client.page(path).text
    office.publish(Given(kind=Kind.STANDING), now=clock.now())
    assert len(client.page(path).soup.select(".notice-card")) == 2
    with office.sessions.writing() as session:
        session.query(Notice).update({"replaced_at": clock.now()})
        forget_pages(session, [f"region:{SANYING}"])
    assert client.page(path).soup.select(".notice-card") == []


@given(st.text())
def test_any_text_can_stand_in_a_feed(text: str) -> None:
    wanted = xml_text(text).replace("\r\n", "\n").replace("\r", "\n")
    source = f"<a>{escape(xml_text(text))}</a>"
    assert (ET.fromstring(source).text or "") == wanted  # noqa: S314 - our own text


def test_a_moment_is_written_in_utc(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    root = feed_of(client, f"/feed/{SANYING}.atom")
    written = root.findtext(f"{ATOM}updated", "")
    assert datetime.fromisoformat(written) == clock.now()
