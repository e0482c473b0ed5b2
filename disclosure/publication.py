"""Publication 发布: what the one short transaction of an approval writes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, undefer

from disclosure.catalogue import CHANGES, kind_of
from disclosure.drafting import (
    OTHER_CHANNELS,
    channel_digest,
    committed_channels,
)
from disclosure.kinds.terms import kind_of_notice
from disclosure.lifecycle import posting_window
from disclosure.log.commitment import Commitment, content_digest, joint_digest
from disclosure.log.rows import row_leaf
from disclosure.log.tree import tree_root
from disclosure.logbook.appending import lock_log
from disclosure.logentries import log_publication
from disclosure.models import IS_CURRENT, Notice, NoticeRow, NoticeVersion, Submission
from disclosure.movements.publishing import mark_published
from disclosure.movements.recording import record_changes
from disclosure.publicrow import PublicRow
from portal.data.changes import note_changes
from portal.data.jobs import enqueue
from portal.data.pages import forget_pages
from portal.data.regions import path_of
from portal.kernel.errors import Conflict
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.money import parse_yuan
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
    public = PublicRow(
        *(row.n, row.village, row.group, row.name, row.persons),
        *(row.class_, row.amount_fen, row.reason, row.exit_month, row.change),
    )
    return public.members()


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
        .join(NoticeVersion, IS_CURRENT)
        .options(undefer(NoticeVersion.board_names))
        .where(Notice.submission_id == submission_id)
        .order_by(Notice.region_code)
    )
    return [(notice, version) for notice, version in session.execute(query)]


def _rows_of(session: Session, submission_id: str) -> dict[str, list[Row[Any]]]:
    """Return the rows of all notices of a file at once, in their order, by notice."""
    same_version = (Notice.id == NoticeRow.notice_id) & (Notice.version == NoticeRow.version)
    query = _committed_rows().join(Notice, same_version)
    query = query.where(Notice.submission_id == submission_id)
    lines = cast("Iterable[Row[Any]]", session.execute(query))
    return {key: list(found) for key, found in groupby(lines, attrgetter("notice_id"))}


def committed_rows_of(session: Session, version: NoticeVersion) -> list[Row[Any]]:
    """Return the rows of one version, as they are committed to, in their order."""
    query = _committed_rows().where(
        NoticeRow.notice_id == version.notice_id, NoticeRow.version == version.version
    )
    return list(cast("Iterable[Row[Any]]", session.execute(query)))


def _committed_rows() -> Select[*tuple[Any, ...]]:
    row = NoticeRow
    return select(
        *(row.n, row.village, row.group, row.name, row.persons, row.class_, row.amount_fen),
        *(row.reason, row.exit_month, row.change),
        *(row.salt, row.name_board, row.name_kiosk, row.notice_id),
    ).order_by(row.notice_id, row.n)


def approved_digest(session: Session, submission_id: str) -> str:
    """Compute the digest over all notices of a file, from every column that will be published.

    Raises Conflict where a total, a date or a digest no longer agrees with what it stands beside.
    """
    commitments = []
    rows_of = _rows_of(session, submission_id)
    for notice, version in _versions(session, submission_id):
        rows = rows_of.get(notice.id, [])
        commitment = commitment_of(notice, version, rows)
        if version.board_names is not None:
            rows = [row for row in rows if row.name_board is None]
        if not agrees(notice, version, rows, commitment):
            raise Conflict(HAS_CHANGED)
        commitments.append(commitment)
    return joint_digest(commitments)


def commitment_of(notice: Notice, version: NoticeVersion, rows: Sequence[Row[Any]]) -> Commitment:
    """Compute what commits to a version, from every column that will be published."""
    root = tree_root(
        [
            row_leaf(PublicRow(*members).jcs(), salt)
            for *members, salt, _board, _kiosk, _notice in map(tuple, rows)
        ]
    ).hex()
    salt = version.channel_salt or b""
    digests = {
        channel: channel_digest(channel, root, [shown_name(row, channel) for row in rows], salt)
        for channel in OTHER_CHANNELS
    }
    if version.board_names is not None:
        # Whole names cannot be read here; their parcel is held to its digest instead.
        digests[Channel.BOARD] = version.content["channels"][Channel.BOARD.value]
    content = stored_content(notice, version)
    content.pop("board_names", None)
    content |= committed_channels(digests, version.board_names)
    return Commitment(content=content_digest(content), rows=root)


def stored_content(notice: Notice, version: NoticeVersion) -> dict[str, Any]:
    """Return a notice's content with everything in it that is published from elsewhere."""
    return {
        **version.content,
        "title": version.title,
        "kind": notice.kind,
        "programme": notice.programme,
        "region": notice.region_code,
        "period": notice.period,
    }


