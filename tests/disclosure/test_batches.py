"""Many files at once 批量报送: sealed one by one, recognised, read by a job, each answered."""

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select

from disclosure.models import Submission
from disclosure.uploads import batchreading
from disclosure.uploads.models import Batch, WaitingFile, WaitingState
from portal.app import PortalApp
from portal.data.jobs import Job, JobState
from portal.data.keyfiles import load_keys
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.disclosure.dropping import BATCHES, drop, multipart, read_batches
from tests.disclosure.lists import FOUR, database_bytes, list_csv
from tests.fixtures.pages import Page, PageClient
from tests.intake.workbooks import HEADINGS, all_places, children, household, xlsx

SANYING, GUANTING = "640402100000", "640402103000"


def titled(code: str, month: int = 10, count: int = 2, first: int = 1) -> bytes:
    """Return a township's list that says in its title what it is."""
    place, villages = all_places()[code], children(code)
    rows = [household(first + n, 行政村=villages[n % len(villages)].name) for n in range(count)]
    return xlsx([[f"{place.name}2026年{month}月农村低保对象花名册"], HEADINGS, *rows])


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK)


@pytest.fixture
def county(staff: Callable[..., PageClient]) -> PageClient:
    return staff(Role.CLERK, "yuanzhou", login="county-clerk")


def files(app: PortalApp) -> list[WaitingFile]:
    with app.sessions.reading() as session:
        return list(session.scalars(select(WaitingFile).order_by(WaitingFile.number)))


def count(app: PortalApp, table: type) -> int:
    with app.sessions.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def states(app: PortalApp) -> list[str]:
    return [file.state.value for file in files(app)]


def results(page: Page) -> list[str]:
    return [row.get_text(" ", strip=True) for row in page.soup.select("main tbody tr")]


def test_each_file_is_recognised_and_becomes_a_list(app: PortalApp, county: PageClient) -> None:
    answer = drop(county, [("a.xlsx", titled(SANYING)), ("b.xlsx", titled(GUANTING))])
    assert answer.status_code == 302
    waiting = county.get(answer.headers["Location"])
    assert waiting.headers["Refresh"] == "3"
    assert "Refresh" not in county.get(answer.headers["Location"] + "?still=1").headers
    assert read_batches(app) == 1
    page = county.page(answer.headers["Location"])
    assert "Refresh" not in page.response.headers
    assert [line.split()[2] for line in results(page)] == ["三营镇", "官厅镇"]
    assert len(page.soup.select('main tbody a[href*="/desk/lists/"]')) == 2
    with app.sessions.reading() as session:
        stored = session.scalars(select(Submission).order_by(Submission.region_code)).all()
    assert [(one.region_code, one.period, one.rows_ok) for one in stored] == [
        (SANYING, "2026-10", 2),
        (GUANTING, "2026-10", 2),
    ]
    assert [file.upload_is_gone for file in map(Sealed, files(app))] == [True, True]


class Sealed:
    """Whether a waiting file still holds its content."""

    def __init__(self, file: WaitingFile) -> None:
        self.upload_is_gone = file.state is WaitingState.STORED


def test_sixty_five_files_at_once(app: PortalApp, staff: Callable[..., PageClient]) -> None:
    clerk = staff(Role.CLERK, "city", login="city-clerk")
    dropped = [
        (f"{month}-{code}.xlsx", titled(code, month))
        for month in range(1, 13)
        for code in (SANYING, GUANTING, "640422101000")
    ]
    dropped += [(f"again-{n}.xlsx", data) for n, (_, data) in enumerate(dropped[:29])]
    assert len(dropped) == 65
    answer = drop(clerk, dropped)
    assert states(app) == ["queued"] * 65
    read_batches(app)
    assert states(app) == ["stored"] * 65
    assert count(app, Submission) == 36  # the same file again is one list
    assert sum(file.repeated for file in files(app)) == 29
    assert len(results(clerk.page(answer.headers["Location"]))) == 65


