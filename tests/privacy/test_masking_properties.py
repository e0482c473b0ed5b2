"""Masking never grows information: what is shown stood there, what is hidden may be anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.masking import (
    DEFAULT_POLICY,
    STAR,
    WHOLE_NAMES_ON_BOARD,
    Channel,
    MaskingPolicy,
    NameStyle,
    compound_surnames,
    mask_name,
)
from portal.kernel.text import MIDDLE_DOT, normalise_name

_PLAIN = "马王李张杨刘赵苏田秀英兰伟德敬芳霞䶮㛃𠮷𬱖"
HAN = st.text(st.sampled_from(_PLAIN + "欧阳尉迟司诸葛"), min_size=1, max_size=6)
DOTTED = st.lists(
    st.text(st.sampled_from("古丽娜尔阿不都"), min_size=1, max_size=4), min_size=2
).map(MIDDLE_DOT.join)
LATIN = st.lists(
    st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=7),
    min_size=1,
    max_size=4,
).map(" ".join)
NAMES = st.one_of(HAN, DOTTED, LATIN)
STYLES = st.sampled_from([NameStyle.SURNAME, NameStyle.SURNAME_AND_LAST])
POLICIES = st.builds(MaskingPolicy, board=STYLES, kiosk=STYLES, web=STYLES)
CHANNELS = st.sampled_from(Channel)


def shown(name: str, channel: Channel, policy: MaskingPolicy = DEFAULT_POLICY) -> set[int]:
    """Return the places of a name that a channel shows."""
    return {at for at, char in enumerate(mask_name(name, channel, policy)) if char != STAR}


@given(NAMES, CHANNELS, POLICIES)
def test_each_character_that_is_shown_stands_at_its_own_place(
    name: str, channel: Channel, policy: MaskingPolicy
) -> None:
    masked = mask_name(name, channel, policy)
    written = normalise_name(name)
    assert len(masked) == len(written)
    assert all(a in (STAR, b) for a, b in zip(masked, written, strict=True))


@given(NAMES, CHANNELS, POLICIES)
def test_no_more_is_shown_than_the_table_allows(
    name: str, channel: Channel, policy: MaskingPolicy
) -> None:
    masked = mask_name(name, channel, policy)
    letters = masked.replace(STAR, "").replace(MIDDLE_DOT, "").replace(" ", "")
    most = 1
    if " " in name:
        most = len(name.split())
    elif MIDDLE_DOT not in name and name[:1] in _PLAIN + "欧阳尉迟司诸葛":
        last = policy.style(channel) is NameStyle.SURNAME_AND_LAST
        most = (2 if name[:2] in compound_surnames() else 1) + last
    assert len(letters) <= most
    assert STAR in masked, "something of every name is hidden"


@given(NAMES)
def test_the_web_shows_nothing_that_board_and_kiosk_hide(name: str) -> None:
    web = shown(name, Channel.WEB)
    assert web <= shown(name, Channel.KIOSK) <= shown(name, Channel.BOARD)


@given(HAN, CHANNELS, POLICIES, st.data())
def test_whoever_sees_a_mask_cannot_tell_what_is_behind_it(
    name: str, channel: Channel, policy: MaskingPolicy, data: st.DataObject
) -> None:
    """Any other characters behind the stars give the same mask: nothing of them was shown."""
    masked = mask_name(name, channel, policy)
    hidden = {at for at, char in enumerate(masked) if char == STAR}
    other = "".join(
        data.draw(st.sampled_from(_PLAIN)) if at in hidden else char for at, char in enumerate(name)
    )
    assert mask_name(other, channel, policy) == masked


@given(NAMES, CHANNELS, POLICIES, st.sampled_from(["\u200b", "\ufeff", "\u3000", "full-width"]))
def test_the_same_name_written_otherwise_has_the_same_mask(
    name: str, channel: Channel, policy: MaskingPolicy, sign: str
) -> None:
    if sign == "full-width":
        written = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
    elif sign == "\u3000":
        written = f"{sign}{name.replace(' ', sign)}{sign}"
    else:
        written = sign.join(name)
    assert normalise_name(written) == normalise_name(name)
    assert mask_name(written, channel, policy) == mask_name(name, channel, policy)


@given(NAMES, CHANNELS, CHANNELS, POLICIES)
def test_a_mask_of_a_mask_adds_nothing(
    name: str, first: Channel, second: Channel, policy: MaskingPolicy
) -> None:
    once = mask_name(name, first, policy)
    twice = mask_name(once, second, policy)
    assert len(twice) == len(once)
    assert all(b in (STAR, a) for a, b in zip(once, twice, strict=True))
    assert mask_name(once, first, policy) == once


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("policy", [DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD])
@pytest.mark.parametrize(
    "written",
    [
        "王秀英13900000001",
        "王秀英 1 3 9 0 0 0 0 0 0 0 1",
        "1 3 9 0 0 0 0 0 0 0 1",
        "13900000001",
        "王秀英一三九零零零零零零零一",
        "王秀英640499196001265474",
        "古丽娜尔·阿不都13900000001",
        "John Smith 139 0000 0001",
        "王秀英&#49;&#51;&#57;00000001",
        "wang.xiuying@example.com",
    ],
)
def test_what_stands_beside_a_name_in_its_cell_is_never_shown(
    written: str, policy: MaskingPolicy, channel: Channel
) -> None:
    masked = mask_name(written, channel, policy)
    assert not any(char.isnumeric() for char in masked)
    assert "秀英" not in masked
    assert "example" not in masked


@pytest.mark.parametrize("channel", list(Channel))
def test_an_illness_beside_a_name_is_never_shown(channel: Channel) -> None:
    for policy in (DEFAULT_POLICY, WHOLE_NAMES_ON_BOARD):
        assert "癌" not in mask_name("王秀英胃癌", channel, policy)
        assert "癌" not in mask_name("王秀英（胃癌）", channel, policy)


def test_what_parts_two_people_of_one_name_stays_on_the_board() -> None:
    assert mask_name("王秀英(大)", Channel.BOARD, WHOLE_NAMES_ON_BOARD) == "王秀英(大)"
