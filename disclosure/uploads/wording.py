"""Words of the intake's pages 录入用语: columns, where a file stands, the marked copy."""

from collections.abc import Callable
from typing import Any

from disclosure.intake.kinds import Field
from disclosure.intake.problems import Problem
from disclosure.uploads.annotating import Words
from disclosure.uploads.models import WaitingState
from portal.kernel.language import N_

Translate = Callable[[str], str]

FIELD_WORDS: dict[Field, str] = {
    Field.VILLAGE: N_("Village or neighbourhood"),
    Field.VILLAGE_CODE: N_("Code of the village"),
    Field.GROUP: N_("Villagers' group"),
    Field.NAME: N_("Name of the head of the household, or of the applicant"),
    Field.MEMBER_NAME: N_("Name of a member of the household"),
    Field.RELATION: N_("Relation to the head of the household"),
    Field.HOUSEHOLD_NO: N_("Number of the household"),
    Field.ID_NUMBER: N_("ID number"),
    Field.MEMBERS: N_("Members of the family"),
    Field.PERSONS: N_("Persons covered"),
    Field.COVERED: N_("Whether this member is covered"),
    Field.CLASS: N_("Class (A, B, C)"),
    Field.CARE: N_("Way of care (集中, 分散)"),
    Field.AMOUNT: N_("Amount"),
    Field.REASON: N_("Reason"),
    Field.RELIEF_TYPE: N_("Type of relief (支出型, 急难型)"),
    Field.PAID_ON: N_("Day of payment"),
    Field.EXIT_MONTH: N_("Month that ends the gradual exit (渐退期至)"),
    Field.TOWNSHIP: N_("Township"),
    Field.MONTH: N_("Month"),
    Field.PROGRAMME: N_("Programme"),
    Field.HOUSEHOLDS: N_("Households"),
    Field.PERSONAL: N_("Personal data that is never shown (telephone, account, address …)"),
    Field.SERIAL: N_("Running number"),
    Field.OTHER: N_("Not needed"),
}

STATE_WORDS: dict[WaitingState, str] = {
    WaitingState.QUEUED: N_("Waiting to be read"),
    WaitingState.ASKING: N_("A question is open"),
    WaitingState.UNCLEAR: N_("The columns are not understood"),
    WaitingState.UNUSABLE: N_("Must be mended"),
    WaitingState.STORED: N_("Is a list now"),
    WaitingState.FAILED: N_("Could not be taken in"),
}
# The mark that stands beside the words (templates/components/status_tag.html).
STATE_COLOURS: dict[WaitingState, str] = {
    WaitingState.QUEUED: "grey",
    WaitingState.ASKING: "amber",
    WaitingState.UNCLEAR: "amber",
    WaitingState.UNUSABLE: "red",
    WaitingState.STORED: "green",
    WaitingState.FAILED: "red",
}


def problem_words(problem: dict[str, Any], translate: Translate) -> dict[str, Any]:
    """Return a stored problem as the page shows it, its sentence in the page's language."""
    params = problem["params"] if isinstance(problem["params"], dict) else {}
    message = translate(str(problem["message"]))
    return {**problem, "message": message % params if params else message}


def annotating_words(translate: Translate) -> Words:
    """Return the words of an annotated copy."""

    def sentence(problem: Problem) -> str:
        message = translate(problem.message)
        return message % dict(problem.params) if problem.params else message

    return Words(
        title=translate(N_("Problems")),
        headings=(
            translate(N_("Sheet")),
            translate(N_("Row")),
            translate(N_("Column")),
            translate(N_("How serious")),
            translate(N_("What is wrong, and what to do")),
        ),
        error=translate(N_("Must be mended")),
        warning=translate(N_("Please check")),
        whole_file=translate(N_("Whole file")),
        sentence=sentence,
    )
