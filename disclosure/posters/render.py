"""The poster 公示张贴件: content in, PDF out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Literal

from disclosure.posters.content import (
    WORDS,
    Column,
    PosterContent,
    cell,
    chinese_date,
    columns_of,
    posting_window,
)
from disclosure.posters.title import title_lines
from disclosure.posters.typesetting import require_glyphs, typeset
from portal.kernel.qr import qr_modules, qr_svg

PosterSize = Literal["a3", "a4"]


def render_poster(content: PosterContent, *, size: PosterSize = "a3") -> bytes:
    """Return the poster as PDF/A-2b and PDF/UA-1, black on white, at most 25 rows a page.

    Rows are set at 24 points or more on A3, and the same layout is scaled on A4; the QR code
    measures at least 30 mm on both. The same content and size give the same bytes.
    Raises MissingGlyph, before anything is set, if the font lacks a character of any text.
    """
    columns = columns_of(content)
    rows = [[cell(row, column.key) for column in columns] for row in content.rows]
    printed = _particulars(content) | {"columns": _headed(columns)}
    require_glyphs(printed, zip((row.n for row in content.rows), rows, strict=True))
    code = {
        "qr": qr_svg(content.verify_url).decode(),
        "qr_modules": len(qr_modules(content.verify_url)),
    }
    data = printed | code | {"rows": rows, "size": size, "kind": content.kind}
    return typeset("board.typ", data, dated=content.issued_on)


def _particulars(content: PosterContent) -> dict[str, Any]:
    """Return what stands around the list, by the names that board.typ knows."""
    totals = content.totals
    return {
        "title": content.title,
        "title_lines": title_lines(content.title, (*content.place, content.programme)),
        "programme": content.programme,
        "place": content.place,
        "period": content.period,
        "window": posting_window(content.posted_from, content.posted_to),
        "totals": {
            "households": "少于3" if totals.households is None else str(totals.households),
            "persons": None if totals.persons is None else str(totals.persons),
            "amount": totals.amount_yuan or None,
            "told": totals.told or None,
        },
        "objection": asdict(content.objection),
        "lead": WORDS[content.kind][0],
        "empty": "户数较少，不分村公示" if content.kind == "figures" else "本期没有公示对象",
        "objection_head": WORDS[content.kind][1],
        "issuer": content.issuer,
        "issued_on": chinese_date(content.issued_on),
        "note": content.channel_note,
        "version": str(content.version),
        "short_code": content.short_code,
        "verify_url": content.verify_url,
        "preview": content.preview,
    }


def _headed(columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [asdict(column) for column in columns]
