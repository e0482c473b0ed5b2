"""A data folder to start a server from, for tests of lists that come in."""

from pathlib import Path

import pytest

from portal.data.accounts import OPERATOR, load_units
from portal.data.migrate import upgrade
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions, make_engine
from portal.data.signing_in import add_user
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.fixtures.people import DIVISIONS, PASSWORD, UNITS


@pytest.fixture
def prepared_folder(tmp_path: Path, clock: SettableClock) -> Path:
    """A data folder with places, units and one clerk of 三营镇, to start a server from."""
    folder = tmp_path / "prepared"
    folder.mkdir()
    engine = make_engine(f"sqlite:///{folder / 'portal.db'}")
    upgrade(engine)
    with Sessions(engine).writing() as session:
        load_regions(session, parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")))
        load_units(session, UNITS)
        add_user(
            session,
            OPERATOR,
            "clerk",
            role=Role.CLERK,
            unit="sanying",
            name="",
            now=clock.now(),
            password=PASSWORD,
        )
    engine.dispose()
    return folder
