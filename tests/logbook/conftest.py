"""What the tests of the log's keeper share."""

from pathlib import Path

import pytest

from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.signing import begin_log
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock
from tests.logbook.keeping import NAME, Keeper


@pytest.fixture
def keeper(sessions: Sessions, tmp_path: Path, clock: SettableClock) -> Keeper:
    folder = LogFolder(tmp_path / "secrets")
    begin_log(sessions, folder, NAME, now=clock.now())
    return Keeper(sessions, folder, clock)
