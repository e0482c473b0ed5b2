import re
from pathlib import Path

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

import disclosure.posters
from disclosure.posters.fonts import FAMILY, font_folder, missing_glyphs
from tests.posters.paper import pictures_of

SOURCES = Path(disclosure.posters.__file__).parent
NOWHERE = "\ue000"
# U+2B0A9 is a character of a personal name (𫂩) that Noto Sans CJK does not have.
RARE_AND_MISSING = "\U0002b0a9"
RARE_AND_THERE = ("𠮷", "𬱖", "䶮", "㛃", "·", "*", "Ü", "户", "（")


@pytest.mark.parametrize(
    "text", ["王秀英", "𠮷𬱖䶮㛃", "古***·***", "J*** S****", "，。（）—“”", ""]
)
def test_what_the_font_has_is_not_missing(text: str) -> None:
    assert missing_glyphs(text) == frozenset()


@pytest.mark.parametrize(
    "character", [NOWHERE, RARE_AND_MISSING, "\n", "\x00", "\u202e", "\U0001f600"]
)
def test_what_the_font_lacks_is_named(character: str) -> None:
    assert missing_glyphs(f"王{character}英{character}") == {character}


def test_a_variation_selector_needs_its_character() -> None:
    assert missing_glyphs("。\ufe00") == frozenset()
    assert missing_glyphs("王\ufe00") == {"\ufe00"}
    assert missing_glyphs("葛\U000e0100") == {"\U000e0100"}


@given(st.text(max_size=20), st.text(max_size=20))
def test_missing_characters_are_those_of_the_parts(one: str, other: str) -> None:
    both = missing_glyphs(f"{one} {other}")
    assert both == missing_glyphs(one) | missing_glyphs(other)
    assert both <= set(one + other)


@pytest.mark.parametrize("source", sorted(SOURCES.glob("*.typ")), ids=lambda path: path.name)
def test_the_fixed_words_can_be_printed(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert missing_glyphs(" ".join(text.split())) == frozenset()
    assert f'font: "{FAMILY}"' in text
    assert "fallback: false" in text


def picture_of(character: str, folder: Path) -> bytes:
    """Return the picture of one character, set with the bundled font alone."""
    folder.mkdir()
    source = (
        "#set page(width: 30pt, height: 30pt, margin: 4pt)\n"
        f'#set text(font: "{FAMILY}", fallback: false, size: 20pt)\n#sys.inputs.character'
    )
    fonts = typst.Fonts(False, False, [str(font_folder())])
    pdf = typst.compile(
        source.encode(), font_paths=fonts, format="pdf", sys_inputs={"character": character}
    )
    (picture,) = pictures_of(pdf, 72, folder, "-gray")
    return picture.read_bytes()


def test_every_rare_character_has_a_picture_of_its_own(tmp_path: Path) -> None:
    blank = picture_of(" ", tmp_path / "blank")
    box = picture_of(NOWHERE, tmp_path / "box")
    assert picture_of(RARE_AND_MISSING, tmp_path / "missing") == box
    pictures = [
        picture_of(character, tmp_path / str(number))
        for number, character in enumerate(RARE_AND_THERE)
    ]
    assert box != blank
    assert len({box, blank, *pictures}) == len(RARE_AND_THERE) + 2


def test_only_the_bundled_family_is_used() -> None:
    families = set(re.findall(r'font: "([^"]+)"', (SOURCES / "board.typ").read_text("utf-8")))
    assert families == {FAMILY}