def test_files_of_other_townships_are_refused_by_name(app: PortalApp, clerk: PageClient) -> None:
    answer = drop(clerk, [("a.xlsx", titled(GUANTING)), ("b.xlsx", titled(SANYING))])
    read_batches(app)
    assert states(app) == ["failed", "stored"]
    first, _ = results(clerk.page(answer.headers["Location"]))
    assert "官厅镇" in first
    assert count(app, Submission) == 1


def test_what_a_file_does_not_say_is_asked(app: PortalApp, county: PageClient) -> None:
    untitled = xlsx([HEADINGS, *[household(n, 行政村="金轮村委会") for n in (1, 2)]])
    answer = drop(county, [("名单.xlsx", untitled), ("b.xlsx", titled(GUANTING))])
    read_batches(app)
    assert states(app) == ["asking", "stored"]
    page = county.page(answer.headers["Location"])
    (file, _) = files(app)
    # What it does say is filled in: the villages lie in one township.
    chosen = page.soup.select_one(f"#region-{file.id} option[selected]")
    assert chosen is not None
    assert chosen.get_text() == "三营镇"
    nothing = Page(county.submit(page, {}, action="answers"))
    assert nothing.response.status_code == 422
    wrong = Page(county.submit(page, {f"period-{file.id}": "October"}, action="answers"))
    assert wrong.response.status_code == 422
    assert states(app)[0] == "asking"
    done = county.submit(page, {f"period-{file.id}": "2026-10"}, action="answers")
    assert done.status_code == 302
    read_batches(app)
    assert states(app) == ["stored", "stored"]


def test_nobody_answers_for_another_place(app: PortalApp, clerk: PageClient) -> None:
    untitled = xlsx([HEADINGS, household(1)])
    answer = drop(clerk, [("名单.xlsx", untitled)])
    read_batches(app)
    (file,) = files(app)
    page = clerk.page(answer.headers["Location"])
    values = {f"period-{file.id}": "2026-10", f"region-{file.id}": GUANTING}
    assert clerk.submit(page, values, action="answers").status_code in {403, 422}
    assert states(app) == ["asking"]


def test_bad_files_do_not_keep_the_others_back(app: PortalApp, clerk: PageClient) -> None:
    strange = xlsx([["三营镇2026年10月低保名单"], ["甲", "乙", "丙"], ["1", "2", "3"]])
    broken = titled(SANYING)[:300]
    bad = xlsx([["三营镇2026年11月低保名单"], HEADINGS, household(1, 身份证号码="1")])
    dropped = [
        ("strange.xlsx", strange),
        ("broken.xlsx", broken),
        ("bad.xlsx", bad),
        ("empty.csv", b""),
        ("good.xlsx", titled(SANYING)),
    ]
    answer = drop(clerk, dropped)
    read_batches(app)
    assert states(app) == ["asking", "failed", "unusable", "failed", "stored"]
    page = clerk.page(answer.headers["Location"])
    assert len(results(page)) == 5
    (link,) = page.soup.select('main tbody a[href*="/waiting/"]')
    assert "身份证号码" in clerk.page(str(link["href"])).text


