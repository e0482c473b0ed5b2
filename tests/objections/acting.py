"""What people do about a row: object on the pages, record a finding, decide."""

import csv
import io
import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from disclosure.objections.course import Finding, MatterState
from disclosure.objections.deciding import Recorded, decide_matter, record_finding
from disclosure.objections.models import RowMatter
from disclosure.objections.opening import FindingDue, hold_back
from portal.data.accounts import Actor
from portal.data.session import Sessions
from portal.kernel.receipts import ReceiptCode
from tests.complaints.journeys import answer, code_on, send
from tests.disclosure.lists import REVIEW, Office
from tests.fixtures.pages import Page, PageClient

OCTOBER_REVIEW = replace(REVIEW, period="2026-10-08/2026-10-14")
MARK = "有异议，正在核查"
WORDS = "这一户已经搬走两年，不应当再领。"
DUE = FindingDue(date(2026, 10, 22), provisional=False)


def object_to(
    client: PageClient, notice_id: str, row: int, *, accuses: str | None = None
) -> ReceiptCode:
    """Object to a row as a resident does, without a name; return the receipt's code."""
    given: list[dict[str, str]] = [{"track": "objection"}]
    if accuses is None:
        given += [{"accuses": "no"}]
    else:
        given += [{"accuses": "yes"}, {"accused": accuses}]
    given += [{"text": WORDS}, {"named": "no"}]
    check = answer(client, given, start=f"/en/complain?notice={notice_id}&row={row}")
    return code_on(send(client, check))


@dataclass(frozen=True)
class Seen:
    """What residents see of a notice: the rows that are marked, channel by channel."""

    page: list[int]
    json: list[int]
    csv: list[int]


def seen(client: PageClient, notice_id: str) -> Seen:
    """Return which rows are marked on the page, in the JSON and in the CSV."""
    page = client.page(f"/n/{notice_id}")
    marked = [
        int(str(row["id"]).removeprefix("row-"))
        for row in page.soup.select("tr[id^=row-]")
        if MARK in row.get_text()
    ]
    table = client.get(f"/n/{notice_id}.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    return Seen(
        marked,
        notice_json(client, notice_id)["under_examination"],
        [int(line["序号"]) for line in lines if line["异议核查"] == MARK],
    )


def notice_json(client: PageClient, notice_id: str) -> dict[str, Any]:
    """Return ``/n/<id>.json``."""
    found: dict[str, Any] = json.loads(client.get(f"/n/{notice_id}.json").data)
    return found


def matters(sessions: Sessions) -> list[RowMatter]:
    """Return every matter, oldest first."""
    with sessions.reading() as session:
        return list(session.scalars(select(RowMatter).order_by(RowMatter.opened_at, RowMatter.id)))


def the_matter(sessions: Sessions) -> RowMatter:
    """Return the one matter there is."""
    (found,) = matters(sessions)
    return found


def states(sessions: Sessions) -> list[MatterState]:
    """Return the states of all matters, oldest first."""
    return [matter.state for matter in matters(sessions)]


def mark(office: Office, notice_id: str, n: int, *, now: datetime, **options: Any) -> bool:
    """Hold a row back, as the joins do."""
    with office.sessions.writing() as session:
        return hold_back(session, notice_id, n, due=DUE, keys=office.keys, now=now, **options)


def settle(
    office: Office,
    clerk: Actor,
    head: Actor,
    recorded: Recorded,
    *,
    now: datetime,
) -> None:
    """Record a finding about the one open row, and decide on it."""
    (matter,) = [one for one in matters(office.sessions) if one.state is MatterState.OPEN]
    with office.sessions.writing() as session:
        record_finding(session, clerk, matter.id, recorded, "", now=now)
    with office.sessions.writing() as session:
        decide_matter(session, head, matter.id, recorded, keys=office.keys, now=now)


CONFIRMED = Recorded(Finding.CONFIRMED, "conditions-met")
STRUCK = Recorded(Finding.STRUCK, "conditions-not-met")
POST_AGAIN = Recorded(Finding.POST_AGAIN, "met-after-check")


def fill_finding(
    client: PageClient, matter_id: str, finding: str, reason: str, **more: str
) -> Page:
    """Record a finding through the desk's page; return the page that follows."""
    page = client.page(f"/desk/objections/{matter_id}")
    values = {"finding": finding, "reason": reason, **more}
    return Page(client.follow(client.submit(page, values, action="/finding")))


def press_decide(client: PageClient, matter_id: str) -> Page:
    """Decide through the desk's page; return the page that follows."""
    page = client.page(f"/desk/objections/{matter_id}")
    return Page(client.follow(client.submit(page, action="/decide")))
