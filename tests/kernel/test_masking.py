"""The table of the masking rules, and its properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import Refused
from portal.kernel.masking import (
    DEFAULT_POLICY,
    MINOR_WITHHELD,
    STAR,
    WHOLE_NAMES_ON_BOARD,
    Channel,
    MaskingPolicy,
    NameStyle,
    compound_surnames,
    mask_name,
)
from portal.kernel.text import normalise_name

BOARD, KIOSK, WEB = Channel.BOARD, Channel.KIOSK, Channel.WEB

TABLE = [
    ("马伟", "马*", "马*", "马*"),
    ("王秀英", "王*英", "王*英", "王**"),
    ("尉迟敬德", "尉迟*德", "尉迟*德", "尉迟**"),
    ("欧阳兰", "欧阳*", "欧阳*", "欧阳*"),
    ("古丽娜尔·阿不都", "古***·***", "古***·***", "古***·***"),
    ("John Smith", "J*** S****", "J*** S****", "J*** S****"),
    # Not in the table by name, but by its rules:
    ("买买提江", "买**江", "买**江", "买***"),
    ("𠮷伟", "𠮷*", "𠮷*", "𠮷*"),
    ("余菊𬱖", "余*𬱖", "余*𬱖", "余**"),
    ("孙祥䶮", "孙*䶮", "孙*䶮", "孙**"),
    ("马　伟", "马*", "马*", "马*"),
    ("王 秀 英", "王*英", "王*英", "王**"),
    ("古丽娜尔•阿不都", "古***·***", "古***·***", "古***·***"),
    ("古丽娜尔‧阿不都", "古***·***", "古***·***", "古***·***"),
    ("古丽娜尔・阿不都", "古***·***", "古***·***", "古***·***"),
    ("Ｊｏｈｎ　Ｓｍｉｔｈ", "J*** S****", "J*** S****", "J*** S****"),
    ("Madonna", "M******", "M******", "M******"),
    ("陈X", "陈*", "陈*", "陈*"),
    ("王A英", "王**", "王**", "王**"),
    ("欧阳", "欧*", "欧*", "欧*"),
    ("贺兰英", "贺*英", "贺*英", "贺**"),
    ("马", "*", "*", "*"),
    ("", "", "", ""),
    ("　", "", "", ""),
]


@pytest.mark.parametrize(("name", "board", "kiosk", "web"), TABLE)
def test_the_table(name: str, board: str, kiosk: str, web: str) -> None:
    shown = [mask_name(name, channel, DEFAULT_POLICY) for channel in (BOARD, KIOSK, WEB)]
    assert shown == [board, kiosk, web]


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("policy", [DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD])
def test_a_minor_is_withheld_everywhere(channel: Channel, policy: MaskingPolicy) -> None:
    assert mask_name("王秀英", channel, policy, minor=True) == "未成年人，不公示姓名"
    assert mask_name(MINOR_WITHHELD, channel, policy) == MINOR_WITHHELD


def test_whole_names_on_the_board_alone() -> None:
    shown = [mask_name("王 秀英", channel, WHOLE_NAMES_ON_BOARD) for channel in Channel]
    assert shown == ["王秀英", "王*英", "王**"]


@pytest.mark.parametrize("channel", ["kiosk", "web"])
def test_whole_names_elsewhere_are_refused(channel: str) -> None:
    with pytest.raises(Refused):
        MaskingPolicy.from_mapping({channel: "whole"})


def test_a_policy_survives_storing() -> None:
    for policy in (DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD):
        assert MaskingPolicy.from_mapping(policy.as_mapping()) == policy
    with pytest.raises(ValueError, match="poster"):
        MaskingPolicy.from_mapping({"poster": "whole"})


HAN = st.sampled_from("马王李欧阳尉迟司秀英兰伟德敬䶮㛃𠮷𬱖一丁")
NAMES = st.one_of(
    st.text(HAN, max_size=6),
    st.lists(st.text(HAN, min_size=1, max_size=4), min_size=2, max_size=3).map("·".join),
    st.text(st.sampled_from("JohnSmith é*"), max_size=12),
    st.text(st.sampled_from("马王·•‧・ 　*Jo\u200b\u0301"), max_size=8),
    st.text(max_size=8),
)
STYLES = st.sampled_from([NameStyle.SURNAME, NameStyle.SURNAME_AND_LAST])
POLICIES = st.builds(MaskingPolicy, board=st.sampled_from(NameStyle), kiosk=STYLES, web=STYLES)


@given(NAMES, st.sampled_from(Channel), POLICIES)
def test_a_masked_name_masks_to_itself(name: str, channel: Channel, policy: MaskingPolicy) -> None:
    once = mask_name(name, channel, policy)
    assert mask_name(once, channel, policy) == once


@given(NAMES, st.sampled_from(Channel), st.sampled_from(Channel), POLICIES)
def test_masking_again_never_tells_more(
    name: str, first: Channel, second: Channel, policy: MaskingPolicy
) -> None:
    once = mask_name(name, first, policy)
    twice = mask_name(once, second, policy)
    assert len(twice) == len(once) or policy.style(second) is not NameStyle.WHOLE
    assert not set(twice) - set(once) - {STAR}


@given(NAMES, st.sampled_from(Channel), STYLES)
def test_a_mask_shows_only_what_stood_there(name: str, channel: Channel, style: NameStyle) -> None:
    policy = MaskingPolicy(board=style, kiosk=style, web=style)
    masked = mask_name(name, channel, policy)
    letters = iter(normalise_name(name))
    for char in masked:
        if char == STAR:
            next(letters)
        else:
            assert char in letters  # consumes: the order of what is shown is the name's own


@given(st.text(HAN, min_size=2, max_size=6), st.sampled_from(Channel))
def test_something_of_every_name_is_hidden(name: str, channel: Channel) -> None:
    masked = mask_name(name, channel, DEFAULT_POLICY)
    assert STAR in masked
    assert len(masked) == len(name)


def test_surnames_are_two_characters() -> None:
    assert len(compound_surnames()) > 60
    assert all(len(surname) == 2 for surname in compound_surnames())
    assert {"欧阳", "尉迟", "司马", "诸葛"} <= compound_surnames()
