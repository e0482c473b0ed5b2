"""Domain errors: what a service refuses, and why, as a sentence that says what to do."""

from collections.abc import Sequence
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


class SeveralRefused(Refused):
    """Several things are wrong at once: ``each`` holds them all, the first speaks for them."""

    def __init__(self, each: Sequence[Refused]) -> None:
        super().__init__(each[0].message, field=each[0].field, **each[0].params)
        self.each = tuple(each)
