"""Posting a row again 重新公示: an ordinary list of one row, which goes the ordinary way.

It is submitted by whoever recorded the finding, a second person approves its digest, and its window
counts from there (rules/deadlines.md, "review-notice-again"). The row has a new salt, so that
nobody can tell from the digests which row of the ended notice it was.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from disclosure.boardnames import open_names, seal_names
from disclosure.catalogue import kind_of
from disclosure.drafting import OTHER_CHANNELS, channel_digest, committed_channels
from disclosure.gate import scan, texts_of_rows
from disclosure.importing import FIRST_VERSION
from disclosure.lifecycle import SubmissionState
from disclosure.log.commitment import canonical, content_digest
from disclosure.log.rows import SALT_BYTES, row_leaf
from disclosure.log.tree import tree_root
from disclosure.models import Notice, NoticeRow, NoticeVersion, PrintCode, Submission
from disclosure.namepolicy import get_policy
from disclosure.objections.againpolicy import get_days
from disclosure.objections.models import RowMatter
from disclosure.objections.opening import copied, find_row
from disclosure.publication import approved_digest, public_members, shown_name
from portal.data.ids import new_id
from portal.data.keyfiles import Keys
from portal.kernel.clock import local_date
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.masking import Channel, NameStyle
from portal.kernel.receipts import new_notice_id, new_short_code

AGAIN = "（重新公示）"
# What belongs to the first posting alone.
_NOT_TAKEN_OVER = frozenset({"emergency", "channels", "board_names"})
_ONLY = 1


def posts_again(session: Session, notice: Notice) -> bool:
    """Tell whether a row of this notice can be posted again: a window of its own, and a county.

    A list that stands until the next one is corrected instead; one row of it posted anew would
    replace the whole list.
    """
    kind = kind_of(notice.kind, session)
    return kind.printed_window and not kind.replaces and get_days(session, notice.region_code) > 0


def post_again(session: Session, matter: RowMatter, keys: Keys, *, now: datetime) -> Submission:
    """Submit the row as a list of its own; raises Refused where it cannot be shown as it was."""
    old = matter.notice
    values = row_values(session, matter)
    version = session.get_one(NoticeVersion, (old.id, old.version))
    if values is None or not posts_again(session, old):
        raise Refused(N_("This row cannot be posted again."))
    policy = get_policy(session, old.region_code)
    if version.content["names"] != policy.as_mapping():
        raise Refused(
            N_(
                "The county has decided anew how names are shown, so this row cannot be posted "
                "again from here. Return the finding, and bring the row in as a new list."
            )
        )
    first = local_date(now)
    last = first + timedelta(days=get_days(session, old.region_code) - 1)
    submission = _submission(session, matter, values, (first, last), now)
    notice = _notice(old, submission, (first, last))
    whole = None
    if matter.whole_name is not None and policy.board is NameStyle.WHOLE:
        whole = open_names(keys.open_names, old.id, matter.whole_name)[matter.n]
    row = NoticeRow(
        **{**values, "notice_id": notice.id, "version": FIRST_VERSION, "n": _ONLY},
        salt=secrets.token_bytes(SALT_BYTES),
    )
    session.add_all([notice, row])
    session.flush()
    session.add(_version(notice, version, row, whole, keys))
    session.add_all(_codes(notice))
    session.flush()
    submission.digest = approved_digest(session, submission.id)
    return submission


def row_values(session: Session, matter: RowMatter) -> Mapping[str, Any] | None:
    """Return the row as it stands now, or as it was when it was held back; None once decided."""
    row = find_row(session, matter.notice, matter.n)
    if matter.row_copy is None:
        return None
    return matter.row_copy if row is None else copied(row)


def _submission(
    session: Session,
    matter: RowMatter,
    values: Mapping[str, Any],
    window: tuple[date, date],
    now: datetime,
) -> Submission:
    texts = [(_ONLY, values["group"], values["class_"], values["reason"])]
    hits = scan(texts_of_rows("", texts), frozenset())
    old = session.get_one(Submission, matter.notice.submission_id)
    submission = Submission(
        id=new_id(),
        kind=matter.notice.kind,
        region_code=old.region_code,
        period=_period(window),
        # There is no file; the matter is what it came from, once.
        file_digest=hashlib.sha256(f"row matter {matter.id}".encode()).hexdigest(),
        file_name="",
        rows_ok=1,
        rows_bad=0,
        households=1,
        persons=values["persons"] or 0,
        amount_fen=values["amount_fen"],
        problems=[],
        gate_hits=[asdict(hit) for hit in hits],
        digest="",
        state=SubmissionState.SUBMITTED,
        created_at=now,
        created_by=matter.recorded_by,
        submitted_at=now,
        submitted_by=matter.recorded_by,
    )
    session.add(submission)
    session.flush()
    return submission


def _period(window: tuple[date, date]) -> str:
    return f"{window[0].isoformat()}/{window[1].isoformat()}"


def _notice(old: Notice, submission: Submission, window: tuple[date, date]) -> Notice:
    return Notice(
        id=new_notice_id(),
        submission_id=submission.id,
        kind=old.kind,
        programme=old.programme,
        region_code=old.region_code,
        period=_period(window),
        first_on=window[0],
        last_on=window[1],
        version=FIRST_VERSION,
    )


def _codes(notice: Notice) -> list[PrintCode]:
    return [
        PrintCode(
            code=new_short_code(),
            notice_id=notice.id,
            version=FIRST_VERSION,
            channel=channel.value,
        )
        for channel in (Channel.WEB, Channel.BOARD)
    ]


def _version(
    notice: Notice, old: NoticeVersion, row: NoticeRow, whole: str | None, keys: Keys
) -> NoticeVersion:
    root = tree_root([row_leaf(canonical(public_members(row)), row.salt)]).hex()
    salt = secrets.token_bytes(SALT_BYTES)
    shown = {channel: shown_name(row, channel) for channel in OTHER_CHANNELS}
    parcel = None
    if whole is not None:
        shown[Channel.BOARD] = whole
        parcel = seal_names(keys.seal_names, notice.id, {row.n: whole})
    digests = {
        channel: channel_digest(channel, root, [name], salt) for channel, name in shown.items()
    }
    title = old.title.removesuffix(AGAIN) + AGAIN
    content = {
        **{name: value for name, value in old.content.items() if name not in _NOT_TAKEN_OVER},
        "title": title,
        "period": notice.period,
        **committed_channels(digests, parcel),
    }
    return NoticeVersion(
        notice_id=notice.id,
        version=FIRST_VERSION,
        title=title,
        content=content,
        content_digest=content_digest(content),
        rows_digest=root,
        households=1,
        persons=row.persons or 0,
        amount_fen=row.amount_fen,
        board_names=parcel,
        channel_salt=salt,
        # One household: its totals are logged salted, like those of every list of a few.
        totals_salt=secrets.token_bytes(SALT_BYTES),
    )
