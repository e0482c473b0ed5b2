"""Words 文字: how a row's check, its findings and lengths are called on pages."""

from disclosure.objections.course import Finding, MatterState
from portal.kernel.language import N_

MARK = N_("Objection received; being checked")

STATE_WORDS: dict[MatterState, str] = {
    MatterState.OPEN: N_("Being checked"),
    MatterState.FOUND: N_("Checked, waits for the decision"),
    MatterState.DECIDED: N_("Decided"),
    MatterState.LAPSED: N_("Ended, because the notice was withdrawn"),
}

FINDING_WORDS: dict[Finding, str] = {
    Finding.CONFIRMED: N_("The row stays as it is"),
    Finding.STRUCK: N_("The row is struck from the list"),
    Finding.POST_AGAIN: N_("The row is posted again"),
}

FINDING_HINTS: dict[Finding, str] = {
    Finding.CONFIRMED: N_("The mark goes; nothing else changes."),
    Finding.STRUCK: N_("The list gets a new version without it, and the public log says so."),
    Finding.POST_AGAIN: N_("It becomes a list of its own, which a second person approves."),
}

DAYS_WORDS: dict[int, str] = {
    0: N_("Not at all"),
    3: N_("For 3 days"),
    7: N_("For 7 days"),
}
