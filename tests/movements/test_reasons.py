"""Reasons are data: each with its law, none that says more than the list may."""

import pytest

from disclosure.gate import PublishedText, scan
from disclosure.movements.comparing import Change, compare
from disclosure.movements.reasons import (
    NEED_A_REASON,
    PUBLISHED,
    REASONS,
    get_choice,
    list_choices,
    reason_by_itself,
)
from portal.kernel.errors import Refused
from tests.movements.lists import DIBAO, EAST, WEST, household
from tests.movements.reference import NOVEMBER


def test_every_reason_has_its_words_and_its_source() -> None:
    for code, reason in REASONS.items():
        assert code == reason.code
        assert reason.term
        assert reason.source.startswith("《")
    assert len({reason.term for reason in REASONS.values()}) == len(REASONS)


@pytest.mark.parametrize("reason", REASONS.values(), ids=REASONS)
def test_no_reason_stops_at_the_gate_beside_a_name(reason: object) -> None:
    term = getattr(reason, "term", "")
    assert scan([PublishedText("", "reason", 1, f"王** {term}", free=True)], frozenset()) == ()


def test_what_comes_or_goes_can_be_given_a_reason_and_nothing_else() -> None:
    for programme in (DIBAO, "特困人员救助供养", "电费补贴"):
        choices = {change: list_choices(change, programme) for change in Change}
        assert {change for change, offered in choices.items() if offered} == NEED_A_REASON
        assert not any(one.by_itself for offered in choices.values() for one in offered)


def test_a_programme_without_words_of_its_own_speaks_of_no_standard_of_another() -> None:
    for change in NEED_A_REASON:
        assert any("低保" in one.term for one in list_choices(change, DIBAO))
        others = [one.term for one in list_choices(change, "特困人员救助供养")]
        assert not any("低保" in term for term in others)
        assert any("该项救助" in term for term in others)


def test_what_stands_on_a_notice_has_words_for_every_language() -> None:
    by_itself = {one.term for one in REASONS.values() if one.change is Change.MOVED}
    assert {one.term for one in REASONS.values()} - by_itself <= set(PUBLISHED)
    for term in PUBLISHED:
        assert scan([PublishedText("", "reason", 1, f"王** {term}", free=True)], frozenset()) == ()


def test_a_move_and_the_end_of_a_gradual_exit_fill_themselves() -> None:
    (moved,) = compare([household(1, EAST)], [household(1, WEST)]).changes
    (ended,) = compare([household(1, exit_month="2026-10")], []).changes
    (early,) = compare([household(1, exit_month="2026-12")], []).changes
    (added,) = compare([], [household(1)]).changes
    found = [reason_by_itself(one, NOVEMBER) for one in (moved, ended, early, added)]
    assert [one and one.term for one in found] == [
        "在本地迁移村（社区），继续享受",
        "渐退期满",
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("death", Change.ADDED),
        ("gradual-exit-over", Change.REMOVED),
        ("moved-village", Change.MOVED),
        ("because", Change.REMOVED),
        ("conditions-met", Change.ADDED),
        ("", Change.ADDED),
    ],
)
def test_a_reason_that_is_not_to_be_chosen_is_refused(code: str, change: Change) -> None:
    with pytest.raises(Refused, match="Choose one of the reasons"):
        get_choice(code, change, DIBAO)


def test_a_reason_is_chosen_by_its_code() -> None:
    assert get_choice("death", Change.REMOVED, DIBAO).term == "保障对象死亡"
