"""Search as residents use it: through the page, in both languages, whatever they type."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from disclosure.search.indexer import Indexer
from portal.app import PortalApp
from portal.data.regions import list_sub_regions
from portal.kernel.clock import SettableClock
from tests.disclosure.lists import NOVEMBER, OCTOBER, REVIEW, Household, Office
from tests.fixtures.pages import Page, PageClient, squeeze
from tests.fixtures.people import GUANTING, SANYING


def search(client: PageClient, query: str, *, prefix: str = "", **more: str) -> Page:
    address = "".join(f"&{name}={quote(value)}" for name, value in more.items())
    return client.page(f"{prefix}/search?q={quote(query)}{address}")


def found(page: Page) -> list[str]:
    links = page.soup.select(".search-result__title a, .notice-card__title a")
    return [squeeze(link.get_text()) for link in links]


def chips(page: Page) -> list[str]:
    return [squeeze(chip.get_text()) for chip in page.soup.select(".search-sections a")]


@pytest.fixture
def published(office: Office, indexer: Indexer, clock: SettableClock) -> None:
    clock.advance(timedelta(days=39))  # 16 November
    office.publish(OCTOBER, now=clock.now())
    office.publish(NOVEMBER, now=clock.now() + timedelta(hours=1))
    office.publish(REVIEW, now=clock.now() + timedelta(hours=2))
    clock.advance(timedelta(hours=3))
    indexer.catch_up()


@pytest.fixture
def many(office: Office, indexer: Indexer, clock: SettableClock, app: PortalApp) -> None:
    """Lists of every village of 三营镇, so that there is more than one page."""
    with app.sessions.reading() as session:
        names = [village.name for village in list_sub_regions(session, SANYING)]
    households = [Household("王秀英", village=name) for name in names]
    office.publish(replace(OCTOBER, households=households), now=clock.now())
    clock.advance(timedelta(days=30))
    office.publish(replace(NOVEMBER, households=households), now=clock.now())
    indexer.catch_up()


def test_places_stand_before_notices(client: PageClient, published: None) -> None:
    page = search(client, "东塬")
    assert found(page)[0] == "东塬村委会"
    assert len(found(page)) == 4
    assert chips(page) == ["全部 4", "地区 1", "公示 3"]
    assert page.h1 == "搜索"
    link = page.soup.select_one(".search-result__title a")
    assert link is not None
    assert client.get(str(link["href"])).status_code == 200


def test_words_are_found_together(client: PageClient, published: None) -> None:
    for query in ("三营 东塬 2026年10月", "sanying dongyuan 2026-10", "sy 东塬 2026.10"):
        assert found(search(client, query)) == ["三营镇东塬村委会2026年10月最低生活保障对象名单"], (
            query
        )


def test_what_has_ended_says_so_and_stands_last(client: PageClient, published: None) -> None:
    page = search(client, "东塬 低保")
    states = [squeeze(tag.get_text()) for tag in page.soup.select(".status-tag")]
    assert states == ["公示中", "公示中", "已被新名单取代"]


def test_a_mistyped_word_finds_what_sounds_similar(client: PageClient, published: None) -> None:
    page = search(client, "dongyan")
    assert "读音相近的地区" in page.text
    assert found(page)[0] == "东塬村委会"
    assert "读音相近" not in search(client, "dongyuan").text


def test_filters_narrow_down(client: PageClient, published: None) -> None:
    assert len(found(search(client, "东塬", kind="review"))) == 1
    assert len(found(search(client, "东塬", month="2026-10"))) == 1
    assert len(found(search(client, "东塬", place=SANYING))) == 4
    assert found(search(client, "东塬", place=GUANTING)) == []
    assert len(found(search(client, "东塬", what="notices"))) == 3
    assert found(search(client, "东塬", what="places")) == ["东塬村委会"]
    # Without a word the filters alone are asked.
    assert len(found(search(client, "", kind="review"))) == 2


def test_the_form_keeps_what_was_chosen(client: PageClient, published: None) -> None:
    page = client.page("/search")
    answer = client.submit(
        page, {"q": "东塬", "kind": "standing", "month": "2026-10", "place": SANYING}
    )
    again = Page(answer)
    assert len(found(again)) == 1
    chosen = [str(one["value"]) for one in again.soup.select("option[selected]")]
    assert chosen == [SANYING, "standing", "2026-10"]
    (typed,) = again.soup.select("#search-query")
    assert typed["value"] == "东塬"


@pytest.mark.parametrize("junk", ["zz", "640402", "999999999999", "2026-13", "x' OR 1=1"])
def test_filters_that_nobody_knows_are_no_error(
    client: PageClient, published: None, junk: str
) -> None:
    for name in ("place", "kind", "month", "what", "page"):
        search(client, "东塬", **{name: junk})


def test_long_lists_have_pages(client: PageClient, many: None) -> None:
    first = search(client, "", place=SANYING)
    assert len(found(first)) == 20
    pages, seen = [first], found(first)
    while following := pages[-1].soup.select_one("a[rel=next]"):
        pages.append(client.page(str(following["href"])))
        seen += found(pages[-1])
    total = int(chips(first)[0].removeprefix("全部 "))
    assert len(pages) == 2
    assert 20 < total == len(seen) == len(set(seen))
    beyond = search(client, "", place=SANYING, page="99999")
    assert found(beyond) == found(pages[-1])


def test_nothing_found_says_what_to_try(client: PageClient, published: None) -> None:
    page = search(client, "天安门")
    assert "没有找到" in page.text
    places = [squeeze(link.get_text()) for link in page.soup.select(".place-list a")]
    assert places == ["原州区", "西吉县"]


def test_words_written_together_are_offered_apart(client: PageClient, published: None) -> None:
    page = search(client, "三营低保")
    link = page.soup.find("a", string="三营 低保")
    assert link is not None
    assert len(found(client.page(str(link["href"])))) > 0


def test_no_person_is_found(client: PageClient, published: None) -> None:
    for name in ("王秀英", "尉迟敬德", "尉迟**", "欧阳兰", "欧阳*", "马伟", "ouyanglan", "oyl"):
        assert found(search(client, name)) == [], name


def test_too_long_a_query_gets_a_sentence(client: PageClient, published: None) -> None:
    page = client.page(f"/search?q={quote('三' * 201)}", status=422)
    assert "最多 200 个字" in page.text
    assert client.page(f"/search?q={'a' * 10_000}", status=422).h1 == "搜索"


def test_english(client: PageClient, published: None) -> None:
    page = search(client, "dongyuan", prefix="/en")
    assert page.h1 == "Search"
    assert found(page)[0] == "东塬村委会 (Dongyuancunweihui)"
    assert "Review notice" in search(client, "review 东塬", prefix="/en").text
    assert not set(chips(page)) & {"全部", "地区"}


def test_the_page_is_not_stored_and_sets_nothing(client: PageClient, published: None) -> None:
    answer = client.get(f"/search?q={quote('东塬')}")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert 'content="noindex"' in answer.text


def test_without_an_index_places_are_found_and_the_page_says_so(
    client: PageClient, places: object
) -> None:
    page = search(client, "三营")
    assert "搜索暂时不完整" in page.text
    assert found(page)[0] == "三营镇"
    assert "搜索暂时不完整" in search(client, "低保").text


def test_a_damaged_index_is_no_error(client: PageClient, published: None, tmp_path: Path) -> None:
    (database,) = tmp_path.glob("search/*/index.db")
    data = bytearray(database.read_bytes())
    data[4096:] = bytes(len(data) - 4096)
    database.write_bytes(data)
    assert "搜索暂时不完整" in search(client, "东塬").text


def test_the_home_page_searches(client: PageClient, published: None) -> None:
    home = client.page("/")
    answer = client.submit(home, {"q": "东塬"}, action="/search")
    assert found(Page(answer))[0] == "东塬村委会"


HOSTILE = (
    *("\x00", "\ud800", "'; DROP TABLE entries; --", 'one : "x" OR two : "y"', "* OR a"),
    *("NEAR(a b)", "(", ")" * 50, "{one two} : x", "^a", "a AND NOT b", "%" * 50, "_" * 50),
    *(".*" * 60, "\\", "+-", "\u202e三营", "🙂" * 30, "a" * 200, "aaaa " * 40, "李 " * 100),
    *("ａ１２３４５６７８９０", "²³¼Ⅷ", "x" * 24, "zhuang" * 33),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150
)
@given(query=st.text(max_size=220))
def test_whatever_is_typed_is_answered(client: PageClient, published: None, query: str) -> None:
    encoded = quote(query.encode("utf-8", "surrogatepass"))
    assert client.get(f"/search?q={encoded}").status_code in {200, 422}


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_queries_are_answered(client: PageClient, published: None, query: str) -> None:
    encoded = quote(query.encode("utf-8", "surrogatepass"))
    assert client.get(f"/search?q={encoded}").status_code == 200
    assert client.get("/search?q=%FF%FE&place=%00&kind=%00&month=%00&what=%00").status_code == 200


def test_one_query_parameter_too_many_is_no_error(client: PageClient, published: None) -> None:
    assert client.get("/search?q=a&q=b&q[]=c&page=1&page=2").status_code == 200
