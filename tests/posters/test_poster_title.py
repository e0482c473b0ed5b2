from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.posters.title import WIDEST_LINE, title_lines, width_in_ems

PROGRAMME = "农村最低生活保障"
titles = st.text("三营镇金轮村农村低保名单公示（更正）、·2026年10月A3", min_size=1, max_size=70)


@given(titles)
def test_no_character_is_lost(title: str) -> None:
    assert "".join(title_lines(title)) == title


@given(titles)
def test_no_line_begins_with_closing_or_ends_with_opening_punctuation(title: str) -> None:
    lines = title_lines(title)
    assert not any(line[0] in "）、·" for line in lines[1:])
    assert not any(line[-1] == "（" for line in lines[:-1])


@given(titles)
def test_numbers_are_never_torn(title: str) -> None:
    lines = title_lines(title)
    assert not any(a[-1].isascii() and b[0].isascii() for a, b in pairwise(lines))


@given(titles)
def test_a_title_that_fits_stays_on_one_line(title: str) -> None:
    if width_in_ems(title) <= WIDEST_LINE:
        assert title_lines(title) == (title,)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("金轮村低保名单公示", ("金轮村低保名单公示",)),
        (
            "三营镇金轮村2026年10月农村最低生活保障对象名单公示",
            ("三营镇金轮村2026年10月", "农村最低生活保障对象名单公示"),
        ),
        (
            "西吉县2026年困难群众救助补助资金发放情况公示",
            ("西吉县2026年困难群众救助", "补助资金发放情况公示"),
        ),
        (
            "原州区民生家园社区居民委员会2026年第三季度支出型临时救助对象名单及救助金额公示（更正）",
            (
                "原州区民生家园社区居民委员会",
                "2026年第三季度支出型临时救助",
                "对象名单及救助金额公示（更正）",
            ),
        ),
    ],
)
def test_titles_break_between_words(title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(title, (PROGRAMME,)) == lines
