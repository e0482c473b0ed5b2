"""Places and units 行政区划与单位: loaded as often as one likes, refused whole for one bad line."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from portal.data.accounts import Unit, UnitRow, load_units, parse_units_csv
from portal.data.csvfiles import read_csv_file
from portal.data.regionfiles import RegionRow, load_regions, parse_regions_csv, place_pinyin
from portal.data.regions import (
    SIGNIFICANT_DIGITS,
    Level,
    Region,
    code_prefix,
    is_within,
    list_sub_regions,
    path_of,
)
from portal.data.session import Sessions
from portal.kernel.errors import NotFound, Refused, SeveralRefused
from tests.fixtures.people import DIVISIONS, SANYING, UNITS, YUANZHOU

# What pypinyin reads wrong, or would if the words around it were other ones.
SPELLED = {
    "什字乡": "shi zi xiang",
    "什字村委会": "shi zi cun wei hui",
    "六盘山什字": "liu pan shan shi zi",
    "崾岘村委会": "yao xian cun wei hui",
    "三营镇": "san ying zhen",
    "西吉县": "xi ji xian",
    "原州区": "yuan zhou qu",
    "重庆路社区": "chong qing lu she qu",
    "长城村": "chang cheng cun",
    "": "",
}


@pytest.mark.parametrize(("name", "spelled"), SPELLED.items())
def test_names_are_spelled_as_they_are_spoken(name: str, spelled: str) -> None:
    assert " ".join(place_pinyin(name)) == spelled


def test_every_place_of_the_city_is_spelled_in_small_letters() -> None:
    for row in parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")):
        syllables = place_pinyin(row.name)
        assert len(syllables) == len(row.name), row.name
        assert all(syllable.isascii() and syllable.islower() for syllable in syllables), row.name


@given(st.text(alphabet="什字崾岘村乡三营镇长重", max_size=12))
def test_a_name_is_spelled_character_by_character(name: str) -> None:
    assert len(place_pinyin(name)) == len(name)


def test_the_city_is_loaded_twice_and_is_the_same(sessions: Sessions) -> None:
    rows = parse_regions_csv(DIVISIONS.read_text(encoding="utf-8"))
    for _ in range(2):
        with sessions.writing() as session:
            assert load_regions(session, reversed(rows)) == len(rows)
        with sessions.reading() as session:
            assert session.scalar(select(func.count()).select_from(Region)) == len(rows)
    with sessions.reading() as session:
        path = [region.name for region in path_of(session, "640402100200")]
        assert path == ["宁夏回族自治区", "固原市", "原州区", "三营镇", "东塬村委会"]
        shizi = session.scalars(select(Region).where(Region.name.startswith("什字"))).all()
        assert {region.initials[:2] for region in shizi} == {"sz"}
        assert {sub.name for sub in list_sub_regions(session, SANYING)} >= {"东塬村委会"}
        with pytest.raises(NotFound):
            path_of(session, "000000000000")


def test_loading_again_keeps_corrected_initials_and_renames(sessions: Sessions) -> None:
    rows = [RegionRow("640000000000", "什字", Level.PROVINCE, None)]
    with sessions.writing() as session:
        load_regions(session, rows)
        session.get_one(Region, "640000000000").initials = "xx"
    with sessions.writing() as session:
        load_regions(session, rows)
        assert session.get_one(Region, "640000000000").initials == "xx"
    with sessions.writing() as session:
        load_regions(session, [RegionRow("640000000000", "宁夏", Level.PROVINCE, None)])
        renamed = session.get_one(Region, "640000000000")
        assert (renamed.name, renamed.initials) == ("宁夏", "nx")


HEADER = "code,name,level,parent\n"


def reasons(text: str, parse: Callable[[str], object] = parse_regions_csv) -> list[str]:
    with pytest.raises(Refused) as caught:
        parse(text)
    return [str(one) for one in getattr(caught.value, "each", (caught.value,))]


def test_every_bad_line_of_a_divisions_file_is_named() -> None:
    text = HEADER + (
        "640000000000,宁夏,province,\n"
        "64000000000,短,city,\n"
        "64000000000²,上标,city,\n"
        "\n"
        "640400000000,固原市,town,640000000000\n"
        "640402000000,,county,640400000000\n"
        f"640422000000,{'长' * 81},county,640400000000\n"
        "640423000000\n"
    )
    assert [reason.split(":")[0] for reason in reasons(text)] == [
        f"Line {line}" for line in (3, 4, 6, 7, 8, 9, 9)
    ]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "name,code\n", "a;b;c\n", '"code,name,level,parent\n', f"{HEADER}\x00"],
)
def test_what_is_no_divisions_file_is_refused(text: str) -> None:
    assert len(reasons(text)) >= 1


def test_a_cell_beyond_all_measure_is_refused() -> None:
    (reason,) = reasons(HEADER + f"{'1' * (csv.field_size_limit() + 1)},x,city,\n")
    assert reason == "Line 2 cannot be read."


def test_files_come_in_the_encodings_of_the_trade(tmp_path: Path) -> None:
    folder = tmp_path
    text = HEADER + "640000000000,宁夏䶮,province,\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = folder / f"{encoding}.csv"
        path.write_text(text, encoding=encoding, newline="\r\n")
        assert parse_regions_csv(read_csv_file(path))[0].name == "宁夏䶮"
    broken = folder / "broken.csv"
    broken.write_bytes(b"code\xff\xff\xff")
    with pytest.raises(Refused):
        read_csv_file(broken)


def test_a_place_without_the_one_above_it_is_refused_with_all_others(sessions: Sessions) -> None:
    rows = parse_regions_csv(
        HEADER + "640000000000,宁夏,province,\n"
        "640400000000,固原市,city,650000000000\n"
        "640402000000,原州区,county,640402000000\n"
        "640402100000,三营镇,township,640402100200\n"
        "640402100200,东塬村委会,village,640000000000\n"
    )
    with pytest.raises(SeveralRefused) as caught, sessions.writing() as session:
        load_regions(session, rows)
    assert [one.params["code"][:6] for one in caught.value.each] == ["640400", "640402", "640402"]
    with sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(Region)) == 0


def test_an_area_holds_what_its_code_begins() -> None:
    assert is_within("640402100200", SANYING)
    assert is_within(SANYING, SANYING)
    assert is_within(SANYING, YUANZHOU)
    assert not is_within(YUANZHOU, SANYING)
    assert not is_within("640422101000", YUANZHOU)


@given(st.sampled_from(list(Level)), st.integers(1, 99), st.integers(0, 9999))
def test_an_area_never_holds_its_neighbour(level: Level, first: int, rest: int) -> None:
    digits = SIGNIFICANT_DIGITS[level]
    code = f"{first:02}{rest:04}{rest % 999 + 1:03}{rest % 998 + 1:03}"[:digits].ljust(12, "0")
    neighbour = f"{(first + 1) % 100:02}{code[2:]}"
    assert is_within(code, code)
    assert code.startswith(code_prefix(code))
    assert not is_within(neighbour, code)


UNIT_HEADER = "id,name,kind,region,phone,address,supervised_by\n"


def test_units_are_loaded_twice_and_follow_changes(places: Sessions) -> None:
    moved = [
        UnitRow(**{**vars(row), "phone": "0954-9999999", "supervised_by": None}) for row in UNITS
    ]
    for rows in (UNITS, UNITS, moved):
        with places.writing() as session:
            assert load_units(session, rows) == len(UNITS)
    with places.reading() as session:
        units = session.scalars(select(Unit)).all()
    assert len(units) == len(UNITS)
    assert {unit.phone for unit in units} == {"0954-9999999"}
    assert {unit.supervised_by for unit in units} == {None}


def test_every_bad_line_of_a_units_file_is_named() -> None:
    text = UNIT_HEADER + (
        "sanying,三营镇民政办,township,640402100000,0954-1,,\n"
        "../../etc,坏,township,640402100000,,,\n"
        "空 格,坏,township,640402100000,,,\n"
        "a,坏,ministry,640402100000,,,\n"
        f"b,{'长' * 121},county,640402100000,,,\n"
        f"c,好,county,640402100000,{'1' * 61},,\n"
        "d\n"
    )
    assert [reason.split(":")[0] for reason in reasons(text, parse_units_csv)] == [
        f"Line {line}" for line in (3, 4, 5, 6, 7, 8, 8)
    ]


def test_a_unit_in_no_place_or_under_no_unit_is_refused(places: Sessions) -> None:
    rows = parse_units_csv(
        UNIT_HEADER + "a,甲,township,650000000000,,,\n"
        "b,乙,township,640402100000,,,nobody\n"
        "c,丙,township,640402100000,,,c\n"
        "d,丁,township,640402100000,,,e\n"
        "e,戊,county,640402000000,,,\n"
    )
    with pytest.raises(SeveralRefused) as caught, places.writing() as session:
        load_units(session, rows)
    assert [one.params["unit"] for one in caught.value.each] == ["a", "b", "c"]
    with places.reading() as session:
        assert session.get(Unit, "e") is None
    with places.writing() as session:
        assert load_units(session, rows[3:]) == 2
