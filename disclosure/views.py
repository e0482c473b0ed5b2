"""The public pages of disclosure: a notice with its files, and where a printed code leads."""

import csv
import io
import json
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from disclosure.catalogue import CHANGES
from disclosure.corrections.history import changed_since
from disclosure.lifecycle import VISIBLE
from disclosure.logbook.checking import Seal, check_against_log, list_row_receipts
from disclosure.logbook.views import log_refusal
from disclosure.movements.comparing import Change
from disclosure.movements.reasons import PUBLISHED
from disclosure.movements.words import TERMS, WORDS, count_changes
from disclosure.posters.content import HELD
from disclosure.posters.render import render_poster
from disclosure.printing import poster_content, verify_path
from disclosure.publication import notice_key
from disclosure.queries import CopyView, NoticeView, RowView, find_copy, find_notice, notice_json
from disclosure.wording import STATE_WORDS, heading, kind_words, period_words, place_words
from portal.kernel.errors import DomainError
from portal.kernel.money import format_yuan
from portal.kernel.period import parse_period
from portal.kernel.qr import qr_svg
from portal.kernel.receipts import format_short_code, is_notice_id, parse_short_code
from portal.kernel.spreadsheets import harmless_cell
from portal.web.addresses import public_url, request_locale
from portal.web.guards import public
from portal.web.installation import now, reading
from portal.web.publishing import Answer, published

blueprint = Blueprint("notices", __name__)

NOT_TO_BE_RELIED_ON = frozenset({Seal.BROKEN, Seal.REFUSED})
CSV_HEADINGS = (
    *("序号", "村（社区）", "村民小组", "姓名", "保障人口", "类别", "金额（元）", "事由"),
    *("渐退期至", "变动", "异议核查"),
)
CSV_HEADINGS_OF_FIGURES = ("村（社区）", "户数", "人数")


def _get_notice(notice_id: str) -> NoticeView:
    view = find_notice(reading(), notice_id, now=now()) if is_notice_id(notice_id) else None
    if view is None:
        abort(404)
    return view


def _answer(view: NoticeView, body: str | bytes, content_type: str, **headers: str) -> Answer:
    return Answer(
        body=body,
        depends_on=_depends_on(view),
        fresh_until=view.next_change_at,
        content_type=content_type,
        headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()),
    )


def _depends_on(view: NoticeView) -> list[str]:
    # Not on its places: every publication there would forget all its neighbours' pages. Whoever
    # loads other names of places forgets everything.
    return [notice_key(view.card.id)]


def _columns(view: NoticeView) -> list[dict[str, str]]:
    rows, looks = view.rows or (), view.card.of_kind.looks
    columns = [
        {"key": "n", "label": _("No."), "kind": "n"},
        {"key": "name", "label": _(looks.name), "kind": "name"},
        {"key": "group", "label": _("Villagers' group"), "kind": "text"},
        {"key": "persons", "label": _("Persons covered"), "kind": "number"},
        {"key": "class_", "label": _(looks.class_), "kind": "text", "labelled": True},
        {"key": "reason", "label": _("Reason"), "kind": "text"},
        {"key": "exit_month", "label": _("Gradual exit"), "kind": "text"},
        {"key": "amount_fen", "label": _(looks.amount) if looks.amount else "", "kind": "money"},
    ]
    always = {"n", "name"}
    return [c for c in columns if c["key"] in always or any(getattr(r, c["key"]) for r in rows)]


def _groups(view: NoticeView) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return a notice's tables: all rows in one, or those who came, went and moved 增减 apart."""
    rows = view.rows or ()
    if view.card.kind != CHANGES:
        caption = _("The list: %(count)s households", count=len(rows))
        return [(caption, [_row_values(row) for row in rows])] if rows else []
    return [
        (
            _(
                "%(change)s: %(count)s households",
                change=_(WORDS[one.change]),
                count=one.households,
            ),
            [_row_values(row) for row in rows if row.change == one.change],
        )
        for one in count_changes(rows)
        if one.households
    ]


