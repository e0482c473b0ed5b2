"""Problems 问题 of a sheet as a whole, as ``problems`` holds those of its cells."""

from disclosure.intake.problems import Code, Fault, Severity
from portal.kernel.language import N_

_WARNING = Severity.WARNING

TITLE_PERIOD = Fault(
    Code.PERIOD_MISMATCH,
    N_(
        "The file's title says %(stated)s, but the list is brought in for %(period)s. Choose the "
        "right file or the right period."
    ),
)
SHEET_PERIOD = Fault(
    Code.PERIOD_MISMATCH,
    N_(
        "This sheet says %(stated)s, but the list is brought in for %(period)s, as the other "
        "sheets say. Correct its title, or put it into a file of its own."
    ),
)
SHEET_UNIT = Fault(
    Code.UNREADABLE,
    N_(
        "This sheet gives its amounts in %(unit)s, the first sheet in %(first)s. Check that both "
        "are right: each sheet is read as it says."
    ),
    _WARNING,
)
VILLAGE_OF_BLOCK = Fault(
    Code.VILLAGE_UNKNOWN,
    N_(
        "The village stands only in this row; the %(rows)s rows below it without one are counted "
        "to it. Check that this is right, or fill the village in."
    ),
    _WARNING,
)
SHEET_WITHOUT_HEADER = Fault(
    Code.NO_HEADER,
    N_(
        "The sheet has no headings of this kind of list, so its %(rows)s rows were left out. "
        "Delete the sheet if that is right; otherwise give it the headings of the other sheets."
    ),
    _WARNING,
)
SHEET_HIDDEN = Fault(
    Code.NO_HEADER,
    N_(
        "The sheet is hidden, so its %(rows)s rows were left out. Delete it if that is right; "
        "otherwise show it and upload the file again."
    ),
    _WARNING,
)
