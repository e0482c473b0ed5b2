"""Whatever is uploaded: nothing breaks, no row is lost silently, no sentence names a person."""

import contextlib
import io
import os
from datetime import date

import openpyxl
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from disclosure.intake.asking import ask
from disclosure.intake.check import check_workbook
from disclosure.intake.kinds import Field, Kind
from disclosure.intake.learned import HEADLESS, Heading, Learned
from disclosure.intake.reader import read_workbook
from disclosure.intake.recognition import recognise_file
from disclosure.intake.result import Checked
from disclosure.intake.workbook import Merge, ReadRefused, Sheet, Workbook
from portal.kernel.errors import Refused
from portal.kernel.period import parse_period
from portal.kernel.personal_data import find_personal_data
from tests.intake.workbooks import (
    FUND_HEADINGS,
    HEADINGS,
    SAMPLES,
    SANYING,
    TODAY,
    XIJI,
    all_places,
    check,
    children,
    csv_bytes,
    household,
    make_id,
    sentence,
    xlsx,
)

IDS = [make_id(n, date(1950 + 3 * n, 1 + n, 7)) for n in range(1, 12)]
PEOPLE = ["王秀英", "尉迟敬德", "古丽娜尔·阿不都", "孙祥䶮", "余菊𬱖"]
PHONES = ["15017315345", "0954-2012345"]
CARDS = ["6217992174218096797"]
WORDS = [
    *("金轮村", "三营社区", "不存在村", "4组", "A", "C类", "是", "否", "本人", "配偶", "合计"),
    *("小计", "审核人：", "待定", "因病", "支出型", "2026年8月", "吉强镇", "农村低保", "=1+1"),
    *("三营镇2026年10月名单", "单位：万元"),
]
ALL_HEADINGS = sorted(
    {*HEADINGS, *FUND_HEADINGS, "家庭成员姓名", "与户主关系", "是否享受", "救助类型"}
)


def legal(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)


PERSONAL = st.sampled_from([*IDS, *PEOPLE, *PHONES, *CARDS])
CELLS = st.one_of(
    st.just(""),
    PERSONAL,
    st.sampled_from(WORDS),
    st.sampled_from(ALL_HEADINGS),
    st.integers(-5, 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
    st.booleans(),
    st.text(max_size=12).map(legal),
    st.tuples(st.text(max_size=3).map(legal), PERSONAL).map("".join),
)
RANDOM_ROWS = st.lists(st.lists(CELLS, max_size=10), max_size=12)
CHANGES = st.dictionaries(st.sampled_from(HEADINGS), CELLS, max_size=4)
LIST_ROWS = st.lists(
    st.one_of(
        st.builds(lambda n, changed: household(n, **changed), st.integers(1, 99), CHANGES),
        st.lists(CELLS, max_size=10),
    ),
    max_size=12,
).map(lambda rows: [HEADINGS, *rows])
SHEETS = st.lists(st.one_of(RANDOM_ROWS, LIST_ROWS), min_size=1, max_size=3)
KINDS = st.sampled_from([kind.value for kind in Kind])


def texts_shown(checked: Checked) -> list[str]:
    """Return everything that a clerk, a log or a program may see of a result."""
    shown = [repr(checked), repr(checked.rows)]
    for problem in checked.problems:
        shown += [sentence(problem), problem.column or "", problem.sheet]
    return shown


def check_properties(checked: Checked, row_count: int) -> None:
    assert sum(checked.accounted.values()) == row_count
    assert checked.rows_ok + checked.rows_bad == checked.accounted.get("data", 0)
    assert checked.rows_ok == sum(row.rows for row in checked.list_rows) + len(checked.fund_rows)
    if checked.rows_bad or not checked.rows:
        assert checked.errors
    erroneous = {(problem.sheet, problem.row) for problem in checked.errors}
    assert not erroneous & {(row.sheet, row.row) for row in checked.rows}
    for text in texts_shown(checked):
        for value in (*IDS, *PEOPLE, *PHONES, *CARDS):
            assert value not in text


MERGES = st.builds(
    lambda row, column, down, across: Merge(row, column, row + down, column + across),
    st.integers(0, 12),
    st.integers(0, 9),
    st.integers(0, 4),
    st.integers(0, 2),
)
READ_ROWS = st.one_of(
    RANDOM_ROWS,
    LIST_ROWS,
    st.tuples(st.lists(st.lists(CELLS, max_size=4), max_size=35), LIST_ROWS).map(
        lambda parts: [*parts[0], *parts[1]]
    ),
)
READ_SHEETS = st.builds(
    Sheet,
    st.sampled_from(["Sheet1", "金轮村", "2026年9月", "", *WORDS]),
    READ_ROWS,
    st.frozensets(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=3),
    st.lists(MERGES, max_size=3).map(tuple),
    st.booleans(),
)
# As in a file, no two sheets have the same name.
WORKBOOKS = st.lists(READ_SHEETS, min_size=1, max_size=3, unique_by=lambda s: s.name).map(
    lambda sheets: Workbook(tuple(sheets))
)
ANSWERS = st.builds(
    Learned,
    st.dictionaries(
        st.builds(
            Heading,
            st.sampled_from(["", HEADLESS]),
            st.sampled_from(["", *WORDS, *ALL_HEADINGS]),
            st.integers(0, 10),
        ),
        st.sampled_from(list(Field)),
        max_size=8,
    ),
    st.none() | st.integers(0, 13),
    st.integers(1, 2),
)
# PORTAL_MANY=10000 tries ten thousand workbooks.
MANY = int(os.environ.get("PORTAL_MANY", "300"))


@settings(
    max_examples=MANY,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.shrink, Phase.explain},  # a workbook takes minutes to shrink
)
@given(WORKBOOKS, KINDS, ANSWERS)
def test_random_workbooks_as_they_are_read(book: Workbook, kind: str, learned: Learned) -> None:
    region = XIJI if kind == "funds" else SANYING
    checked = check_workbook(
        book,
        filename="list.xlsx",
        kind=Kind(kind),
        region=all_places()[region],
        villages=children(region),
        period=parse_period("2026" if kind == "funds" else "2026-10"),
        on=TODAY,
        learned=learned,
    )
    check_properties(checked, sum(len(sheet.rows) for sheet in book.sheets))
    recognised = recognise_file(book, "list.xlsx", [all_places()[SANYING]], {}, learned)
    assert recognised.region is None or recognised.region.code == SANYING
    with contextlib.suppress(Refused):
        asked = ask(book, Kind(kind), learned, row=learned.row)
        assert asked is None or all(column.position > 0 for column in asked.columns)


