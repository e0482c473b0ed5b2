"""Posted lists, as complaints know them 公示名单: by id, title and place.

The parts of the house do not import each other; whoever puts them together connects them here.
Where nothing is connected, a complaint simply names no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask import Flask, current_app
from sqlalchemy.orm import Session

_KEY = "complaints.notices"


@dataclass(frozen=True)
class NoticeAbout:
    """A posted list that a complaint can be about; ``title`` is in the page's language.

    ``url`` leads to the list's own page.
    """

    id: str
    title: str
    region_code: str
    url: str


class Notices(Protocol):
    """What complaints ask about posted lists; only what everybody may see is ever returned."""

    def find(
        self, session: Session, notice_id: str, *, row: int | None, now: datetime
    ) -> NoticeAbout | None:
        """Return the posted list, or None if there is no such list, or no such row in it."""
        ...

    def list_of(
        self, session: Session, region_code: str, *, now: datetime
    ) -> Sequence[NoticeAbout]:
        """Return the lists that are posted in a place and everything in it, newest first."""
        ...


class NoNotices:
    """Stands where nothing is connected: there are no lists to speak of."""

    def find(
        self,
        session: Session,  # noqa: ARG002 - the interface's
        notice_id: str,  # noqa: ARG002
        *,
        row: int | None,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> NoticeAbout | None:
        """Return None."""
        return None

    def list_of(
        self,
        session: Session,  # noqa: ARG002 - the interface's
        region_code: str,  # noqa: ARG002
        *,
        now: datetime,  # noqa: ARG002
    ) -> Sequence[NoticeAbout]:
        """Return nothing."""
        return ()


def connect_notices(app: Flask, notices: Notices) -> None:
    """Let the complaints of ``app`` name these posted lists."""
    app.extensions[_KEY] = notices


def connected_notices() -> Notices:
    """Return what is connected to the running application."""
    found: Notices = current_app.extensions.get(_KEY, NoNotices())
    return found
