"""Structured plain text 文稿: what a clerk types becomes headings, paragraphs and lists.

Simple rules and no markup, so that nothing typed can become HTML: an empty line ends a paragraph;
"一、…" or "# …" alone on a line is a heading; lines that begin with "- " or "· " are a list, those
with "1." or "（1）" a numbered one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.text import clean

LONGEST_HEADING = 30
_HEADING = re.compile(r"#+\s*(.+)")
_NUMBERED_HEADING = re.compile(r"第?[一二三四五六七八九十百]{1,4}[、章节]\s*\S.*")
_BULLET = re.compile(r"[-·•*]\s*(.+)")
_NUMBERED = re.compile(r"(?:\d{1,2}[.、．]|[(（]\d{1,2}[)）])\s*(.+)")
_SENTENCE_ENDS = "。；;，,：:"


class BlockKind(StrEnum):
    """What a piece of text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST = "list"
    NUMBERED = "numbered"


@dataclass(frozen=True)
class TextBlock:
    """A heading or paragraph of one line, or a list of several."""

    kind: BlockKind
    lines: tuple[str, ...]


def blocks_of(text: str) -> tuple[TextBlock, ...]:
    """Return the pieces of ``text`` in their order; nothing that is typed is lost."""
    return tuple(_joined(_kind_of(line) for line in text.splitlines()))


def _kind_of(line: str) -> tuple[BlockKind, str] | None:
    words = clean(line)
    if not words:
        return None
    if found := _HEADING.fullmatch(words):
        return BlockKind.HEADING, found[1]
    short = len(words) <= LONGEST_HEADING and words[-1] not in _SENTENCE_ENDS
    if short and _NUMBERED_HEADING.fullmatch(words):
        return BlockKind.HEADING, words
    if found := _BULLET.fullmatch(words):
        return BlockKind.LIST, found[1]
    if found := _NUMBERED.fullmatch(words):
        return BlockKind.NUMBERED, found[1]
    return BlockKind.PARAGRAPH, words


def _joined(lines: Iterable[tuple[BlockKind, str] | None]) -> Iterator[TextBlock]:
    """Put neighbouring items of a list into one; each other line is a block of its own."""
    kind: BlockKind | None = None
    items: list[str] = []
    for line in lines:
        if items and (line is None or line[0] is not kind) and kind is not None:
            yield TextBlock(kind, tuple(items))
            items = []
        if line is None:
            kind = None
            continue
        kind = line[0]
        if kind in {BlockKind.LIST, BlockKind.NUMBERED}:
            items.append(line[1])
        else:
            yield TextBlock(kind, (line[1],))
    if items and kind is not None:
        yield TextBlock(kind, tuple(items))
