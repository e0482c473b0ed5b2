"""A query becomes words and months; nothing that can be typed is an error but its length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.search.asked import LONGEST_QUERY, MOST_WORDS, TooLong, parse_query
from disclosure.search.writing import is_written, written


def runs(query: str) -> list[str]:
    return [word.run for word in parse_query(query).words]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("三营 低保 2026年10月", ["三营", "低保", "2026年10月"]),
        ("三营镇2026年10月份低保", ["三营镇", "2026年10月", "低保"]),
        ("２０２６－１０", ["2026年10月"]),
        ("2026.10", ["2026年10月"]),
        ("10月", ["10月"]),
        ("10月8日", ["10月8日"]),
        ("2026-10-08", ["2026", "10", "08"]),
        ("2026年13月", ["2026年13月"]),
        ("三 营 镇", ["三营镇"]),
        ("三 营镇", ["三", "营镇"]),
        ("Ｓａｎｙｉｎｇ", ["sanying"]),
        ("三营dibao", ["三营", "dibao"]),
        ("临时救助（支出型）", ["临时救助", "支出型"]),
        ("A类", ["a类"]),
        ("三营 三营", ["三营"]),
        ("𠮷家沟", ["𠮷家沟"]),
        ("\u200b三\u200b营", ["三营"]),
        ("  ", []),
        ("%_*\"'()", []),
    ],
)
def test_words_of_a_query(query: str, expected: list[str]) -> None:
    assert runs(query) == expected


def test_a_month_is_understood_however_it_is_written() -> None:
    for query in ("2026-10", "2026年10月", "2026年 10 月", "2026/10", "2026.10"):
        assert [word.month for word in parse_query(query).words] == [(2026, 10)]
    assert [word.month for word in parse_query("9月").words] == [(None, 9)]


def test_a_query_that_is_too_long_is_refused() -> None:
    parse_query("三" * LONGEST_QUERY)
    with pytest.raises(TooLong):
        parse_query("三" * (LONGEST_QUERY + 1))


@given(st.text(max_size=LONGEST_QUERY))
def test_whatever_is_typed_becomes_a_few_plain_words(query: str) -> None:
    words = parse_query(query).words
    assert len(words) <= MOST_WORDS
    for word in words:
        assert word.run
        assert all(map(is_written, word.run))
        assert word.terms


@given(st.text(max_size=100))
def test_writing_twice_changes_nothing(text: str) -> None:
    assert written(written(text)) == written(text)


def test_a_chinese_word_may_be_two() -> None:
    halves = parse_query("三营低保").halves()
    assert [(first.run, second.run) for first, second in halves] == [("三营", "低保")]
    assert parse_query("三营").halves() == []
    assert parse_query("sanying").halves() == []
