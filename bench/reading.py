"""How fast a spreadsheet becomes checked rows."""

import csv
import io
import time
from collections.abc import Sequence
from datetime import date, timedelta

from openpyxl import Workbook

from bench.figures import Figure, at_least
from bench.processes import ROOT
from disclosure.intake.check import check_file
from disclosure.intake.kinds import Kind
from disclosure.intake.places import Place
from portal.kernel.idnumber import check_digit
from portal.kernel.period import parse_period

ROWS = 20_000
# The largest list known, a city's 91,900 rural households, in well under a minute.
LEAST_ROWS_A_SECOND = 2_000
DIVISIONS = ROOT / "demo" / "data" / "divisions-guyuan.csv"
TOWNSHIP = "640402100000"
ON = date(2026, 10, 8)
TITLE = "原州区三营镇2026年10月农村最低生活保障对象花名册"
HEADINGS = ("序号", "行政村", "户主姓名", "身份证号码", "家庭人口", "保障人口", "救助类别")
AMOUNT = "月保障金额（元）"
# Surnames and given names of people who do not exist, and a county code that no county has.
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "建国秀英志强桂兰文明玉珍海燕春梅永福小红"
COUNTY = "640499"


def intake() -> Figure:
    """Measure reading and checking a list of 20,000 households, as .xlsx."""
    region, villages = places()
    data = workbook_of([village.name for village in villages])
    begun = time.process_time()
    checked = check_file(
        data,
        filename="list.xlsx",
        kind=Kind.STANDING,
        region=region,
        villages=villages,
        period=parse_period("2026-10"),
        on=ON,
    )
    elapsed = time.process_time() - begun
    if checked.rows_ok != ROWS:
        raise RuntimeError(f"{checked.rows_ok} of {ROWS} rows were good: {checked.problems[:3]}")
    note = f"{ROWS:,} households, {len(data) / 1e6:.1f} MB, {elapsed:.1f} s of processor time"
    return at_least("intake of a list", ROWS / elapsed, LEAST_ROWS_A_SECOND, "rows/s", note)


def places() -> tuple[Place, list[Place]]:
    """Return the township and its villages."""
    text = DIVISIONS.read_text(encoding="utf-8-sig")
    places = {row["code"]: Place(**row) for row in csv.DictReader(io.StringIO(text))}
    return places[TOWNSHIP], [place for place in places.values() if place.parent == TOWNSHIP]


def workbook_of(
    villages: Sequence[str], numbers: Sequence[int] = range(ROWS), title: str = TITLE
) -> bytes:
    """Return a list of households in these villages, one a number, as .xlsx."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([title])
    sheet.append([*HEADINGS, AMOUNT])
    for number in numbers:
        family = number % 6 + 1
        name = SURNAMES[number % 20] + GIVEN[number // 20 % 20] + GIVEN[number // 400 % 20]
        village = villages[number % len(villages)]
        sheet.append(
            [number + 1, village, name, _id_number(number), family, family, "B", 300 * family]
        )
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _id_number(number: int) -> str:
    born = date(1940, 1, 1) + timedelta(days=number % 20_000)
    body = f"{COUNTY}{born:%Y%m%d}{number % 1000:03}"
    return body + check_digit(body)
