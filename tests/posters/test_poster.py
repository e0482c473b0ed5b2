import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from disclosure.posters.content import FundRow, PosterContent, PosterRow, cell, columns_of
from disclosure.posters.render import PosterSize, render_poster
from disclosure.posters.typesetting import MissingGlyph
from tests.fixtures.run import ROOT
from tests.posters.paper import (
    SHORT_CODE,
    VERIFY_URL,
    WITHHELD,
    decoded,
    lines_of,
    pages_of,
    pictures_of,
    poster,
    read_with,
    sample,
)

SIZES: tuple[PosterSize, ...] = ("a3", "a4")
both_sizes = pytest.mark.parametrize("size", SIZES)
MM_PER_INCH = 25.4


def printed_line(content: PosterContent, row: PosterRow | FundRow) -> str:
    """Return the row as it stands on the paper, its cells side by side, without spaces."""
    cells = (cell(row, column.key) for column in columns_of(content))
    return "".join(text if isinstance(text, str) else "".join(text) for text in cells).replace(
        " ", ""
    )


@both_sizes
@pytest.mark.parametrize(("count", "pages"), [(3, 1), (25, 1), (26, 2), (60, 3)])
def test_every_row_stands_on_one_page_and_every_page_has_its_number(
    count: int, pages: int, size: PosterSize
) -> None:
    content = sample(count)
    texts = pages_of(poster(count, size))
    assert len(texts) == pages
    for number, text in enumerate(texts, start=1):
        assert f"第{number}页共{pages}页" in text
    found = [
        number
        for row in content.rows
        for number, text in enumerate(texts)
        if printed_line(content, row) in text
    ]
    assert len(found) == count
    assert found == sorted(found)
    assert max(found.count(number) for number in range(pages)) <= 25


@both_sizes
@pytest.mark.parametrize("count", [3, 25, 26, 60])
def test_the_code_on_every_page_leads_to_the_copys_own_page(
    count: int, size: PosterSize, tmp_path: Path
) -> None:
    pictures = pictures_of(poster(count, size), 150, tmp_path, "-gray")
    assert [decoded(picture) for picture in pictures] == [[VERIFY_URL]] * len(pictures)


@both_sizes
def test_every_page_repeats_what_stands_around_the_list(size: PosterSize) -> None:
    for text in pages_of(poster(60, size)):
        for words in (
            "三营镇金轮村2026年10月农村最低生活保障对象名单公示",
            "固原市原州区三营镇金轮村委会",
            "救助项目农村最低生活保障",
            "2026年10月16日至10月22日（共7天）",
            "户主姓名",
            "月保障金额",
            "三营镇民政办公室（社会救助窗口）",
            "固原市原州区三营镇政府大院一楼民生服务中心",
            "0954-0000001",
            "0954-0000002（原州区民政局）",
            "三营镇人民政府",
            "2026年10月9日",
            "（盖章处）",
            "本名单张贴于村务公开栏。",
            SHORT_CODE,
            VERIFY_URL,
            "第2版",
        ):
            assert words in text, words


def test_only_the_last_page_has_the_totals() -> None:
    *before, last = pages_of(poster(60))
    assert "合计60户120人92,400元" in last
    assert not any("合计" in text for text in before)


def test_a_short_list_says_where_it_ends() -> None:
    assert "（以下空白）" in pages_of(poster(3))[0]


def test_an_empty_list_says_so() -> None:
    (text,) = pages_of(poster(0))
    assert "本期没有公示对象" in text
    assert "合计0户" in text


@pytest.mark.parametrize("kind", ["review", "temporary", "funds"])
def test_the_other_kinds_print_every_row(kind: Any) -> None:
    content = sample(12, kind)
    text = "".join(pages_of(poster(12, "a3", kind)))
    for row in content.rows:
        assert printed_line(content, row) in text


