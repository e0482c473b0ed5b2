"""Differences 差异: fund figures that do not match the lists go nowhere without a stated reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.figures.fundqueries import list_fund_lines, list_lines_of_set, match_lines
from disclosure.figures.funds import MatchedLine, SetKind
from disclosure.figures.matching import Agreement, Outcome, listed_programme
from disclosure.figures.models import FigureSet, FundPayment
from disclosure.reviewing import NOT_YOURS, is_second_person
from portal.data.accounts import Actor
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.period import Period
from portal.kernel.permissions import Role

_COMPARED = {Outcome.EQUAL, Outcome.DIFFERS, Outcome.CHANGED}


@dataclass(frozen=True)
class Difference:
    """A township's month that does not match the list of a programme 差异; ``ns`` are its lines."""

    ns: tuple[int, ...]
    region: str
    region_code: str
    month: Period
    programmes: tuple[str, ...]
    agreement: Agreement
    first: MatchedLine

    @property
    def lacks_reason(self) -> bool:
        """Whether nobody has said why."""
        return self.first.lacks_reason


def matched_lines_of(session: Session, set_id: str, *, now: datetime) -> tuple[MatchedLine, ...]:
    """Return the lines of a set with how they stand to the lists.

    What was published of the same months before, and is not told anew, counts with them.
    """
    lines = list_lines_of_set(session, set_id)
    keys = {line.key for line in lines}
    months = {key[:2] for key in keys}
    codes = {code for code, _ in months}
    area = codes.pop() if len(codes) == 1 else ""
    beside = [
        line
        for line in list_fund_lines(session, area)
        if line.key[:2] in months and line.key not in keys and line.set_id != set_id
    ]
    matched = match_lines(session, (*lines, *beside), now=now)
    return tuple(one for one in matched if one.line.set_id == set_id)


def differences_in(lines: Sequence[MatchedLine]) -> tuple[Difference, ...]:
    """Return what among ``lines`` does not match, a township's month and list at a time."""
    groups: dict[tuple[str, str, str], list[MatchedLine]] = {}
    for one in lines:
        if one.agreement.needs_reason:
            key = (*one.line.key[:2], listed_programme(one.line.programme))
            groups.setdefault(key, []).append(one)
    return tuple(
        Difference(
            ns=tuple(one.line.n for one in group),
            region=group[0].line.region,
            region_code=group[0].line.region_code,
            month=group[0].line.month,
            programmes=tuple(one.line.programme for one in group),
            agreement=group[0].agreement,
            first=group[0],
        )
        for group in groups.values()
    )


def check_differences(session: Session, found: FigureSet, *, now: datetime) -> None:
    """Raise Refused where fund figures differ from the lists and nobody has said why."""
    if found.kind is not SetKind.FUNDS:
        return
    lacking = [
        one
        for one in differences_in(matched_lines_of(session, found.id, now=now))
        if one.lacks_reason
    ]
    if lacking:
        raise Refused(
            N_(
                "%(count)s figures differ from the posted lists without a stated reason, the "
                "first for %(region)s in %(month)s. State the reason of each at the desk before "
                "they are submitted."
            ),
            count=len(lacking),
            region=lacking[0].region,
            month=lacking[0].month.text,
        )


def why_not_approve(actor: Actor, found: FigureSet) -> str:
    """Return why this person is not the one to approve a set of figures, or nothing."""
    if not is_second_person(actor, found):
        return NOT_YOURS
    is_reviewer = actor.user_id is None or actor.role is Role.REVIEWER
    if found.kind is SetKind.FUNDS and not is_reviewer:
        return N_("Fund figures are approved by the county's reviewer.")
    return ""


def remember_lists(session: Session, found: FigureSet, *, now: datetime) -> None:
    """Keep what the lists added up to now: the totals of small villages are forgotten later."""
    if found.kind is not SetKind.FUNDS:
        return
    matched = {one.line.n: one for one in matched_lines_of(session, found.id, now=now)}
    for row in session.scalars(select(FundPayment).where(FundPayment.set_id == found.id)):
        agreement = matched[row.n].agreement
        if agreement.outcome in _COMPARED and agreement.listed and agreement.period:
            row.listed_period = agreement.period.text
            row.listed_households = agreement.listed.households
            row.listed_persons = agreement.listed.persons
            row.listed_amount_fen = agreement.listed.amount_fen
    session.flush()