def _row_values(row: RowView) -> dict[str, Any]:
    """Return a row as its table shows it, in the page's language."""
    until, reason = "", row.reason
    if row.exit_month:
        month = period_words(parse_period(row.exit_month), _)
        until = _("Gradual exit until %(month)s", month=month)
    if row.change and request_locale() == "en":
        reason = _(PUBLISHED[reason]) if reason in PUBLISHED else reason
    return {**vars(row), "exit_month": until, "reason": reason}


def _change_tiles(view: NoticeView) -> list[dict[str, str]]:
    """Return how many came, went and moved; nothing for a list of another kind."""
    if view.card.kind != CHANGES:
        return []
    return [
        {
            "label": _(WORDS[one.change]),
            "value": _(
                "%(households)s households, %(persons)s persons",
                households=one.households,
                persons=one.persons,
            ),
        }
        for one in count_changes(view.rows or ())
    ]


def _compared_with(view: NoticeView) -> str:
    """Return which list a notice of additions and removals was compared with."""
    earlier = view.content.get("compared_with")
    if earlier is None:
        return ""
    return _("The list of %(period)s", period=period_words(parse_period(earlier), _))


@blueprint.get("/n/<notice_id>")
@public
@published
def notice(notice_id: str) -> Answer:
    """One notice 公示; once its time is over, its withdrawal note."""
    view = _get_notice(notice_id)
    locale = request_locale()
    body = render_template(
        "disclosure/notice.html",
        view=view,
        heading=heading(view.card, locale, _),
        kind=view.card.of_kind,
        kind_words=kind_words(view.card.of_kind, locale, _),
        period=period_words(view.card.period, _),
        place_words=lambda place: place_words(place, locale),
        state_words=_(STATE_WORDS[view.card.state]),
        columns=_columns(view),
        groups=_groups(view),
        changes=_change_tiles(view),
        compared_with=_compared_with(view),
        short_code=format_short_code(view.code),
        verify_url=public_url(verify_path(view.code)),
    )
    return _answer(view, body, "text/html; charset=utf-8", X_Robots_Tag="noindex")


@blueprint.get("/n/<notice_id>.json")
@public
@published
def notice_as_json(notice_id: str) -> Answer:
    """The notice for programs, with what a stranger needs to recompute its digests."""
    view = _get_notice(notice_id)
    body = json.dumps(notice_json(reading(), view), ensure_ascii=False, indent=1)
    return _answer(view, body, "application/json; charset=utf-8", X_Robots_Tag="noindex")


def _only_while_it_hangs(view: NoticeView) -> NoticeView:
    if view.rows is None:
        abort(410)
    return view


@blueprint.get("/n/<notice_id>.csv")
@public
@published
def notice_as_csv(notice_id: str) -> Answer:
    """The rows as CSV in UTF-8 with BOM, which spreadsheet programs open rightly; 410 when over."""
    view = _only_while_it_hangs(_get_notice(notice_id))
    target = io.StringIO()
    writer = csv.writer(target)
    tally = view.content.get("figures")
    writer.writerow(CSV_HEADINGS if tally is None else CSV_HEADINGS_OF_FIGURES)
    for cell in tally["places"] if tally else ():
        writer.writerow([harmless_cell(cell["place"]), cell["households"], cell["persons"]])
    money = view.card.of_kind.looks.amount is not None
    for row in view.rows or ():
        cells: list[Any] = [row.n, row.village, row.group, row.name, row.persons, row.class_]
        cells += [
            format_yuan(row.amount_fen) if money else "",
            row.reason,
            row.exit_month or "",
            TERMS[Change(row.change)] if row.change else "",
            HELD if row.held else "",
        ]
        writer.writerow([harmless_cell(cell) for cell in cells])
    return _answer(
        view,
        b"\xef\xbb\xbf" + target.getvalue().encode(),
        "text/csv; charset=utf-8",
        Content_Disposition=f'attachment; filename="{notice_id}.csv"',
        X_Robots_Tag="noindex",
    )


