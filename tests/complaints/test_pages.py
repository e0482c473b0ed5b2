"""The public pages: one question a page, no cookie, a receipt, and following with the code."""

from sqlalchemy import select

from complaints.tracks import Track
from tests.complaints.conftest import Bureau
from tests.fixtures.pages import Page, PageClient


def test_smoke(client: PageClient, bureau: Bureau) -> None:
    page = client.page("/complain")
    print(page.text)
    for values in (
        {"track": "help"}, {"place": "640402000000"}, {"place": "640402100000"}, {"place": "here"},
        {"urgent": "no"}, {"text": "三个月没有到账"}, {"named": "yes"}, {"name": "甲", "phone": "13900000001"},
    ):
        answer = client.submit(page, values, button="继续")
        assert answer.status_code == 200, answer.text
        page = Page(answer)
        print("=====", page.h1)
    print(page.text)
    page = Page(client.submit(page))
    print(page.text)
    assert 0
