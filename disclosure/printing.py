"""Printing 打印: what a notice's poster says, from the same masked view as its page."""

from disclosure.drafting import chinese_period
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
        rows=tuple(_row(row) for row in view.rows),
        totals=PosterTotals(
            card.households, card.persons, format_yuan(card.amount_fen, grouped=True)
        ),
        verify_url=base_url + verify_path(view.code),
        short_code=format_short_code(view.code),
        issuer=view.issuer.name,
        issued_on=local_date(view.published_at),
        objection=Objection(
            unit=view.issuer.name,
            address=view.issuer.address,
            telephone=view.issuer.phone,
            supervising_unit=view.supervisor.name,
            supervising_telephone=view.supervisor.phone,
        ),
        posted_from=card.posted_from,
        posted_to=card.posted_to,
        version=view.version,
    )


def _row(row: RowView) -> PosterRow:
    return PosterRow(
        n=row.n,
        name=row.name,
        amount_yuan=format_yuan(row.amount_fen, grouped=True),
        group=row.group,
        persons=row.persons,
        class_=row.class_,
        reason=row.reason,
    )
