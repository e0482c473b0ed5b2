"""A sitting in a real browser 浏览器: filter, look at the sample, approve all of thirty."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from disclosure.intake.kinds import Kind
from disclosure.logbook.models import LogCheckpoint
from disclosure.models import Notice
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.bulk.lists import APPROVALS, month, submit
from tests.disclosure.lists import Office
from tests.fixtures.browsers import PHONE, PageOpener, Violation
from tests.fixtures.people import PASSWORD
from tests.fixtures.servers import LiveServer

LISTS = 30
SETTLED_MS = 120_000


@pytest.fixture
def folder(
    clerks: Office,
    add_staff: Callable[..., str],
    clock: SettableClock,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A data folder in which thirty lists wait, and a reviewer who may approve them."""
    add_staff(Role.REVIEWER)
    for number in range(LISTS):
        given = month(1 + number % 12, kind=Kind.TEMPORARY, count=4, first=1 + 10 * number)
        submit(clerks, given, now=clock.now())
        clock.advance(timedelta(seconds=1))
    clerks.sessions.engine.dispose()
    folder = tmp_path_factory.mktemp("approvals") / "data"
    shutil.copytree(tmp_path, folder)
    return folder


def sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/desk/login")
    page.fill("#login", "reviewer-yuanzhou")
    page.fill("#password", PASSWORD)
    page.locator("main form button").last.click()
    page.wait_for_load_state()


def check(page: Page, axe: Callable[[Page], list[Violation]]) -> None:
    assert axe(page) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert page.viewport_size is not None
    assert width <= page.viewport_size["width"]


@pytest.mark.databases("sqlite")
def test_a_county_approves_thirty_lists_in_one_sitting(
    folder: Path,
    start_server: Callable[..., LiveServer],
    open_page: PageOpener,
    axe: Callable[[Page], list[Violation]],
) -> None:
    server = start_server(folder)
    page = open_page(viewport=PHONE, java_script_enabled=True)
    sign_in(page, server)
    page.goto(server.url + APPROVALS)
    check(page, axe)
    page.select_option("#filter-kind", "temporary")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("table.approvals tbody tr")).to_have_count(LISTS)
    page.get_by_role("link", name="全部", exact=True).click()
    expect(page.locator("input[name=list]:checked")).to_have_count(LISTS)
    check(page, axe)
    page.get_by_role("button", name="抽查勾选的名单").click()
    expect(page.locator("h1")).to_have_text("抽查勾选的名单")
    expect(page.locator("#sample tbody tr")).to_have_count(6)
    check(page, axe)
    page.get_by_role("button", name=f"审批并公示这 {LISTS} 份名单").click()
    # No script of ours asks: the page comes again by itself.
    expect(page.get_by_text(f"已审批 {LISTS} 份名单。")).to_be_visible(timeout=SETTLED_MS)
    check(page, axe)
    server.stop()
    _check_signed(server.data_folder)


def _check_signed(folder: Path) -> None:
    sessions = Sessions(make_engine(f"sqlite:///{folder / 'portal.db'}"))
    with sessions.reading() as session:
        published = session.scalar(select(func.count(Notice.published_at)))
        assert session.scalar(select(func.max(LogCheckpoint.size))) == published == 2 * LISTS
    sessions.engine.dispose()
