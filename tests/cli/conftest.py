"""The command line in tests 命令行: run in this process, on an installation of the test's own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import MetaData, Table, select
from sqlalchemy.pool import NullPool

from portal.cli import main
from portal.data.accounts import UnitKind, UnitRow, load_units
from portal.data.regionfiles import load_regions, parse_regions_csv
from portal.data.session import Sessions, make_engine
from tests.fixtures.database import Database
from tests.fixtures.people import CITY, DIVISIONS
from tests.fixtures.run import ROOT

SAMPLES = ROOT / "tests" / "samples"
COUNTIES = ("640402000000", "640422000000", "640424000000", "640425000000")


@dataclass
class CommandLine:
    """Runs ``portal`` with one installation's settings."""

    folder: Path
    database_url: str
    environ: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.environ = {
            "PORTAL_DATA": str(self.folder),
            "PORTAL_MODE": "production",
            "DATABASE_URL": self.database_url,
            "LC_ALL": "C.UTF-8",
            **self.environ,
        }

    def run(self, *arguments: object, status: int | None = 0) -> Result:
        """Run a command and expect its exit status; a traceback fails the test."""
        result = CliRunner().invoke(main, [str(one) for one in arguments], env=self.environ)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        if status is not None:
            assert result.exit_code == status, f"{arguments}\n{result.stdout}{result.stderr}"
        return result

    def report(self, *arguments: object, status: int = 0) -> dict[str, Any]:
        """Run ``import … --json`` and return the one object that it prints."""
        result = self.run("import", *arguments, "--json", status=status)
        assert result.stderr == ""
        assert result.stdout.count("\n") == 1
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    @contextmanager
    def sessions(self) -> Iterator[Sessions]:
        """Open the installation's database for a look."""
        engine = make_engine(self.database_url)
        yield Sessions(engine)
        engine.dispose()

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table."""
        found = {}
        with self.sessions() as sessions:
            metadata = MetaData()
            metadata.reflect(sessions.engine)
            with sessions.reading() as session:
                for name, table in metadata.tables.items():
                    found[name] = [tuple(row) for row in session.execute(_in_order(table))]
        return found


def _in_order(table: Table) -> Any:
    return select(table).order_by(*table.primary_key.columns)


@pytest.fixture(autouse=True)
def no_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close each connection at once: commands of this process live longer than they do alone."""
    import portal.data.session as data_session

    made = data_session.create_engine
    monkeypatch.setattr(
        data_session,
        "create_engine",
        lambda url, **options: made(url, **{"pool_pre_ping": False, **options}, poolclass=NullPool),
    )


@pytest.fixture
def command_line(database: Database, tmp_path: Path) -> CommandLine:
    """The command line over a fresh database with the city's places and their units."""
    line = CommandLine(tmp_path / "data", database.url)
    line.folder.mkdir()
    with line.sessions() as sessions:
        load_places(sessions)
    return line


def load_places(sessions: Sessions) -> None:
    """Load the whole city, and units for it and its counties."""
    units = [UnitRow("city", "固原市民政局", UnitKind.CITY, CITY, "0954-1", "", None)]
    units += [
        UnitRow(f"u{code[:6]}", "民政局", UnitKind.COUNTY, code, "0954-2", "", "city")
        for code in COUNTIES
    ]
    with sessions.writing() as session:
        load_regions(session, parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")))
        load_units(session, units)
