"""Drafting a correction 更正拟稿: row by row, on a further version that nobody sees yet."""

import secrets
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from disclosure.boardnames import open_names, seal_names
from disclosure.corrections.edits import NOTHING_CHANGED, RowEdit, changed_fields, public_row
from disclosure.corrections.models import OPEN, Correction
from disclosure.corrections.versions import copy_rows, copy_version, get_version, recount
from disclosure.drafting import names_on_channels
from disclosure.intake.problems import ID_CHECK
from disclosure.intake.validation import read_name
from disclosure.lifecycle import VISIBLE, SubmissionState, state_at
from disclosure.log.rows import SALT_BYTES
from disclosure.models import Notice, NoticeRow, NoticeVersion
from disclosure.queries import facts_of
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.keyfiles import Keys
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, NotFound, Refused
from portal.kernel.idnumber import IdNumber, find_id
from portal.kernel.language import N_
from portal.kernel.masking import Channel, MaskingPolicy, NameStyle
from portal.kernel.permissions import Permission

NOT_ON_DISPLAY = N_("Only a notice that is on display can be corrected.")
WAITS_ALREADY = N_("A correction of this notice waits for approval already.")
THE_LAST_ROW = N_("This is the last row of the notice. Withdraw the notice instead.")
NO_SUCH_ROW = N_("There is no such row on this notice.")
OTHER_PERSON = N_(
    "This ID number is not the one of this row. If somebody else belongs there, strike the row and "
    "bring the household in with the next list."
)


def get_notice(session: Session, actor: Actor, notice_id: str) -> Notice:
    """Return a notice of the actor's area, locked for the transaction; raises NotFound."""
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None or not actor.covers(notice.region_code):
        raise NotFound(N_("There is no such notice in your area."))
    return notice


def find_open(session: Session, notice_id: str) -> Correction | None:
    """Return the correction of a notice that is drafted or waits, None if there is none."""
    return session.scalars(
        select(Correction).where(Correction.notice_id == notice_id, Correction.state.in_(OPEN))
    ).first()


def _draft_of(
    session: Session, actor: Actor, notice_id: str, now: datetime
) -> tuple[Notice, Correction, NoticeVersion]:
    """Return the draft of a notice's correction, a new one if there is none."""
    actor.require(Permission.UPLOAD_LIST)
    notice = get_notice(session, actor, notice_id)
    if state_at(facts_of(notice), now) not in VISIBLE:
        raise Conflict(NOT_ON_DISPLAY)
    correction = find_open(session, notice_id)
    if correction is None:
        correction = begin(session, actor, notice, now=now)
    elif correction.state is not SubmissionState.DRAFT:
        raise Conflict(WAITS_ALREADY)
    return notice, correction, get_version(session, notice_id, correction.version)


