"""Problems 问题 of an import: what is wrong, where, and what to do about it.

A message never repeats what stands in a cell: not a number, not an account, not a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.kernel.language import N_


class Severity(StrEnum):
    """Whether a problem keeps its row from being published."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """The codes that programs rely on."""

    ID_CHECK = "id_check"
    ID_LENGTH = "id_length"
    ID_FLOAT = "id_float"
    ID_DUPLICATE = "id_duplicate"
    VILLAGE_UNKNOWN = "village_unknown"
    AMOUNT_NEGATIVE = "amount_negative"
    AMOUNT_NAN = "amount_nan"
    COVERED_GT_FAMILY = "covered_gt_family"
    PII_PHONE = "pii_phone"
    PII_ID = "pii_id"
    PII_OTHER = "pii_other"
    FORMULA = "formula"
    NAME_EMPTY = "name_empty"
    MINOR = "minor"
    TOTAL_MISMATCH = "total_mismatch"
    PERIOD_MISMATCH = "period_mismatch"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    NO_HEADER = "no_header"


@dataclass(frozen=True)
class ColumnLabel:
    """What a column is called in problems, and its place from 0."""

    words: str
    index: int


@dataclass(frozen=True)
class Problem:
    """One problem. ``row`` is the sheet's own, from 1; None for the file as a whole.

    ``message`` is English with ``%(name)s`` placeholders for ``params`` and is translated when it
    is shown; ``column`` is the heading's text; ``sheet`` is "" for a CSV.
    """

    row: int | None
    sheet: str
    column: str | None
    code: Code
    severity: Severity
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    index: int | None = field(default=None, compare=False)
    """The column's place from 0, for marking the cell."""


@dataclass(frozen=True)
class Fault:
    """What a rule found wrong, before it is known where: code, sentence, severity, parameters."""

    code: Code
    message: str
    severity: Severity = Severity.ERROR
    params: Mapping[str, object] = field(default_factory=dict)

    def at(self, row: int | None, sheet: str = "", column: ColumnLabel | None = None) -> Problem:
        """Return the problem that this is at a place."""
        words, index = (column.words, column.index) if column else (None, None)
        about = (self.code, self.severity, self.message, self.params)
        return Problem(row, sheet, words, *about, index)


_WARNING = Severity.WARNING

