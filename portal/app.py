"""The one place where the parts are put together; nothing imports it."""

import os
import signal
import threading
from dataclasses import dataclass
from types import SimpleNamespace

from flask import Flask, Response, abort, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

import complaints.desk
import complaints.views
import disclosure.desk
import disclosure.views
from complaints.notices import connect_notices
from portal import pages
from portal.config import Parts, Settings
from portal.data.accounts import find_leading_unit
from portal.data.keyfiles import load_keys
from portal.data.session import Sessions, make_engine, make_session_factory
from portal.joins import PostedLists
from portal.kernel.clock import Clock, SystemClock
from portal.web.addresses import other_language_url, request_locale
from portal.web.build import compute_build
from portal.web.errors import set_up_errors
from portal.web.guards import public, signed_in_user
from portal.web.installation import Installation, install, reading
from portal.web.languages import set_up_languages
from portal.web.pageserver import PageServer, WSGIApp
from portal.web.publishing import SECURITY_HEADERS
from portal.web.requests import LARGEST_FORM, MemoryRequest, allow_a_file
from portal.web.signing_in import set_up_signing_in
from portal.web.templating import set_up_templates
from portal.web.websessions import DatabaseSessions
from portal.worker import job_handlers, run_worker

STATIC_MAX_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True)
class PortalApp:
    """The whole portal: the WSGI callable to serve, and its parts for tests and commands."""

    flask: Flask
    wsgi: WSGIApp
    sessions: Sessions
    clock: Clock
    settings: Settings


def create_app(settings: Settings, *, clock: Clock | None = None) -> PortalApp:
    """Put the portal together for ``settings``; ``clock`` is the machine's unless given."""
    clock = clock or SystemClock()
    sessions = make_session_factory(make_engine(settings.database_url))
    keys = load_keys(settings.secrets_folder)
    build = compute_build(settings.base_url, settings.mode, settings.parts)
    app = Flask("portal", static_folder="static", template_folder=None)
    app.request_class = MemoryRequest
    app.config.update(
        SECRET_KEY=keys.web,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        DESK_COOKIE_PATH=f"{settings.base_path}/",
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_MAX_AGE_S,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    install(app, Installation(settings, sessions, clock, keys, build))
    app.session_interface = DatabaseSessions(sessions, clock, secure=settings.secure_cookies)
    set_up_templates(app)
    set_up_languages(app)
    _share_with_templates(app, settings)
    set_up_errors(app)
    _set_up_csrf(app)
    app.after_request(_add_headers)
    connect_notices(app, PostedLists())
    public(app.view_functions["static"])
    _register_parts(app, settings)
    wsgi = PageServer(
        app.wsgi_app,
        base_path=settings.base_path,
        sessions=sessions,
        clock=clock,
        build=build,
        serves_residents=settings.parts is not Parts.DESK,
    )
    return PortalApp(app, wsgi, sessions, clock, settings)


def create_wsgi() -> WSGIApp:
    """Return the WSGI callable for the environment's settings (the server's entry point)."""
    return create_app(Settings.from_env(os.environ)).wsgi


def work() -> None:
    """Run the worker for the environment's settings until the process is told to stop."""
    app = create_app(Settings.from_env(os.environ))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    handlers = job_handlers(app.wsgi, app.settings.base_path)
    run_worker(app.sessions, app.clock, handlers, stopping)


def _register_parts(app: Flask, settings: Settings) -> None:
    """Register every part, so that addresses can always be built, and close what is not served."""
    set_up_signing_in(app)
    for part in (
        pages.public_pages,
        disclosure.views.blueprint,
        complaints.views.blueprint,
        pages.desk_pages,
        disclosure.desk.blueprint,
        complaints.desk.blueprint,
        pages.health_pages,
    ):
        app.register_blueprint(part)

    @app.before_request
    def close_the_other_part() -> None:
        if request.endpoint in {"static", "health.healthz", "health.readyz"}:
            return
        closed = {Parts.PUBLIC: _is_desk(), Parts.DESK: not _is_desk(), Parts.ALL: False}
        if closed[settings.parts]:
            abort(404)


def _share_with_templates(app: Flask, settings: Settings) -> None:
    @app.context_processor
    def shared() -> dict[str, object]:
        return {
            "locale": request_locale(),
            "other_language_url": other_language_url(),
            "site": SimpleNamespace(
                name=_("Open Assistance"), owner=_site_owner(), demo=settings.demo
            ),
            "current_user": signed_in_user() if _is_desk() else None,
            "desk_nav": pages.desk_navigation() if _is_desk() else (),
        }


def _site_owner() -> str:
    """Return who runs the site (主办单位); an error page must do without a database."""
    try:
        unit = find_leading_unit(reading())
    except SQLAlchemyError:
        return ""
    return unit.name if unit else ""


def _is_desk() -> bool:
    return request.path == "/desk" or request.path.startswith("/desk/")


def _set_up_csrf(app: Flask) -> None:
    protection = CSRFProtect(app)

    @app.before_request
    def protect_the_desk() -> None:
        if not _is_desk():
            return
        signed_in = signed_in_user() is not None
        if signed_in:
            allow_a_file()
        try:
            protection.protect()
        except RequestEntityTooLarge:
            if signed_in:
                raise
            # Nobody who is not signed in may send a file; whoever was, is told to begin again.
            raise CSRFError from None


def _add_headers(response: Response) -> Response:
    for name, value in SECURITY_HEADERS:
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
