"""Kinds of notice 公示种类, as data: what each is called, who approves it, how long it hangs.

Source: the catalogue of matters to be disclosed (rules/catalogue.csv, items 5, 6, 13) and the time
limits (rules/deadlines.md, "Disclosure").
"""

from dataclasses import dataclass

from disclosure.intake.kinds import Kind
from portal.kernel.language import N_
from portal.kernel.permissions import Role


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    ``subject`` ends a Chinese title; ``heading`` and ``word`` are messages for the pages.
    ``window_days`` is the rule's posting window (None: stands until it is replaced);
    ``printed_window`` says that the list's period is that window itself.
    """

    kind: Kind
    programme: str
    subject: str
    word: str
    heading: str
    approved_by: Role
    window_days: int | None
    printed_window: bool = False
    replaces: bool = False
    basis: str = ""


KINDS: dict[Kind, NoticeKind] = {
    Kind.STANDING: NoticeKind(
        kind=Kind.STANDING,
        programme="最低生活保障",
        subject="最低生活保障对象名单",
        word=N_("Standing list"),
        heading=N_("Households that receive the minimum living guarantee: %(place)s, %(period)s"),
        approved_by=Role.REVIEWER,
        window_days=None,
        replaces=True,
        basis="《社会救助暂行办法》；民办函〔2019〕52号",
    ),
    Kind.REVIEW: NoticeKind(
        kind=Kind.REVIEW,
        programme="最低生活保障",
        subject="最低生活保障拟确认对象审核公示",
        word=N_("Review notice"),
        heading=N_("Households proposed for the minimum living guarantee: %(place)s, %(period)s"),
        approved_by=Role.HEAD,
        window_days=7,
        printed_window=True,
        basis="民发〔2021〕57号",
    ),
    Kind.TEMPORARY: NoticeKind(
        kind=Kind.TEMPORARY,
        programme="临时救助",
        subject="临时救助（支出型）对象公示",
        word=N_("Temporary assistance"),
        heading=N_("Temporary assistance granted: %(place)s, %(period)s"),
        approved_by=Role.REVIEWER,
        window_days=None,
        basis="《社会救助暂行办法》；民办函〔2019〕52号",
    ),
}


def kind_of(name: str) -> NoticeKind:
    """Return the kind called ``name``; raises KeyError for one that is published otherwise."""
    return KINDS[Kind(name)]
