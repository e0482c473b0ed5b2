"""Reasons 增减原因, as data: the words of the law for why a household came or went.

The catalogue wants 新增对象、退出对象、原因 (rules/catalogue.csv, item 14). A reason is one of
these codes and never free text, and none names an illness, a disability or a sentence, because it
stands beside a masked name where everybody knows everybody (rules/masking.md). Whatever would name
one is an "other" here; the household alone is told it, in writing.
"""

from dataclasses import dataclass

from disclosure.kinds.facts import MINIMUM_LIVING
from disclosure.kinds.limits import Sure
from disclosure.movements.comparing import Change, ExitStep, HouseholdChange
from portal.kernel.errors import Refused
from portal.kernel.language import N_


@dataclass(frozen=True)
class Reason:
    """One reason; ``term`` is printed on Chinese notices, ``word`` is the message for pages.

    ``programme`` names the one that it is about, "" for any, OTHERS for those without words of
    their own. ``by_itself`` says that it follows from the lists, and nobody chooses it.
    """

    code: str
    change: Change
    term: str
    word: str
    source: str
    sure: Sure
    programme: str = ""
    by_itself: bool = False


OTHERS = "*"

_MEASURES = "《社会救助暂行办法》（国务院令第649号）"
_CONFIRMATION = "《最低生活保障审核确认办法》（民发〔2021〕57号）"

REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "income-below-standard",
            Change.ADDED,
            "家庭人均收入低于当地低保标准，且财产状况符合规定",
            N_("Income per person is below the standard, and property is within the rules"),
            f"{_MEASURES}第九条",
            Sure.TEXT,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "eligible-again",
            Change.ADDED,
            "停保后重新符合条件，恢复保障",
            N_("Eligible again after assistance had ended"),
            _CONFIRMATION,
            Sure.MEMORY,
        ),
        Reason(
            "moved-here",
            Change.ADDED,
            "户籍迁入本县（市、区）",
            N_("Moved here from another county"),
            _CONFIRMATION,
            Sure.MEMORY,
        ),
        Reason(
            "other-ground",
            Change.ADDED,
            "其他符合低保条件的情形",
            N_("Eligible on another ground of the rules"),
            _CONFIRMATION,
            Sure.MEMORY,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "conditions-met",
            Change.ADDED,
            "符合该项救助的规定条件",
            N_("Meets the conditions of this programme"),
            _MEASURES,
            Sure.MEMORY,
            programme=OTHERS,
        ),
        Reason(
            "death",
            Change.REMOVED,
            "保障对象死亡",
            N_("Death"),
            _CONFIRMATION,
            Sure.MEMORY,
        ),
        Reason(
            "income-above-standard",
            Change.REMOVED,
            "家庭人均收入超过当地低保标准",
            N_("Income per person is above the standard"),
            f"{_MEASURES}第九条、第十三条",
            Sure.MEMORY,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "property-above-standard",
            Change.REMOVED,
            "家庭财产状况超过当地规定",
            N_("Property is above what the rules allow"),
            f"{_MEASURES}第九条、第十三条",
            Sure.MEMORY,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "moved-away",
            Change.REMOVED,
            "户籍迁出本县（市、区）",
            N_("Moved away to another county"),
            _CONFIRMATION,
            Sure.MEMORY,
        ),
        Reason(
            "voluntary",
            Change.REMOVED,
            "自愿申请退出",
            N_("Left at its own wish"),
            _CONFIRMATION,
            Sure.MEMORY,
        ),
        Reason(
            "check-refused",
            Change.REMOVED,
            "无正当理由拒不配合定期核查",
            N_("Refused the regular check without a good reason"),
            f"{_MEASURES}第十三条（定期核查）",
            Sure.MEMORY,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "gradual-exit-over",
            Change.REMOVED,
            "渐退期满",
            N_("End of the gradual exit"),
            _CONFIRMATION,
            Sure.MEMORY,
            by_itself=True,
        ),
        Reason(
            "other-removal",
            Change.REMOVED,
            "其他不再符合低保条件的情形",
            N_("No longer eligible for another reason of the rules"),
            f"{_MEASURES}第十三条",
            Sure.MEMORY,
            programme=MINIMUM_LIVING,
        ),
        Reason(
            "conditions-not-met",
            Change.REMOVED,
            "不再符合该项救助的规定条件",
            N_("No longer meets the conditions of this programme"),
            _MEASURES,
            Sure.MEMORY,
            programme=OTHERS,
        ),
        Reason(
            "moved-village",
            Change.MOVED,
            "在本地迁移村（社区），继续享受",
            N_("Moved to another village here; assistance goes on"),
            _CONFIRMATION,
            Sure.MEMORY,
            by_itself=True,
        ),
    )
}

NEED_A_REASON = frozenset({Change.ADDED, Change.REMOVED})
MOVED_VILLAGE = REASONS["moved-village"]
GRADUAL_EXIT_OVER = REASONS["gradual-exit-over"]


def reason_by_itself(change: HouseholdChange, month: str) -> Reason | None:
    """Return the reason that follows from the lists, None where somebody must choose one."""
    if change.change is Change.MOVED:
        return MOVED_VILLAGE
    return GRADUAL_EXIT_OVER if change.exit_step(month) is ExitStep.OVER else None


def list_choices(change: Change, programme: str) -> tuple[Reason, ...]:
    """Return what a clerk may choose for a change of this kind, in the order of the table."""
    offered = [one for one in REASONS.values() if one.change is change and not one.by_itself]
    own = {one.programme for one in offered} & {programme} or {OTHERS}
    return tuple(one for one in offered if one.programme in {"", *own})


def get_choice(code: str, change: Change, programme: str) -> Reason:
    """Return the reason that a clerk chose; raises Refused for one that is not to be chosen."""
    reason = REASONS.get(code)
    if reason is None or reason not in list_choices(change, programme):
        raise Refused(N_("Choose one of the reasons for this change."), field="reason")
    return reason


# Where a household moved to or came from is nobody's business: 迁移 says only which way.
LEFT_FOR_ANOTHER = "迁往本地其他村（社区），继续享受"
CAME_FROM_ANOTHER = "由本地其他村（社区）迁入，继续享受"

PUBLISHED: dict[str, str] = {
    **{reason.term: reason.word for reason in REASONS.values() if reason is not MOVED_VILLAGE},
    LEFT_FOR_ANOTHER: N_("Left for another village here; assistance goes on"),
    CAME_FROM_ANOTHER: N_("Came from another village here; assistance goes on"),
}
"""What stands on a notice 增减原因 → the message for pages in another language."""
