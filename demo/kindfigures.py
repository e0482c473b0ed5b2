"""Figures of kinds 办理进度、监测、儿童、标准 of the demonstration, all of them made up 演示数据.

Stages of the procedure follow from the number of households of a township as drawn; the others are
of the size that a city like this has. Standards: those printed for 固原市 in 2018 and before are
real and stand among the published figures; those from 2024 on are made up.
"""

import csv
import io
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from demo.stage import Stage, Step
from demo.times import days_before, list_month, months_up_to, quarter_before
from disclosure.figures.models import FigureSet
from disclosure.figures.reading import COLUMNS
from disclosure.figures.service import (
    SourceFacts,
    approve_figures,
    bring_in_figures,
    describe_source,
    submit_figures,
)
from portal.data.accounts import OPERATOR
from portal.data.regionfiles import RegionRow
from portal.data.regions import Level
from portal.kernel.clock import local_date
from portal.kernel.period import Period

SEED = 640417
STATISTICS = "D1"
_DAYS_AGO = 4
_STANDARDS_DAYS_AGO = 88
_MADE_UP = "演示数据"
_PUBLISHER = "固原市民政局（演示）"
_STEPS = ("申请", "核对", "入户", "公示", "确认", "发放")
_USUAL_DAYS, _LIMIT, _HARD_LIMIT = (17, 29), 30, 45
_SLOW_TOWNSHIPS = 17  # one in so many takes longer than the limit
_MONTHS = 2

Line = dict[str, str]


def figure_steps(stage: Stage, places: Sequence[RegionRow]) -> Iterator[Step]:
    """Yield what was published of these kinds, as steps of the demonstration's past."""
    month, today = list_month(stage.now), local_date(stage.now)

    def statistics(at: datetime) -> None:
        rng = random.Random(SEED)
        with stage.sessions.writing() as session:
            _describe(session, STATISTICS, f"社会救助工作统计（{_MADE_UP}）", str(at.year), at)
            for told in months_up_to(month, _MONTHS):
                _publish(session, f"办理进度{told.text}.csv", _stages(places, told, rng), at)
            quarter = quarter_before(today)
            wide = [place for place in places if place.level is Level.COUNTY]
            _publish(session, f"监测{quarter.text}.csv", _monitoring(wide, quarter, rng), at)
            _publish(session, f"儿童{quarter.text}.csv", _children(wide, quarter, rng), at)

    def standards(at: datetime) -> None:
        with stage.sessions.writing() as session:
            city = next(place for place in places if place.level is Level.CITY)
            for number, (year, amounts) in enumerate(_yearly(at.year), start=1):
                title = f"关于提高{year}年城乡居民最低生活保障等标准的通知（{_MADE_UP}）"
                source = f"D{number + 1}"
                _describe(session, source, title, f"{year}年1月", at)
                _publish(session, f"标准{year}.csv", _standards(city, year, amounts, source), at)

    yield Step(days_before(stage.now, _STANDARDS_DAYS_AGO, "09:00"), standards)
    yield Step(days_before(stage.now, _DAYS_AGO, "16:00"), statistics)


def _describe(session: Session, source: str, title: str, published: str, at: datetime) -> None:
    facts = SourceFacts(source, title, _PUBLISHER, published, "")
    describe_source(session, OPERATOR, facts, now=at)


def _publish(session: Session, name: str, lines: Iterable[Line], at: datetime) -> None:
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    writer.writerows(lines)
    data = target.getvalue().encode()
    set_id = bring_in_figures(session, OPERATOR, data, file_name=name, now=at)
    submit_figures(session, OPERATOR, set_id, now=at)
    digest = session.get_one(FigureSet, set_id).digest
    approve_figures(session, OPERATOR, set_id, digest, now=at)


def _line(
    place: RegionRow, period: str, told: tuple[str, str, object, str], source: str = STATISTICS
) -> Line:
    programme, measure, value, unit = told
    values = (source, place.code, place.name, period, programme, measure, str(value), unit)
    return dict(zip(COLUMNS, (*values, _MADE_UP), strict=True))


