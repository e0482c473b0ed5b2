"""The bundled font 字体 and what it can print: Noto Sans CJK SC, from manimgx-fonts-cjk (OFL 1.1).

Typst says nothing when a glyph is missing and prints a box. A person's name printed as a box is
worse than no poster, so every text is checked against the font's own character map first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

FAMILY = "Noto Sans CJK SC"
_PACKAGE = "manimgx_fonts_cjk"
_COLLECTION_SUFFIXES = frozenset({".ttc", ".otc"})
_FONT_SUFFIXES = frozenset({".otf", ".ttf"}) | _COLLECTION_SUFFIXES
_FAMILY_NAME_IDS = (16, 1)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a font can print: code points, and to which of them each variation selector applies."""

    characters: frozenset[int]
    variations: Mapping[int, frozenset[int]]


@cache
def font_folder() -> Path:
    """Return the folder of the bundled font files; raises RuntimeError if there is none."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_PACKAGE} with the poster's font is not installed")
    return Path(spec.origin).parent


def _is_family(face: TTFont) -> bool:
    return any(face["name"].getDebugName(name_id) == FAMILY for name_id in _FAMILY_NAME_IDS)


def _coverage_of(face: TTFont) -> Coverage:
    # Names by number: the font has none of its own, and making some up from its map takes 0.3 s.
    names = [f"glyph{index}" for index in range(face["maxp"].numGlyphs)]
    face.setGlyphOrder(names)
    glyphs: dict[int, str] = face.getBestCmap() or {}
    variations: dict[int, frozenset[int]] = {}
    for table in face["cmap"].tables:
        if table.format == 14:
            for selector, pairs in table.uvsDict.items():
                variations[selector] = frozenset(base for base, _glyph in pairs)
    printable = frozenset(point for point, glyph in glyphs.items() if glyph != names[0])
    return Coverage(characters=printable, variations=variations)


def _find_coverage(path: Path) -> Coverage | None:
    """Return what the posters' font can print, if it is in the file ``path``."""
    is_collection = path.suffix in _COLLECTION_SUFFIXES
    with (TTCollection if is_collection else TTFont)(str(path), lazy=True) as opened:
        for face in opened.fonts if is_collection else [opened]:
            if _is_family(face):
                return _coverage_of(face)
    return None


@cache
def coverage() -> Coverage:
    """Return what the posters' font can print, read once from its character map (about 0.1 s).

    Typst falls back to no other font (``fallback: false``), so this one face decides.
    Raises RuntimeError if the package does not hold the font.
    """
    for path in sorted(font_folder().iterdir()):
        found = _find_coverage(path) if path.suffix in _FONT_SUFFIXES else None
        if found is not None:
            return found
    raise RuntimeError(f"{FAMILY} is not among the fonts of {_PACKAGE}")


def missing_glyphs(text: str) -> frozenset[str]:
    """Return the characters of ``text`` that the bundled font cannot print; empty if all can be.

    Characters are whole code points, outside the Basic Multilingual Plane too (𠮷, 𬱖). Control
    characters, line ends included, have no glyph. A variation selector can be printed only behind
    a character for which the font knows it.
    """
    known = coverage()
    missing: set[str] = set()
    before = 0
    for character in text:
        point = ord(character)
        if point not in known.characters and before not in known.variations.get(point, ()):
            missing.add(character)
        before = point
    return frozenset(missing)
