"""What the journeys share: somebody who walks through pages and looks at each."""

from collections.abc import Callable

import pytest

from tests.fixtures.browsers import PageOpener
from tests.fixtures.servers import LiveServer
from tests.journey.walking import Axe, Walk


@pytest.fixture
def walk(live_server: LiveServer, open_page: PageOpener, axe: Axe) -> Callable[..., Walk]:
    seen: list[tuple[str, str]] = []

    def opened(viewport: dict[str, int]) -> Walk:
        return Walk(open_page(viewport=viewport), live_server.url, axe, seen)

    return opened
