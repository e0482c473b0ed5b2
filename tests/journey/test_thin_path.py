"""The thin path in a real browser: one spreadsheet to one phone, one complaint to its answer."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.run import ROOT
from tests.fixtures.servers import LiveServer
from tests.journey.walking import Axe, Walk, units_file

SANYING = "640402100000"
SAMPLE = ROOT / "tests" / "samples" / "sanying-2026-10.xlsx"
OBJECTION = "这一户已经搬走两年，不应当再领。"
ANSWER = "经入户核实，该户仍在本村居住，符合条件。"
DESKTOP = {"width": 1280, "height": 900}
STAFF = (
    ("li-clerk", "clerk", "sanying"),
    ("ma-reviewer", "reviewer", "yuanzhou"),
    ("wu-handler", "handler", "sanying"),
)


@pytest.fixture
def portal(
    start_server: Callable[..., LiveServer], tmp_path: Path
) -> tuple[LiveServer, dict[str, str]]:
    """A fresh installation with places, units and three members of staff; their passwords."""
    server = start_server()
    server.run("regions", "load", str(ROOT / "demo" / "data" / "divisions-guyuan.csv"))
    server.run("units", "load", str(units_file(tmp_path)))
    passwords = {
        login: server.run("users", "add", login, "--role", role, "--unit", unit).stdout.strip()
        for login, role, unit in STAFF
    }
    return server, passwords


@pytest.fixture
def walks(
    portal: tuple[LiveServer, dict[str, str]], open_page: PageOpener, axe: Axe
) -> Iterator[Callable[..., Walk]]:
    """Return a function that gives a person a browser; what all of them saw is kept together."""
    seen: list[tuple[str, str]] = []
    made: list[Walk] = []

    def walk(viewport: dict[str, int] = DESKTOP, **options: object) -> Walk:
        page = open_page(viewport=viewport, **options)
        one = Walk(page, portal[0].url, axe, seen)
        made.append(one)
        return one

    yield walk
    findings = [finding for one in made for finding in one.findings]
    assert findings == []


def test_one_spreadsheet_to_one_phone_and_one_complaint_to_its_answer(
    portal: tuple[LiveServer, dict[str, str]],
    walks: Callable[..., Walk],
    pdf_pages: Callable[..., list[Path]],
    zbar: Callable[[Path], list[str]],
    vnu: HtmlChecker,
) -> None:
    _server, passwords = portal
    clerk = walks()
    clerk.sign_in("li-clerk", passwords["li-clerk"])
    _bring_in_and_submit(clerk)

    reviewer = walks()
    reviewer.sign_in("ma-reviewer", passwords["ma-reviewer"])
    poster_url = _approve(reviewer)

    poster = reviewer.page.request.get(poster_url)
    pages = pdf_pages(poster.body(), dpi=150)
    codes = zbar(pages[0])
    assert len(codes) == 1
    assert urlsplit(codes[0]).path.startswith("/v/")

    resident = walks(viewport=PHONE)
    _read_on_the_phone(resident, urlsplit(codes[0]).path)
    code = _object(resident)
    assert len(code) == 20

    handler = walks()
    handler.sign_in("wu-handler", passwords["wu-handler"])
    _answer(handler, code)

    later = walks(viewport=PHONE)
    _read_the_answer(later, code)

    assert [str(finding) for finding in vnu(clerk.seen)] == []


def _bring_in_and_submit(clerk: Walk) -> None:
    clerk.follow("上报名单", first=True)
    clerk.page.get_by_label("这是哪一类名单？").select_option("standing")
    clerk.page.get_by_label("是哪个乡镇的？").select_option(SANYING)
    clerk.page.get_by_label("是哪个月的？审核公示请填起止日期").fill("2026-10")
    clerk.page.get_by_label("表格文件").set_input_files(SAMPLE)
    clerk.press("上传并检查")
    assert "240" in clerk.text
    assert "148,560.00" in clerk.text
    assert "韩**" in clerk.text
    assert "韩桂信" not in clerk.text
    clerk.press("提交审批")
    assert "名单已提交，由另一人审核。" in clerk.text
    assert clerk.page.get_by_role("button", name="批准并发布").count() == 0


def _approve(reviewer: Walk) -> str:
    assert "有1份名单等您审批" in reviewer.text
    reviewer.follow("名单", first=True)
    reviewer.follow("三营镇 · 长期公示", first=True)
    reviewer.press("批准并发布")
    assert "已批准，公示已发布。" in reviewer.text
    posters = reviewer.page.get_by_role("link", name="公开栏张贴件（PDF）")
    assert posters.count() == 16
    address = posters.first.get_attribute("href")
    assert address is not None
    return reviewer.base + address


def _read_on_the_phone(resident: Walk, path: str) -> None:
    resident.go(path)
    assert "这张公示是真的，现在有效" in resident.text
    resident.follow("查看公示")
    assert "2026年10月最低生活保障对象名单" in resident.text
    assert not re.search(r"\d{17}[\dXx]", resident.page.content())
    resident.go("/")
    resident.follow("原州区", exact=True)
    resident.follow("三营镇", exact=True)
    resident.follow("三营社区", exact=True)
    resident.follow("2026年10月最低生活保障对象名单")
    assert "*" in resident.page.inner_text("#row-1")
    assert resident.page.context.cookies() == []


def _object(resident: Walk) -> str:
    page = resident.page
    page.locator("#row-1 a").click()
    resident.look()
    page.check("input[name=track][value=objection]")
    resident.press("继续")
    page.check("input[name=accuses][value=no]")
    resident.press("继续")
    page.fill("textarea", OBJECTION)
    resident.press("继续")
    page.check("input[name=named][value=no]")
    resident.press("继续")
    assert OBJECTION in resident.text
    page.locator("button[name=go][value=send]:visible").last.click()
    resident.look()
    digits = page.locator(".receipt-code__digits").inner_text()
    # Nothing on the way set a cookie, and the code stands in no address.
    assert page.context.cookies() == []
    code = re.sub(r"\s", "", digits)
    assert code not in page.url
    return code


def _answer(handler: Walk, code: str) -> None:
    page = handler.page
    handler.go("/desk/complaints/")
    page.locator("main a[href*='/desk/complaints/']", has_text=code[:6]).first.click()
    handler.look()
    assert OBJECTION in handler.text
    assert code[6:] not in page.content()
    _do(handler, "accept")
    _do(handler, "answer", ANSWER)


def _do(handler: Walk, slug: str, words: str = "") -> None:
    page = handler.page
    page.locator(f"aside a[href$='/{slug}']").click()
    handler.look()
    if words:
        page.locator("main textarea").first.fill(words)
    page.locator("main form.question button:visible").last.click()
    handler.look()


def _read_the_answer(resident: Walk, code: str) -> None:
    resident.go("/track")
    resident.page.locator("main input[name=code]").fill(code)
    resident.page.locator("main form button").last.click()
    resident.look()
    assert ANSWER in resident.text
    assert code not in resident.page.url
    resident.page.check("input[name=satisfied][value=yes]")
    resident.page.locator("main form button:visible").first.click()
    resident.look()
    assert resident.page.context.cookies() == []
