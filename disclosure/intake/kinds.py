"""Forms of a file 表式, as data: which columns each needs, and what its rows are counted in.

Several kinds of notice may have one form: what a notice is stands in ``disclosure.catalogue``.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The forms of file that the portal takes in; a kind of notice names its own."""

    STANDING = "standing"  # 长期公示: who receives assistance now
    REVIEW = "review"  # 审核公示: who is proposed
    TEMPORARY = "temporary"  # 临时救助
    FUNDS = "funds"  # 资金发放
    PERSONS = "persons"  # 特困人员: a row is a person
    PERSONS_REVIEW = "persons-review"  # 特困初审
    PERSONS_ENDED = "persons-ended"  # 终止供养: without money
    FAMILIES = "families"  # 低保边缘、刚性支出困难家庭: without money
    SUBSIDY = "subsidy"  # 按月补贴, of a county's own programme
    ONE_OFF = "one-off"  # 一次性补贴: money that is not for a month


class Field(StrEnum):
    """What a column holds."""

    SERIAL = "serial"
    HOUSEHOLD_NO = "household_no"
    VILLAGE = "village"
    VILLAGE_CODE = "village_code"
    GROUP = "group"
    NAME = "name"
    MEMBER_NAME = "member_name"
    RELATION = "relation"
    ID_NUMBER = "id_number"
    MEMBERS = "members"
    PERSONS = "persons"
    COVERED = "covered"
    CLASS = "class"
    CARE = "care"  # 供养方式
    AMOUNT = "amount"
    REASON = "reason"
    RELIEF_TYPE = "relief_type"
    PAID_ON = "paid_on"
    EXIT_MONTH = "exit_month"
    TOWNSHIP = "township"
    MONTH = "month"
    PROGRAMME = "programme"
    HOUSEHOLDS = "households"
    ACCOUNT = "account"
    PHONE = "phone"
    ADDRESS = "address"
    PERSONAL = "personal"  # birth date, disability card, bank: made for one person's data
    REMARKS = "remarks"
    OTHER = "other"


@dataclass(frozen=True)
class KindRules:
    """What a kind of file needs.

    ``required``: each group needs one of its fields as a column. ``signature``: fields of which a
    row of headings must hold some, so that a title or a note is never taken for headings.
    ``monthly``: amounts are for a month, and yearly ones are divided. ``repeats``: one person may
    stand in the file more than once. ``window``: its period is the posting window in its title.
    ``counts``: the covered persons must be known; ``one_person``: a row that does not say is one.
    ``money``: False where the form has no amount. ``care``: its class is the way of care (集中,
    分散). ``ending``: its reasons say why support ended, and are published as a code's words.
    """

    required: tuple[tuple[Field, ...], ...]
    signature: frozenset[Field]
    monthly: bool = False
    repeats: bool = False
    window: bool = False
    counts: bool = True
    one_person: bool = False
    money: bool = True
    care: bool = False
    ending: bool = False


_PEOPLE = frozenset({Field.NAME, Field.MEMBER_NAME, Field.ID_NUMBER})
_LIST = (
    (Field.VILLAGE,),
    (Field.NAME, Field.MEMBER_NAME),
    (Field.ID_NUMBER,),
    (Field.PERSONS, Field.COVERED),
    (Field.AMOUNT,),
)
_FAMILIES = _LIST[:-1]
_ENDED = _LIST[:3]
_PERSONS = (*_ENDED, (Field.AMOUNT,))

RULES: dict[Kind, KindRules] = {
    Kind.STANDING: KindRules(required=_LIST, signature=_PEOPLE, monthly=True),
    Kind.REVIEW: KindRules(required=_LIST, signature=_PEOPLE, monthly=True, window=True),
    Kind.PERSONS: KindRules(
        required=_PERSONS, signature=_PEOPLE, monthly=True, one_person=True, care=True
    ),
    Kind.PERSONS_REVIEW: KindRules(
        required=_PERSONS,
        signature=_PEOPLE,
        monthly=True,
        window=True,
        one_person=True,
        care=True,
    ),
    Kind.PERSONS_ENDED: KindRules(
        required=_ENDED,
        signature=_PEOPLE,
        one_person=True,
        money=False,
        care=True,
        ending=True,
    ),
    Kind.FAMILIES: KindRules(required=_FAMILIES, signature=_PEOPLE, money=False),
    Kind.SUBSIDY: KindRules(required=_PERSONS, signature=_PEOPLE, monthly=True, counts=False),
    Kind.ONE_OFF: KindRules(required=_PERSONS, signature=_PEOPLE, counts=False),
    Kind.TEMPORARY: KindRules(
        required=(
            (Field.VILLAGE,),
            (Field.NAME,),
            (Field.ID_NUMBER,),
            (Field.RELIEF_TYPE,),
            (Field.AMOUNT,),
        ),
        signature=_PEOPLE,
        repeats=True,
        counts=False,
    ),
    Kind.FUNDS: KindRules(
        required=(
            (Field.TOWNSHIP,),
            (Field.MONTH,),
            (Field.PROGRAMME, Field.CLASS, Field.RELIEF_TYPE),
            (Field.HOUSEHOLDS,),
            (Field.PERSONS,),
            (Field.AMOUNT,),
        ),
        signature=frozenset({Field.TOWNSHIP, Field.PROGRAMME, Field.HOUSEHOLDS}),
    ),
}

NUMERIC = frozenset(
    {Field.SERIAL, Field.HOUSEHOLD_NO, Field.MEMBERS, Field.PERSONS, Field.AMOUNT, Field.HOUSEHOLDS}
)
"""Columns in which a formula is as good as a number."""

PRIVATE = frozenset(
    {
        Field.NAME,
        Field.MEMBER_NAME,
        Field.ID_NUMBER,
        Field.ACCOUNT,
        Field.PHONE,
        Field.ADDRESS,
        Field.PERSONAL,
    }
)
"""Columns made for personal data: what stands there is no surprise and does not warn."""

RESOLVED = frozenset(
    {
        Field.VILLAGE,
        Field.VILLAGE_CODE,
        Field.TOWNSHIP,
        Field.RELATION,
        Field.COVERED,
        Field.CLASS,
        Field.CARE,
        Field.RELIEF_TYPE,
        Field.MONTH,
        Field.PAID_ON,
        Field.EXIT_MONTH,
    }
)
"""Columns whose text is not kept: it is looked up or parsed, and what it means is kept."""
