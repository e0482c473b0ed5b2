"""``search`` and ``reindex``; a web worker that searches loads no dictionary of readings."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.run import ROOT
from tests.fixtures.servers import portal_environ, run_portal


@pytest.fixture
def environ(demo_folder: Path, tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "data"
    shutil.copytree(demo_folder, folder)
    return portal_environ(folder)


def test_the_demonstration_is_searched_and_made_anew(environ: dict[str, str]) -> None:
    found = run_portal(environ, "search", "三营镇").stdout.splitlines()
    assert found[0] == "/r/640402100000\t\t宁夏回族自治区 > 固原市 > 原州区 > 三营镇"
    assert any(line.startswith("/n/") for line in found)
    count = run_portal(environ, "reindex").stdout
    assert int("".join(filter(str.isdigit, count))) > 940
    assert run_portal(environ, "search", "三营镇").stdout.splitlines() == found


def test_without_an_index_the_command_says_what_to_do(environ: dict[str, str]) -> None:
    shutil.rmtree(Path(environ["PORTAL_DATA"]) / "search")
    done = run_portal(environ, "search", "三营镇", check=False)
    assert done.returncode == 1
    assert "reindex" in done.stderr
    run_portal(environ, "init")
    assert run_portal(environ, "search", "三营镇").stdout.startswith("/r/640402100000")


def test_a_query_that_is_too_long_is_refused(environ: dict[str, str]) -> None:
    assert run_portal(environ, "search", "三" * 201, check=False).returncode == 1


def test_a_web_worker_loads_no_dictionary_of_readings() -> None:
    program = "import portal.app, sys; sys.exit('pypinyin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 0
