"""What the desk reads of lists 名单: frozen values of the actor's own area."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from disclosure.boardnames import Open, open_names
from disclosure.lifecycle import SubmissionState
from disclosure.models import IS_CURRENT, Notice, NoticeRow, NoticeVersion, Submission
from disclosure.publication import shown_name
from disclosure.service import why_not_approve
from portal.data.accounts import Actor, User
from portal.data.regions import Level, Region, code_prefix, list_regions
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class SubmissionLine:
    """A township's file in the desk's list."""

    id: str
    kind: str
    township: str
    period: str
    state: SubmissionState
    created_at: datetime
    households: int
    amount_fen: int
    rows_bad: int
    post_at: datetime | None


@dataclass(frozen=True)
class PreviewRow:
    """A row as each channel will show it."""

    n: int
    village: str
    names: dict[Channel, str]
    group: str
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    exit_month: str | None
    change: str | None


@dataclass(frozen=True)
class PreviewNotice:
    """One village's notice as it will be published."""

    id: str
    title: str
    village: str
    households: int
    persons: int
    amount_fen: int
    published: bool
    rows: tuple[PreviewRow, ...]
    figures: dict[str, Any] | None


@dataclass(frozen=True)
class SubmissionView:
    """A township's file with its problems and what will be seen."""

    line: SubmissionLine
    digest: str
    rows_ok: int
    errors: int
    persons: int
    leave_out_bad_rows: bool
    problems: tuple[dict[str, Any], ...]
    gate_hits: tuple[dict[str, Any], ...]
    return_reason: str
    created_by: str
    submitted_by: str
    decided_by: str
    decided_at: datetime | None
    notices: tuple[PreviewNotice, ...]
    keeps_upload: bool
    may_submit: bool
    may_leave_out: bool
    may_approve: bool
    may_recall: bool
    why_not: str


def _line(submission: Submission) -> SubmissionLine:
    return SubmissionLine(
        id=submission.id,
        kind=submission.kind,
        township=submission.region.name,
        period=submission.period,
        state=submission.state,
        created_at=submission.created_at,
        households=submission.households,
        amount_fen=submission.amount_fen,
        rows_bad=submission.rows_bad,
        post_at=submission.post_at,
    )


def list_submissions(
    session: Session, actor: Actor, *, limit: int = 100
) -> Sequence[SubmissionLine]:
    """Return the newest files of the actor's area, those that wait for approval first."""
    actor.require(Permission.VIEW_LISTS)
    query = (
        select(Submission)
        .options(joinedload(Submission.region))
        .where(Submission.state != SubmissionState.DISCARDED)
        .order_by(
            (Submission.state == SubmissionState.SUBMITTED).desc(), Submission.created_at.desc()
        )
        .limit(limit)
    )
    if actor.region_code is not None:
        query = query.where(Submission.region_code.startswith(code_prefix(actor.region_code)))
    return [_line(submission) for submission in session.scalars(query)]


def list_townships(session: Session, actor: Actor) -> Sequence[Region]:
    """Return the townships that the actor may bring lists in for."""
    return list_regions(session, [Level.TOWNSHIP], within=actor.region_code)


def list_reporting_places(session: Session, actor: Actor) -> Sequence[Region]:
    """Return the places that files may be for: townships, and counties for what they paid out."""
    return list_regions(session, [Level.COUNTY, Level.TOWNSHIP], within=actor.region_code)


