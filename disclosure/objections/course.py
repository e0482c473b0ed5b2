"""The course of a matter 异议核查流程: a row is held back, checked, decided on.

    open 正在核查 ──► found 待审定 ──► decided 已审定
         ▲               │
         └── returned ───┘            (either ──► lapsed 终止, when the notice is withdrawn)

Pure. A row has one matter at most that holds it. The first objection opens it, those that come
while it is open join it, and those that come after a finding hold nothing back any more: they are
taken in and answered as cases. So nobody can hold a row for ever by sending forms; what is new in a
later objection leads to a correction of the notice. The discipline office alone may have a row
checked once more.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from portal.kernel.errors import Conflict
from portal.kernel.language import N_


class MatterState(StrEnum):
    """Where the check of a row stands."""

    OPEN = "open"  # 正在核查
    FOUND = "found"  # 已核查，待审定
    DECIDED = "decided"  # 已审定
    LAPSED = "lapsed"  # 终止


class MatterAction(StrEnum):
    """What can be done with a matter."""

    RECORD = "record"  # 登记核查结果
    RETURN = "return"  # 退回重新核查
    DECIDE = "decide"  # 审定
    LAPSE = "lapse"  # 终止


class Finding(StrEnum):
    """What was found about a row 核查结果."""

    CONFIRMED = "confirmed"  # 维持
    STRUCK = "struck"  # 删除
    POST_AGAIN = "post-again"  # 重新公示


TRANSITIONS: Mapping[tuple[MatterState, MatterAction], MatterState] = {
    (MatterState.OPEN, MatterAction.RECORD): MatterState.FOUND,
    (MatterState.FOUND, MatterAction.RETURN): MatterState.OPEN,
    (MatterState.FOUND, MatterAction.DECIDE): MatterState.DECIDED,
    (MatterState.OPEN, MatterAction.LAPSE): MatterState.LAPSED,
    (MatterState.FOUND, MatterAction.LAPSE): MatterState.LAPSED,
}

HOLDING = frozenset({MatterState.OPEN, MatterState.FOUND})
"""In which states a matter holds its row back."""

_WHY_NOT: Mapping[MatterState, str] = {
    MatterState.OPEN: N_("What was found has not been recorded yet."),
    MatterState.FOUND: N_("What was found is recorded already and waits for the decision."),
    MatterState.DECIDED: N_("This row has been decided on already."),
    MatterState.LAPSED: N_("The notice has been withdrawn, so nothing is to be checked any more."),
}


def after(state: MatterState, action: MatterAction) -> MatterState:
    """Return the state that ``action`` leads to; raises Conflict where it leads nowhere."""
    found = TRANSITIONS.get((state, action))
    if found is None:
        raise Conflict(_WHY_NOT[state])
    return found


def opens_matter(earlier: Collection[MatterState], *, by_discipline: bool) -> bool:
    """Tell whether a row whose matters so far are ``earlier`` is to be held back anew.

    Not while one is open, which is joined; and, after a finding, for the discipline office alone.
    """
    if HOLDING & set(earlier):
        return False
    return by_discipline or MatterState.DECIDED not in earlier


def offered_findings(*, posts_again: bool) -> tuple[Finding, ...]:
    """Return what may be found; to post again needs a kind of notice, and a county, that do so."""
    return tuple(one for one in Finding if one is not Finding.POST_AGAIN or posts_again)
