"""Publishing pages 页面发布: a view's answer that the page store keeps and serves from then on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import ParamSpec, cast

from flask import Response, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from portal.data.pages import Page, get_generation, make_page, store_page
from portal.web.addresses import request_locale, static_url
from portal.web.installation import end_reading, installation, reading
from portal.web.pageserver import Environ, StartResponse, serve_page

P = ParamSpec("P")

SECURITY_HEADERS: tuple[tuple[str, str], ...] = (
    (
        "Content-Security-Policy",
        (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'"
        ),
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)


@dataclass(frozen=True)
class Answer:
    """A page to keep: what it depends on, and until when it is right by the clock alone.

    ``fresh_until`` is the earliest instant at which anything on it changes state; None: never.
    What is not ``kept`` is made anew for everybody who asks.
    """

    body: str | bytes
    depends_on: Iterable[str]
    fresh_until: datetime | None = None
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = field(default=())
    kept: bool = True


def published(view: Callable[P, Answer]) -> Callable[P, Response]:
    """Serve the view's ``Answer`` and keep it in the page store, unless it was asked with a query.

    The store's generation is read first, in the same snapshot as everything that the view reads:
    where a change has come between, the page is served but not kept.
    """

    @wraps(view)
    def answered(*args: P.args, **kwargs: P.kwargs) -> Response:
        generation = get_generation(reading())
        answer = view(*args, **kwargs)
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        page = make_page(
            body,
            content_type=answer.content_type,
            headers=(
                *SECURITY_HEADERS,
                ("Cache-Control", "no-cache"),
                *_style_ahead(body),
                *answer.headers,
            ),
            fresh_until=answer.fresh_until,
            build=installation().build,
        )
        if answer.kept and not request.query_string:
            keep(request.path, request_locale(), page, answer.depends_on, generation)
        return _response(page)

    return answered


def _style_ahead(body: bytes) -> tuple[tuple[str, str], ...]:
    """Name the page's style in its head, so that it is under way before the page has been read."""
    address = static_url("portal.css")
    if f'<link rel="stylesheet" href="{address}">'.encode() not in body:
        return ()
    return (("Link", f"<{address}>; rel=preload; as=style"),)


def keep(path: str, locale: str, page: Page, depends_on: Iterable[str], generation: int) -> None:
    """Store the page; a busy database is no reason not to answer, so then it is not kept."""
    end_reading()
    try:
        with installation().sessions.writing() as session:
            store_page(
                session,
                path,
                locale,
                page,
                depends_on=depends_on,
                rendered_at_generation=generation,
            )
    except (OperationalError, IntegrityError, StaleDataError):
        # Busy, or another process has stored the same page in the same moment.
        return


def _response(page: Page) -> Response:
    """Answer as the page server does, so that an empty store changes nothing but the time taken."""

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return serve_page(page, environ, start_response)

    return cast("Response", Response.from_app(answer, request.environ))
