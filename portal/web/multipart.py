"""Forms with many files 批量上传: read part by part, so that never more than one is in memory.

The form's token is its first part, and no other part is looked at before it is found right.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import request
from flask_wtf.csrf import CSRFError, validate_csrf
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.sansio.multipart import (
    Data,
    Epilogue,
    Event,
    Field,
    File,
    MultipartDecoder,
    NeedData,
)
from wtforms import ValidationError

from portal.web.guards import check_origin
from portal.web.requests import LARGEST_UPLOAD

TOKEN = "csrf_token"  # noqa: S105 - the name of the field, no secret
_CHUNK = 64 * 1024
_LONGEST_FIELD = 64 * 1024
_MOST_PARTS = 1_000


@dataclass
class Part:
    """One field or file; ``filename`` is None for a field. A file that is too large has no data."""

    name: str
    filename: str | None
    data: bytearray = field(default_factory=bytearray, repr=False)
    too_large: bool = False

    def take(self, data: bytes) -> None:
        """Take some more of it, unless it is too large already."""
        most = _LONGEST_FIELD if self.filename is None else LARGEST_UPLOAD
        if self.too_large or len(self.data) + len(data) > most:
            self.too_large = True
            self.data.clear()
        else:
            self.data += data


def read_parts() -> Iterator[Part]:
    """Yield the parts of this request's form, each whole, in their order.

    Raises CSRFError unless the first part is the form's token, BadRequest for a torn form, and
    RequestEntityTooLarge where the route's limit is passed.
    """
    check_origin()
    parts = _parts()
    first = next(parts, None)
    try:
        if first is None or first.name != TOKEN or first.filename is not None:
            raise ValidationError("The form's token is missing.")
        validate_csrf(first.data.decode(errors="replace"))
    except ValidationError as error:
        raise CSRFError from error
    yield from parts


def _parts() -> Iterator[Part]:
    """Yield the parts, each as soon as it is whole."""
    current: Part | None = None
    for event in _events():
        if isinstance(event, Field | File):
            current = Part(event.name, event.filename if isinstance(event, File) else None)
        elif isinstance(event, Data) and current is not None:
            current.take(event.data)
            if not event.more_data:
                yield current


def _events() -> Iterator[Event]:
    """Yield what the form is made of while it comes in, up to the route's limit."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise CSRFError
    decoder = MultipartDecoder(boundary.encode("latin-1", "replace"), max_parts=_MOST_PARTS)
    left = request.max_content_length or 0
    while True:
        try:
            event = decoder.next_event()
        except (ValueError, RequestEntityTooLarge) as error:
            raise BadRequest from error
        if isinstance(event, Epilogue):
            return
        if not isinstance(event, NeedData):
            yield event
            continue
        chunk = request.stream.read(_CHUNK)
        left -= len(chunk)
        if left < 0:
            raise RequestEntityTooLarge
        decoder.receive_data(chunk or None)
