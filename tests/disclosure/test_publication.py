"""Publication 发布: the log says what the page shows, and a newer list replaces the older."""

import hashlib
import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from disclosure import service
from disclosure.importing import Imported, import_list
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import NoticeState, SubmissionState
from disclosure.logbook.models import LogEntry
from disclosure.logbook.nodes import node_reader
from disclosure.queries import find_notice, notice_json
from portal.data.accounts import OPERATOR
from portal.data.audit import AuditEntry
from portal.data.jobs import Job
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict
from tests.disclosure.lists import (
    EAST,
    FOUR,
    MALU,
    NOVEMBER,
    OCTOBER,
    TUANJIE,
    Given,
    Household,
    Office,
)


def jcs(value: Any) -> bytes:
    """Return the JCS form of what has ASCII names and no fractions."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def merkle(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 defines it: split at the greatest power of two below the size."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:half]) + merkle(leaves[half:])).digest()


def rows_root(rows: list[dict[str, Any]]) -> str:
    """Return the root over rows as rules of the log state it, from what anybody can read."""
    leaves = []
    for row in rows:
        members = {name: value for name, value in row.items() if name != "salt"}
        salted = hashlib.sha256(bytes.fromhex(row["salt"]) + jcs(members)).digest()
        leaves.append(hashlib.sha256(b"\x00" + salted).digest())
    return merkle(leaves).hex()


def shown(office: Office, notice_id: str, clock: SettableClock) -> dict[str, Any]:
    """Return what /n/<id>.json says at the clock's instant."""
    with office.sessions.reading() as session:
        view = find_notice(session, notice_id, now=clock.now())
        assert view is not None
        said: dict[str, Any] = json.loads(json.dumps(notice_json(session, view)))
    return said


def state(office: Office, notice_id: str, clock: SettableClock) -> str:
    return str(shown(office, notice_id, clock)["state"])


def test_a_stranger_can_recompute_what_the_log_holds(office: Office, clock: SettableClock) -> None:
    many = [
        Household(f"马{char}", village=MALU, amount=f"{n}.05")
        for n, char in enumerate("东南西北中")
    ]
    ids = office.publish(Given(households=[*FOUR, *many]), now=clock.now())
    assert len(ids) == 3
    for position, notice_id in enumerate(ids):
        said = shown(office, notice_id, clock)
        entry = json.loads(said["log"]["entry"])
        assert said["log"]["index"] == position
        assert jcs(entry).decode() == said["log"]["entry"]
        assert entry["rows"] == rows_root(said["rows"])
        assert entry["content"] == said["content"] == hashlib.sha256(jcs(said["text"])).hexdigest()
        same = ("version", "kind", "region", "period", "posted_from", "posted_to")
        assert {name: entry[name] for name in same} == {name: said[name] for name in same}
        assert (entry["v"], entry["event"], entry["notice"]) == (1, "publish", notice_id)
        assert (entry["at"], entry["prev"]) == ("2026-10-08T02:00:00Z", None)
        totals = {name: said["totals"][name] for name in ("households", "persons", "amount")}
        if totals["households"] < 3:
            salt = bytes.fromhex(said["totals"]["salt"])
            assert entry["totals"] == {"commitment": hashlib.sha256(salt + jcs(totals)).hexdigest()}
        else:
            assert entry["totals"] == totals
            assert "salt" not in said["totals"]


def test_what_is_approved_is_the_digest_that_the_log_holds(
    office: Office, clock: SettableClock
) -> None:
    ids = office.publish(OCTOBER, now=clock.now())
    digests = []
    for notice_id in ids:
        entry = json.loads(shown(office, notice_id, clock)["log"]["entry"])
        digests.append(
            hashlib.sha256(jcs({"content": entry["content"], "rows": entry["rows"]})).hexdigest()
        )
    joint = hashlib.sha256("\n".join(digests).encode()).hexdigest()
    with office.sessions.reading() as session:
        approval = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "list-approve")
        ).one()
    assert (approval.details["digest"], tuple(approval.details["notices"])) == (joint, ids)


def test_publication_writes_entries_and_work_for_the_background(
    office: Office, clock: SettableClock
) -> None:
    ids = office.publish(OCTOBER, now=clock.now())
    with office.sessions.reading() as session:
        entries = session.scalars(select(LogEntry).order_by(LogEntry.index)).all()
        assert tuple(entry.notice_id for entry in entries) == ids
        for entry in entries:
            (leaf,) = node_reader(session)([(0, entry.index)])
            assert leaf == hashlib.sha256(b"\x00" + entry.entry).digest()
        (job,) = session.scalars(select(Job)).all()
        assert job.payload == {"notices": list(ids)}
    stored = office.submission(office.notice(ids[0]).submission_id)
    assert (stored.state, stored.file_name) == (SubmissionState.APPROVED, "")


