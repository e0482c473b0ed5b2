"""Words of bulk approval 批量审批用语: differences, warnings, outcomes."""

from disclosure.bulk.models import Outcome
from disclosure.bulk.standingout import Difference, tenths_words
from disclosure.intake.problems import Code
from portal.kernel.language import N_
from portal.kernel.money import format_yuan

# What the file's checks have found, in a word or two; the sentences stand on the list's own page.
CODE_WORDS: dict[str, str] = {
    Code.ID_CHECK: N_("ID number not possible"),
    Code.ID_LENGTH: N_("ID number incomplete"),
    Code.ID_FLOAT: N_("ID number stored as a number"),
    Code.ID_DUPLICATE: N_("ID number twice"),
    Code.VILLAGE_UNKNOWN: N_("Village not known"),
    Code.AMOUNT_NEGATIVE: N_("Negative amount"),
    Code.AMOUNT_NAN: N_("Amount not a number"),
    Code.COVERED_GT_FAMILY: N_("More covered than in the family"),
    Code.PII_PHONE: N_("Telephone number in a text"),
    Code.PII_ID: N_("ID number in a text"),
    Code.PII_OTHER: N_("Personal data in a text"),
    Code.FORMULA: N_("Formula in a cell"),
    Code.NAME_EMPTY: N_("Name missing"),
    Code.MINOR: N_("Minor, name withheld"),
    Code.TOTAL_MISMATCH: N_("Total does not agree"),
    Code.PERIOD_MISMATCH: N_("Period does not agree"),
    Code.UNREADABLE: N_("Not readable"),
    Code.ENCRYPTED: N_("Encrypted"),
    Code.TOO_LARGE: N_("Too large"),
    Code.NO_HEADER: N_("No headings"),
}
OTHER_WARNING = N_("Something else")

OUTCOME_WORDS: dict[Outcome, str] = {
    Outcome.WAITING: N_("Waiting its turn"),
    Outcome.APPROVED: N_("Approved"),
    Outcome.RETURNED: N_("Sent back"),
    Outcome.REFUSED: N_("Not done"),
}
# The mark that stands beside the words (templates/components/status_tag.html).
OUTCOME_COLOURS: dict[Outcome, str] = {
    Outcome.WAITING: "grey",
    Outcome.APPROVED: "green",
    Outcome.RETURNED: "amber",
    Outcome.REFUSED: "red",
}


def difference_words(difference: Difference, *, money: bool = False) -> str:
    """Return a difference with its share: "+3 (+0.7 %)", "−1,200.00 (−2.1 %)"; "±0" for none."""
    if difference.by == 0:
        return "±0"
    size = abs(difference.by)
    figure = format_yuan(size, grouped=True) if money else f"{size:,}"
    words = f"{'−' if difference.by < 0 else '+'}{figure}"
    return words if difference.tenths is None else f"{words} ({tenths_words(difference.tenths)})"
