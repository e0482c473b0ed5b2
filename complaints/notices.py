"""Posted lists, as complaints know them 公示名单: by id, title and place.

The parts of the house do not import each other; whoever puts them together connects them here.
Where nothing is connected, a complaint simply names no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
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


@dataclass(frozen=True)
class RowCheck:
    """How the check of a row went 异议核查; words are in the page's language.

    ``held``: the row is marked for everybody at this moment. ``finding`` and ``reason`` are there
    once it is decided on. ``url`` leads to the check at the desk.
    """

    held: bool
    state: str
    due_on: date
    finding: str | None
    reason: str | None
    decided_on: date | None
    url: str


class Notices(Protocol):
    """What complaints ask about posted lists; only what everybody may see is ever returned.

    What is found about a row is for staff alone, and names no reporter.
    """

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

    def hold_back(
        self, session: Session, notice_id: str, row: int, *, by_discipline: bool, now: datetime
    ) -> bool:
        """Mark a row as being checked, in the transaction of what is filed; tell whether it was.

        Never raises for a list or a row that is not there any more: the case is taken in all the
        same.
        """
        ...

    def may_hold_back(
        self, session: Session, notice_id: str, row: int, *, by_discipline: bool, now: datetime
    ) -> bool:
        """Tell whether ``hold_back`` would mark the row now."""
        ...

    def checks_of(self, session: Session, notice_id: str, row: int) -> Sequence[RowCheck]:
        """Return the checks of a row, oldest first."""
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

    def hold_back(
        self,
        session: Session,  # noqa: ARG002
        notice_id: str,  # noqa: ARG002
        row: int,  # noqa: ARG002
        *,
        by_discipline: bool,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> bool:
        """Mark nothing."""
        return False

    def may_hold_back(
        self,
        session: Session,  # noqa: ARG002
        notice_id: str,  # noqa: ARG002
        row: int,  # noqa: ARG002
        *,
        by_discipline: bool,  # noqa: ARG002
        now: datetime,  # noqa: ARG002
    ) -> bool:
        """Return False."""
        return False

    def checks_of(
        self,
        session: Session,  # noqa: ARG002
        notice_id: str,  # noqa: ARG002
        row: int,  # noqa: ARG002
    ) -> Sequence[RowCheck]:
        """Return nothing."""
        return ()


def connect_notices(app: Flask, notices: Notices) -> None:
    """Let the complaints of ``app`` name these posted lists."""
    app.extensions[_KEY] = notices


def connected_notices() -> Notices:
    """Return what is connected to the running application."""
    found: Notices = current_app.extensions.get(_KEY, NoNotices())
    return found
