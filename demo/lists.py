"""Lists 名单 of the demonstration: read, checked, submitted and approved as people's own files are.

One whole month of standing lists, each brought in by its township's clerk and approved by the
county's reviewer, and before it the lists of the two months that it has replaced. Around 三营镇
there is also something in every other state: a review notice that hangs, one that waits for the
head and one that was returned, temporary assistance that waits for the reviewer, and a draft with
problems.
"""

import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import product

from demo.changes import households_before
from demo.households import Household, draw_some
from demo.offices import short_id
from demo.people import People
from demo.published import Published
from demo.sheets import (
    Relief,
    Sheet,
    destitute_sheet,
    families_sheet,
    faulty_sheet,
    review_sheet,
    standing_sheet,
    subsidy_sheet,
    temporary_sheet,
)
from demo.staff import login_of
from demo.stage import Stage, Step
from demo.times import (
    days_before,
    instant,
    list_month,
    month_after,
    months_up_to,
    publication_day,
    quarter_before,
)
from disclosure import service
from disclosure.catalogue import COUNTY_PREFIX
from disclosure.drafting import chinese_period
from disclosure.importing import Prepared, import_list, prepare
from disclosure.intake.kinds import Kind
from disclosure.kinds.models import ProgrammeForm
from disclosure.kinds.programmes import NewProgramme, add_programme
from disclosure.kinds.terms import kind_to_bring_in
from disclosure.models import Submission
from disclosure.namepolicy import get_policy
from disclosure.posting import post_what_is_due
from disclosure.queries import get_intake_place
from portal.data.accounts import OPERATOR, Actor
from portal.data.regionfiles import RegionRow
from portal.data.regions import Level
from portal.kernel.clock import local_date, start_of_day
from portal.kernel.period import Period, day_period
from portal.kernel.permissions import Role

SANYING = "640402100000"
XINGLONG = "640422101000"
_FIRST_AT = "08:30"
_MINUTES_APART = 6
_PAUSE = timedelta(minutes=2)  # between import and submission, submission and approval
_WINDOW_DAYS = 7
_MONTHS = 3  # the last one hangs, and has replaced those before
_RETURNED_BECAUSE = "第1行月保障金额与入户核查结果不一致，请核对后重新报送。"
_RELIEFS = (
    ("支出型", "因病支出过大", 1200),
    ("支出型", "子女就学负担重", 1000),
    ("急难型", "突发疾病", 800),
    ("支出型", "因灾", 1500),
    ("急难型", "交通事故", 2000),
)

_ELECTRICITY_YUAN = 10
ELECTRICITY = NewProgramme(
    area="640402000000",
    slug="electricity",
    name_zh="困难群众电费补贴",
    name_en="Electricity subsidy for people in need",
    form=ProgrammeForm.STANDING,
    approved_by=Role.REVIEWER,
    window_days=None,
    basis="演示数据：县级民政部门文件",
    since=date(2026, 1, 1),
)

Report = Callable[[int, int], None]


@dataclass
class _Upload:
    """A file on its way; it is made when its turn comes, and has an id once it is stored."""

    make: Callable[[], Sheet]
    kind: str
    township: RegionRow
    period: Period
    submission_id: str = ""


# A file that is still to be read, checked and masked; it can be sent to another process.
Call = Callable[[], Prepared]