def shown_name(row: NoticeRow | Row[*tuple[Any, ...]], channel: Channel) -> str:
    """Return the masked name of ``channel``; it is stored where it differs from the web's."""
    if channel is Channel.WEB:
        return str(row.name)
    other = row.name_board if channel is Channel.BOARD else row.name_kiosk
    return str(other or row.name)


def agrees(
    notice: Notice, version: NoticeVersion, rows: Sequence[Row[Any]], commitment: Commitment
) -> bool:
    """Tell whether totals, dates and digests say the same as the text and the rows."""
    period = parse_period(notice.period)
    beside = _counted_beside(version.content)
    households = len(rows) + beside["households"]
    amount = sum(row.amount_fen for row in rows) + parse_yuan(beside["amount"])
    # Of emergency relief the persons are not said.
    persons = beside["persons"]
    persons = None if persons is None else persons + sum(row.persons or 0 for row in rows)
    return (
        (version.content_digest, version.rows_digest) == (commitment.content, commitment.rows)
        and (notice.first_on, notice.last_on) == (period.first_on, period.last_on)
        and (version.households, version.amount_fen) == (households, amount)
        and persons in (None, version.persons)
    )


def _counted_beside(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notice says in figures only, beside its rows or in their place."""
    none = {"households": 0, "persons": 0, "amount": "0"}
    if "emergency" in content:
        return {**none, "persons": None, **content["emergency"]}
    return {**none, **content.get("figures", {})}


def publish(session: Session, submission: Submission, *, now: datetime) -> tuple[str, ...]:
    """Publish every notice of an approved file, log it, and forget the pages that it changes."""
    # One publication at a time, or two months approved at once would not see each other.
    lock_log(session)
    kind = kind_of(submission.kind, session)
    versions = _versions(session, submission.id)
    if kind.replaces:
        _check_order(session, submission, versions[0][0])
        replaced = _replace(session, submission, versions, now)
        # Now, because the rows of what is replaced are forgotten at the next sweep.
        record_changes(session, submission, {old.submission_id for old in replaced}, now=now)
    else:
        replaced = []
    for notice, version in versions:
        notice.posted_from, notice.posted_to = window_from(notice, now)
        notice.published_at = version.published_at = now
    if kind.id == CHANGES:
        mark_published(session, submission, versions[0][0].posted_to, now=now)
    log_publication(session, versions, replaced, now=now)
    keys = _keys(session, submission, [*replaced, *(notice for notice, _ in versions)])
    forget_pages(session, keys)
    note_changes(session, (key for key in keys if key.startswith(notice_key(""))))
    ids = tuple(notice.id for notice, _ in versions)
    enqueue(session, WARM_JOB, {"notices": list(ids)}, now=now, key=f"warm:{submission.id}")
    return ids


def window_from(notice: Notice, published_at: datetime) -> tuple[date, date | None]:
    """Return the days (first, last) on which a notice hangs 公示期 if it is published then."""
    kind = kind_of_notice(notice)
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
) -> Sequence[Notice]:
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
    replaced = session.scalars(query).all()
    for old in replaced:
        old.replaced_at, old.replaced_by = now, successor.get(old.region_code)
    return replaced


def _keys(session: Session, submission: Submission, changed: Iterable[Notice]) -> set[str]:
    keys = {HOME_KEY}
    keys |= {region_key(region.code) for region in path_of(session, submission.region_code)}
    for notice in changed:
        keys |= {notice_key(notice.id), region_key(notice.region_code)}
    return keys
