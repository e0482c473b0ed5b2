"""Lists that wait 待审名单, for tests: who brings them in, what a reviewer does on the pages."""

from collections.abc import Sequence
from datetime import datetime

from bs4 import Tag
from werkzeug.test import TestResponse

from disclosure.bulk.settling import sitting_settler
from disclosure.bulk.sitting import SETTLE_JOB
from disclosure.intake.kinds import Kind
from disclosure.publication import WARM_JOB
from portal.data.jobs import run_one
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from tests.disclosure.lists import EAST, TUANJIE, Given, Household, Office, id_number
from tests.fixtures.pages import Page, PageClient, filled, squeeze
from tests.fixtures.people import GUANTING, SANYING

APPROVALS = "/desk/approvals/"
CLERKS = {SANYING: "clerk-sanying", GUANTING: "clerk-guanting"}
# Two villages of 官厅镇.
GUANTING_VILLAGES = ("官厅村委会", "后川村委会")


def households(
    count: int, *, villages: Sequence[str] = (EAST, TUANJIE), first: int = 1, amount: str = "330"
) -> tuple[Household, ...]:
    """Return households, spread over villages."""
    return tuple(
        Household(
            "王秀英",
            village=villages[n % len(villages)],
            id_number=id_number(first + n),
            amount=amount,
        )
        for n in range(count)
    )


def month(number: int, *, kind: Kind = Kind.STANDING, count: int = 8, **others: object) -> Given:
    """Return a list of 三营镇 for a month of 2026."""
    return Given(households(count, **others), kind=kind, period=f"2026-{number:02d}")  # type: ignore[arg-type]


def submit(office: Office, given: Given, *, now: datetime) -> str:
    """Have the township's own clerk bring a list in and submit it; returns its id."""
    clerk = office.actor(CLERKS[given.region])
    return office.submit(given, now=now, actor=clerk).submission_id


def settle(sessions: Sessions, clock: Clock) -> int:
    """Do what the worker does with sittings; return how many jobs of them there were."""
    handlers = {
        SETTLE_JOB: sitting_settler(sessions, clock),
        WARM_JOB: lambda _payload, _report: None,
    }
    count = 0
    while run_one(sessions, handlers, worker="test", now=clock.now):
        count += 1
    return count


def line(page: Page, submission_id: str) -> Tag:
    """Return the row of one list on the page."""
    (link,) = page.soup.select(f"main table.approvals a[href$='/desk/lists/{submission_id}']")
    row = link.find_parent("tr")
    assert row is not None
    return row


def order(page: Page) -> list[str]:
    """Return the ids of the lists on the page, in their order."""
    links = page.soup.select("main table.approvals tbody th a")
    return [str(link["href"]).rsplit("/", 1)[-1] for link in links]


def ticked(page: Page) -> set[str]:
    """Return the ids of the lists whose boxes are ticked."""
    return {str(box["value"])[:32] for box in page.soup.select("input[name=list][checked]")}


def boxes(page: Page) -> dict[str, str]:
    """Return the value of each list's box, by the list's id."""
    return {
        str(box["value"])[:32]: str(box["value"]) for box in page.soup.select("input[name=list]")
    }


def choose(client: PageClient, ids: Sequence[str], do: str) -> TestResponse:
    """Tick these lists on the page and press a button; return what comes."""
    page = client.page(APPROVALS)
    values = boxes(page)
    return send(client, page, do, [values[key] for key in ids])


def send(client: PageClient, page: Page, do: str, values: Sequence[str]) -> TestResponse:
    """Send the page's form with these boxes ticked; the filter is a form of its own."""
    (form,) = page.soup.select(f"main form[method=post][action$='{APPROVALS}']")
    return client.post(APPROVALS, data=filled(form, {"list": list(values)}, do))


def followed(client: PageClient, answer: TestResponse) -> Page:
    """Return the page that a redirect leads to."""
    return Page(client.follow(answer))


def results(page: Page) -> dict[str, str]:
    """Return what the page says of each list, by the list's id."""
    found = {}
    for link in page.soup.select("main table.data-table tbody th a"):
        row = link.find_parent("tr")
        assert row is not None
        found[str(link["href"]).rsplit("/", 1)[-1]] = squeeze(row.get_text(" "))
    return found
