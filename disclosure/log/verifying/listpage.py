"""A list as residents read it 名单页: its page must say what its JSON says, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from disclosure.log.entries import is_count, is_money
from disclosure.log.errors import LogError
from disclosure.log.verifying.pages import Page
from disclosure.log.verifying.shown import Shown

# The columns of the page, in their order. The first two always stand there; the others where a row
# has something in them.
_COLUMNS = ("n", "name", "group", "persons", "class", "reason", "amount")
_ALWAYS = frozenset({"n", "name"})
_NOTHING = (None, "", 0, "0.00")
_FROM_TEXT = ("title", "kind", "programme", "region", "period")
_FROM_ENTRY = ("version", "kind", "region", "period", "posted_from", "posted_to")


def check_facts(shown: Shown) -> None:
    """Raise LogError unless title, kind, place, period and days are those logged."""
    members, text = shown.members, shown.members.get("text")
    needed = ("totals", *_FROM_ENTRY, *_FROM_TEXT)
    wrong = [name for name in needed if name not in members]
    wrong += [name for name in _FROM_ENTRY if members.get(name) != getattr(shown.entry, name)]
    if text is not None:
        wrong += [name for name in _FROM_TEXT if members.get(name) != text.get(name)]
    if wrong:
        raise LogError(f"{', '.join(dict.fromkeys(wrong))}: not as logged")


def check_sums(shown: Shown) -> None:
    """Raise LogError unless the rows, and what is said in figures only, add up to the totals."""
    totals, text, rows = (shown.members.get(name) for name in ("totals", "text", "rows"))
    if not isinstance(totals, dict) or not isinstance(text, dict) or rows is None:
        return
    emergency, figures = text.get("emergency"), text.get("figures")
    if isinstance(figures, dict):
        _check_cells(figures)
        emergency = figures
    amounts = [totals.get("amount"), *(row.get("amount") for row in rows)]
    persons = sum(row["persons"] for row in rows if is_count(row.get("persons")))
    beside = emergency if isinstance(emergency, dict) else {"households": 0, "amount": "0.00"}
    amounts.append(beside.get("amount"))
    counts: list[Any] = [totals.get("households"), beside.get("households")]
    if not all(map(is_money, amounts)) or not all(map(is_count, counts)):
        raise LogError("its numbers cannot be read")
    total, *parts = [_fen(amount) for amount in amounts]
    listed = counts.pop() + len(rows)
    holds = total == sum(parts) and counts == [listed]
    if emergency is None:
        holds = holds and totals.get("persons") == persons
    if not holds:
        raise LogError("its rows do not add up to its totals")


def _check_cells(figures: Mapping[str, Any]) -> None:
    """Raise LogError unless the villages' numbers add up to what the notice says of its place."""
    cells = figures.get("places")
    if not isinstance(cells, list) or not all(isinstance(cell, Mapping) for cell in cells):
        raise LogError("its numbers cannot be read")
    for name in ("households", "persons"):
        numbers = [cell.get(name) for cell in cells]
        if not all(map(is_count, numbers)) or sum(numbers) != figures.get(name):
            raise LogError("its villages do not add up to its totals")


def check_page(shown: Shown, page: Page) -> None:
    """Raise LogError unless the page of what hangs says what the JSON says."""
    listed = page.listed_rows()
    if shown.rows is None:
        if listed:
            raise LogError("its page shows rows, though its time is over")
        return
    if page.heading != " ".join(str(shown.members.get("title")).split()):
        raise LogError("its page has another heading")
    if [row.number for row in listed] != [row.get("n") for row in shown.rows]:
        raise LogError("its page does not show the rows that its JSON has")
    columns = _columns_of(shown.rows)
    for row, line in zip(shown.rows, listed):  # noqa: B905 - for Python 3.9
        expected = [_cell(name, row.get(name)) for name in columns]
        texts = line.texts()
        # One cell more leads to where somebody objects; what stands in it is no row's content.
        if texts[: len(expected)] != expected or len(texts) > len(expected) + 1:
            raise LogError(f"row {line.number} on its page is not the row that was logged")
    missing = [text for text in _words_of(shown) if text not in page.words]
    if missing:
        raise LogError(f"its page does not say: {'; '.join(missing)}")


def _columns_of(rows: list[dict[str, Any]]) -> list[str]:
    return [
        name
        for name in _COLUMNS
        if name in _ALWAYS or any(row.get(name) not in _NOTHING for row in rows)
    ]


def _cell(name: str, value: Any) -> str:
    if value is None:
        # A reason is left out of a row that has none; any other cell shows a dash.
        return "" if name == "reason" else "—"
    if name == "amount" and is_money(value):
        return _grouped(value)
    if name == "persons" and is_count(value):
        return f"{value:,}"
    return " ".join(str(value).split())


def _words_of(shown: Shown) -> list[str]:
    """Return what must stand on the page beside the rows: totals, who issued it, who supervises."""
    text, totals = shown.members["text"], shown.members.get("totals")
    words = []
    if isinstance(totals, Mapping):
        words += [f"{totals['households']:,}"]
        words += [_grouped(totals["amount"])] if totals["amount"] not in _NOTHING else []
    figures = text.get("figures")
    if isinstance(figures, Mapping):
        words += [text for cell in figures["places"] for text in _words_of_cell(cell)]
    for name in ("issuer", "supervisor"):
        contact = text.get(name)
        if isinstance(contact, Mapping):
            words += [str(contact.get(part) or "") for part in ("name", "phone")]
    return [" ".join(word.split()) for word in words]


def _words_of_cell(cell: Mapping[str, Any]) -> list[str]:
    return [str(cell["place"]), f"{cell['households']:,}", f"{cell['persons']:,}"]


def _fen(amount: str) -> int:
    return int(amount.replace(".", ""))


def _grouped(amount: str) -> str:
    sign, digits = ("-", amount[1:]) if amount.startswith("-") else ("", amount)
    whole, fen = digits.split(".")
    return f"{sign}{int(whole):,}.{fen}"
