"""What the tests of figures of kinds share: a file that is brought in and approved at the desk."""

import io
from collections.abc import Callable, Sequence

import pytest

from portal.kernel.permissions import Role
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import YUANZHOU

HEAD = "source,region_code,region,period,programme,measure,value,unit,note"
Lines = Sequence[str]
Publish = Callable[[Lines], str]


def line(told: str, *, place: str = YUANZHOU, name: str = "原州区", period: str = "2026-09") -> str:
    """Return a line of a file; ``told`` is "programme,measure,value,unit"."""
    return f"S5,{place},{name},{period},{told},"


def file_of(lines: Lines) -> io.BytesIO:
    """Return a file of figures."""
    return io.BytesIO("\n".join([HEAD, *lines]).encode())


@pytest.fixture
def reviewer(places: object, staff: StaffMaker) -> PageClient:
    """A reviewer of the county who has described the source S5."""
    signed_in = staff(Role.REVIEWER)
    page = signed_in.page("/desk/figures/sources")
    signed_in.submit(page, {"id": "S5", "title": "原州区民政局统计", "publisher": "原州区民政局"})
    return signed_in


@pytest.fixture
def publish(reviewer: PageClient, staff: StaffMaker) -> Publish:
    """Bring lines in, have a second person approve them, and return the draft's page as words."""
    head = staff(Role.HEAD, "yuanzhou")

    def published(lines: Lines) -> str:
        form = reviewer.page("/desk/figures/upload")
        draft = Page(
            reviewer.follow(reviewer.submit(form, {"file": (file_of(lines), "figures.csv")}))
        )
        path = draft.response.request.path
        reviewer.submit(draft, action="/submit")
        answer = head.follow(head.submit(head.page(path), action="/approve"))
        assert "已发布" in answer.get_data(as_text=True)
        return draft.text

    return published
