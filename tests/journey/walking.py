"""Walking through the portal in a real browser: each page on the way is checked and remembered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

Axe = Callable[[Page], list[dict[str, Any]]]

NEW_PASSWORD = "four bright villages"

Size = ViewportSize
DESKTOP: Size = {"width": 1280, "height": 900}


@dataclass
class Walk:
    """One person's way: ``look`` after each step checks the page and keeps its HTML for vnu."""

    page: Page
    base: str
    axe: Axe
    seen: list[tuple[str, str]]
    findings: list[dict[str, Any]] = field(default_factory=list)

    def go(self, path: str, *, also: Size | None = None) -> None:
        """Open an address of the portal and look."""
        self.page.goto(self.base + path)
        self.look(also=also)

    def look(self, *, also: Size | None = None) -> None:
        """Check the page that is open, then ``also`` at another size of the window."""
        # As a form is sent its page is left; what counts is the one that came.
        self.page.wait_for_load_state("load")
        self._check()
        self.seen.append((self.page.url, self.page.content()))
        usual = self.page.viewport_size
        if also is not None and usual is not None:
            self.page.set_viewport_size(also)
            self._check()
            self.page.set_viewport_size(usual)

    def _check(self) -> None:
        """Look with axe, and whether anything stands beyond the window."""
        self.findings.extend(self.axe(self.page))
        width = self.page.evaluate("document.documentElement.scrollWidth")
        viewport = self.page.viewport_size
        assert viewport is not None
        assert width <= viewport["width"], f"{self.page.url} scrolls sideways"

    def press(self, words: str) -> None:
        """Press the button that says ``words``, and look at what comes."""
        self.page.get_by_role("button", name=words, exact=True).click()
        self.look()

    def follow(self, words: str, *, first: bool = False, exact: bool = False) -> None:
        """Follow the link that says ``words`` (``exact``: and nothing else), and look."""
        link = self.page.get_by_role("link", name=words, exact=exact)
        (link.first if first else link).click()
        self.look()

    def fill(self, label: str, value: str) -> None:
        """Type into the field labelled ``label``."""
        self.page.get_by_label(label, exact=True).fill(value)

    def choose(self, label: str) -> None:
        """Choose the answer labelled ``label``."""
        self.page.get_by_label(label).first.check()

    def sign_in(self, login: str, one_time: str) -> None:
        """Sign in for the first time, which asks for a password of one's own."""
        self.go("/desk/")
        self._give(login, one_time)
        self.fill("当前密码", one_time)
        self.fill("新密码", NEW_PASSWORD)
        self.press("修改密码")
        self._give(login, NEW_PASSWORD)

    def _give(self, login: str, password: str) -> None:
        self.fill("登录名", login)
        self.fill("密码", password)
        self.press("登录")

    @property
    def text(self) -> str:
        """The words of the page that is open."""
        return self.page.inner_text("body")


def units_file(folder: Path) -> Path:
    """Write the units of the journey: 三营镇, its county and its discipline office."""
    path = folder / "units.csv"
    path.write_text(
        "id,name,kind,region,phone,address,supervised_by\n"
        "city,固原市民政局,city,640400000000,0954-0000001,固原市政务大厅,\n"
        "yuanzhou,原州区民政局,county,640402000000,0954-0000002,原州区政务大厅,city\n"
        "discipline,原州区纪委监委,discipline,640402000000,0954-0000003,原州区政务大厅,\n"
        "sanying,三营镇民政办,township,640402100000,0954-0000004,三营镇便民服务中心,yuanzhou\n",
        encoding="utf-8",
    )
    return path