ID_CHECK = Fault(
    Code.ID_CHECK,
    N_(
        "The ID number is not possible: its check digit or its date of birth is wrong. Compare it "
        "with the person's card and correct it."
    ),
)
ID_EMPTY = Fault(Code.ID_LENGTH, N_("The ID number is missing. Fill it in."))
ID_FLOAT = Fault(
    Code.ID_FLOAT,
    N_(
        "The ID number is stored as a number, so its last digits are lost. Set the column to text "
        "and type the number again from the card."
    ),
)
VILLAGE_EMPTY = Fault(
    Code.VILLAGE_UNKNOWN, N_("The village is missing. Fill in the village or neighbourhood.")
)
VILLAGE_UNKNOWN = Fault(
    Code.VILLAGE_UNKNOWN,
    N_(
        "There is no village or neighbourhood of this name in this township. Write the name as it "
        "stands in the list of divisions, or check that the right township was chosen."
    ),
)
VILLAGE_AMBIGUOUS = Fault(
    Code.VILLAGE_UNKNOWN,
    N_(
        "Several villages or neighbourhoods of this township have this name. Write it in full, "
        "with 村委会 or 居委会."
    ),
)
VILLAGE_CODE = Fault(
    Code.VILLAGE_UNKNOWN,
    N_("The village's code and its name are not the same village. Correct one of the two."),
)
TOWNSHIP_UNKNOWN = Fault(
    Code.VILLAGE_UNKNOWN,
    N_(
        "There is no township of this name in this county. Write the name as it stands in the list "
        "of divisions, or check that the right county was chosen."
    ),
)
AMOUNT_NEGATIVE = Fault(
    Code.AMOUNT_NEGATIVE,
    N_("The amount is negative. Correct it, or take the row out of the list."),
)
AMOUNT_NAN = Fault(
    Code.AMOUNT_NAN, N_("The amount is missing or not a number. Write it in digits.")
)
AMOUNT_TWICE = Fault(
    Code.AMOUNT_NAN,
    N_(
        "This household has an amount in a row above already. Write the amount for the whole "
        "household once, in its first row."
    ),
)
COUNT_NAN = Fault(
    Code.AMOUNT_NAN,
    N_("The number of persons or households must be a whole number. Write it in digits."),
)
AMOUNT_TOO_LARGE = Fault(
    Code.AMOUNT_NAN,
    N_("The amount is larger than any household's can be. Correct it."),
)
COUNT_TOO_LARGE = Fault(
    Code.AMOUNT_NAN,
    N_("The number of persons is larger than any household's can be. Correct it."),
)
PERSONS_NONE = Fault(
    Code.AMOUNT_NAN,
    N_("No person of this household is covered. Correct the number, or take the household out."),
)
COVERED_UNCLEAR = Fault(
    Code.AMOUNT_NAN,
    N_("It is not clear whether this person is covered. Write 是 or 否."),
)
COVERED_GT_FAMILY = Fault(
    Code.COVERED_GT_FAMILY,
    N_("More persons are covered than the family has members. Correct one of the two numbers."),
)
NAME_EMPTY = Fault(Code.NAME_EMPTY, N_("The name is missing. Fill it in."))
NO_HEAD = Fault(
    Code.NAME_EMPTY,
    N_(
        "The head of this household is not among its members. Mark the head as 本人, or correct "
        "the head's name."
    ),
)
MINOR = Fault(
    Code.MINOR, N_("This person is under 18. The name will be withheld everywhere."), _WARNING
)
CHILDREN = Fault(
    Code.MINOR,
    N_(
        "This is a list of a programme for children. Children are never published as rows: publish "
        "the number of children and the amount instead."
    ),
)
FORMULA = Fault(
    Code.FORMULA,
    N_("There is a formula in a cell meant for text. Replace it by the text itself."),
    _WARNING,
)
FORMULA_NAME = Fault(
    Code.FORMULA, N_("There is a formula where the name should be. Type the name itself.")
)
PII_PHONE = Fault(
    Code.PII_PHONE,
    N_("There is a telephone number in this text. Delete it: it may not be published."),
    _WARNING,
)
PII_ID = Fault(
    Code.PII_ID,
    N_("There is an ID number in this text. Delete it: it may not be published."),
    _WARNING,
)
PII_OTHER = Fault(
    Code.PII_OTHER,
    N_(
        "There is something personal in this text (a bank account, an address, an e-mail address, "
        "an illness or a name). Delete it: it may not be published."
    ),
    _WARNING,
)
TYPE_UNCLEAR = Fault(
    Code.UNREADABLE,
    N_(
        "The type of relief is not clear. Write 支出型 or 急难型: the two are published "
        "differently."
    ),
)
CLASS_UNCLEAR = Fault(
    Code.UNREADABLE,
    N_("The class is not A, B or C. The row will be published without a class."),
    _WARNING,
)
CARE_UNCLEAR = Fault(
    Code.UNREADABLE,
    N_(
        "The way of care is not 集中 or 分散. The row will be published without it. How much care "
        "a person needs is never published."
    ),
    _WARNING,
)
DATE_UNCLEAR = Fault(Code.UNREADABLE, N_("This is not a date. Write it like 2026-10-08."), _WARNING)
MONTH_UNCLEAR = Fault(
    Code.UNREADABLE, N_("The month is missing or not clear. Write it like 2026年10月.")
)
PROGRAMME_EMPTY = Fault(
    Code.UNREADABLE, N_("The programme is missing. Write which assistance was paid.")
)
PAID_OUTSIDE = Fault(
    Code.PERIOD_MISMATCH,
    N_("The date lies outside the period of this list (%(period)s). Check the date."),
    _WARNING,
)
MONTH_OUTSIDE = Fault(
    Code.PERIOD_MISMATCH,
    N_(
        "The month lies outside %(period)s, for which this file is brought in. Correct the month, "
        "or bring the file in for the right year."
    ),
)
TOTAL_MISMATCH = Fault(
    Code.TOTAL_MISMATCH,
    N_(
        "The total in this row is %(stated)s, but the rows add up to %(found)s. Find the row that "
        "is missing, doubled or wrong, or correct the total."
    ),
)
_LIST_COLUMNS = Fault(
    Code.NO_HEADER,
    N_(
        "No row of headings was found. Check that the right file and the right kind were chosen; "
        "this list needs columns for the village, the name, the ID number, the covered persons and "
        "the amount."
    ),
)
_PERSON_COLUMNS = Fault(
    Code.NO_HEADER,
    N_(
        "No row of headings was found. Check that the right file and the right kind were chosen; "
        "this list needs columns for the village, the name, the ID number and the amount."
    ),
)
NO_HEADER = {
    "standing": _LIST_COLUMNS,
    "review": _LIST_COLUMNS,
    "persons": _PERSON_COLUMNS,
    "persons-review": _PERSON_COLUMNS,
    "subsidy": _PERSON_COLUMNS,
    "one-off": _PERSON_COLUMNS,
    "persons-ended": Fault(
        Code.NO_HEADER,
        N_(
            "No row of headings was found. Check that the right file and the right kind were "
            "chosen; this list needs columns for the village, the name and the ID number."
        ),
    ),
    "families": Fault(
        Code.NO_HEADER,
        N_(
            "No row of headings was found. Check that the right file and the right kind were "
            "chosen; this list needs columns for the village, the name, the ID number and the "
            "persons."
        ),
    ),
    "temporary": Fault(
        Code.NO_HEADER,
        N_(
            "No row of headings was found. Check that the right file and the right kind were "
            "chosen; this list needs columns for the village, the name, the ID number, the type of "
            "relief and the amount."
        ),
    ),
    "funds": Fault(
        Code.NO_HEADER,
        N_(
            "No row of headings was found. Check that the right file and the right kind were "
            "chosen; these figures need columns for the township, the month, the programme, the "
            "households, the persons and the amount."
        ),
    ),
}
"""What a file of each kind without headings is told."""

