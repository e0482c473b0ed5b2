"""Printing 打印: what a notice's poster says, from the same masked view as its page."""

from collections.abc import Mapping, Sequence
from typing import Any

from disclosure.catalogue import CHANGES
from disclosure.deskqueries import PreviewRow
from disclosure.drafting import Contact, chinese_period
from disclosure.kinds.facts import NoticeKind
from disclosure.movements.comparing import Change
from disclosure.movements.words import TERMS, chinese_month, chinese_totals, count_changes
from disclosure.posters.content import (
    HELD,
    FundRow,
    Objection,
    PosterContent,
    PosterKind,
    PosterRow,
    PosterTotals,
)
from disclosure.queries import NoticeView, RowView
from portal.kernel.clock import local_date
from portal.kernel.errors import Refused
from portal.kernel.language import N_
from portal.kernel.money import format_yuan
from portal.kernel.receipts import format_short_code


def verify_path(code: str) -> str:
    """Return where a copy's QR code leads."""
    return f"/v/{code}"


def poster_content(view: NoticeView, *, base_url: str) -> PosterContent:
    """Return what the poster of ``view`` prints; the view decides the channel and so the masks.

    Raises Refused where the notice no longer hangs.
    """
    if view.rows is None:
        raise Refused(N_("This notice no longer hangs, so there is no poster of it."))
    card = view.card
    return PosterContent(
        kind=poster_kind(card.of_kind, view.content),
        title=card.title,
        programme=view.programme,
        place=tuple(view.content["place"]),
        period=chinese_period(card.period),
        rows=village_rows(view.content)
        or tuple(poster_row(row, row.name, held=row.held) for row in view.rows),
        totals=poster_totals(
            card.households, card.persons, card.amount_fen, told=told_of(card.kind, view.rows)
        ),
        verify_url=base_url + verify_path(view.code),
        short_code=format_short_code(view.code),
        issuer=view.issuer.name,
        issued_on=local_date(view.published_at),
        objection=objection_to(view.issuer, view.supervisor),
        posted_from=card.posted_from,
        posted_to=card.posted_to,
        version=view.version,
    )


def poster_kind(kind: NoticeKind, content: Mapping[str, Any]) -> PosterKind:
    """Return how a notice is set: as its form has it, or in figures where no names are shown."""
    return "figures" if "figures" in content else kind.looks.poster


def village_rows(content: Mapping[str, Any]) -> tuple[FundRow, ...]:
    """Return the lines of a notice in figures; none of one with rows."""
    cells = content.get("figures", {}).get("places", ())
    return tuple(
        FundRow(n, cell["place"], "", "", cell["households"], cell["persons"], "")
        for n, cell in enumerate(cells, start=1)
    )


def poster_totals(
    households: int, persons: int, amount_fen: int, *, told: str = ""
) -> PosterTotals:
    """Return the sums under a list; what has no money, or too few households, does not say them."""
    return PosterTotals(
        households or None,
        persons or None,
        format_yuan(amount_fen, grouped=True) if amount_fen else "",
        told,
    )


def told_of(kind: str, rows: Sequence[RowView | PreviewRow]) -> str:
    """Return how many came and went 增减, which is never added up; "" for any other list."""
    return chinese_totals(count_changes(rows)) if kind == CHANGES else ""


def objection_to(issuer: Contact, supervisor: Contact) -> Objection:
    """Return whom a poster says to object to 异议受理, and who watches over them."""
    return Objection(
        unit=issuer.name,
        address=issuer.address,
        telephone=issuer.phone,
        supervising_unit=supervisor.name,
        supervising_telephone=supervisor.phone,
    )


def poster_row(row: RowView | PreviewRow, name: str, *, held: bool = False) -> PosterRow:
    """Return a row as a poster prints it, with the name that the board shows."""
    until = f"渐退期至{chinese_month(row.exit_month)}" if row.exit_month else ""
    notes = (HELD if held else "", until)
    return PosterRow(
        n=row.n,
        name=name,
        amount_yuan=format_yuan(row.amount_fen, grouped=True),
        group=row.group,
        persons=row.persons,
        class_=row.class_,
        reason=row.reason,
        note="；".join(note for note in notes if note),
        change=TERMS[Change(row.change)] if row.change else "",
    )
