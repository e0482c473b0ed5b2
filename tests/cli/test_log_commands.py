"""The log's commands 日志命令: its key is made, changed and replaced; a stranger verifies."""

import re
import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from disclosure.log.notes import VerifierKey
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.reading import list_keys, list_statements
from portal.data.audit import AuditEntry
from tests.cli.conftest import CommandLine

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def secrets(command_line: CommandLine) -> Path:
    """The folder of keys after ``init``, which says nothing and may be repeated."""
    for _ in range(2):
        assert command_line.run("init").stdout == ""
    return command_line.folder / "secrets"


def keys_of(command_line: CommandLine) -> list[str]:
    with command_line.sessions() as sessions, sessions.reading() as session:
        return [str(key) for key in list_keys(session)]


def test_init_makes_the_key_for_its_owner_alone(command_line: CommandLine, secrets: Path) -> None:
    for name in ("log.key", "log.name", "log.checkpoint"):
        assert stat.S_IMODE((secrets / name).stat().st_mode) == 0o600
    assert len(keys_of(command_line)) == 1


def test_the_key_is_changed_and_the_audit_log_says_so(
    command_line: CommandLine, secrets: Path
) -> None:
    (old,) = keys_of(command_line)
    said = command_line.run("log", "rotate-key").stdout
    new = str(VerifierKey.parse(re.sub(r".*: ", "", said.strip())))
    assert keys_of(command_line) == [new, old]
    with command_line.sessions() as sessions, sessions.reading() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["log-rotate-key"]
        assert LogFolder(secrets).read_mark() is not None


def test_a_lost_key_is_replaced_and_never_made_by_itself(
    command_line: CommandLine, secrets: Path
) -> None:
    (secrets / "log.key").unlink()
    refused = command_line.run("init")
    assert "replace-key" in refused.stderr
    assert not (secrets / "log.key").exists()
    command_line.run("log", "replace-key", status=2)
    command_line.run("log", "replace-key", "--statement", "服务器被盗")
    assert len(keys_of(command_line)) == 2
    command_line.run("init")


def test_an_older_database_goes_on_only_by_a_statement(
    command_line: CommandLine, secrets: Path
) -> None:
    note = (secrets / "log.checkpoint").read_bytes().decode().split("\n")
    (secrets / "log.checkpoint").write_bytes("\n".join([note[0], "7", *note[2:]]).encode())
    refused = command_line.run("init")
    assert "would fork" in refused.stderr
    command_line.run("log", "resume", "--statement", "恢复了旧备份")
    command_line.run("init")
    with command_line.sessions() as sessions, sessions.reading() as session:
        assert [said.text for said in list_statements(session)] == ["恢复了旧备份"]


def test_verify_needs_a_portal(command_line: CommandLine, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    command_line.run("verify", "ftp://nowhere.example", "--state", state, status=2)
    missing = command_line.run("verify", tmp_path / "nothing", "--state", state, status=None)
    assert missing.exit_code in {1, 2}
    assert not state.exists()
