"""The procedure's limits 办理时限 as values, and whether a printed time keeps them."""

from dataclasses import dataclass
from decimal import Decimal

from disclosure.figures.kinds import ProcedureLimit, kind_of
from disclosure.figures.numbers import Figure

WORKING_DAYS = "工作日"
TIMES = frozenset({"median_time", "longest_time"})
BASIS = "民发〔2021〕57号"


@dataclass(frozen=True)
class ProcedureLimits:
    """How many working days the whole procedure may take, and how many in hard cases."""

    usual: int
    hard: int
    promised: bool = False

    def of(self, limit: ProcedureLimit) -> int:
        """Return the limit in working days."""
        return self.usual if limit is ProcedureLimit.USUAL else self.hard


RULE_LIMITS = ProcedureLimits(30, 45)
PROMISED_LIMITS = ProcedureLimits(25, 40, promised=True)


def limit_of(figure: Figure, limits: ProcedureLimits) -> int | None:
    """Return the limit that a figure's time is held against; None where none applies.

    A time told in calendar days cannot be compared with a limit in working days.
    """
    kind = kind_of(figure.programme, figure.measure)
    subject = kind.find_subject(figure.programme) if kind else None
    if subject is None or subject.limit is None or figure.measure not in TIMES:
        return None
    return limits.of(subject.limit) if figure.unit.sign == WORKING_DAYS else None


def keeps_limit(figure: Figure, limits: ProcedureLimits) -> bool | None:
    """Tell whether a time keeps its limit; None where none applies or it is withheld."""
    limit = limit_of(figure, limits)
    return None if limit is None or figure.withheld else figure.value <= Decimal(limit)
