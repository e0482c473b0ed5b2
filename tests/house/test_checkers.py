"""The checkers themselves: each finds what is wrong, and is silent where nothing is."""

from collections.abc import Callable
from pathlib import Path

import qrcode
from qrcode.image.svg import SvgPathImage
from typst import compile as compile_typst

from tests.fixtures.browsers import PHONE, PageOpener, Violation
from tests.fixtures.checkers import HtmlChecker

GOOD = """<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><title>公示</title></head>
<body><main><h1>公示</h1><p>低保金发放公示</p></main></body></html>"""
BAD = GOOD.replace("<p>", "<p id=公 示 id=2><img src=x>")


def test_the_html_checker_names_the_page_and_the_fault(vnu: HtmlChecker) -> None:
    findings = vnu([("/good", GOOD), ("/bad", BAD)])
    assert {finding.url for finding in findings} == {"/bad"}
    assert "error" in {finding.kind for finding in findings}


def test_axe_finds_a_picture_without_words(
    open_page: PageOpener, axe: Callable[..., list[Violation]]
) -> None:
    page = open_page(viewport=PHONE)
    page.set_content(GOOD)
    assert axe(page) == []
    page.set_content(BAD)
    assert "image-alt" in {violation["id"] for violation in axe(page)}


def test_a_printed_qr_code_is_read_back(
    pdf_pages: Callable[..., list[Path]],
    pdf_text: Callable[..., str],
    zbar: Callable[[Path], list[str]],
    tmp_path: Path,
) -> None:
    address = "https://www.example.gov.cn/zwgk/jz/v/01ABC-23DEF"
    qrcode.make(address, image_factory=SvgPathImage).save(tmp_path / "qr.svg")
    source = tmp_path / "poster.typ"
    source.write_text('#image("qr.svg", width: 5cm)\nnotice', encoding="utf-8")
    pdf = compile_typst(source)
    pages = pdf_pages(pdf)
    assert [zbar(page) for page in pages] == [[address]]
    assert "notice" in pdf_text(pdf)
