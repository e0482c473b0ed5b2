"""Previews 预览: what each channel will show, before anybody has approved it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.app import PortalApp
from portal.kernel.clock import SettableClock
from portal.kernel.masking import WHOLE_NAMES_ON_BOARD
from portal.kernel.permissions import Role
from tests.disclosure.lists import FOUR, Given, Office, list_csv
from tests.disclosure.test_upload import send
from tests.fixtures.pages import Page, PageClient


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


def first_preview(client: PageClient, page: Page) -> Page:
    links = page.soup.select('main a[href*="/preview/"]:not([href$=".pdf"])')
    return client.page(str(links[0]["href"]))


def names(page: Page) -> list[list[str]]:
    """Return the names of each pane, in the panes' order."""
    return [
        [next(row.select("td")[0].stripped_strings) for row in pane.select("tbody tr")]
        for pane in page.soup.select(".side-by-side__pane")
    ]


def test_the_three_channels_stand_side_by_side(clerk: PageClient) -> None:
    listed = Page(clerk.follow(send(clerk, list_csv(FOUR))))
    page = first_preview(clerk, listed)
    board, kiosk, web = names(page)
    assert board == kiosk == ["王*英", "欧阳*", "马*"]
    assert web == ["王**", "欧阳*", "马*"]
    marked = [mark.get_text() for mark in page.soup.select("main mark")]
    assert marked == ["王*英", "王*英"]
    differing = page.soup.select(".side-by-side__pane--differs")
    assert len(differing) == 2
    # In the list's own table the same names are marked.
    assert [mark.get_text() for mark in listed.soup.select("main mark")][:2] == ["王*英", "王*英"]


def test_whole_names_are_seen_before_they_are_approved(
    app: PortalApp, office: Office, staff: Callable[..., PageClient], clock: SettableClock
) -> None:
    imported = office.bring_in(Given(policy=WHOLE_NAMES_ON_BOARD), now=clock.now())
    reviewer = staff(Role.REVIEWER)
    listed = reviewer.page(f"/desk/lists/{imported.submission_id}")
    board, kiosk, _ = names(first_preview(reviewer, listed))
    assert board == ["王秀英", "欧阳兰", "马伟"]
    assert "王秀英" not in kiosk


def test_the_poster_of_a_draft_says_that_it_is_not_valid(
    clerk: PageClient, pdf_text: Callable[[Path | bytes], str]
) -> None:
    listed = Page(clerk.follow(send(clerk, list_csv(FOUR))))
    (link, *_) = listed.soup.select('main a[href$=".pdf"]')
    answer = clerk.get(str(link["href"]))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    text = pdf_text(answer.data)
    assert "预览" in text
    assert "PREVIEW" in text
    assert "王*英" in text
    assert "00000-00000" in text  # no code that could ever become valid


def test_only_staff_of_the_area_see_a_preview(
    clerk: PageClient, staff: Callable[..., PageClient]
) -> None:
    listed = Page(clerk.follow(send(clerk, list_csv(FOUR))))
    links = [str(link["href"]) for link in listed.soup.select('main a[href*="/preview/"]')]
    assert links
    other = staff(Role.CLERK, "guanting")
    assert {other.get(link).status_code for link in links} == {404}
    assert {clerk.get(f"{links[0]}x").status_code} == {404}
