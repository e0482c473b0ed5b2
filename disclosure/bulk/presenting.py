"""How bulk approval is shown 批量审批页面: lines and words that its templates receive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from disclosure.bulk.standingout import Difference, Totals, difference
from disclosure.bulk.weighing import WaitingLine
from disclosure.bulk.wording import (
    CODE_WORDS,
    OTHER_WARNING,
    OUTCOME_COLOURS,
    OUTCOME_WORDS,
    difference_words,
)
from disclosure.wording import kind_words, period_words
from portal.kernel.period import parse_period
from portal.web.addresses import request_locale


@dataclass(frozen=True)
class JointTotals:
    """What several lists add up to, and by how much that is more than before.

    The differences are those of the lists that have an earlier one, ``compared`` in number.
    """

    totals: Totals
    compared: int
    households: Difference
    persons: Difference
    amount: Difference


def totals_of(lines: Iterable[WaitingLine]) -> JointTotals:
    """Add several lists up, like with like."""
    each = list(lines)
    compared = [line for line in each if line.earlier is not None]
    now = _sum(line.totals for line in compared)
    before = _sum(line.earlier for line in compared if line.earlier is not None)
    return JointTotals(
        _sum(line.totals for line in each),
        len(compared),
        difference(now.households, before.households),
        difference(now.persons, before.persons),
        difference(now.amount_fen, before.amount_fen),
    )


def _sum(each: Iterable[Totals]) -> Totals:
    totals = list(each)
    return Totals(
        sum(one.households for one in totals),
        sum(one.persons for one in totals),
        sum(one.amount_fen for one in totals),
    )


def page_words() -> Mapping[str, Any]:
    """Return what every template of bulk approval says its things with, in the page's language."""
    return {
        "kind_words": lambda kind: kind_words(kind, request_locale(), _),
        "period_of": lambda text: period_words(parse_period(text), _),
        "said": said,
        "difference_words": difference_words,
        "code_words": lambda code: _(CODE_WORDS.get(code, OTHER_WARNING)),
        "outcome_words": lambda outcome: _(OUTCOME_WORDS[outcome]),
        "outcome_colours": OUTCOME_COLOURS,
    }


def said(message: str, params: Mapping[str, object]) -> str:
    """Return a sentence in the page's language with its parameters in it."""
    return _(message) % dict(params) if params else _(message)
