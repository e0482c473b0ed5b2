"""What the desk reads of corrections 更正: frozen values of the actor's own area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.boardnames import Open, open_names
from disclosure.catalogue import kind_of
from disclosure.corrections.drafting import (
    NO_SUCH_ROW,
    NOT_ON_DISPLAY,
    WAITS_ALREADY,
    find_open,
)
from disclosure.corrections.edits import FIELD_WORDS, public_row
from disclosure.corrections.models import Correction
from disclosure.corrections.service import why_not_approve
from disclosure.corrections.versions import get_version
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import VISIBLE, SubmissionState, state_at
from disclosure.models import IS_CURRENT, Notice, NoticeRow, NoticeVersion
from disclosure.publication import list_rows, shown_name
from disclosure.publicrow import PublicRow
from disclosure.queries import facts_of
from portal.data.accounts import Actor, User
from portal.data.regions import code_prefix
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.permissions import Permission


@dataclass(frozen=True)
class WaitingCorrection:
    """A correction that waits for approval, as a list shows it."""

    notice_id: str
    title: str
    urgent: bool
    submitted_at: datetime
    rows: int


@dataclass(frozen=True)
class ChangedRow:
    """A row before and after, with its names on each channel; ``after`` is None for a struck one.

    ``fields`` are names of FIELD_WORDS.
    """

    n: int
    fields: tuple[str, ...]
    before: PublicRow
    after: PublicRow | None
    names_before: dict[Channel, str]
    names_after: dict[Channel, str]


@dataclass(frozen=True)
class OpenCorrection:
    """A correction that is drafted or waits, as the desk shows it."""

    id: str
    state: SubmissionState
    digest: str
    urgent: bool
    private: bool
    reason: str
    created_by: str
    changes: tuple[ChangedRow, ...]
    may_approve: bool
    why_not_approve: str


@dataclass(frozen=True)
class Correctable:
    """A notice that is or could be corrected; ``rows`` are those of the draft, if there is one."""

    notice_id: str
    submission_id: str
    title: str
    kind: NoticeKind
    why_not: str
    rows: tuple[PublicRow, ...]
    may_edit: bool
    open: OpenCorrection | None


def list_waiting(session: Session, actor: Actor) -> Sequence[WaitingCorrection]:
    """Return what waits for approval in the actor's area, urgent corrections first."""
    actor.require(Permission.VIEW_LISTS)
    query = (
        select(Correction, NoticeVersion)
        .join(Notice, Notice.id == Correction.notice_id)
        .join(
            NoticeVersion,
            (NoticeVersion.notice_id == Correction.notice_id)
            & (NoticeVersion.version == Correction.version),
        )
        .where(Correction.state == SubmissionState.SUBMITTED)
        .order_by(Correction.urgent.desc(), Correction.submitted_at, Correction.id)
    )
    if actor.region_code is not None:
        query = query.where(Notice.region_code.startswith(code_prefix(actor.region_code)))
    return [
        WaitingCorrection(
            one.notice_id,
            version.title,
            one.urgent,
            one.submitted_at or one.created_at,
            len(version.changes or ()),
        )
        for one, version in session.execute(query)
    ]


def count_waiting(session: Session, actor: Actor) -> int:
    """Return how many corrections of the area this actor could approve now."""
    if not actor.may(Permission.APPROVE_LIST):
        return 0
    query = select(Correction).where(Correction.state == SubmissionState.SUBMITTED)
    return sum(
        actor.covers(one.notice.region_code) and not why_not_approve(session, actor, one)
        for one in session.scalars(query)
    )


def view_correctable(
    session: Session, actor: Actor, notice_id: str, *, now: datetime, open_parcel: Open
) -> Correctable:
    """Return a notice of the actor's area with its open correction; raises NotFound."""
    actor.require(Permission.VIEW_LISTS)
    found = session.execute(
        select(Notice, NoticeVersion).join(NoticeVersion, IS_CURRENT).where(Notice.id == notice_id)
    ).one_or_none()
    if found is None or not actor.covers(found[0].region_code):
        raise NotFound(N_("There is no such notice in your area."))
    notice, version = found
    why_not = "" if state_at(facts_of(notice), now) in VISIBLE else NOT_ON_DISPLAY
    correction, shown = find_open(session, notice_id), None
    if correction is not None:
        version = get_version(session, notice_id, correction.version)
        shown = _view_open(session, actor, correction, version, open_parcel)
        if correction.state is SubmissionState.SUBMITTED:
            why_not = why_not or WAITS_ALREADY
    return Correctable(
        notice_id=notice.id,
        submission_id=notice.submission_id,
        title=version.title,
        kind=kind_of(notice.kind, session),
        why_not=why_not,
        rows=tuple(public_row(row) for row in list_rows(session, notice_id, version.version)),
        may_edit=not why_not and actor.may(Permission.UPLOAD_LIST),
        open=shown,
    )


def _view_open(
    session: Session,
    actor: Actor,
    correction: Correction,
    version: NoticeVersion,
    open_parcel: Open,
) -> OpenCorrection:
    waits = correction.state is SubmissionState.SUBMITTED and actor.may(Permission.APPROVE_LIST)
    refusal = why_not_approve(session, actor, correction) if waits else ""
    return OpenCorrection(
        id=correction.id,
        state=correction.state,
        digest=correction.digest,
        urgent=correction.urgent,
        private=version.private,
        reason=version.correction_reason,
        created_by=_name_of(session, correction.created_by),
        changes=_changes(session, correction.notice, version, open_parcel),
        may_approve=waits and not refusal,
        why_not_approve=refusal,
    )


def _name_of(session: Session, user_id: str | None) -> str:
    user = session.get(User, user_id) if user_id else None
    return user.name if user else ""


def _changes(
    session: Session, notice: Notice, version: NoticeVersion, open_parcel: Open
) -> tuple[ChangedRow, ...]:
    sides = []
    for number in (notice.version, version.version):
        rows = {row.n: row for row in list_rows(session, notice.id, number)}
        parcel = get_version(session, notice.id, number).board_names
        whole = {} if parcel is None else open_names(open_parcel, notice.id, parcel)
        sides.append((rows, whole))
    (old, old_names), (new, new_names) = sides
    return tuple(
        ChangedRow(
            n=n,
            fields=tuple(change["fields"]),
            before=public_row(old[n]),
            after=public_row(new[n]) if n in new else None,
            names_before=_names(old[n], old_names),
            names_after=_names(new[n], new_names) if n in new else {},
        )
        for change in version.changes or []
        for n in [change["n"]]
    )


def _names(row: NoticeRow, whole: dict[int, str]) -> dict[Channel, str]:
    names = {channel: shown_name(row, channel) for channel in Channel}
    if row.n in whole:
        names[Channel.BOARD] = whole[row.n]
    return names


def get_row(found: Correctable, n: int) -> PublicRow:
    """Return row ``n`` as it stands in the draft, or on display; raises NotFound."""
    row = next((one for one in found.rows if one.n == n), None)
    if row is None:
        raise NotFound(NO_SUCH_ROW)
    return row


def fields_of(kind: NoticeKind, row: PublicRow) -> tuple[str, ...]:
    """Return which fields of a row can be corrected on a notice of this kind.

    What was derived from lists 增减情况 is never typed in; a row of it can only be struck.
    """
    if not kind.from_file:
        return ()
    without = {"exit_month"} if kind.looks.reason else {"exit_month", "reason"}
    without |= {"persons"} if row.persons is None else set()
    without |= {"amount_fen"} if kind.looks.amount is None else set()
    return tuple(name for name in FIELD_WORDS if name not in without)
