"""Publication 发布: what the one short transaction of an approval writes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, undefer

from disclosure.catalogue import kind_of
from disclosure.drafting import CommittedRow, channel_roots, committed_channels, public_row
from disclosure.lifecycle import posting_window
from disclosure.log.commitment import Commitment, canonical, content_digest, joint_digest
from disclosure.logbook import NewEntry, append_entries, lock_log
from disclosure.models import Notice, NoticeRow, NoticeVersion, Submission
from portal.data.changes import note_changes
from portal.data.jobs import enqueue
from portal.data.pages import forget_pages
from portal.data.regions import path_of
from portal.kernel.errors import Conflict
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.money import format_yuan, parse_yuan
from portal.kernel.period import parse_period

HAS_CHANGED = N_("The list has changed since you looked at it. Load it again and check it anew.")
HOME_KEY = "home"
WARM_JOB = "warm-pages"


def region_key(code: str) -> str:
    """Return what pages depend on that show the place ``code``."""
    return f"region:{code}"


def notice_key(notice_id: str) -> str:
    """Return what pages depend on that show the notice."""
    return f"notice:{notice_id}"


def public_members(row: NoticeRow | Row[Any]) -> dict[str, Any]:
    """Return a stored row's public members, as the web shows it."""
    return public_row(
        n=row.n,
        village=row.village,
        group=row.group,
        name=row.name,
        persons=row.persons,
        class_=row.class_,
        amount_fen=row.amount_fen,
        reason=row.reason,
    )


def list_rows(session: Session, notice_id: str, version: int) -> Sequence[NoticeRow]:
    """Return a version's rows in their order."""
    query = (
        select(NoticeRow)
        .where(NoticeRow.notice_id == notice_id, NoticeRow.version == version)
        .order_by(NoticeRow.n)
    )
    return session.scalars(query).all()


def _versions(session: Session, submission_id: str) -> list[tuple[Notice, NoticeVersion]]:
    query = (
        select(Notice, NoticeVersion)
        .join(
            NoticeVersion,
            (NoticeVersion.notice_id == Notice.id) & (NoticeVersion.version == Notice.version),
        )
        .options(undefer(NoticeVersion.board_names))
        .where(Notice.submission_id == submission_id)
        .order_by(Notice.region_code)
    )
    return [(notice, version) for notice, version in session.execute(query)]


def _rows_of(session: Session, submission_id: str) -> dict[str, list[Row[Any]]]:
    """Return the rows of all notices of a file at once, in their order, by notice."""
    row = NoticeRow
    query = (
        select(
            *(row.notice_id, row.n, row.village, row.group, row.name, row.name_board),
            *(row.name_kiosk, row.persons, row.class_, row.amount_fen, row.reason),
            *(row.salt, row.channel_salt),
        )
        .join(Notice, (Notice.id == row.notice_id) & (Notice.version == row.version))
        .where(Notice.submission_id == submission_id)
        .order_by(row.notice_id, row.n)
    )
    found: dict[str, list[Row[Any]]] = {}
    for line in session.execute(query):
        found.setdefault(line.notice_id, []).append(cast("Row[Any]", line))
    return found


def approved_digest(session: Session, submission_id: str) -> str:
    """Compute the digest over all notices of a file, from every column that will be published.

    Raises Conflict where a total, a date or a digest no longer agrees with what it stands beside.
    """
    commitments = []
    rows_of = _rows_of(session, submission_id)
    for notice, version in _versions(session, submission_id):
        rows = rows_of.get(notice.id, [])
        roots = channel_roots(map(_committed, rows))
        if version.board_names is not None:
            # Whole names cannot be read here; their parcel is held to its digest instead.
            roots[Channel.BOARD] = version.content["channels"][Channel.BOARD.value]
            rows = [row for row in rows if row.name_board is None]
        content = _stored_content(notice, version)
        content.pop("board_names", None)
        content |= committed_channels(roots, version.board_names)
        commitment = Commitment(content=content_digest(content), rows=roots[Channel.WEB])
        if not _agree(notice, version, rows, commitment):
            raise Conflict(HAS_CHANGED)
        commitments.append(commitment)
    return joint_digest(commitments)


def _committed(row: Row[Any]) -> CommittedRow:
    names = {channel: shown_name(row, channel) for channel in Channel}
    return CommittedRow(public_members(row), names, row.salt, row.channel_salt)


def _stored_content(notice: Notice, version: NoticeVersion) -> dict[str, Any]:
    """Return a notice's content with everything in it that is published from elsewhere."""
    return {
        **version.content,
        "title": version.title,
        "kind": notice.kind,
        "programme": notice.programme,
        "region": notice.region_code,
        "period": notice.period,
    }


def shown_name(row: NoticeRow | Row[Any], channel: Channel) -> str:
    """Return the masked name of ``channel``; it is stored where it differs from the web's."""
    if channel is Channel.WEB:
        return str(row.name)
    other = row.name_board if channel is Channel.BOARD else row.name_kiosk
    return str(other or row.name)


