"""Every sentence of the intake is translated, asks for the same values, and says what to do."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

from portal.kernel.language import translations
from tests.intake.workbooks import ROOT

SOURCES = [
    *sorted((ROOT / "disclosure/intake").glob("*.py")),
    ROOT / "portal/kernel/masking.py",
    ROOT / "portal/kernel/period.py",
]


def messages(path: Path) -> Iterator[str]:
    for _, message, _, _ in extract_from_file("python", path, keywords={"N_": None}):
        yield message if isinstance(message, str) else message[0]


ALL = sorted({message for path in SOURCES for message in messages(path)})


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", text))


def test_the_sentences_are_found() -> None:
    assert len(ALL) > 60


@pytest.mark.parametrize("message", ALL)
def test_a_sentence_is_translated_whole(message: str) -> None:
    chinese = translations("zh_Hans").gettext(message)
    assert chinese != message
    assert placeholders(chinese) == placeholders(message)
    assert re.search(r"[\u4e00-\u9fff]", chinese.replace("%", ""))
