"""Which questions come up: whatever is answered in whatever order, they end where they should."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.questions import (
    Answers,
    Reach,
    Step,
    asks_consent,
    is_answered,
    is_complete,
    is_exact_enough,
    next_step,
    step_before,
    steps_for,
)
from complaints.tracks import Accused, Track, where_to_turn

ANSWERS = st.builds(
    Answers,
    token=st.just("00"),
    track=st.none() | st.sampled_from(Track),
    accuses=st.none() | st.booleans(),
    accused=st.none() | st.sampled_from(Accused),
    place=st.none() | st.just("640402100000"),
    reach=st.none() | st.sampled_from(Reach),
    place_done=st.booleans(),
    notice_id=st.none() | st.sampled_from(["", "a123456789"]),
    notice_row=st.none() | st.integers(1, 9),
    row_asked=st.booleans(),
    office=st.none() | st.sampled_from(["", "sanying"]),
    urgent=st.none() | st.booleans(),
    text=st.sampled_from(["", "情况"]),
    named=st.none() | st.booleans(),
    name=st.sampled_from(["", "甲"]),
    phone=st.sampled_from(["", "13900000001"]),
    consent=st.none() | st.booleans(),
)
GIVEN: dict[Step, dict[str, Any]] = {
    Step.TRACK: {"track": Track.OBJECTION},
    Step.ACCUSES: {"accuses": False},
    Step.ACCUSED: {"accused": Accused.VILLAGE},
    Step.PLACE: {"place": "640402100000", "reach": Reach.TOWNSHIP, "place_done": True},
    Step.NOTICE: {"notice_id": "a123456789"},
    Step.ROW: {"row_asked": True},
    Step.OFFICE: {"office": ""},
    Step.URGENT: {"urgent": False},
    Step.TEXT: {"text": "情况"},
    Step.NAMED: {"named": True},
    Step.CONTACT: {"name": "甲", "phone": "13900000001"},
    Step.CONSENT: {"consent": False},
}


@given(answers=ANSWERS, lists_known=st.booleans())
def test_answers_survive_the_hidden_field(answers: Answers, lists_known: bool) -> None:
    again = Answers.from_values(answers.to_values())
    assert again == answers
    assert steps_for(again, lists_known=lists_known) == steps_for(answers, lists_known=lists_known)


@given(answers=ANSWERS, lists_known=st.booleans())
def test_answering_what_is_asked_always_leads_to_the_end(
    answers: Answers, lists_known: bool
) -> None:
    for _ in Step:
        step = next_step(answers, lists_known=lists_known)
        if step in (Step.CHECK, Step.ELSEWHERE):
            break
        answers = answers.with_(**GIVEN[step])
        assert is_answered(answers, step)
    turned_away = answers.filed_as is Track.ACCUSATION and (
        answers.accused is not None and where_to_turn(answers.accused) is not None
    )
    assert step is (Step.ELSEWHERE if turned_away else Step.CHECK)
    assert is_complete(answers, lists_known=lists_known) is not turned_away


@given(answers=ANSWERS, lists_known=st.booleans(), data=st.data())
def test_going_back_goes_one_question_back_and_ends_at_the_first(
    answers: Answers, lists_known: bool, data: st.DataObject
) -> None:
    steps = steps_for(answers, lists_known=lists_known)
    step = data.draw(st.sampled_from(steps))
    before = step_before(answers, step, lists_known=lists_known)
    assert before == steps[max(steps.index(step) - 1, 0)]
    assert step_before(answers, Step.TRACK, lists_known=lists_known) is Step.TRACK


@given(answers=ANSWERS, lists_known=st.booleans())
def test_what_is_turned_away_is_never_complete(answers: Answers, lists_known: bool) -> None:
    if answers.filed_as is Track.ACCUSATION and answers.accused is Accused.COUNTY_LEADER:
        assert not is_complete(answers, lists_known=lists_known)


@given(answers=ANSWERS, lists_known=st.booleans())
def test_only_an_objection_that_accuses_is_filed_otherwise_than_it_was_chosen(
    answers: Answers, lists_known: bool
) -> None:
    accusing = answers.track is Track.OBJECTION and answers.accuses is True
    assert answers.filed_as is (Track.ACCUSATION if accusing else answers.track)
    steps = steps_for(answers, lists_known=lists_known)
    assert (Step.ACCUSES in steps) is (answers.track is Track.OBJECTION)
    assert (Step.ACCUSED in steps) is (answers.filed_as is Track.ACCUSATION)
    if answers.filed_as is Track.ACCUSATION:
        assert Step.CONSENT not in steps


@pytest.mark.parametrize(
    ("track", "asked"),
    [
        (Track.HELP, False),
        (Track.OBJECTION, True),
        (Track.SERVICE, True),
        (Track.ACCUSATION, False),
    ],
)
def test_consent_is_asked_where_it_changes_who_sees_the_reporter(track: Track, asked: bool) -> None:
    assert asks_consent(track) is asked


@pytest.mark.parametrize(
    ("track", "reach", "enough"),
    [
        (Track.HELP, Reach.COUNTY, False),
        (Track.HELP, Reach.TOWNSHIP, True),
        (Track.OBJECTION, Reach.COUNTY, False),
        (Track.OBJECTION, Reach.VILLAGE, True),
        (Track.SERVICE, Reach.COUNTY, True),
        (Track.ACCUSATION, Reach.COUNTY, True),
        (Track.ACCUSATION, Reach.CITY, False),
    ],
)
def test_a_place_is_exact_enough_to_find_who_answers(
    track: Track, reach: Reach, enough: bool
) -> None:
    answers = Answers("00", track=track, place="640402100000", reach=reach, place_done=True)
    assert is_exact_enough(answers) is enough
    assert is_answered(answers, Step.PLACE) is enough


def test_an_anonymous_reporter_is_asked_for_no_contact() -> None:
    answers = Answers("00", track=Track.SERVICE, named=False)
    steps = steps_for(answers, lists_known=True)
    assert Step.CONTACT not in steps
    assert Step.CONSENT not in steps
