"""What a notice-board poster says 公示张贴件内容: values only, masked already, in Chinese already.

The poster hangs in the village, so its language is Chinese whatever the desk's language is. Nothing
here masks: a caller that passes a whole name gets it printed (rules/masking.md, "board").
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

# What a row says of itself while an objection to it is looked into, and for no longer.
HELD = "有异议，正在核查"

PosterKind = Literal[
    "standing",
    "review",
    "temporary",
    "funds",
    "persons",
    "persons-review",
    "persons-ended",
    "families",
    "subsidy",
    "one-off",
    "changes",
    "figures",
]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class PosterRow:
    """One household's line 公示名单一行, as the board may show it.

    ``n`` is the row number on the notice, which tells two equal masked names apart. ``village`` is
    printed only where the poster's place does not name it already. ``amount_yuan`` is text ready
    to print ("1,440"), in yuan, with the same number of decimals in every row. ``class_`` is the
    class of aid (A, B, C) or, for temporary assistance, its type (支出型). ``reason`` is printed
    for temporary assistance (rules/masking.md, 1) and, with ``change`` (新增, 退出, 迁移), for
    additions and removals. ``note`` is the mark of a row that is being checked, or the month that
    ends its gradual exit.
    """

    n: int
    name: str
    amount_yuan: str
    group: str = ""
    village: str = ""
    persons: int | None = None
    class_: str = ""
    reason: str = ""
    note: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class FundRow:
    """One payment 资金发放一行: a place, a month and a programme with its figures, no person.

    ``month`` and ``paid_on`` are text ready to print, and short where the period names the year
    ("10月", "10月8日"): eight columns share the sheet. In figures by village 分村汇总 they, the
    programme and the amount are empty.
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
    """The sums under the list 合计; ``amount_yuan`` is text ready to print, in yuan, "" for none.

    ``households`` is None where the number is so small that it would single somebody out. ``told``
    is printed in place of sums where the rows are not added up (新增2户3人　退出1户1人).
    """

    households: int | None
    persons: int | None
    amount_yuan: str = ""
    told: str = ""


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
    ``rows`` are FundRow for funds and figures, and PosterRow otherwise. A ``preview`` says across
    each sheet that it is not valid.
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
        expected = FundRow if self.kind in ("funds", "figures") else PosterRow
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


_NOTE = Column("note", ("备注",), "left", wraps=True, spread=2, least=4)

COLUMNS: dict[PosterKind, tuple[Column, ...]] = {
    "standing": (*_people("户主姓名", "保障", "救助"), _amount("月保障金额"), _NOTE),
    "review": (*_people("申请人", "拟保障", "拟定"), _amount("拟月保障金额"), _NOTE),
    "temporary": (
        *_people("救助对象", "救助", "救助"),
        Column("reason", ("救助事由",), "left", wraps=True, spread=2, least=5),
        _amount("救助金额"),
        _NOTE,
    ),
    "persons": (*_people("姓名", "供养", "供养"), _amount("月供养金额"), _NOTE),
    "persons-review": (*_people("姓名", "拟供养", "拟供养"), _amount("拟月供养金额"), _NOTE),
    "persons-ended": (
        *_people("姓名", "供养", "供养"),
        Column("reason", ("终止原因",), "left", wraps=True, spread=2, least=5),
        _NOTE,
    ),
    "families": (*_people("户主姓名", "家庭", "困难"), _NOTE),
    "subsidy": (*_people("户主姓名", "享受", "享受"), _amount("月补贴金额"), _NOTE),
    "one-off": (*_people("户主姓名", "享受", "享受"), _amount("补贴金额"), _NOTE),
    "changes": (
        Column("n", ("序号",), "center"),
        Column("change", ("变动",), "center"),
        *_people("户主姓名", "保障", "救助")[1:],
        _amount("月保障金额"),
        Column("reason", ("原因",), "left", wraps=True, spread=4, least=8),
        _NOTE,
    ),
    "figures": (
        Column("n", ("序号",), "center"),
        Column("place", ("村（社区）",), "left", wraps=True, spread=2),
        Column("households", ("户数",), "right"),
        Column("persons", ("人数",), "right"),
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
# What stands above the list, and above whom to turn to.
WORDS: dict[PosterKind, tuple[str, str]] = {
    "standing": (
        "下列对象正在享受救助，现予公示，请群众监督。",
        "对名单有异议，或情况有变化，请反映：",
    ),
    "review": (
        "下列对象经初审拟给予救助，现予公示，请群众监督。",
        "对公示有异议，请在公示时间内反映：",
    ),
    "temporary": ("下列对象已给予临时救助，现予公示，请群众监督。", "对公示有异议，请反映："),
    "funds": ("下列救助资金已经发放，现予公示，请群众监督。", "对资金发放有异议，请反映："),
    "persons": (
        "下列人员正在享受救助供养，现予公示，请群众监督。",
        "对名单有异议，或情况有变化，请反映：",
    ),
    "persons-review": (
        "下列人员经初审拟给予救助供养，现予公示，请群众监督。",
        "对公示有异议，请在公示时间内反映：",
    ),
    "persons-ended": (
        "下列人员的救助供养拟予终止，现予公示，请群众监督。",
        "对公示有异议，请在公示时间内反映：",
    ),
    "families": (
        "下列家庭经审核认定为本类困难家庭，现予公示，请群众监督。",
        "对名单有异议，或情况有变化，请反映：",
    ),
    "subsidy": (
        "下列对象正在享受补贴，现予公示，请群众监督。",
        "对名单有异议，或情况有变化，请反映：",
    ),
    "one-off": ("下列对象已发放补贴，现予公示，请群众监督。", "对公示有异议，请反映："),
    "changes": (
        "与上期名单相比，下列家庭有增减，现予公示，请群众监督。",
        "对增减情况有异议，或情况有变化，请反映：",
    ),
    "figures": (
        "本辖区经审核认定的困难家庭情况汇总如下，请群众监督。",
        "对公示有异议，或情况有变化，请反映：",
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