def strings_of(value: object) -> Iterator[str]:
    """Yield every string of a frozen value and of what it holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings_of(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from strings_of(getattr(value, name))


def test_every_string_of_the_content_is_on_the_paper() -> None:
    content = sample(20, "temporary")
    plain = "".join(pages_of(poster(20, "a3", "temporary")))
    for text in set(strings_of(content)) - {"temporary"}:
        assert text.replace(" ", "") in plain, text


def font_sizes(pdf: bytes) -> dict[str, float]:
    """Return the size in points of each piece of text; pdftohtml counts 1.5 of its own in one."""
    xml = read_with("pdftohtml", pdf, "-xml", "-i", "-stdout")
    sizes = {
        font: int(size) / 1.5
        for font, size in re.findall(r'<fontspec id="(\d+)" size="(\d+)"', xml)
    }
    pieces = re.findall(r'<text [^>]*font="(\d+)">(.*?)</text>', xml)
    return {re.sub(r"<[^>]+>", "", text): sizes[font] for font, text in pieces}


def test_the_fullest_sheet_is_set_at_24_points_on_a3_and_the_same_scaled_on_a4() -> None:
    content = sample(25)
    # pdftohtml rounds to whole thirds of a point and the like.
    for size, least in zip(SIZES, (24.0, 24.0 * 210 / 297 - 0.5), strict=True):
        found = font_sizes(poster(25, size))
        for row in content.rows:
            assert found[row.amount_yuan] >= least
        assert found[WITHHELD] >= least


def test_a_short_list_is_set_larger() -> None:
    assert font_sizes(poster(3))["1,037"] > 26


@both_sizes
def test_the_code_is_at_least_30_millimetres_wide(size: PosterSize, tmp_path: Path) -> None:
    dpi = 100
    (picture,) = pictures_of(poster(3, size), dpi, tmp_path, "-gray")
    width, height, pixels = pgm(picture.read_bytes())
    edge = left_edge(size, dpi)
    dark = [pixels[y * width + edge] < 128 for y in range(height)]
    runs = [
        (start, end)
        for start, end in stretches(dark)
        if start > height * 3 // 4 and end - start > 10
    ]
    # On the code's left edge only the two finder patterns are dark for seven modules.
    longest = max(end - start for start, end in runs)
    top, foot = [run for run in runs if run[1] - run[0] >= longest - 1]
    assert (foot[1] - top[0]) / dpi * MM_PER_INCH >= 30


def left_edge(size: PosterSize, dpi: int) -> int:
    """Return the column of pixels just inside the code's left edge, which is the margin's."""
    margin = 17.0 * (210 / 297 if size == "a4" else 1.0)
    return int((margin + 0.4) / MM_PER_INCH * dpi)


def stretches(dark: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield where each dark stretch begins and where it has ended."""
    start: int | None = None
    for position, is_dark in enumerate([*dark, False]):
        if is_dark and start is None:
            start = position
        elif not is_dark and start is not None:
            yield start, position
            start = None


def pgm(data: bytes) -> tuple[int, int, bytes]:
    """Return width, height and grey values of a binary PGM picture."""
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data)
    assert head is not None
    return int(head[1]), int(head[2]), data[head.end() :]


@both_sizes
def test_nothing_touches_the_edge_of_the_sheet(size: PosterSize, tmp_path: Path) -> None:
    pictures = pictures_of(poster(60, size), 50, tmp_path, "-gray")
    for picture in pictures:
        width, height, pixels = pgm(picture.read_bytes())
        band = round(5 / MM_PER_INCH * 50)
        assert min(pixels[: band * width] + pixels[-band * width :]) == 255
        for y in range(height):
            row = pixels[y * width : (y + 1) * width]
            assert min(row[:band] + row[-band:]) == 255


TITLE = "原州区民生家园社区居民委员会2026年第三季度支出型临时救助对象名单及救助金额公示（更正）"
URL = "https://www.yuanzhou.example.gov.cn/zwgk/jiuzhu/v/7K3QF-9XW2M"
LONG: dict[str, Any] = {
    "title": TITLE,
    "place": ("固原市", "原州区", "南关街道", "民生家园社区居民委员会"),
    "programme": "特困人员救助供养（集中供养与分散供养）",
    "issuer": "固原市原州区南关街道办事处社会救助服务中心",
    "channel_note": "本名单张贴于村务公开栏，姓名按规定作部分遮盖；如有变动，以网上公布的为准。",
    "verify_url": URL,
}


@both_sizes
def test_long_names_make_more_pages_and_lose_nothing(size: PosterSize) -> None:
    content = sample(25, **LONG)
    pdf = poster(25, size, **LONG)
    texts = pages_of(pdf)
    assert [f"第{n}页共{len(texts)}页" in text for n, text in enumerate(texts, 1)] == [True] * len(
        texts
    )
    for row in content.rows:
        assert sum(printed_line(content, row) in text for text in texts) == 1
    for text in texts:
        assert URL in text
        assert TITLE in text


def test_numbers_are_never_wrapped_even_where_the_sheet_is_too_narrow() -> None:
    wide = tuple(
        FundRow(n, "民生家园社区", f"2026年{n}月", "特困人员救助供养", 10_000 + n, 123_000 + n,
                f"{51_460_000 + n:,}.50", f"2026年{n}月28日")
        for n in range(1, 11)
    )  # fmt: skip
    lines = lines_of(render_poster(sample(10, "funds", rows=wide)))
    for row in wide:
        assert any(
            f"{row.households}{row.persons}{row.amount_yuan}{row.paid_on}" in line for line in lines
        )


