"""A document as residents read it 文件页: its page must say every line that its JSON says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from disclosure.log.errors import LogError
from disclosure.log.verifying.pages import Page
from disclosure.log.verifying.shown import Shown

# How a line of a list begins in the text; on the page these signs are drawn.
_LIST_MARK = re.compile(r"^\s*(?:#+|[-·•*]|[0-9]{1,2}[.、．]|[(（][0-9]{1,2}[)）])\s*")
# Signs that nobody sees: a page leaves them out.
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def check_document_page(shown: Shown, page: Page) -> None:
    """Raise LogError unless the page of a document that holds says what was logged."""
    text = shown.members.get("text")
    if shown.is_over or not isinstance(text, dict):
        return
    if _squashed(page.heading) != _squashed(str(text.get("title"))):
        raise LogError("its page has another heading")
    words = _squashed(page.words)
    for line in _lines_of(text):
        plain, whole = _squashed(_LIST_MARK.sub("", line)), _squashed(line)
        if plain not in words and whole not in words:
            raise LogError(f"its page does not say: {line.strip()[:80]}")


def _lines_of(text: dict[str, Any]) -> Iterator[str]:
    elements, rows, files = text.get("elements"), text.get("rows"), text.get("files")
    pieces = [text.get(name) for name in ("summary", "issuer", "reference", "body")]
    pieces += elements.values() if isinstance(elements, dict) else []
    for row in _dicts_of(rows):
        # A helper's village stands on the page by its name.
        pieces += [cell for name, cell in row.items() if name != "region_code"]
    pieces += [file.get("text") for file in _dicts_of(files)]
    for piece in pieces:
        yield from str(piece or "").splitlines()


def _dicts_of(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _squashed(text: str) -> str:
    return "".join(
        sign
        for sign in unicodedata.normalize("NFC", text)
        if unicodedata.category(sign) not in _UNSEEN
    )
