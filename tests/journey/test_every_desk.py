"""Every desk of the path, in both languages: no axe finding, no invalid HTML, nothing sideways."""

from collections.abc import Callable

import pytest

from demo.staff import PASSWORD
from tests.fixtures.checkers import HtmlChecker
from tests.fixtures.servers import LiveServer
from tests.journey.walking import DESKTOP, Walk

DESKS = {
    "sanying-clerk": ("/desk/", "/desk/lists/", "/desk/lists/upload", "/desk/password"),
    "yuanzhou-reviewer": ("/desk/", "/desk/lists/"),
    "sanying-handler": ("/desk/", "/desk/complaints/", "/desk/complaints/new"),
    "security-auditor": ("/desk/", "/desk/audit"),
    "admin": ("/desk/", "/desk/settings/", "/desk/settings/footer", "/desk/settings/names/"),
}


@pytest.mark.parametrize("login", list(DESKS))
def test_desks_are_accessible_and_valid(
    live_server: LiveServer, walk: Callable[..., Walk], vnu: HtmlChecker, login: str
) -> None:
    """Somebody signs in, looks at everything in Chinese, and then at all of it in English."""
    staff = walk(DESKTOP)
    staff.page.goto(f"{live_server.url}/desk/login")
    staff.page.fill("#login", login)
    staff.page.fill("#password", PASSWORD)
    staff.page.locator("main form button").last.click()
    staff.look()
    for prefix in ("", "/en"):
        for path in DESKS[login]:
            staff.go(prefix + path)
        for part in ("lists", "complaints"):
            if f"/desk/{part}/" in DESKS[login]:
                _open_some(staff, prefix, part)
    assert staff.findings == []
    assert [str(finding) for finding in vnu(staff.seen)] == []


def _open_some(staff: Walk, prefix: str, part: str) -> None:
    """Open what a list of lists or cases leads to: those that wait come first."""
    staff.go(f"{prefix}/desk/{part}/")
    links = staff.page.locator(f"main table a[href*='/desk/{part}/']")
    addresses = [links.nth(at).get_attribute("href") for at in range(min(links.count(), 4))]
    assert addresses
    for address in addresses:
        assert address is not None
        staff.go(address)
