"""The four tracks: who answers, who sees the reporter, and what is not taken in."""

import pytest

from complaints.deadlines import standard_rules
from complaints.tracks import (
    ACCUSED,
    FIRST_QUESTION,
    TRACKS,
    Accused,
    Answerer,
    Seat,
    Track,
    content_readers,
    identity_readers,
    where_to_turn,
)
from portal.kernel.language import translate

BOTH = {Seat.RESPONSIBLE, Seat.SUPERVISING}


def test_every_track_is_there_under_its_own_name() -> None:
    assert {track: policy.track for track, policy in TRACKS.items()} == {
        track: track for track in Track
    }


def test_the_tracks_bear_the_names_that_the_trade_gives_them() -> None:
    names = {track: translate("zh_Hans", policy.name) for track, policy in TRACKS.items()}
    assert names == {
        Track.HELP: "咨询求助",
        Track.OBJECTION: "公示异议",
        Track.SERVICE: "办事投诉",
        Track.ACCUSATION: "反映干部违纪违法",
    }


@pytest.mark.parametrize(
    ("track", "without_consent", "with_consent"),
    [
        (Track.HELP, set(), {Seat.RESPONSIBLE}),
        (Track.OBJECTION, {Seat.SUPERVISING}, BOTH),
        (Track.SERVICE, {Seat.SUPERVISING}, BOTH),
        (Track.ACCUSATION, {Seat.RESPONSIBLE}, {Seat.RESPONSIBLE}),
    ],
)
def test_who_sees_the_reporter(
    track: Track, without_consent: set[Seat], with_consent: set[Seat]
) -> None:
    assert identity_readers(track, consent=False) == without_consent
    assert identity_readers(track, consent=True) == with_consent


@pytest.mark.parametrize("track", Track)
def test_whoever_sees_the_reporter_may_read_the_case(track: Track) -> None:
    for consent in (False, True):
        assert identity_readers(track, consent=consent) <= content_readers(track)


def test_an_accusation_is_read_by_the_discipline_office_alone() -> None:
    assert TRACKS[Track.ACCUSATION].answerer is Answerer.DISCIPLINE_ALONE
    assert content_readers(Track.ACCUSATION) == {Seat.RESPONSIBLE}


@pytest.mark.parametrize("track", Track)
def test_every_track_has_time_limits(track: Track) -> None:
    assert any(track == each for rule in standard_rules().rules for each, _ in rule.applies_to)


def test_what_a_county_office_manages_is_taken_in_and_nothing_above() -> None:
    assert {accused for accused, policy in ACCUSED.items() if policy.taken_in} == {
        Accused.VILLAGE,
        Accused.TOWNSHIP,
        Accused.COUNTY_DEPARTMENT,
    }
    assert set(ACCUSED) == set(Accused)


@pytest.mark.parametrize("accused", Accused)
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_what_is_not_taken_in_is_told_where_to_turn(accused: Accused, locale: str) -> None:
    turn = where_to_turn(accused)
    if ACCUSED[accused].taken_in:
        assert turn is None
    else:
        assert turn is not None
        assert "12388" in translate(locale, turn.message, **turn.params)


def test_everything_a_resident_reads_here_is_translated() -> None:
    read = [FIRST_QUESTION, *(policy.words for policy in ACCUSED.values())]
    for policy in TRACKS.values():
        read += [policy.name, policy.question, policy.hint, policy.answered_by, policy.privacy]
    assert [text for text in read if translate("zh_Hans", text) == text] == []
