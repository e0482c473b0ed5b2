"""How long the city's additions and removals take, derived from two months of all its lists."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from bench.city import HOUSEHOLDS
from bench.figures import Figure, at_most
from bench.reading import DIVISIONS
from disclosure.catalogue import KINDS
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from disclosure.movements.comparing import Change, Comparison
from disclosure.movements.deriving import derive_changes
from disclosure.movements.recording import record_changes
from portal.data.ids import new_id
from portal.data.migrate import upgrade
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.regions import Level, Region, list_regions
from portal.data.session import Sessions, make_engine
from portal.kernel.period import Period, parse_period
from portal.kernel.receipts import new_notice_id

CITY = "640400000000"
EARLIER, LATER = parse_period("2026-10"), parse_period("2026-11")
AT = {EARLIER: datetime(2026, 10, 8, tzinfo=UTC), LATER: datetime(2026, 11, 8, tzinfo=UTC)}
# Of a thousand households in a month: how many come, go, move, and stay with another amount.
OF_A_THOUSAND = {Change.ADDED: 12, Change.REMOVED: 12, Change.MOVED: 2, Change.KEPT: 30}
LIMIT_S = 10

# A household: its digest, village and amount.
Line = tuple[str, str, int]


def movements() -> Iterator[Figure]:
    """Measure both ways on a fresh SQLite database that holds two months of the whole city."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        sessions = Sessions(make_engine(f"sqlite:///{Path(name) / 'portal.db'}"))
        upgrade(sessions.engine)
        files, planned = _fill(sessions)
        yield _derived(sessions, planned)
        yield _recorded(sessions, files, planned)
        sessions.engine.dispose()


def _derived(sessions: Sessions, planned: dict[Change, int]) -> Figure:
    begun = time.perf_counter()
    with sessions.reading() as session:
        found = derive_changes(session, CITY, _programme(), EARLIER, LATER)
    elapsed = time.perf_counter() - begun
    _check(found, planned)
    note = f"two months of {HOUSEHOLDS:,} households, {len(found.changes):,} changes"
    return at_most("additions and removals", elapsed, LIMIT_S, "s", note)


def _recorded(
    sessions: Sessions, files: list[tuple[str, str]], planned: dict[Change, int]
) -> Figure:
    """Record them township by township, as each list's approval does."""
    begun = time.perf_counter()
    for earlier, later in files:
        with sessions.writing() as session:
            record_changes(session, session.get_one(Submission, later), [earlier], now=AT[LATER])
    elapsed = time.perf_counter() - begun
    note = f"{len(files)} townships, one transaction each, {sum(planned.values()):,} changes"
    return at_most("the same, recorded", elapsed, LIMIT_S, "s", note)


def _check(found: Comparison, planned: dict[Change, int]) -> None:
    counts = {change: len(found.of(change)) for change in Change}
    if counts != planned or found.unclear or found.doubled:
        raise RuntimeError(f"{counts} instead of {planned}")


def _programme() -> str:
    return KINDS[Kind.STANDING].programme


def _fill(sessions: Sessions) -> tuple[list[tuple[str, str]], dict[Change, int]]:
    """Store both months; return each township's two files and what changed in all."""
    with sessions.writing() as session:
        load_regions(session, parse_regions_csv(DIVISIONS.read_text(encoding="utf-8-sig")))
    with sessions.writing() as session:
        villages = list_regions(session, [Level.VILLAGE])
        first = _first([village.code for village in villages])
        second, planned = _second(first, [village.code for village in villages])
        earlier = _store(session, villages, first, EARLIER)
        later = _store(session, villages, second, LATER)
    return [(earlier[township], later[township]) for township in earlier], planned


def _first(villages: list[str]) -> list[Line]:
    lot = random.Random(1)  # noqa: S311 - the same city every time
    return [
        (f"{lot.getrandbits(256):064x}", villages[number % len(villages)], 30_000 + number % 400)
        for number in range(HOUSEHOLDS)
    ]


def _second(first: list[Line], villages: list[str]) -> tuple[list[Line], dict[Change, int]]:
    """Return the next month, shuffled, and how many changes of each kind lie between."""
    lot = random.Random(2)  # noqa: S311 - the same city every time
    households = lot.sample(first, len(first))
    planned = {change: HOUSEHOLDS * of // 1000 for change, of in OF_A_THOUSAND.items()}
    moved = [
        (digest, villages[villages.index(village) - 1], amount)
        for digest, village, amount in _take(households, planned[Change.MOVED])
    ]
    altered = [
        (digest, village, amount + 100)
        for digest, village, amount in _take(households, planned[Change.KEPT])
    ]
    _take(households, planned[Change.REMOVED])
    came = [
        (f"{lot.getrandbits(256):064x}", lot.choice(villages), 40_000)
        for _ in range(planned[Change.ADDED])
    ]
    return [*households, *moved, *altered, *came], planned


def _take(lines: list[Line], number: int) -> list[Line]:
    taken = lines[:number]
    del lines[:number]
    return taken


def _store(
    session: Session, villages: Sequence[Region], lines: list[Line], period: Period
) -> dict[str, str]:
    """Store a month as approved: a file a township, a notice a village; return the files."""
    files = {str(village.parent_code): new_id() for village in villages}
    notices = {village.code: new_notice_id() for village in villages}
    for township, submission in files.items():
        session.add(_submission(submission, township, period))
    session.flush()
    for village in villages:
        submission = files[str(village.parent_code)]
        session.add(_notice(notices[village.code], submission, village.code, period))
    session.flush()
    numbers: Counter[str] = Counter()
    values = []
    for line in lines:
        numbers[line[1]] += 1
        values.append(_values(line, notices[line[1]], numbers[line[1]]))
    session.execute(insert(cast("Table", NoticeRow.__table__)), values)
    return files


def _submission(submission: str, township: str, period: Period) -> Submission:
    return Submission(
        id=submission,
        kind=Kind.STANDING.value,
        region_code=township,
        period=period.text,
        state=SubmissionState.APPROVED,
        file_digest=submission,
        file_name="",
        rows_ok=0,
        rows_bad=0,
        households=0,
        persons=0,
        amount_fen=0,
        problems=[],
        gate_hits=[],
        digest="0" * 64,
        created_at=AT[period],
        decided_at=AT[period],
    )


def _notice(notice_id: str, submission: str, village: str, period: Period) -> Notice:
    return Notice(
        id=notice_id,
        submission_id=submission,
        kind=Kind.STANDING.value,
        programme=_programme(),
        region_code=village,
        period=period.text,
        first_on=period.first_on,
        last_on=period.last_on,
        published_at=AT[period],
    )


def _values(line: Line, notice_id: str, n: int) -> dict[str, Any]:
    digest, _, amount_fen = line
    return {
        "notice_id": notice_id,
        "version": 1,
        "n": n,
        "village": "东塬村委会",
        "group_name": "三组",
        "name": "王**",
        "name_board": "王*英",
        "name_kiosk": "王*英",
        "persons": 2,
        "class": "B",
        "amount_fen": amount_fen,
        "reason": "",
        "salt": b"0" * 16,
        "key_id": "0a0a0a0a",
        "household_digest": digest,
        "person_digest": digest,
    }
