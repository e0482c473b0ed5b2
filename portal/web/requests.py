"""Requests 请求: how much a request may carry, and that nothing of it touches the disk in plain."""

from collections.abc import Callable
from io import BytesIO
from typing import IO, ParamSpec, TypeVar

from flask import Request, current_app, request

P = ParamSpec("P")
R = TypeVar("R")

LARGEST_FORM = 1 * 1024 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024
# The form's own fields come on top of the file.
UPLOAD_ALLOWANCE = 64 * 1024


class MemoryRequest(Request):
    """A request whose uploads stay in memory, never in a plain temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's own signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        return BytesIO()


def takes_a_file(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that this route's form carries a file; every other form is small."""
    view.__takes_a_file__ = True  # type: ignore[attr-defined]
    return view


def allow_a_file() -> None:
    """Let the request carry a file if its route takes one; to be asked before its form is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "__takes_a_file__", False):
        request.max_content_length = LARGEST_UPLOAD + UPLOAD_ALLOWANCE
