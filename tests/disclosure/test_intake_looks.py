"""The intake's pages in a real browser: usable on a phone, accessible, valid, in both languages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.disclosure.lists import FOUR, list_csv
from tests.disclosure.test_batches import titled
from tests.disclosure.test_upload_columns import STRANGE, rows
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.people import PASSWORD
from tests.fixtures.servers import LiveServer
from tests.intake.workbooks import HEADINGS, household, xlsx
from tests.journey.walking import Axe, Walk

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@pytest.mark.parametrize(
    ("prefix", "viewport"), [("", PHONE), ("/en", DESKTOP)], ids=["zh-phone", "en-desktop"]
)
def test_every_page_of_the_intake(
    prepared_folder: Path,
    start_server: Callable[..., LiveServer],
    open_page: Callable[..., Page],
    axe: Axe,
    vnu: HtmlChecker,
    tmp_path: Path,
    prefix: str,
    viewport: dict[str, int],
) -> None:
    server = start_server(prepared_folder)
    clerk = Walk(open_page(viewport=viewport), server.url, axe, [])
    clerk.page.goto(f"{server.url}{prefix}/desk/login")
    clerk.page.fill("#login", "clerk")
    clerk.page.fill("#password", PASSWORD)
    clerk.page.locator("main form button").last.click()
    files = _write_files(tmp_path)
    _upload(clerk, prefix, files[0])
    clerk.page.locator("main a[href$='/columns']").click()
    clerk.look()
    _upload(clerk, prefix, files[1])
    clerk.page.locator("main a[href*='/preview/']").first.click()
    clerk.look()
    clerk.go(f"{prefix}/desk/lists/batches/")
    clerk.page.set_input_files("input[type=file]", [str(file) for file in files])
    clerk.page.locator("main form button").last.click()
    clerk.look()
    # The page looks again by itself until every file has been read.
    clerk.page.wait_for_selector("main progress", state="detached", timeout=60_000)
    clerk.look()
    assert clerk.page.locator("main fieldset").count() >= 1
    assert clerk.findings == []
    assert [str(finding) for finding in vnu(clerk.seen)] == []


def _write_files(folder: Path) -> list[Path]:
    """Write one file of each sort: strange, good, bad, with and without a title."""
    files = {
        "strange.xlsx": xlsx([STRANGE, *rows()]),
        "good.csv": list_csv(FOUR),
        "bad.xlsx": xlsx([["三营镇2026年11月名单"], HEADINGS, household(1, 身份证号码="1")]),
        "titled.xlsx": titled("640402100000"),
        "untitled.xlsx": xlsx([HEADINGS, household(7)]),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def _upload(clerk: Walk, prefix: str, file: Path) -> None:
    clerk.go(f"{prefix}/desk/lists/upload")
    clerk.page.set_input_files("input[type=file]", str(file))
    clerk.page.locator("main form button").last.click()
    clerk.look()
