"""Fund figures 资金发放 of the demonstration: what each county paid out, as it matches its lists.

A county's clerk reports each month when it has paid, its reviewer approves. One township is paid
late, and one is paid for a household that had been left out the month before, so that both can be
seen. Everything follows from the lists, of people who do not exist.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import select

from demo.lists import SANYING, XINGLONG
from demo.offices import short_id
from demo.staff import login_of
from demo.stage import Stage, Step
from demo.times import instant, list_month, months_up_to, publication_day
from disclosure.drafting import chinese_period
from disclosure.figures.differences import differences_in, matched_lines_of
from disclosure.figures.funding import (
    Stated,
    bring_in_funds,
    explain_differences,
    prepare_funds,
)
from disclosure.figures.funds import DifferenceReason
from disclosure.figures.models import FigureSet
from disclosure.figures.service import approve_figures, submit_figures
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.models import Submission
from disclosure.queries import get_intake_place
from portal.data.accounts import Actor
from portal.data.regionfiles import RegionRow
from portal.data.regions import Level
from portal.kernel.money import format_yuan
from portal.kernel.period import Period, parse_period
from portal.kernel.permissions import Role

_MONTHS = 3
_NEWEST_AT, _EARLIER_AT = "16:30", "10:00"
_REPORTED_ON, _LATE_ON = 13, 12
_PROGRAMME = "城乡低保"
_HEADINGS = ("乡镇（街道）", "月份", "救助项目", "户数", "人数", "发放金额（元）", "发放日期")
_BACK_PAY = Stated(DifferenceReason.BACK_PAY, "补发上月漏发的1户2人（演示内容，纯属虚构）。")
_BACK_PAID = (1, 2, 78000)  # households, persons, fen


@dataclass(frozen=True)
class _Report:
    """What a county reports of a month; ``odd``: with the late payment and the difference."""

    county: RegionRow
    townships: tuple[RegionRow, ...]
    month: Period
    odd: bool


def fund_steps(stage: Stage, places: Sequence[RegionRow]) -> Iterator[Step]:
    """Yield each county's report of each month whose lists were published."""
    months = months_up_to(list_month(stage.now), _MONTHS)
    for month in months:
        newest = month == months[-1]
        for county in (place for place in places if place.level is Level.COUNTY):
            inside = (place for place in places if place.parent == county.code)
            townships = tuple(place for place in inside if place.level is Level.TOWNSHIP)
            report = _Report(county, townships, month, odd=month == months[-2])
            day = publication_day(month) if newest else month.first_on.replace(day=_REPORTED_ON)
            at = instant(day, _NEWEST_AT if newest else _EARLIER_AT)
            yield Step(at, partial(_publish, stage, report))


def _publish(stage: Stage, report: _Report, at: datetime) -> None:
    clerk, reviewer = (_actor(stage, report.county, role) for role in (Role.CLERK, Role.REVIEWER))
    with stage.sessions.reading() as session:
        place = get_intake_place(session, report.county.code)
    prepared = prepare_funds(
        _file(stage, report),
        filename=f"{report.county.name}{chinese_period(report.month)}资金发放.csv",
        place=place,
        period=parse_period(f"{report.month.first_on.year}"),
        keys=stage.keys,
        now=at,
    )
    with stage.sessions.writing() as session:
        set_id = bring_in_funds(session, clerk, prepared, now=at).set_id
        differences = differences_in(matched_lines_of(session, set_id, now=at))
        stated = {n: _BACK_PAY for one in differences for n in one.ns}
        if stated:
            explain_differences(session, clerk, set_id, stated, now=at)
        submit_figures(session, clerk, set_id, now=at)
        digest = session.get_one(FigureSet, set_id).digest
        approve_figures(session, reviewer, set_id, digest, now=at)


def _file(stage: Stage, report: _Report) -> bytes:
    """Return the county's file: a line for each township whose list was published."""
    codes = [township.code for township in report.townships]
    query = select(Submission).where(
        Submission.kind == Kind.STANDING.value,
        Submission.region_code.in_(codes),
        Submission.period == report.month.text,
        Submission.state == SubmissionState.APPROVED,
    )
    with stage.sessions.reading() as session:
        lists = {one.region_code: one for one in session.scalars(query)}
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow([f"{report.county.name}{chinese_period(report.month)}资金发放情况"])
    writer.writerow(_HEADINGS)
    for township in report.townships:
        if township.code in lists:
            writer.writerow(_line(report, township, lists[township.code]))
    return target.getvalue().encode()


def _line(report: _Report, township: RegionRow, of_list: Submission) -> list[object]:
    more = _BACK_PAID if report.odd and township.code == SANYING else (0, 0, 0)
    return [
        township.name,
        report.month.text,
        _PROGRAMME,
        of_list.households + more[0],
        of_list.persons + more[1],
        format_yuan(of_list.amount_fen + more[2]),
        _paid_on(report, township).isoformat(),
    ]


def _paid_on(report: _Report, township: RegionRow) -> date:
    if report.odd and township.code == XINGLONG:
        return report.month.first_on.replace(day=_LATE_ON)
    return publication_day(report.month)


def _actor(stage: Stage, county: RegionRow, role: Role) -> Actor:
    return stage.actors[login_of(short_id(county), role)]