@blueprint.get("/n/<notice_id>.pdf")
@public
@published
def notice_as_pdf(notice_id: str) -> Answer:
    """The poster with the web's masks; 410 when over."""
    view = _only_while_it_hangs(_get_notice(notice_id))
    pdf = render_poster(poster_content(view, base_url=public_url("")), size="a4")
    return _answer(
        view,
        pdf,
        "application/pdf",
        Content_Disposition=f'inline; filename="{notice_id}.pdf"',
        X_Robots_Tag="noindex",
    )


@blueprint.get("/n/<notice_id>/qr.svg")
@public
@published
def notice_qr(notice_id: str) -> Answer:
    """The QR code of the notice's current version, as it stands on its poster."""
    view = _get_notice(notice_id)
    svg = qr_svg(public_url(verify_path(view.code)))
    return _answer(view, svg, "image/svg+xml")


@blueprint.get("/n/<notice_id>/receipts")
@public
@published
def row_receipts(notice_id: str) -> Answer:
    """Each row's own receipt 单行凭证, to write down and compare later; 410 when over."""
    view = _only_while_it_hangs(_get_notice(notice_id))
    body = render_template(
        "disclosure/row_receipts.html",
        view=view,
        heading=heading(view.card, request_locale(), _),
        receipts=[vars(one) for one in list_row_receipts(reading(), view)],
    )
    return _answer(view, body, "text/html; charset=utf-8", X_Robots_Tag="noindex")


@blueprint.get("/v/")
@public
def find_code() -> Response | str | tuple[str, int]:
    """Where somebody types the short code of a paper by hand."""
    typed = request.args.get("code", "")
    if not typed:
        return render_template("disclosure/verify_form.html", error=None, typed="")
    try:
        code = parse_short_code(typed)
    except DomainError as refusal:
        error = _(refusal.message)
        return render_template("disclosure/verify_form.html", error=error, typed=typed), 422
    return redirect(url_for("notices.verify", code=code))  # type: ignore[return-value]


@blueprint.get("/v/<code>")
@public
def verify(code: str) -> Response | tuple[str, int]:
    """What a printed copy is: its version, whether it still hangs, what has replaced it.

    A code that was never issued is answered with 404, and loudly: the paper may be false.
    """
    try:
        plain = parse_short_code(code)
        known = find_copy(reading(), plain, now=now()) is not None
    except DomainError:
        known = False
    if not known:
        return render_template("disclosure/verify_unknown.html"), 404
    if plain != code:
        return redirect(url_for("notices.verify", code=plain))  # type: ignore[return-value]
    return _verified(plain)


@published
def _verified(code: str) -> Answer:
    copy = find_copy(reading(), code, now=now())
    if copy is None:
        abort(404)
    locale = request_locale()
    own_entry = [] if copy.version_log_index is None else [copy.version_log_index]
    trusted = log_refusal() is None
    check = check_against_log(reading(), copy.notice, *own_entry, trusted=trusted)
    body = render_template(
        "disclosure/verify.html",
        copy=copy,
        check=check,
        verdict=check.seal.value if check.seal in NOT_TO_BE_RELIED_ON else _verdict(copy),
        short_code=format_short_code(copy.code),
        heading=heading(copy.notice.card, locale, _),
        period=period_words(copy.notice.card.period, _),
        place_words=lambda place: place_words(place, locale),
        changed=changed_since(reading(), copy.notice, copy.version),
    )
    # Whoever looks wants to know how it stands to the log now.
    return Answer(body, _depends_on(copy.notice), kept=False)


def _verdict(copy: CopyView) -> str:
    """Return "current", "older" or the state of a notice whose time is over."""
    state = copy.notice.card.state
    if state not in VISIBLE:
        return state.value
    return "current" if copy.version == copy.notice.version else "older"
