"""Writing 写法: texts as the index compares them, and the n-grams that they are made of.

A text becomes runs of letters, characters and digits, in one width and one case; whatever stands
between two runs (punctuation, a new line) ends a run, and no match goes across it. A space between
two Chinese characters is none.
"""

import re
import unicodedata

from portal.kernel.text import is_han, normalise

BREAK = "\n"
_SPACES_IN_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")


def written(text: str) -> str:
    """Return ``text`` in the form in which it is compared: runs of characters, a break between."""
    lines = (normalise(line) for line in text.splitlines())
    return BREAK.join(run for line in lines for run in runs(_closed_up(line)))


def runs(line: str) -> list[str]:
    """Return the runs of letters, characters and digits of a normalised text, case folded."""
    return [run for run in line.casefold().translate(_MARKED).split(BREAK) if run]


def is_written(char: str) -> bool:
    """Tell whether ``char`` is a letter, a digit, a Chinese character, or a mark on one."""
    return char.isalnum() or is_han(char) or unicodedata.category(char).startswith("M")


def grams(text: str) -> frozenset[str]:
    """Return the one- and two-character n-grams of a written text; none goes across a break."""
    pairs = (text[at : at + 2] for at in range(len(text) - 1))
    found = {pair for pair in pairs if BREAK not in pair}
    return frozenset(found.union(text) - {BREAK})


class _Marked(dict[int, str]):
    """A translation table that learns: what belongs to no run becomes a break."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = marked = char if is_written(char) else BREAK
        return marked


_MARKED = _Marked()


def _closed_up(line: str) -> str:
    return _SPACES_IN_CHINESE.sub(
        lambda space: "" if _is_between_han(line, space.start()) else " ", line
    )


def _is_between_han(line: str, at: int) -> bool:
    return is_han(line[at - 1]) and is_han(line[at + 1])
