"""Every message has a Chinese translation with the same placeholders."""

import re

import pytest
from babel.messages import Message

from portal.kernel.language import translations
from tests.house.catalogues import LOCALE, PARTS, Part, extract, read, uncovered_templates

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
ANY_FORMAT = re.compile(r"%(?!%)(?!\(\w+\)s)")
LATIN = re.compile(r"[A-Za-z]")
HAN = re.compile(r"[\u3400-\u9fff]")

each_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)


@each_part
def test_every_message_is_translated(part: Part) -> None:
    known = {_text(message) for one in PARTS for message in read(one) if message.string}
    missing = [
        f"{_where(message)}: {_text(message)}"
        for message in extract(part)
        if _text(message) not in known
    ]
    assert missing == []


@each_part
def test_placeholders_are_the_same_and_nothing_is_fuzzy_or_empty(part: Part) -> None:
    wrong = []
    for message in read(part):
        if not message.id:
            continue
        strings = _forms(message.string)
        identifiers = _forms(message.id)
        wanted = set(PLACEHOLDER.findall(identifiers[-1]))
        if message.fuzzy or not all(strings):
            wrong.append(f"{identifiers[0]}: fuzzy or empty")
            continue
        wrong += [
            f"{identifiers[0]}: {string}"
            for string in strings
            if set(PLACEHOLDER.findall(string)) != wanted
        ]
    assert wrong == []


@each_part
def test_sources_use_named_placeholders_only(part: Part) -> None:
    wrong = [
        f"{_where(message)}: {_text(message)}"
        for message in extract(part)
        if message.python_format and ANY_FORMAT.search(_text(message))
    ]
    assert wrong == []


@each_part
def test_messages_are_written_in_english(part: Part) -> None:
    # A few Chinese words may be quoted, as they stand on a sheet or at an office's door.
    found = [
        f"{_where(message)}: {_text(message)}"
        for message in extract(part)
        if len(HAN.findall(_text(message))) > len(LATIN.findall(_text(message)))
    ]
    assert found == []


def test_the_house_speaks_what_the_catalogues_say() -> None:
    merged = translations(LOCALE)
    for part in PARTS:
        for message in read(part):
            if message.id and not isinstance(message.id, tuple | list):
                assert merged.gettext(message.id) == message.string


def test_every_template_belongs_to_a_part() -> None:
    assert uncovered_templates() == []


def test_no_part_translates_a_message_otherwise_than_another() -> None:
    chosen: dict[str, tuple[str, str]] = {}
    differing = []
    for part in PARTS:
        for message in read(part):
            text, string = _text(message), str(message.string)
            if text and string and chosen.setdefault(text, (part.name, string))[1] != string:
                differing.append(f"{text}: {chosen[text]} and {(part.name, string)}")
    assert differing == []


def _text(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple | list) else message.id)


def _forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return singular and plural, or the one form that there is."""
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def _where(message: Message) -> str:
    return ":".join(map(str, message.locations[0])) if message.locations else "?"
