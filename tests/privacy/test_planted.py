"""Five hundred pieces of personal data, planted wherever a file has room: none comes out."""

import io
import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from disclosure.gate import WITHHELD
from disclosure.models import Notice, PrintCode, Submission
from portal.app import PortalApp
from portal.kernel.permissions import Role
from portal.searching import update_index
from tests.fixtures.pages import Page, PageClient, filled
from tests.fixtures.people import SANYING
from tests.privacy.files import CLEAN, FORMS, IN_TEXTS, PLAIN_FORMS, PlantedFile
from tests.privacy.outputs import Crawler, Outputs, add_folder

UPLOAD = "/desk/lists/upload"
PERIODS = {"standing": "2026-10", "temporary": "2026-Q3"}
OF_A_NOTICE = ("", ".json", ".csv", "/qr.svg", "/history", "/receipts", ".tlog-proof")
PUBLIC = re.compile(
    r"/(?:en/)?(?:|figures.*|policies.*|feed/.*|log/.*|v/.*|search|check|complain|sitemap\.xml"
    r"|catalog\.jsonld|r/6404(?:00000000|02000000|02100000|02100201))"
)
A_LIST = re.compile("/desk/lists/[0-9a-f]{32}")
DESK = re.compile(r"/desk/(?!logout|.*annotated).*")
FIRST_STANDING, FIRST_TEMPORARY = 0, len(FORMS)
ALL_PAGES = (FIRST_STANDING, FIRST_TEMPORARY)  # of these files every page is looked at


@dataclass(frozen=True)
class Visitors:
    """Everybody who looks, and what they look at."""

    app: PortalApp
    resident: PageClient
    clerk: PageClient
    reviewer: PageClient
    staff: Callable[..., PageClient]


@pytest.fixture
def visitors(
    app: PortalApp,
    client: PageClient,
    clerk: PageClient,
    reviewer: PageClient,
    staff: Callable[..., PageClient],
) -> Visitors:
    """A resident, a clerk and a reviewer, and whoever of the staff is asked for."""
    return Visitors(app, client, clerk, reviewer, staff)


def send(clerk: PageClient, file: PlantedFile, data: bytes) -> Page:
    """Upload a file as a clerk does, and return the page that it leads to."""
    sent = {
        "kind": file.kind,
        "region": SANYING,
        "period": PERIODS[file.kind],
        "file": (io.BytesIO(data), file.name),
    }
    answer = clerk.submit(clerk.page(UPLOAD), sent)
    assert answer.status_code == 302, Page(answer).text
    return Page(clerk.follow(answer))


def approve(clerk: PageClient, reviewer: PageClient, shown: Page) -> None:
    """Submit and approve the list that is shown, leaving out its bad rows."""
    path = shown.where.removeprefix("GET ")
    if shown.soup.select("form[action$='/leave-out']"):
        clerk.submit(shown, action="/leave-out")
    assert clerk.submit(clerk.page(path), action="/submit").status_code == 302
    # The first form approves at once; a second may let the list be posted on a later day.
    at_once = reviewer.page(path).soup.select_one("form[action$='/approve']")
    assert at_once is not None
    assert reviewer.post(f"{path}/approve", filled(at_once, {}, None)).status_code == 302


def notices_of(app: PortalApp) -> list[str]:
    with app.sessions.reading() as session:
        query = select(Notice.id).where(Notice.published_at.is_not(None))
        return list(session.scalars(query.order_by(Notice.id)))


def look_at_notices(visitors: Visitors, outputs: Outputs, pdf_text: Callable[[bytes], str]) -> int:
    """Look at all that is served of the notices; return how many rows the web shows."""
    resident, reviewer = visitors.resident, visitors.reviewer
    public = Crawler(resident, outputs, "resident")
    notices = notices_of(visitors.app)
    paths = [f"/n/{notice_id}{suffix}" for notice_id in notices for suffix in OF_A_NOTICE]
    with visitors.app.sessions.reading() as session:
        paths += [f"/v/{code}" for code in session.scalars(select(PrintCode.code)).all()[:2]]
    for path in [*paths, f"/en/n/{notices[0]}", f"/en/n/{notices[0]}/receipts"]:
        public.get(path)
    posters = (
        (resident, f"/n/{notices[0]}.pdf"),
        (reviewer, f"/desk/lists/poster/{notices[0]}.pdf"),
    )
    for client, path in posters:
        poster = client.get(path)
        assert poster.status_code == 200
        outputs.add(f"the poster {path}", pdf_text(poster.data))
    public.crawl("/", inside=re.compile("/(?:en/)?"))
    for who, client in (("clerk", visitors.clerk), ("reviewer", reviewer)):
        Crawler(client, outputs, who).crawl("/desk/lists/", "/desk/", inside=A_LIST)
    return sum(len(json.loads(resident.get(f"/n/{one}.json").data)["rows"]) for one in notices)