def test_villages_and_groups_stand_together_on_a_townships_poster() -> None:
    places = tuple(
        PosterRow(n, "马*", f"{900 + n}", group=f"{n}组", village=village, persons=1, class_="A")
        for n, village in enumerate(("金轮村委会", "新三营村委会", "民生家园社区居民委员会"), 1)
    )
    content = sample(3, rows=places, place=("固原市", "原州区", "三营镇"))
    text = "".join(pages_of(render_poster(content)))
    for row in places:
        assert f"{row.village}{row.group}" in text


MARKUP = ['#read("board.typ")', "*粗* _斜_", "$x$ @a <b>", "\\#{1+1}", '"}', "// x", "[x]", "-- ~"]


def test_typst_markup_in_a_name_is_only_text() -> None:
    names = tuple(PosterRow(n, name, str(900 + n)) for n, name in enumerate(MARKUP, 1))
    text = "".join(pages_of(render_poster(sample(len(names), rows=names, issuer="#strong[镇]"))))
    for name in (*MARKUP, "#strong[镇]"):
        assert name.replace(" ", "") in text, name


def test_a_missing_glyph_in_a_row_stops_the_poster_and_says_where() -> None:
    rows = (PosterRow(7, "\U0002b0a9*", "480"), PosterRow(9, "马*", "480", group="\ue000组"))
    with pytest.raises(MissingGlyph) as caught:
        render_poster(sample(2, rows=rows))
    assert caught.value.characters == {"\U0002b0a9", "\ue000"}
    assert caught.value.rows == (7, 9)
    assert "U+E000, \U0002b0a9 (U+2B0A9) (row 7, 9)" in str(caught.value)


def test_two_rows_of_one_number_are_both_looked_at() -> None:
    rows = (PosterRow(1, "\ue000*", "480"), PosterRow(1, "马*", "480"))
    with pytest.raises(MissingGlyph):
        render_poster(sample(2, rows=rows))


@pytest.mark.parametrize(
    "field", ["title", "programme", "period", "issuer", "channel_note", "short_code"]
)
def test_a_missing_glyph_in_any_text_stops_the_poster(field: str) -> None:
    content = sample(1)
    with pytest.raises(MissingGlyph) as caught:
        render_poster(sample(1, **{field: getattr(content, field) + "\ue000"}))
    assert caught.value.rows == ()
    assert "U+E000" in str(caught.value)


def test_it_is_made_for_the_archive_and_can_be_read_aloud() -> None:
    pdf = poster(26)
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    info = read_with("pdfinfo", pdf)
    assert re.search(r"Title: +三营镇金轮村2026年10月农村最低生活保障对象名单公示", info)
    assert re.search(r"Author: +三营镇人民政府", info)
    assert re.search(r"Tagged: +yes", info)
    assert re.search(r"JavaScript: +no", info)


def test_what_is_read_aloud_is_said_once() -> None:
    structure = read_with("pdfinfo", poster(26), "-struct-text")
    assert len(re.findall(r"^\s*H1 ", structure, re.MULTILINE)) == 1
    assert structure.count('"三营镇金轮村2026年10月"') == 1
    assert structure.count('"三营镇民政办公室（社会救助窗口）"') == 1
    assert len(re.findall(r"^\s*Table \(block\)", structure, re.MULTILINE)) == 2
    assert len(re.findall(r"^\s*TH ", structure, re.MULTILINE)) == 12
    for row in sample(26).rows:
        assert structure.count(f'"{row.amount_yuan}"') == 1


def test_only_the_bundled_font_is_used_and_it_is_in_the_file() -> None:
    fonts = read_with("pdffonts", poster(25)).splitlines()[2:]
    assert fonts
    for line in fonts:
        assert re.match(r"[A-Z]{6}\+NotoSansCJKsc-", line)
        assert line.split()[4] == "yes"


@both_sizes
def test_the_sheet_has_the_size_asked_for(size: PosterSize) -> None:
    wanted = {"a3": "841.89 x 1190.55 pts (A3)", "a4": "595.276 x 841.89 pts (A4)"}[size]
    assert wanted in read_with("pdfinfo", poster(26, size))


def test_the_same_content_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib\n"
        "from tests.posters.paper import poster\n"
        "print(hashlib.sha256(poster(26)).hexdigest())\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"PYTHONHASHSEED": "7", "TZ": "America/New_York", "LC_ALL": "C", "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert other.stdout.strip() == hashlib.sha256(poster(26)).hexdigest()


def test_another_date_or_version_gives_another_file() -> None:
    same = render_poster(sample(3))
    assert same == poster(3)
    assert render_poster(sample(3, version=3)) != same
    assert render_poster(sample(3, issued_on=date(2026, 10, 10))) != same


def test_the_files_date_is_the_day_of_issue() -> None:
    assert b"<xmp:CreateDate>2026-10-09T" in poster(3)


def test_posters_need_no_flask_no_database_and_no_image_library() -> None:
    program = (
        "import sys\n"
        "import disclosure.posters.render\n"
        "print({'flask', 'sqlalchemy', 'PIL'} & {name.split('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()"
