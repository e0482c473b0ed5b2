"""The installation that a request is answered by: settings, database, clock, build."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app, g
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.data.keyfiles import Keys
from portal.data.session import Sessions
from portal.kernel.clock import Clock

_KEY = "installation"


@dataclass(frozen=True)
class Installation:
    """What every view may ask for; put together in ``portal.app`` alone."""

    settings: Settings
    sessions: Sessions
    clock: Clock
    keys: Keys
    build: str


def install(app: Flask, installation: Installation) -> None:
    """Make ``installation`` the one that ``app`` answers for."""
    app.extensions[_KEY] = installation
    app.teardown_appcontext(_close_reading)


def installation() -> Installation:
    """Return the running application's installation."""
    found: Installation = current_app.extensions[_KEY]
    return found


def now() -> datetime:
    """Return the present instant by the installation's clock."""
    return installation().clock.now()


def reading() -> Session:
    """Return this request's one reading session, opened at first use and closed at the end."""
    if "reading" not in g:
        g.reading_context = installation().sessions.reading()
        g.reading = g.reading_context.__enter__()
    session: Session = g.reading
    return session


@contextmanager
def writing() -> Iterator[Session]:
    """Open one writing transaction; the request's reading session ends first."""
    end_reading()
    with installation().sessions.writing() as session:
        yield session


def end_reading() -> None:
    """Close the reading session, if one is open."""
    context = g.pop("reading_context", None)
    g.pop("reading", None)
    if context is not None:
        context.__exit__(None, None, None)


def _close_reading(_error: BaseException | None) -> None:
    end_reading()
