"""Importing 导入: a township's file becomes a stored draft 草稿.

Reading, masking and hashing are finished before the transaction begins (``prepare``); then
``import_list`` stores the draft, or recognises a file that was here before.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from disclosure.catalogue import kind_of
from disclosure.drafting import DraftNotice, IntakePlace, draft_notices, file_digest
from disclosure.gate import Gate, GateHit, texts_of_drafts
from disclosure.intake.check import check_file
from disclosure.intake.learned import NOTHING_LEARNED, Learned
from disclosure.intake.places import place_words
from disclosure.intake.problems import Problem, Severity
from disclosure.intake.result import Checked
from disclosure.kinds.drafting import draft_in_figures
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import SubmissionState
from disclosure.log.commitment import joint_digest
from disclosure.models import Notice, NoticeRow, NoticeVersion, PrintCode, Submission
from portal.data.accounts import Actor, audit
from portal.data.base import Base
from portal.data.ids import new_id
from portal.data.keyfiles import Keys
from portal.kernel.clock import local_date
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.masking import Channel, MaskingPolicy
from portal.kernel.period import Period, parse_period
from portal.kernel.permissions import Permission
from portal.kernel.text import clean

FIRST_VERSION = 1


@dataclass(frozen=True)
class Prepared:
    """A file read, checked, masked and sealed, before any transaction; holds no whole name."""

    kind: NoticeKind
    region_code: str
    period: Period
    file_name: str
    file_digest: str
    sealed_upload: bytes = field(repr=False)
    checked: Checked
    notices: tuple[DraftNotice, ...]
    gate: tuple[GateHit, ...]
    key_id: str

    @property
    def has_errors(self) -> bool:
        """Tell whether any problem is an error."""
        return any(problem.severity is Severity.ERROR for problem in self.checked.problems)

    @property
    def is_unusable(self) -> bool:
        """Tell whether the file as a whole is refused, or not one of its rows can be published."""
        whole = any(
            problem.row is None and problem.severity is Severity.ERROR
            for problem in self.checked.problems
        )
        return whole or not self.notices


def prepare(  # noqa: PLR0913 - each is one thing that a file is read with
    data: bytes,
    *,
    filename: str,
    kind: NoticeKind | str,
    place: IntakePlace,
    period: Period,
    policy: MaskingPolicy,
    keys: Keys,
    now: datetime,
    learned: Learned = NOTHING_LEARNED,
) -> Prepared:
    """Read, check, mask, hash and scan a file; ``kind`` as it holds there, or a built-in id."""
    kind = kind if isinstance(kind, NoticeKind) else kind_of(kind)
    checked = _checked(data, filename, kind, place, period, local_date(now), learned)
    gate = Gate(checked.whole_names, place_words([place.region, *place.villages], place.path))
    notices = _masked(checked, kind, place, period, policy, keys)
    hits = gate.scan(texts_of_drafts(notices))
    if hits:
        kept = replace(checked, rows=tuple(map(gate.withheld, checked.list_rows)))
        notices = _masked(kept, kind, place, period, policy, keys)
    return Prepared(
        kind=kind,
        region_code=place.region.code,
        period=period,
        file_name=gate.file_name(filename),
        file_digest=file_digest(keys.digest, data),
        sealed_upload=keys.seal_upload(data),
        checked=checked,
        notices=notices,
        gate=hits,
        key_id=keys.persons_id,
    )


def _checked(
    data: bytes,
    filename: str,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    on: date,
    learned: Learned,
) -> Checked:
    return check_file(
        data,
        filename=filename,
        kind=kind.form,
        region=place.region,
        villages=place.villages,
        period=period,
        on=on,
        learned=learned,
    )


def _masked(
    checked: Checked,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    policy: MaskingPolicy,
    keys: Keys,
) -> tuple[DraftNotice, ...]:
    if not kind.named:
        return draft_in_figures(checked, kind=kind, place=place, period=period, policy=policy)
    return draft_notices(
        checked,
        kind=kind,
        place=place,
        period=period,
        policy=policy,
        keyed=keys.digest,
        seal=keys.seal_names,
    )


@dataclass(frozen=True)
class Imported:
    """What an import led to; ``repeated`` says that the same file was here before."""

    submission_id: str
    notice_ids: tuple[str, ...]
    state: SubmissionState
    repeated: bool


def find_same_file(
    session: Session, region_code: str, kind: str, period: Period, digest: str
) -> Imported | None:
    """Return what the same file led to earlier, unless that was returned or discarded."""
    submission = session.scalar(
        select(Submission).where(
            Submission.region_code == region_code,
            Submission.kind == kind,
            Submission.period == period.text,
            Submission.file_digest == digest,
            Submission.state.not_in([SubmissionState.RETURNED, SubmissionState.DISCARDED]),
        )
    )
    if submission is None:
        return None
    return Imported(
        submission.id, list_notice_ids(session, submission.id), submission.state, repeated=True
    )


def list_notice_ids(session: Session, submission_id: str) -> tuple[str, ...]:
    """Return the ids of a file's notices, by place."""
    query = (
        select(Notice.id).where(Notice.submission_id == submission_id).order_by(Notice.region_code)
    )
    return tuple(session.scalars(query))


