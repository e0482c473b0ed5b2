"""What the public log costs: a city's month appended and signed, and a proof in a large log."""

import secrets
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from bench.figures import Figure, at_most
from disclosure.drafting import PublicRow
from disclosure.log.proofs import parse_proof, write_proof
from disclosure.log.rows import SALT_BYTES, row_leaf
from disclosure.log.tree import leaf_hash, tree_root
from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogEntry
from disclosure.logbook.nodes import store_leaves
from disclosure.logbook.reading import find_receipt, list_keys
from disclosure.logbook.signing import begin_log, sign_log
from portal.data.migrate import upgrade
from portal.data.session import Sessions, make_engine
from portal.kernel.clock import SystemClock
from portal.kernel.receipts import new_notice_id

NOTICES, HOUSEHOLDS = 868, 108_200
MOST_S = 5.0
ENTRIES = 1_000_000
MOST_PROOF_MS = 5.0
PROOFS = 200


def public_log() -> list[Figure]:
    """Measure both on a fresh SQLite database."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as name:
        folder = Path(name)
        sessions = Sessions(make_engine(f"sqlite:///{folder / 'portal.db'}"))
        upgrade(sessions.engine)
        keys = LogFolder(folder / "secrets")
        begin_log(sessions, keys, "bench.example", now=SystemClock().now())
        figures = [_city(sessions, keys), _proof(sessions, keys)]
        sessions.engine.dispose()
    return figures


def _city(sessions: Sessions, keys: LogFolder) -> Figure:
    """Commit to the rows of every village's list, append the entries, sign the tree."""
    each, more = divmod(HOUSEHOLDS, NOTICES)
    counts = [each + (number < more) for number in range(NOTICES)]
    begun = time.perf_counter()
    entries = [_entry(count) for count in counts]
    with sessions.writing() as session:
        append_entries(session, entries, now=SystemClock().now())
    sign_log(sessions, keys, now=SystemClock().now())
    took = time.perf_counter() - begun
    note = f"{NOTICES} entries over {HOUSEHOLDS:,} rows, each committed to, appended and signed"
    return at_most("a city's month in the log", took, MOST_S, "s", note)


def _entry(rows: int) -> NewEntry:
    leaves = [
        row_leaf(
            PublicRow(n, "东塬村", "三组", "王**", 2, "B", 45_000 + n, "").jcs(),
            secrets.token_bytes(SALT_BYTES),
        )
        for n in range(1, rows + 1)
    ]
    notice_id = new_notice_id()
    members = {
        "event": "publish",
        "notice": notice_id,
        "version": 1,
        "kind": "standing",
        "region": "640402100200",
        "period": "2026-10",
        "posted_from": "2026-10-08",
        "posted_to": None,
        "totals": {"households": rows, "persons": 2 * rows, "amount": "450.00"},
        "content": "0" * 64,
        "rows": tree_root(leaves).hex(),
        "prev": None,
    }
    return NewEntry(notice_id, members)


def _proof(sessions: Sessions, keys: LogFolder) -> Figure:
    """Make receipts of entries all over a log of a million, each from a session of its own."""
    now = SystemClock().now()
    with sessions.writing() as session:
        entries = [f'{{"n":{n}}}'.encode() for n in range(NOTICES, ENTRIES)]
        session.execute(
            insert(LogEntry),
            [
                {"index": index, "entry": entry, "notice_id": f"{index:010}", "at": now}
                for index, entry in enumerate(entries, start=NOTICES)
            ],
        )
        store_leaves(session, NOTICES, [leaf_hash(entry) for entry in entries])
    sign_log(sessions, keys, now=now)
    times_ms = []
    for number in range(PROOFS):
        index = NOTICES + number * (ENTRIES - NOTICES) // PROOFS
        begun = time.process_time()
        with sessions.reading() as session:
            receipt = find_receipt(session, index)
        if receipt is None:
            raise RuntimeError("a signed entry has no receipt")
        written = write_proof(receipt)
        times_ms.append((time.process_time() - begun) * 1000)
        with sessions.reading() as session:
            parse_proof(written).verify(entries[index - NOTICES], list_keys(session))
    p95 = statistics.quantiles(times_ms, n=20)[-1]
    median = statistics.median(times_ms)
    note = f"p95 of processor time of {PROOFS}, median {median:.2f} ms; each was verified"
    return at_most("a proof among 1,000,000 entries", p95, MOST_PROOF_MS, "ms", note)