def begin(session: Session, actor: Actor, notice: Notice, *, now: datetime) -> Correction:
    """Begin a correction: a further version that says what the newest says."""
    version = copy_version(session, notice)
    correction = Correction(
        id=new_id(),
        notice_id=notice.id,
        version=version.version,
        digest="",
        state=SubmissionState.DRAFT,
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(correction)
    session.flush()
    audit(
        session,
        actor,
        "correction-begin",
        f"notice:{notice.id}",
        now=now,
        correction=correction.id,
        version=version.version,
    )
    return correction


def correct_row(
    session: Session,
    actor: Actor,
    notice_id: str,
    n: int,
    edit: RowEdit,
    *,
    keys: Keys,
    now: datetime,
) -> None:
    """Write into the draft what row ``n`` is to say 更正; raises Refused where nothing changes."""
    notice, correction, version = _draft_of(session, actor, notice_id, now)
    row = _get_row(session, version, n)
    before = public_row(row)
    row.group, row.persons, row.class_ = edit.group, edit.persons, edit.class_
    row.amount_fen, row.reason = edit.amount_fen, edit.reason
    if edit.name:
        _rename(version, row, edit, keys=keys, now=now)
    elif not changed_fields(before, public_row(row)):
        raise Refused(NOTHING_CHANGED)
    row.salt = secrets.token_bytes(SALT_BYTES)
    correction.digest = recount(session, notice, version, open_whole_names(version, keys))


def strike(
    session: Session, actor: Actor, notice_id: str, n: int, *, keys: Keys, now: datetime
) -> None:
    """Take row ``n`` off the draft 删除; raises Refused for the last one."""
    notice, correction, version = _draft_of(session, actor, notice_id, now)
    remove_row(session, version, n, keys=keys)
    correction.digest = recount(session, notice, version, open_whole_names(version, keys))


def remove_row(session: Session, version: NoticeVersion, n: int, *, keys: Keys) -> None:
    """Take a row and its whole name off a version; raises Refused for the last one."""
    row = _get_row(session, version, n)
    if version.households <= 1:
        raise Refused(THE_LAST_ROW)
    session.delete(row)
    session.flush()
    _rewrite_names(version, keys, n, None)


def restore(
    session: Session, actor: Actor, notice_id: str, n: int, *, keys: Keys, now: datetime
) -> None:
    """Let row ``n`` say again what it says on display 撤销更正."""
    notice, correction, version = _draft_of(session, actor, notice_id, now)
    session.execute(
        delete(NoticeRow).where(
            NoticeRow.notice_id == notice_id,
            NoticeRow.version == version.version,
            NoticeRow.n == n,
        )
    )
    copy_rows(session, notice, version.version, n=n)
    session.expire_all()
    base = get_version(session, notice.id, notice.version)
    version = get_version(session, notice_id, correction.version)
    _rewrite_names(version, keys, n, open_whole_names(base, keys).get(n))
    correction.digest = recount(session, notice, version, open_whole_names(version, keys))


def _get_row(session: Session, version: NoticeVersion, n: int) -> NoticeRow:
    row = session.get(NoticeRow, (version.notice_id, version.version, n))
    if row is None:
        raise NotFound(NO_SUCH_ROW)
    return row


def _rename(
    version: NoticeVersion, row: NoticeRow, edit: RowEdit, *, keys: Keys, now: datetime
) -> None:
    """Mask the corrected name at the door; nobody keeps it whole but the board's parcel."""
    name, fault = read_name(edit.name)
    if fault is not None:
        raise Refused(fault.message, field="name")
    number = find_id(edit.id_number)
    if number is None:
        raise Refused(ID_CHECK.message, field="id_number")
    _check_same_household(row, number, keys)
    policy = MaskingPolicy.from_mapping(version.content["names"])
    minor = number.is_minor_on(local_date(now))
    names = names_on_channels(name, policy, minor=minor)
    web = names[Channel.WEB]
    row.name = web
    row.name_board = None if names[Channel.BOARD] == web else names[Channel.BOARD]
    row.name_kiosk = None if names[Channel.KIOSK] == web else names[Channel.KIOSK]
    row.person_digest = keys.digest("person", number.number, name)
    if policy.board is NameStyle.WHOLE:
        _rewrite_names(version, keys, row.n, None if minor else name)


def _check_same_household(row: NoticeRow, number: IdNumber, keys: Keys) -> None:
    if row.key_id != keys.persons_id or keys.digest("household", number.number) != (
        row.household_digest
    ):
        raise Refused(OTHER_PERSON, field="id_number")


def open_whole_names(version: NoticeVersion, keys: Keys) -> dict[int, str]:
    """Return ``{n: whole name}`` of what the board shows, nothing where it shows masks."""
    if version.board_names is None:
        return {}
    return open_names(keys.open_names, version.notice_id, version.board_names)


def _rewrite_names(version: NoticeVersion, keys: Keys, n: int, name: str | None) -> None:
    if version.board_names is None:
        return
    whole = {m: other for m, other in open_whole_names(version, keys).items() if m != n}
    if name is not None:
        whole[n] = name
    version.board_names = seal_names(keys.seal_names, version.notice_id, whole)
