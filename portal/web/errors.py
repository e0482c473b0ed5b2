"""Error pages 错误页面: every refusal is a clear sentence that says what to do."""

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.kernel.errors import Conflict, DomainError, Forbidden, NotFound, Refused, TooMany
from portal.web.guards import signed_in_user
from portal.web.installation import end_reading
from portal.web.languages import sentence

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Refused: 422,
    TooMany: 429,
}

Reply = tuple[str, int, dict[str, str]]


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a refusal."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def error_page(status: int, title: str, text: str) -> Reply:
    """Render the one error page there is."""
    end_reading()
    body = render_template(
        "portal/error.html",
        status=status,
        title=title,
        text=text,
        on_desk=request.path.startswith("/desk") and signed_in_user() is not None,
        home_url=request.script_root + "/",
    )
    return body, status, {"Cache-Control": "no-store"}


def _titles() -> dict[int, str]:
    return {
        400: _("The request could not be read"),
        401: _("Please sign in"),
        403: _("This is not open to you"),
        404: _("Page not found"),
        405: _("This page cannot be used like that"),
        409: _("Something has changed meanwhile"),
        410: _("This has been taken down"),
        413: _("The file is too large"),
        422: _("This cannot be done"),
        429: _("Please wait a moment"),
        503: _("Busy just now"),
    }


def _texts() -> dict[int, str]:
    return {
        400: _("Please go back and try again."),
        403: _("Your role does not allow this, or the form was sent from another site."),
        404: _("Check the address, or start from the home page and choose your place."),
        405: _("Please go back and use the buttons of the page."),
        413: _("A file may have at most 20 MB. Nothing was kept of it."),
        503: _("Please try again in a few seconds. Nothing was lost."),
    }


def _on_domain_error(error: DomainError) -> Reply:
    status = status_of(error)
    return error_page(status, _titles()[status], sentence(error))


def _on_http_error(error: HTTPException) -> Reply | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    _drain()
    title = _titles().get(status, _("Something went wrong"))
    return error_page(status, title, _texts().get(status, _("Please try again later.")))


def _on_csrf(_error: CSRFError) -> Reply:
    _drain()
    return error_page(
        400,
        _("The form has grown old"),
        _("Please go back, load the page again, and send the form once more."),
    )


def _on_busy(_error: OperationalError) -> Reply:
    return error_page(503, _titles()[503], _texts()[503])


def _on_crash(_error: Exception) -> Reply:
    return error_page(
        500,
        _("Something went wrong"),
        _("The fault is ours and has been noted. Please try again later, or telephone us."),
    )


DRAIN_BYTES = 200 * 1024 * 1024


def _drain() -> None:
    """Read on and drop what a browser is still sending, or it would never show the answer."""
    if request.method not in {"POST", "PUT"}:
        return
    stream = request.environ["wsgi.input"]
    chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    left = DRAIN_BYTES if chunked else min(request.content_length or 0, DRAIN_BYTES)
    while left > 0:
        chunk = stream.read(min(left, 65536))
        if not chunk:
            return
        left -= len(chunk)


def set_up_errors(app: Flask) -> None:
    """Answer every error with a page."""
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(OperationalError, _on_busy)
    app.register_error_handler(500, _on_crash)
