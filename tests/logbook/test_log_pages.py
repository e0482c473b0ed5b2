"""The public log's addresses 公开日志, and what residents read of it."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from disclosure.forgetting import forget_what_is_over
from disclosure.intake.kinds import Kind
from disclosure.log.checkpoints import parse_checkpoint
from disclosure.log.entries import parse_entry
from disclosure.log.notes import VerifierKey, open_note
from disclosure.log.proofs import parse_proof
from disclosure.log.tiles import parse_bundle, tile_at
from disclosure.logbook.appending import SIGN, NewEntry, append_entries
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogEntry
from disclosure.models import PrintCode
from portal.app import PortalApp
from portal.data.keyfiles import load_keys
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from tests.disclosure.lists import (
    EAST,
    NOVEMBER,
    OCTOBER,
    REVIEW,
    TUANJIE,
    Given,
    Household,
    Office,
    database_bytes,
)
from tests.fixtures.pages import Page, PageClient

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def office(app: PortalApp, places: Sessions) -> Office:
    """An office whose publications are signed as those of the server are."""
    assert places.engine.url == app.sessions.engine.url
    return Office(app.sessions, load_keys(app.settings.secrets_folder))


def page_of(client: PageClient, path: str) -> Page:
    response = client.get(path)
    assert response.status_code == 200
    return Page(response)


def refused(client: PageClient, path: str, status: int) -> TestResponse:
    response = client.get(path)
    assert response.status_code == status
    return response


def code_of(office: Office, notice_id: str) -> str:
    with office.sessions.reading() as session:
        query = select(PrintCode.code).where(PrintCode.notice_id == notice_id)
        return session.scalars(query).first() or ""


def keys_of(client: PageClient) -> list[VerifierKey]:
    return [VerifierKey.parse(line) for line in client.get("/log/key").text.splitlines()]


def test_what_is_published_can_be_proved_by_a_stranger(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    published = office.publish(OCTOBER, now=clock.now())
    keys = keys_of(client)
    note = client.get("/log/checkpoint")
    checkpoint = parse_checkpoint(open_note(note.data, keys).text)
    assert checkpoint.size == len(published)
    for notice_id in published:
        said = json.loads(client.get(f"/n/{notice_id}.json").data)
        answer = client.get(f"/n/{notice_id}.tlog-proof")
        assert answer.mimetype == "text/plain"
        proof = parse_proof(answer.data)
        assert proof.index == said["log"]["index"]
        assert proof.verify(said["log"]["entry"].encode(), keys) == checkpoint
    bundle = client.get(f"/log/{tile_at(-1, 0, checkpoint.size).path}").data
    assert [parse_entry(entry).notice for entry in parse_bundle(bundle, checkpoint.size)] == list(
        published
    )


def test_tiles_are_kept_for_ever_and_others_not(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    villages = [EAST, TUANJIE]
    for month in range(1, 10):
        households = [Household("王秀英", village=village) for village in villages]
        period = f"2025-{month:02d}"
        office.publish(Given(households=households, period=period), now=clock.now())
        clock.advance(timedelta(hours=1))
    partial = client.get("/log/tile/0/000.p/18")
    assert len(partial.data) == 18 * 32
    assert "immutable" not in partial.headers["Cache-Control"]
    again = client.get("/log/tile/0/000.p/18", headers={"If-None-Match": partial.headers["ETag"]})
    assert again.status_code == 304
    for wrong in ("0/000", "0/000.p/19", "0/0", "1/000.p/1", "64/000", "entries/x000/000", "x"):
        refused(client, f"/log/tile/{wrong}", 404)
    with office.sessions.writing() as session:
        last = session.get_one(LogEntry, 17)
        assert json.loads(last.entry)["prev"] == 15


def test_a_full_tile_is_kept_for_ever(
    app: PortalApp, client: PageClient, clock: SettableClock
) -> None:
    with app.sessions.writing() as session:
        entries = [NewEntry("abcdefghij", {"n": n}) for n in range(300)]
        append_entries(session, entries, now=clock.now())
    for address in ("/log/tile/0/000", "/log/tile/entries/000"):
        assert client.get(address).headers["Cache-Control"].endswith("immutable")
    for address in ("/log/tile/0/001.p/44", "/log/tile/entries/001.p/44", "/log/tile/1/000.p/1"):
        assert client.get(address).headers["Cache-Control"] == "public, max-age=10"


def test_until_it_is_signed_there_is_no_receipt(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    sign = app.sessions.afterwards.pop(SIGN)
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    waiting = refused(client, f"/n/{notice_id}.tlog-proof", 503)
    assert waiting.headers["Retry-After"]
    refused(client, "/log/tile/entries/000.p/1", 404)
    page = page_of(client, f"/v/{code_of(office, notice_id)}")
    assert "一分钟内完成签名" in page.text
    sign()
    assert parse_proof(client.get(f"/n/{notice_id}.tlog-proof").data).index == 0
    assert "已签名" in page_of(client, f"/v/{code_of(office, notice_id)}").text


def test_a_villager_reads_green_and_how_it_is_known(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    page = page_of(client, f"/v/{code_of(office, notice_id)}")
    assert "这张公示是真的，现在有效" in page.text
    assert "与日志一致：第0条（共2条），已签名" in page.text
    assert "凭什么这么说？" in page.text
    assert len(page.soup.select(".log-drawing svg")) == 4
    links = {link["href"] for link in page.soup.select("details a")}
    assert {f"/n/{notice_id}.json", f"/n/{notice_id}.tlog-proof", "/log/checkpoint"} <= links


TAMPERINGS = (
    "UPDATE notice_rows SET amount_fen = amount_fen + 100 WHERE n = 1",
    "UPDATE notice_rows SET name = '李**' WHERE n = 1",
    "DELETE FROM notice_rows WHERE n = 2",
    "UPDATE notice_versions SET households = households + 1",
    "UPDATE notice_versions SET title = '另一个标题'",
    "UPDATE notice_versions SET content = replace(content, '0954', '0955')",
    "UPDATE notices SET period = '2026-09'",
    "UPDATE notices SET posted_from = '2026-01-01'",
    "UPDATE notice_versions SET log_index = 1 - log_index",
    "UPDATE notice_versions SET log_index = NULL",
)


@pytest.mark.parametrize("statement", TAMPERINGS)
def test_whoever_changes_the_database_turns_it_red(
    office: Office, client: PageClient, clock: SettableClock, statement: str
) -> None:
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    with office.sessions.writing() as session:
        session.execute(text(statement))
    page = page_of(client, f"/v/{code_of(office, notice_id)}")
    assert "请勿采信：这里显示的内容与公开日志不一致" in page.text
    assert page.soup.select(".verification--red")
    assert page.soup.select(".contact-card")


def test_what_the_log_has_ended_is_not_green_again(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    (replaced, left) = office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=31))
    office.publish(replace(NOVEMBER, households=[Household("王秀英")]), now=clock.now())
    with office.sessions.writing() as session:
        session.execute(text("UPDATE notices SET replaced_at = NULL, replaced_by = NULL"))
    for notice_id in (replaced, left):
        page = page_of(client, f"/v/{code_of(office, notice_id)}")
        assert page.soup.select(".verification--red")


def test_nothing_is_green_while_the_log_is_out_of_order(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    app.sessions.afterwards.pop(SIGN)
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    address = f"/v/{code_of(office, notice_id)}"
    assert page_of(client, address).soup.select(".verification--green")
    clock.advance(timedelta(minutes=11))
    page = page_of(client, address)
    assert page.soup.select(".verification--red")
    assert "公开日志目前不正常" in page.text
    refused(client, "/readyz", 503)


def test_documents_and_figures_have_receipts_too(
    client: PageClient, office: Office, clock: SettableClock
) -> None:
    for address in ("/policies/abcdefghij.tlog-proof", "/figures/abcdefghij.tlog-proof"):
        refused(client, address, 404)
    refused(client, "/n/abcdefghij.tlog-proof", 404)
    office.submit(OCTOBER, now=clock.now())
    with office.sessions.reading() as session:
        draft = session.scalars(select(PrintCode.notice_id)).first()
    refused(client, f"/n/{draft}.tlog-proof", 404)


def test_each_row_has_a_receipt_that_follows_its_text(
    office: Office, client: PageClient, clock: SettableClock
) -> None:
    (notice_id, _) = office.publish(OCTOBER, now=clock.now())
    assert f"/n/{notice_id}/receipts" in client.get(f"/n/{notice_id}").text

    def receipts() -> list[str]:
        found = re.findall(r"\b(?:[0-9a-f]{4} ){3}[0-9a-f]{4}\b", page_of(client, address).text)
        return [str(one) for one in found]

    address = f"/n/{notice_id}/receipts"
    before = receipts()
    assert len(set(before)) == 3
    with office.sessions.writing() as session:
        session.execute(text("UPDATE notice_rows SET amount_fen = 1 WHERE n = 2"))
        session.execute(text("DELETE FROM stored_pages"))
    after = receipts()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


def entries_of(office: Office) -> list[dict[str, object]]:
    with office.sessions.reading() as session:
        query = text('SELECT entry FROM log_entries ORDER BY "index"')
        return [vars(parse_entry(entry)) for (entry,) in session.execute(query)]


def test_what_replaces_names_what_it_replaces(office: Office, clock: SettableClock) -> None:
    october = office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(days=31))
    # In 团结 no household is left.
    november = office.publish(replace(NOVEMBER, households=[Household("王秀英")]), now=clock.now())
    said = [(one["event"], one["notice"], one["prev"]) for one in entries_of(office)]
    assert said == [
        ("publish", october[0], None),
        ("publish", october[1], None),
        ("expire", october[1], 1),
        ("publish", november[0], 0),
    ]


def test_the_end_of_a_review_is_logged_once_and_its_rows_are_gone(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    given = replace(REVIEW, households=[Household("司马懿光", group="七里坡组"), Household("马伟")])
    clock.move_to(datetime(2026, 11, 16, 4, tzinfo=UTC))
    (notice_id,) = office.publish(given, now=clock.now())
    before = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert "commitment" in before["log"]["entry"]
    clock.advance(timedelta(days=60))
    for _ in range(2):
        forget_what_is_over(office.sessions, now=clock.now())
    said = [(one["event"], one["notice"], one["prev"]) for one in entries_of(office)]
    assert said == [("publish", notice_id, None), ("expire", notice_id, 0)]
    after = json.loads(client.get(f"/n/{notice_id}.json").data)
    assert (after["rows"], after["totals"]) == (None, None)
    proof = parse_proof(client.get(f"/n/{notice_id}.tlog-proof").data)
    proof.verify(after["log"]["entry"].encode(), keys_of(client))
    assert after["log"] == before["log"]
    app.sessions.engine.dispose()
    kept = database_bytes(app.settings.database_url)
    for secret in ("七里坡组", "司马*", before["rows"][0]["salt"]):
        assert secret.encode() not in kept
    assert bytes.fromhex(before["rows"][0]["salt"]) not in kept
    assert bytes.fromhex(before["totals"]["salt"]) not in kept


@pytest.mark.parametrize(
    ("listed", "emergencies", "salted"),
    [(1, 0, True), (3, 0, False), (1, 2, True), (3, 2, True), (3, 3, False), (0, 3, False)],
)
def test_what_totals_say_of_a_few_is_salted(
    office: Office, clock: SettableClock, listed: int, emergencies: int, salted: bool
) -> None:
    """The other part of a total is published, so it could be subtracted."""
    reliefs = ["支出型"] * listed + ["急难型"] * emergencies
    households = [Household("王秀英", relief=relief) for relief in reliefs]
    given = Given(kind=Kind.TEMPORARY, period="2026-10", households=households)
    office.publish(given, now=clock.now())
    (entry,) = entries_of(office)
    assert ("commitment" in entry["totals"]) == salted  # type: ignore[operator]


def test_a_server_that_lost_its_place_says_so(
    app: PortalApp, office: Office, client: PageClient, clock: SettableClock
) -> None:
    office.publish(OCTOBER, now=clock.now())
    assert client.get("/readyz").get_json() == {
        "status": "ok",
        "checks": {"database": "ok", "log": "ok"},
    }
    folder = LogFolder(app.settings.secrets_folder)
    lines = (folder.folder / "log.checkpoint").read_text(encoding="utf-8").split("\n")
    lines[1] = "99"
    folder.raise_high_water("\n".join(lines).encode())
    assert refused(client, "/readyz", 503).get_json()["status"] == "unavailable"
    said = refused(client, "/log/checkpoint", 503)
    assert "分叉" in said.text
    assert "不可采信" in page_of(client, "/log/").text


def test_the_verifier_can_be_downloaded_and_runs_alone(client: PageClient, tmp_path: Path) -> None:
    page = page_of(client, "/log/")
    assert "/log/verify.py" in {link["href"] for link in page.soup.select("a")}
    answer = client.get("/log/verify.py")
    program = tmp_path / "alone" / "verify.py"
    program.parent.mkdir()
    program.write_bytes(answer.data)
    told = subprocess.run(
        [sys.executable, "-I", str(program), "--help"],
        cwd=program.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--accept-key" in told.stdout