def _agree(
    notice: Notice, version: NoticeVersion, rows: Sequence[Row[Any]], commitment: Commitment
) -> bool:
    """Tell whether totals, dates and digests say the same as the text and the rows."""
    period = parse_period(notice.period)
    emergency = version.content.get("emergency", {"households": 0, "amount": "0"})
    households = len(rows) + emergency["households"]
    amount = sum(row.amount_fen for row in rows) + parse_yuan(emergency["amount"])
    persons = sum(row.persons or 0 for row in rows)
    return (
        (version.content_digest, version.rows_digest) == (commitment.content, commitment.rows)
        and (notice.first_on, notice.last_on) == (period.first_on, period.last_on)
        and (version.households, version.amount_fen) == (households, amount)
        and (version.persons == persons or "emergency" in version.content)
    )


def publish(session: Session, submission: Submission, *, now: datetime) -> tuple[str, ...]:
    """Publish every notice of an approved file, log it, and forget the pages that it changes."""
    # One publication at a time, or two months approved at once would not see each other.
    lock_log(session)
    kind = kind_of(submission.kind)
    versions = _versions(session, submission.id)
    if kind.replaces:
        _check_order(session, submission, versions[0][0])
        changed = _replace(session, submission, versions, now)
    else:
        changed = set()
    for notice, version in versions:
        notice.posted_from, notice.posted_to = window_from(notice, now)
        notice.published_at = version.published_at = now
    indexes = append_entries(
        session,
        [
            NewEntry(notice.id, entry_members("publish", notice, version))
            for notice, version in versions
        ],
        now=now,
    )
    for (_, version), index in zip(versions, indexes, strict=True):
        version.log_index = index
    keys = _keys(session, submission, versions, changed)
    forget_pages(session, keys)
    note_changes(session, (key for key in keys if key.startswith(notice_key(""))))
    ids = tuple(notice.id for notice, _ in versions)
    enqueue(session, WARM_JOB, {"notices": list(ids)}, now=now, key=f"warm:{submission.id}")
    return ids


def window_from(notice: Notice, published_at: datetime) -> tuple[date, date | None]:
    """Return the days (first, last) on which a notice hangs 公示期 if it is published then."""
    kind = kind_of(notice.kind)
    first, last = (notice.first_on, notice.last_on) if kind.printed_window else (None, None)
    return posting_window(first, last, days=kind.window_days, published_at=published_at)


def _check_order(session: Session, submission: Submission, sample: Notice) -> None:
    later = session.scalar(
        select(Notice.period)
        .join(Submission, Submission.id == Notice.submission_id)
        .where(
            Submission.region_code == submission.region_code,
            Notice.kind == submission.kind,
            Notice.published_at.is_not(None),
            Notice.withdrawn_at.is_(None),
            Notice.first_on > sample.first_on,
        )
        .limit(1)
    )
    if later is not None:
        raise Conflict(N_("A later list (%(period)s) is posted already."), period=later)


def _replace(
    session: Session,
    submission: Submission,
    versions: Sequence[tuple[Notice, NoticeVersion]],
    now: datetime,
) -> set[str]:
    """End what the new list replaces, in villages that have no household left as well."""
    query = (
        select(Notice)
        .join(Submission, Submission.id == Notice.submission_id)
        .where(
            Submission.region_code == submission.region_code,
            Submission.id != submission.id,
            Notice.kind == submission.kind,
            Notice.published_at.is_not(None),
            Notice.replaced_at.is_(None),
            Notice.withdrawn_at.is_(None),
        )
    )
    successor = {notice.region_code: notice.id for notice, _ in versions}
    keys = set()
    for old in session.scalars(query):
        old.replaced_at, old.replaced_by = now, successor.get(old.region_code)
        keys |= {notice_key(old.id), region_key(old.region_code)}
    return keys


def _keys(
    session: Session,
    submission: Submission,
    versions: Iterable[tuple[Notice, NoticeVersion]],
    changed: set[str],
) -> set[str]:
    keys = {HOME_KEY, *changed}
    keys |= {region_key(region.code) for region in path_of(session, submission.region_code)}
    for notice, _ in versions:
        keys |= {notice_key(notice.id), region_key(notice.region_code)}
    return keys


def entry_members(event: str, notice: Notice, version: NoticeVersion) -> Mapping[str, Any]:
    """Return a log entry's members but ``v`` and ``at`` (rules/transparency-log.md, "Entry")."""
    return {
        "event": event,
        "notice": notice.id,
        "version": version.version,
        "kind": notice.kind,
        "region": notice.region_code,
        "period": notice.period,
        "posted_from": notice.posted_from.isoformat() if notice.posted_from else None,
        "posted_to": notice.posted_to.isoformat() if notice.posted_to else None,
        "totals": logged_totals(version),
        "content": version.content_digest,
        "rows": version.rows_digest,
        "prev": None,
    }


def totals_members(version: NoticeVersion) -> dict[str, Any]:
    """Return a version's totals as ``/n/<id>.json`` shows them; the amount in yuan."""
    return {
        "households": version.households,
        "persons": version.persons,
        "amount": format_yuan(version.amount_fen),
    }


def logged_totals(version: NoticeVersion) -> Mapping[str, Any]:
    """Return the logged totals: of fewer than three households, only a commitment."""
    if version.totals_salt is None:
        return totals_members(version)
    digest = hashlib.sha256(version.totals_salt + canonical(totals_members(version)))
    return {"commitment": digest.hexdigest()}
