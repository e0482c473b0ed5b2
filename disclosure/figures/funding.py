"""Reporting fund figures 资金发放报送: a county's file becomes a set of figures to be approved.

Reading and checking are finished before the transaction begins (``prepare_funds``). From the draft
on a fund file is a set of figures as any other: one way to submit, approve, log and serve it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from disclosure.drafting import IntakePlace, file_digest
from disclosure.figures.contents import set_digest
from disclosure.figures.funds import DifferenceReason, SetKind, figures_of_row
from disclosure.figures.kinds import kind_named_in
from disclosure.figures.models import FigureSet, FigureSource, FundPayment
from disclosure.figures.queries import get_figure_set
from disclosure.figures.service import store_draft
from disclosure.importing import safe_name
from disclosure.intake.check import check_file
from disclosure.intake.kinds import Kind
from disclosure.intake.learned import NOTHING_LEARNED, Learned
from disclosure.intake.problems import Severity
from disclosure.intake.result import Checked
from disclosure.lifecycle import SubmissionState
from disclosure.queries import units_answering
from disclosure.reviewing import WORDS, check_gate, scan_texts
from portal.data.accounts import Actor, audit
from portal.data.keyfiles import Keys
from portal.data.regions import Region
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, Refused
from portal.kernel.language import N_
from portal.kernel.period import Period
from portal.kernel.permissions import Permission
from portal.kernel.text import clean

LONGEST_PROGRAMME, LONGEST_EXPLANATION = 40, 200
_COUNTY_DIGITS = 6


@dataclass(frozen=True)
class PreparedFunds:
    """A fund file read and checked, before any transaction."""

    region_code: str
    period: Period
    file_name: str
    file_digest: str
    checked: Checked = field(repr=False)

    @property
    def has_errors(self) -> bool:
        """Tell whether any problem is an error."""
        return bool(self.checked.errors)

    @property
    def is_unusable(self) -> bool:
        """Tell whether the file as a whole is refused, or not one of its lines can be published."""
        whole = any(
            problem.row is None and problem.severity is Severity.ERROR
            for problem in self.checked.problems
        )
        return whole or not self.checked.fund_rows


@dataclass(frozen=True)
class ImportedFunds:
    """What a fund file led to; ``repeated`` says that the same file was here before."""

    set_id: str
    state: SubmissionState
    digest: str
    repeated: bool


def prepare_funds(
    data: bytes,
    *,
    filename: str,
    place: IntakePlace,
    period: Period,
    keys: Keys,
    now: datetime,
    learned: Learned = NOTHING_LEARNED,
) -> PreparedFunds:
    """Read and check a fund file of a county (or of one township)."""
    checked = check_file(
        data,
        filename=filename,
        kind=Kind.FUNDS,
        region=place.region,
        villages=place.villages,
        period=period,
        on=local_date(now),
        learned=learned,
    )
    return PreparedFunds(
        place.region.code, period, filename, file_digest(keys.digest, data), checked
    )


def find_same_funds(session: Session, prepared: PreparedFunds) -> ImportedFunds | None:
    """Return what the same file led to earlier, unless that was returned or discarded."""
    found = session.scalar(
        select(FigureSet).where(
            FigureSet.kind == SetKind.FUNDS,
            FigureSet.region_code == prepared.region_code,
            FigureSet.period == prepared.period.text,
            FigureSet.file_digest == prepared.file_digest,
            FigureSet.state.not_in([SubmissionState.RETURNED, SubmissionState.DISCARDED]),
        )
    )
    if found is None:
        return None
    return ImportedFunds(found.id, found.state, found.digest, repeated=True)


def bring_in_funds(
    session: Session,
    actor: Actor,
    prepared: PreparedFunds,
    *,
    now: datetime,
    leave_out_bad_rows: bool = False,
) -> ImportedFunds:
    """Store a checked fund file as a draft; the same file again is recognised.

    Raises Refused where a line has an error that is not left out, or a text holds personal data;
    then nothing is stored.
    """
    actor.require(Permission.PREPARE_DISCLOSURE, within=prepared.region_code)
    same = find_same_funds(session, prepared)
    if same is not None:
        return same
    _check_usable(session, prepared, leave_out_bad_rows=leave_out_bad_rows)
    try:
        with session.begin_nested():
            found = _store(session, actor, prepared, now)
    except IntegrityError:
        # Somebody has stored the same file since the look above (PostgreSQL lets two write).
        same = find_same_funds(session, prepared)
        if same is None:
            raise
        return same
    audit(
        session,
        actor,
        "funds-bring-in",
        f"figures:{found.id}",
        now=now,
        region=prepared.region_code,
        period=prepared.period.text,
        lines=len(prepared.checked.fund_rows),
        rows_left_out=prepared.checked.rows_bad,
    )
    return ImportedFunds(found.id, found.state, found.digest, repeated=False)


def _check_usable(session: Session, prepared: PreparedFunds, *, leave_out_bad_rows: bool) -> None:
    if prepared.is_unusable or (prepared.has_errors and not leave_out_bad_rows):
        raise Refused(N_("The file has errors. Correct it and upload it again; nothing is stored."))
    rows = prepared.checked.fund_rows
    for row in rows:
        if len(clean(row.programme)) > LONGEST_PROGRAMME:
            raise Refused(
                N_("Line %(line)s: the programme's name has more than %(most)s characters."),
                line=row.row,
                most=LONGEST_PROGRAMME,
            )
        if kind_named_in(row.programme) is not None:
            raise Refused(
                N_(
                    "Line %(line)s: programmes for children are told for the whole county only, "
                    "with the published figures, never township by township. Leave the line out."
                ),
                line=row.row,
            )
    check_gate(scan_texts(session, [("programme", name) for name in {r.programme for r in rows}]))


def _store(session: Session, actor: Actor, prepared: PreparedFunds, now: datetime) -> FigureSet:
    rows = prepared.checked.fund_rows
    source = _source(session, prepared.region_code)
    named_after_somebody = scan_texts(session, [("file name", prepared.file_name)])
    draft = FigureSet(
        kind=SetKind.FUNDS,
        region_code=prepared.region_code,
        period=prepared.period.text,
        file_digest=prepared.file_digest,
        file_name="" if named_after_somebody else safe_name(prepared.file_name),
        gate_hits=[],
        created_at=now,
        created_by=actor.user_id,
    )
    figures = [figure for row in rows for figure in figures_of_row(row, source)]

    def payments(set_id: str) -> Iterable[FundPayment]:
        for n, row in enumerate(rows, start=1):
            yield FundPayment(
                set_id=set_id,
                n=n,
                region_code=row.place.code,
                period=row.month.text,
                programme=row.programme,
                paid_on=row.paid_on,
            )

    store_draft(session, draft, figures, payments)
    return draft


def _source(session: Session, code: str) -> str:
    """Return the id of the source that a county's own reports are, whichever office sends them."""
    county = code[:_COUNTY_DIGITS].ljust(len(code), "0")
    source_id = f"F{code[:_COUNTY_DIGITS]}"
    if session.get(FigureSource, source_id) is None:
        region = session.get_one(Region, county)
        units = units_answering(session, [county])
        session.add(
            FigureSource(
                id=source_id,
                title=f"{region.name}社会救助资金发放情况",
                publisher=units[0].name if units else region.name,
                published="",
                url="",
            )
        )
        session.flush()
    return source_id


