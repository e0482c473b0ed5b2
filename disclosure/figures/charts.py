"""Charts 图表: where bars, points and words stand in an SVG that needs no script.

Widths and horizontal places are per cent of the plot, heights are pixels: so a chart is as wide as
its page, and its letters are as large as the page's on a phone and on a wall.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

LETTER, WIDE_LETTER = 8, 15  # pixels of a Latin and of a Chinese character
LABEL_WIDTH = 270  # pixels that a label has on the narrowest phone
LONGEST_BAR = 62  # per cent; the value stands behind it
LINE_HEIGHT, BAR_HEIGHT, BAR_GAP = 20, 18, 16
PLOT_HEIGHT, PLOT_TOP, PLOT_BOTTOM = 220, 30, 34
FIRST_X, LAST_X = 22, 86
ABOVE, BELOW = -12, 24  # pixels from a point to the value beside it
STEPS = 4
TICKS_APART = 17  # per cent: seven characters on the narrowest phone


@dataclass(frozen=True)
class Measured:
    """What a bar is drawn from; ``depth`` 1 is a part of the bar above it."""

    label: str
    value: Fraction
    printed: str
    depth: int = 0


@dataclass(frozen=True)
class Bar:
    """One bar: its label's lines above it, its value behind it."""

    lines: tuple[tuple[int, str], ...]
    top: int
    width: str
    printed: str
    depth: int


@dataclass(frozen=True)
class BarChart:
    """Bars below one another; ``height`` in pixels, ``limit_at`` is where a limit is drawn."""

    bars: tuple[Bar, ...]
    height: int
    words: str
    limit_at: str | None = None


def bar_chart(measured: Sequence[Measured], limit: Fraction | None = None) -> BarChart:
    """Lay out bars in the given order, the longest at most ``LONGEST_BAR`` per cent wide.

    ``limit`` is a value that a line across all bars marks.
    """
    largest = max([one.value for one in measured] + [limit or Fraction(0)], default=Fraction(0))
    bars, top = [], 4
    for one in measured:
        lines = wrap(one.label, LABEL_WIDTH)
        placed = tuple((top + 15 + number * LINE_HEIGHT, line) for number, line in enumerate(lines))
        bar_top = top + len(lines) * LINE_HEIGHT + 2
        share = one.value / largest * LONGEST_BAR if largest else Fraction(0)
        bars.append(Bar(placed, bar_top, _percent(share), one.printed, one.depth))
        top = bar_top + BAR_HEIGHT + BAR_GAP
    words = "; ".join(f"{one.label} {one.printed}" for one in measured)
    limit_at = _percent(limit / largest * LONGEST_BAR) if limit and largest else None
    return BarChart(tuple(bars), top, words, limit_at)


@dataclass(frozen=True)
class Series:
    """One line: its label, and a value for some of the places on the x axis."""

    label: str
    points: tuple[tuple[int, Fraction, str], ...]  # place on the axis, value, as printed


@dataclass(frozen=True)
class Point:
    """A point of a line, with the value that stands above it."""

    x: str
    y: int
    printed: str
    printed_y: int


@dataclass(frozen=True)
class Line:
    """A line through its points; ``number`` (from 1) gives colour, dashes and marks."""

    label: str
    number: int
    points: tuple[Point, ...]
    lasts_to: str | None = None

    @property
    def segments(self) -> tuple[tuple[Point, Point], ...]:
        """The pieces between neighbouring points; where values last, steps from one to the next."""
        pieces = tuple(zip(self.points, self.points[1:], strict=False))
        if self.lasts_to is None:
            return pieces
        steps = [
            piece
            for before, after in pieces
            for corner in (replace(before, x=after.x),)
            for piece in ((before, corner), (corner, after))
        ]
        ends = [(last, replace(last, x=self.lasts_to)) for last in self.points[-1:]]
        return (*steps, *ends)


