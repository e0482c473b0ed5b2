"""Requests 请求: how much a request may carry, and that nothing of it touches the disk in plain."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, ParamSpec, TypeVar

from flask import Request, current_app, request

from portal.web.installation import installation

P = ParamSpec("P")
R = TypeVar("R")

LARGEST_FORM = 1 * 1024 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024
# The form's own fields come on top of the file.
UPLOAD_ALLOWANCE = 64 * 1024
LARGEST_DROP = 400 * 1024 * 1024  # a county's townships at once, read part by part
LARGEST_FILM = 100 * 1024 * 1024


class MemoryRequest(Request):
    """A request whose uploads stay in memory, never in a plain temporary file.

    Only where a route takes films, which everybody will see, they lie in ``film_folder`` meanwhile.
    """

    film_folder: Path | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - Werkzeug's own signature
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        if self.film_folder is None:
            return BytesIO()
        self.film_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return TemporaryFile(dir=self.film_folder)


def takes_a_file(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that this route's form carries a file; every other form is small."""
    view.__takes_a_file__ = True  # type: ignore[attr-defined]
    return view


def takes_a_film(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that this route's form may carry a film: large, and meant for everybody."""
    view.__takes_a_film__ = True  # type: ignore[attr-defined]
    return view


def streams_files(view: Callable[P, R]) -> Callable[P, R]:
    """Declare that this route reads its form by itself, part by part (``portal.web.multipart``)."""
    view.__streams_files__ = True  # type: ignore[attr-defined]
    return view


def reads_its_own_form() -> bool:
    """Tell whether the request's route reads its form by itself, and looks at its token there."""
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method == "POST" and getattr(view, "__streams_files__", False)


def allow_a_file() -> None:
    """Let the request carry a file if its route takes one; to be asked before its form is read."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "__takes_a_file__", False):
        request.max_content_length = LARGEST_UPLOAD + UPLOAD_ALLOWANCE
    if reads_its_own_form():
        request.max_content_length = LARGEST_DROP
    if getattr(view, "__takes_a_film__", False):
        request.max_content_length = LARGEST_FILM + UPLOAD_ALLOWANCE
        request.film_folder = installation().settings.data_folder / "incoming"  # type: ignore[attr-defined]
