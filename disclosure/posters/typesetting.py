"""From values to PDF 排版: the glyph check, then Typst, which gets data as data, never as source.

A text such as ``#read("x")`` or ``*bold*`` in a name stays that text: it travels as JSON in
``sys.inputs`` and is never joined to the Typst source.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import typst

from disclosure.posters.fonts import font_folder, missing_glyphs
from portal.kernel.errors import Refused
from portal.kernel.language import N_

_SOURCES = Path(__file__).resolve().parent
_SHANGHAI_OFFSET = timezone(timedelta(hours=8))
_NOON = time(12)


class MissingGlyph(Refused):
    """The bundled font cannot print some characters 缺字: the paper would show boxes, so it stops.

    ``characters`` are those characters; ``rows`` the numbers of the rows they stand in, if any.
    """

    def __init__(self, characters: frozenset[str], rows: Sequence[int] = ()) -> None:
        self.characters = characters
        self.rows = tuple(rows)
        named = ", ".join(_named(character) for character in sorted(characters))
        if rows:
            super().__init__(
                N_(
                    "This cannot be printed: the font has no sign for %(characters)s (row "
                    "%(rows)s). Compare the row with the identity card, correct the list and "
                    "publish it again. If the character is right, ask the administrator for a "
                    "font that has it."
                ),
                characters=named,
                rows=", ".join(str(row) for row in rows),
            )
        else:
            super().__init__(
                N_(
                    "This cannot be printed: the font has no sign for %(characters)s. Correct "
                    "the text. If the character is right, ask the administrator for a font that "
                    "has it."
                ),
                characters=named,
            )


def _named(character: str) -> str:
    """Return the character and its code point; only the latter where there is nothing to see."""
    code = f"U+{ord(character):04X}"
    return f"{character} ({code})" if character.isprintable() else code


def _texts(value: Any) -> Iterator[str]:
    """Yield every string inside a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def require_glyphs(value: Any, rows: Iterable[tuple[int, Any]] = ()) -> None:
    """Check every string inside the JSON value ``value``, and inside each row, given by its number.

    Raises MissingGlyph, with all missing characters at once, if the font lacks any.
    """
    missing = missing_glyphs(" ".join(_texts(value)))
    numbers: list[int] = []
    for number, row in rows:
        lacking = missing_glyphs(" ".join(_texts(row)))
        if lacking:
            missing |= lacking
            numbers.append(number)
    if missing:
        raise MissingGlyph(missing, numbers)


@cache
def _fonts() -> typst.Fonts:
    """Return the bundled fonts only, so that every machine prints the same paper."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(font_folder())],
    )


def typeset(source: str, data: Mapping[str, Any], *, dated: date) -> bytes:
    """Return the PDF (A-2b, UA-1, tagged) that the Typst file ``source`` makes of ``data``.

    ``data`` is a JSON object; ``dated`` is the day (Asia/Shanghai) written into the file as its
    date, so the same values give the same bytes. Raises RuntimeError with Typst's own words if the
    source fails or warns, because a warning means that the paper is not what was asked for.
    """
    pdf, warnings = typst.compile_with_warnings(
        str(_SOURCES / source),
        root=str(_SOURCES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
        # PDF/A-2b for the archive, PDF/UA-1 because the same file is served on the web.
        pdf_standards=["a-2b", "ua-1"],
        # Noon, because the file states the instant in UTC and is read as that day everywhere.
        timestamp=datetime.combine(dated, _NOON, _SHANGHAI_OFFSET),
    )
    if warnings:
        raise RuntimeError("; ".join(warning.message for warning in warnings))
    return pdf
