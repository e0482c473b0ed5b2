"""What is read of disclosure 信息公开: frozen values, already masked, never a table's row.

A page that receives one of these cannot leak what is not in it. State is computed at ``now``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, object_session, selectinload

from disclosure.boardnames import Open, open_names
from disclosure.catalogue import kind_of
from disclosure.drafting import Contact, IntakePlace
from disclosure.intake.places import Place
from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import (
    PUBLIC,
    VISIBLE,
    Facts,
    NoticeState,
    ended_at,
    next_change_at,
    state_at,
)
from disclosure.logbook.reading import logged_members
from disclosure.logentries import totals_members
from disclosure.models import IS_CURRENT, Notice, NoticeRow, NoticeVersion, PrintCode
from disclosure.objections.marks import held_rows
from disclosure.publication import list_rows, public_members, shown_name
from portal.data.accounts import Unit, UnitKind
from portal.data.regions import Region, list_sub_regions, path_of
from portal.kernel.errors import NotFound
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.period import Period, parse_period


@dataclass(frozen=True)
class PlaceRef:
    """A place as a page names it: code, name, pinyin."""

    code: str
    name: str
    pinyin: str
    initials: str


@dataclass(frozen=True)
class NoticeCard:
    """A notice in a list."""

    id: str
    kind: str
    title: str
    state: NoticeState
    place: PlaceRef
    period: Period
    posted_from: date
    posted_to: date | None
    households: int
    persons: int
    amount_fen: int
    of_kind: NoticeKind


@dataclass(frozen=True)
class RowView:
    """A row as one channel shows it; ``held``: it is marked 有异议，正在核查.

    ``exit_month`` ends its gradual exit 渐退期至; ``change`` says what became of it 增减.
    """

    n: int
    village: str
    group: str
    name: str
    persons: int | None
    class_: str
    amount_fen: int
    reason: str
    exit_month: str | None = None
    change: str | None = None
    held: bool = False


@dataclass(frozen=True)
class NoticeView:
    """A notice as its own page shows it; ``rows`` is None once its time is over."""

    card: NoticeCard
    version: int
    programme: str
    path: tuple[PlaceRef, ...]
    content: dict[str, Any]
    content_digest: str
    rows_digest: str
    rows: tuple[RowView, ...] | None
    issuer: Contact
    supervisor: Contact
    published_at: datetime
    version_published_at: datetime
    ended_at: datetime | None
    replaced_by: str | None
    withdrawn_reason: str
    code: str
    log_index: int | None
    next_change_at: datetime | None


STATE_COLUMNS = (
    *(Notice.published_at, Notice.posted_from, Notice.posted_to),
    *(Notice.replaced_at, Notice.withdrawn_at, Notice.rows_held),
)


def facts_of(notice: Notice | Row[*tuple[Any, ...]]) -> Facts:
    """Return what a published notice's state follows from; a row has STATE_COLUMNS."""
    return Facts(
        published_at=notice.published_at,
        posted_from=notice.posted_from,
        posted_to=notice.posted_to,
        replaced_at=notice.replaced_at,
        withdrawn_at=notice.withdrawn_at,
        rows_held=notice.rows_held,
    )


def place_ref(region: Region) -> PlaceRef:
    """Return a division as a page names it."""
    return PlaceRef(region.code, region.name, region.pinyin, region.initials)


def current_versions() -> Select[Notice, NoticeVersion]:
    """Return the query for every notice with its current version."""
    return (
        select(Notice, NoticeVersion)
        .join(NoticeVersion, IS_CURRENT)
        .options(selectinload(Notice.region))
    )


def card_of(notice: Notice, version: NoticeVersion, now: datetime) -> NoticeCard:
    """Return a notice as a list shows it."""
    return NoticeCard(
        id=notice.id,
        kind=notice.kind,
        title=version.title,
        state=state_at(facts_of(notice), now),
        place=place_ref(notice.region),
        period=parse_period(notice.period),
        posted_from=notice.posted_from or notice.first_on,
        posted_to=notice.posted_to,
        households=version.households,
        persons=version.persons,
        amount_fen=version.amount_fen,
        of_kind=kind_of(notice.kind, object_session(notice)),
    )


