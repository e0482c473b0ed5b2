"""PORTAL_PARTS: residents' pages and the desk may be served on separate networks."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from werkzeug.test import Client

from disclosure.logbook.keyfolder import LogFolder, log_name
from disclosure.logbook.signing import begin_log
from portal.app import PortalApp, create_app
from portal.config import Parts, Settings
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock

PUBLIC = ("/", "/r/640402100000", "/v/", "/complain", "/track")
DESK = ("/desk/login",)


@pytest.fixture
def served(
    settings: Settings, clock: SettableClock, places: Sessions
) -> Iterator[Callable[[Parts], Client]]:
    """Give a function: the parts that a server answers for → a plain client of that server."""
    folder = LogFolder(settings.secrets_folder)
    begin_log(places, folder, log_name(settings.base_url), now=clock.now())
    made: list[PortalApp] = []

    def serve(parts: Parts) -> Client:
        made.append(create_app(replace(settings, parts=parts), clock=clock))
        return Client(made[-1].wsgi)

    yield serve
    for app in made:
        app.sessions.engine.dispose()


@pytest.mark.parametrize("path", PUBLIC)
def test_the_desk_alone_answers_no_resident(served: Callable[[Parts], Client], path: str) -> None:
    # Asked first of a server that keeps the page in the store which both share.
    assert served(Parts.ALL).get(path).status_code == 200
    assert served(Parts.DESK).get(path).status_code == 404


@pytest.mark.parametrize("path", DESK)
def test_the_public_part_has_no_desk(served: Callable[[Parts], Client], path: str) -> None:
    assert served(Parts.PUBLIC).get(path).status_code == 404
    assert served(Parts.DESK).get(path).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_the_public_part_answers_residents(served: Callable[[Parts], Client], path: str) -> None:
    assert served(Parts.PUBLIC).get(path).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/portal.css"])
@pytest.mark.parametrize("parts", list(Parts))
def test_health_and_styles_are_everywhere(
    served: Callable[[Parts], Client], parts: Parts, path: str
) -> None:
    answer = served(parts).get(path)
    assert answer.status_code == 200
    answer.close()
