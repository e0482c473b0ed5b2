"""What an import yields 导入结果: checked rows, problems and totals. Nothing shows a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from disclosure.intake.kinds import Kind
from disclosure.intake.places import Place
from disclosure.intake.problems import Problem, Severity
from portal.kernel.period import Period

PAID_BY = 10  # day of the month; rules on deadlines, "monthly-payment"


@dataclass(frozen=True)
class CheckedRow:
    """One household 户 (temporary assistance: one recipient) without an error.

    ``row`` is where it begins in the sheet, from 1. ``persons`` and ``members`` are None where the
    list has no such column. ``amount_fen`` is for a month in standing and review lists. ``name`` is
    the whole, normalised name, ``id_number`` 18 characters: mask before anything else is done.
    """

    sheet: str
    row: int
    village: Place
    group: str = field(repr=False)
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    minor: bool
    members: int | None
    persons: int | None
    class_: str
    amount_fen: int
    reason: str = field(repr=False, default="")
    relief_type: str = ""
    paid_on: date | None = None
    exit_month: str | None = None
    rows: int = 1
    """How many rows of the sheet the household takes."""


@dataclass(frozen=True)
class FundRow:
    """One line of fund figures 资金发放 without an error: a township, a month, a programme."""

    sheet: str
    row: int
    place: Place
    month: Period
    programme: str = field(repr=False)
    households: int
    persons: int
    amount_fen: int
    paid_on: date | None = None

    @property
    def late(self) -> bool:
        """Whether it was paid after the 10th of its month."""
        due = self.month.first_on.replace(day=PAID_BY)
        return self.paid_on is not None and self.paid_on > due


@dataclass(frozen=True)
class Checked:
    """The result of checking one file.

    ``rows_ok`` and ``rows_bad`` count the sheets' rows of data; ``households``, ``persons``,
    ``amount_fen`` and ``villages`` (places with rows) count what is in ``rows`` alone. For funds,
    households and persons are summed over the months. ``accounted`` says for every row of every
    sheet what it was: its values add up to all rows.
    """

    kind: Kind
    region: str
    period: Period | None
    encoding: str | None
    rows: tuple[CheckedRow | FundRow, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    rows_ok: int
    rows_bad: int
    households: int
    persons: int
    amount_fen: int
    villages: int
    accounted: Mapping[str, int]
    whole_names: frozenset[str] = field(repr=False)
    """Whole names of all persons in the file, for the gate; forget them with the draft."""
    not_understood: bool = False
    """No headings were found, or a required column: the clerk may say which column is what."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a row, or the file, from being published."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)

    @property
    def list_rows(self) -> tuple[CheckedRow, ...]:
        """The households; empty for funds."""
        return tuple(row for row in self.rows if isinstance(row, CheckedRow))

    @property
    def fund_rows(self) -> tuple[FundRow, ...]:
        """The fund figures; empty for the other kinds."""
        return tuple(row for row in self.rows if isinstance(row, FundRow))
