import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.qr import QUIET_ZONE, ErrorCorrection, qr_modules, qr_svg
from tests.fixtures.programs import need_program
from tests.posters.paper import VERIFY_URL, decoded

SVG = "{http://www.w3.org/2000/svg}"
urls = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120).map(
    "https://example.gov.cn/".__add__
)


def parsed(svg: bytes) -> ET.Element:
    """Return the SVG's root; it is our own, so nothing hostile is parsed."""
    return ET.fromstring(svg)  # noqa: S314


def dark_squares(svg: bytes) -> set[tuple[int, int]]:
    """Return the modules that the SVG's path paints, by column and row."""
    path = parsed(svg).findall(f"{SVG}path")[1].attrib["d"]
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{w}v1h-{v}z" for x, y, w, v in runs) == path
    assert all(there == back for _, _, there, back in runs)
    return {(int(x) + step, int(y)) for x, y, wide, _ in runs for step in range(int(wide))}


@given(urls)
def test_the_picture_is_the_code_within_a_quiet_zone(url: str) -> None:
    modules = qr_modules(url)
    svg = qr_svg(url)
    side = len(modules) + 2 * QUIET_ZONE
    assert parsed(svg).attrib["viewBox"] == f"0 0 {side} {side}"
    assert dark_squares(svg) == {
        (x + QUIET_ZONE, y + QUIET_ZONE)
        for y, row in enumerate(modules)
        for x, dark in enumerate(row)
        if dark
    }


def test_the_svg_stands_alone_and_under_a_strict_policy() -> None:
    svg = qr_svg(VERIFY_URL, title="扫码 <核对> & 反映")
    root = parsed(svg)
    assert root.tag == f"{SVG}svg"
    assert root.attrib["role"] == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[0].text == "扫码 <核对> & 反映"
    assert not re.search(rb"style|script|href|\son\w+=", svg.split(b"</title>")[1])
    assert b"style=" not in svg
    assert svg == qr_svg(VERIFY_URL, title="扫码 <核对> & 反映")


@pytest.mark.parametrize("error", ["L", "M", "Q", "H"])
def test_the_correction_level_is_the_one_asked_for(error: ErrorCorrection) -> None:
    # ISO/IEC 18004, 7.9: the level is the first two bits of the format, masked with 10.
    modules = qr_modules(VERIFY_URL, error=error)
    bits = (int(modules[8][0]) << 1 | int(modules[8][1])) ^ 0b10
    assert {0b01: "L", 0b00: "M", 0b11: "Q", 0b10: "H"}[bits] == error


def test_a_reader_reads_the_address(tmp_path: Path) -> None:
    side = len(qr_modules(VERIFY_URL)) + 2 * QUIET_ZONE
    dark = dark_squares(qr_svg(VERIFY_URL))
    size = side * 4
    pixels = bytes(0 if (x // 4, y // 4) in dark else 255 for y in range(size) for x in range(size))
    picture = tmp_path / "code.pgm"
    picture.write_bytes(b"P5 %d %d 255\n" % (size, size) + pixels)
    assert decoded(picture) == [VERIFY_URL]


def test_chromium_draws_it_inline_under_a_policy_without_style(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(
        b"<!doctype html><meta charset=utf-8><meta http-equiv=Content-Security-Policy "
        b"content=\"default-src 'none'\"><title>x</title>" + qr_svg(VERIFY_URL)
    )
    picture = tmp_path / "page.png"
    subprocess.run(
        [
            need_program("chromium", "chromium-browser", "google-chrome"),
            "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
            f"--screenshot={picture}", "--window-size=500,560", page.as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert decoded(picture) == [VERIFY_URL]


@pytest.mark.parametrize("url", ["", "x" * 3000])
def test_what_no_code_holds_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="QR code"):
        qr_svg(url)
