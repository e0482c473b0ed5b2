"""Fund figures 资金发放 as values: what a township's households were paid in a month, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from disclosure.figures.matching import Agreement, Remembered, Sums
from disclosure.figures.numbers import MONEY_SCALE, UNITS, Figure
from disclosure.figures.periods import parse_figure_period
from disclosure.intake.result import PAID_BY, FundRow
from portal.kernel.language import N_
from portal.kernel.money import format_yuan, round_half_up
from portal.kernel.period import Period

HOUSEHOLDS, PERSONS, AMOUNT = "households", "persons", "amount_paid"
FUND_MEASURES = {HOUSEHOLDS: "户", PERSONS: "人", AMOUNT: "元"}


class SetKind(StrEnum):
    """What a set of figures tells 数据批次种类."""

    PUBLISHED = "published"  # what was printed elsewhere, with its source
    FUNDS = "funds"  # what a county reports of the money that it paid out


class DifferenceReason(StrEnum):
    """Why more or less was paid than stands on the list 差异原因."""

    BACK_PAY = "back-pay"  # 补发
    STOPPED = "stopped"  # 停发
    OTHER_MONTH = "other-month"  # 错月发放
    RECOVERED = "recovered"  # 追回、抵扣
    ADDITION = "addition"  # 价格临时补贴等一并发放
    RETURNED = "returned"  # 账户错误，银行退回
    LIST_LATER = "list-later"  # 名单后有变动
    OTHER = "other"


REASON_WORDS: dict[DifferenceReason, str] = {
    DifferenceReason.BACK_PAY: N_("Paid later for earlier months"),
    DifferenceReason.STOPPED: N_("Payment stopped or suspended"),
    DifferenceReason.OTHER_MONTH: N_("Paid in another month"),
    DifferenceReason.RECOVERED: N_("Overpayment taken back"),
    DifferenceReason.ADDITION: N_("Other allowances paid along with it"),
    DifferenceReason.RETURNED: N_("Returned by the bank, account wrong"),
    DifferenceReason.LIST_LATER: N_("The list changed after the payment"),
    DifferenceReason.OTHER: N_("Another reason"),
}


class Timeliness(StrEnum):
    """Whether money came by the 10th 是否按时."""

    IN_TIME = "in-time"
    LATE = "late"
    UNSTATED = "unstated"


@dataclass(frozen=True)
class Earlier:
    """What a line said before it was corrected 更正前, and until which day."""

    sums: Sums
    until_on: date


@dataclass(frozen=True)
class FundLine:
    """One line of fund figures: a township, a month, a programme. ``late`` follows from the day."""

    set_id: str
    n: int
    region_code: str
    region: str
    month: Period
    programme: str
    sums: Sums
    paid_on: date | None
    reason: DifferenceReason | None
    explanation: str
    remembered: Remembered | None
    earlier: tuple[Earlier, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What no two lines that hold at a time have in common."""
        return self.region_code, self.month.text, self.programme

    @property
    def timeliness(self) -> Timeliness:
        """Whether it was paid by the 10th of its month (rules on deadlines, "monthly-payment")."""
        if self.paid_on is None:
            return Timeliness.UNSTATED
        due_on = self.month.first_on.replace(day=PAID_BY)
        return Timeliness.LATE if self.paid_on > due_on else Timeliness.IN_TIME


@dataclass(frozen=True)
class MatchedLine:
    """A line with how it stands to the lists."""

    line: FundLine
    agreement: Agreement

    @property
    def lacks_reason(self) -> bool:
        """Whether it differs from the list, and nobody has said why."""
        return self.agreement.needs_reason and self.line.reason is None


def each(amount_fen: int, count: int) -> int | None:
    """Return what one of ``count`` gets on average, in fen rounded half up; None for nobody."""
    if not count:
        return None
    return int(round_half_up(Decimal(amount_fen) / Decimal(count), 0))


def figures_of_row(row: FundRow, source: str) -> tuple[Figure, ...]:
    """Return the three figures of a line of a file."""
    values = {HOUSEHOLDS: row.households, PERSONS: row.persons, AMOUNT: row.amount_fen}
    return tuple(
        Figure(
            source=source,
            region_code=row.place.code,
            region=row.place.name,
            period=parse_figure_period(row.month.text),
            programme=row.programme,
            measure=measure,
            number=values[measure],
            scale=MONEY_SCALE if measure == AMOUNT else 0,
            unit=UNITS[unit],
            note="",
        )
        for measure, unit in FUND_MEASURES.items()
    )


def sums_of(numbers: Mapping[str, int]) -> Sums:
    """Return a line's numbers, given by measure; money is fen."""
    return Sums(numbers[HOUSEHOLDS], numbers[PERSONS], numbers[AMOUNT])


def line_members(line: FundLine) -> dict[str, Any]:
    """Return what of a line is no figure, as the log commits to it."""
    return {
        "region_code": line.region_code,
        "period": line.month.text,
        "programme": line.programme,
        "paid_on": line.paid_on.isoformat() if line.paid_on else None,
        "reason": line.reason.value if line.reason else None,
        "explanation": line.explanation,
    }


def public_line(matched: MatchedLine) -> dict[str, Any]:
    """Return a line as ``/figures.json`` shows it; money is yuan with two decimals."""
    line, agreement = matched.line, matched.agreement
    return {
        "set": line.set_id,
        "region": line.region,
        **line_members(line),
        **_sums_members(line.sums),
        "per_person": _yuan(each(line.sums.amount_fen, line.sums.persons)),
        "per_household": _yuan(each(line.sums.amount_fen, line.sums.households)),
        "timeliness": line.timeliness.value,
        "lists": {
            "outcome": agreement.outcome.value,
            "period": agreement.period.text if agreement.period else None,
            "difference": _sums_members(agreement.difference) if agreement.listed else None,
        },
        "corrected_from": [
            {**_sums_members(one.sums), "until": one.until_on.isoformat()} for one in line.earlier
        ],
    }


def _sums_members(sums: Sums) -> dict[str, Any]:
    return {
        "households": sums.households,
        "persons": sums.persons,
        "amount": format_yuan(sums.amount_fen),
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else format_yuan(fen)


def yuan_fraction(fen: int) -> Fraction:
    """Return fen as an exact number of yuan, for charts."""
    return Fraction(fen, 100)
