"""A resident objects on a telephone, without scripts; the township and its head do the rest."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portal.app import PortalApp
from portal.config import Settings
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.disclosure.lists import Office
from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.people import PASSWORD
from tests.fixtures.run import free_port
from tests.objections.acting import MARK, OCTOBER_REVIEW, WORDS, the_matter

DESK = {"width": 1280, "height": 900}
pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of the test, on a port of its own."""
    return Settings(**{**vars(settings), "base_url": f"http://127.0.0.1:{free_port()}"})


@pytest.fixture
def site(app: PortalApp) -> Iterator[str]:
    """The application behind a real socket, on the address that its settings name."""
    port = int(app.settings.base_url.rsplit(":", 1)[1])
    server = make_server("127.0.0.1", port, app.wsgi, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app.settings.base_url
    server.shutdown()
    thread.join()


class Look:
    """Looks at each page on the way: nothing inaccessible, nothing wider than the screen."""

    def __init__(self, axe: Callable[[Page], list[dict[str, Any]]]) -> None:
        self.axe = axe
        self.html: list[tuple[str, str]] = []

    def at(self, page: Page, name: str, *, scripts: bool = True) -> None:
        self.html.append((name, page.content()))
        if scripts:
            assert self.axe(page) == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{name} is {width} px wide"  # type: ignore[index]


def object_on_a_telephone(page: Page, look: Look, address: str) -> None:
    page.goto(address)
    page.locator("#row-2 a").click()
    for name, choice in (("track", "objection"), ("accuses", "no"), ("text", ""), ("named", "no")):
        look.at(page, name, scripts=False)
        if choice:
            page.locator(f"input[name={name}][value={choice}]").check()
        else:
            page.get_by_role("textbox").fill(WORDS)
        page.get_by_role("button", name="继续").click()
    page.get_by_role("button", name="提交", exact=True).last.click()
    look.at(page, "receipt", scripts=False)


def sign_in(page: Page, site: str, login: str) -> None:
    page.goto(f"{site}/desk/login")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()


def test_from_the_objection_to_the_decision(
    app: PortalApp,
    office: Office,
    site: str,
    open_page: PageOpener,
    axe: Callable[[Page], list[dict[str, Any]]],
    vnu: HtmlChecker,
    add_staff: Callable[..., str],
    clock: SettableClock,
) -> None:
    notice_id, _ = office.publish(OCTOBER_REVIEW, now=clock.now())
    look, address = Look(axe), f"{site}/n/{notice_id}"
    plain = open_page(viewport=PHONE, java_script_enabled=False)
    object_on_a_telephone(plain, look, address)
    assert plain.context.cookies() == []
    phone = open_page(viewport=PHONE)
    phone.goto(address)
    look.at(phone, "marked")
    assert MARK in phone.locator("#row-2").inner_text()
    assert MARK not in phone.locator("#row-1").inner_text()
    clerk, head = open_page(viewport=DESK), open_page(viewport=DESK)
    sign_in(clerk, site, add_staff(Role.CLERK))
    clerk.locator("main a[href='/desk/objections/']").click()
    look.at(clerk, "list of rows")
    clerk.locator("main table a").click()
    look.at(clerk, "row to check")
    clerk.get_by_role("button", name="登记核查结果").click()
    look.at(clerk, "row with errors")
    clerk.locator("input[name=finding][value=confirmed]").check()
    clerk.locator("input[name=reason][value=conditions-met]").check()
    clerk.get_by_role("button", name="登记核查结果").click()
    sign_in(head, site, add_staff(Role.HEAD))
    head.goto(f"{site}/desk/objections/{the_matter(app.sessions).id}")
    look.at(head, "row to decide on")
    head.get_by_role("button", name="同意").click()
    look.at(head, "row decided on")
    phone.reload()
    assert MARK not in phone.locator("main").inner_text()
    assert [finding for finding in vnu(look.html) if finding.kind == "error"] == []
