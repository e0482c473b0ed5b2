"""Published figures as values: how they read, how they add up, what a file of them must be."""

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.figures.charts import (
    Measured,
    Series,
    bar_chart,
    line_chart,
    nice_step,
    pixels,
    wrap,
)
from disclosure.figures.checks import NOT_THE_AVERAGE, NOT_THE_SUM, adds_up, check_figures
from disclosure.figures.numbers import UNITS, Figure, UnitKind
from disclosure.figures.pages import sections_of
from disclosure.figures.periods import parse_figure_period
from disclosure.figures.reading import COLUMNS, read_figures
from portal.kernel.errors import Refused
from portal.kernel.period import PeriodError
from tests.fixtures.run import ROOT

FILE = (ROOT / "demo" / "data" / "published-figures.csv").read_bytes()
SOURCES = {"S0", "S1", "S3", "S4"}
FIGURES, PROBLEMS = read_figures(FILE, sources=SOURCES)


def figure(number: int, unit: str = "人") -> Figure:
    scale = 2 if UNITS[unit].is_money else 0
    return replace(FIGURES[0], number=number, unit=UNITS[unit], scale=scale)


def file_of(*lines: dict[str, str]) -> bytes:
    target = io.StringIO()
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    usual = dict(next(csv.DictReader(io.StringIO(FILE.decode("utf-8-sig")))))
    for line in lines:
        writer.writerow({**usual, **line})
    return target.getvalue().encode()


def test_the_published_file_is_read_whole() -> None:
    assert PROBLEMS == ()
    assert len(FIGURES) == len(FILE.decode("utf-8-sig").splitlines()) - 1


def test_figures_read_as_they_were_published() -> None:
    """Wherever the source's own words give the number, they are the ones that are shown."""
    printed = re.compile(r"\d+(?:\.\d+)?[万亿]元")
    told = [(f, found[0]) for f in FIGURES if (found := printed.search(f.note))]
    assert len(told) > 5
    assert [(f.as_published, words) for f, words in told if f.as_published != words] == []


@pytest.mark.parametrize(
    ("number", "unit", "published", "plain"),
    [
        (108_200, "户", "10.82万户", "108,200"),
        (34_900_000_000, "元", "3.49亿元", "349,000,000"),
        (38_302, "人", "38302人", "38,302"),
        (42_800, "元/人·月", "428元/人·月", "428"),
        (100_000_000, "元/人·年", "1000000元/人·年", "1,000,000"),
        (12_345, "元", "123.45元", "123.45"),
        (0, "户", "0户", "0"),
    ],
)
def test_a_figure_is_written_in_ten_thousands_only_where_that_is_exact(
    number: int, unit: str, published: str, plain: str
) -> None:
    one = figure(number, unit)
    assert (one.as_published, one.plain) == (published, plain)


@given(st.integers(0, 10**13), st.sampled_from(sorted(UNITS)))
def test_what_is_printed_is_the_same_number(number: int, unit: str) -> None:
    one = figure(number, unit)
    written = one.as_published.removesuffix(unit)
    factor = {"万": 10**4, "亿": 10**8}.get(written[-1:], 1)
    assert Decimal(written.rstrip("万亿")) * factor == one.value
    assert Decimal(one.plain.replace(",", "")) == one.value


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(1, 10**6))
def test_whole_numbers_must_add_up_to_the_last_one(first: int, second: int, wrong: int) -> None:
    parts = [figure(first), figure(second)]
    exact = [part for part in (*parts, figure(first + second)) if part.margin]
    assert adds_up(figure(first + second), parts)
    if not exact and figure(first + second + wrong).margin == 0:
        assert not adds_up(figure(first + second + wrong), parts)


@given(st.lists(st.integers(10_000, 10**7), min_size=1, max_size=6))
def test_sums_that_were_only_rounded_are_never_doubted(counted: list[int]) -> None:
    def printed(value: int) -> Figure:
        """Round half up to 0.01万, as newspapers do."""
        return figure((value + 50) // 100 * 100)

    assert adds_up(printed(sum(counted)), [printed(value) for value in counted])


def test_the_published_figures_add_up() -> None:
    assert check_figures(FIGURES) == ()


@pytest.mark.parametrize(
    ("programme", "measure", "period", "delta"),
    [("农村低保", "persons_added", "2018-H1", 1), ("城市低保", "households", "2018-07", 150)],
)
def test_a_part_that_is_wrong_is_found(
    programme: str, measure: str, period: str, delta: int
) -> None:
    changed = [
        replace(f, number=f.number + delta)
        if (f.programme, f.measure, f.period.text) == (programme, measure, period)
        else f
        for f in FIGURES
    ]
    doubts = check_figures(changed)
    assert [doubt.message for doubt in doubts] == [NOT_THE_SUM]
    assert doubts[0].params["period"] == period


def test_rounding_of_the_whole_is_allowed_and_no_more() -> None:
    """16,300 + 91,900: each is printed to the nearest hundred, so 150 may be lost, not more."""
    parts = [figure(16_300, "户"), figure(91_900, "户")]
    assert adds_up(figure(108_300, "户"), parts)
    assert not adds_up(figure(108_400, "户"), parts)


@pytest.mark.parametrize(("fen", "doubted"), [(128_300, False), (128_400, True), (128_200, True)])
def test_an_average_is_held_against_its_sum(fen: int, doubted: bool) -> None:
    """3,893,600 / 3,035 = 1,282.9, published as 1,283."""
    changed = [
        replace(f, number=fen) if (f.measure, f.source) == ("average_subsidy", "S4") else f
        for f in FIGURES
    ]
    assert [doubt.message for doubt in check_figures(changed)] == [NOT_THE_AVERAGE] * doubted


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2012/2018-07", "2012-01-01", "2018-07-31"),
        ("2018-01/2018-07", "2018-01-01", "2018-07-31"),
        ("2018-H1", "2018-01-01", "2018-06-30"),
        ("2018-H2", "2018-07-01", "2018-12-31"),
        ("2018-Q3", "2018-07-01", "2018-09-30"),
        ("2024-YTD", "2024-01-01", "2024-12-31"),
        ("2018", "2018-01-01", "2018-12-31"),
        ("undated", "None", "None"),
    ],
)
def test_periods_are_ranges(text: str, first: str, last: str) -> None:
    period = parse_figure_period(text)
    assert (str(period.first_on), str(period.last_on), period.text) == (first, last, text)


