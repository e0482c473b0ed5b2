"""What is read of fund figures 资金发放: lines, each with how it stands to the lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from disclosure.catalogue import list_kinds
from disclosure.figures.funds import Earlier, FundLine, MatchedLine, SetKind, sums_of
from disclosure.figures.matching import PostedList, Remembered, Sums, match_month
from disclosure.figures.models import FigureSet, FundPayment, PublishedFigure
from disclosure.lifecycle import SubmissionState
from disclosure.models import IS_CURRENT, Notice, NoticeVersion, Submission
from portal.data.regions import code_prefix
from portal.kernel.clock import local_date
from portal.kernel.period import parse_period

_LineKey = tuple[str, str, str, str]  # set, place, month, programme


def list_fund_lines(session: Session, area: str = "") -> tuple[FundLine, ...]:
    """Return the lines that hold now in the place ``area`` (a code; "" for everywhere)."""
    query = (
        select(FundPayment)
        .join(FigureSet, FigureSet.id == FundPayment.set_id)
        .where(FigureSet.state == SubmissionState.APPROVED)
    )
    return _lines(session, _within(query, FundPayment.region_code, area), area)


def list_lines_of_set(session: Session, set_id: str) -> tuple[FundLine, ...]:
    """Return every line of one file that no later one has replaced."""
    query = select(FundPayment).where(FundPayment.set_id == set_id)
    return _lines(session, query, "", set_id)


def match_lines(
    session: Session, lines: Sequence[FundLine], *, now: datetime
) -> tuple[MatchedLine, ...]:
    """Return each line with how its township's month stands to the lists at ``now``."""
    months: dict[tuple[str, str], list[FundLine]] = defaultdict(list)
    for line in lines:
        months[line.region_code, line.month.text].append(line)
    lists = _posted_lists(session, {line.region_code for line in lines}, now=now)
    found: dict[tuple[str, str, str], MatchedLine] = {}
    for (township, _), of_month in months.items():
        agreements = match_month(
            {line.programme: line.sums for line in of_month},
            lists.get(township, ()),
            {one.programme: one.remembered for one in of_month if one.remembered is not None},
            of_month[0].month,
            now,
        )
        for line in of_month:
            found[line.key] = MatchedLine(line, agreements[line.programme])
    return tuple(found[line.key] for line in lines)


def _within(query: Select[FundPayment], column: object, area: str) -> Select[FundPayment]:
    return query.where(column.startswith(code_prefix(area))) if area else query  # type: ignore[attr-defined]


def _lines(
    session: Session, query: Select[FundPayment], area: str, set_id: str = ""
) -> tuple[FundLine, ...]:
    numbers, names = _numbers(session, area, set_id)
    earlier = {} if set_id else _earlier(session, area)
    lines = []
    for row in session.scalars(query):
        key = (row.set_id, row.region_code, row.period, row.programme)
        if key in numbers:
            lines.append(_line(row, names[row.region_code], numbers[key], earlier.get(key[1:], ())))
    return tuple(sorted(lines, key=_order))


def _order(line: FundLine) -> tuple[int, str, int]:
    return -line.month.first_on.toordinal(), line.region_code, line.n


def _line(
    row: FundPayment, region: str, numbers: Mapping[str, int], earlier: Iterable[Earlier]
) -> FundLine:
    return FundLine(
        set_id=row.set_id,
        n=row.n,
        region_code=row.region_code,
        region=region,
        month=parse_period(row.period),
        programme=row.programme,
        sums=sums_of(numbers),
        paid_on=row.paid_on,
        reason=row.reason,
        explanation=row.explanation,
        remembered=_remembered(row),
        earlier=tuple(earlier),
    )


def _remembered(row: FundPayment) -> Remembered | None:
    if row.listed_period is None:
        return None
    sums = (row.listed_households, row.listed_persons, row.listed_amount_fen)
    return Remembered(parse_period(row.listed_period), Sums(*(number or 0 for number in sums)))