def test_a_job_that_dies_is_taken_up_again_and_doubles_nothing(
    app: PortalApp, county: PageClient, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    months = range(1, 6)
    drop(county, [(f"{month}.xlsx", titled(SANYING, month)) for month in months])
    keys = load_keys(app.settings.secrets_folder)
    read = batchreading.batch_reader(app.sessions, keys, app.clock)
    (batch,) = _batches(app)
    killed: list[int] = []

    def die_at_the_third(done: int, _total: int) -> None:
        if done == 2:
            killed.append(done)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read({"batch": batch}, die_at_the_third)
    assert killed == [2]
    assert states(app) == ["stored", "stored", "queued", "queued", "queued"]
    reported: list[tuple[int, int]] = []
    read({"batch": batch}, lambda done, total: reported.append((done, total)))
    assert reported[0] == (2, 5)
    assert reported[-1] == (5, 5)
    assert states(app) == ["stored"] * 5
    read({"batch": batch}, lambda *_: None)
    assert count(app, Submission) == 5


def _batches(app: PortalApp) -> Sequence[str]:
    with app.sessions.reading() as session:
        return session.scalars(select(Batch.id)).all()


def test_a_fault_of_ours_is_told_beside_its_file(
    app: PortalApp, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter([ZeroDivisionError, None])
    real = batchreading.prepare

    def sometimes(*args: object, **options: object) -> object:
        error = next(calls)
        if error is not None:
            raise error
        return real(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(batchreading, "prepare", sometimes)
    drop(clerk, [("1.xlsx", titled(SANYING, 1)), ("2.xlsx", titled(SANYING, 2))])
    read_batches(app)
    assert states(app) == ["failed", "stored"]
    with app.sessions.reading() as session:
        assert session.scalars(select(Job.state)).all() == [JobState.DONE]


def test_the_files_are_sealed_while_they_wait(app: PortalApp, clerk: PageClient) -> None:
    drop(clerk, [("a.csv", list_csv(FOUR))])
    plain = database_bytes(app.settings.database_url)
    for household_ in FOUR:
        assert household_.name.encode() not in plain


def test_a_file_that_is_too_large_is_named_and_the_others_are_taken(
    app: PortalApp, clerk: PageClient
) -> None:
    large = b" " * (20 * 1024 * 1024 + 1)
    answer = drop(clerk, [("large.csv", large), ("good.xlsx", titled(SANYING))])
    read_batches(app)
    assert states(app) == ["failed", "stored"]
    assert "20 MB" in results(clerk.page(answer.headers["Location"]))[0]


def test_more_than_a_hundred_files_are_named_too(app: PortalApp, clerk: PageClient) -> None:
    drop(clerk, [(f"{n}.csv", b"x") for n in range(103)])
    assert states(app) == ["queued"] * 100 + ["failed"] * 3


def test_nothing_is_taken_without_the_token_or_a_file(app: PortalApp, clerk: PageClient) -> None:
    assert drop(clerk, []).status_code == 422
    assert drop(clerk, [("", b"")]).status_code == 422
    for body in (
        multipart({}, [("a.csv", b"x")]),
        multipart({"csrf_token": "wrong"}, [("a.csv", b"x")]),
        multipart({"other": "x"}, [("a.csv", b"x")]),
        b"--limit\r\n\r\nx",
        b"",
    ):
        answer = clerk.post(BATCHES, data=body, content_type="multipart/form-data; boundary=limit")
        assert answer.status_code == 400, body
    assert (count(app, Batch), count(app, WaitingFile)) == (0, 0)


def test_a_request_that_is_torn_keeps_what_has_come(app: PortalApp, clerk: PageClient) -> None:
    token = clerk.page(BATCHES).form().select_one("input[name=csrf_token]")
    assert token is not None
    whole = multipart(
        {"csrf_token": str(token["value"])},
        [("a.xlsx", titled(SANYING)), ("b.xlsx", titled(GUANTING))],
    )
    kind = "multipart/form-data; boundary=limit"
    assert clerk.post(BATCHES, data=whole[:-900], content_type=kind).status_code == 400
    assert states(app) == ["queued"]
    assert read_batches(app) == 1
    assert states(app) == ["stored"]


def test_nobody_else_sees_a_batch(
    app: PortalApp, clerk: PageClient, staff: Callable[..., PageClient]
) -> None:
    address = drop(clerk, [("a.xlsx", titled(SANYING))]).headers["Location"]
    assert staff(Role.CLERK, "guanting").get(address).status_code == 404
    assert staff(Role.REVIEWER).get(address).status_code == 403


def test_whoever_may_not_any_more_brings_nothing_in(
    app: PortalApp, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(clerk, [("a.xlsx", titled(SANYING))])
    with app.sessions.writing() as session:
        for user in session.scalars(select(batchreading.User)):
            user.active = False
    read_batches(app)
    assert states(app) == ["failed"]
    assert count(app, Submission) == 0
