"""The walls between the rooms: the import contracts, and what a pure module brings with it."""

import subprocess
import sys

import pytest

from tests.fixtures.run import ROOT
from tests.house.sources import module_name, pure_files

# A pure module that brings one of these along is not pure.
FORBIDDEN = (
    "alembic",
    "flask",
    "flask_babel",
    "flask_login",
    "flask_wtf",
    "granian",
    "jinja2",
    "psycopg",
    "sqlalchemy",
    "sqlite3",
    "werkzeug",
    "wtforms",
    "portal.app",
    "portal.cli",
    "portal.data",
    "portal.web",
)
IMPORT_AND_LIST = (
    "import importlib, sys; importlib.import_module(sys.argv[1]); print(*sys.modules, sep='\\n')"
)


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", [module_name(path) for path in pure_files()])
def test_a_pure_module_brings_no_framework_with_it(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_LIST, module],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(set(FORBIDDEN) & set(done.stdout.split())) == []
