"""A resident with a telephone and a handler at a desk, in a real browser: usable and accessible."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from werkzeug.serving import make_server

from portal.app import PortalApp
from portal.config import Settings
from portal.data.session import Sessions
from portal.kernel.permissions import Role
from tests.complaints.conftest import ANSWER
from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.people import PASSWORD, SANYING, YUANZHOU
from tests.fixtures.run import free_port

Axe = Callable[[Page], list[dict[str, Any]]]


class Look:
    """Looks at each page on the way: nothing inaccessible, nothing wider than the screen."""

    def __init__(self, axe: Axe | None) -> None:
        self.axe = axe
        self.html: list[tuple[str, str]] = []

    def at(self, page: Page, name: str) -> None:
        self.html.append((name, page.content()))
        if self.axe is not None:
            assert self.axe(page) == [], name
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.viewport_size["width"], f"{name} is {width} px wide"  # type: ignore[index]


@pytest.fixture
def site(app: PortalApp, places: Sessions) -> Iterator[str]:
    """The application behind a real socket, on the address that its settings name."""
    del places
    port = int(app.settings.base_url.rsplit(":", 1)[1])
    server = make_server("127.0.0.1", port, app.wsgi, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app.settings.base_url
    server.shutdown()
    thread.join()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of the test, on a port of its own."""
    return Settings(**{**vars(settings), "base_url": f"http://127.0.0.1:{free_port()}"})


def go_on(page: Page, look: Look, name: str) -> None:
    page.get_by_role("button", name="继续").click()
    look.at(page, name)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value='{value}']").check()


def file_a_complaint(page: Page, site: str, look: Look) -> str:
    """Answer the questions on a telephone, and return the code on the receipt."""
    page.goto(f"{site}/complain")
    look.at(page, "first question")
    choose(page, "track", "service")
    go_on(page, look, "county")
    choose(page, "place", YUANZHOU)
    go_on(page, look, "township")
    choose(page, "place", SANYING)
    go_on(page, look, "village")
    choose(page, "place", "here")
    go_on(page, look, "office")
    go_on(page, look, "office, nothing chosen")
    choose(page, "office", "sanying")
    go_on(page, look, "text")
    page.get_by_role("textbox").fill("交了申请两个月，没有回音。")
    go_on(page, look, "named")
    choose(page, "named", "yes")
    go_on(page, look, "contact")
    page.locator("[name=name]").fill("测试户甲")
    page.locator("[name=phone]").fill("13900000001")
    go_on(page, look, "consent")
    choose(page, "consent", "no")
    go_on(page, look, "check")
    page.get_by_role("button", name="提交", exact=True).last.click()
    look.at(page, "receipt")
    return page.locator(".receipt-code__digits").inner_text().replace(" ", "").replace("\n", "")


def handle(page: Page, site: str, look: Look, login: str) -> None:
    """Sign in, accept the case and answer it."""
    page.goto(f"{site}/desk/login")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button").click()
    page.goto(f"{site}/desk/complaints/")
    look.at(page, "desk list")
    page.locator("main table a").click()
    look.at(page, "desk case")
    address = page.url
    page.get_by_role("link", name="受理", exact=True).click()
    look.at(page, "desk accept")
    page.locator("main form button").click()
    page.goto(f"{address}/answer")
    look.at(page, "desk answer")
    page.locator("[name=text]").fill(ANSWER)
    page.locator("main form button").click()
    look.at(page, "desk answered")
    page.goto(f"{site}/desk/complaints/new")
    look.at(page, "desk register")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_first_question_to_the_answer(
    site: str,
    open_page: PageOpener,
    axe: Axe,
    vnu: HtmlChecker,
    add_staff: Callable[..., str],
    scripts: bool,
) -> None:
    # axe needs timers, which stand still where scripts may not run.
    look = Look(axe if scripts else None)
    phone = open_page(viewport=PHONE, java_script_enabled=scripts)
    code = file_a_complaint(phone, site, look)
    desk = open_page(viewport={"width": 1280, "height": 900})
    handle(desk, site, look, add_staff(Role.HANDLER, "yuanzhou"))
    phone.goto(f"{site}/track#{code}")
    look.at(phone, "track")
    field = phone.locator("[name=code]")
    if scripts:
        assert field.input_value().replace(" ", "") == code
        assert phone.url == f"{site}/track"
    else:
        field.fill(code)
    phone.locator("main form button").click()
    look.at(phone, "matter")
    assert ANSWER in phone.locator("main").inner_text()
    choose(phone, "satisfied", "yes")
    phone.locator("form[action$=satisfied] button").click()
    look.at(phone, "thanked")
    assert phone.context.cookies() == []
    assert [finding for finding in vnu(look.html) if finding.kind == "error"] == []
