"""Domain errors: what a service refuses, and why, as a sentence that says what to do."""

from typing import Any


class DomainError(Exception):
    """A refusal in the trade's own words.

    ``message`` is an English sentence marked with ``N_`` where it is written, with ``%(name)s``
    placeholders for ``params``; the page or the command line translates it before it is shown.
    ``field`` names the form field it belongs to, if any.
    """

    def __init__(self, message: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.params = params
        self.field = field


class NotFound(DomainError):
    """What was asked for is not there, or not for this person: the two look the same (404)."""


class Forbidden(DomainError):
    """This person may not do this (403)."""


class Conflict(DomainError):
    """Somebody else was first, or what was looked at has changed since (409)."""


class Refused(DomainError):
    """The input or the state does not allow it; the sentence says what to do (422)."""


class TooMany(DomainError):
    """Too many tries in a short time; the sentence says when to come back (429)."""
