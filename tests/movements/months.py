"""Two months of a township 两个月的名单: files in which somebody came, left, moved and stayed."""

from dataclasses import dataclass, replace

from disclosure.intake.kinds import Kind
from tests.disclosure.lists import EAST, MALU, TUANJIE, Given, Household, id_number, list_csv


@dataclass(frozen=True)
class Resident:
    """A household with its place on a list; ``until`` ends its gradual exit as a file writes it."""

    name: str
    number: int
    village: str = EAST
    until: str = ""
    amount: str = "330"


def month(period: str, *residents: Resident) -> Given:
    """Return the township's file of a month, with the column for gradual exits."""
    households = tuple(
        Household(one.name, village=one.village, amount=one.amount, id_number=id_number(one.number))
        for one in residents
    )
    lines = list_csv(households, kind=Kind.STANDING).decode().splitlines()
    ends = ["渐退期至", *(one.until for one in residents)]
    data = "\r\n".join(f"{line},{end}" for line, end in zip(lines, ends, strict=True))
    return Given(households=households, period=period, data=data.encode())


WANG = Resident("王秀英", 1)
OUYANG = Resident("欧阳兰", 2)
MA = Resident("马伟", 3, amount="660.50")
YUCHI = Resident("尉迟敬德", 4, TUANJIE)
SUN = Resident("孙占山", 6, until="2026年10月")
LI = Resident("李桂花", 5, TUANJIE)
ZHOU = Resident("周建国", 7)

OCTOBER = month("2026-10", WANG, OUYANG, MA, YUCHI, SUN)
# 王秀英 left, 孙占山 came to the end of his gradual exit, 欧阳兰 moved, 李桂花 and 周建国 came.
NOVEMBER = month(
    "2026-11",
    replace(OUYANG, village=MALU),
    replace(MA, amount="700", until="2027/1/31"),
    YUCHI,
    LI,
    ZHOU,
)
EVERYBODY = (WANG, OUYANG, MA, YUCHI, SUN, LI, ZHOU)