def _numbers(
    session: Session, area: str, set_id: str
) -> tuple[dict[_LineKey, dict[str, int]], dict[str, str]]:
    """Return the numbers that hold, by line and measure, and the places' names as reported."""
    figure = PublishedFigure
    query = (
        select(
            *(figure.set_id, figure.region_code, figure.period, figure.programme),
            *(figure.measure, figure.number, figure.region),
        )
        .join(FigureSet, FigureSet.id == figure.set_id)
        .where(FigureSet.kind == SetKind.FUNDS, figure.replaced_by.is_(None))
    )
    if set_id:
        query = query.where(figure.set_id == set_id)
    elif area:
        query = query.where(figure.region_code.startswith(code_prefix(area)))
    numbers: dict[_LineKey, dict[str, int]] = defaultdict(dict)
    names: dict[str, str] = {}
    for of_set, code, period, programme, measure, number, region in session.execute(query):
        numbers[of_set, code, period, programme][measure] = number
        names[code] = region
    return numbers, names


def _earlier(session: Session, area: str) -> dict[tuple[str, str, str], tuple[Earlier, ...]]:
    """Return what lines said before they were corrected, the newest first."""
    figure, later = PublishedFigure, aliased(FigureSet)
    query = (
        select(
            *(figure.region_code, figure.period, figure.programme),
            *(later.decided_at, figure.set_id, figure.measure, figure.number),
        )
        .join(FigureSet, FigureSet.id == figure.set_id)
        .join(later, later.id == figure.replaced_by)
        .where(FigureSet.kind == SetKind.FUNDS)
        .order_by(later.decided_at.desc(), figure.set_id)
    )
    if area:
        query = query.where(figure.region_code.startswith(code_prefix(area)))
    numbers: dict[tuple[str, str, str], dict[str, dict[str, int]]] = {}
    replaced_at: dict[str, datetime] = {}
    rows = cast("Iterable[tuple[str, str, str, datetime, str, str, int]]", session.execute(query))
    for code, period, programme, at, set_id, measure, number in rows:
        of_line = numbers.setdefault((code, period, programme), {})
        of_line.setdefault(f"{at} {set_id}", {})[measure] = number
        replaced_at[f"{at} {set_id}"] = at
    return {
        key: tuple(
            Earlier(sums_of(one), local_date(replaced_at[name])) for name, one in of_line.items()
        )
        for key, of_line in numbers.items()
    }


def _posted_lists(
    session: Session, townships: set[str], *, now: datetime
) -> dict[str, list[PostedList]]:
    """Return the standing lists that were ever posted in the townships, and not withdrawn."""
    standing = [kind.id for kind in list_kinds(session) if kind.replaces]
    query = _totals_of_lists().where(
        Notice.kind.in_(standing),
        Submission.region_code.in_(townships),
        Notice.published_at <= now,
        Notice.posted_from <= local_date(now),
    )
    found: dict[str, list[PostedList]] = defaultdict(list)
    for one in cast("Iterable[tuple[Any, ...]]", session.execute(query)):
        code, programme, period, published, replaced, hanging, *sums, least = one
        found[code].append(
            PostedList(
                township=code,
                programme=programme,
                period=parse_period(period),
                published_at=published,
                replaced_at=None if hanging else replaced,
                sums=Sums(*(int(number) for number in sums)),
                # A notice of nobody is never published: its totals were forgotten.
                is_whole=least > 0,
            )
        )
    return found


def _totals_of_lists() -> Select[*tuple[Any, ...]]:
    """Return the query that adds up the notices of each file that were not withdrawn."""
    left = func.count() - func.count(Notice.replaced_at)
    return (
        select(
            *(Submission.region_code, Notice.programme, Notice.period),
            *(func.min(Notice.published_at), func.max(Notice.replaced_at), left),
            *(func.sum(NoticeVersion.households), func.sum(NoticeVersion.persons)),
            func.sum(NoticeVersion.amount_fen),
            func.min(NoticeVersion.households),
        )
        .join(Submission, Submission.id == Notice.submission_id)
        .join(NoticeVersion, IS_CURRENT)
        .where(Notice.withdrawn_at.is_(None))
        .group_by(Notice.submission_id, Submission.region_code, Notice.programme, Notice.period)
    )
