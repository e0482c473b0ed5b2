"""The questions of a complaint 逐题填写, one a page: which come up, and where one goes from each.

Pure: the answers are a value, and what comes next follows from them alone, so that going back keeps
everything and a changed answer brings up only the questions that are new.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from complaints.tracks import TRACKS, Accused, Track, where_to_turn

MOST_CHARACTERS = 2_000


class Step(StrEnum):
    """A page with one question."""

    TRACK = "track"  # 事项类别
    ACCUSES = "accuses"  # 是否同时反映干部违纪违法
    ACCUSED = "accused"  # 被反映人
    PLACE = "place"  # 地点
    NOTICE = "notice"  # 哪份名单
    ROW = "row"  # 哪一行
    OFFICE = "office"  # 被投诉单位
    URGENT = "urgent"  # 是否急难
    TEXT = "text"  # 情况
    NAMED = "named"  # 实名或匿名
    CONTACT = "contact"  # 联系方式
    CONSENT = "consent"  # 是否同意告知承办单位
    ELSEWHERE = "elsewhere"  # 不在此受理，告知去处
    CHECK = "check"  # 核对


class Reach(StrEnum):
    """How exact a place is, from wide to narrow; the values are levels of a division."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


_ORDER = tuple(Reach)


@dataclass(frozen=True)
class Answers:
    """What a resident has answered so far; None is "not asked yet", "" is "asked, left open".

    ``token`` (hex) makes the form one form however often it is sent. ``place`` is a 12-digit code,
    ``reach`` its level, ``place_done`` says that it need not be more exact.
    """

    token: str
    track: Track | None = None
    accuses: bool | None = None
    accused: Accused | None = None
    place: str | None = None
    reach: Reach | None = None
    place_done: bool = False
    notice_id: str | None = None
    notice_row: int | None = None
    row_asked: bool = False
    office: str | None = None
    urgent: bool | None = None
    text: str = ""
    named: bool | None = None
    name: str = ""
    phone: str = ""
    consent: bool | None = None

    @property
    def filed_as(self) -> Track | None:
        """The track on which it is filed: an objection that also accuses somebody is an accusation.

        Then the discipline office alone reads it, and no unit of the list hears of it.
        """
        return Track.ACCUSATION if self.track is Track.OBJECTION and self.accuses else self.track

    def to_values(self) -> dict[str, Any]:
        """Return what goes into the hidden field."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Answers":
        """Return the answers that ``to_values`` was made of."""
        known = dict(values)
        for name, kind in (("track", Track), ("accused", Accused), ("reach", Reach)):
            if known[name] is not None:
                known[name] = kind(known[name])
        return cls(**known)

    def with_(self, **changes: Any) -> "Answers":
        """Return the answers with some of them changed."""
        return replace(self, **changes)


def asks_consent(track: Track) -> bool:
    """Tell whether agreeing lets more units see the reporter than may see them anyhow.

    Where nobody may without consent, giving one's name is the consent.
    """
    policy = TRACKS[track]
    return bool(policy.identity_readers) and (
        policy.identity_with_consent != policy.identity_readers
    )


def steps_for(answers: Answers, *, lists_known: bool) -> tuple[Step, ...]:
    """Return the questions that these answers bring up, in order.

    ``lists_known`` tells whether the posted lists can be named here.
    """
    track = answers.track
    if track is None:
        return (Step.TRACK, Step.CHECK)
    filed_as = answers.filed_as or track
    accuses = filed_as is Track.ACCUSATION
    turned_away = answers.accused is not None and where_to_turn(answers.accused) is not None
    if accuses and turned_away:
        whether = (Step.ACCUSES,) if track is Track.OBJECTION else ()
        return (Step.TRACK, *whether, Step.ACCUSED, Step.ELSEWHERE)
    objection = track is Track.OBJECTION and lists_known
    asked = {
        Step.ACCUSES: track is Track.OBJECTION,
        Step.ACCUSED: accuses,
        Step.NOTICE: objection,
        Step.ROW: objection and bool(answers.notice_id),
        Step.OFFICE: track is Track.SERVICE,
        Step.URGENT: track is Track.HELP,
        Step.CONTACT: answers.named is True,
        Step.CONSENT: answers.named is True and asks_consent(filed_as),
        Step.ELSEWHERE: False,
    }
    return tuple(step for step in Step if asked.get(step, True))


def is_answered(answers: Answers, step: Step) -> bool:
    """Tell whether a question has its answer."""
    match step:
        case Step.PLACE:
            return answers.place_done and is_exact_enough(answers)
        case Step.ROW:
            return answers.row_asked or answers.notice_row is not None
        case Step.CONTACT:
            return bool(answers.phone)
        case Step.TEXT:
            return bool(answers.text)
        case Step.NOTICE:
            return answers.notice_id is not None
        case Step.CHECK | Step.ELSEWHERE:
            return False
        case _:
            return getattr(answers, step.value) is not None


def widest_reach(answers: Answers) -> Reach:
    """Return the widest place that is exact enough to find who answers."""
    if answers.track in (Track.SERVICE, Track.ACCUSATION):
        return Reach.COUNTY
    return Reach.TOWNSHIP


def is_exact_enough(answers: Answers) -> bool:
    """Tell whether the place is narrow enough for the kind of matter."""
    if answers.place is None or answers.reach is None:
        return False
    return _ORDER.index(answers.reach) >= _ORDER.index(widest_reach(answers))


def next_step(answers: Answers, *, lists_known: bool) -> Step:
    """Return the first question without an answer, else where the questions end.

    They end with the page where all is checked, or with the one that says where to turn instead.
    """
    steps = steps_for(answers, lists_known=lists_known)
    return next(step for step in steps if not is_answered(answers, step))


def step_before(answers: Answers, step: Step, *, lists_known: bool) -> Step:
    """Return the question before ``step``; the first one has none before it but itself."""
    steps = steps_for(answers, lists_known=lists_known)
    at = steps.index(step) if step in steps else len(steps)
    return steps[max(at - 1, 0)]


def is_complete(answers: Answers, *, lists_known: bool) -> bool:
    """Tell whether everything that is needed has been answered."""
    return next_step(answers, lists_known=lists_known) is Step.CHECK
