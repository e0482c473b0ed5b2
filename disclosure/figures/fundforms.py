"""Fund figures at the desk 资金发放审核: what differs, and where reasons are stated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from disclosure.drafting import FEW_HOUSEHOLDS
from disclosure.figures.differences import Difference, differences_in, matched_lines_of
from disclosure.figures.funding import Stated
from disclosure.figures.fundpages import FundLineView, PlaceFunds, add_up
from disclosure.figures.funds import REASON_WORDS, DifferenceReason, SetKind
from disclosure.figures.fundviews import fund_words
from disclosure.figures.models import FigureSet
from disclosure.figures.pages import programme_words


@dataclass(frozen=True)
class DifferenceView:
    """A difference with the reason that is stated, or was typed; ``n`` names its fields."""

    n: int
    region: str
    month: str
    programme: str
    difference: str
    compared_with: str
    reason: str
    reason_words: str
    explanation: str
    error: str


@dataclass(frozen=True)
class FundPart:
    """What the page of a set tells of the fund figures in it."""

    lines: tuple[FundLineView, ...]
    total: PlaceFunds
    differences: tuple[DifferenceView, ...]
    lacking: int
    few: int
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Typed:
    """What somebody typed of reasons, by the names of the fields, and what is wrong with it."""

    fields: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)


NOTHING_TYPED = Typed()


def fund_part(
    session: Session, found: FigureSet, typed: Typed = NOTHING_TYPED, *, now: datetime
) -> FundPart | None:
    """Return what the desk shows of a set's fund figures, None for a set of other figures."""
    if found.kind is not SetKind.FUNDS:
        return None
    matched = matched_lines_of(session, found.id, now=now)
    differences = differences_in(matched)
    return FundPart(
        lines=tuple(map(fund_words().view, matched)),
        total=add_up(found.region_code, matched),
        differences=tuple(_difference(one, typed) for one in differences),
        lacking=sum(one.lacks_reason for one in differences),
        few=sum(0 < one.line.sums.households < FEW_HOUSEHOLDS for one in matched),
        reasons=tuple((reason.value, _(words)) for reason, words in REASON_WORDS.items()),
    )


def _difference(one: Difference, typed: Typed) -> DifferenceView:
    words, n = fund_words(), one.ns[0]
    line = one.first.line
    view = words.view(one.first)
    stated = line.reason.value if line.reason else ""
    return DifferenceView(
        n=n,
        region=one.region,
        month=words.period(one.month),
        programme=words.comma.join(programme_words(name, _) for name in one.programmes),
        difference=view.difference,
        compared_with=view.compared_with,
        reason=typed.fields.get(f"reason-{n}", stated),
        reason_words=_(REASON_WORDS[line.reason]) if line.reason else "",
        explanation=typed.fields.get(f"explanation-{n}", line.explanation),
        error=typed.errors.get(n, ""),
    )


def stated_in(
    fields: Mapping[str, str], differences: tuple[Difference, ...]
) -> tuple[dict[int, Stated], dict[int, str]]:
    """Return the reasons that a form states, by line, and what is wrong, by the first of the lines.

    A difference of which nothing is said stays as it is.
    """
    stated: dict[int, Stated] = {}
    errors: dict[int, str] = {}
    for one in differences:
        n = one.ns[0]
        reason = fields.get(f"reason-{n}", "")
        explanation = fields.get(f"explanation-{n}", "").strip()
        if not reason and not explanation:
            continue
        if reason not in {known.value for known in DifferenceReason}:
            errors[n] = _("Choose a reason.")
        elif not explanation:
            errors[n] = _("Say in a few words what the difference is; residents will read it.")
        else:
            stated |= dict.fromkeys(one.ns, Stated(DifferenceReason(reason), explanation))
    return stated, errors
