"""Shared texts: one long text that a million cells name must not be copied a million times.

A workbook keeps each text once and cells name it by its number; the reader gives every cell a copy.
Here for .xlsx; ``compound`` does the same for .xls.
"""

import re
from collections.abc import Mapping

from disclosure.intake.archive import damaged, too_large
from disclosure.intake.workbook import MAX_TEXT
from disclosure.intake.xmlparts import parse_xml

_PART = "xl/sharedstrings.xml"
_TEXT_END = re.compile(rb"</(?:[^\s<>/:]+:)?si\s*>")


def check_shared_texts(members: Mapping[str, bytes]) -> None:
    """Refuse a workbook whose cells would hold more than MAX_TEXT bytes of shared texts.

    Args:
        members: the archive's members by their names in lower case.
    """
    shared = members.get(_PART)
    if not shared:
        return
    sheets = [c for name, c in members.items() if name.startswith("xl/") and name != _PART]
    cells = sum(content.count(b"<c") + content.count(b":c") for content in sheets)
    longest = max(map(len, _TEXT_END.split(shared)))
    # Nearly always even the product is small; only when it is not, the cells are looked at.
    if cells * longest <= MAX_TEXT:
        return
    lengths = _lengths(shared)
    total = 0
    for content in sheets:
        if b"sheetData" in content:
            total += _copied(content, lengths)
    if total > MAX_TEXT:
        raise too_large()


def _lengths(shared: bytes) -> list[int]:
    """Return the bytes of each shared text."""
    lengths: list[int] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            lengths.append(0)

    def text(content: str) -> None:
        if lengths:
            lengths[-1] += len(content) * 4

    parse_xml(shared, start, text=text)
    return lengths


def _copied(content: bytes, lengths: list[int]) -> int:
    """Return how many bytes of shared texts the cells of one sheet name."""
    cell = {"shared": False, "value": False}
    number: list[str] = []
    total = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            cell["shared"] = attributes.get("t") == "s"
        cell["value"] = tag == "v" and cell["shared"]
        number.clear()

    def end(tag: str) -> None:
        nonlocal total
        written = "".join(number).strip()
        if tag == "v" and cell["value"] and written:
            if not written.isdecimal() or len(written) > 9:
                raise damaged()
            total += lengths[int(written)] if int(written) < len(lengths) else 0
        cell["value"] = False

    def text(piece: str) -> None:
        if cell["value"]:
            number.append(piece)

    parse_xml(content, start, end, text)
    return total
