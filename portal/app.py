"""The one place where the parts are put together; nothing imports it."""

import os
import pkgutil
import signal
import threading
from dataclasses import dataclass
from types import SimpleNamespace

from flask import Blueprint, Flask, Response, abort, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

import complaints.desk
import complaints.views
import disclosure.bulk.desk
import disclosure.corrections.desk
import disclosure.corrections.views
import disclosure.desk
import disclosure.documents.desk
import disclosure.documents.views
import disclosure.figures.desk
import disclosure.figures.funddesk
import disclosure.figures.kindviews
import disclosure.figures.limitsdesk
import disclosure.figures.views
import disclosure.kinds.programmesdesk
import disclosure.kinds.termsdesk
import disclosure.logbook.views
import disclosure.movements.desk
import disclosure.namesdesk
import disclosure.objections.againdesk
import disclosure.objections.desk
import disclosure.search.views
import disclosure.uploads.batchdesk
import disclosure.uploads.previewdesk
import disclosure.uploads.waitingdesk
import disclosure.views
import disclosure.withdrawdesk
from complaints.notices import connect_notices
from disclosure.bulk.settling import sitting_settler
from disclosure.bulk.sitting import SETTLE_JOB
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.signing import sign_after_commits
from disclosure.search.opening import open_index
from disclosure.uploads.batches import READ_BATCH_JOB
from disclosure.uploads.batchreading import batch_reader
from portal import feeds, pages, settings_pages, sitemap
from portal.config import Parts, Settings
from portal.data.accounts import find_leading_unit
from portal.data.keyfiles import load_keys
from portal.data.session import Sessions, make_engine, make_session_factory
from portal.footer import Footer, find_footer
from portal.joins import PostedLists
from portal.kernel.clock import Clock, SystemClock
from portal.web.addresses import other_language_url, request_locale
from portal.web.build import compute_build
from portal.web.errors import set_up_errors
from portal.web.guards import signed_in_user
from portal.web.installation import Installation, install, reading
from portal.web.languages import set_up_languages
from portal.web.pageserver import PageServer, WSGIApp
from portal.web.publishing import SECURITY_HEADERS
from portal.web.requests import LARGEST_FORM, MemoryRequest, allow_a_file, reads_its_own_form
from portal.web.signing_in import set_up_signing_in
from portal.web.staticfiles import MAX_AGE_S, set_up_static
from portal.web.templating import set_up_templates
from portal.web.websessions import DatabaseSessions
from portal.worker import job_handlers, run_worker, worker_name


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
    sessions = _open_sessions(settings, clock)
    keys = load_keys(settings.secrets_folder)
    build = compute_build(settings.base_url, settings.mode, settings.parts)
    app = Flask("portal", static_folder="static", template_folder=None)
    app.request_class = MemoryRequest
    app.config.update(
        SECRET_KEY=keys.web,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        DESK_COOKIE_PATH=f"{settings.base_path}/",
        SEND_FILE_MAX_AGE_DEFAULT=MAX_AGE_S,
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
    set_up_static(app)
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


def _open_sessions(settings: Settings, clock: Clock) -> Sessions:
    sessions = make_session_factory(make_engine(settings.database_url))
    if settings.parts is not Parts.PUBLIC:
        # A server for residents alone has no key; what its sweep appends is signed at the desk.
        sign_after_commits(sessions, LogFolder(settings.secrets_folder), clock)
    return sessions


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
    keys = load_keys(app.settings.secrets_folder)
    handlers[READ_BATCH_JOB] = batch_reader(app.sessions, keys, app.clock)
    handlers[SETTLE_JOB] = sitting_settler(app.sessions, app.clock)
    # Looked up by name, because it loads the dictionary of readings, which no web worker needs.
    indexer = pkgutil.resolve_name("disclosure.search.indexer:Indexer")(
        app.sessions,
        open_index(app.sessions, app.settings.data_folder),
        app.clock,
        worker_name(),
    )
    run_worker(app.sessions, app.clock, handlers, stopping, indexer.take_turn)


def _public_parts() -> tuple[Blueprint, ...]:
    return (
        pages.public_pages,
        feeds.feed_pages,
        sitemap.sitemap_pages,
        disclosure.views.blueprint,
        disclosure.corrections.views.blueprint,
        disclosure.logbook.views.blueprint,
        disclosure.search.views.blueprint,
        disclosure.figures.views.blueprint,
        disclosure.figures.kindviews.blueprint,
        disclosure.documents.views.blueprint,
        complaints.views.blueprint,
        pages.health_pages,
    )


def _desk_parts() -> tuple[Blueprint, ...]:
    return (
        pages.desk_pages,
        settings_pages.settings_pages,
        disclosure.desk.blueprint,
        disclosure.bulk.desk.blueprint,
        disclosure.uploads.batchdesk.blueprint,
        disclosure.uploads.previewdesk.blueprint,
        disclosure.uploads.waitingdesk.blueprint,
        disclosure.figures.desk.blueprint,
        disclosure.figures.funddesk.blueprint,
        disclosure.figures.limitsdesk.blueprint,
        disclosure.documents.desk.blueprint,
        disclosure.namesdesk.blueprint,
        disclosure.kinds.programmesdesk.blueprint,
        disclosure.kinds.termsdesk.blueprint,
        disclosure.objections.againdesk.blueprint,
        disclosure.objections.desk.blueprint,
        disclosure.withdrawdesk.blueprint,
        disclosure.movements.desk.blueprint,
        disclosure.corrections.desk.blueprint,
        complaints.desk.blueprint,
    )


def _register_parts(app: Flask, settings: Settings) -> None:
    """Register every part, so that addresses can always be built, and close what is not served."""
    set_up_signing_in(app)
    for part in (*_public_parts(), *_desk_parts()):
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
            "origin": settings.origin,
            "site": _site(settings),
            "current_user": signed_in_user() if _is_desk() else None,
            "desk_nav": pages.desk_navigation() if _is_desk() else (),
        }


def _site(settings: Settings) -> SimpleNamespace:
    """Return who runs the site 主办单位 and its foot; error pages must do without a database."""
    footer, owner = Footer(), ""
    try:
        footer = find_footer(reading())
        unit = find_leading_unit(reading())
        owner = footer.organiser or (unit.name if unit else "")
    except SQLAlchemyError:
        pass
    return SimpleNamespace(
        name=_("Open Assistance"), owner=owner, footer=footer, demo=settings.demo
    )


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
            if reads_its_own_form():
                return  # its first part is the token, looked at before any other is read
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