@settings(max_examples=60, deadline=None)
@given(SHEETS, KINDS)
def test_random_workbooks(sheets: list[list[list[object]]], kind: str) -> None:
    data = xlsx(*sheets)
    rows = sum(len(sheet.rows) for sheet in read_workbook(data).sheets)
    region = {"region": XIJI} if kind == "funds" else {}
    check_properties(check(data, kind, **region), rows)  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(st.one_of(RANDOM_ROWS, LIST_ROWS), KINDS, st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_random_text_files(rows: list[list[object]], kind: str, encoding: str) -> None:
    data = csv_bytes(rows, encoding)
    try:
        count = len(read_workbook(data).sheets[0].rows)
    except ReadRefused:
        count = 0
    check_properties(check(data, kind), count)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_random_bytes(data: bytes, start: bytes) -> None:
    checked = check(start + data)
    assert checked.errors or not checked.rows


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_samples(data: st.DataObject) -> None:
    path = data.draw(
        st.sampled_from(sorted(SAMPLES.glob("*.xls*")) + sorted(SAMPLES.glob("*.csv")))
    )
    content = bytearray(path.read_bytes() if path.suffix != ".json" else b"")
    for _ in range(data.draw(st.integers(1, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    checked = check(bytes(content))
    assert checked.rows_ok + checked.rows_bad == checked.accounted.get("data", 0)


@settings(max_examples=25, deadline=None)
@given(LIST_ROWS, st.integers(0, 5), st.integers(0, 5))
def test_empty_rows_above_and_between_change_only_row_numbers(
    rows: list[list[object]], above: int, between: int
) -> None:
    plain = check(xlsx(rows))
    spaced = [*[[]] * above, rows[0], *[[]] * between, *rows[1:]]
    moved = check(xlsx(spaced))
    assert (moved.rows_ok, moved.rows_bad, moved.amount_fen) == (
        plain.rows_ok,
        plain.rows_bad,
        plain.amount_fen,
    )
    assert [(p.code, p.severity) for p in moved.problems] == [
        (p.code, p.severity) for p in plain.problems
    ]


def test_the_personal_values_are_really_personal() -> None:
    for value in (*IDS, *PHONES, *CARDS):
        assert find_personal_data(value)
    book = openpyxl.load_workbook(io.BytesIO(xlsx([PEOPLE])))
    assert [cell.value for cell in book.worksheets[0][1]] == PEOPLE
