"""Lists 名单 of the demonstration: read, checked, submitted and approved as people's own files are.

One whole month of standing lists, each brought in by its township's clerk and approved by the
county's reviewer. Around 三营镇 there is also something in every other state: a review notice that
hangs, one that waits for the head and one that was returned, temporary assistance that waits for
the reviewer, and a draft with problems.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from demo.households import Household, draw_some
from demo.offices import short_id
from demo.people import People
from demo.published import Published
from demo.sheets import (
    Relief,
    Sheet,
    faulty_sheet,
    review_sheet,
    standing_sheet,
    temporary_sheet,
)
from demo.stage import Stage, Step
from demo.staff import login_of
from demo.times import (
    days_before,
    instant,
    list_month,
    month_after,
    publication_day,
    quarter_before,
)
from disclosure import service
from disclosure.drafting import chinese_period
from disclosure.importing import import_list, prepare
from disclosure.intake.kinds import Kind
from disclosure.models import Submission
from disclosure.queries import get_intake_place
from portal.data.accounts import Actor
from portal.data.regions import Level, RegionRow
from portal.kernel.clock import local_date
from portal.kernel.masking import DEFAULT_POLICY
from portal.kernel.period import Period, day_period
from portal.kernel.permissions import Role

SANYING = "640402100000"
XINGLONG = "640422101000"
_FIRST_AT = "08:30"
_MINUTES_APART = 6
_WINDOW_DAYS = 7
_RETURNED_BECAUSE = "第1行月保障金额与入户核查结果不一致，请核对后重新报送。"
_RELIEFS = (
    ("支出型", "因病支出过大", 1200),
    ("支出型", "子女就学负担重", 1000),
    ("急难型", "突发疾病", 800),
    ("支出型", "因灾", 1500),
    ("急难型", "交通事故", 2000),
)

Report = Callable[[int, int], None]


class Lists:
    """Brings the lists in; ``standing`` yields each township's households when its turn comes."""

    def __init__(
        self,
        stage: Stage,
        places: Sequence[RegionRow],
        standing: Iterator[tuple[str, list[Household]]],
        report: Report,
    ) -> None:
        self._stage = stage
        self._places = {place.code: place for place in places}
        self._townships = [place for place in places if place.level is Level.TOWNSHIP]
        self._standing = standing
        self._report = report
        self._month = list_month(stage.now)
        self._of_sanying: list[Household] = []

    def standing_lists(self) -> Iterator[Step]:
        """Yield the publication of every township's standing list, one after the other."""
        first = instant(publication_day(self._month), _FIRST_AT)
        for number, township in enumerate(self._townships):
            at = first + timedelta(minutes=number * _MINUTES_APART)
            yield Step(at, self._publishing(township, number))

    def _publishing(self, township: RegionRow, number: int) -> Callable[[datetime], None]:
        def do(at: datetime) -> None:
            code, households = next(self._standing)
            if code != township.code:
                raise ValueError("the townships come in their own order")
            if code == SANYING:
                self._of_sanying = households
            sheet = standing_sheet(
                _title(township, self._month),
                households,
                encoding="gb18030" if number % 2 else "utf-8-sig",
            )
            self._bring_in(sheet, Kind.STANDING, township, self._month, at, Role.REVIEWER)
            self._report(number + 1, len(self._townships))

        return do

    def other_lists(
        self, people: People, figures: Published, rng: random.Random
    ) -> Iterator[Step]:
        """Yield what else lies on the desks; the people are drawn at once."""

        def draw(township: str, count: int) -> list[Household]:
            villages = [place for place in self._places.values() if place.parent == township]
            return draw_some(villages, count, figures, people, rng)

        yield from self._review_after_return(draw(SANYING, 18))
        yield self._review(XINGLONG, draw(XINGLONG, 22), days=2, starts_in=-1, approved=True)
        yield self._review(SANYING, draw(SANYING, 9), days=1, starts_in=1, approved=False)
        yield self._temporary(draw(SANYING, 15), rng)
        yield self._draft(draw(SANYING, 12))

    def _review_after_return(self, households: list[Household]) -> Iterator[Step]:
        """The review notice of 三营镇: returned first, because a row was wrong, then corrected."""
        wrong = [replace(households[0], amount=2 * households[0].amount), *households[1:]]
        sheet, window = self._review_sheet(SANYING, wrong, starts_in=-3)
        township = self._places[SANYING]

        def return_it(at: datetime) -> None:
            submission_id = self._bring_in(sheet, Kind.REVIEW, township, window, at, None)
            with self._stage.sessions.writing() as session:
                service.return_to_clerk(
                    session,
                    self._actor(short_id(township), Role.HEAD),
                    submission_id,
                    _RETURNED_BECAUSE,
                    now=at + timedelta(minutes=80),
                )

        yield Step(days_before(self._stage.now, 5, "15:00"), return_it)
        yield self._review(SANYING, households, days=4, starts_in=-3, approved=True)

    def _review(
        self,
        code: str,
        households: list[Household],
        *,
        days: int,
        starts_in: int,
        approved: bool,
    ) -> Step:
        """A review notice brought in ``days`` ago, posted from ``starts_in`` days from today."""
        sheet, window = self._review_sheet(code, households, starts_in=starts_in)

        def do(at: datetime) -> None:
            approver = Role.HEAD if approved else None
            self._bring_in(sheet, Kind.REVIEW, self._places[code], window, at, approver)

        return Step(days_before(self._stage.now, days, "09:10"), do)

    def _review_sheet(
        self, code: str, households: list[Household], *, starts_in: int
    ) -> tuple[Sheet, Period]:
        first = local_date(self._stage.now) + timedelta(days=starts_in)
        window = day_period(first, first + timedelta(days=_WINDOW_DAYS - 1))
        words = "至".join(f"{day:%Y}年{day.month}月{day.day}日" for day in (first, window.last_on))
        title = f"{self._places[code].name}最低生活保障拟确认对象审核公示名单"
        return review_sheet(title, words, households), window

    def _temporary(self, households: list[Household], rng: random.Random) -> Step:
        """Temporary assistance of the last quarter, which waits for the county's reviewer."""
        quarter = quarter_before(local_date(self._stage.now))
        reliefs = []
        for household in households:
            type_, reason, amount = rng.choice(_RELIEFS)
            paid_on = quarter.first_on + timedelta(days=rng.randrange(quarter.days))
            reliefs.append(Relief(household, type_, reason, amount, paid_on))
        township = self._places[SANYING]
        sheet = temporary_sheet(f"{township.name}{chinese_period(quarter)}临时救助公示", reliefs)

        def do(at: datetime) -> None:
            self._bring_in(sheet, Kind.TEMPORARY, township, quarter, at, None)

        return Step(days_before(self._stage.now, 1, "11:00"), do)

    def _draft(self, newcomers: list[Household]) -> Step:
        """Next month's list of 三营镇, as the clerk began it: its newest rows have errors."""
        township, month = self._places[SANYING], month_after(self._month)

        def do(at: datetime) -> None:
            sheet = faulty_sheet(_title(township, month), [*self._of_sanying, *newcomers])
            self._bring_in(sheet, Kind.STANDING, township, month, at, None, submitted=False)

        return Step(days_before(self._stage.now, 1, "16:30"), do)

    def _bring_in(
        self,
        sheet: Sheet,
        kind: Kind,
        township: RegionRow,
        period: Period,
        at: datetime,
        approver: Role | None,
        *,
        submitted: bool = True,
    ) -> str:
        """Import a file and take it as far as asked; returns the submission's id."""
        sessions = self._stage.sessions
        with sessions.reading() as session:
            place = get_intake_place(session, township.code)
        prepared = prepare(
            sheet.data,
            filename=sheet.filename,
            kind=kind,
            place=place,
            period=period,
            policy=DEFAULT_POLICY,
            keys=self._stage.keys,
            now=at,
        )
        clerk = self._actor(short_id(township), Role.CLERK)
        with sessions.writing() as session:
            imported = import_list(session, clerk, prepared, now=at)
            if submitted:
                at += timedelta(minutes=2)
                service.submit(session, clerk, imported.submission_id, now=at)
            if approver is not None:
                # The reviewer sits in the county, the head in the township itself.
                above = self._places[township.parent or ""]
                seat = above if approver is Role.REVIEWER else township
                digest = session.get_one(Submission, imported.submission_id).digest
                service.approve(
                    session,
                    self._actor(short_id(seat), approver),
                    imported.submission_id,
                    digest,
                    now=at + timedelta(minutes=2),
                )
        return imported.submission_id

    def _actor(self, unit: str, role: Role) -> Actor:
        return self._stage.actors[login_of(unit, role)]


def _title(township: RegionRow, month: Period) -> str:
    return f"{township.name}{chinese_period(month)}最低生活保障对象名单"
