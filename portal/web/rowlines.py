"""The rows of a long list 名单行, written as HTML: a city's month has a hundred thousand of them.

The component ``rows_table`` says what they look like around it; a template would take three times
as long for what is the same in every row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from portal.web.filters import number, yuan

NOTHING = "—"


def row_lines(
    rows: Iterable[Any],
    columns: Sequence[Mapping[str, Any]],
    object_base: str | None = None,
    object_words: str = "",
    to_row: str = "",
    held: str = "",
) -> Markup:
    """Return a ``<tr>`` for each row; the columns are those of the component ``rows_table``.

    ``to_row`` has ``|`` where a row's number goes; ``held`` is what marks a row that is held back.
    """
    cells = [(column["key"], _writer(column)) for column in columns]
    before, _, after = to_row.partition("|")
    link = f'<a href="{escape(object_base)}' if object_base else ""
    words = f'{escape(object_words)}<span class="govuk-visually-hidden">{escape(before)}'
    mark = f"{escape(held)} " if held else ""
    lines = []
    for row in rows:
        values = row if isinstance(row, Mapping) else vars(row)
        n = escape(values["n"])
        written = "\n      ".join([write(values[key]) for key, write in cells])
        if link:
            held_here = mark if values.get("held") else ""
            written += (
                f'\n      <td class="is-action">{held_here}{link}{n}">{words}{n}{escape(after)}'
                "</span></a></td>"
            )
        lines.append(f'    <tr id="row-{n}">\n      {written}\n    </tr>')
    return Markup("\n".join(lines))  # noqa: S704 - every part was escaped above


def _writer(column: Mapping[str, Any]) -> Callable[[Any], str]:
    """Return what writes a cell of the column; what it wrote once it knows."""
    kind, label = column["kind"], escape(column.get("label", ""))
    opening, closing = f'<td class="is-{kind}">', "</td>"
    if kind == "name":
        opening, closing = '<th scope="row" class="is-name">', "</th>"
    elif kind == "number" or column.get("labelled"):
        opening = f'<td class="is-{kind}" data-label="{label}">'
    words: Callable[[Any], object] = {"money": yuan, "number": number}.get(kind, escape)
    known: dict[Any, str] = {None: f"{opening}{NOTHING}{closing}"}

    def write(value: Any) -> str:
        cell = known.get(value)
        if cell is None:
            cell = known[value] = f"{opening}{words(value)}{closing}"
        return cell

    return write
