"""Under a path of the county's own site everything works: links, styles, cookies, languages."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from werkzeug.test import Client

from portal.app import PortalApp, create_app
from portal.config import Settings
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock

BASE = "https://www.example.gov.cn/zwgk/jz"


@pytest.fixture
def portal(settings: Settings, clock: SettableClock, places: Sessions) -> Iterator[PortalApp]:
    assert places is not None
    made = create_app(replace(settings, base_url=BASE), clock=clock)
    yield made
    made.sessions.engine.dispose()


def _addresses(html: bytes) -> set[str]:
    soup = BeautifulSoup(html, "html.parser")
    found = [tag.get("href") or tag.get("src") or tag.get("action") for tag in soup.find_all(True)]
    return {address for address in map(str, found) if address.startswith("/")}


@pytest.mark.parametrize("path", ["/", "/en/", "/r/640402100000", "/en/v/", "/desk/login"])
def test_every_link_stays_under_the_path(portal: PortalApp, path: str) -> None:
    client = Client(portal.wsgi)
    answer = client.get("/zwgk/jz" + path)
    assert answer.status_code == 200
    addresses = _addresses(answer.data)
    assert addresses
    assert all(address.startswith("/zwgk/jz/") for address in addresses)


def test_an_english_page_leads_to_english_pages_and_back(portal: PortalApp) -> None:
    client = Client(portal.wsgi)
    addresses = _addresses(client.get("/zwgk/jz/en/").data)
    assert "/zwgk/jz/" in addresses
    assert "/zwgk/jz/en/track" in addresses


def test_the_same_page_is_found_again_in_the_store(portal: PortalApp) -> None:
    client = Client(portal.wsgi)
    first, second = (client.get("/zwgk/jz/r/640402100000") for _ in range(2))
    assert first.data == second.data
    assert first.headers["ETag"] == second.headers["ETag"]


def test_outside_the_path_there_is_nothing(portal: PortalApp) -> None:
    assert Client(portal.wsgi).get("/").status_code == 404


def test_the_desks_cookie_is_secure_and_stays_under_the_path(portal: PortalApp) -> None:
    client = Client(portal.wsgi)
    cookie = client.get("/zwgk/jz/desk/login", base_url="https://www.example.gov.cn").headers[
        "Set-Cookie"
    ]
    assert "Path=/zwgk/jz/" in cookie
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
