import re
from datetime import date
from pathlib import Path

import pytest

from disclosure.posters.slip import render_slip
from disclosure.posters.typesetting import MissingGlyph
from tests.posters.paper import decoded, pages_of, pictures_of, read_with

GROUPS = ("4821", "0937", "5566", "1209", "7743")
CODE = "".join(GROUPS)
PAGE = "https://www.example.gov.cn/zwgk/jz/track"
UNIT = "固原市原州区民政局社会救助服务中心（信访接待室）"


def slip(matter: str = "办事投诉", unit: str = UNIT) -> bytes:
    return render_slip(GROUPS, f"{PAGE}#{CODE}", matter, date(2026, 10, 9), unit, "0954-0000002")


def test_it_says_what_the_resident_needs_on_one_page() -> None:
    (text,) = pages_of(slip())
    for words in ("登记回执", "办事投诉", "2026年10月9日", UNIT, "0954-0000002", CODE, PAGE):
        assert words in text


def test_the_code_is_printed_in_groups() -> None:
    text = read_with("pdftotext", slip(), "-layout", last=("-",))
    assert re.search(r"\s+".join(GROUPS), text)


def test_its_code_opens_the_case(tmp_path: Path) -> None:
    (picture,) = pictures_of(slip(), 150, tmp_path, "-gray")
    assert decoded(picture) == [f"{PAGE}#{CODE}"]


def test_it_is_a6_and_made_for_the_archive() -> None:
    pdf = slip()
    assert "Page size:       297.638 x 419.528 pts" in read_with("pdfinfo", pdf)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf


def test_the_files_properties_and_links_do_not_name_the_code() -> None:
    pdf = slip()
    assert CODE not in read_with("pdfinfo", pdf)
    assert read_with("pdfinfo", pdf, "-url").splitlines()[1:] == []
    assert CODE.encode() not in pdf
    assert f"#{CODE}".encode("utf-16-be") not in pdf


def test_the_same_values_give_the_same_bytes() -> None:
    assert slip() == slip()
    assert slip() != slip("公示异议")


def test_a_missing_glyph_stops_it() -> None:
    with pytest.raises(MissingGlyph) as caught:
        slip(unit="\ue000镇")
    assert caught.value.characters == {"\ue000"}


@pytest.mark.parametrize(
    "groups", [GROUPS[:4], (*GROUPS[:4], "12345"), (*GROUPS[:4], "12a4"), (*GROUPS[:4], "１２３４")]
)
def test_a_code_of_another_shape_is_refused(groups: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="five groups"):
        render_slip(groups, PAGE, "办事投诉", date(2026, 10, 9), UNIT, "1")
