"""The other commands 其他命令: safe to repeat, clear when refused, and usage is usage."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.data.accounts import Unit, User
from portal.data.audit import AuditEntry
from portal.data.regions import Region
from tests.cli.conftest import SAMPLES, CommandLine
from tests.fixtures.database import Database
from tests.fixtures.people import DIVISIONS

SANYING = SAMPLES / "sanying-2026-10.xlsx"
FOR_SANYING = ("--kind", "standing", "--region", "640402100000", "--period", "2026-10")
UNITS = (
    "id,name,kind,region,phone,address,supervised_by\n"
    "yz,原州区民政局,county,640402000000,0954-1,文化路1号,gy\n"
    "gy,固原市民政局,city,640400000000,0954-2,,\n"
)


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> CommandLine:
    """The command line over a migrated database with nothing in it."""
    line = CommandLine(tmp_path / "data", database.url)
    line.folder.mkdir()
    return line


def test_places_units_and_accounts_from_nothing(empty: CommandLine, tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text(UNITS, encoding="gb18030")
    for _ in range(2):
        assert empty.run("regions", "load", DIVISIONS).stdout == "940\n"
        assert empty.run("units", "load", units).stdout == "2\n"
    given = ("users", "add", "li", "--role", "clerk", "--unit", "yz", "--name", "李明")
    password = empty.run(*given).stdout
    assert len(password.strip()) >= 12
    refused = empty.run(*given, status=1)
    assert (refused.stdout, "taken" in refused.stderr) == ("", True)
    with empty.sessions() as sessions, sessions.reading() as session:
        for table, count in ((Region, 940), (Unit, 2), (User, 1)):
            assert session.scalar(select(func.count()).select_from(table)) == count
        said = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert said == ["regions-load", "units-load"] * 2 + ["user-add"]
        entries = session.scalars(select(AuditEntry)).all()
        assert password.strip() not in str([vars(entry) for entry in entries])


@pytest.mark.databases("sqlite")
def test_every_bad_line_is_told_and_nothing_is_loaded(empty: CommandLine, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("code,name,level,parent\n1,甲,city,\n2,乙,city,\n", encoding="utf-8")
    refused = empty.run("regions", "load", bad, status=1)
    assert [line.split(":")[0] for line in refused.stderr.splitlines()] == ["Line 2", "Line 3"]
    units = tmp_path / "units.csv"
    units.write_text(UNITS, encoding="utf-8")
    refused = empty.run("units", "load", units, status=1)
    assert len(refused.stderr.splitlines()) == 2  # neither place is there yet
    for content in (b"", b"\xff\xfe\x00", b"PK\x03\x04", b"a,b\n"):
        bad.write_bytes(content)
        for what in ("regions", "units"):
            refused = empty.run(what, "load", bad, status=1)
            assert (refused.stdout, len(refused.stderr.splitlines())) == ("", 1)
    assert {name: rows for name, rows in empty.everything().items() if rows}.keys() == {
        "alembic_version",
        "page_generation",
    }


USAGE = (
    ("import",),
    ("import", SANYING),
    ("import", SANYING, *FOR_SANYING[:4]),
    ("import", "no-such-file.xlsx", *FOR_SANYING),
    ("import", SAMPLES, *FOR_SANYING),
    ("import", SANYING, "--kind", "weekly", *FOR_SANYING[2:]),
    ("import", SANYING, *FOR_SANYING[:4], "--period", "October"),
    ("import", SANYING, *FOR_SANYING[:4], "--period", "2026-13"),
    ("import", SANYING, *FOR_SANYING[:4], "--period", "2026-11-22/2026-11-16"),
    ("import", SANYING, *FOR_SANYING[:4], "--period", "9999-12-30/9999-12-31"),
    ("import", SANYING, *FOR_SANYING[:4], "--period", "0001"),
    ("import", SANYING, *FOR_SANYING[:2], "--region", "三营镇", "--period", "2026-10"),
    ("import", SANYING, *FOR_SANYING[:2], "--region", "640402", "--period", "2026-10"),
    ("import", SANYING, *FOR_SANYING, "--force"),
    ("users", "add", "li"),
    ("users", "add", "li", "--role", "king", "--unit", "yz"),
    ("regions", "load"),
    ("units", "load", "no-such-file.csv"),
    ("poster", "abc"),
    ("serve", "--workers", "0"),
    ("dance",),
    ("--what",),
)


@pytest.mark.databases("sqlite")
def test_usage_is_told_on_standard_error_with_status_2(empty: CommandLine) -> None:
    before = empty.everything()
    for given in USAGE:
        result = empty.run(*given, status=2)
        assert (result.stdout, result.stderr != "") == ("", True), given
    assert empty.everything() == before


@pytest.mark.databases("sqlite")
def test_a_refusal_is_one_sentence_and_status_1(command_line: CommandLine) -> None:
    before = command_line.everything()
    for given in (
        ("import", SANYING, *FOR_SANYING[:2], "--region", "640402999000", "--period", "2026-10"),
        ("users", "add", "li", "--role", "clerk", "--unit", "nowhere"),
        ("users", "add", "李", "--role", "clerk", "--unit", "city"),
        ("poster", "aaaaaaaaaa", "-o", command_line.folder / "x.pdf"),
    ):
        for flags in ((), ("--json",)) if given[0] == "import" else ((),):
            result = command_line.run(*given, *flags, status=1)
            assert (result.stdout, len(result.stderr.splitlines())) == ("", 1), given
    assert command_line.everything() == before


@pytest.mark.databases("sqlite")
def test_unsafe_settings_are_refused_by_every_command(empty: CommandLine) -> None:
    for name, value in (
        ("PORTAL_BASE_URL", "http://www.example.gov.cn"),
        ("PORTAL_BASE_URL", "www.example.gov.cn"),
        ("PORTAL_MODE", "careless"),
        ("PORTAL_PARTS", "half"),
        ("DATABASE_URL", "mysql://root@localhost/portal"),
    ):
        line = CommandLine(empty.folder, empty.database_url, {name: value})
        for command in (("sweep",), ("import", SANYING, *FOR_SANYING)):
            result = line.run(*command, status=1)
            assert (result.stdout, len(result.stderr.splitlines())) == ("", 1), name


COMMANDS = (
    ("sweep",),
    ("import", SANYING, *FOR_SANYING),
    ("regions", "load", DIVISIONS),
    ("users", "add", "li", "--role", "clerk", "--unit", "yz"),
)


def check_unusable(url: str, folder: Path) -> None:
    """Fail unless every command says in one sentence that there is no database to use."""
    line = CommandLine(folder, url)
    for command in COMMANDS:
        result = line.run(*command, status=1)
        assert result.stdout == ""
        assert "init" in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_without_a_database_every_command_says_so(tmp_path: Path) -> None:
    check_unusable(f"sqlite:///{tmp_path}/none.db", tmp_path)
    assert not (tmp_path / "none.db").exists()
    sqlite3.connect(tmp_path / "empty.db").execute("CREATE TABLE t (x)").connection.close()
    check_unusable(f"sqlite:///{tmp_path}/empty.db", tmp_path)
    (tmp_path / "other.db").write_text("this is no database at all" * 100)
    check_unusable(f"sqlite:///{tmp_path}/other.db", tmp_path)
    check_unusable("postgresql+psycopg://portal@127.0.0.1:1/portal", tmp_path)


def test_without_its_tables_postgresql_is_no_database_either(
    empty_postgres: str, tmp_path: Path
) -> None:
    check_unusable(empty_postgres, tmp_path)


def test_init_may_be_repeated_and_keeps_everything(tmp_path: Path) -> None:
    folder = tmp_path / "installation 1"
    line = CommandLine(folder, "")  # the database inside the folder, as it is by default
    found = []
    for _ in range(2):
        line.run("init")
        line.run("regions", "load", DIVISIONS)
        found.append({path.name: path.read_bytes() for path in (folder / "secrets").iterdir()})
    assert found[0] == found[1]
    assert {"web.key", "persons.key", "uploads.key", "receipts.key"} <= set(found[0])
    assert (folder / "portal.db").exists()


def test_sweeping_nothing_twice_is_fine(command_line: CommandLine) -> None:
    for _ in range(2):
        assert command_line.run("sweep").stdout == ""
