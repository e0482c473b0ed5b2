"""Requests 请求: how much a request may carry, and that nothing of it touches the disk in plain."""

from io import BytesIO
from typing import IO

from flask import Request

LARGEST_FORM = 1 * 1024 * 1024
LARGEST_UPLOAD = 20 * 1024 * 1024


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