def _stages(places: Sequence[RegionRow], month: Period, rng: random.Random) -> list[Line]:
    """Return the stages of each township, and of each county as their sum."""
    lines: list[Line] = []
    for county in (place for place in places if place.level is Level.COUNTY):
        below = [place for place in places if place.parent == county.code]
        sums = dict.fromkeys([*_STEPS, "全程", "超期"], 0)
        days = []
        for number, township in enumerate(below):
            counts = _counts(rng)
            middle = rng.randint(*_USUAL_DAYS)
            if number % _SLOW_TOWNSHIPS == _SLOW_TOWNSHIPS // 2:
                middle = _LIMIT + rng.randint(1, 4)
                counts["超期"] = min(counts["全程"], 3)
            days.append(middle)
            sums = {name: sums[name] + counts[name] for name in sums}
            lines += _stage_lines(township, month, counts, middle)
        lines += _stage_lines(county, month, sums, sorted(days)[len(days) // 2])
    return lines


def _counts(rng: random.Random) -> dict[str, int]:
    """Return how many passed each stage: some fall away at each."""
    left, counts = rng.randint(4, 22), {}
    for name in _STEPS:
        counts[name] = left
        left -= rng.randint(0, max(0, left // 6))
    counts["全程"], counts["超期"] = counts["发放"], 0
    return counts


def _stage_lines(
    place: RegionRow, month: Period, counts: dict[str, int], middle: int
) -> Iterator[Line]:
    for number, name in enumerate(_STEPS):
        programme = f"办理进度:{name}"
        yield _line(place, month.text, (programme, "cases", counts[name], "件"))
        if counts[name]:
            share = middle * (number + 1) // len(_STEPS)
            yield _line(place, month.text, (programme, "median_time", share, "工作日"))
    if not counts["全程"]:
        return
    whole = "办理进度:全程"
    yield _line(place, month.text, (whole, "cases", counts["全程"], "件"))
    yield _line(place, month.text, (whole, "median_time", middle, "工作日"))
    yield _line(place, month.text, (whole, "longest_time", middle + 6, "工作日"))
    yield _line(place, month.text, (whole, "cases_over_limit", counts["超期"], "件"))


# Of 10,000 that are watched over, so many belong to each group.
_GROUPS = {
    "最低生活保障对象": (5_600, 8_900),
    "特困人员": (420, 450),
    "防止返贫监测对象": (610, 2_300),
    "低保边缘家庭成员": (380, 1_250),
    "刚性支出困难家庭成员": (150, 520),
}


def _monitoring(
    counties: Sequence[RegionRow], quarter: Period, rng: random.Random
) -> Iterator[Line]:
    for county in counties:
        size = rng.uniform(0.8, 2.4)
        for group, (households, persons) in _GROUPS.items():
            name = f"监测:{group}"
            yield _line(county, quarter.text, (name, "households", round(households * size), "户"))
            yield _line(county, quarter.text, (name, "persons", round(persons * size), "人"))
        raised = rng.randint(120, 420)
        checked = raised - rng.randint(0, 12)
        name = "监测:预警"
        yield _line(county, quarter.text, (name, "warnings_raised", raised, "条"))
        yield _line(county, quarter.text, (name, "warnings_checked", checked, "条"))
        yield _line(county, quarter.text, (name, "warnings_helped", checked // 5, "条"))


def _children(counties: Sequence[RegionRow], quarter: Period, rng: random.Random) -> Iterator[Line]:
    """Yield figures of which the smallest are withheld when they are brought in."""
    for number, county in enumerate(counties):
        inside, outside = (number, rng.randint(18, 60))
        told = {"孤儿": inside + outside, "孤儿:集中养育": inside, "孤儿:社会散居": outside}
        told["事实无人抚养儿童"] = rng.randint(40, 160)
        for name, persons in told.items():
            yield _line(county, quarter.text, (name, "persons", persons, "人"))
            amount = persons * 3 * (1_450 if name == "孤儿:集中养育" else 1_100)
            yield _line(county, quarter.text, (name, "amount_paid", amount, "元"))
        yield _line(county, quarter.text, ("孤儿:集中养育", "standard", 1_450, "元/人·月"))
        yield _line(county, quarter.text, ("孤儿:社会散居", "standard", 1_100, "元/人·月"))


def _yearly(this_year: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield the standards of this year and the two before it: yuan a month, rising a little."""
    for number, year in enumerate(range(this_year - 2, this_year + 1)):
        urban, rural = 700 + 30 * number, 470 + 45 * number
        wage = 1_950 + 100 * (number > 0)
        yield (
            year,
            {
                "城市低保": urban,
                "农村低保": rural,
                "特困基本生活(城市)": _thirteen_tenths(urban),
                "特困基本生活(农村)": _thirteen_tenths(rural),
                "特困全护理补贴": round(wage / 3),
                "特困半护理补贴": round(wage / 6),
                "特困自理照料补贴": round(wage / 10),
                "最低工资标准": wage,
            },
        )


def _thirteen_tenths(yuan: int) -> int:
    """Return 1.3 times an amount, rounded up as such standards are."""
    return -(-yuan * 13 // 10)


def _standards(city: RegionRow, year: int, amounts: dict[str, int], source: str) -> Iterator[Line]:
    first = date(year, 1, 1).strftime("%Y-%m")
    for programme, yuan in amounts.items():
        measure = "index_base" if programme == "最低工资标准" else "standard_from"
        yield _line(city, first, (programme, measure, yuan, "元/人·月"), source)
