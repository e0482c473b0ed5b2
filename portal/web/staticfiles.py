"""Static files 静态文件: styles, scripts and the mark, packed once in each process.

A cheap phone on a slow line gets a sixth of the bytes, whether or not a proxy in front would pack
them; the address carries the file's digest, so what was fetched once is kept for ever.
"""

from collections.abc import Iterable
from functools import cache
from typing import cast

from flask import Flask, Response, request

from portal.data.pages import Page, make_page
from portal.web.addresses import STATIC
from portal.web.guards import public
from portal.web.pageserver import Environ, StartResponse, serve_page

MAX_AGE_S = 365 * 24 * 3600
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


def set_up_static(app: Flask) -> None:
    """Answer for ``/static/…`` with what is packed; files of other types as Flask does."""

    def static(filename: str) -> Response:
        page = _packed().get(filename)
        if page is None:
            return app.send_static_file(filename)

        def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
            return serve_page(page, environ, start_response)

        return cast("Response", Response.from_app(answer, request.environ))

    app.view_functions["static"] = public(static)


@cache
def _packed() -> dict[str, Page]:
    headers = (("Cache-Control", f"public, max-age={MAX_AGE_S}, immutable"),)
    return {
        path.name: make_page(
            path.read_bytes(),
            content_type=TYPES[path.suffix],
            headers=headers,
            fresh_until=None,
            build="",
        )
        for path in STATIC.iterdir()
        if path.suffix in TYPES
    }
