"""What the tests of lists share: an office that brings them in."""

from pathlib import Path

import pytest

from portal.data.keyfiles import load_keys
from portal.data.session import Sessions
from tests.disclosure.lists import Office


@pytest.fixture
def office(places: Sessions, tmp_path: Path) -> Office:
    """An office in 三营镇 on the test's database; it has the keys that the application loads."""
    return Office(places, load_keys(tmp_path / "secrets"))
