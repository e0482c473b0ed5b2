"""How fast search answers: 20,000 notices, common and rare words, in Chinese and in pinyin."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench.figures import Figure, at_most
from bench.processes import ROOT
from disclosure.catalogue import KINDS, NoticeKind
from disclosure.drafting import chinese_period
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeVersion, Submission
from disclosure.search.asked import parse_query
from disclosure.search.finding import Question, find
from disclosure.search.index import Index
from disclosure.search.indexer import Indexer
from disclosure.search.opening import open_index
from portal.data.migrate import upgrade
from portal.data.regionfiles import RegionRow, load_regions, parse_regions_csv
from portal.data.regions import Level
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SystemClock, local_date, start_of_day
from portal.kernel.period import Period, month_period

NOTICES = 20_000
SUBMISSION = "measured"
MOST_MS = 20.0
ROUNDS = 20
DIVISIONS = ROOT / "demo" / "data" / "divisions-guyuan.csv"
COMMON = ("低保", "最低生活保障", "村", "名单", "2026年10月", "固原市", "dibao", "镇 低保")
RARE = (
    "东塬村",
    "三营镇东塬村委会",
    "老三营 审核公示 2026年3月",
    "sanying",
    "sanyin",
    "syz",
    "天安门",
)


def searching() -> list[Figure]:
    """Measure how long a page of results takes, its check against the database included."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        sessions = Sessions(make_engine(f"sqlite:///{folder / 'portal.db'}"))
        upgrade(sessions.engine)
        with sessions.writing() as session:
            _fill(session)
        index = open_index(sessions, folder)
        begun = time.perf_counter()
        Indexer(sessions, index, SystemClock(), "bench").rebuild()
        built_s = time.perf_counter() - begun
        figures = [
            _figure(f"search, {word} words", sessions, index, queries, built_s)
            for word, queries in (("common", COMMON), ("rare", RARE))
        ]
        sessions.engine.dispose()
    return figures


def _figure(
    name: str, sessions: Sessions, index: Index, queries: Sequence[str], built_s: float
) -> Figure:
    now = SystemClock().now()
    times_ms = []
    for query in (query for query in queries for _ in range(ROUNDS)):
        begun = time.process_time()
        with sessions.reading() as session:
            find(session, index, Question(parse_query(query)), now=now)
        times_ms.append((time.process_time() - begun) * 1000)
    p95 = statistics.quantiles(times_ms, n=20)[-1]
    median = statistics.median(times_ms)
    note = f"p95 of processor time, {NOTICES:,} notices; median {median:.1f} ms"
    return at_most(name, p95, MOST_MS, "ms", f"{note}; indexed in {built_s:.0f} s")


def _fill(session: Session) -> None:
    """Write lists of every village, month by month back, as if they had been published."""
    rows = parse_regions_csv(DIVISIONS.read_text(encoding="utf-8-sig"))
    load_regions(session, rows)
    session.add(_submission(rows))
    session.flush()
    notices, versions = [], []
    for number, (title, notice) in enumerate(islice(_lists(rows), NOTICES)):
        notices.append({**notice, "id": f"{number:010}"})
        versions.append({"notice_id": f"{number:010}", "title": title, **_VERSION})
    session.execute(insert(Notice), notices)
    session.execute(insert(NoticeVersion), versions)


_VERSION = {
    "version": 1,
    "content": {},
    "content_digest": "",
    "rows_digest": "",
    "households": 3,
    "persons": 5,
    "amount_fen": 100_000,
}


def _lists(rows: Sequence[RegionRow]) -> Iterator[tuple[str, dict[str, Any]]]:
    places = {row.code: row for row in rows}
    month = local_date(SystemClock().now()).replace(day=1)
    while True:
        period = month_period(month.year, month.month)
        for kind in KINDS.values():
            for village in (row for row in rows if row.level is Level.VILLAGE):
                above = places[village.parent or ""].name
                title = f"{above}{village.name}{chinese_period(period)}{kind.subject}"
                yield title, _notice(kind, village, period)
        month = (month - timedelta(days=1)).replace(day=1)


def _notice(kind: NoticeKind, village: RegionRow, period: Period) -> dict[str, Any]:
    published_at = start_of_day(period.first_on)
    return {
        "submission_id": SUBMISSION,
        "kind": kind.id,
        "programme": kind.programme,
        "region_code": village.code,
        "period": period.text,
        "version": 1,
        "published_at": published_at,
        "first_on": period.first_on,
        "last_on": period.last_on,
        "posted_from": period.first_on,
        "posted_to": period.last_on,
    }


def _submission(rows: Sequence[RegionRow]) -> Submission:
    return Submission(
        id=SUBMISSION,
        kind="standing",
        region_code=rows[0].code,
        period="2026",
        state=SubmissionState.APPROVED,
        file_digest="",
        file_name="",
        rows_ok=0,
        rows_bad=0,
        households=0,
        persons=0,
        amount_fen=0,
        problems=[],
        gate_hits=[],
        digest="",
        created_at=SystemClock().now(),
    )
