"""The sample pages in a real browser: accessible, valid, no wider than the screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from portal.web.publishing import SECURITY_HEADERS
from tests.components import gallery
from tests.components.gallery import SAMPLES

NAMES = sorted(path.name for path in SAMPLES.glob("*.html"))
SITE = "http://gallery.test/"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The gallery, written once."""
    target = tmp_path_factory.mktemp("gallery")
    gallery.write(target)
    return target


@pytest.fixture
def visit(open_page: Opener, folder: Path) -> Callable[..., Page]:
    """Open a page of the gallery under the policy that the portal sends."""

    def serve(route: Route) -> None:
        path = folder / route.request.url.removeprefix(SITE).split("?")[0]
        headers = {**dict(SECURITY_HEADERS), "Content-Type": TYPES[path.suffix]}
        route.fulfill(body=path.read_bytes(), headers=headers)

    def visited(name: str, **options: Any) -> Page:
        page = open_page(**options)
        page.route(f"{SITE}**", serve)
        page.goto(SITE + name)
        return page

    return visited


def too_wide(page: Page) -> list[str]:
    """Return the elements that stick out of the window and do not scroll in their own region."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll('body *')]
          .filter(e => !e.closest('.table-scroll'))
          .filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
          .map(e => e.outerHTML.slice(0, 120))"""
    )
    return found


LOOKS: list[tuple[str, dict[str, Any]]] = [
    *((name, {"viewport": PHONE}) for name in NAMES),
    *((name, {"viewport": DESKTOP, "color_scheme": "dark"}) for name in NAMES),
    # Only the frame and the words of components are English here, so two pages show them all.
    *((f"en-{name}", {"viewport": PHONE}) for name in ("story.html", "desk_problems.html")),
]


@pytest.mark.parametrize(("name", "options"), LOOKS)
def test_a_page_is_accessible_and_fits(
    visit: Callable[..., Page],
    axe: Callable[[Page], list[dict[str, Any]]],
    name: str,
    options: dict[str, Any],
) -> None:
    page = visit(name, **options)
    assert axe(page) == []
    assert too_wide(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_fits_at_twice_the_size_of_letters(visit: Callable[..., Page], name: str) -> None:
    page = visit(name, viewport={"width": 640, "height": 480})
    page.add_style_tag(url="static/desk.css")
    page.evaluate("() => document.documentElement.style.setProperty('font-size', '200%')")
    assert too_wide(page) == []


def test_all_pages_are_valid(folder: Path, vnu: Callable[..., list[Any]]) -> None:
    pages = [(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))]
    assert vnu(pages) == []


def test_without_scripts_nothing_is_missing(visit: Callable[..., Page]) -> None:
    page = visit("story.html", java_script_enabled=False)
    assert page.locator("#story-info").is_visible()
    assert "最多可写2000个字" in page.locator("#story-info").inner_text()
    assert page.locator("#conditional").count() == 0


def test_with_scripts_the_summary_has_the_focus_and_characters_are_counted(
    visit: Callable[..., Page],
) -> None:
    page = visit("story.html")
    assert page.evaluate("() => document.activeElement.className") == "govuk-error-summary"
    page.locator("#story").fill("字" * 1990)
    page.wait_for_selector("text=还可以写10个字")
    page.locator(".govuk-error-summary a").first.click()
    assert page.evaluate("() => document.activeElement.id") == "story"


def test_a_card_is_chosen_wherever_it_is_touched(visit: Callable[..., Page]) -> None:
    page = visit("question.html", viewport=PHONE)
    card = page.locator(".govuk-radios__item").nth(2)
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] - 12)
    assert page.locator("input[value=service]").is_checked()


def test_on_a_phone_the_most_needed_of_a_row_stands_on_its_first_line(
    visit: Callable[..., Page],
) -> None:
    page = visit("notice.html", viewport=PHONE)
    tops = {
        kind: page.locator(f"#row-7 .is-{kind}").first.bounding_box()["y"]  # type: ignore[index]
        for kind in ("n", "name", "money", "text")
    }
    assert abs(tops["n"] - tops["name"]) < 4
    assert abs(tops["money"] - tops["name"]) < 4
    assert tops["text"] > tops["name"] + 15


@pytest.mark.parametrize(
    ("name", "rows", "cells"), [("notice.html", 16, 7 * 15), ("desk_problems.html", 5, 3 * 4)]
)
def test_a_row_drawn_as_a_card_stays_a_row_to_screen_readers(
    visit: Callable[..., Page], name: str, rows: int, cells: int
) -> None:
    page = visit(name, viewport=PHONE)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    roles = [node["role"]["value"] for node in tree["nodes"] if not node["ignored"]]
    assert roles.count("table") == 1
    assert roles.count("row") == rows
    assert roles.count("cell") == cells


def test_on_paper_there_is_a_table_and_nothing_to_press(visit: Callable[..., Page]) -> None:
    page = visit("notice.html")
    page.emulate_media(media="print", color_scheme="dark")
    assert not page.locator(".site-nav").is_visible()
    assert not page.locator("#row-7 .is-action").is_visible()
    assert page.locator("#row-7 .is-money").is_visible()
    assert (
        page.evaluate("() => getComputedStyle(document.querySelector('.rows-table')).display")
        == "table"
    )
    assert (
        page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )


@pytest.mark.parametrize(
    "selector", [".site-nav a", ".door__link", ".govuk-input", ".search-box .govuk-button"]
)
def test_what_has_the_focus_shows_it(visit: Callable[..., Page], selector: str) -> None:
    page = visit("home.html")
    element = page.locator(selector).first
    look = (
        "e => { const s = getComputedStyle(e);"
        " return [s.outlineColor, s.outlineWidth, s.backgroundColor, s.boxShadow].join() }"
    )
    before = element.evaluate(look)
    element.focus()
    after = element.evaluate(look)
    assert after != before
    assert "rgb(242, 182, 50)" in after