def import_list(session: Session, actor: Actor, prepared: Prepared, *, now: datetime) -> Imported:
    """Store a checked file as a draft 草稿; the same file again is recognised, nothing is doubled.

    Raises Refused where no row can be published.
    """
    actor.require(Permission.UPLOAD_LIST, within=prepared.region_code)
    same = _find_same(session, prepared)
    if same is not None:
        return same
    if prepared.is_unusable:
        raise Refused(N_("No row of this file can be published; correct the file and try again."))
    try:
        with session.begin_nested():
            submission = _store_submission(session, actor, prepared, now)
    except IntegrityError:
        # Somebody has stored the same file since the look above (PostgreSQL lets two write).
        same = _find_same(session, prepared)
        if same is None:
            raise
        return same
    programme, key_id = prepared.kind.programme, prepared.key_id
    store_notices(session, submission, prepared.notices, programme=programme, key_id=key_id)
    _audit_import(session, actor, submission, prepared, now)
    notices = sorted(prepared.notices, key=lambda one: one.place.code)
    ids = tuple(notice.id for notice in notices)
    return Imported(submission.id, ids, submission.state, repeated=False)


def _audit_import(
    session: Session, actor: Actor, submission: Submission, prepared: Prepared, now: datetime
) -> None:
    audit(
        session,
        actor,
        "list-import",
        f"submission:{submission.id}",
        now=now,
        region=prepared.region_code,
        kind=prepared.kind.id,
        period=prepared.period.text,
        rows_ok=prepared.checked.rows_ok,
        rows_bad=prepared.checked.rows_bad,
    )


def _find_same(session: Session, prepared: Prepared) -> Imported | None:
    return find_same_file(
        session, prepared.region_code, prepared.kind.id, prepared.period, prepared.file_digest
    )


