"""The command line repeats nothing personal: reports, sentences, posters, what stays on disk."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from disclosure.models import Notice
from tests.cli.conftest import CommandLine, load_places, no_pool
from tests.fixtures.database import Database
from tests.fixtures.people import SANYING
from tests.privacy.files import FORMS, PlantedFile
from tests.privacy.outputs import Outputs, add_folder

__all__ = ["no_pool"]  # a fixture: each connection is closed at once

PERIODS = {"standing": "2026-10", "temporary": "2026-Q3"}
LAST_STANDING, FIRST_TEMPORARY = len(FORMS) - 1, len(FORMS)


@pytest.fixture
def command_line(database: Database, tmp_path: Path) -> CommandLine:
    """The command line over the whole city."""
    line = CommandLine(tmp_path / "data", database.url)
    line.folder.mkdir()
    with line.sessions() as sessions:
        load_places(sessions)
    line.run("init")
    return line


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("number", [LAST_STANDING, FIRST_TEMPORARY])
def test_no_plant_comes_out_of_a_command(
    command_line: CommandLine,
    planted: tuple[PlantedFile, ...],
    number: int,
    pdf_text: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    file, outputs = planted[number], Outputs()
    folder = tmp_path / "files"
    folder.mkdir()
    path = folder / file.name
    path.write_bytes(file.data)
    asked = (path, "--kind", file.kind, "--region", SANYING, "--period", PERIODS[file.kind])
    for more in (("--check",), ("--check", "--json"), ("--publish", "--skip-bad-rows", "--json")):
        result = command_line.run("import", *asked, *more, status=None)
        outputs.add(f"standard output of import {more}", result.stdout)
        outputs.add(f"standard error of import {more}", result.stderr)
    if file.corrected:
        assert result.exit_code == 1
        assert "Personal data" in result.stderr or "个人信息" in result.stderr
        path.write_bytes(file.corrected)
        command_line.run("import", *asked, "--publish")
    with command_line.sessions() as sessions, sessions.reading() as session:
        published = session.scalars(select(Notice.id).where(Notice.published_at.is_not(None))).all()
    assert len(published) == 3
    for notice_id in published:
        poster = tmp_path / f"{notice_id}.poster"
        command_line.run("poster", notice_id, "-o", poster)
        outputs.add(f"the poster of {notice_id}", pdf_text(poster))
    outputs.add("reindex", command_line.run("reindex").stdout)
    outputs.add("search", command_line.run("search", "三营镇").stdout)
    add_folder(outputs, tmp_path, but=[folder, tmp_path / "data" / "secrets"])
    assert outputs.leaks(file.plants, file.persons) == []
