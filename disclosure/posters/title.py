"""Where a long title breaks 标题回行: between words, in lines of like length.

A title on an official paper is never cut inside a word, and Typst knows no Chinese words.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import combinations, pairwise

# The widest line, in ems: what an A3 sheet holds at the smallest size of a title of several lines.
WIDEST_LINE = 21.5
_NARROW = 0.56
_UNLIKE_WORDS = 30.0

_PHRASES = re.compile(
    r"\d{4}年(?:第[一二三四]季度|\d{1,2}月)?|农村|城市|最低生活保障|特困|临时救助|困难群众|补助资金|资金发放"
    r"|对象|审核|拟确认|支出型|情况|名单及"
)
_NEVER_FIRST = frozenset("），。、；：》”’！？·")
_NEVER_LAST = frozenset("（《“‘")


def width_in_ems(text: str) -> float:
    """Return about how wide ``text`` is: one em for a Han character, a good half for a digit."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else _NARROW for c in text)


def _possible_breaks(title: str) -> list[int]:
    """Return the positions where ``title`` may be cut: not inside numbers and Latin words."""
    return [
        position
        for position, (before, after) in enumerate(pairwise(title), start=1)
        if after not in _NEVER_FIRST
        and before not in _NEVER_LAST
        and not (before.isascii() and after.isascii())
    ]


def _word_breaks(title: str, phrases: Iterable[str]) -> frozenset[int]:
    """Return the positions at which a word or one of the known ``phrases`` begins."""
    breaks = {match.start() for match in _PHRASES.finditer(title)}
    breaks |= {match.end() for match in re.finditer(r"\d{4}年(?:第.季度|\d{1,2}月)?", title)}
    breaks |= {match.start() for match in re.finditer("（", title)}
    for phrase in phrases:
        start = title.find(phrase) if phrase else -1
        if start >= 0:
            breaks -= set(range(start, start + len(phrase)))
            breaks |= {start, start + len(phrase)}
    return frozenset(breaks)


def title_lines(title: str, phrases: Iterable[str] = ()) -> tuple[str, ...]:
    """Return ``title`` cut into as few lines as an A3 sheet needs; joined they are the title.

    ``phrases`` are texts that stay whole where that is possible: the place, the programme.
    """
    count = max(1, -int(-width_in_ems(title) // WIDEST_LINE))
    if count == 1:
        return (title,)
    words = _word_breaks(title, phrases)
    mean = width_in_ems(title) / count

    def cost(breaks: tuple[int, ...]) -> float:
        uneven = sum((width_in_ems(line) - mean) ** 2 for line in _cut(title, breaks))
        return uneven + _UNLIKE_WORDS * sum(position not in words for position in breaks)

    return _cut(title, min(combinations(_possible_breaks(title), count - 1), key=cost, default=()))


def _cut(title: str, breaks: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(title[start:end] for start, end in pairwise((0, *breaks, len(title))))
