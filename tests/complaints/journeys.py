"""Walking through the public pages as a resident does, one answer after the other."""

import re
from typing import Any

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from complaints.models import Complaint
from portal.app import PortalApp
from portal.kernel.receipts import ReceiptCode
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import SANYING, YUANZHOU

TEXT = "我家的低保金三个月没有到账。\n村上说不知道。"
NAME, PHONE = "测试户甲", "13900000001"
CONTINUE = "Continue"

Given = list[dict[str, str]]
HELP: Given = [
    {"track": "help"},
    {"place": YUANZHOU},
    {"place": SANYING},
    {"place": "here"},
    {"urgent": "no"},
    {"text": TEXT},
    {"named": "yes"},
    {"name": NAME, "phone": PHONE},
]
SERVICE: Given = [
    {"track": "service"},
    {"place": YUANZHOU},
    {"place": SANYING},
    {"place": "here"},
    {"office": "sanying"},
    {"text": TEXT},
    {"named": "yes"},
    {"name": NAME, "phone": PHONE},
    {"consent": "no"},
]
ACCUSATION: Given = [
    {"track": "accusation"},
    {"accused": "township"},
    {"place": YUANZHOU},
    {"place": SANYING},
    {"place": "here"},
    {"text": TEXT},
    {"named": "no"},
]


def answer(client: PageClient, given: Given, *, start: str = "/en/complain") -> Page:
    """Answer one question a page, and return the page after the last one."""
    page = client.page(start)
    for values in given:
        response = client.submit(page, values, button=CONTINUE)
        assert response.status_code == 200, f"{values}: {Page(response).text}"
        page = Page(response)
    return page


def send(client: PageClient, check: Page) -> Page:
    """Send what was answered, and return the receipt."""
    response = client.submit(check, button="send")
    assert response.status_code == 200, Page(response).text
    return Page(response)


def code_on(receipt: Page) -> ReceiptCode:
    """Return the code that stands on a receipt."""
    (digits,) = receipt.soup.select(".receipt-code__digits")
    return ReceiptCode(re.sub(r"\D", "", digits.get_text()))


def look_up(
    client: PageClient, code: str, *, path: str = "/en/track", **options: Any
) -> TestResponse:
    """Enter a code on the page that asks for it."""
    return client.post(path, {"code": code}, **options)


def cases(app: PortalApp) -> list[Complaint]:
    """Return every complaint there is."""
    with app.sessions.reading() as session:
        return list(session.scalars(select(Complaint)))


def count(app: PortalApp) -> int:
    """Return how many complaints there are."""
    with app.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(Complaint)) or 0
