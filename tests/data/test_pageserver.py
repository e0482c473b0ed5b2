"""The page server 页面服务层: the same answers with the store and without, in every encoding."""

import gzip
import threading
from datetime import timedelta

import brotli
import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from portal.app import PortalApp, create_app
from portal.config import Settings
from portal.data.pages import PageDependency, StoredPage, forget_pages
from portal.data.regions import Region
from portal.kernel.clock import SettableClock
from tests.fixtures.pages import PageClient
from tests.fixtures.people import PLACES, SANYING

PATH = f"/r/{SANYING}"


@pytest.fixture
def visitor(client: PageClient, places: object) -> PageClient:
    return client


def empty_the_store(app: PortalApp) -> None:
    """Delete every page behind everybody's back, as an operator may."""
    with app.sessions.writing() as session:
        session.execute(delete(PageDependency))
        session.execute(delete(StoredPage))


def is_stored(app: PortalApp, path: str = PATH) -> bool:
    with app.sessions.reading() as session:
        return path in set(session.scalars(select(StoredPage.path)))


class Counted:
    """Counts what gets through to Flask."""

    def __init__(self, app: PortalApp) -> None:
        self.requests = 0
        self._inner = app.wsgi.app  # type: ignore[attr-defined]
        app.wsgi.app = self  # type: ignore[attr-defined]

    def __call__(self, environ: object, start_response: object) -> object:
        self.requests += 1
        return self._inner(environ, start_response)


