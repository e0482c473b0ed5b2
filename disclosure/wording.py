"""Wording 文字: how kinds, states and periods are called on pages, in the page's language."""

from collections.abc import Callable

from disclosure.kinds.facts import NoticeKind
from disclosure.lifecycle import NoticeState, SubmissionState
from disclosure.queries import NoticeCard, PlaceRef
from portal.kernel.language import N_
from portal.kernel.masking import Channel
from portal.kernel.period import Period

Translate = Callable[[str], str]

STATE_WORDS: dict[NoticeState, str] = {
    NoticeState.DRAFT: N_("Draft"),
    NoticeState.SUBMITTED: N_("Waiting for approval"),
    NoticeState.APPROVED: N_("Approved, to be posted"),
    NoticeState.POSTED: N_("On display"),
    NoticeState.ENDED: N_("Time is over, an objection is being checked"),
    NoticeState.CONCLUDED: N_("Concluded"),
    NoticeState.REPLACED: N_("Replaced by a newer list"),
    NoticeState.WITHDRAWN: N_("Withdrawn"),
}

SUBMISSION_WORDS: dict[SubmissionState, str] = {
    SubmissionState.DRAFT: N_("Draft"),
    SubmissionState.SUBMITTED: N_("Waiting for approval"),
    SubmissionState.APPROVED: N_("Published"),
    SubmissionState.RETURNED: N_("Returned"),
    SubmissionState.DISCARDED: N_("Discarded"),
}


CHANNEL_WORDS: dict[Channel, str] = {
    Channel.WEB: N_("On the web"),
    Channel.BOARD: N_("On the village board"),
    Channel.KIOSK: N_("On the touch screen"),
}


def period_words(period: Period, translate: Translate) -> str:
    """Return a period in words: "October 2026", "2026年10月"."""
    message, params = period.label
    return translate(message) % params


def place_words(place: PlaceRef, locale: str) -> str:
    """Return a place's name; in English with its pinyin behind it."""
    if locale != "en":
        return place.name
    spelled = "".join(syllable for syllable in place.pinyin.split()).capitalize()
    return f"{place.name} ({spelled})"


def kind_words(kind: NoticeKind, locale: str, translate: Translate) -> str:
    """Return what a kind is called; a county's own programme by its own name."""
    return kind.own_name(locale) or translate(kind.word)


def heading(card: NoticeCard, locale: str, translate: Translate) -> str:
    """Return a notice's heading: its own title in Chinese, its elements in English."""
    if locale != "en":
        return card.title
    return translate(card.of_kind.heading) % {
        "programme": card.of_kind.own_name(locale),
        "place": place_words(card.place, locale),
        "period": period_words(card.period, translate),
    }