def view_submission(
    session: Session, actor: Actor, submission_id: str, *, open_parcel: Open
) -> SubmissionView:
    """Return a file of the actor's area with everything that the desk shows; raises NotFound.

    ``open_parcel`` opens the whole names that the board will show, so that they can be checked.
    """
    actor.require(Permission.VIEW_LISTS)
    submission = session.get(Submission, submission_id)
    if submission is None or not actor.covers(submission.region_code):
        raise NotFound(N_("There is no such list in your area."))
    names = _names(session, submission)
    undecided = submission.errors > 0 and not submission.leave_out_bad_rows
    draft = submission.state is SubmissionState.DRAFT
    own_draft = draft and actor.may(Permission.UPLOAD_LIST)
    may_approve, why_not = _may_approve(actor, submission)
    return SubmissionView(
        line=_line(submission),
        digest=submission.digest,
        rows_ok=submission.rows_ok,
        errors=submission.errors,
        persons=submission.persons,
        leave_out_bad_rows=submission.leave_out_bad_rows,
        problems=tuple(submission.problems),
        gate_hits=tuple(submission.gate_hits),
        return_reason=submission.return_reason,
        created_by=names.get(submission.created_by, ""),
        submitted_by=names.get(submission.submitted_by, ""),
        decided_by=names.get(submission.decided_by, ""),
        decided_at=submission.decided_at,
        notices=_preview(session, submission, open_parcel),
        keeps_upload=submission.state in (SubmissionState.DRAFT, SubmissionState.SUBMITTED),
        may_submit=own_draft and not undecided and not submission.gate_hits,
        may_leave_out=own_draft and undecided,
        may_approve=may_approve,
        may_recall=submission.post_at is not None and actor.may(Permission.APPROVE_LIST),
        why_not=why_not,
    )


def _may_approve(actor: Actor, submission: Submission) -> tuple[bool, str]:
    if submission.state is not SubmissionState.SUBMITTED or not actor.may(Permission.APPROVE_LIST):
        return False, ""
    why_not = why_not_approve(actor, submission)
    return not why_not, why_not


def _names(session: Session, submission: Submission) -> dict[str | None, str]:
    ids = {submission.created_by, submission.submitted_by, submission.decided_by} - {None}
    users = session.scalars(select(User).where(User.id.in_(ids)))
    return {user.id: user.name for user in users}


def _preview(
    session: Session, submission: Submission, open_parcel: Open
) -> tuple[PreviewNotice, ...]:
    query = (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, IS_CURRENT)
        .options(joinedload(Notice.region), undefer(NoticeVersion.board_names))
        .where(Notice.submission_id == submission.id)
        .order_by(Notice.region_code)
    )
    notices = session.execute(query).all()
    whole = {
        notice.id: open_names(open_parcel, notice.id, version.board_names)
        for notice, version in notices
        if version.board_names is not None
    }
    rows = _preview_rows(session, submission, whole)
    return tuple(
        PreviewNotice(
            id=notice.id,
            title=version.title,
            village=notice.region.name,
            households=version.households,
            persons=version.persons,
            amount_fen=version.amount_fen,
            published=notice.published_at is not None,
            rows=tuple(rows.get(notice.id, ())),
            figures=version.content.get("figures"),
        )
        for notice, version in notices
    )


def _preview_rows(
    session: Session, submission: Submission, whole: Mapping[str, Mapping[int, str]]
) -> dict[str, list[PreviewRow]]:
    """Return the rows of every notice of a file; ``whole`` holds the board's names by notice."""
    query = (
        select(NoticeRow)
        .join(Notice, (Notice.id == NoticeRow.notice_id) & (Notice.version == NoticeRow.version))
        .where(Notice.submission_id == submission.id)
        .order_by(NoticeRow.notice_id, NoticeRow.n)
    )
    rows: dict[str, list[PreviewRow]] = {}
    for row in session.scalars(query):
        name = whole.get(row.notice_id, {}).get(row.n)
        rows.setdefault(row.notice_id, []).append(preview_row(row, name))
    return rows


def preview_row(row: NoticeRow, whole: str | None) -> PreviewRow:
    """Return a stored row as each channel will show it; ``whole`` is the board's name if any."""
    return PreviewRow(
        n=row.n,
        village=row.village,
        names={
            **{channel: shown_name(row, channel) for channel in Channel},
            **({} if whole is None else {Channel.BOARD: whole}),
        },
        group=row.group,
        persons=row.persons,
        class_=row.class_,
        amount_fen=row.amount_fen,
        reason=row.reason,
        exit_month=row.exit_month,
        change=row.change,
    )
