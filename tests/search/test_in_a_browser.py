"""The page of search in a real browser, without scripts and on a phone too."""

import pytest

from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.servers import LiveServer
from tests.journey.walking import DESKTOP, Axe, Walk

QUERIES = (
    "",
    "?q=三营",
    "?q=sanyin",
    "?q=镇&kind=standing&place=640402000000&what=notices&page=2",
    "?q=三营低保",
    "?q=天安门&month=2026-10",
    f"?q={'三' * 201}",
)


@pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])
def test_search_is_accessible_and_valid(
    live_server: LiveServer,
    open_page: PageOpener,
    axe: Axe,
    vnu: HtmlChecker,
    prefix: str,
) -> None:
    """Each page is looked at on a phone, then at a desk."""
    seen: list[tuple[str, str]] = []
    resident = Walk(open_page(viewport=PHONE), live_server.url, axe, seen)
    for query in QUERIES:
        resident.go(f"{prefix}/search{query}", also=DESKTOP)
    assert resident.findings == []
    assert [str(finding) for finding in vnu(seen)] == []


def test_a_resident_without_scripts_finds_a_village_from_the_home_page(
    live_server: LiveServer, open_page: PageOpener
) -> None:
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/")
    page.fill("#search-query", "sanying")
    page.keyboard.press("Enter")
    page.locator(".search-result__title a").first.click()
    assert page.locator("h1").inner_text() == "三营镇"
