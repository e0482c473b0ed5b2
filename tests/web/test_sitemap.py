"""What search engines are told: every open page is in the map, no page with people is."""

from xml.etree import ElementTree as ET

import pytest

from portal import sitemap
from portal.data.session import Sessions
from portal.sitemap import CLOSED
from tests.fixtures.application import BASE_URL
from tests.fixtures.pages import PageClient
from tests.fixtures.people import CITY, SANYING

NAMES = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


def addresses(client: PageClient, path: str, element: str = "url") -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    root = ET.fromstring(answer.data)  # noqa: S314 - our own answer
    return [found.text or "" for found in root.iterfind(f"{NAMES}{element}/{NAMES}loc")]


def test_every_place_is_in_the_map_in_both_languages(client: PageClient, places: Sessions) -> None:
    assert places is not None
    found = addresses(client, "/sitemap.xml")
    assert len(found) == len(set(found))
    for path in ("/", "/v/", f"/r/{CITY}", f"/r/{SANYING}"):
        assert f"{BASE_URL}{path}" in found
        assert f"{BASE_URL}/en{path}" in found


def test_every_address_of_the_map_answers_and_may_be_kept(
    client: PageClient, places: Sessions
) -> None:
    assert places is not None
    for address in addresses(client, "/sitemap.xml")[:40]:
        answer = client.get(address.removeprefix(BASE_URL))
        assert answer.status_code == 200
        assert "noindex" not in answer.headers.get("X-Robots-Tag", "")
        assert 'name="robots"' not in answer.text


def test_an_address_names_itself_in_the_other_language(client: PageClient) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").data)  # noqa: S314 - our own answer
    first = root.find(f"{NAMES}url")
    assert first is not None
    assert {other.get("hreflang"): other.get("href") for other in first.iter(f"{XHTML}link")} == {
        "zh-Hans": f"{BASE_URL}/",
        "en": f"{BASE_URL}/en/",
    }


def test_a_long_map_is_an_index_and_parts(
    client: PageClient, places: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert places is not None
    whole = addresses(client, "/sitemap.xml?whole")
    monkeypatch.setattr(sitemap, "MOST_ADDRESSES", 20)
    parts = addresses(client, "/sitemap.xml?parts", "sitemap")
    assert len(parts) > 2
    found = [addresses(client, part.removeprefix(BASE_URL)) for part in parts]
    assert all(len(part) <= 20 for part in found)
    assert [address for part in found for address in part] == whole
    assert client.get(f"/sitemap-{len(parts) + 1}.xml").status_code == 404
    assert client.get("/sitemap-0.xml").status_code == 404


def test_robots_are_told_what_is_closed_and_where_the_map_is(client: PageClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    lines = answer.text.splitlines()
    assert lines[0] == "User-agent: *"
    for path in CLOSED:
        assert f"Disallow: {path}" in lines
        assert f"Disallow: /en{path}" in lines
    assert lines[-1] == f"Sitemap: {BASE_URL}/sitemap.xml"


def test_no_rule_closes_a_page_that_is_in_the_map(client: PageClient, places: Sessions) -> None:
    assert places is not None
    rules = [
        line.removeprefix("Disallow: ")
        for line in client.get("/robots.txt").text.splitlines()
        if line.startswith("Disallow: ")
    ]
    paths = [address.removeprefix(BASE_URL) for address in addresses(client, "/sitemap.xml")]
    assert [path for path in paths if path.startswith(tuple(rules))] == []
