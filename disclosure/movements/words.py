"""Words of changes 增减用语: how they stand on Chinese notices, and the messages for pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from disclosure.movements.comparing import Change
from portal.kernel.language import N_

# What stands on posters and in tables: part of the notice, so always in Chinese.
TERMS: dict[Change, str] = {
    Change.ADDED: "新增",
    Change.REMOVED: "退出",
    Change.MOVED: "迁移",
}
WORDS: dict[Change, str] = {
    Change.ADDED: N_("Added"),
    Change.REMOVED: N_("Removed"),
    Change.MOVED: N_("Moved"),
}
SHOWN = tuple(TERMS)
"""What a notice tells, in its order; whoever stays on the list is not in it."""


class Changed(Protocol):
    """A row that says what became of its household."""

    @property
    def change(self) -> str | None:
        """One of SHOWN."""

    @property
    def persons(self) -> int | None:
        """How many persons are covered, if the list says so."""


@dataclass(frozen=True)
class ChangeCount:
    """How many households and persons came, went or moved."""

    change: Change
    households: int
    persons: int


def count_changes(rows: Iterable[Changed]) -> tuple[ChangeCount, ...]:
    """Return how many came, went and moved, each once, also where nobody did."""
    listed = list(rows)
    return tuple(
        ChangeCount(
            change,
            sum(row.change == change for row in listed),
            sum(row.persons or 0 for row in listed if row.change == change),
        )
        for change in SHOWN
    )


def chinese_totals(counts: Iterable[ChangeCount]) -> str:
    """Return the totals as a poster prints them: 新增2户3人　退出1户1人."""
    told = [one for one in counts if one.households]
    return "　".join(f"{TERMS[one.change]}{one.households}户{one.persons}人" for one in told)


def chinese_month(month: str | None) -> str:
    """Return the month that ends a gradual exit as a poster prints it: 2026年12月."""
    if not month:
        return ""
    year, _, number = month.partition("-")
    return f"{year}年{int(number)}月"
