"""False alarms of the gate 误报: clean rows in which every division's name stands."""

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.figures import Figure, at_most
from demo.names import draw_name
from disclosure.catalogue import KINDS
from disclosure.gate import Gate, PublishedText, texts_of_rows
from disclosure.intake.places import Place, place_words

ROWS = 10_000
MOST_PERCENT = 0.1
DIVISIONS = Path(__file__).parents[1] / "demo" / "data" / "divisions-guyuan.csv"

_REASONS = (
    "因病致贫，在{place}卫生院住院{number}天，医保报销后自付{amount}元",
    "因残，重度残疾人，由{place}照料",
    "突发疾病，{year}年{month}月{day}日在固原市人民医院手术，自付费用{amount}元",
    "子女就学负担重，在{place}中心小学就读",
    "火灾，{year}-{month:02}-{day:02}房屋受损{number}间，{place}已核实",
    "交通事故，{year}.{month}.{day}，对方无赔付能力",
    "年老体弱，缺乏劳动力，{place}入户核查{number}次",
    "刚性支出较大，家庭月人均收入{amount}元，低于当地低保标准的1.5倍",
    "依据民发〔{year}〕{number}号、宁民规发〔{year}〕{month}号，{place}民主评议通过",
    "固政办发〔{year}〕{number}号第{month}条第{day}款",
    "支出型救助，{place}{year}年第{quarter}季度，共{number}人，合计{amount}元",
    "渐退期至{year}年{month}月，{place}村民代表会议2/3以上同意",
    "A类{number}户、B类{day}户、C类{month}户；监督电话12345，举报电话12388",
    "务工地：{place}，每月收入{amount}元，{year}年{month}月{day}日至{year}年12月31日",
    "土地流转{number}亩，养殖补贴{amount}元，农机补贴{day},{number:03}.00元",
    "",
)
_GROUPS = ("{number}组", "第{han}组", "{place}{number}组", "{han}队", "{place}", "")
_HAN = "一二三四五六七八九"


def gate_alarms() -> Figure:
    """Return how many of the clean rows the gate stops, in percent."""
    stopped, texts = false_alarms()
    note = f"{stopped} of {ROWS:,} rows ({texts:,} texts), with all {len(_places())} divisions"
    return at_most("false alarms of the gate", 100 * stopped / ROWS, MOST_PERCENT, "%", note)


def false_alarms() -> tuple[int, int]:
    """Return how many of the clean rows have a hit, and how many texts were looked at."""
    rng = random.Random(1)  # noqa: S311 - the same rows every time
    places = _places()
    townships = [place for place in places if place.level == "township"]
    stopped = looked_at = 0
    for number, township in enumerate(townships):
        rows = range(number, ROWS, len(townships))
        texts = list(_texts(rng, township, places, rows))
        gate = _gate(rng, township, places, len(rows))
        stopped += len({(hit.place, hit.row) for hit in gate.scan(texts)})
        looked_at += len(texts)
    return stopped, looked_at


def _gate(rng: random.Random, township: Place, places: Sequence[Place], rows: int) -> Gate:
    """Return the gate as it is before a list of this township, with the names of its people."""
    villages = [place for place in places if place.parent == township.code]
    names = {draw_name(rng, number, male=number % 2 == 0) for number in range(rows * 2)}
    return Gate(names, place_words([township, *villages], ("固原市",)))


def _texts(
    rng: random.Random, township: Place, places: Sequence[Place], rows: range
) -> Iterator[PublishedText]:
    subjects = [kind.subject for kind in KINDS.values()]
    for row in rows:
        place = places[row % len(places)]
        title = f"{township.name}{place.name}2026年{row % 12 + 1}月{subjects[row % len(subjects)]}"
        yield PublishedText(place.name, "title", row, title, free=False)
        group, reason = _filled(rng, rng.choice(_GROUPS), place), _filled(rng, _reason(row), place)
        yield from texts_of_rows(place.name, [(row, group, "B", reason)])


def _reason(row: int) -> str:
    return _REASONS[row // 3 % len(_REASONS)]


def _filled(rng: random.Random, text: str, place: Place) -> str:
    return text.format(
        place=place.name,
        number=rng.randrange(1, 300),
        amount=f"{rng.randrange(100_000, 9_999_900) / 100:.2f}",
        year=rng.randrange(2019, 2027),
        month=rng.randrange(1, 13),
        day=rng.randrange(1, 29),
        quarter=rng.randrange(1, 5),
        han=rng.choice(_HAN),
    )


def _places() -> list[Place]:
    with DIVISIONS.open(encoding="utf-8-sig", newline="") as source:
        return [Place(**row) for row in csv.DictReader(source)]