def _store_submission(
    session: Session, actor: Actor, prepared: Prepared, now: datetime
) -> Submission:
    checked = prepared.checked
    submission = Submission(
        id=new_id(),
        kind=prepared.kind.id,
        region_code=prepared.region_code,
        period=prepared.period.text,
        state=SubmissionState.DRAFT,
        file_digest=prepared.file_digest,
        file_name=safe_name(prepared.file_name),
        upload=prepared.sealed_upload,
        encoding=checked.encoding,
        rows_ok=checked.rows_ok,
        rows_bad=checked.rows_bad,
        households=checked.households,
        persons=checked.persons,
        amount_fen=checked.amount_fen,
        problems=[stored_problem(problem) for problem in checked.problems],
        gate_hits=[asdict(hit) for hit in prepared.gate],
        digest=joint_digest([notice.commitment for notice in prepared.notices]),
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(submission)
    session.flush()
    return submission


def safe_name(file_name: str) -> str:
    """Return a file's name as a database takes it."""
    # A name in another encoding, or with a NUL, is a name that no database takes.
    return clean(file_name.encode(errors="replace").decode())[:200]


def stored_problem(problem: Problem) -> dict[str, Any]:
    """Return a problem as it is kept and shown; it repeats nothing that stands in a cell."""
    return {
        "row": problem.row,
        "sheet": problem.sheet,
        "column": problem.column,
        "code": problem.code.value,
        "severity": problem.severity.value,
        "message": problem.message,
        "params": dict(problem.params),
    }


def store_notices(
    session: Session,
    submission: Submission,
    notices: Sequence[DraftNotice],
    *,
    programme: str,
    key_id: str,
) -> None:
    """Store the drafted notices of a submission with their rows; ``key_id`` is of their digests."""
    period = parse_period(submission.period)
    of_file: dict[str, Any] = {
        "submission_id": submission.id,
        "kind": submission.kind,
        "programme": programme,
        "period": submission.period,
        "first_on": period.first_on,
        "last_on": period.last_on,
        "version": FIRST_VERSION,
    }
    tables: tuple[tuple[type[Base], list[dict[str, Any]]], ...] = (
        (Notice, [{**of_file, "id": one.id, "region_code": one.place.code} for one in notices]),
        (NoticeVersion, [_version_values(one) for one in notices]),
        (PrintCode, [values for one in notices for values in _code_values(one)]),
    )
    for table, values in tables:
        if values:
            # Without this, rows that lack a value and rows that have it go in several statements.
            session.execute(insert(table), values, execution_options={"render_nulls": True})
    rows = [values for one in notices for values in _row_values(one, key_id)]
    if rows:
        # A city has a hundred thousand of them, so they go past the unit of work.
        session.execute(insert(cast("Table", NoticeRow.__table__)), rows)


def _version_values(notice: DraftNotice) -> dict[str, Any]:
    return {
        "notice_id": notice.id,
        "version": FIRST_VERSION,
        "title": notice.title,
        "content": notice.content,
        "content_digest": notice.commitment.content,
        "rows_digest": notice.commitment.rows,
        "households": notice.households,
        "persons": notice.persons,
        "amount_fen": notice.amount_fen,
        "channel_salt": notice.channel_salt,
        "totals_salt": notice.totals_salt,
        "board_names": notice.board_names,
    }


def _code_values(notice: DraftNotice) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "notice_id": notice.id,
            "version": FIRST_VERSION,
            "channel": channel.value,
        }
        for channel, code in notice.codes.items()
    ]


def _row_values(notice: DraftNotice, key_id: str) -> list[dict[str, Any]]:
    return [
        {
            "notice_id": notice.id,
            "version": FIRST_VERSION,
            "n": row.n,
            "village": row.village,
            "group_name": row.group,
            "name": row.names[Channel.WEB],
            "name_board": _where_different(row.names, Channel.BOARD),
            "name_kiosk": _where_different(row.names, Channel.KIOSK),
            "persons": row.persons,
            "class": row.class_,
            "amount_fen": row.amount_fen,
            "reason": row.reason,
            "salt": row.salt,
            "key_id": key_id,
            "household_digest": row.household_digest,
            "person_digest": row.person_digest,
            "exit_month": row.exit_month,
            "change": row.change,
        }
        for row in notice.rows
    ]


def _where_different(names: dict[Channel, str], channel: Channel) -> str | None:
    return None if names[channel] == names[Channel.WEB] else names[channel]


def forget_upload(submission: Submission) -> None:
    """Forget the uploaded file and its name: they are kept only while the draft is open."""
    submission.upload = None
    submission.file_name = ""


def forget_draft(session: Session, submission: Submission) -> None:
    """Forget everything of a draft but that it was there."""
    forget_upload(submission)
    ids = list(list_notice_ids(session, submission.id))
    for table in (NoticeRow, PrintCode, NoticeVersion):
        session.execute(delete(table).where(table.notice_id.in_(ids)))
    session.execute(delete(Notice).where(Notice.id.in_(ids)))
