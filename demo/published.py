"""Published figures 已公布数据 that the demonstration's people are drawn to resemble.

``data/published-figures.csv``: what governments published. S0 is 固原市 in July 2018: households
and persons by programme and class, and the average subsidy a person a month.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
_SOURCE, _PERIOD = "S0", "2018-07"
_URBAN, _RURAL = "城市低保", "农村低保"
_RURAL_AB, _RURAL_C = "农村低保A档和B档", "农村低保C档"


@dataclass(frozen=True)
class Group:
    """Households that are counted together: how many, and how many covered persons they have."""

    households: int
    persons: int

    def persons_of(self, households: int) -> int:
        """Return the covered persons of so many households in the published proportion."""
        return round(households * self.persons / self.households)


@dataclass(frozen=True)
class Published:
    """The figures of 固原市; subsidies are yuan a person a month."""

    urban: Group
    rural: Group
    rural_ab: Group
    rural_c: Group
    urban_subsidy: int
    rural_subsidy: int

    @property
    def urban_share(self) -> float:
        """The urban households' part of all."""
        return self.urban.households / (self.urban.households + self.rural.households)

    @property
    def ab_share(self) -> float:
        """The part of classes A and B; published for rural households, used for urban ones too."""
        return self.rural_ab.households / self.rural.households


@cache
def published_figures() -> Published:
    """Return the figures of 固原市; raises KeyError where the file lacks one."""
    with (DATA / "published-figures.csv").open(encoding="utf-8", newline="") as source:
        values = {
            (row["programme"], row["measure"]): int(row["value"])
            for row in csv.DictReader(source)
            if (row["source"], row["period"]) == (_SOURCE, _PERIOD) and row["unit"] != "%"
        }

    def group(programme: str) -> Group:
        return Group(values[programme, "households"], values[programme, "persons"])

    return Published(
        urban=group(_URBAN),
        rural=group(_RURAL),
        rural_ab=group(_RURAL_AB),
        rural_c=group(_RURAL_C),
        urban_subsidy=values[_URBAN, "average_subsidy"],
        rural_subsidy=values[_RURAL, "average_subsidy"],
    )
