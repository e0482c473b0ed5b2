"""What a township's clerks have said about their forms 已学表头: consulted before ``headings.csv``.

A heading that stands once in its row is learned as a word, wherever it stands. One that stands
twice, or a column without a heading, is learned by its place in exactly that form.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from disclosure.intake.kinds import Field

LONGEST_HEADING = 30  # characters; a longer text is a title or a note
ANYWHERE = 0
HEADLESS = "headless"


@dataclass(frozen=True, order=True)
class Heading:
    """Where an answer holds: ``form`` "" for a word, else the form; ``position`` from 1, or 0."""

    form: str
    text: str
    position: int


@dataclass(frozen=True)
class Learned:
    """Answers by heading; ``row`` and ``depth`` when the clerk has pointed at the headings' row.

    ``row`` counts from 1; 0 says that there are no headings and the list begins at once.
    """

    fields: Mapping[Heading, Field] = field(default_factory=dict)
    row: int | None = None
    depth: int = 1

    def find(self, texts: Sequence[str], index: int) -> Field | None:
        """Return what column ``index`` (from 0) of a row of headings ``texts`` holds, if told."""
        if not self.fields:
            return None
        text = texts[index]
        found = self.fields.get(Heading(form_of(texts), text[:LONGEST_HEADING], index + 1))
        if found is None and text:
            found = self.fields.get(Heading("", text, ANYWHERE))
        return found

    @property
    def headless(self) -> dict[int, Field]:
        """What each column (from 0) holds in a form without headings."""
        return {h.position - 1: held for h, held in self.fields.items() if _is_headless(h)}

    def with_answers(self, answers: Mapping[Heading, Field], *, row: int, depth: int) -> "Learned":
        """Return what is known together with one file's answers."""
        return replace(self, fields={**self.fields, **answers}, row=row, depth=depth)


NOTHING_LEARNED = Learned()


def _is_headless(heading: Heading) -> bool:
    return heading.form == HEADLESS and heading.position > ANYWHERE


def form_of(texts: Sequence[str]) -> str:
    """Return what tells one form from another: a digest of its row of headings."""
    return hashlib.sha256("\0".join(texts).rstrip("\0").encode()).hexdigest()[:16]


def heading_at(texts: Sequence[str], index: int) -> Heading:
    """Return the heading under which an answer about column ``index`` (from 0) is kept."""
    text = texts[index]
    if not any(texts):
        return Heading(HEADLESS, "", index + 1)
    if text and len(text) <= LONGEST_HEADING and list(texts).count(text) == 1:
        return Heading("", text, ANYWHERE)
    return Heading(form_of(texts), text[:LONGEST_HEADING], index + 1)
