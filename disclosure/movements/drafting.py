"""Drafting the notice of additions and removals 增减公示拟稿: from a set of changes, nothing typed.

One notice for each village that anybody came to or left. It is an ordinary list from then on: a
second person approves its digest. Whole names are not kept for those who left, so every channel
shows masked ones, also where the county shows whole names on the board.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.catalogue import CHANGES, kind_of
from disclosure.drafting import (
    DraftNotice,
    DraftRow,
    IntakePlace,
    Totals,
    bind_notice,
    chinese_period,
    notice_content,
)
from disclosure.gate import GateHit, scan, texts_of_rows
from disclosure.importing import store_notices
from disclosure.intake.places import Place
from disclosure.kinds.facts import NoticeKind
from disclosure.kinds.tally import FEW_HOUSEHOLDS
from disclosure.lifecycle import SubmissionState
from disclosure.log.commitment import joint_digest
from disclosure.log.rows import SALT_BYTES
from disclosure.models import Submission
from disclosure.movements.comparing import ORDER, Change, Listed
from disclosure.movements.completing import (
    RecordedChange,
    check_complete,
    check_open,
    get_change_set,
    list_changes,
)
from disclosure.movements.models import ChangeSet
from disclosure.movements.publishing import find_draft
from disclosure.movements.reasons import CAME_FROM_ANOTHER, LEFT_FOR_ANOTHER
from disclosure.namepolicy import get_policy
from disclosure.queries import get_intake_place
from portal.data.accounts import Actor, audit
from portal.data.ids import new_id
from portal.data.regions import Region
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.masking import Channel, MaskingPolicy, NameStyle, mask_name
from portal.kernel.period import parse_period
from portal.kernel.permissions import Permission
from portal.kernel.receipts import new_notice_id

# A change as one village's notice says it: what became of the household, its row there, the words.
Told = tuple[Change, Listed, str]


def told_in_villages(changes: Sequence[RecordedChange]) -> dict[str, list[Told]]:
    """Return what each village's notice says, in its order: who came, who left, who moved.

    A household that moved stands in both villages' notices, as a move in each.
    """
    told: dict[str, list[Told]] = {}
    for one in changes:
        before, after = one.household.before, one.household.after
        term = one.reason.term if one.reason else ""
        if one.change is Change.ADDED and after is not None:
            told.setdefault(after.village, []).append((one.change, after, term))
        elif one.change is Change.REMOVED and before is not None:
            told.setdefault(before.village, []).append((one.change, before, term))
        elif one.change is Change.MOVED:
            if before is not None:
                told.setdefault(before.village, []).append((one.change, before, LEFT_FOR_ANOTHER))
            if after is not None:
                told.setdefault(after.village, []).append((one.change, after, CAME_FROM_ANOTHER))
    for lines in told.values():
        lines.sort(key=lambda line: (ORDER[line[0]], line[2] == CAME_FROM_ANOTHER, line[1].n))
    return told


def draft_changes(session: Session, actor: Actor, set_id: str, *, now: datetime) -> str:
    """Draft the notices of a set 生成增减公示; returns the id of what waits to be submitted.

    What is drafted already is returned again. Raises Refused while a reason is missing or where
    nobody came or went, Conflict once it is published.
    """
    actor.require(Permission.UPLOAD_LIST)
    change_set = get_change_set(session, actor, set_id)
    drafted = find_draft(session, change_set)
    if drafted is not None:
        return drafted.id
    check_open(session, change_set)
    check_complete(session, change_set)
    notices = _draft_notices(session, change_set)
    if not notices:
        raise Refused(
            N_("No household came, left or moved, so there is no notice to be published.")
        )
    submission = _store(session, actor, change_set, notices, now)
    change_set.drafted_id = submission.id
    audit(
        session,
        actor,
        "changes-draft",
        f"submission:{submission.id}",
        now=now,
        changes=set_id,
        region=change_set.region_code,
        period=change_set.later_period,
        digest=submission.digest,
    )
    return submission.id


def _draft_notices(session: Session, change_set: ChangeSet) -> list[DraftNotice]:
    """Return the notices, in the villages' order, as approvals take them."""
    programme = change_set.programme
    kind = replace(kind_of(CHANGES), programme=programme, subject=f"{programme}对象增减情况")
    place = get_intake_place(session, change_set.region_code)
    policy = get_policy(session, change_set.region_code)
    told = told_in_villages(list_changes(session, change_set))
    villages = session.scalars(select(Region).where(Region.code.in_(told)).order_by(Region.code))
    return [
        _draft(told[village.code], village, kind, place, policy, change_set) for village in villages
    ]