def test_a_newer_month_replaces_the_older_in_every_village(
    office: Office, clock: SettableClock
) -> None:
    october = dict(zip((EAST, TUANJIE), office.publish(OCTOBER, now=clock.now()), strict=True))
    clock.advance(timedelta(days=31))
    # 团结 has no household left, 马路 has one for the first time.
    households = [Household("王秀英"), Household("李四", village=MALU)]
    november = office.publish(replace(NOVEMBER, households=households), now=clock.now())
    assert [state(office, notice_id, clock) for notice_id in november] == ["posted", "posted"]
    for village, notice_id in october.items():
        said = shown(office, notice_id, clock)
        assert (said["state"], said["rows"]) == ("replaced", None)
        follower = november[0] if village == EAST else None
        assert office.notice(notice_id).replaced_by == follower


def test_a_correction_of_the_same_month_replaces_it(office: Office, clock: SettableClock) -> None:
    first = office.publish(OCTOBER, now=clock.now())
    clock.advance(timedelta(hours=1))
    second = office.publish(Given(households=FOUR[:3]), now=clock.now())
    assert {state(office, notice_id, clock) for notice_id in first} == {"replaced"}
    assert {state(office, notice_id, clock) for notice_id in second} == {"posted"}


def test_an_older_month_after_a_newer_is_refused(office: Office, clock: SettableClock) -> None:
    november = office.publish(NOVEMBER, now=clock.now())
    late = office.submit(OCTOBER, now=clock.now())
    with pytest.raises(Conflict) as caught:
        office.approve(late.submission_id, now=clock.now())
    assert caught.value.params == {"period": "2026-11"}
    assert {state(office, notice_id, clock) for notice_id in november} == {"posted"}
    assert office.submission(late.submission_id).state is SubmissionState.SUBMITTED


def test_lists_that_hang_for_a_time_do_not_replace_each_other(
    office: Office, clock: SettableClock
) -> None:
    first = office.publish(Given(kind=Kind.REVIEW, period="2026-10-08/2026-10-14"), now=clock.now())
    second = office.publish(
        Given(kind=Kind.REVIEW, period="2026-10-07/2026-10-13"), now=clock.now()
    )
    clock.advance(timedelta(days=1))
    assert {state(office, key, clock) for key in (*first, *second)} == {NoticeState.POSTED.value}


@pytest.mark.parametrize("order", ["October first", "November first"])
@pytest.mark.databases("postgresql")
def test_two_months_approved_at_once_see_each_other(
    office: Office, clock: SettableClock, order: str
) -> None:
    """The second waits for the first, then replaces it or is refused; both never hang at once."""
    keys = [office.submit(given, now=clock.now()).submission_id for given in (OCTOBER, NOVEMBER)]
    first, second = keys if order == "October first" else reversed(keys)
    outcome: list[object] = []

    def approve_second() -> None:
        try:
            outcome.append(office.approve(second, now=clock.now()))
        except Conflict as error:
            outcome.append(error)

    thread = threading.Thread(target=approve_second)
    digest = office.submission(first).digest
    with office.sessions.writing() as session:
        published = service.approve(session, OPERATOR, first, digest, now=clock.now())
        thread.start()
        thread.join(1)
        assert outcome == []  # it waits
    thread.join()
    if order == "October first":
        assert {state(office, key, clock) for key in published} == {"replaced"}
    else:
        assert isinstance(outcome[0], Conflict)
        assert {state(office, key, clock) for key in published} == {"posted"}


def test_the_same_file_brought_in_by_two_at_once_is_one(
    office: Office, clock: SettableClock
) -> None:
    mine, theirs = (office.prepare(OCTOBER, now=clock.now()) for _ in range(2))
    found: list[Imported] = []

    def bring_in() -> None:
        with office.sessions.writing() as session:
            found.append(import_list(session, OPERATOR, theirs, now=clock.now()))

    thread = threading.Thread(target=bring_in)
    with office.sessions.writing() as session:
        first = import_list(session, OPERATOR, mine, now=clock.now())
        thread.start()
        thread.join(0.5)
        assert found == []  # it waits
    thread.join()
    assert found == [replace(first, repeated=True)]