COLUMN_MISSING = {
    name: Fault(Code.NO_HEADER, sentence)
    for name, sentence in {
        "village": N_("There is no column for the village. Add one, or correct its heading."),
        "name": N_("There is no column for the name. Add one, or correct its heading."),
        "id_number": N_("There is no column for the ID number. Add one, or correct its heading."),
        "persons": N_(
            "There is no column for the covered persons. Add one, or correct its heading."
        ),
        "amount": N_("There is no column for the amount. Add one, or correct its heading."),
        "relief_type": N_(
            "There is no column for the type of relief. Add one, or correct its heading."
        ),
        "township": N_("There is no column for the township. Add one, or correct its heading."),
        "month": N_("There is no column for the month. Add one, or correct its heading."),
        "programme": N_("There is no column for the programme. Add one, or correct its heading."),
        "households": N_("There is no column for the households. Add one, or correct its heading."),
    }.items()
}
"""What a file is told that lacks a column, by the column's field."""

FUND_TWICE = Fault(
    Code.ID_DUPLICATE,
    N_(
        "The same township, month and programme already stand in row %(first)s. Keep one of the "
        "two."
    ),
)
NO_ROWS = Fault(
    Code.NO_HEADER,
    N_("The file has headings but no row under them. Choose the file that holds the list."),
)


def too_long(most: int) -> Fault:
    """Return the fault of a text of more than ``most`` characters."""
    return Fault(
        Code.UNREADABLE,
        N_("This text is too long (at most %(most)s characters). Shorten it."),
        params={"most": most},
    )


def id_length(found: int) -> Fault:
    """Return the fault of an ID number of ``found`` characters."""
    return Fault(
        Code.ID_LENGTH,
        N_(
            "The ID number has %(found)s characters instead of 18. Compare it with the person's "
            "card and correct it."
        ),
        params={"found": found},
    )


def id_duplicate(row: int, sheet: str, severity: Severity = Severity.ERROR) -> Fault:
    """Return the fault of an ID number that already stands in ``row`` of ``sheet``."""
    if sheet:
        return Fault(
            Code.ID_DUPLICATE,
            N_(
                "The same ID number already stands in row %(first)s of the sheet %(sheet)s. Keep "
                "one of the two."
            ),
            severity,
            {"first": row, "sheet": sheet},
        )
    return Fault(
        Code.ID_DUPLICATE,
        N_("The same ID number already stands in row %(first)s. Keep one of the two."),
        severity,
        {"first": row},
    )


def with_params(fault: Fault, **params: object) -> Fault:
    """Return ``fault`` with ``params`` for its sentence."""
    return Fault(fault.code, fault.message, fault.severity, params)
