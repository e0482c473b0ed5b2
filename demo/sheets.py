"""Spreadsheets 报送表 in memory: what a township clerk would upload, as the bytes of a .csv file.

In UTF-8 with its mark, or in GB18030, as spreadsheet programs write it in China.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from demo.households import Household

_STANDING = (
    *("序号", "行政村", "村民小组", "户主姓名", "身份证号码", "家庭人口", "保障人口"),
    *("保障类别", "月保障金额（元）", "致困原因", "备注"),
)
_REVIEW = (
    *("序号", "行政村", "村民小组", "申请人", "身份证号码", "申请人口", "拟保障人口"),
    *("拟定类别", "拟月保障金额", "申请理由", "备注"),
)
_PERSON = ("序号", "行政村", "村民小组", "姓名", "身份证号码")
_DESTITUTE = (*_PERSON, "供养方式", "照料护理等级", "基本生活费（元）", "照料护理费（元）")
_FAMILIES = (*_PERSON, "家庭人口", "保障人口")
_SUBSIDY = (*_PERSON, "享受人数", "补贴金额（元）")
_CARE_LEVELS, _CARE_YUAN = ("全自理", "半护理", "全护理"), (195, 390, 780)
_DESTITUTE_YUAN = 1014
_TEMPORARY = (
    "序号",
    "村",
    "救助对象",
    "身份证号",
    "救助类型",
    "救助事由",
    "救助金额（元）",
    "发放时间",
)


@dataclass(frozen=True)
class Sheet:
    """A file as a clerk sends it."""

    filename: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Relief:
    """Temporary assistance 临时救助 to one household, in yuan."""

    household: Household = field(repr=False)
    type_: str
    reason: str
    amount: int
    paid_on: date


def standing_sheet(title: str, households: Sequence[Household], *, encoding: str) -> Sheet:
    """Return a standing list 长期公示名单, with its totals."""
    rows = [_row(number, household) for number, household in enumerate(households, start=1)]
    total = ["合计", *[""] * (len(_STANDING) - 1)]
    total[6] = str(sum(household.persons for household in households))
    total[8] = str(sum(household.amount for household in households))
    return _sheet(title, [[title], list(_STANDING), *rows, total], encoding)


def review_sheet(title: str, window: str, households: Sequence[Household]) -> Sheet:
    """Return a review notice 审核公示 with its posting window."""
    rows = [_row(number, household) for number, household in enumerate(households, start=1)]
    lines = [[title], [f"公示时间：{window}"], list(_REVIEW), *rows]
    return _sheet(title, lines, "utf-8-sig")


def temporary_sheet(title: str, reliefs: Sequence[Relief]) -> Sheet:
    """Return a list of temporary assistance 临时救助名单."""
    rows = [
        [
            str(number),
            relief.household.village.name,
            relief.household.head.name,
            relief.household.head.id_number,
            relief.type_,
            relief.reason,
            str(relief.amount),
            relief.paid_on.isoformat(),
        ]
        for number, relief in enumerate(reliefs, start=1)
    ]
    return _sheet(title, [[title], list(_TEMPORARY), *rows], "gb18030")


def destitute_sheet(title: str, households: Sequence[Household]) -> Sheet:
    """Return a list of destitute persons 特困人员名单: a row a person, in their own home."""
    rows = [
        [
            *(str(number), one.village.name, one.group, one.head.name, one.head.id_number),
            *("集中供养" if number % 4 == 0 else "分散供养", _CARE_LEVELS[number % 3]),
            *(str(_DESTITUTE_YUAN), str(_CARE_YUAN[number % 3])),
        ]
        for number, one in enumerate(households, start=1)
    ]
    return _sheet(title, [[title], list(_DESTITUTE), *rows], "utf-8-sig")


def families_sheet(title: str, households: Sequence[Household]) -> Sheet:
    """Return a list of families on the margin 低保边缘家庭名单."""
    rows = [
        [
            *(str(number), one.village.name, one.group, one.head.name, one.head.id_number),
            *(str(one.members), str(one.persons)),
        ]
        for number, one in enumerate(households, start=1)
    ]
    return _sheet(title, [[title], list(_FAMILIES), *rows], "utf-8-sig")


def subsidy_sheet(title: str, households: Sequence[Household], yuan: int) -> Sheet:
    """Return a list of a subsidy 补贴名单 that is the same for every household."""
    rows = [
        [
            *(str(number), one.village.name, one.group, one.head.name, one.head.id_number),
            *(str(one.persons), str(yuan)),
        ]
        for number, one in enumerate(households, start=1)
    ]
    return _sheet(title, [[title], list(_SUBSIDY), *rows], "gb18030")


def faulty_sheet(title: str, households: Sequence[Household]) -> Sheet:
    """Return a standing list whose last six rows have the faults that lists come with."""
    rows = [_row(number, household) for number, household in enumerate(households, start=1)]
    check, village, amount, persons, name, remark = rows[-6:]
    check[4] = check[4][:-1] + ("1" if check[4][-1] == "0" else "0")
    village[1] = "柳树湾村委会"  # no village of any of the townships
    amount[8] = f"-{amount[8]}"
    persons[6] = str(int(persons[5]) + 1)  # more covered than there are
    name[3] = ""
    remark[-1] = f"代领人身份证{remark[4]}"
    return _sheet(title, [[title], list(_STANDING), *rows], "gb18030")


def _row(number: int, household: Household) -> list[str]:
    return [
        str(number),
        household.village.name,
        household.group,
        household.head.name,
        household.head.id_number,
        str(household.members),
        str(household.persons),
        household.class_,
        str(household.amount),
        household.reason,
        "",
    ]


def _sheet(title: str, lines: Sequence[Sequence[str]], encoding: str) -> Sheet:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return Sheet(f"{title}.csv", text.getvalue().encode(encoding))
