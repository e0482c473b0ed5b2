"""The catalogues of messages: which sources each is made from, and ``make messages``.

``python -m tests.house.catalogues`` writes the messages that the sources have now into
portal/locale/zh_Hans/LC_MESSAGES/*.po; translations that exist are kept, and nothing is guessed.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from portal.kernel.language import LOCALE_FOLDER
from tests.fixtures.run import ROOT

LOCALE = "zh_Hans"
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "N_": None, "lazy_gettext": None, "_l": None}
# As the application itself reads its templates.
TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
WIDTH = 100


@dataclass(frozen=True)
class Part:
    """One catalogue and the sources (files and folders) whose messages it holds.

    ``without`` names folders inside them that have a catalogue of their own.
    """

    name: str
    sources: tuple[str, ...]
    without: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The catalogue's file."""
        return LOCALE_FOLDER / LOCALE / "LC_MESSAGES" / f"{self.name}.po"


PARTS = (
    Part(
        "portal",
        (
            "portal",
            "demo",
            "templates/base.html",
            "templates/base_desk.html",
            "templates/components",
            "templates/portal",
        ),
    ),
    Part("disclosure", ("disclosure", "templates/disclosure"), without=("disclosure/intake",)),
    Part("intake", ("disclosure/intake",)),
    Part("complaints", ("complaints", "templates/complaints")),
    Part("kiosk", ("kiosk", "templates/kiosk")),
)


def extract(part: Part) -> Catalog:
    """Return the messages of the part's sources, with the comments for translators."""
    catalogue = Catalog(locale=LOCALE, fuzzy=False)
    for path in _files(part):
        method = "jinja2" if path.suffix == ".html" else "python"
        options = TEMPLATE_OPTIONS if method == "jinja2" else {}
        for line, message, comments, context in extract_from_file(
            method, path, keywords=KEYWORDS, comment_tags=("Translators:",), options=options
        ):
            where = (str(path.relative_to(ROOT)), line)
            catalogue.add(message, None, [where], auto_comments=comments, context=context)
    return catalogue


def uncovered_templates() -> list[str]:
    """Return the templates that belong to no part, whose messages nobody would translate."""
    covered = {path for part in PARTS for path in _files(part)}
    return sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if path not in covered
    )


def read(part: Part) -> Catalog:
    """Return the part's catalogue as it stands; an empty one where there is no file."""
    if not part.path.exists():
        return Catalog(locale=LOCALE, fuzzy=False)
    with part.path.open("rb") as source:
        return read_po(source, locale=LOCALE)


def update(part: Part) -> int:
    """Bring the part's file up to date; returns how many messages have no translation yet."""
    extracted = extract(part)
    if not len(extracted):
        return 0
    catalogue = read(part)
    catalogue.project, catalogue.version = "transparency-portal", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = catalogue.language_team = ""
    catalogue.update(extracted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    # A date that changes at every run would make every run a change.
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    part.path.parent.mkdir(parents=True, exist_ok=True)
    with part.path.open("wb") as target:
        write_po(target, catalogue, width=WIDTH, no_location=True, sort_output=True)
    return sum(1 for message in catalogue if message.id and not _translated(message.string))


def _translated(string: Any) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _files(part: Part) -> Iterator[Path]:
    for name in part.sources:
        source = ROOT / name
        inside = [*source.rglob("*.py"), *source.rglob("*.html")]
        for path in [source] if source.is_file() else sorted(inside):
            if not any(path.is_relative_to(ROOT / folder) for folder in part.without):
                yield path


def main() -> int:
    """Update every catalogue; returns the exit code."""
    for part in PARTS:
        missing = update(part)
        sys.stdout.write(f"{part.path.relative_to(ROOT)}: {missing} to translate\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
