"""What a notice-board poster says 公示张贴件内容: values only, masked already, in Chinese already.

The poster hangs in the village, so its language is Chinese whatever the desk's language is. Nothing
here masks: a caller that passes a whole name gets it printed (rules/masking.md, "board").
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

PosterKind = Literal["standing", "review", "temporary", "funds"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class PosterRow:
    """One household's line 公示名单一行, as the board may show it.

    ``n`` is the row number on the notice, which tells two equal masked names apart. ``village`` is
    printed only where the poster's place does not name it already. ``amount_yuan`` is text ready
    to print ("1,440"), in yuan, with the same number of decimals in every row. ``class_`` is the
    class of aid (A, B, C) or, for temporary assistance, its type (支出型). ``reason`` is printed
    for temporary assistance only (rules/masking.md, 1).
    """

    n: int
    name: str
    amount_yuan: str
    group: str = ""
    village: str = ""
    persons: int | None = None
    class_: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FundRow:
    """One payment 资金发放一行: a place, a month and a programme with its figures, no person.

    ``month`` and ``paid_on`` are text ready to print, and short where the period names the year
    ("10月", "10月8日"): eight columns share the sheet.
    """

    n: int
    place: str
    month: str
    programme: str
    households: int
    persons: int
    amount_yuan: str
    paid_on: str = ""


@dataclass(frozen=True, slots=True)
class PosterTotals:
    """The sums under the list 合计; ``amount_yuan`` is text ready to print, in yuan."""

    households: int
    persons: int | None
    amount_yuan: str


@dataclass(frozen=True, slots=True)
class Objection:
    """To whom a resident turns 异议受理: names, addresses and telephones as they are printed.

    An empty string leaves its line out.
    """

    unit: str
    address: str
    telephone: str
    supervising_unit: str = ""
    supervising_telephone: str = ""


@dataclass(frozen=True, slots=True)
class PosterContent:
    """Everything one poster prints 公示张贴件.

    ``place`` is the path from the city down, ("固原市", "原州区", "三营镇", "金轮村委会").
    ``posted_from`` and ``posted_to`` both count; without an end the list stays up (长期公示).
    ``verify_url`` is what the QR code holds; ``short_code`` its ten characters in two groups,
    "7K3QF-9XW2M". ``issuer`` and ``issued_on`` are the signature (落款); ``version`` counts from 1.
    ``rows`` are FundRow for funds and PosterRow otherwise. A ``preview`` says across each sheet
    that it is not valid.
    """

    kind: PosterKind
    title: str
    programme: str
    place: tuple[str, ...]
    period: str
    rows: tuple[PosterRow | FundRow, ...]
    totals: PosterTotals
    verify_url: str
    short_code: str
    issuer: str
    issued_on: date
    objection: Objection
    posted_from: date | None = None
    posted_to: date | None = None
    channel_note: str = ""
    version: int = 1
    preview: bool = False

    def __post_init__(self) -> None:
        """Refuse rows of another kind: TypeError, because the caller mixed up two lists."""
        expected = FundRow if self.kind == "funds" else PosterRow
        if not all(isinstance(row, expected) for row in self.rows):
            raise TypeError(f"the rows of a {self.kind} poster are {expected.__name__}")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the list: the row's attribute, its heading line by line, and how it is set.

    A ``wraps`` column may run over several lines; the others, numbers above all, never do.
    ``spread`` is its share of the width that is left over; ``least`` the number of characters that
    a wrapping column keeps on one line at least.
    """

    key: str
    heading: tuple[str, ...]
    align: Align
    wraps: bool = False
    spread: int = 1
    least: int = 4


def _people(name: str, persons: str, class_: str) -> tuple[Column, ...]:
    return (
        Column("n", ("序号",), "center"),
        Column("locality", ("村组",), "left", wraps=True, spread=2),
        Column("group", ("村民", "小组"), "center", wraps=True),
        Column("name", (name,), "left", wraps=True, spread=3, least=5),
        Column("persons", (persons, "人口"), "center"),
        Column("class_", (class_, "类别"), "center"),
    )


def _amount(heading: str) -> Column:
    return Column("amount_yuan", (heading, "（元）"), "right")


COLUMNS: dict[PosterKind, tuple[Column, ...]] = {
    "standing": (*_people("户主姓名", "保障", "救助"), _amount("月保障金额")),
    "review": (*_people("申请人", "拟保障", "拟定"), _amount("拟月保障金额")),
    "temporary": (
        *_people("救助对象", "救助", "救助"),
        Column("reason", ("救助事由",), "left", wraps=True, spread=2, least=5),
        _amount("救助金额"),
    ),
    "funds": (
        Column("n", ("序号",), "center"),
        Column("place", ("地区",), "left", wraps=True, spread=2),
        Column("month", ("月份",), "center"),
        Column("programme", ("救助项目",), "left", wraps=True, spread=2),
        Column("households", ("户数",), "right"),
        Column("persons", ("人数",), "right"),
        _amount("发放金额"),
        Column("paid_on", ("发放日期",), "center"),
    ),
}
# A longer name may break at its spaces; a Han name of four is never torn.
_WHOLE_NAME = 16
_NEVER_DROPPED = frozenset({"n", "name", "place", "programme", "amount_yuan"})


def columns_of(content: PosterContent) -> tuple[Column, ...]:
    """Return the columns this poster has: its kind's, without those that are empty in every row.

    Village and group stand together in one column (村组) where the place above the list does not
    name the village already.
    """
    unnamed = {getattr(row, "village", "") for row in content.rows} - {"", *content.place}
    absent = "group" if unnamed else "locality"
    return tuple(
        column
        for column in COLUMNS[content.kind]
        if column.key != absent
        and (column.key in _NEVER_DROPPED or any(cell(row, column.key) for row in content.rows))
    )


def cell(row: PosterRow | FundRow, key: str) -> str | tuple[str, str]:
    """Return what stands in column ``key`` of ``row``: text, empty where nothing is known.

    A pair is one text whose second part stays on one line: a group behind its village, a name that
    is not the sentence printed in place of a minor's.
    """
    if isinstance(row, PosterRow):
        if key == "locality":
            return (row.village, row.group)
        if key == "name" and "，" not in row.name and len(row.name) <= _WHOLE_NAME:
            return ("", row.name)
    value = getattr(row, key)
    return "" if value is None else str(value)


def chinese_date(day: date) -> str:
    """Return 2026年10月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def posting_window(posted_from: date | None, posted_to: date | None) -> str:
    """Return the posting window 公示时间 in words; both days count (rules/deadlines.md, Counting).

    Without an end the list stays up for as long as it is true (长期公示).
    """
    if posted_to is None:
        return f"{chinese_date(posted_from)}起长期公示" if posted_from else "长期公示"
    if posted_from is None:
        return f"至{chinese_date(posted_to)}"
    days = (posted_to - posted_from).days + 1
    end = chinese_date(posted_to)
    if posted_from.year == posted_to.year:
        end = end.removeprefix(f"{posted_to.year}年")
    return f"{chinese_date(posted_from)}至{end}（共{days}天）"
