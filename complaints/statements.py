"""What is sealed in a case 密封内容: the statement, who wrote it, and the texts that follow.

Values that turn themselves into text and back; nothing of theirs shows in a ``repr``, because what
is printed ends in a log.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from complaints.sealing import CannotOpen, Purpose, open_text, seal_text
from complaints.tracks import Accused
from portal.kernel.language import N_


class WayOut(StrEnum):
    """The remedy 救济途径 that an answer or a refusal names."""

    NONE = "none"
    RECONSIDERATION = "reconsideration"  # 行政复议、行政诉讼
    REVIEW = "review"  # 信访复查
    OTHER_OFFICE = "other-office"  # 其他单位


WAY_OUT_WORDS: dict[WayOut, str] = {
    WayOut.NONE: N_("None needs to be named"),
    WayOut.RECONSIDERATION: N_(
        "Against the decision on assistance you can ask for administrative reconsideration "
        "within 60 days, or go to court within six months."
    ),
    WayOut.REVIEW: N_(
        "If you do not agree with this, you can ask the unit above for a review within 30 days "
        "of receiving it in writing."
    ),
    WayOut.OTHER_OFFICE: N_("This belongs to another office; the text says to which."),
}


@dataclass(frozen=True)
class Statement:
    """What the reporter wrote 反映内容, and what it is about.

    ``place`` is the 12-digit code as exactly as it was given; ``concerned`` the id of the office
    complained of; ``accused`` says of an accusation whom it is about.
    """

    text: str = field(repr=False)
    place: str = field(repr=False)
    notice_id: str | None = None
    notice_row: int | None = field(default=None, repr=False)
    concerned: str | None = field(default=None, repr=False)
    accused: Accused | None = field(default=None, repr=False)

    def sealed(self, content_key: bytes, case_id: str) -> bytes:
        """Seal the statement for its case."""
        values = {
            "text": self.text,
            "place": self.place,
            "notice_id": self.notice_id,
            "notice_row": self.notice_row,
            "concerned": self.concerned,
            "accused": self.accused,
        }
        return seal_text(content_key, _written(values), case_id, Purpose.CONTENT)

    @classmethod
    def opened(cls, content_key: bytes, sealed: bytes, case_id: str) -> "Statement":
        """Open what ``sealed`` made; raises CannotOpen."""
        values = _read(open_text(content_key, sealed, case_id, Purpose.CONTENT))
        accused = values["accused"]
        return cls(**{**values, "accused": Accused(accused) if accused else None})


@dataclass(frozen=True)
class Contact:
    """Who the reporter is 反映人: name and telephone number."""

    name: str = field(repr=False)
    phone: str = field(repr=False)

    def sealed(self, identity_key: bytes, case_id: str) -> bytes:
        """Seal the contact for its case."""
        values = {"name": self.name, "phone": self.phone}
        return seal_text(identity_key, _written(values), case_id, Purpose.IDENTITY)

    @classmethod
    def opened(cls, identity_key: bytes, sealed: bytes, case_id: str) -> "Contact":
        """Open what ``sealed`` made; raises CannotOpen."""
        return cls(**_read(open_text(identity_key, sealed, case_id, Purpose.IDENTITY)))


@dataclass(frozen=True)
class MessageText:
    """A text of a case: an answer, a question, a reason; and the remedy that it names.

    Of a call-back it holds what the reporter said: whether they are ``satisfied``.
    """

    text: str = field(repr=False)
    way_out: WayOut = WayOut.NONE
    satisfied: bool | None = field(default=None, repr=False)

    def sealed(self, content_key: bytes, case_id: str, message_id: str) -> bytes:
        """Seal the text for its case and message, so that two messages cannot be exchanged."""
        values = {"text": self.text, "way_out": self.way_out, "satisfied": self.satisfied}
        return seal_text(content_key, _written(values), case_id, f"message:{message_id}")

    @classmethod
    def opened(
        cls, content_key: bytes, sealed: bytes, case_id: str, message_id: str
    ) -> "MessageText":
        """Open what ``sealed`` made; raises CannotOpen."""
        values = _read(open_text(content_key, sealed, case_id, f"message:{message_id}"))
        return cls(values["text"], WayOut(values["way_out"]), values["satisfied"])


def _written(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _read(text: str) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(text)
    except ValueError:
        raise CannotOpen from None
    return values