def find_notice(
    session: Session, notice_id: str, *, now: datetime, channel: Channel = Channel.WEB
) -> NoticeView | None:
    """Return a published notice as ``channel`` shows it, every name masked, or None."""
    return _find_notice(session, notice_id, now, channel, {})


def find_log_index(session: Session, notice_id: str) -> int | None:
    """Return the index of the entry of a notice's newest version, None for what is not logged."""
    return session.scalar(
        select(NoticeVersion.log_index)
        .join(
            Notice,
            IS_CURRENT,
        )
        .where(Notice.id == notice_id, Notice.published_at.is_not(None))
    )


def find_board_notice(
    session: Session, notice_id: str, *, now: datetime, open_parcel: Open
) -> NoticeView | None:
    """Return a published notice as the village's own board shows it, or None.

    With whole names where the county decided so; ``open_parcel`` opens them.
    """
    parcel = session.scalar(
        select(NoticeVersion.board_names)
        .join(Notice, Notice.id == NoticeVersion.notice_id)
        .where(Notice.id == notice_id, NoticeVersion.version == Notice.version)
    )
    whole = {} if parcel is None else open_names(open_parcel, notice_id, parcel)
    return _find_notice(session, notice_id, now, Channel.BOARD, whole)


def _find_notice(
    session: Session, notice_id: str, now: datetime, channel: Channel, whole: Mapping[int, str]
) -> NoticeView | None:
    found = session.execute(current_versions().where(Notice.id == notice_id)).one_or_none()
    if found is None:
        return None
    notice, version = found
    card = card_of(notice, version, now)
    if card.state not in PUBLIC:
        return None
    rows = None
    if card.state in VISIBLE:
        held = held_rows(session, notice.id)
        rows = tuple(
            _row(row, whole.get(row.n) or shown_name(row, channel), held=row.n in held)
            for row in session.execute(_shown_rows(notice.id, version.version))
        )
    return _view(session, notice, version, card, rows, channel, now)


def _view(
    session: Session,
    notice: Notice,
    version: NoticeVersion,
    card: NoticeCard,
    rows: tuple[RowView, ...] | None,
    channel: Channel,
    now: datetime,
) -> NoticeView:
    facts = facts_of(notice)
    return NoticeView(
        card=card,
        version=version.version,
        programme=notice.programme,
        path=tuple(place_ref(region) for region in path_of(session, notice.region_code)),
        content=version.content,
        content_digest=version.content_digest,
        rows_digest=version.rows_digest,
        rows=rows,
        issuer=Contact(**version.content["issuer"]),
        supervisor=Contact(**version.content["supervisor"]),
        published_at=notice.published_at or now,
        version_published_at=version.published_at or notice.published_at or now,
        ended_at=ended_at(facts),
        replaced_by=notice.replaced_by,
        withdrawn_reason=notice.withdrawn_reason,
        code=_code(session, notice.id, version.version, channel),
        log_index=version.log_index,
        next_change_at=next_change_at(facts, now),
    )


def _code(session: Session, notice_id: str, version: int, channel: Channel) -> str:
    printed = Channel.WEB if channel is Channel.WEB else Channel.BOARD
    return session.scalars(
        select(PrintCode.code).where(
            PrintCode.notice_id == notice_id,
            PrintCode.version == version,
            PrintCode.channel == printed.value,
        )
    ).one()


def _shown_rows(notice_id: str, version: int) -> Select[*tuple[Any, ...]]:
    """Return the query for what is shown of a version's rows: columns, because they are many."""
    row = NoticeRow
    return (
        select(
            *(row.n, row.village, row.group, row.name, row.name_board, row.name_kiosk),
            *(row.persons, row.class_, row.amount_fen, row.reason, row.exit_month, row.change),
        )
        .where(row.notice_id == notice_id, row.version == version)
        .order_by(row.n)
    )


