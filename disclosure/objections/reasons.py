"""Reasons of a finding 核查结论理由, as data: codes in the words of the law, never free text.

None names an illness, a person or an offence, because it may stand beside a row that neighbours
know (rules/masking.md). Whatever would say more is told to the household and to the reporter alone,
in the answer to the case.
"""

from dataclasses import dataclass

from disclosure.objections.course import Finding
from portal.kernel.errors import Refused
from portal.kernel.language import N_


@dataclass(frozen=True)
class FindingReason:
    """One reason; ``term`` is the official wording, ``word`` the message for pages."""

    code: str
    finding: Finding
    term: str
    word: str


REASONS: dict[str, FindingReason] = {
    reason.code: reason
    for reason in (
        FindingReason(
            "conditions-met",
            Finding.CONFIRMED,
            "经核查符合条件",
            N_("Checked: the conditions are met"),
        ),
        FindingReason(
            "details-right",
            Finding.CONFIRMED,
            "经核查公示内容无误",
            N_("Checked: what is posted is right"),
        ),
        FindingReason(
            "not-borne-out",
            Finding.CONFIRMED,
            "反映的情况经核查不成立",
            N_("Checked: what was reported is not borne out"),
        ),
        FindingReason(
            "income-above-standard",
            Finding.STRUCK,
            "家庭人均收入超过当地低保标准",
            N_("Income per person is above the standard"),
        ),
        FindingReason(
            "property-above-standard",
            Finding.STRUCK,
            "家庭财产状况超过当地规定",
            N_("Property is above what the rules allow"),
        ),
        FindingReason(
            "not-resident",
            Finding.STRUCK,
            "户籍或居住地不在本地",
            N_("Not registered or resident here"),
        ),
        FindingReason(
            "listed-twice",
            Finding.STRUCK,
            "重复列入名单",
            N_("Listed twice"),
        ),
        FindingReason(
            "application-withdrawn",
            Finding.STRUCK,
            "申请人自愿撤回申请",
            N_("The household withdrew its application"),
        ),
        FindingReason(
            "conditions-not-met",
            Finding.STRUCK,
            "其他不符合条件的情形",
            N_("The conditions are not met for another reason of the rules"),
        ),
        FindingReason(
            "met-after-check",
            Finding.POST_AGAIN,
            "经核查符合条件，按规定重新公示",
            N_("Checked: the conditions are met; posted again as the county's rule says"),
        ),
        FindingReason(
            "posting-disturbed",
            Finding.POST_AGAIN,
            "原公示不完整，按规定重新公示",
            N_("The first posting was not complete; posted again as the county's rule says"),
        ),
    )
}


def list_reasons(finding: Finding) -> tuple[FindingReason, ...]:
    """Return the reasons that a finding may have, in the order of the table."""
    return tuple(one for one in REASONS.values() if one.finding is finding)


def get_reason(code: str, finding: Finding) -> FindingReason:
    """Return the reason that was chosen; raises Refused for one that does not go with it."""
    reason = REASONS.get(code)
    if reason is None or reason.finding is not finding:
        raise Refused(N_("Choose a reason that goes with what was found."), field="reason")
    return reason
