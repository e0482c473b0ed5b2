"""The four tracks 四类事项: what a resident can turn to us with, as data.

The first question to a resident is what it is about, in the words below; the track follows from
the answer, and staff can move a case to the right track once. Who answers and who sees the
reporter stands here; the time limits of each track stand in ``deadlines.csv``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.language import N_


class Track(StrEnum):
    """A kind of matter, with its own way, readers and time limits."""

    HELP = "help"  # 咨询求助
    OBJECTION = "objection"  # 公示异议
    SERVICE = "service"  # 办事投诉
    ACCUSATION = "accusation"  # 反映干部违纪违法


class Answerer(StrEnum):
    """Who answers on a track; ``routing`` finds the unit."""

    TOWNSHIP = "township"  # 乡镇民政办
    TOWNSHIP_WATCHED = "township-watched"  # 乡镇调查，县级监督
    UNIT_ABOVE = "unit-above"  # 被投诉单位的上级单位
    DISCIPLINE_ALONE = "discipline-alone"  # 纪委监委


class Seat(StrEnum):
    """The place of a unit in one case."""

    RESPONSIBLE = "responsible"  # 承办单位
    SUPERVISING = "supervising"  # 监督单位


@dataclass(frozen=True)
class TrackPolicy:
    """What holds on one track.

    ``name`` is the trade's term; ``question`` and ``hint`` are the resident's words;
    ``answered_by`` and ``privacy`` are told to the resident before anything is asked.
    ``content_readers`` may read what was written, ``identity_readers`` may see who wrote it, and
    ``identity_with_consent`` are those who may see it when the reporter agrees.
    """

    track: Track
    name: str
    question: str
    hint: str
    answered_by: str
    privacy: str
    answerer: Answerer
    content_readers: frozenset[Seat]
    identity_readers: frozenset[Seat]
    identity_with_consent: frozenset[Seat]


FIRST_QUESTION = N_("What is it about?")

_BOTH = frozenset({Seat.RESPONSIBLE, Seat.SUPERVISING})
_RESPONSIBLE = frozenset({Seat.RESPONSIBLE})
_SUPERVISING = frozenset({Seat.SUPERVISING})

TRACKS: Mapping[Track, TrackPolicy] = {
    policy.track: policy
    for policy in (
        TrackPolicy(
            track=Track.HELP,
            name=N_("Advice and help"),
            question=N_("I need advice or help"),
            hint=N_("For example: my money did not come, or a neighbour is in need."),
            answered_by=N_("The civil affairs office of the township answers."),
            privacy=N_("The office that answers sees who you are only if you agree."),
            answerer=Answerer.TOWNSHIP,
            content_readers=_BOTH,
            identity_readers=frozenset(),
            identity_with_consent=_RESPONSIBLE,
        ),
        TrackPolicy(
            track=Track.OBJECTION,
            name=N_("Objection to a posted list"),
            question=N_("I do not agree with a row of a posted list"),
            hint=N_("For example: a household on it should not be, or the amount is wrong."),
            answered_by=N_("The township looks into it; the county looks on."),
            privacy=N_("Only the unit that looks on sees who you are, unless you agree to more."),
            answerer=Answerer.TOWNSHIP_WATCHED,
            content_readers=_BOTH,
            identity_readers=_SUPERVISING,
            identity_with_consent=_BOTH,
        ),
        TrackPolicy(
            track=Track.SERVICE,
            name=N_("Complaint about an office"),
            question=N_("An office was slow, rude, or turned me away wrongly"),
            hint=N_("For example: I applied and heard nothing."),
            answered_by=N_("The unit above the office that you complain of answers."),
            privacy=N_("Only the unit that looks on sees who you are, unless you agree to more."),
            answerer=Answerer.UNIT_ABOVE,
            content_readers=_BOTH,
            identity_readers=_SUPERVISING,
            identity_with_consent=_BOTH,
        ),
        TrackPolicy(
            track=Track.ACCUSATION,
            name=N_("Report on an official"),
            question=N_("An official broke discipline or the law"),
            hint=N_("For example: took money, or gave assistance to relatives."),
            answered_by=N_("The discipline office alone answers."),
            privacy=N_("Nobody but the discipline office reads it or sees who you are."),
            answerer=Answerer.DISCIPLINE_ALONE,
            content_readers=_RESPONSIBLE,
            identity_readers=_RESPONSIBLE,
            identity_with_consent=_RESPONSIBLE,
        ),
    )
}


def identity_readers(track: Track, *, consent: bool) -> frozenset[Seat]:
    """Return which units of the case may see who the reporter is."""
    policy = TRACKS[track]
    return policy.identity_with_consent if consent else policy.identity_readers


def content_readers(track: Track) -> frozenset[Seat]:
    """Return which units of the case may read what the reporter wrote."""
    return TRACKS[track].content_readers


class Accused(StrEnum):
    """Whom an accusation is about, by who manages that person (干部管理权限)."""

    VILLAGE = "village"  # 村干部
    TOWNSHIP = "township"  # 乡镇干部
    COUNTY_DEPARTMENT = "county-department"  # 县级部门干部
    COUNTY_LEADER = "county-leader"  # 县级领导干部
    CITY_OR_ABOVE = "city-or-above"  # 市级及以上干部
    DISCIPLINE = "discipline"  # 本级纪检监察干部


@dataclass(frozen=True)
class AccusedPolicy:
    """Whether the county's discipline office takes in an accusation of this person."""

    accused: Accused
    words: str
    taken_in: bool


ACCUSED: Mapping[Accused, AccusedPolicy] = {
    policy.accused: policy
    for policy in (
        AccusedPolicy(Accused.VILLAGE, N_("Somebody in the village's committee"), True),
        AccusedPolicy(Accused.TOWNSHIP, N_("Somebody who works for the township"), True),
        AccusedPolicy(Accused.COUNTY_DEPARTMENT, N_("Somebody in a county department"), True),
        AccusedPolicy(Accused.COUNTY_LEADER, N_("A leader of the county"), False),
        AccusedPolicy(Accused.CITY_OR_ABOVE, N_("Somebody of the city or above"), False),
        AccusedPolicy(Accused.DISCIPLINE, N_("Somebody in the discipline office itself"), False),
    )
}

DISCIPLINE_HOTLINE = "12388"


@dataclass(frozen=True)
class WhereToTurn:
    """Where a matter that is not taken in belongs; nothing about it is stored.

    ``message`` has the placeholders of ``params`` (``phone``); the page adds the address of the
    discipline office above, from the table of units.
    """

    message: str
    phone: str

    @property
    def params(self) -> dict[str, str]:
        """What fills the placeholders of ``message``."""
        return {"phone": self.phone}


def where_to_turn(accused: Accused) -> WhereToTurn | None:
    """Return where an accusation of ``accused`` belongs, or None if it is taken in here."""
    if ACCUSED[accused].taken_in:
        return None
    message = N_(
        "This belongs to a higher discipline office and is not taken in here; nothing has been "
        "stored. Call %(phone)s, or write or go to the discipline office above."
    )
    return WhereToTurn(message, DISCIPLINE_HOTLINE)
