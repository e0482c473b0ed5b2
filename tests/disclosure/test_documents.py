"""Documents as values and files: plain text in pieces, pictures without what cameras write."""

import io
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.documents.kinds import DocumentKind
from disclosure.documents.media import LARGEST, sniff, take_apart
from disclosure.documents.rows import parse_rows, rows_text
from disclosure.documents.store import file_path, keep
from disclosure.documents.text import BlockKind, blocks_of
from portal.kernel.errors import Refused, SeveralRefused
from tests.disclosure.pictures import FILM, PDF, SECRET, WEBM, jpeg, png, webp

PICTURES = {"image/png": png(), "image/jpeg": jpeg(), "image/webp": webp()}


def test_plain_text_becomes_headings_paragraphs_and_lists() -> None:
    text = "一、怎么办\n先申请。\n\n- 身份证\n· 户口簿\n\n1. 受理\n（2）公示\n# 电话\n拨打12345。"
    assert [(block.kind, block.lines) for block in blocks_of(text)] == [
        (BlockKind.HEADING, ("一、怎么办",)),
        (BlockKind.PARAGRAPH, ("先申请。",)),
        (BlockKind.LIST, ("身份证", "户口簿")),
        (BlockKind.NUMBERED, ("受理", "公示")),
        (BlockKind.HEADING, ("电话",)),
        (BlockKind.PARAGRAPH, ("拨打12345。",)),
    ]


@pytest.mark.parametrize(
    "line", ["一、申请人应当向乡镇提出申请；", "- ", "1.", "<b>粗</b>", "第一条 总则。"]
)
def test_what_only_looks_like_a_heading_or_list_stays_a_paragraph(line: str) -> None:
    assert [block.kind for block in blocks_of(line)] == [BlockKind.PARAGRAPH]


@given(st.text(alphabet=st.sampled_from("一二、章-·1.（）# 低保。\n\r\t"), max_size=80))
def test_nothing_typed_is_lost_but_the_marks_of_lists(text: str) -> None:
    marks = "-·*•#0123456789.、．()（） \n\r\t"
    shown = "".join(line for block in blocks_of(text) for line in block.lines)
    assert sorted(c for c in shown if c not in marks) == sorted(c for c in text if c not in marks)


@pytest.mark.parametrize("media_type", sorted(PICTURES))
def test_a_picture_loses_what_is_not_picture(media_type: str) -> None:
    media = take_apart(io.BytesIO(PICTURES[media_type]))
    assert (media.media_type, media.width, media.height) == (media_type, 4, 3)
    assert media.data is not None
    assert SECRET not in media.data
    assert sniff(media.data[:64]) == media_type
    # What is clean already stays the same, to the byte.
    assert take_apart(io.BytesIO(media.data)).data == media.data


def test_colours_stay_as_they_are() -> None:
    cleaned = take_apart(io.BytesIO(jpeg())).data or b""
    assert b"ICC_PROFILE" in cleaned
    assert b"JFIF" in cleaned
    assert b"\x12\xff\x00\x34\xff\xd3\x56\xff\xd9" in cleaned


@pytest.mark.parametrize(
    ("data", "media_type"), [(PDF, "application/pdf"), (FILM, "video/mp4"), (WEBM, "video/webm")]
)
def test_films_and_pdf_files_stay_as_they_came(data: bytes, media_type: str) -> None:
    media = take_apart(io.BytesIO(data))
    assert (media.media_type, media.data) == (media_type, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><script>1</script>",
        b"PK\x03\x04",
        png()[:60],
        png().replace(b"IDAT", b"IDAX"),
        jpeg()[:-40],
        b"\xff\xd8\xff",
        webp()[:30],
        b"%PDF-1.7\nno end",
        PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>"),
        PDF.replace(b"<< >>", b"<< /Encrypt 2 0 R >>"),
        png(width=20_000, height=1),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        take_apart(io.BytesIO(data))
    assert refusal.value.field == "file"


@given(st.sampled_from(sorted(PICTURES)), st.data())
def test_a_damaged_picture_is_refused_or_cleaned_and_never_crashes(
    media_type: str, data: st.DataObject
) -> None:
    picture = bytearray(PICTURES[media_type])
    for place in data.draw(st.lists(st.integers(0, len(picture) - 1), max_size=4)):
        picture[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(picture)))
    with suppress(Refused):
        media = take_apart(io.BytesIO(bytes(picture[:cut])))
        assert media.media_type in LARGEST


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_or_of_a_known_kind(data: bytes) -> None:
    with suppress(Refused):
        assert take_apart(io.BytesIO(data)).media_type in LARGEST


def test_a_picture_may_have_five_megabytes() -> None:
    with pytest.raises(Refused) as refusal:
        take_apart(io.BytesIO(png(secret=bytes(LARGEST["image/png"]))))
    assert refusal.value.params["most"] == 5


def test_files_are_kept_under_their_digest_for_their_owner_alone(tmp_path: Path) -> None:
    media, digest, size = keep(tmp_path, io.BytesIO(png()))
    path = file_path(tmp_path, digest)
    assert path.read_bytes() == media.data
    assert path.stat().st_size == size
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert keep(tmp_path, io.BytesIO(png()))[1] == digest
    assert [one.name for one in path.parent.iterdir()] == [digest]
    with pytest.raises(Refused):
        keep(tmp_path, io.BytesIO(b"nothing"))
    assert [one.name for one in path.parent.iterdir()] == [digest]
    with pytest.raises(ValueError, match="digest"):
        file_path(tmp_path, "../portal.db")


def test_tables_come_as_lines_of_csv_and_go_out_the_same() -> None:
    rows = [
        {
            "category": "低保家庭",
            "measure": "水费，减免",
            "responsible": "民政局",
            "channel": "窗口",
        }
    ]
    text = rows_text(DocumentKind.MEASURES, rows)
    assert parse_rows(DocumentKind.MEASURES, text) == rows
    assert rows_text(DocumentKind.GUIDE, []) == ""
    assert parse_rows(DocumentKind.GUIDE, text) == []


def test_every_problem_of_a_table_is_told_at_once() -> None:
    text = "region_code,name,phone\n640402100200,,0954-0030001\n1,马演示,0954-0030002\n"
    with pytest.raises(SeveralRefused) as refusal:
        parse_rows(DocumentKind.HELPERS, text, villages={"640402100200"})
    assert [one.params["line"] for one in refusal.value.each] == [2, 3]