def _draft(
    lines: Sequence[Told],
    region: Region,
    kind: NoticeKind,
    place: IntakePlace,
    policy: MaskingPolicy,
    change_set: ChangeSet,
) -> DraftNotice:
    village = Place(region.code, region.name, region.level.value, region.parent_code or "")
    period = parse_period(change_set.later_period)
    title = f"{place.region.name}{village.name}{chinese_period(period)}{kind.subject}"
    rows = [_row(n, line, village, policy) for n, line in enumerate(lines, start=1)]
    content = {
        **notice_content(title, village, kind, place, period),
        "compared_with": change_set.earlier_period,
        "names": policy.as_mapping(),
    }
    totals = Totals(
        households=len(rows),
        persons=sum(row.persons or 0 for row in rows),
        amount_fen=sum(row.amount_fen for row in rows),
        say_too_much=len(rows) < FEW_HOUSEHOLDS,
    )
    return bind_notice(new_notice_id(), village, content, rows, totals=totals)


def _row(n: int, line: Told, village: Place, policy: MaskingPolicy) -> DraftRow:
    change, listed, term = line
    # Only who still receives is in a gradual exit.
    receives = change is Change.ADDED or term == CAME_FROM_ANOTHER
    return DraftRow(
        n=n,
        village=village.name,
        group=listed.group,
        names=_names(listed, policy),
        whole=None,
        persons=listed.persons,
        class_=listed.class_,
        amount_fen=listed.amount_fen,
        reason=term,
        salt=secrets.token_bytes(SALT_BYTES),
        # Nothing is looked for in these rows, so what would recognise the household is not kept.
        household_digest="",
        person_digest="",
        exit_month=listed.exit_month if receives else None,
        change=change.value,
    )


def _names(listed: Listed, policy: MaskingPolicy) -> dict[Channel, str]:
    """Return the names, masked further where the county has become stricter since the lists."""
    masked = {
        Channel.WEB: listed.name,
        Channel.BOARD: listed.name_board or listed.name,
        Channel.KIOSK: listed.name_kiosk or listed.name,
    }
    return {
        channel: name
        if policy.style(channel) is NameStyle.WHOLE
        else mask_name(name, channel, policy)
        for channel, name in masked.items()
    }


def _store(
    session: Session,
    actor: Actor,
    change_set: ChangeSet,
    notices: Sequence[DraftNotice],
    now: datetime,
) -> Submission:
    submission = Submission(
        id=new_id(),
        kind=CHANGES,
        region_code=change_set.region_code,
        period=change_set.later_period,
        state=SubmissionState.DRAFT,
        file_digest=hashlib.sha256(f"changes {change_set.id}".encode()).hexdigest(),
        file_name="",
        rows_ok=sum(len(notice.rows) for notice in notices),
        rows_bad=0,
        households=sum(notice.households for notice in notices),
        persons=sum(notice.persons for notice in notices),
        amount_fen=sum(notice.amount_fen for notice in notices),
        problems=[],
        gate_hits=[asdict(hit) for hit in _scan(notices)],
        digest=joint_digest([notice.commitment for notice in notices]),
        created_at=now,
        created_by=actor.user_id,
    )
    session.add(submission)
    session.flush()
    programme = change_set.programme
    key_id = change_set.key_id or ""
    store_notices(session, submission, notices, programme=programme, key_id=key_id)
    return submission


def _scan(notices: Sequence[DraftNotice]) -> tuple[GateHit, ...]:
    texts = [
        text
        for notice in notices
        for text in texts_of_rows(
            notice.place.name,
            [(row.n, row.group, row.class_, row.reason) for row in notice.rows],
        )
    ]
    return scan(texts, frozenset())
