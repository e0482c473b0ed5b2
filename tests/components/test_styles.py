"""The compiled styles: fresh, small, ours, readable, and known to the oldest engine."""

import gzip
import hashlib
import re
from itertools import product
from pathlib import Path

import pytest

from tests.components.rendering import ROOT

STATIC = ROOT / "portal" / "static"
FRONTEND = ROOT / "frontend"
SHEETS = ("portal.css", "desk.css")
BUILT = (*SHEETS, "forms.js", "track.js", "desk.js")

# What Chromium 86, the engine of the oldest WeChat still in use, does not know.
TOO_NEW = [
    r":has\(", r":is\(", r":where\(", r":not\([^)]*,", r"@layer", r"@container", r"@scope",
    r"@starting-style", r"[;{]aspect-ratio:", r"[;{]inset(-[a-z]+)*:",
    r"[;{](margin|padding|border)-(inline|block)", r"[;{](translate|scale|rotate):",
    r"\b\d+(d|s|l)v[hw]\b", r"color-mix\(", r"oklch\(", r"oklab\(", r"lab\(",
    r"overflow(-[xy])?:clip", r"@media[^{]*[<>]", r"[{;]&", r"subgrid", r"light-dark\(",
]  # fmt: skip

LINE = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})")

# Words on their ground: 4.5 to 1 (WCAG 2.2, 1.4.3).
TEXT = [
    *product(("ink", "ink-soft", "pine", "vermilion"), ("paper", "surface", "sunken")),
    ("on-pine", "pine-fill"), ("on-pine", "pine-fill-hover"), ("on-vermilion", "vermilion-fill"),
    ("pine-tint-ink", "pine-tint"), ("vermilion-ink", "vermilion-tint"),
    ("amber-ink", "amber-tint"),
    ("ink", "amber-tint"), ("ink-soft", "amber-tint"), ("amber-ink", "surface"),
    ("blue-ink", "blue-tint"), ("grey-ink", "grey-tint"), ("focus-ink", "focus"),
    ("on-header", "header"), ("on-header-soft", "header"),
    ("govuk-error-colour", "surface"), ("govuk-error-colour", "paper"),
    ("govuk-link-visited-colour", "paper"), ("govuk-link-visited-colour", "surface"),
    ("govuk-link-hover-colour", "paper"), ("govuk-secondary-text-colour", "paper"),
]  # fmt: skip
# Edges of what can be operated: 3 to 1 (1.4.11).
EDGES = [
    ("govuk-input-border-colour", "surface"), ("govuk-input-border-colour", "paper"),
    ("line-strong", "surface"), ("line-strong", "paper"), ("pine", "surface"),
    ("pine-fill", "paper"), ("focus-ink", "focus"), ("focus", "header"),
    *product(("chart-pine", "chart-blue", "chart-amber", "chart-grey"), ("surface",)),
]  # fmt: skip


def read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def sources() -> list[Path]:
    folders = (FRONTEND / "scss", FRONTEND / "scss" / "components", FRONTEND / "js")
    files = [path for folder in folders for path in folder.iterdir() if path.is_file()]
    return [*files, FRONTEND / "package-lock.json"]


def test_what_is_served_was_built_from_these_sources() -> None:
    digest = hashlib.sha256()
    for path in sorted(sources(), key=lambda path: path.relative_to(FRONTEND).as_posix()):
        digest.update(
            f"{path.relative_to(FRONTEND).as_posix()}\n".encode() + path.read_bytes() + b"\n"
        )
    stamp = digest.hexdigest()[:16]
    stale = [name for name in BUILT if f"Sources {stamp} " not in read(name)]
    assert stale == [], "run npm ci and npm run build in frontend/"


@pytest.mark.parametrize("name", SHEETS)
def test_the_oldest_engine_understands_it(name: str) -> None:
    found = [pattern for pattern in TOO_NEW if re.search(pattern, read(name))]
    assert found == []


@pytest.mark.parametrize("name", BUILT)
def test_nothing_is_fetched_from_anywhere(name: str) -> None:
    text = read(name)
    assert "url(" not in text
    assert "@import" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)


@pytest.mark.parametrize("name", SHEETS)
def test_neither_the_crown_nor_its_letters_are_used(name: str) -> None:
    assert "GDS Transport" not in read(name)
    assert "@font-face" not in read(name)
    assert "govuk-header" not in read(name)


def test_it_is_small_enough_for_a_slow_line() -> None:
    assert len(gzip.compress(read("portal.css").encode())) < 14_000
    assert len(gzip.compress(read("forms.js").encode())) < 6_000


def test_chinese_has_its_fonts_and_its_room() -> None:
    css = read("portal.css")
    stack = (
        '"Noto Sans CJK SC","PingFang SC","Hiragino Sans GB",'
        '"Microsoft YaHei","Source Han Sans SC",sans-serif'
    )
    assert f"font-family:{stack}" in css
    body = re.search(r"body\{[^}]*font-size:([\d.]+)rem;line-height:([\d.]+)", css)
    assert body is not None
    assert 1.125 <= float(body[1]) <= 1.25
    assert float(body[2]) >= 1.7


def colours(scheme: str) -> dict[str, str]:
    """Return the colours by name in the "light" or "dark" scheme."""
    css = read("portal.css")
    start = css.index("@media screen and (prefers-color-scheme: dark)")
    light = dict(LINE.findall(css[:start]))
    if scheme == "light":
        return light
    dark = css[start : css.index("}}", start)]
    return light | dict(LINE.findall(dark))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (linear(int(digits[place : place + 2], 16) / 255) for place in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def test_the_measure_of_contrast_is_the_known_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(contrast("#777777", "#fff"), 2) == 4.48


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_pair_of_colours_can_be_read(scheme: str) -> None:
    known = colours(scheme)
    faint = [
        f"{ink} on {ground}: {contrast(known[ink], known[ground]):.2f}"
        for pairs, least in ((TEXT, 4.5), (EDGES, 3.0))
        for ink, ground in pairs
        if contrast(known[ink], known[ground]) < least
    ]
    assert faint == []


def test_the_dark_scheme_is_for_screens_and_replaces_every_colour_of_the_light_one() -> None:
    css = read("portal.css")
    start = css.index("@media screen and (prefers-color-scheme: dark)")
    dark = {name for name, _ in LINE.findall(css[start : css.index("}}", start)])}
    kept = {
        "on-header",
        "on-header-soft",
        "on-pine",
        "on-vermilion",
        "vermilion-fill",
        "focus",
        "focus-ink",
    }
    own = {name for name, _ in LINE.findall(css[:start]) if not name.startswith("govuk-")}
    assert own - dark <= kept
