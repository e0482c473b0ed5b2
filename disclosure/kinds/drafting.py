"""Drafting in figures 汇总拟稿: a list whose names the county does not show becomes one notice.

It has no row: a township's households by village, and no cell of a few of them. Whoever is on the
list cannot be found again, so no keyed digest of anybody is kept either.
"""

from collections.abc import Sequence
from dataclasses import replace

from disclosure.drafting import (
    DraftNotice,
    IntakePlace,
    Totals,
    bind_notice,
    chinese_period,
    notice_content,
)
from disclosure.intake.places import Place
from disclosure.intake.result import Checked, CheckedRow
from disclosure.kinds.facts import NoticeKind
from disclosure.kinds.tally import Cell, tally
from portal.kernel.masking import MaskingPolicy
from portal.kernel.period import Period
from portal.kernel.receipts import new_notice_id


def draft_in_figures(
    checked: Checked, *, kind: NoticeKind, place: IntakePlace, period: Period, policy: MaskingPolicy
) -> tuple[DraftNotice, ...]:
    """Return the one notice of a township, none where no row of the file can be counted."""
    rows = checked.list_rows
    if not rows:
        return ()
    counted = tally([_cell(village, rows) for village in place.villages])
    total = counted.total or Cell("", 0, 0)
    title = f"{place.region.name}{chinese_period(period)}{kind.figures_subject or kind.subject}"
    posted_in = replace(place, path=place.path[:-1])
    content = {
        **notice_content(title, place.region, kind, posted_in, period),
        "figures": counted.content(),
        "names": policy.as_mapping(),
    }
    totals = Totals(
        households=total.households,
        persons=total.persons,
        amount_fen=total.amount_fen,
        say_too_much=counted.total is None,
    )
    return (bind_notice(new_notice_id(), place.region, content, (), totals=totals),)


def _cell(village: Place, rows: Sequence[CheckedRow]) -> Cell:
    own = [row for row in rows if row.village.code == village.code]
    return Cell(
        village.name,
        len(own),
        sum(row.persons or 0 for row in own),
        sum(row.amount_fen for row in own),
    )
