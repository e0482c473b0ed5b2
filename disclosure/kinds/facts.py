"""What a kind of notice is 公示种类: one frozen value, built in or a county's own."""

from dataclasses import dataclass
from enum import StrEnum

from disclosure.intake.kinds import Kind
from disclosure.kinds.limits import Limit
from disclosure.posters.content import PosterKind
from portal.kernel.language import DEFAULT_LOCALE, N_
from portal.kernel.permissions import Role

MINIMUM_LIVING = "最低生活保障"


class Names(StrEnum):
    """Whether a kind is published as rows with (masked) names, or in figures only."""

    ALWAYS = "always"
    COUNTY_CHOICE = "county-choice"  # figures, until the county decides otherwise
    NEVER = "never"


@dataclass(frozen=True)
class Looks:
    """How the rows of a form look: words of the columns, and which poster they are set on.

    ``amount`` is None where the form has no money; ``reason`` says that its reasons are published.
    """

    name: str
    class_: str
    amount: str | None
    total: str | None
    poster: PosterKind
    reason: bool = False


_NAME, _CLASS = N_("Head of household"), N_("Class")
_MONTHLY, _MONTHLY_TOTAL = N_("Amount (yuan a month)"), N_("Each month, yuan")
_AMOUNT, _TOTAL = N_("Amount (yuan)"), N_("Amount, yuan")
_CARE = N_("Way of care")

LOOKS: dict[Kind, Looks] = {
    Kind.STANDING: Looks(_NAME, _CLASS, _MONTHLY, _MONTHLY_TOTAL, "standing"),
    Kind.REVIEW: Looks(_NAME, _CLASS, _MONTHLY, _MONTHLY_TOTAL, "review"),
    Kind.TEMPORARY: Looks(_NAME, _CLASS, _AMOUNT, _TOTAL, "temporary", reason=True),
    Kind.PERSONS: Looks(N_("Person"), _CARE, _MONTHLY, _MONTHLY_TOTAL, "persons"),
    Kind.PERSONS_REVIEW: Looks(N_("Person"), _CARE, _MONTHLY, _MONTHLY_TOTAL, "persons-review"),
    Kind.PERSONS_ENDED: Looks(N_("Person"), _CARE, None, None, "persons-ended", reason=True),
    Kind.FAMILIES: Looks(_NAME, _CLASS, None, None, "families"),
    Kind.SUBSIDY: Looks(_NAME, _CLASS, _MONTHLY, _MONTHLY_TOTAL, "subsidy"),
    Kind.ONE_OFF: Looks(_NAME, _CLASS, _AMOUNT, _TOTAL, "one-off"),
}

# Of additions and removals 增减情况: what came and what went is not added up.
OF_CHANGES = Looks(_NAME, _CLASS, _MONTHLY, None, "changes", reason=True)


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    ``id`` is what the database, the log and programs call it; ``form`` the shape of its file.
    ``subject`` ends a Chinese title, ``figures_subject`` that of a notice in figures; ``heading``
    and ``word`` are messages for the pages. ``printed_window`` says that the list's period is the
    posting window itself, ``replaces`` that a new list takes the place of the one before.
    ``from_file`` tells whether it can be brought in as a spreadsheet, ``may_be_objected_to``
    whether residents object to single rows. ``own_names`` (Chinese, English), ``county`` and
    ``ended`` are those of a programme that a county has added; ``own_looks`` those of a kind that
    comes of no file.
    """

    id: str
    form: Kind
    programme: str
    subject: str
    word: str
    heading: str
    approved_by: Role
    window: Limit
    printed_window: bool = False
    replaces: bool = False
    basis: str = ""
    names: Names = Names.ALWAYS
    from_file: bool = True
    may_be_objected_to: bool = True
    figures_subject: str = ""
    own_names: tuple[str, str] | None = None
    county: str = ""
    ended: bool = False
    own_looks: Looks | None = None

    @property
    def window_days(self) -> int | None:
        """The rule's posting window in days; None where it hangs for as long as it holds."""
        return self.window.days

    @property
    def named(self) -> bool:
        """Whether its rows are published; where the county has not decided, they are not."""
        return self.names is Names.ALWAYS

    @property
    def looks(self) -> Looks:
        """How its rows look."""
        return self.own_looks or LOOKS[self.form]

    def own_name(self, locale: str) -> str:
        """Return what a county calls its own programme, "" for a built-in kind."""
        if self.own_names is None:
            return ""
        chinese, english = self.own_names
        return chinese if locale == DEFAULT_LOCALE else english
