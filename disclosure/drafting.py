"""Drafting 拟稿: checked rows become masked notices, one a village, with what commits to them.

This is the door: from here on nobody sees the person (rules/masking.md, 3).
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from disclosure.boardnames import Seal, seal_names
from disclosure.intake.places import Place
from disclosure.intake.result import Checked, CheckedRow
from disclosure.kinds.facts import NoticeKind
from disclosure.kinds.tally import FEW_HOUSEHOLDS
from disclosure.log.commitment import Commitment, canonical, content_digest
from disclosure.log.rows import SALT_BYTES, row_leaf
from disclosure.log.tree import tree_root
from disclosure.publicrow import PublicRow
from portal.kernel.masking import Channel, MaskingPolicy, NameStyle, mask_name
from portal.kernel.money import format_yuan
from portal.kernel.period import Period, PeriodKind
from portal.kernel.receipts import new_notice_id, new_short_code

EXPENDITURE_TYPE = "支出型"

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
    """One row as each channel shows it; the digests are keyed (rules/masking.md, 2).

    ``names`` are all masked; ``whole`` is what the board shows instead where the county decided so.
    """

    n: int
    village: str
    group: str
    names: dict[Channel, str]
    whole: str | None = field(repr=False)
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    salt: bytes = field(repr=False)
    household_digest: str = field(repr=False)
    person_digest: str = field(repr=False)
    exit_month: str | None = None
    change: str | None = None


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
    channel_salt: bytes = field(repr=False)
    totals_salt: bytes | None = field(repr=False)
    board_names: bytes | None = field(repr=False)
    codes: dict[Channel, str]


def channel_digest(channel: Channel, rows_root: str, names: Sequence[str], salt: bytes) -> str:
    """Return what commits to the names that a channel shows beside the web's rows (hex).

    Salted with what is never published, or whoever knows 王** and the row's salt could find out by
    trying what stands behind the stars.
    """
    shown = canonical({"channel": channel.value, "names": list(names), "rows": rows_root})
    return hashlib.sha256(salt + shown).hexdigest()


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
    seal: Seal,
) -> tuple[DraftNotice, ...]:
    """Mask the checked rows and make one notice of each village, in the villages' order.

    Emergency relief (急难型) is published in figures only (rules/masking.md, 1). ``seal`` closes
    the parcel of whole names, where ``policy`` shows them on the board.
    """
    door = _Door(policy, keyed, seal, reasons=kind.looks.reason)
    by_village: dict[str, list[CheckedRow]] = {}
    for row in checked.list_rows:
        by_village.setdefault(row.village.code, []).append(row)
    return tuple(
        _draft(by_village[village.code], village, kind, place, period, door)
        for village in place.villages
        if village.code in by_village
    )


@dataclass(frozen=True)
class _Door:
    """What stands between the file and everybody else."""

    policy: MaskingPolicy
    keyed: KeyedDigest
    seal: Seal
    reasons: bool

    def mask_all(self, rows: Sequence[CheckedRow]) -> tuple[DraftRow, ...]:
        """Return the rows as they may be seen, each with a salt of its own."""
        salts = secrets.token_bytes(SALT_BYTES * len(rows))
        return tuple(
            self._mask(row, at + 1, salts[SALT_BYTES * at : SALT_BYTES * (at + 1)])
            for at, row in enumerate(rows)
        )

    def _mask(self, row: CheckedRow, n: int, salt: bytes) -> DraftRow:
        whole = None
        if self.policy.board is NameStyle.WHOLE and not row.minor:
            whole = mask_name(row.name, Channel.BOARD, self.policy)
        return DraftRow(
            n=n,
            village=row.village.name,
            group=row.group,
            names=names_on_channels(row.name, self.policy, minor=row.minor),
            whole=whole,
            persons=row.persons,
            class_=row.class_,
            amount_fen=row.amount_fen,
            reason=row.reason if self.reasons else "",
            salt=salt,
            household_digest=self.keyed("household", row.id_number),
            person_digest=self.keyed("person", row.id_number, row.name),
            exit_month=row.exit_month,
        )

    def parcel(self, notice_id: str, rows: Sequence[DraftRow]) -> bytes | None:
        """Return the sealed whole names of a notice, None where the board shows masked ones."""
        if self.policy.board is not NameStyle.WHOLE:
            return None
        whole = {row.n: row.whole for row in rows if row.whole is not None}
        return seal_names(self.seal, notice_id, whole)


def names_on_channels(name: str, policy: MaskingPolicy, *, minor: bool) -> dict[Channel, str]:
    """Return the masked name on every channel; where it is to be whole, the web's stands here.

    Channels of one style are masked once.
    """
    web = mask_name(name, Channel.WEB, policy, minor=minor)
    names = {Channel.WEB: web}
    for channel in OTHER_CHANNELS:
        style = policy.style(channel)
        if style in (policy.web, NameStyle.WHOLE):
            names[channel] = web
        elif channel is Channel.KIOSK and style is policy.board:
            names[channel] = names[Channel.BOARD]
        else:
            names[channel] = mask_name(name, channel, policy, minor=minor)
    return names


def _draft(
    rows: Sequence[CheckedRow],
    village: Place,
    kind: NoticeKind,
    place: IntakePlace,
    period: Period,
    door: _Door,
) -> DraftNotice:
    listed = [row for row in rows if row.relief_type in {"", EXPENDITURE_TYPE}]
    in_figures = [row for row in rows if row.relief_type not in {"", EXPENDITURE_TYPE}]
    masked = door.mask_all(listed)
    title = f"{place.region.name}{village.name}{chinese_period(period)}{kind.subject}"
    notice_id = new_notice_id()
    board_names = door.parcel(notice_id, masked)
    content = {
        **notice_content(title, village, kind, place, period),
        **_emergency(in_figures),
        "names": door.policy.as_mapping(),
    }
    return bind_notice(
        notice_id,
        village,
        content,
        masked,
        totals=Totals(
            households=len(rows),
            persons=sum(row.persons or 0 for row in rows),
            amount_fen=sum(row.amount_fen for row in rows),
            say_too_much=_say_too_much(listed, in_figures),
        ),
        board_names=board_names,
    )


@dataclass(frozen=True)
class Totals:
    """What a notice adds up to; ``say_too_much`` where they say something about one person."""

    households: int
    persons: int
    amount_fen: int
    say_too_much: bool


def bind_notice(
    notice_id: str,
    village: Place,
    content: Mapping[str, Any],
    rows: Sequence[DraftRow],
    *,
    totals: Totals,
    board_names: bytes | None = None,
) -> DraftNotice:
    """Make a notice of its text and its masked rows, with what commits to both on each channel."""
    root, salt = tree_root([_leaf(row) for row in rows]).hex(), secrets.token_bytes(SALT_BYTES)
    channels = {
        channel: channel_digest(channel, root, [_shown(row, channel) for row in rows], salt)
        for channel in OTHER_CHANNELS
    }
    whole = {**content, **committed_channels(channels, board_names)}
    return DraftNotice(
        id=notice_id,
        place=village,
        title=content["title"],
        content=whole,
        commitment=Commitment(content_digest(whole), root),
        rows=tuple(rows),
        households=totals.households,
        persons=totals.persons,
        amount_fen=totals.amount_fen,
        channel_salt=salt,
        totals_salt=secrets.token_bytes(SALT_BYTES) if totals.say_too_much else None,
        board_names=board_names,
        codes={Channel.WEB: new_short_code(), Channel.BOARD: new_short_code()},
    )


def _say_too_much(listed: Sequence[CheckedRow], in_figures: Sequence[CheckedRow]) -> bool:
    """Tell whether totals say something about one person: one part of them is of a few alone.

    The other part is published, so that it could be subtracted.
    """
    return any(0 < len(part) < FEW_HOUSEHOLDS for part in (listed, in_figures))


def _leaf(row: DraftRow) -> bytes:
    public = PublicRow(
        *(row.n, row.village, row.group, row.names[Channel.WEB], row.persons),
        *(row.class_, row.amount_fen, row.reason, row.exit_month, row.change),
    )
    return row_leaf(public.jcs(), row.salt)


def _shown(row: DraftRow, channel: Channel) -> str:
    if channel is Channel.BOARD and row.whole is not None:
        return row.whole
    return row.names[channel]


def notice_content(
    title: str, village: Place, kind: NoticeKind, place: IntakePlace, period: Period
) -> dict[str, Any]:
    """Return what a notice says beside its rows."""
    return {
        "title": title,
        "kind": kind.id,
        "programme": kind.programme,
        "region": village.code,
        "place": [*place.path, village.name],
        "period": period.text,
        "basis": kind.basis,
        "issuer": _members(place.issuer),
        "supervisor": _members(place.supervisor),
    }


def _emergency(in_figures: Sequence[CheckedRow]) -> dict[str, Any]:
    """Return what a notice says of emergency relief 急难型, in figures only."""
    if not in_figures:
        return {}
    amount = format_yuan(sum(row.amount_fen for row in in_figures))
    return {"emergency": {"households": len(in_figures), "amount": amount}}


def _members(contact: Contact) -> dict[str, str]:
    return {"name": contact.name, "phone": contact.phone, "address": contact.address}


def committed_channels(digests: Mapping[Channel, str], board_names: bytes | None) -> dict[str, Any]:
    """Return what a notice's content says of the board and the touch screen.

    It is approved together with the web's text; so is the parcel of whole names, by its digest.
    """
    channels: dict[str, Any] = {
        "channels": {channel.value: digests[channel] for channel in OTHER_CHANNELS}
    }
    if board_names is not None:
        channels["board_names"] = hashlib.sha256(board_names).hexdigest()
    return channels


def file_digest(keyed: KeyedDigest, data: bytes) -> str:
    """Return the keyed digest by which the same file is recognised."""
    return keyed("file", hashlib.sha256(data).hexdigest())
