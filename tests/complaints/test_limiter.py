"""Guessing is slowed, by client, and remembers nobody for long."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import limiter as limiter_module
from complaints.limiter import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    LONGEST_WAIT,
    CodeLimiter,
    TooManyTries,
    wait_after,
)

NOW = datetime(2026, 10, 8, 2, tzinfo=UTC)


def guess(limiter: CodeLimiter, address: str, times: int, now: datetime = NOW) -> None:
    for _ in range(times):
        limiter.begin(address, now=now)


@given(wrong=st.integers(0, 10_000))
def test_waiting_never_gets_shorter_and_never_longer_than_the_longest(wrong: int) -> None:
    assert timedelta(0) <= wait_after(wrong) <= wait_after(wrong + 1) <= LONGEST_WAIT


def test_the_first_tries_are_free_and_then_each_costs_twice_as_much() -> None:
    limiter = CodeLimiter()
    guess(limiter, "192.0.2.1", FREE_TRIES)
    now, waits = NOW, []
    for _ in range(4):
        with pytest.raises(TooManyTries) as refused:
            limiter.begin("192.0.2.1", now=now)
        waits.append(refused.value.retry_after)
        now += timedelta(seconds=refused.value.retry_after)
        limiter.begin("192.0.2.1", now=now)
    assert waits == [2, 4, 8, 16]


def test_tries_sent_at_once_are_all_counted() -> None:
    limiter = CodeLimiter()
    guess(limiter, "192.0.2.1", FREE_TRIES)
    with pytest.raises(TooManyTries):
        limiter.begin("192.0.2.1", now=NOW)


def test_a_right_code_is_not_counted_and_does_not_wash_wrong_ones_away() -> None:
    limiter = CodeLimiter()
    for _ in range(50):
        limiter.begin("192.0.2.1", now=NOW)
        limiter.forgive("192.0.2.1", now=NOW)
    guess(limiter, "192.0.2.1", FREE_TRIES - 1)
    limiter.begin("192.0.2.1", now=NOW)
    limiter.forgive("192.0.2.1", now=NOW)
    limiter.begin("192.0.2.1", now=NOW)
    with pytest.raises(TooManyTries):
        limiter.begin("192.0.2.1", now=NOW)


def test_others_do_not_wait_but_a_whole_ipv6_network_is_one() -> None:
    limiter = CodeLimiter()
    guess(limiter, "2001:db8:1:2::1", FREE_TRIES)
    limiter.begin("2001:db8:1:3::1", now=NOW)
    limiter.begin("192.0.2.1", now=NOW)
    with pytest.raises(TooManyTries):
        limiter.begin("2001:db8:1:2:ffff::9", now=NOW)
    guess(limiter, "::ffff:192.0.2.9", FREE_TRIES)
    with pytest.raises(TooManyTries):
        limiter.begin("192.0.2.9", now=NOW)


def test_wrong_codes_are_forgotten_after_an_hour() -> None:
    limiter = CodeLimiter()
    guess(limiter, "192.0.2.1", FREE_TRIES)
    guess(limiter, "192.0.2.1", FREE_TRIES, NOW + FORGOTTEN_AFTER)


def test_no_address_is_kept_and_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter_module, "MOST_CLIENTS", 10)
    limiter = CodeLimiter()
    for number in range(100):
        limiter.begin(f"192.0.2.{number}", now=NOW)
    assert len(limiter._records) == 10
    assert "192.0.2" not in repr(limiter._records)
    assert CodeLimiter()._client("192.0.2.1") != limiter._client("192.0.2.1")
