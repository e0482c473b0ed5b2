"""A village's name is resolved inside its township, in all its writings, and never guessed."""

import pytest

from disclosure.intake.places import Gazetteer, tidy_group
from tests.intake.workbooks import SANYING, XIJI, XINGLONG, all_places, children


def gazetteer(code: str) -> Gazetteer:
    return Gazetteer(all_places()[code], children(code))


@pytest.mark.parametrize(
    ("text", "name", "group"),
    [
        ("金轮村委会", "金轮村委会", ""),
        ("金轮村民委员会", "金轮村委会", ""),
        ("金轮村", "金轮村委会", ""),
        ("金轮", "金轮村委会", ""),
        (" 金　轮 村 ", "金轮村委会", ""),
        ("三营镇金轮村", "金轮村委会", ""),
        ("原州区三营镇金轮村委会", "金轮村委会", ""),
        ("三营镇人民政府金轮村", "金轮村委会", ""),
        ("金轮村3组", "金轮村委会", "3组"),
        ("金轮村第３村民小组", "金轮村委会", "3组"),
        ("金轮村委会三组", "金轮村委会", "三组"),
        ("金轮3组", "金轮村委会", "3组"),
        ("金轮村上湾组", "金轮村委会", "上湾组"),
        ("三营社区", "三营社区", ""),
        ("三营社区居委会", "三营社区", ""),
        ("三营镇三营社区", "三营社区", ""),
        ("老三营村", "老三营村委会", ""),
        ("新三营村2社", "新三营村委会", "2社"),
    ],
)
def test_writings_of_a_village(text: str, name: str, group: str) -> None:
    located = gazetteer(SANYING).locate(text)
    assert located.place is not None
    assert (located.place.name, located.group) == (name, group)


@pytest.mark.parametrize(
    "text",
    ["", "不存在村", "三营村", "三营镇", "金轮社区", "轮", "村", "组", "3组", "李伟", "金轮村张三"],
)
def test_what_is_no_village_of_this_township(text: str) -> None:
    assert gazetteer(SANYING).locate(text).place is None


def test_a_village_of_another_township_is_unknown_here() -> None:
    elsewhere = gazetteer("640422103000").locate("金轮村")
    assert elsewhere.place is None
    assert not elsewhere.ambiguous


def test_a_name_that_two_places_share_is_not_guessed() -> None:
    places = gazetteer(XINGLONG)
    shared = places.locate("兴隆")
    assert (shared.place, shared.ambiguous) == (None, True)
    names = [places.locate(text).place for text in ("兴隆村", "兴隆居委会", "兴隆社区")]
    assert [place and place.code for place in names] == [
        "640422101200",
        "640422101001",
        "640422101001",
    ]


def test_every_listed_place_is_found_by_its_own_name_and_code() -> None:
    for township in all_places().values():
        if township.level != "township":
            continue
        places = gazetteer(township.code)
        for place in children(township.code):
            assert places.locate(place.name).place == place
            assert places.locate(township.name + place.name).place == place
            assert places.by_code(place.code) == place


def test_a_village_whose_own_name_ends_in_village() -> None:
    located = gazetteer(XINGLONG).locate("上村")
    assert located.place is not None
    assert located.place.name == "上村村委会"


def test_townships_of_a_county() -> None:
    county = gazetteer(XIJI)
    for text in ("吉强镇", "吉强", "西吉县吉强镇", "吉强镇人民政府"):
        located = county.locate(text)
        assert located.place is not None
        assert located.place.name == "吉强镇"


def test_a_village_mentioned_in_a_title() -> None:
    places = gazetteer(XINGLONG)
    place = places.mentioned("兴隆镇上村村委会低保家庭成员信息表")
    assert place is not None
    assert place.name == "上村村委会"
    assert places.mentioned("兴隆镇低保家庭成员信息表") is None
    assert places.mentioned("上村村委会、川口村委会信息表") is None


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("4", "4组"),
        ("04", "4组"),
        ("第4小组", "4组"),
        ("四村民小组", "四组"),
        ("4社", "4社"),
        ("", ""),
    ],
)
def test_groups_have_one_writing(text: str, group: str) -> None:
    assert tidy_group(text) == group
