"""Second look 双人复核: what figures and documents share on their way into public view.

As with lists, whoever prepares something cannot approve it, what is approved is a digest, and each
publication and withdrawal is an entry of the public log (rules/transparency-log.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from disclosure.gate import GateHit, PublishedText, scan
from disclosure.lifecycle import SubmissionAction, SubmissionState, after
from disclosure.log.rows import rows_root
from disclosure.logbook.appending import NewEntry, append_entries
from disclosure.reviewed import Reviewed
from portal.data.accounts import Actor, list_units
from portal.kernel.clock import local_date
from portal.kernel.errors import Conflict, Forbidden, Refused
from portal.kernel.language import N_

HAS_CHANGED = N_("This has changed since you looked at it. Load it again and check it anew.")
NOT_YOURS = N_("Whoever prepared something cannot approve it; a second person must.")


@dataclass(frozen=True)
class ReviewWords:
    """What a refusal says: why somebody may not approve, and what stands in the way of an action.

    ``why_not`` names for each state why the action that was tried is too late or too early.
    """

    not_yours: str
    why_not: Mapping[SubmissionState, str]


WORDS = ReviewWords(
    NOT_YOURS,
    {
        SubmissionState.DRAFT: N_("This has not been submitted yet."),
        SubmissionState.SUBMITTED: N_("This has been submitted already and waits for approval."),
        SubmissionState.APPROVED: N_("Somebody else has approved this already; it is published."),
        SubmissionState.RETURNED: N_("This has been returned already."),
        SubmissionState.DISCARDED: N_("This draft has been discarded."),
    },
)


def next_state(
    item: Reviewed, action: SubmissionAction, words: ReviewWords = WORDS
) -> SubmissionState:
    """Return the state that ``action`` leads to; raises Conflict where it leads nowhere."""
    state = after(item.state, action)
    if state is None:
        raise Conflict(words.why_not[item.state])
    return state


def mark_submitted(
    item: Reviewed, actor: Actor, *, now: datetime, words: ReviewWords = WORDS
) -> None:
    """Submit ``item`` for approval 提交."""
    item.state = next_state(item, SubmissionAction.SUBMIT, words)
    item.submitted_at, item.submitted_by = now, actor.user_id


def mark_approved(
    item: Reviewed, actor: Actor, *, now: datetime, words: ReviewWords = WORDS
) -> None:
    """Approve ``item`` 审批; raises Forbidden for the person who prepared it."""
    if not is_second_person(actor, item):
        raise Forbidden(words.not_yours)
    item.state = next_state(item, SubmissionAction.APPROVE, words)
    item.decided_at, item.decided_by = now, actor.user_id


def mark_returned(
    item: Reviewed, actor: Actor, reason: str, *, now: datetime, words: ReviewWords = WORDS
) -> None:
    """Return ``item`` to whoever prepared it 退回, with a reason."""
    if not reason.strip():
        raise Refused(N_("Say what must be corrected."), field="reason")
    item.state = next_state(item, SubmissionAction.RETURN, words)
    item.decided_at, item.decided_by = now, actor.user_id
    item.return_reason = reason.strip()[:400]


def mark_overtaken(item: Reviewed, reason: str, *, now: datetime) -> None:
    """Send ``item`` back 退回重拟, because what it was made from is another now; nobody decided."""
    item.state = next_state(item, SubmissionAction.OVERTAKE)
    item.decided_at, item.return_reason = now, reason


def is_second_person(actor: Actor, item: Reviewed) -> bool:
    """Tell whether ``actor`` is another than who prepared ``item``; the operator always is."""
    return actor.user_id is None or actor.user_id not in {item.created_by, item.submitted_by}


def check_gate(hits: Sequence[object]) -> None:
    """Raise Refused where personal data was found in what would be published."""
    if hits:
        raise Refused(
            N_("Personal data was found in %(count)s texts that would be published. Remove it."),
            count=len(hits),
        )


def scan_texts(session: Session, texts: Sequence[tuple[str, str]]) -> tuple[GateHit, ...]:
    """Scan (where it stands, text) for personal data; telephones of the units are public."""
    phones = sorted({unit.phone for unit in list_units(session) if unit.phone}, key=len)
    cleared = [
        PublishedText("", where, None, without(text, reversed(phones)), free=True)
        for where, text in texts
        if text
    ]
    return scan(cleared, frozenset())


def without(text: str, phones: Any) -> str:
    """Return ``text`` without the given telephones, so that the gate does not stop at them."""
    for phone in phones:
        for written in (phone, phone.replace("-", ""), phone.replace("-", " ")):
            text = text.replace(written, "…")
    return text


@dataclass(frozen=True)
class LoggedMatter:
    """What an entry of the log is about; ``prev`` is the index of the entry that it replaces."""

    id: str
    kind: str
    version: int
    region: str
    content: str
    prev: int | None


def log_event(session: Session, event: str, matter: LoggedMatter, *, now: datetime) -> int:
    """Append an entry about something that has no rows of people; returns its index."""
    members = {
        "event": event,
        "notice": matter.id,
        "version": matter.version,
        "kind": matter.kind,
        "region": matter.region,
        "period": None,
        "posted_from": local_date(now).isoformat(),
        "posted_to": None,
        "totals": None,
        "content": matter.content,
        "rows": rows_root(()),
        "prev": matter.prev,
    }
    return append_entries(session, [NewEntry(matter.id, members)], now=now)[0]