@dataclass(frozen=True)
class Stated:
    """Why some lines differ from the lists, as the clerk says it."""

    reason: DifferenceReason
    explanation: str


def explain_differences(
    session: Session, actor: Actor, set_id: str, stated: Mapping[int, Stated], *, now: datetime
) -> None:
    """State why lines, by their numbers, differ from the lists 说明差异原因; residents read it."""
    actor.require(Permission.PREPARE_DISCLOSURE)
    draft = get_figure_set(session, actor, set_id)
    if draft.state is not SubmissionState.DRAFT or draft.kind is not SetKind.FUNDS:
        raise Conflict(WORDS.why_not[draft.state])
    for n, one in stated.items():
        if not one.explanation.strip():
            raise Refused(
                N_("Say in a few words what the difference is; residents will read it."),
                field=f"explanation-{n}",
            )
        if scan_texts(session, [("explanation", one.explanation)]):
            raise Refused(
                N_("This text holds personal data. Say it without names, numbers or addresses."),
                field=f"explanation-{n}",
            )
    rows = select(FundPayment).where(FundPayment.set_id == set_id, FundPayment.n.in_(stated))
    for row in session.scalars(rows):
        row.reason = stated[row.n].reason
        row.explanation = clean(stated[row.n].explanation)[:LONGEST_EXPLANATION]
    session.flush()
    draft.digest = set_digest(session, set_id)
    audit(session, actor, "funds-explain", f"figures:{set_id}", now=now, lines=sorted(stated))
