"""Choosing a kind 选择种类 at the desk: what may be brought in, grouped by programme."""

from flask_babel import gettext as _

from disclosure.catalogue import list_kinds, offered_kinds
from disclosure.documents.kinds import PROGRAMMES
from disclosure.kinds.facts import NoticeKind
from disclosure.wording import kind_words
from portal.data.accounts import Actor
from portal.kernel.language import DEFAULT_LOCALE, N_
from portal.web.addresses import request_locale
from portal.web.installation import reading

# What the pages of policies have no word for.
_FURTHER = {
    "低保边缘家庭": N_("Families on the margin of the guarantee"),
    "刚性支出困难家庭": N_("Families in need through heavy expense"),
}


def kind_choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Return the kinds that the actor may bring in: programme → (kind, what it is called)."""
    locale = request_locale()
    return {
        programme_words(group.kinds[0]): [
            (kind.id, kind_words(kind, locale, _)) for kind in group.kinds
        ]
        for group in offered_kinds(reading(), actor.region_code)
    }


def programme_words(kind: NoticeKind) -> str:
    """Return what a kind's programme is called, in the page's language."""
    locale = request_locale()
    if kind.own_names is not None or locale == DEFAULT_LOCALE:
        return kind.own_name(locale) or kind.programme
    word = _FURTHER.get(kind.programme) or PROGRAMMES.get(kind.programme)
    return _(word) if word else kind.programme


def all_kind_words() -> dict[str, str]:
    """Return what every kind is called, ended programmes too."""
    locale = request_locale()
    return {kind.id: kind_words(kind, locale, _) for kind in list_kinds(reading())}