@given(st.text(max_size=30))
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(PeriodError) as refusal:
        parse_figure_period(f"{text}?")
    assert refusal.value.params["period"] == f"{text}?".strip()[:40]


def test_every_problem_of_a_file_is_told_at_once() -> None:
    data = file_of(
        {"source": "S9"},
        {"region_code": "64"},
        {"value": "many"},
        {"value": "1.234", "unit": "元"},
        {"value": "-1"},
        {"unit": "斤"},
        {"measure": "weight"},
        {"period": "last year"},
        {"programme": ""},
        {},
        {},
    )
    figures, problems = read_figures(data, sources=SOURCES)
    assert len(figures) == 2  # the last two, which are the same one
    assert [problem.params["line"] for problem in problems] == [*range(2, 11), 12]


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", ",".join(COLUMNS).encode(), b"\xff\xfe\x00\xd8", b"PK\x03\x04\x00"]
)
def test_what_is_no_file_of_figures_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        read_figures(data, sources=SOURCES)


LINES = st.fixed_dictionaries({name: st.text(max_size=12) for name in COLUMNS})


@given(st.lists(LINES, max_size=4))
def test_no_file_whatever_is_more_than_refused(lines: list[dict[str, str]]) -> None:
    try:
        figures, problems = read_figures(file_of(*lines), sources=SOURCES)
    except Refused:
        return
    assert len(figures) + len(problems) >= 1


def test_every_figure_stands_in_exactly_one_chart() -> None:
    sections = sections_of(FIGURES, lambda message: message, locale="en")
    rows = [row for section in sections for block in section.blocks for row in block.rows]
    assert len(rows) == len(FIGURES)
    assert sorted(row.published for row in rows) == sorted(f.as_published for f in FIGURES)
    blocks = [block for section in sections for block in section.blocks]
    assert all((block.bars is None) != (block.lines is None) for block in blocks)


def test_standards_of_two_years_are_a_line_and_classes_are_bars() -> None:
    sections = sections_of(FIGURES, lambda message: message, locale="en", first="640400000000")
    blocks = sections[0].blocks
    (line,) = [block for block in blocks if block.lines]
    assert line.lines is not None
    assert [label for _, label in line.lines.ticks] == ["The year 2012", "The year 2018"]
    assert [row.a_year for row in line.rows] == ["2,940", "6,720", "1,750", "3,800"]
    households = next(b for b in blocks if "10.82万户" in {row.published for row in b.rows})
    assert households.bars is not None
    depths = [bar.depth for bar in households.bars.bars]
    assert depths == [0, 1, 1, 2, 2, 0]


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=12))
def test_bars_are_as_long_as_their_values(values: list[int]) -> None:
    chart = bar_chart([Measured(str(v), Fraction(v), str(v)) for v in values])
    widths = [float(bar.width.rstrip("%")) for bar in chart.bars]
    assert all(0 <= width <= 62 for width in widths)
    assert sorted(range(len(values)), key=lambda n: (values[n], n)) == sorted(
        range(len(values)), key=lambda n: (widths[n], values[n], n)
    )
    tops = [bar.top for bar in chart.bars]
    assert tops == sorted(set(tops))
    assert chart.height > tops[-1] + 18


@given(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 10**9)), min_size=1, max_size=8),
)
def test_points_stand_inside_the_plot_in_the_order_of_time(points: list[tuple[int, int]]) -> None:
    places = sorted({place for place, _ in points})
    values = sorted(dict(points).items())
    series = [Series("one", tuple((place, Fraction(v), str(v)) for place, v in values))]
    chart = line_chart([str(place) for place in places], places, series)
    xs = [float(point.x.rstrip("%")) for point in chart.lines[0].points]
    assert xs == sorted(xs)
    assert all(0 < x < 100 for x in xs)
    assert all(0 <= point.y <= chart.height for point in chart.lines[0].points)
    assert len(chart.lines[0].segments) == len(places) - 1


@given(st.fractions(min_value=0, max_value=10**12))
def test_the_axis_has_a_handful_of_steps(top: Fraction) -> None:
    step = nice_step(top)
    assert step >= 1
    assert top / step <= 5


@given(st.text(alphabet=st.sampled_from("低保农村 abc：·"), min_size=1, max_size=60))
def test_labels_are_broken_and_nothing_of_them_is_lost(label: str) -> None:
    lines = wrap(label, 270)
    assert "".join(lines).replace(" ", "") == label.replace(" ", "")
    assert all(pixels(line) <= 270 for line in lines if " " in line or len(line) <= 18)


def test_every_unit_has_a_kind_of_its_own_rounding() -> None:
    assert {unit.kind for unit in UNITS.values()} == set(UnitKind)
