"""The page store 页面库: a page is kept until what it shows changes, and never longer."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.data.pages import (
    Page,
    PageDependency,
    StoredPage,
    find_page,
    forget_all_pages,
    forget_pages,
    get_generation,
    make_page,
    store_page,
)
from portal.data.session import Sessions

NOW = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def page(text: str = "<h1>公示</h1>", until: datetime | None = None, build: str = "b1") -> Page:
    return make_page(
        text.encode(),
        content_type="text/html; charset=utf-8",
        headers=(("Cache-Control", "no-cache"), ("X-Robots-Tag", "noindex: all")),
        fresh_until=until,
        build=build,
    )


def keep(
    sessions: Sessions, path: str, *keys: str, given: Page | None = None, locale: str = "zh_Hans"
) -> bool:
    with sessions.reading() as session:
        generation = get_generation(session)
    with sessions.writing() as session:
        return store_page(
            session,
            path,
            locale,
            given or page(),
            depends_on=keys,
            rendered_at_generation=generation,
        )


def held(sessions: Sessions) -> set[str]:
    with sessions.reading() as session:
        return set(session.scalars(select(StoredPage.path)))


def test_a_page_comes_back_as_it_was_stored(sessions: Sessions) -> None:
    stored = page(until=NOW)
    assert keep(sessions, "/n/a", "notice:a", given=stored)
    with sessions.reading() as session:
        assert find_page(session, "/n/a", "zh_Hans") == stored
        assert find_page(session, "/n/a", "en") is None


def test_a_page_is_fresh_until_its_instant_and_for_its_build() -> None:
    stored = page(until=NOW)
    assert stored.is_fresh(now=NOW - timedelta(microseconds=1), build="b1")
    assert not stored.is_fresh(now=NOW, build="b1")
    assert not stored.is_fresh(now=NOW - timedelta(days=1), build="b2")
    assert page().is_fresh(now=NOW + timedelta(days=9999), build="b1")


def test_a_change_forgets_what_depends_on_it_in_both_languages(sessions: Sessions) -> None:
    for path, keys in {
        "/n/a": ["notice:a", "region:1"],
        "/n/b": ["notice:b", "region:1"],
        "/r/1": ["region:1"],
        "/r/2": ["region:2"],
    }.items():
        for locale in ("zh_Hans", "en"):
            keep(sessions, path, *keys, locale=locale)
    with sessions.writing() as session:
        forget_pages(session, ["notice:b"])
    assert held(sessions) == {"/n/a", "/r/1", "/r/2"}
    with sessions.writing() as session:
        forget_pages(session, ["region:1", "region:1", "nothing"])
    assert held(sessions) == {"/r/2"}
    with sessions.writing() as session:
        forget_pages(session, [])
        forget_all_pages(session)
    assert held(sessions) == set()
    with sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(PageDependency)) == 0


def test_many_pages_are_forgotten_at_once(sessions: Sessions) -> None:
    with sessions.writing() as session:
        for number in range(1200):
            session.add(_bare(f"/n/{number:04}"))
        session.flush()
        for number in range(1200):
            session.add(PageDependency(path=f"/n/{number:04}", locale="en", key=f"notice:{number}"))
    with sessions.writing() as session:
        forget_pages(session, [f"notice:{number}" for number in range(1, 1200)])
    assert held(sessions) == {"/n/0000"}


def _bare(path: str) -> StoredPage:
    return StoredPage(
        path=path,
        locale="en",
        etag="e",
        content_type="text/html",
        headers="",
        body=b"",
        body_gzip=b"",
        body_brotli=b"",
        fresh_until=None,
        build="b1",
    )


def test_a_page_rendered_before_a_change_is_not_stored_after_it(sessions: Sessions) -> None:
    with sessions.reading() as session:
        generation = get_generation(session)
    with sessions.writing() as session:
        forget_pages(session, ["notice:other"])
    with sessions.writing() as session:
        kept = store_page(
            session,
            "/n/a",
            "zh_Hans",
            page(),
            depends_on=["notice:a"],
            rendered_at_generation=generation,
        )
    assert (kept, held(sessions)) == (False, set())


def test_a_change_taken_back_forgets_nothing(sessions: Sessions) -> None:
    keep(sessions, "/n/a", "notice:a")

    def fail_at_the_end() -> None:
        with sessions.writing() as session:
            forget_pages(session, ["notice:a"])
            raise RuntimeError("at the end")

    with pytest.raises(RuntimeError):
        fail_at_the_end()
    assert held(sessions) == {"/n/a"}
    assert keep(sessions, "/n/b", "notice:b")


def test_a_page_stored_again_takes_the_place_of_the_older(sessions: Sessions) -> None:
    keep(sessions, "/n/a", "notice:a", "region:1")
    newer = page("<h1>新</h1>", until=NOW)
    keep(sessions, "/n/a", "notice:a", given=newer)
    with sessions.reading() as session:
        assert find_page(session, "/n/a", "zh_Hans") == newer
    with sessions.writing() as session:
        forget_pages(session, ["region:1"])
    assert held(sessions) == {"/n/a"}  # it no longer shows that place


def test_a_page_that_is_being_stored_cannot_slip_past_a_change(sessions: Sessions) -> None:
    """The change waits for the page's row, or the page is refused; it never stays behind."""
    with sessions.reading() as session:
        generation = get_generation(session)
    changed = threading.Event()

    def change() -> None:
        with sessions.writing() as session:
            forget_pages(session, ["notice:a"])
        changed.set()

    thread = threading.Thread(target=change)
    with sessions.writing() as session:
        assert store_page(
            session,
            "/n/a",
            "zh_Hans",
            page(),
            depends_on=["notice:a"],
            rendered_at_generation=generation,
        )
        thread.start()
        assert not changed.wait(0.5)
    thread.join()
    assert held(sessions) == set()


def test_the_store_is_empty_and_counting_from_the_start(sessions: Sessions) -> None:
    with sessions.reading() as session:
        assert get_generation(session) == 0
    for number in (1, 2):
        with sessions.writing() as session:
            forget_all_pages(session)
        with sessions.reading() as session:
            assert get_generation(session) == number
