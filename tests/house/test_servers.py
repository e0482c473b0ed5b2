"""The portal as a process of its own: it starts on an empty installation, answers, and stops."""

import json
from collections.abc import Callable

from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.servers import LiveServer


def test_an_empty_installation_is_served_and_stops_when_told(
    start_server: Callable[..., LiveServer],
) -> None:
    server = start_server()
    status, body = server.get("/healthz")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert server.get("/no-such-page")[0] == 404
    assert server.stop() == 0


def test_the_home_page_opens_in_a_browser_without_scripts(
    start_server: Callable[..., LiveServer], open_page: PageOpener
) -> None:
    server = start_server()
    page = open_page(viewport=PHONE, java_script_enabled=False)
    answer = page.goto(server.url + "/")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
