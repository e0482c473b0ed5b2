"""What the tests of fund figures share: an office that brings lists in, and a county's files."""

import io
from collections.abc import Sequence

import pytest
from werkzeug.test import TestResponse

from portal.kernel.permissions import Role
from tests.disclosure.lists import Office
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import YUANZHOU

HEADINGS = "乡镇（街道）,月份,救助项目,户数,人数,发放金额（元）,发放日期"
MATCHING = "三营镇,2026-10,农村低保,4,9,1650.50,2026-10-08"
LATE = "三营镇,2026-10,农村低保,4,9,1650.50,2026-10-12"
DIFFERENT = "三营镇,2026-10,农村低保,5,11,1980.50,2026-10-08"


def fund_file(*lines: str) -> bytes:
    """Return a county's fund file, amounts in yuan."""
    return "\n".join([HEADINGS, *lines]).encode()


class County:
    """原州区: its clerk brings fund files in, its reviewer approves them."""

    def __init__(self, staff: StaffMaker) -> None:
        self.clerk: PageClient = staff(Role.CLERK, "yuanzhou")
        self.reviewer: PageClient = staff(Role.REVIEWER, "yuanzhou")

    def upload(self, *lines: str, region: str = YUANZHOU, period: str = "2026") -> TestResponse:
        """Bring a file in on the desk's upload page."""
        values = {
            "kind": "funds",
            "region": region,
            "period": period,
            "file": (io.BytesIO(fund_file(*lines)), "资金发放.csv"),
        }
        return self.clerk.submit(self.clerk.page("/desk/lists/upload"), values)

    def draft(self, *lines: str) -> Page:
        """Bring a file in that has no errors."""
        answer = self.upload(*lines)
        assert answer.status_code == 302, Page(answer).text
        return Page(self.clerk.follow(answer))

    def submit(self, draft: Page) -> Page:
        """Submit a draft."""
        shown = self.clerk.page(draft.response.request.path)
        return Page(self.clerk.follow(self.clerk.submit(shown, action="/submit")))

    def approve(self, draft: Page) -> Page:
        """Approve what was submitted."""
        shown = self.reviewer.page(draft.response.request.path)
        return Page(self.reviewer.follow(self.reviewer.submit(shown, action="/approve")))

    def publish(self, *lines: str, reasons: Sequence[tuple[int, str, str]] = ()) -> str:
        """Bring a file in, explain its differences, submit and approve it; return its id."""
        draft = self.draft(*lines)
        if reasons:
            typed: dict[str, str] = {}
            for n, reason, words in reasons:
                typed |= {f"reason-{n}": reason, f"explanation-{n}": words}
            answer = self.clerk.submit(draft, typed, action="/explain")
            assert answer.status_code == 302, Page(answer).text
        self.submit(draft)
        shown = self.approve(draft)
        assert "已发布" in shown.text, shown.text
        return draft.response.request.path.rpartition("/")[2]


@pytest.fixture
def county(staff: StaffMaker, office: Office) -> County:
    """The county's office for funds."""
    return County(staff)
