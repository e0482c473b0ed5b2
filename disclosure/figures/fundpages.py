"""Fund figures on pages 资金发放页面: places beside one another, a place's months, words."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.figures.charts import BarChart, LineChart, Measured, Series, bar_chart, line_chart
from disclosure.figures.funds import (
    REASON_WORDS,
    Earlier,
    FundLine,
    MatchedLine,
    Timeliness,
    each,
    yuan_fraction,
)
from disclosure.figures.matching import NOTHING, Agreement, Outcome, Sums, listed_programme
from disclosure.figures.pages import programme_words
from portal.data.regions import is_within
from portal.kernel.language import N_
from portal.kernel.money import format_yuan
from portal.kernel.period import Period

Translate = Callable[[str], str]
Day = Callable[[date], str]

MOST_LINES = 240
_TREND_MONTHS = 12

OUTCOME_COLOURS = {
    Outcome.EQUAL: "green",
    Outcome.DIFFERS: "amber",
    Outcome.CHANGED: "blue",
    Outcome.NO_LIST: "grey",
    Outcome.FORGOTTEN: "grey",
}
OUTCOME_WORDS = {
    Outcome.EQUAL: N_("Matches the posted lists"),
    Outcome.DIFFERS: N_("Differs from the lists"),
    Outcome.CHANGED: N_("Matched when approved; lists corrected since"),
    Outcome.NO_LIST: N_("No list to compare with"),
    Outcome.FORGOTTEN: N_("Can no longer be compared"),
}
TIMELINESS_WORDS = {
    Timeliness.IN_TIME: N_("Paid by the 10th"),
    Timeliness.LATE: N_("Late, paid on"),
    Timeliness.UNSTATED: N_("Day of payment not stated"),
}
TIMELINESS_COLOURS = {
    Timeliness.IN_TIME: "green",
    Timeliness.LATE: "red",
    Timeliness.UNSTATED: "grey",
}
_MORE = {
    "households": (N_("%(count)s households more"), N_("%(count)s households fewer")),
    "persons": (N_("%(count)s persons more"), N_("%(count)s persons fewer")),
    "amount_fen": (N_("%(count)s yuan more"), N_("%(count)s yuan less")),
}


@dataclass(frozen=True)
class FundLineView:
    """One line as a table shows it, in the page's language; money in fen."""

    code: str
    region: str
    month: str
    programme: str
    sums: Sums
    per_person: int | None
    per_household: int | None
    paid: str
    paid_on: date | None
    paid_colour: str
    outcome: str
    outcome_colour: str
    compared_with: str
    difference: str
    reason: str
    explanation: str
    corrected: tuple[str, ...]


@dataclass(frozen=True)
class PlaceFunds:
    """What a place's households were paid in a month, and how many of its lines are as they should.

    ``in_time`` and ``matching`` count of ``lines``; what could not be compared is ``unmatched``.
    """

    code: str
    sums: Sums
    per_person: int | None
    lines: int
    in_time: int
    late: int
    matching: int
    comparable: int


@dataclass(frozen=True)
class MonthOverview:
    """The places below a place beside one another, in the newest month that was reported."""

    month: str
    places: tuple[PlaceFunds, ...]
    total: PlaceFunds
    chart: BarChart


@dataclass(frozen=True)
class Trend:
    """What was paid month by month: a line, and its table."""

    chart: LineChart
    rows: tuple[tuple[str, Sums], ...]


def newest_month(lines: Iterable[MatchedLine]) -> Period | None:
    """Return the newest month that any line is about."""
    return max((one.line.month for one in lines), default=None)


def add_up(code: str, lines: Sequence[MatchedLine]) -> PlaceFunds:
    """Add up lines, each matter of a township and month once: a whole is not added to its parts."""
    matters: dict[tuple[str, str, str], Agreement] = {}
    for one in lines:
        place, month, programme = one.line.key
        matters[place, month, listed_programme(programme)] = one.agreement
    sums = sum((agreement.paid for agreement in matters.values()), NOTHING)
    outcomes = [one.agreement.outcome for one in lines]
    return PlaceFunds(
        code=code,
        sums=sums,
        per_person=each(sums.amount_fen, sums.persons),
        lines=len(lines),
        in_time=sum(one.line.timeliness is Timeliness.IN_TIME for one in lines),
        late=sum(one.line.timeliness is Timeliness.LATE for one in lines),
        matching=sum(outcome in {Outcome.EQUAL, Outcome.CHANGED} for outcome in outcomes),
        comparable=sum(outcome not in {Outcome.NO_LIST, Outcome.FORGOTTEN} for outcome in outcomes),
    )