@dataclass(frozen=True)
class LineChart:
    """Lines over an axis; ``ticks`` are (x, words), ``grid`` is (y, words)."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[str, str], ...]
    grid: tuple[tuple[int, str], ...]
    height: int
    words: str


class _Axes:
    """Where places and values of some lines stand in the plot; the axis begins at zero."""

    def __init__(self, places: Sequence[int], series: Sequence[Series]) -> None:
        self.first, self.last = places[0], places[-1]
        self.series = series
        top = max((value for one in series for _, value, _ in one.points), default=Fraction(0))
        self.step = nice_step(top)
        self.steps = max(1, math.ceil(top / self.step))

    def x(self, place: int) -> str:
        span = Fraction(place - self.first, max(1, self.last - self.first))
        if self.first == self.last:
            span = Fraction(1, 2)
        return _percent(FIRST_X + span * (LAST_X - FIRST_X))

    def y(self, value: Fraction) -> int:
        drawn = PLOT_HEIGHT - PLOT_TOP - PLOT_BOTTOM
        return PLOT_HEIGHT - PLOT_BOTTOM - round(value / (self.step * self.steps) * drawn)

    def point(self, place: int, value: Fraction, printed: str) -> Point:
        """Return a point; its value stands below it where another point is above."""
        there = [v for one in self.series for p, v, _ in one.points if p == place]
        aside = BELOW if len(there) > 1 and value == min(there) else ABOVE
        return Point(self.x(place), self.y(value), printed, self.y(value) + aside)

    def grid(self) -> tuple[tuple[int, str], ...]:
        values = [self.step * number for number in range(self.steps + 1)]
        return tuple((self.y(value), f"{int(value):,}") for value in values)


def line_chart(labels: Sequence[str], places: Sequence[int], series: Sequence[Series]) -> LineChart:
    """Lay out lines over time.

    ``places`` are where the ``labels`` of the x axis stand (months, counted), in their order: what
    is twice as far apart in time is drawn twice as far apart.
    """
    axes = _Axes(places, series)
    return LineChart(
        lines=tuple(
            Line(one.label, number, tuple(axes.point(*point) for point in one.points))
            for number, one in enumerate(series, start=1)
        ),
        ticks=tuple((axes.x(place), label) for place, label in zip(places, labels, strict=True)),
        grid=axes.grid(),
        height=PLOT_HEIGHT,
        words="; ".join(
            f"{one.label}: {', '.join(printed for _, _, printed in one.points)}" for one in series
        ),
    )


def step_chart(labels: Sequence[str], places: Sequence[int], series: Sequence[Series]) -> LineChart:
    """Lay out values that hold until the next one; the last ``place`` is where the chart ends."""
    drawn = line_chart(labels, places, series)
    return replace(
        drawn,
        lines=tuple(replace(line, lasts_to=drawn.ticks[-1][0]) for line in drawn.lines),
        ticks=_apart(drawn.ticks),
    )


def _apart(ticks: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the ticks whose words do not run into those before them, the last one always."""
    kept: list[tuple[str, str]] = []
    for x, words in reversed(ticks):
        if not kept or float(kept[-1][0][:-1]) - float(x[:-1]) >= TICKS_APART:
            kept.append((x, words))
    return tuple(reversed(kept))


def nice_step(top: Fraction) -> Fraction:
    """Return a step of 1, 2 or 5 times a power of ten, with about ``STEPS`` of them to ``top``."""
    if top <= 0:
        return Fraction(1)
    rough = top / STEPS
    power = Fraction(10) ** max(0, math.floor(math.log10(rough)) if rough >= 1 else 0)
    return next(power * n for n in (1, 2, 5, 10) if power * n >= rough)


def wrap(label: str, width: int) -> tuple[str, ...]:
    """Return ``label`` in lines of at most ``width`` pixels, Latin words unbroken."""
    lines, line = [], ""
    for word in _pieces(label):
        if line and pixels(line + word.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += word
    return (*lines, line.rstrip())


def _pieces(label: str) -> list[str]:
    """Return what must stay together: words in Latin letters, and single Chinese characters."""
    pieces: list[str] = []
    for char in label:
        joins = pieces and not _is_wide(char) and not _is_wide(pieces[-1][-1])
        if joins and not pieces[-1].endswith(" "):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


def pixels(text: str) -> int:
    """Return about how wide ``text`` is drawn."""
    return sum(WIDE_LETTER if _is_wide(char) else LETTER for char in text)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _percent(value: Fraction) -> str:
    return f"{float(value):.2f}%"
