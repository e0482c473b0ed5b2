"""Drafting 拟稿: checked rows become masked notices, one a village, with what commits to them.

This is the door: from here on nobody sees the person (rules/masking.md, 3).
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from disclosure.catalogue import NoticeKind
from disclosure.intake.places import Place
from disclosure.intake.result import Checked, CheckedRow
from disclosure.log.commitment import (
    SALT_BYTES,
    Commitment,
    canonical,
    content_digest,
    rows_root,
)
from portal.kernel.masking import Channel, MaskingPolicy, mask_name
from portal.kernel.money import format_yuan
from portal.kernel.period import Period, PeriodKind
from portal.kernel.receipts import new_notice_id, new_short_code

EXPENDITURE_TYPE = "支出型"
FEW_HOUSEHOLDS = 3  # totals of fewer say something about one person

# What is shown elsewhere than on the web, and approved together with it.
OTHER_CHANNELS = (Channel.BOARD, Channel.KIOSK)

KeyedDigest = Callable[..., str]


@dataclass(frozen=True)
class Contact:
    """A unit as residents reach it: name, telephone, address."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True)
class IntakePlace:
    """The township a file is for: its path from the city down, its villages, who answers for it."""

    region: Place
    path: tuple[str, ...]
    villages: tuple[Place, ...]
    issuer: Contact
    supervisor: Contact


@dataclass(frozen=True)
class DraftRow:
    """One row as each channel shows it; the digests are keyed (rules/masking.md, 2)."""

    n: int
    village: str
    group: str
    names: dict[Channel, str]
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    salt: bytes = field(repr=False)
    household_digest: str = field(repr=False)
    person_digest: str = field(repr=False)


@dataclass(frozen=True)
class DraftNotice:
    """One village's notice before approval."""

    id: str
    place: Place
    title: str
    content: dict[str, Any]
    commitment: Commitment
    rows: tuple[DraftRow, ...]
    households: int
    persons: int
    amount_fen: int
    totals_salt: bytes | None = field(repr=False)
    codes: dict[Channel, str]


def public_row(
    *,
    n: int,
    village: str,
    group: str,
    name: str,
    persons: int | None,
    class_: str,
    amount_fen: int,
    reason: str,
) -> dict[str, Any]:
    """Return a row's public members in the names of ``/n/<id>.json``, without its salt.

    ``reason`` is published for temporary assistance alone (rules/masking.md, 1).
    """
    row: dict[str, Any] = {
        "n": n,
        "village": village,
        "group": group,
        "name": name,
        "persons": persons,
        "class": class_,
        "amount": format_yuan(amount_fen),
    }
    return {**row, "reason": reason} if reason else row


def row_members(row: DraftRow, channel: Channel) -> dict[str, Any]:
    """Return ``row`` as ``channel`` shows it."""
    return public_row(
        n=row.n,
        village=row.village,
        group=row.group,
        name=row.names[channel],
        persons=row.persons,
        class_=row.class_,
        amount_fen=row.amount_fen,
        reason=row.reason,
    )


def chinese_period(period: Period) -> str:
    """Return a period as a title writes it: 2026年10月, 2026年第三季度, 2026年."""
    first = period.first_on
    if period.kind is PeriodKind.YEAR:
        return f"{first.year}年"
    if period.kind is PeriodKind.QUARTER:
        return f"{first.year}年第{'一二三四'[(first.month - 1) // 3]}季度"
    return f"{first.year}年{first.month}月"


def draft_notices(
    checked: Checked,
    *,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    policy: MaskingPolicy,
    keyed: KeyedDigest,
) -> tuple[DraftNotice, ...]:
    """Mask the checked rows and make one notice of each village, in the villages' order.

    Emergency relief (急难型) is published in figures only (rules/masking.md, 1).
    """
    by_village: dict[str, list[CheckedRow]] = {}
    for row in checked.list_rows:
        by_village.setdefault(row.village.code, []).append(row)
    return tuple(
        _draft(by_village[village.code], village, kind, place, period, policy, keyed)
        for village in place.villages
        if village.code in by_village
    )


def _draft(
    rows: Sequence[CheckedRow],
    village: Place,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    policy: MaskingPolicy,
    keyed: KeyedDigest,
) -> DraftNotice:
    listed = [row for row in rows if row.relief_type in {"", EXPENDITURE_TYPE}]
    in_figures = [row for row in rows if row.relief_type not in {"", EXPENDITURE_TYPE}]
    masked = tuple(_mask(row, n, policy, keyed) for n, row in enumerate(listed, start=1))
    title = f"{place.region.name}{village.name}{chinese_period(period)}{kind.subject}"
    content = _content(title, village, kind, place, period, in_figures, masked)
    return DraftNotice(
        id=new_notice_id(),
        place=village,
        title=title,
        content=content,
        commitment=commit(content, masked),
        rows=masked,
        households=len(rows),
        persons=sum(row.persons or 0 for row in rows),
        amount_fen=sum(row.amount_fen for row in rows),
        totals_salt=secrets.token_bytes(SALT_BYTES) if len(rows) < FEW_HOUSEHOLDS else None,
        codes={Channel.WEB: new_short_code(), Channel.BOARD: new_short_code()},
    )


def _mask(row: CheckedRow, n: int, policy: MaskingPolicy, keyed: KeyedDigest) -> DraftRow:
    return DraftRow(
        n=n,
        village=row.village.name,
        group=row.group,
        names={
            channel: mask_name(row.name, channel, policy, minor=row.minor) for channel in Channel
        },
        persons=row.persons,
        class_=row.class_,
        amount_fen=row.amount_fen,
        reason=row.reason if row.relief_type else "",
        salt=secrets.token_bytes(SALT_BYTES),
        household_digest=keyed("household", row.id_number),
        person_digest=keyed("person", row.id_number, row.name),
    )


def _content(
    title: str,
    village: Place,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    in_figures: Sequence[CheckedRow],
    rows: Sequence[DraftRow],
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "title": title,
        "kind": kind.kind.value,
        "programme": kind.programme,
        "region": village.code,
        "place": [*place.path, village.name],
        "period": period.text,
        "basis": kind.basis,
        "issuer": _members(place.issuer),
        "supervisor": _members(place.supervisor),
        # What the board and the touch screen show is approved together with the web's text.
        "channels": {
            channel.value: channel_root(
                ((row_members(row, channel), row.salt) for row in rows), channel
            )
            for channel in OTHER_CHANNELS
        },
    }
    if in_figures:
        content["emergency"] = {
            "households": len(in_figures),
            "amount": format_yuan(sum(row.amount_fen for row in in_figures)),
        }
    return content


def _members(contact: Contact) -> dict[str, str]:
    return {"name": contact.name, "phone": contact.phone, "address": contact.address}


def channel_root(rows: Iterable[tuple[Mapping[str, Any], bytes]], channel: Channel) -> str:
    """Return the root (hex) over the rows as ``channel`` shows them, each with its salt."""
    return rows_root(
        (canonical({"channel": channel.value, **members}), salt) for members, salt in rows
    )


def commit(content: dict[str, Any], rows: Sequence[DraftRow]) -> Commitment:
    """Return what commits to a notice: its content, and its rows as the web shows them."""
    return Commitment(
        content=content_digest(content),
        rows=rows_root((canonical(row_members(row, Channel.WEB)), row.salt) for row in rows),
    )


def file_digest(keyed: KeyedDigest, data: bytes) -> str:
    """Return the keyed digest by which the same file is recognised."""
    return keyed("file", hashlib.sha256(data).hexdigest())
