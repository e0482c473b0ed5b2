"""Kinds of list 名单种类, as data: which columns each needs, and what its rows are counted in."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The four kinds of file that the portal takes in."""

    STANDING = "standing"  # 长期公示: who receives assistance now
    REVIEW = "review"  # 审核公示: who is proposed
    TEMPORARY = "temporary"  # 临时救助
    FUNDS = "funds"  # 资金发放


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
    AMOUNT = "amount"
    REASON = "reason"
    RELIEF_TYPE = "relief_type"
    PAID_ON = "paid_on"
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
    stand in the file more than once.
    """

    required: tuple[tuple[Field, ...], ...]
    signature: frozenset[Field]
    monthly: bool = False
    repeats: bool = False


_PEOPLE = frozenset({Field.NAME, Field.MEMBER_NAME, Field.ID_NUMBER})
_LIST = (
    (Field.VILLAGE,),
    (Field.NAME, Field.MEMBER_NAME),
    (Field.ID_NUMBER,),
    (Field.PERSONS, Field.COVERED),
    (Field.AMOUNT,),
)

RULES: dict[Kind, KindRules] = {
    Kind.STANDING: KindRules(required=_LIST, signature=_PEOPLE, monthly=True),
    Kind.REVIEW: KindRules(required=_LIST, signature=_PEOPLE, monthly=True),
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
        Field.RELIEF_TYPE,
        Field.MONTH,
        Field.PAID_ON,
    }
)
"""Columns whose text is not kept: it is looked up or parsed, and what it means is kept."""
