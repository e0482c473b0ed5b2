"""Standards on pages 标准及自然增长: step charts, every rise, and one day's standards."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from disclosure.figures.charts import Series, step_chart
from disclosure.figures.kindpages import NOTHING, KindChart, KindSection, KindTable
from disclosure.figures.kinds import STANDARDS
from disclosure.figures.numbers import Figure
from disclosure.figures.pages import Translate, programme_words
from disclosure.figures.standards import (
    GROUPS,
    MONTHS,
    History,
    Related,
    Setting,
    by_name,
    histories,
    in_force,
    related,
)
from portal.kernel.language import N_
from portal.kernel.money import format_yuan

HOLDS = {
    True: N_("%(percent)s of %(base)s, at least %(least)s is asked for: met"),
    False: N_("%(percent)s of %(base)s, at least %(least)s is asked for: not met"),
    None: N_("%(percent)s of %(base)s"),
}


@dataclass(frozen=True)
class StandardsPage:
    """Makes what is said of standards in the page's language; ``documents`` are source titles."""

    translate: Translate
    documents: Mapping[str, str]

    def section(self, figures: Sequence[Figure], *, on: date) -> KindSection | None:
        """Return every standard's history, drawn up to ``on``; None where nothing set one."""
        told = [one for one in histories(figures) if any(each.is_set for each in one.settings)]
        if not told:
            return None
        cited = {each.figure.source: None for one in told for each in one.settings}
        return KindSection(
            id=STANDARDS.id,
            title=self.translate(STANDARDS.title),
            lead=self.translate(STANDARDS.lead),
            basis=STANDARDS.basis,
            period="",
            charts=tuple(self._charts(told, on)),
            tables=tuple(self._tables(told)),
            sources=tuple(cited),
            withheld=False,
        )

    def on_day(self, figures: Sequence[Figure], *, on: date) -> KindTable | None:
        """Return every standard as it was on a day; None where nothing published says it."""
        found = histories(figures)
        others = by_name(found)
        rows = [
            (
                self._name(one, found),
                self._amount(setting),
                self._since(setting),
                self._relation(related(one, setting, others)),
                self._document(setting),
            )
            for one in found
            if (setting := in_force(one, on)) is not None
        ]
        columns = (
            (self.translate(N_("Standard")), "text"),
            (self.translate(N_("Amount")), "short"),
            (self.translate(N_("Holds from")), "short"),
            (self.translate(N_("What it follows")), "text"),
            (self.translate(N_("Set by")), "text"),
        )
        caption = self.translate(N_("Standards on %(day)s")) % {"day": on.isoformat()}
        return KindTable(caption, columns, tuple(rows)) if rows else None

    def _charts(self, told: Sequence[History], on: date) -> Iterable[KindChart]:
        for region in dict.fromkeys(one.region_code for one in told):
            here = {one.programme: one for one in told if one.region_code == region}
            for name, words, programmes in GROUPS:
                drawn = [here[each] for each in programmes if each in here]
                if drawn:
                    title = f"{self.translate(words)}, {drawn[0].region}"
                    yield self._chart(f"standards-{region}-{name}", title, drawn, on)

    def _chart(self, name: str, title: str, told: Sequence[History], on: date) -> KindChart:
        settings = [each for one in told for each in one.settings if each.is_set]
        yearly = len({each.figure.unit.sign for each in settings}) > 1
        starts = {_months(each.on): each.on for each in settings}
        starts.setdefault(_months(on), on)
        places = sorted(starts)
        chart = step_chart(
            [starts[place].strftime("%Y-%m") for place in places],
            places,
            [self._series(one, yearly=yearly) for one in told],
        )
        unit = N_("yuan a person a year") if yearly else settings[0].figure.unit.words
        words = self.translate(N_("%(theme)s (%(unit)s)")) % {
            "theme": title,
            "unit": self.translate(unit),
        }
        return KindChart(name, words, lines=chart)

    def _series(self, history: History, *, yearly: bool) -> Series:
        points = tuple(
            (_months(one.on), Fraction(fen, 100), _yuan(fen))
            for one in history.settings
            if one.is_set
            for fen in (one.fen_a_year if yearly else one.fen,)
        )
        return Series(programme_words(history.programme, self.translate), points)

    def _tables(self, told: Sequence[History]) -> Iterable[KindTable]:
        others = by_name(told)
        columns = (
            (self.translate(N_("Holds from")), "short"),
            (self.translate(N_("Amount")), "short"),
            (self.translate(N_("Change, yuan")), "number"),
            (self.translate(N_("Change, per cent")), "number"),
            (self.translate(N_("What it follows")), "text"),
            (self.translate(N_("Set by")), "text"),
        )
        for one in told:
            rows = [
                (
                    self._since(setting),
                    self._amount(setting),
                    *_rise(setting),
                    self._relation(related(one, setting, others)),
                    self._document(setting),
                )
                for setting in reversed(one.settings)
            ]
            yield KindTable(self._name(one, told), columns, tuple(rows))

    def _name(self, history: History, told: Sequence[History]) -> str:
        words = programme_words(history.programme, self.translate)
        several = len({one.region_code for one in told}) > 1
        if not several:
            return words
        return self.translate(N_("%(theme)s (%(unit)s)")) % {
            "theme": words,
            "unit": history.region,
        }

    def _since(self, setting: Setting) -> str:
        return setting.on.isoformat() if setting.is_set else str(setting.on.year)

    def _amount(self, setting: Setting) -> str:
        return f"{_yuan(setting.fen)} {self.translate(setting.figure.unit.words)}"

    def _document(self, setting: Setting) -> str:
        return self.documents.get(setting.figure.source, setting.figure.source)

    def _relation(self, found: Related | None) -> str:
        if found is None:
            return NOTHING
        least = found.relation.rate * 100
        return self.translate(HOLDS[found.holds]) % {
            "percent": f"{found.percent}%",
            "base": programme_words(found.relation.to, self.translate),
            "least": f"{int(least)}%" if least.denominator == 1 else f"{float(least):.1f}%",
        }


def _rise(setting: Setting) -> tuple[str, str]:
    change = setting.change
    if change is None:
        return NOTHING, NOTHING
    sign = "+" if change.fen > 0 else ""
    return f"{sign}{_yuan(change.fen)}", f"{sign}{change.percent}%"


def _yuan(fen: int) -> str:
    """Return yuan as they are printed: without decimals where there are none."""
    written = format_yuan(fen, grouped=True)
    return written.removesuffix(".00")


def _months(day: date) -> int:
    return day.year * MONTHS + day.month
