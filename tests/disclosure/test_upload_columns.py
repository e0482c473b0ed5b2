"""Forms that nobody knows 看不懂的表: the clerk says which column is what, once."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from disclosure.models import Submission
from disclosure.uploads.models import LearnedHeading, WaitingFile
from disclosure.uploads.waiting import KEPT_FOR
from portal.app import PortalApp
from portal.commands import ImportOptions, import_spreadsheet
from portal.data.audit import AuditEntry
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from portal.worker import sweep
from tests.disclosure.lists import EAST, TUANJIE, database_bytes, id_number
from tests.disclosure.test_upload import UPLOAD, send
from tests.fixtures.pages import Page, PageClient
from tests.fixtures.people import GUANTING
from tests.intake.workbooks import xlsx

# Nobody writes these headings but this township.
STRANGE = ["编", "哪个村", "谁", "号码", "几口", "保几个", "档", "给多少"]
TELLS = {
    "column-2": "village",
    "column-3": "name",
    "column-4": "id_number",
    "column-5": "members",
    "column-6": "persons",
    "column-7": "class",
    "column-8": "amount",
}


def rows(count: int = 3, first: int = 1) -> list[list[object]]:
    return [
        [n, EAST if n % 2 else TUANJIE, "王秀英", id_number(n), 3, 2, "B", 660]
        for n in range(first, first + count)
    ]


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


def count(app: PortalApp, table: type) -> int:
    with app.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def columns_page(client: PageClient, answer: Page) -> Page:
    (link,) = answer.soup.select('a[href$="/columns"]')
    return client.page(str(link["href"]))


def test_a_form_is_asked_about_once_and_known_from_then_on(
    app: PortalApp, clerk: PageClient
) -> None:
    answer = Page(send(clerk, xlsx([["三营镇2026年10月低保"], STRANGE, *rows()])))
    assert answer.response.status_code == 422
    assert (count(app, Submission), count(app, WaitingFile)) == (0, 1)
    page = columns_page(clerk, answer)
    # The first values stand beside each column.
    third = page.soup.select(".govuk-form-group:has(select[name=column-3])")[0]
    words = third.select_one("label, .govuk-hint")
    assert words is not None
    assert words.get_text().endswith("谁")
    assert "王秀英 / 王秀英 / 王秀英" in third.get_text()
    done = clerk.follow(clerk.submit(page, TELLS, action="answers"))
    assert done.status_code == 200
    assert "东塬村委会" in Page(done).text
    assert (count(app, Submission), count(app, WaitingFile)) == (1, 1)
    # A month later the same form goes right through, also at the command line.
    november = xlsx([["三营镇2026年11月低保"], STRANGE, *rows(first=5)])
    answer2 = send(clerk, november, period="2026-11")
    assert answer2.status_code == 302
    assert count(app, Submission) == 2


def test_the_command_line_knows_the_form_too(
    app: PortalApp, clerk: PageClient, tmp_path: Path
) -> None:
    page = columns_page(clerk, Page(send(clerk, xlsx([STRANGE, *rows()]))))
    assert clerk.submit(page, TELLS, action="answers").status_code == 302
    file = tmp_path / "list.xlsx"
    file.write_bytes(xlsx([STRANGE, *rows(first=8)]))
    options = ImportOptions("standing", "640402100000", "2026-11", check=True)
    report = import_spreadsheet(app.settings, file, options)
    assert (report.failed, report.checked.rows_ok) == (False, 3)
    other = ImportOptions("standing", GUANTING, "2026-11", check=True)
    assert import_spreadsheet(app.settings, file, other).failed  # learned for one township alone


def test_a_list_without_any_headings(app: PortalApp, clerk: PageClient) -> None:
    answer = Page(send(clerk, xlsx([["三营镇2026年10月低保"], *rows()])))
    page = columns_page(clerk, answer)
    page = Page(clerk.submit(page, {"row": "0"}, action="columns"))
    assert page.response.status_code == 200
    done = clerk.submit(page, TELLS, action="answers")
    assert done.status_code == 302
    assert send(clerk, xlsx([*rows(first=4)]), period="2026-11").status_code == 302
    assert count(app, Submission) == 2
    with app.sessions.reading() as session:
        assert set(session.scalars(select(LearnedHeading.heading))) == {""}


def test_what_is_said_wrong_is_told_and_nothing_is_learned(
    app: PortalApp, clerk: PageClient
) -> None:
    page = columns_page(clerk, Page(send(clerk, xlsx([STRANGE, *rows()]))))
    for wrong in (
        {"column-2": "name", "column-3": "name"},
        {"column-2": "village"},
        {"column-2": "no-such-field"},
    ):
        answer = Page(clerk.submit(page, wrong, action="answers"))
        assert answer.response.status_code == 422, wrong
        assert answer.soup.select_one(".govuk-error-summary"), wrong
    person = Page(clerk.get(page.where.removeprefix("GET "), query_string={"row": "2"}))
    assert person.response.status_code == 422
    assert person.soup.select_one(".govuk-error-summary")
    assert (count(app, Submission), count(app, LearnedHeading)) == (0, 0)


def test_no_heading_that_is_personal_is_remembered(app: PortalApp, clerk: PageClient) -> None:
    headings = [*STRANGE[:5], "转15017315345", *STRANGE[6:]]
    page = columns_page(clerk, Page(send(clerk, xlsx([headings, *rows()]))))
    assert clerk.submit(page, TELLS, action="answers").status_code == 302
    with app.sessions.reading() as session:
        kept = set(session.scalars(select(LearnedHeading.heading)))
    assert "谁" in kept
    assert not any("1501" in heading for heading in kept)


def test_the_waiting_file_is_sealed_and_forgotten(
    app: PortalApp, clerk: PageClient, clock: SettableClock
) -> None:
    send(clerk, xlsx([STRANGE, *rows()]))
    plain = database_bytes(app.settings.database_url)
    assert "王秀英".encode() not in plain
    assert id_number(1).encode() not in plain
    clock.advance(KEPT_FOR + timedelta(seconds=1))
    sweep(app.sessions, clock)
    assert count(app, WaitingFile) == 0


def test_a_better_file_takes_the_place_of_the_last_try(app: PortalApp, clerk: PageClient) -> None:
    for number in (1, 2, 3):
        send(clerk, xlsx([STRANGE, *rows(number)]))
    assert count(app, WaitingFile) == 1
    good = [
        "序号",
        "行政村",
        "户主姓名",
        "身份证号码",
        "家庭人口",
        "保障人口",
        "救助类别",
        "月保障金额",
    ]
    assert send(clerk, xlsx([good, *rows()])).status_code == 302
    assert count(app, WaitingFile) == 0


def test_it_can_be_deleted_at_once(app: PortalApp, clerk: PageClient) -> None:
    page = Page(send(clerk, xlsx([STRANGE, *rows()])))
    assert clerk.submit(page, action="discard").status_code == 302
    assert count(app, WaitingFile) == 0


def test_nobody_else_sees_it(
    app: PortalApp, clerk: PageClient, staff: Callable[..., PageClient]
) -> None:
    page = Page(send(clerk, xlsx([STRANGE, *rows()])))
    (link,) = page.soup.select('a[href$="/columns"]')
    address = str(link["href"])
    other = staff(Role.CLERK, "guanting")
    for path in (address, address.replace("columns", "annotated.xlsx"), address.rpartition("/")[0]):
        assert other.get(path).status_code == 404, path
    assert staff(Role.REVIEWER).get(address).status_code == 403
    with app.sessions.reading() as session:
        looked = select(AuditEntry).where(AuditEntry.action == "waiting-look")
        assert session.scalars(looked).all() == []
    assert clerk.get(address).status_code == 200
    with app.sessions.reading() as session:
        assert len(session.scalars(looked).all()) == 1


def test_the_form_of_the_upload_stays_as_it_was(clerk: PageClient) -> None:
    assert clerk.page(UPLOAD).soup.select_one("input[type=file]")
