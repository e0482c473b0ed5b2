"""What is urgent 紧急事项: whatever has to be decided on before the other lists, with its reason.

Each source yields its own things; the page shows them above the lists. Urgent corrections of what
is on display come first, then what should hang already, the oldest first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from disclosure.bulk.weighing import WaitingLine
from disclosure.corrections.queries import WaitingCorrection
from disclosure.kinds.facts import NoticeKind
from portal.kernel.clock import local_date
from portal.kernel.language import N_


@dataclass(frozen=True)
class About:
    """The list that an urgent thing is about: whose it is, of which kind and period."""

    township: str
    kind: NoticeKind
    period: str


@dataclass(frozen=True)
class UrgentThing:
    """One urgent thing: what it is about, since when, why, and the desk's page that shows it.

    ``about`` is a list, or the title of a notice. ``message`` is English with placeholders for
    ``params``; ``endpoint`` and ``values`` make the page's address.
    """

    about: About | str
    since: date
    message: str
    params: Mapping[str, object]
    endpoint: str
    values: Mapping[str, str]


def urgent_things(
    lines: Iterable[WaitingLine], corrections: Iterable[WaitingCorrection]
) -> tuple[UrgentThing, ...]:
    """Return what is urgent among the lists and the corrections that wait."""
    sources = (_corrections(corrections), _windows(lines))
    return tuple(
        thing for source in sources for thing in sorted(source, key=lambda thing: thing.since)
    )


def _corrections(corrections: Iterable[WaitingCorrection]) -> Iterable[UrgentThing]:
    """Yield corrections that their clerk has called urgent: what is wrong hangs meanwhile."""
    for correction in corrections:
        if correction.urgent:
            yield UrgentThing(
                about=correction.title,
                since=local_date(correction.submitted_at),
                message=N_("An urgent correction of what is on display."),
                params={},
                endpoint="corrections.show",
                values={"notice_id": correction.notice_id},
            )


def _windows(lines: Iterable[WaitingLine]) -> Iterable[UrgentThing]:
    """Yield notices whose printed days begin at once or have begun: each day late moves the end."""
    for line in lines:
        if line.urgent_on is not None:
            yield UrgentThing(
                about=About(line.township, line.kind, line.period),
                since=line.urgent_on,
                message=N_("Its days on display begin on %(day)s; approved later, they end later."),
                params={"day": line.urgent_on.isoformat()},
                endpoint="lists.show",
                values={"submission_id": line.id},
            )