def overview_of(
    area: str, places: Mapping[str, str], lines: Sequence[MatchedLine], words: "FundWords"
) -> MonthOverview | None:
    """Put ``places`` (names by code) beside one another; None where nothing was reported."""
    month = newest_month(lines)
    if month is None:
        return None
    of_month = [one for one in lines if one.line.month == month]
    found = []
    for code in places:
        inside = [one for one in of_month if is_within(one.line.region_code, code)]
        if inside:
            found.append(add_up(code, inside))
    if not found:
        return None
    return MonthOverview(
        month=words.period(month),
        places=tuple(found),
        total=add_up(area, of_month),
        chart=bar_chart(
            [
                Measured(
                    places[one.code],
                    yuan_fraction(one.sums.amount_fen),
                    format_yuan(one.sums.amount_fen, grouped=True),
                )
                for one in found
            ]
        ),
    )


def trend_of(lines: Sequence[MatchedLine], words: "FundWords") -> Trend | None:
    """Return the money of the last months; None for fewer than two."""
    months: dict[Period, list[MatchedLine]] = defaultdict(list)
    for one in lines:
        months[one.line.month].append(one)
    ordered = sorted(months)[-_TREND_MONTHS:]
    if len(ordered) < 2:
        return None
    sums = [add_up("", months[month]).sums for month in ordered]
    places = [month.first_on.year * 12 + month.first_on.month for month in ordered]
    points = tuple(
        (place, yuan_fraction(one.amount_fen), format_yuan(one.amount_fen, grouped=True))
        for place, one in zip(places, sums, strict=True)
    )
    labels = [words.period(month) for month in ordered]
    chart = line_chart(labels, places, [Series(words.translate(MONEY), points)])
    return Trend(chart, tuple(zip(reversed(labels), reversed(sums), strict=True)))


MONEY = N_("Funds paid out")


@dataclass(frozen=True)
class FundWords:
    """Says what fund figures say, in the page's language; ``day`` writes a date."""

    translate: Translate
    day: Day
    comma: str

    def period(self, period: Period) -> str:
        """Return a month in words."""
        message, params = period.label
        return self.translate(message) % params

    def view(self, one: MatchedLine) -> FundLineView:
        """Return a line as a table shows it."""
        line, agreement = one.line, one.agreement
        tell_why = agreement.needs_reason and line.reason is not None
        return FundLineView(
            code=line.region_code,
            region=line.region,
            month=self.period(line.month),
            programme=programme_words(line.programme, self.translate),
            sums=line.sums,
            per_person=each(line.sums.amount_fen, line.sums.persons),
            per_household=each(line.sums.amount_fen, line.sums.households),
            paid=self.translate(TIMELINESS_WORDS[line.timeliness]),
            paid_on=line.paid_on,
            paid_colour=TIMELINESS_COLOURS[line.timeliness],
            outcome=self.translate(OUTCOME_WORDS[agreement.outcome]),
            outcome_colour=OUTCOME_COLOURS[agreement.outcome],
            compared_with=self._compared_with(line, agreement),
            difference=self.difference(agreement),
            reason=self.translate(REASON_WORDS[line.reason]) if tell_why and line.reason else "",
            explanation=line.explanation if tell_why else "",
            corrected=tuple(self._corrected(earlier) for earlier in line.earlier),
        )

    def difference(self, agreement: Agreement) -> str:
        """Return by how much more or less was paid than stands on the list."""
        if not agreement.needs_reason:
            return ""
        difference, told = agreement.difference, []
        for name, (more, less) in _MORE.items():
            number: int = getattr(difference, name)
            if number:
                size = abs(number)
                count = format_yuan(size, grouped=True) if name == "amount_fen" else f"{size:,}"
                told.append(self.translate(more if number > 0 else less) % {"count": count})
        return self.comma.join(told)

    def _compared_with(self, line: FundLine, agreement: Agreement) -> str:
        if agreement.period is None or agreement.period == line.month:
            return ""
        words = self.period(agreement.period)
        return self.translate(N_("Compared with the list of %(month)s, which hung then")) % {
            "month": words
        }

    def _corrected(self, earlier: Earlier) -> str:
        message = N_(
            "Corrected on %(day)s; before: %(households)s households, %(persons)s persons, "
            "%(amount)s yuan"
        )
        return self.translate(message) % {
            "day": self.day(earlier.until_on),
            "households": f"{earlier.sums.households:,}",
            "persons": f"{earlier.sums.persons:,}",
            "amount": format_yuan(earlier.sums.amount_fen, grouped=True),
        }