class Lists:
    """Brings the lists in; ``standing`` yields each township's households when its turn comes.

    ``prepared`` turns the calls that prepare the standing lists into what they return, in order.
    """

    def __init__(
        self,
        stage: Stage,
        places: Sequence[RegionRow],
        standing: Iterator[tuple[str, list[Household]]],
        people: People,
        report: Report,
        prepared: Callable[[Iterator[Call]], Iterator[Prepared]],
    ) -> None:
        self._stage = stage
        self._places = {place.code: place for place in places}
        self._townships = [place for place in places if place.level is Level.TOWNSHIP]
        self._standing = standing
        self._people = people
        self._report = report
        self._month = list_month(stage.now)
        self._months = months_up_to(self._month, _MONTHS)
        # What each township's lists of the months to come hold, the next one last.
        self._to_come: dict[str, list[list[Household]]] = {}
        self._of_sanying: list[Household] = []
        self._coming: deque[tuple[_Upload, datetime]] = deque()
        self._prepared = prepared(self._calls())

    def standing_lists(self) -> Iterator[Step]:
        """Yield the publication of every township's standing lists, month after month."""
        places = enumerate(product(self._months, enumerate(self._townships)), start=1)
        for done, (month, (number, township)) in places:
            first = instant(publication_day(month), _FIRST_AT)
            at = first + timedelta(minutes=number * _MINUTES_APART)
            make = partial(self._standing_sheet, township, month, number)
            upload = _Upload(make, Kind.STANDING, township, month)
            self._coming.append((upload, at))
            yield Step(at, partial(self._import_next, upload))
            yield Step(at + _PAUSE, partial(self._submit, upload))
            yield Step(at + 2 * _PAUSE, partial(self._approve, upload, Role.REVIEWER))
            yield Step(at + 2 * _PAUSE, partial(self._tell, done))

    def _calls(self) -> Iterator[Call]:
        while self._coming:
            yield self._call(*self._coming.popleft())

    def _import_next(self, upload: _Upload, now: datetime) -> None:
        self._store(upload, next(self._prepared), now)

    def _standing_sheet(self, township: RegionRow, month: Period, number: int) -> Sheet:
        if month == self._months[0]:
            self._draw_months(township)
        households = self._to_come[township.code].pop()
        if (township.code, month) == (SANYING, self._month):
            self._of_sanying = households
        encoding = "gb18030" if number % 2 else "utf-8-sig"
        return standing_sheet(_title(township, month), households, encoding=encoding)

    def _draw_months(self, township: RegionRow) -> None:
        code, households = next(self._standing)
        if code != township.code:
            raise ValueError("the townships come in their own order")
        rng = random.Random(code)
        lists = [households]
        while len(lists) < len(self._months):
            lists.append(households_before(lists[-1], self._people, rng))
        self._to_come[code] = lists

    def _tell(self, done: int, _at: datetime) -> None:
        self._report(done, len(self._townships) * len(self._months))

    def other_lists(self, people: People, figures: Published, rng: random.Random) -> Iterator[Step]:
        """Yield what else lies on the desks; the people are drawn at once."""

        def draw(township: str, count: int) -> list[Household]:
            villages = [place for place in self._places.values() if place.parent == township]
            return draw_some(villages, count, figures, people, rng)

        yield from self._of_further_kinds(draw)
        yield from self._review_after_return(draw(SANYING, 18))
        posted = self._review(XINGLONG, draw(XINGLONG, 22), starts_in=-1)
        yield from self._published(posted, self._days_ago(2), Role.HEAD)
        yield from self._submitted(self._review(SANYING, draw(SANYING, 9), 1), self._days_ago(1))
        yield from self._submitted(self._temporary(draw(SANYING, 15), rng), self._days_ago(1))
        yield self._imported(self._next_month(draw(SANYING, 12)), self._days_ago(1, "16:30"))

    def _of_further_kinds(self, draw: Callable[[str, int], list[Household]]) -> Iterator[Step]:
        """Destitute persons, families in figures, and a programme of the county's own."""
        yield Step(self._days_ago(40), self._add_programme)
        month = chinese_period(self._month)
        for code, count in ((SANYING, 14), (XINGLONG, 11)):
            name = self._places[code].name
            sheet = destitute_sheet(f"{name}{month}特困人员名单", draw(code, count))
            yield from self._of_kind("destitute", sheet, code, 7)
        name = self._places[SANYING].name
        families = families_sheet(f"{name}{month}低保边缘家庭名单", draw(SANYING, 24))
        yield from self._of_kind("marginal", families, SANYING, 6)
        title = f"{name}{month}{ELECTRICITY.name_zh}花名册"
        paid = subsidy_sheet(title, draw(SANYING, 16), _ELECTRICITY_YUAN)
        yield from self._of_kind(COUNTY_PREFIX + ELECTRICITY.slug, paid, SANYING, 5)

    def _of_kind(self, kind: str, sheet: Sheet, code: str, days: int) -> Iterator[Step]:
        upload = _Upload(lambda: sheet, kind, self._places[code], self._month)
        yield from self._published(upload, self._days_ago(days, "10:40"), Role.REVIEWER)

    def _add_programme(self, now: datetime) -> None:
        with self._stage.sessions.writing() as session:
            add_programme(session, OPERATOR, ELECTRICITY, now=now)

    def _review_after_return(self, households: list[Household]) -> Iterator[Step]:
        """The review notice of 三营镇: returned first, because a row was wrong, then corrected."""
        wrong = [replace(households[0], amount=2 * households[0].amount), *households[1:]]
        first = self._review(SANYING, wrong, starts_in=-3)
        yield from self._submitted(first, self._days_ago(5))
        yield Step(self._days_ago(5, "15:20"), partial(self._return, first))
        corrected = self._review(SANYING, households, starts_in=-3)
        yield from self._published(corrected, self._days_ago(4), Role.HEAD)

    def _review(self, code: str, households: list[Household], starts_in: int) -> _Upload:
        """A review notice, posted for a week from ``starts_in`` days from today."""
        sheet, window = self._review_sheet(code, households, starts_in=starts_in)
        return _Upload(lambda: sheet, Kind.REVIEW, self._places[code], window)

    def _review_sheet(
        self, code: str, households: list[Household], *, starts_in: int
    ) -> tuple[Sheet, Period]:
        first = local_date(self._stage.now) + timedelta(days=starts_in)
        window = day_period(first, first + timedelta(days=_WINDOW_DAYS - 1))
        words = "至".join(f"{day:%Y}年{day.month}月{day.day}日" for day in (first, window.last_on))
        title = f"{self._places[code].name}最低生活保障拟确认对象审核公示名单"
        return review_sheet(title, words, households), window

    def _temporary(self, households: list[Household], rng: random.Random) -> _Upload:
        """Temporary assistance of the last quarter."""
        quarter = quarter_before(local_date(self._stage.now))
        reliefs = []
        for household in households:
            type_, reason, amount = rng.choice(_RELIEFS)
            paid_on = quarter.first_on + timedelta(days=rng.randrange(quarter.days))
            reliefs.append(Relief(household, type_, reason, amount, paid_on))
        township = self._places[SANYING]
        sheet = temporary_sheet(f"{township.name}{chinese_period(quarter)}临时救助公示", reliefs)
        return _Upload(lambda: sheet, Kind.TEMPORARY, township, quarter)

    def _next_month(self, newcomers: list[Household]) -> _Upload:
        """Next month's list of 三营镇, as the clerk began it: its newest rows have errors."""
        township, month = self._places[SANYING], month_after(self._month)

        def make() -> Sheet:
            return faulty_sheet(_title(township, month), [*self._of_sanying, *newcomers])

        return _Upload(make, Kind.STANDING, township, month)

    def _days_ago(self, days: int, at: str = "09:10") -> datetime:
        return days_before(self._stage.now, days, at)

    def _published(self, upload: _Upload, at: datetime, approver: Role) -> Iterator[Step]:
        yield from self._submitted(upload, at)
        yield Step(at + 2 * _PAUSE, partial(self._approve, upload, approver))
        if upload.kind == Kind.REVIEW:
            # Approved ahead of the first day that is printed on it.
            yield Step(start_of_day(upload.period.first_on), self._post_what_is_due)

    def _post_what_is_due(self, now: datetime) -> None:
        post_what_is_due(self._stage.sessions, now=now)

    def _submitted(self, upload: _Upload, at: datetime) -> Iterator[Step]:
        yield self._imported(upload, at)
        yield Step(at + _PAUSE, partial(self._submit, upload))

    def _imported(self, upload: _Upload, at: datetime) -> Step:
        return Step(at, partial(self._import, upload))

    def _import(self, upload: _Upload, now: datetime) -> None:
        self._store(upload, self._call(upload, now)(), now)

    def _call(self, upload: _Upload, now: datetime) -> Call:
        sheet = upload.make()
        with self._stage.sessions.reading() as session:
            place = get_intake_place(session, upload.township.code)
            policy = get_policy(session, upload.township.code)
            kind = kind_to_bring_in(session, upload.kind, upload.township.code)
        return partial(
            prepare,
            sheet.data,
            filename=sheet.filename,
            kind=kind,
            place=place,
            period=upload.period,
            policy=policy,
            keys=self._stage.keys,
            now=now,
        )

    def _store(self, upload: _Upload, prepared: Prepared, now: datetime) -> None:
        clerk = self._actor(upload.township, Role.CLERK)
        with self._stage.sessions.writing() as session:
            upload.submission_id = import_list(session, clerk, prepared, now=now).submission_id

    def _submit(self, upload: _Upload, now: datetime) -> None:
        clerk = self._actor(upload.township, Role.CLERK)
        with self._stage.sessions.writing() as session:
            service.submit(session, clerk, upload.submission_id, now=now)

    def _approve(self, upload: _Upload, role: Role, now: datetime) -> None:
        # The reviewer sits in the county, the head in the township itself.
        county = self._places[upload.township.parent or ""]
        approver = self._actor(county if role is Role.REVIEWER else upload.township, role)
        with self._stage.sessions.writing() as session:
            digest = session.get_one(Submission, upload.submission_id).digest
            service.approve(session, approver, upload.submission_id, digest, now=now)

    def _return(self, upload: _Upload, now: datetime) -> None:
        head = self._actor(upload.township, Role.HEAD)
        with self._stage.sessions.writing() as session:
            service.return_to_clerk(session, head, upload.submission_id, _RETURNED_BECAUSE, now=now)

    def _actor(self, place: RegionRow, role: Role) -> Actor:
        return self._stage.actors[login_of(short_id(place), role)]


def _title(township: RegionRow, month: Period) -> str:
    return f"{township.name}{chinese_period(month)}最低生活保障对象名单"