def _row(row: Row[*tuple[Any, ...]], name: str, *, held: bool) -> RowView:
    return RowView(
        n=row.n,
        village=row.village,
        group=row.group,
        name=name,
        persons=row.persons,
        class_=row.class_,
        amount_fen=row.amount_fen,
        reason=row.reason,
        exit_month=row.exit_month,
        change=row.change,
        held=held,
    )


@dataclass(frozen=True)
class CopyView:
    """A printed or saved copy that a code leads to, and how it stands to what hangs now."""

    code: str
    channel: Channel
    version: int
    version_published_at: datetime
    version_log_index: int | None
    notice: NoticeView


def find_copy(session: Session, code: str, *, now: datetime) -> CopyView | None:
    """Return the copy that carries the short code ``code``, or None for an unknown code."""
    printed = session.get(PrintCode, code)
    if printed is None:
        return None
    notice = find_notice(session, printed.notice_id, now=now)
    version = session.get(NoticeVersion, (printed.notice_id, printed.version))
    if notice is None or version is None or version.published_at is None:
        return None
    return CopyView(
        code=code,
        channel=Channel(printed.channel),
        version=printed.version,
        version_published_at=version.published_at,
        version_log_index=version.log_index,
        notice=notice,
    )


def notice_json(session: Session, view: NoticeView) -> dict[str, Any]:
    """Return ``/n/<id>.json`` (CONTRACT: names and shapes), with the salts of its rows."""
    version = session.get_one(NoticeVersion, (view.card.id, view.version))
    rows = None
    totals: dict[str, Any] | None = None
    if view.rows is not None:
        stored = list_rows(session, view.card.id, view.version)
        rows = [{**public_members(row), "salt": row.salt.hex()} for row in stored]
    dropped = version.households == 0 or (view.rows is None and version.totals_salt is not None)
    if not dropped:
        totals = totals_members(version)
        if version.totals_salt is not None:
            totals["salt"] = version.totals_salt.hex()
    return {
        "id": view.card.id,
        "version": view.version,
        "state": view.card.state.value,
        "kind": view.card.kind,
        "programme": view.programme,
        "region": view.card.place.code,
        "period": view.card.period.text,
        "posted_from": view.card.posted_from.isoformat(),
        "posted_to": view.card.posted_to.isoformat() if view.card.posted_to else None,
        "title": view.card.title,
        "content": view.content_digest,
        "text": view.content,
        "totals": totals,
        "rows": rows,
        # Beside the rows, never in them: they are what the log has committed to.
        "under_examination": [row.n for row in view.rows or () if row.held],
        "log": logged_members(session, view.log_index),
    }


def get_intake_place(session: Session, code: str) -> IntakePlace:
    """Return the township (or county) that a file is for; raises NotFound."""
    path = path_of(session, code)
    region = path[-1]
    units = units_answering(session, [place.code for place in reversed(path)])
    if not units:
        raise NotFound(
            N_("No unit answers for %(place)s yet; load the units first."), place=region.name
        )
    issuer = units[0]
    supervisor = session.get(Unit, issuer.supervised_by) if issuer.supervised_by else None
    return IntakePlace(
        region=_place(region),
        path=tuple(place.name for place in path if place.level.value != "province"),
        villages=tuple(_place(sub) for sub in list_sub_regions(session, code)),
        issuer=_contact(issuer),
        supervisor=_contact(supervisor or issuer),
    )


def units_answering(session: Session, codes: Sequence[str]) -> list[Unit]:
    """Return the civil-affairs units of the given places, in the places' order."""
    query = select(Unit).where(
        Unit.region_code.in_(codes),
        Unit.kind.in_([UnitKind.TOWNSHIP, UnitKind.COUNTY, UnitKind.CITY]),
    )
    order = {code: position for position, code in enumerate(codes)}
    return sorted(session.scalars(query), key=lambda unit: (order[unit.region_code], unit.id))


def _contact(unit: Unit) -> Contact:
    return Contact(unit.name, unit.phone, unit.address)


def _place(region: Region) -> Place:
    return Place(region.code, region.name, region.level.value, region.parent_code or "")
