"""The receipt slip 登记回执: what a resident takes home after a complaint, on A6."""

from collections.abc import Sequence
from datetime import date
from urllib.parse import urldefrag

from disclosure.posters.content import chinese_date
from disclosure.posters.typesetting import require_glyphs, typeset
from portal.kernel.qr import qr_modules, qr_svg


def render_slip(
    code_groups: Sequence[str],
    track_url: str,
    matter: str,
    received_on: date,
    unit: str,
    phone: str,
) -> bytes:
    """Return the slip as a PDF of one A6 page (A-2b, UA-1), with the receipt code (查询码) on it.

    ``code_groups`` are the five groups of four digits; ``track_url`` is what the QR code holds,
    the code behind ``#``. Of the address only the part before ``#`` is printed, nothing is a link,
    and the file's own properties do not name the code. ``matter`` says what it is about in the
    resident's words (办事投诉), ``unit`` and ``phone`` whom to ask; all in Chinese. The same values
    give the same bytes.
    Raises ValueError if the code is not five groups of four digits, MissingGlyph if the font lacks
    a character of any text.
    """
    if len(code_groups) != 5 or any(
        len(group) != 4 or not (group.isascii() and group.isdigit()) for group in code_groups
    ):
        raise ValueError("a receipt code is five groups of four digits")
    data = {
        "code_groups": list(code_groups),
        "matter": matter,
        "received_on": chinese_date(received_on),
        "unit": unit,
        "phone": phone,
        "track_page": urldefrag(track_url).url,
    }
    require_glyphs(data)
    code = {"qr": qr_svg(track_url).decode(), "qr_modules": len(qr_modules(track_url))}
    return typeset("slip.typ", data | code, dated=received_on)
