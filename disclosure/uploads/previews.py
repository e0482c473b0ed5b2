"""Previews 预览 of a list before it is approved: each channel, and the poster marked invalid.

A preview's poster carries no code of its own, so that a sheet that was printed too early never
turns into a valid one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.boardnames import Open
from disclosure.catalogue import kind_of
from disclosure.deskqueries import PreviewNotice, SubmissionView, view_submission
from disclosure.drafting import chinese_period
from disclosure.lifecycle import posting_window
from disclosure.models import Notice, NoticeVersion
from disclosure.posters.content import Objection, PosterContent, PosterRow, PosterTotals
from disclosure.printing import verify_path
from portal.data.accounts import Actor
from portal.kernel.clock import local_date
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.money import format_yuan
from portal.kernel.period import parse_period
from portal.kernel.receipts import format_short_code

NO_CODE = "0" * 10
NOTE = "【预览 PREVIEW：未经审批，不得张贴】"
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
    posted_from, posted_to = _window(notice, now)
    return PosterContent(
        kind=notice.kind,  # type: ignore[arg-type]
        title=version.title,
        programme=notice.programme,
        place=tuple(content["place"]),
        period=chinese_period(parse_period(notice.period)),
        rows=_rows(preview.notice),
        totals=PosterTotals(
            version.households, version.persons, format_yuan(version.amount_fen, grouped=True)
        ),
        verify_url=base_url + verify_path(NO_CODE),
        short_code=format_short_code(NO_CODE),
        issuer=content["issuer"]["name"],
        issued_on=local_date(now),
        objection=_objection(content),
        posted_from=posted_from,
        posted_to=posted_to,
        channel_note=NOTE,
        preview=True,
    )


def _window(notice: Notice, now: datetime) -> tuple[date, date | None]:
    kind = kind_of(notice.kind)
    first, last = (notice.first_on, notice.last_on) if kind.printed_window else (None, None)
    return posting_window(first, last, days=kind.window_days, published_at=now)


def _rows(notice: PreviewNotice) -> tuple[PosterRow, ...]:
    return tuple(
        PosterRow(
            n=row.n,
            name=row.names[Channel.BOARD],
            amount_yuan=format_yuan(row.amount_fen, grouped=True),
            group=row.group,
            persons=row.persons,
            class_=row.class_,
            reason=row.reason,
        )
        for row in notice.rows
    )


def _objection(content: dict[str, Any]) -> Objection:
    issuer, supervisor = content["issuer"], content["supervisor"]
    return Objection(
        unit=issuer["name"],
        address=issuer["address"],
        telephone=issuer["phone"],
        supervising_unit=supervisor["name"],
        supervising_telephone=supervisor["phone"],
    )
