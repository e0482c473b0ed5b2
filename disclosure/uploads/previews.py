"""Previews 预览 of a list before it is approved: each channel, and the poster marked invalid.

A preview's poster carries no code of its own, so that a sheet that was printed too early never
turns into a valid one.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from disclosure.boardnames import Open
from disclosure.catalogue import kind_of
from disclosure.deskqueries import PreviewNotice, SubmissionView, view_submission
from disclosure.drafting import Contact, chinese_period
from disclosure.models import Notice, NoticeVersion, Submission
from disclosure.posters.content import PosterContent
from disclosure.printing import (
    objection_to,
    poster_kind,
    poster_row,
    poster_totals,
    told_of,
    verify_path,
    village_rows,
)
from disclosure.publication import window_from
from portal.data.accounts import Actor
from portal.kernel.clock import local_date
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.kernel.receipts import format_short_code

NO_CODE = "0" * 10
NOTE = "【预览 PREVIEW：未经审批，不得张贴】"
NOT_KEPT = N_(
    "The file is not kept any more: it is there only while its list is a draft or waits for "
    "approval."
)
CHANNELS = (Channel.BOARD, Channel.KIOSK, Channel.WEB)


@dataclass(frozen=True)
class NoticePreview:
    """One village's notice before approval, with the list that it belongs to."""

    submission: SubmissionView
    notice: PreviewNotice

    def differs(self, channel: Channel) -> bool:
        """Tell whether a channel shows any name otherwise than the web does."""
        return any(row.names[channel] != row.names[Channel.WEB] for row in self.notice.rows)


def get_preview(
    session: Session, actor: Actor, submission_id: str, notice_id: str, *, open_parcel: Open
) -> NoticePreview:
    """Return a notice of a list of the actor's area as it will be seen; raises NotFound."""
    view = view_submission(session, actor, submission_id, open_parcel=open_parcel)
    found = [notice for notice in view.notices if notice.id == notice_id]
    if not found:
        raise NotFound(N_("There is no such notice in this list."))
    return NoticePreview(view, found[0])


@dataclass(frozen=True)
class KeptUpload:
    """A township's file as it was uploaded, ``sealed``, while its list is open."""

    kind: str
    region_code: str
    period: str
    file_name: str
    sealed: bytes = field(repr=False)


def get_upload(session: Session, actor: Actor, submission_id: str) -> KeptUpload:
    """Return the file behind a list of the actor's area; raises NotFound."""
    actor.require(Permission.UPLOAD_LIST)
    submission = session.get(Submission, submission_id, options=[undefer(Submission.upload)])
    if submission is None or not actor.covers(submission.region_code):
        raise NotFound(N_("There is no such list in your area."))
    if submission.upload is None:
        raise NotFound(NOT_KEPT)
    return KeptUpload(
        kind=submission.kind,
        region_code=submission.region_code,
        period=submission.period,
        file_name=submission.file_name,
        sealed=submission.upload,
    )


def preview_poster(
    session: Session, preview: NoticePreview, *, base_url: str, now: datetime
) -> PosterContent:
    """Return the poster that the board would show, marked as a preview."""
    query = (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, NoticeVersion.notice_id == Notice.id)
        .where(Notice.id == preview.notice.id, NoticeVersion.version == Notice.version)
    )
    notice, version = session.execute(query).one()
    content = version.content
    posted_from, posted_to = window_from(notice, now)
    return PosterContent(
        kind=poster_kind(kind_of(notice.kind, session), content),
        title=version.title,
        programme=notice.programme,
        place=tuple(content["place"]),
        period=chinese_period(parse_period(notice.period)),
        rows=village_rows(content)
        or tuple(poster_row(row, row.names[Channel.BOARD]) for row in preview.notice.rows),
        totals=poster_totals(
            version.households,
            version.persons,
            version.amount_fen,
            told=told_of(notice.kind, preview.notice.rows),
        ),
        verify_url=base_url + verify_path(NO_CODE),
        short_code=format_short_code(NO_CODE),
        issuer=content["issuer"]["name"],
        issued_on=local_date(now),
        objection=objection_to(Contact(**content["issuer"]), Contact(**content["supervisor"])),
        posted_from=posted_from,
        posted_to=posted_to,
        channel_note=NOTE,
        preview=True,
    )