def same(response: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    return response.status_code, response.data, sorted(response.headers)


def ask(
    client: PageClient, path: str, headers: dict[str, str], method: str = "GET"
) -> TestResponse:
    """Send a request whose answer may be compressed, so that it is not read as a page."""
    return client.client.open(path, method=method, headers=headers, base_url=client.origin)


REQUESTS: tuple[dict[str, str], ...] = (
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br"},
    {"Accept-Encoding": "gzip, deflate, br"},
    {"Accept-Encoding": "GZIP;q=0.5"},
    {"Accept-Encoding": "br;q=0, gzip"},
    {"Accept-Encoding": "br; q=0.000, gzip ;Q=0"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"something-else"'},
)


def test_an_empty_store_changes_no_answer(app: PortalApp, visitor: PageClient) -> None:
    counted = Counted(app)
    paths = ("/", "/en/", PATH, f"/en{PATH}")
    etag = ask(visitor, PATH, {"Accept-Encoding": "br"}).headers["ETag"]
    for path in paths:
        for headers in (*REQUESTS, {"If-None-Match": etag}, {"If-None-Match": f'W/{etag}, "x"'}):
            for method in ("GET", "HEAD"):
                visitor.get(path)  # stores it, where it is not
                before = counted.requests
                from_store = same(ask(visitor, path, headers, method))
                assert counted.requests == before, (path, headers)
                empty_the_store(app)
                app.wsgi._cache.clear()  # type: ignore[attr-defined]
                rendered = same(ask(visitor, path, headers, method))
                assert counted.requests == before + 1
                assert rendered == from_store, (path, method, headers)


def test_each_encoding_holds_the_same_page(visitor: PageClient) -> None:
    plain = visitor.get(PATH)
    assert "Content-Encoding" not in plain.headers
    packed = ask(visitor, PATH, {"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    smaller = ask(visitor, PATH, {"Accept-Encoding": "gzip, br"})
    assert smaller.headers["Content-Encoding"] == "br"
    assert brotli.decompress(smaller.data) == plain.data
    tags = {answer.headers["ETag"] for answer in (plain, packed, smaller)}
    assert len(tags) == 3
    assert {answer.headers["Vary"] for answer in (plain, packed, smaller)} == {"Accept-Encoding"}


ACCEPTED = {
    "br;q=0": None,
    "br;q=0.0,gzip;q=0": None,
    "br;q=0,gzip;q=0.001": "gzip",
    "gzip;q=1.0": "gzip",
    "BR": "br",
    "identity": None,
    "": None,
    "brotli, x-gzip": None,
}


def test_a_weight_of_nought_is_a_refusal(visitor: PageClient) -> None:
    for accepted, encoding in ACCEPTED.items():
        answer = ask(visitor, PATH, {"Accept-Encoding": accepted})
        assert answer.headers.get("Content-Encoding") == encoding, accepted


def test_head_has_the_headers_and_no_body(visitor: PageClient) -> None:
    whole = ask(visitor, PATH, {"Accept-Encoding": "gzip"})
    head = ask(visitor, PATH, {"Accept-Encoding": "gzip"}, "HEAD")
    assert (head.data, sorted(head.headers)) == (b"", sorted(whole.headers))
    assert int(head.headers["Content-Length"]) == len(whole.data)


def test_what_the_browser_has_is_not_sent_again(visitor: PageClient) -> None:
    first = visitor.get(PATH)
    assert first.headers["Cache-Control"] == "no-cache"
    again = visitor.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
        assert again.headers[name] == first.headers[name]


def rename(app: PortalApp, name: str, *, forget: bool) -> None:
    with app.sessions.writing() as session:
        session.get_one(Region, SANYING).name = name
        if forget:
            forget_pages(session, [f"region:{SANYING}"])


def test_a_change_is_seen_at_once_by_every_server(
    app: PortalApp, visitor: PageClient, settings: Settings, clock: SettableClock
) -> None:
    other = create_app(settings, clock=clock)
    there = PageClient(other, settings.base_url)
    etag = visitor.get(PATH).headers["ETag"]
    assert "三营镇" in there.page(PATH).h1
    rename(app, "新三营镇", forget=True)
    for client in (visitor, there):
        answer = client.get(PATH, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert "新三营镇" in client.page(PATH).h1
    other.sessions.engine.dispose()


def test_the_store_is_what_answers(app: PortalApp, visitor: PageClient) -> None:
    visitor.get(PATH)
    rename(app, "没人说过要忘", forget=False)
    assert "没人说过要忘" not in visitor.page(PATH).h1


def test_a_page_whose_time_is_over_is_rendered_once_and_stored_anew(
    app: PortalApp, visitor: PageClient, clock: SettableClock
) -> None:
    counted = Counted(app)
    visitor.get(PATH)
    for _ in range(2):
        with app.sessions.writing() as session:
            stored = session.get_one(StoredPage, (PATH, "zh_Hans"))
            stored.fresh_until = clock.now() + timedelta(minutes=5)
        app.wsgi._cache.clear()  # type: ignore[attr-defined]
        before = counted.requests
        visitor.get(PATH)
        assert counted.requests == before
        clock.advance(timedelta(minutes=5))
        for _ in range(3):
            visitor.get(PATH)
        assert counted.requests == before + 1


def test_a_page_of_another_build_is_not_served(app: PortalApp, visitor: PageClient) -> None:
    visitor.get(PATH)
    rename(app, "新三营镇", forget=False)
    app.wsgi.build = "another"  # type: ignore[attr-defined]
    app.wsgi._cache.clear()  # type: ignore[attr-defined]
    assert "新三营镇" in visitor.page(PATH).h1


def test_a_question_is_answered_but_not_kept(app: PortalApp, visitor: PageClient) -> None:
    assert visitor.get(f"{PATH}?from=poster").status_code == 200
    assert not is_stored(app)
    visitor.get(PATH)
    assert is_stored(app)


def test_what_is_not_there_is_not_kept(app: PortalApp, visitor: PageClient) -> None:
    for path in ("/r/123", "/r/999999999999", "/n/aaaaaaaaaa", "/v/ZZZZZZZZZZ", "/nothing"):
        assert visitor.get(path).status_code == 404
    with app.sessions.reading() as session:
        assert session.scalars(select(StoredPage.path)).all() == []


def test_public_pages_set_no_cookie_and_need_none(app: PortalApp, visitor: PageClient) -> None:
    for _ in range(2):
        for path in ("/", "/en/", PATH, "/v/", "/complain", "/track", "/healthz", "/nothing"):
            answer = visitor.get(path)
            assert "Set-Cookie" not in answer.headers, path
            assert "Cookie" not in answer.headers.get("Vary", ""), path


def test_under_a_path_of_its_own(settings: Settings, clock: SettableClock, places: object) -> None:
    base = "https://www.example.gov.cn/zwgk/jz"
    under = create_app(Settings(**{**vars(settings), "base_url": base}), clock=clock)
    client = PageClient(under, base)
    for _ in range(2):  # rendered, then from the store
        page = client.page(PATH)
        assert "三营镇" in page.h1
        links = [str(link["href"]) for link in page.soup.select("a[href^='/']")]
        assert [link for link in links if not link.startswith("/zwgk/jz/")] == []
    assert client.client.get("/r/640402100000").status_code == 404
    under.sessions.engine.dispose()


@pytest.mark.databases("sqlite", "postgresql")
def test_many_first_readers_at_once_all_get_the_page(app: PortalApp, visitor: PageClient) -> None:
    start = threading.Barrier(6, timeout=20)
    statuses: list[int] = []

    def read() -> None:
        reader = PageClient(app, app.settings.base_url)
        for code in PLACES:
            start.wait()
            statuses.append(reader.client.get(f"/r/{code}").status_code)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * (6 * len(PLACES))