def look_everywhere(visitors: Visitors, outputs: Outputs) -> None:
    """Look at every page that residents and each role can reach."""
    public = Crawler(visitors.resident, outputs, "resident")
    public.crawl("/", "/en/", "/sitemap.xml", inside=PUBLIC)
    for query in ("三营镇", "低保", "突发疾病", "东塬"):
        public.get(f"/search?q={query}")
    for role in (Role.CLERK, Role.REVIEWER, Role.HEAD, Role.ADMIN, Role.SECURITY_AUDITOR):
        watcher = visitors.staff(role, login=f"second-{role.value}")
        Crawler(watcher, outputs, role.value).crawl("/desk/", inside=DESK)


def check_annotated(visitors: Visitors, shown: Page) -> None:
    """The copy with marks is the clerk's own file: nobody else gets it, and nothing keeps it."""
    path = shown.where.removeprefix("GET ") + "/annotated.xlsx"
    answer = visitors.clerk.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert visitors.reviewer.get(path).status_code == 403
    assert visitors.resident.get(path).status_code in {302, 401, 403}


@pytest.mark.parametrize("number", range(len(FORMS) + len(PLAIN_FORMS)))
def test_no_plant_comes_out(
    visitors: Visitors,
    planted: tuple[PlantedFile, ...],
    number: int,
    pdf_text: Callable[[bytes], str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.INFO)
    file, outputs, app = planted[number], Outputs(), visitors.app
    shown = send(visitors.clerk, file, file.data)
    outputs.add("the list at the desk", shown.response.data)
    if file.corrected:
        check_stopped(visitors, shown, outputs)
        shown = send(visitors.clerk, file, file.corrected)
    check_annotated(visitors, shown)
    approve(visitors.clerk, visitors.reviewer, shown)
    update_index(app.settings, app.sessions)
    assert look_at_notices(visitors, outputs, pdf_text) == file.rows
    if number in ALL_PAGES:
        look_everywhere(visitors, outputs)
    outputs.add("the log's lines", caplog.text)
    app.sessions.engine.dispose()
    add_folder(outputs, tmp_path, but=[tmp_path / "secrets", *tmp_path.glob("given-*.pdf")])
    assert outputs.count > 50
    assert outputs.leaks(file.plants, file.persons) == []


def check_stopped(visitors: Visitors, shown: Page, outputs: Outputs) -> None:
    """The gate names every row with a plant, and no other; nobody gets past it."""
    path = shown.where.removeprefix("GET ")
    with visitors.app.sessions.reading() as session:
        (submission,) = session.scalars(select(Submission))
        hits = [(hit["place"], hit["row"]) for hit in submission.gate_hits]
        assert submission.rows_ok == CLEAN + IN_TEXTS
    assert len(set(hits)) == IN_TEXTS
    assert shown.text.count(WITHHELD) >= IN_TEXTS
    assert not shown.soup.select("form[action$='/submit']")
    token = shown.soup.select_one("input[name=csrf_token]")
    assert token is not None
    answer = visitors.clerk.post(f"{path}/submit", {"csrf_token": str(token["value"])})
    assert "个人信息" in Page(visitors.clerk.follow(answer)).text
    assert notices_of(visitors.app) == []
    inside = re.compile(f"{path}.*")
    Crawler(visitors.reviewer, outputs, "reviewer of a stopped list").crawl(path, inside=inside)


def test_the_search_for_leaks_finds_every_plant(planted: tuple[PlantedFile, ...]) -> None:
    """Whatever the disguise: or the test above could not fail."""
    plants = [plant for file in planted for plant in file.plants]
    assert len(plants) >= 500
    assert len({plant.where for plant in plants}) > 100
    for plant in plants:
        outputs = Outputs()
        outputs.add("here", f"<td>{plant.written}</td>")
        assert outputs.leaks([plant]), plant
        outputs = Outputs()
        outputs.add("here", f"<td>{plant.marker}</td>".encode())
        assert outputs.leaks([plant]), plant
