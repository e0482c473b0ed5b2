"""Standing lists for tests 名单: rows as they are compared, and how they come into the database."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Notice, NoticeRow, Submission
from disclosure.movements.comparing import Listed
from portal.kernel.period import parse_period
from tests.fixtures.people import GUANTING, SANYING, XINGLONG

# Villages by township: two in 三营镇, one in 官厅镇 (the same county), one in 兴隆镇 (another).
EAST, WEST = "640402100200", "640402100202"
NEAR = "640402103200"
FAR = "640422101200"
VILLAGES = (EAST, WEST, NEAR, FAR)
TOWNSHIP = {EAST: SANYING, WEST: SANYING, NEAR: GUANTING, FAR: XINGLONG}
DIBAO = "最低生活保障"
OCTOBER, NOVEMBER = parse_period("2026-10"), parse_period("2026-11")
KEY = "0a0a0a0a"

_numbers = count()


def household(number: int, village: str = EAST, **members: Any) -> Listed:
    """Return a row of a household; its place on the list is found when it is stored."""
    row = Listed(
        key_id=KEY,
        digest=f"{number:064x}",
        village=village,
        notice_id="",
        n=0,
        group="一组",
        name="王**",
        name_board=None,
        name_kiosk=None,
        persons=2,
        class_="B",
        amount_fen=66_000,
        exit_month=None,
    )
    return row._replace(**members)


def numbered(rows: Iterable[Listed], prefix: str) -> list[Listed]:
    """Return rows with a notice for each village and a number in it, as a list has them."""
    found: defaultdict[str, int] = defaultdict(int)
    made = []
    for row in rows:
        found[row.village] += 1
        notice_id = f"{prefix}{VILLAGES.index(row.village)}"
        made.append(row._replace(notice_id=notice_id, n=found[row.village]))
    return made


def store_list(
    session: Session,
    rows: Sequence[Listed],
    period: str,
    at: datetime,
    *,
    townships: Iterable[str] = (SANYING, GUANTING, XINGLONG),
    state: SubmissionState = SubmissionState.APPROVED,
) -> list[Submission]:
    """Store an approved list of each township; rows keep the notices that they name."""
    made = []
    for township in townships:
        mine = [row for row in rows if TOWNSHIP[row.village] == township]
        submission = _submission(township, period, at, state)
        session.add(submission)
        session.flush()
        _store_notices(session, submission, mine, at)
        made.append(submission)
    return made


def _submission(township: str, period: str, at: datetime, state: SubmissionState) -> Submission:
    number = next(_numbers)
    return Submission(
        id=f"{number:032x}",
        kind=Kind.STANDING.value,
        region_code=township,
        period=period,
        state=state,
        file_digest=f"{number:064x}",
        file_name="",
        rows_ok=0,
        rows_bad=0,
        households=0,
        persons=0,
        amount_fen=0,
        problems=[],
        gate_hits=[],
        digest="0" * 64,
        created_at=at,
        decided_at=at,
    )


def _store_notices(
    session: Session, submission: Submission, rows: Sequence[Listed], at: datetime
) -> None:
    period = parse_period(submission.period)
    for notice_id, village in sorted({(row.notice_id, row.village) for row in rows}):
        session.add(
            Notice(
                id=notice_id,
                submission_id=submission.id,
                kind=submission.kind,
                programme=DIBAO,
                region_code=village,
                period=submission.period,
                first_on=period.first_on,
                last_on=period.last_on,
                version=1,
                published_at=at if submission.state is SubmissionState.APPROVED else None,
            )
        )
    session.flush()
    if rows:
        session.execute(insert(NoticeRow), [_values(row) for row in rows])


def _values(row: Listed) -> dict[str, Any]:
    return {
        "notice_id": row.notice_id,
        "version": 1,
        "n": row.n,
        "village": "东塬村委会",
        "group": row.group,
        "name": row.name,
        "name_board": row.name_board,
        "name_kiosk": row.name_kiosk,
        "persons": row.persons,
        "class_": row.class_,
        "amount_fen": row.amount_fen,
        "reason": "",
        "salt": b"0" * 16,
        "key_id": row.key_id,
        "household_digest": row.digest,
        "person_digest": row.digest,
        "exit_month": row.exit_month,
    }
