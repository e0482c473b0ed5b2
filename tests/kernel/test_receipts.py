"""Receipt codes, short codes and notice ids."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.errors import Refused
from portal.kernel.receipts import (
    ReceiptCode,
    derive_receipt_code,
    format_short_code,
    is_notice_id,
    new_notice_id,
    new_short_code,
    parse_receipt_code,
    parse_short_code,
)

CODES = st.text("0123456789", min_size=20, max_size=20).map(ReceiptCode)
BETWEEN = st.sampled_from(["", " ", "-", " - ", "\u3000", "—", "－", "·", "\u200b", "\u00a0", "\t"])
KEY = bytes(range(32))
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
CROCKFORD = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


@given(code=CODES)
def test_a_code_falls_into_its_parts(code: ReceiptCode) -> None:
    assert "".join(code.groups) == code.digits == code.locator + code.secret
    assert [len(group) for group in code.groups] == [4] * 5
    assert (len(code.locator), len(code.secret)) == (6, 14)


@given(code=CODES)
def test_a_code_does_not_show_itself(code: ReceiptCode) -> None:
    shown = f"{code} {code!r} {[code]}"
    assert not re.search(r"\d", shown)


@pytest.mark.parametrize(
    "text", ["", "1" * 19, "1" * 21, "1" * 19 + "x", "１" * 20, "1" * 20 + "\n"]
)
def test_a_code_is_twenty_digits_and_nothing_else(text: str) -> None:
    with pytest.raises(ValueError, match="20 digits") as refusal:
        ReceiptCode(text)
    assert "1111" not in str(refusal.value)


@given(code=CODES, between=st.lists(BETWEEN, min_size=4, max_size=4), wide=st.booleans())
def test_what_people_put_between_the_groups_does_no_harm(
    code: ReceiptCode, between: list[str], wide: bool
) -> None:
    typed = "".join(map("".join, zip(code.groups, [*between, ""], strict=True)))
    assert parse_receipt_code(typed.translate(FULL_WIDTH) if wide else typed) == code


@given(code=CODES)
def test_a_code_is_found_in_pasted_text(code: ReceiptCode) -> None:
    for text in (
        f"查询码：{code.printed()}。电话：0954-2032323",
        f"您的查询码（20位）是 {code.printed()}\n咨询电话 12345",
        f"https://example.invalid/track#{code.digits}",
        "\r\n".join([*code.groups[:2], ""]) + "\n  ".join(code.groups[2:]),
        f"{code.printed()} {code.printed()[:0]}（{code.digits}）",
    ):
        assert parse_receipt_code(text) == code


@given(text=st.text("0123456789０９ -\n码a.", max_size=40))
def test_any_text_is_read_as_its_own_digits_or_refused(text: str) -> None:
    try:
        code = parse_receipt_code(text)
    except Refused:
        return
    digits = re.sub("[^0-9]", "", text.translate({0xFF10: "0", 0xFF19: "9"}))
    assert code.digits in digits


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Enter the 20 digits"),
        ("我忘了", "Enter the 20 digits"),
        ("1234 5678 9012 3456 789", "here are 19"),
        ("1234 5678 9012 3456 7890 1", "here are 21"),
        ("1" * 20 + "\n" + "2" * 20, "more than one code"),
        ("1" * 2001, "too long"),
    ],
)
def test_a_refusal_says_what_to_do_and_never_repeats_the_digits(text: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        parse_receipt_code(text)
    assert not re.search(r"\d{3}", str(refusal.value))


def test_a_long_row_of_digits_and_separators_is_refused() -> None:
    with pytest.raises(Refused):
        parse_receipt_code(("1" + " -\n" * 13) * 48)


@given(token=st.binary(min_size=1, max_size=64), attempt=st.integers(0, 1000))
def test_one_token_gives_one_code(token: bytes, attempt: int) -> None:
    assert derive_receipt_code(KEY, token, attempt) == derive_receipt_code(KEY, token, attempt)


@given(token=st.binary(min_size=1, max_size=64), attempt=st.integers(0, 1000))
def test_another_attempt_token_or_key_gives_another_code(token: bytes, attempt: int) -> None:
    code = derive_receipt_code(KEY, token, attempt)
    assert code != derive_receipt_code(KEY, token, attempt + 1)
    assert code != derive_receipt_code(KEY, token + b"\x00", attempt)
    assert code != derive_receipt_code(KEY[::-1], token, attempt)


def test_every_digit_is_equally_likely_at_every_place() -> None:
    codes = [derive_receipt_code(KEY, b"token", attempt).digits for attempt in range(4_000)]
    for place in range(20):
        counts = Counter(code[place] for code in codes)
        # 400 expected, standard deviation 19; the key is fixed, so this cannot fail by chance.
        assert all(300 < counts[digit] < 500 for digit in "0123456789")
    # All bytes modulo ten would give 0 to 5 a share of 156/256, 0.609; the deviation here is 0.002.
    low = sum(digit in "012345" for code in codes for digit in code)
    assert 0.595 < low / (20 * len(codes)) < 0.605


def test_a_short_key_or_no_token_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        derive_receipt_code(KEY[:31], b"token", 0)
    with pytest.raises(ValueError, match="token"):
        derive_receipt_code(KEY, b"", 0)


def test_new_short_codes_are_ten_characters_and_differ() -> None:
    codes = {new_short_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 10 and set(code) <= CROCKFORD for code in codes)
    assert {char for code in codes for char in code} == CROCKFORD


def test_a_short_code_survives_being_copied_by_hand() -> None:
    for _ in range(200):
        code = new_short_code()
        printed = format_short_code(code)
        assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", printed)
        by_hand = printed.replace("0", "o").replace("1", "l").lower()
        for typed in (printed, code, by_hand, by_hand.upper(), f" {code[:5]} {code[5:]} "):
            assert parse_short_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "7K3QX-9M2V", "7K3QX-9M2VDA", "7K3QX-9M2VU", "7K3QX/9M2VD", "查询"]
)
def test_what_is_no_short_code_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="ten letters and digits"):
        parse_short_code(text)


def test_only_a_short_code_is_printed_as_one() -> None:
    with pytest.raises(ValueError, match="not a short code"):
        format_short_code("7k3qx9m2vd")


def test_notice_ids_have_their_shape_and_differ() -> None:
    ids = {new_notice_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(re.fullmatch("[a-z0-9]{10}", notice) and is_notice_id(notice) for notice in ids)


@pytest.mark.parametrize(
    "text", ["", "abcdefghi", "abcdefghijk", "ABCDEFGHIJ", "abcdefghi\n", "../../etc."]
)
def test_what_is_no_notice_id_is_told_apart(text: str) -> None:
    assert not is_notice_id(text)
