"""Printing 打印: what a notice's poster says, from the same masked view as its page."""

from disclosure.deskqueries import PreviewRow
from disclosure.drafting import Contact, chinese_period
from disclosure.posters.content import Objection, PosterContent, PosterRow, PosterTotals
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
        kind=card.kind,  # type: ignore[arg-type]
        title=card.title,
        programme=view.programme,
        place=tuple(view.content["place"]),
        period=chinese_period(card.period),
        rows=tuple(poster_row(row, row.name) for row in view.rows),
        totals=PosterTotals(
            card.households, card.persons, format_yuan(card.amount_fen, grouped=True)
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


def objection_to(issuer: Contact, supervisor: Contact) -> Objection:
    """Return whom a poster says to object to 异议受理, and who watches over them."""
    return Objection(
        unit=issuer.name,
        address=issuer.address,
        telephone=issuer.phone,
        supervising_unit=supervisor.name,
        supervising_telephone=supervisor.phone,
    )


def poster_row(row: RowView | PreviewRow, name: str) -> PosterRow:
    """Return a row as a poster prints it, with the name that the board shows."""
    return PosterRow(
        n=row.n,
        name=name,
        amount_yuan=format_yuan(row.amount_fen, grouped=True),
        group=row.group,
        persons=row.persons,
        class_=row.class_,
        reason=row.reason,
    )
