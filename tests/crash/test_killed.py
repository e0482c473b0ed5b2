"""Import or approval killed at any moment: nothing published in part, and it can be run again."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.run import ROOT
from tests.fixtures.servers import portal_environ, run_portal
from tests.journey.walking import units_file

SAMPLE = ROOT / "tests" / "samples" / "sanying-2026-10.xlsx"
ROUNDS = 30
VILLAGES = 16
HOUSEHOLDS = 240


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with places and units, made once; each round works on a copy."""
    folder = tmp_path_factory.mktemp("crash")
    environ = portal_environ(folder / "data")
    run_portal(environ, "init")
    run_portal(environ, "regions", "load", str(ROOT / "demo" / "data" / "divisions-guyuan.csv"))
    run_portal(environ, "units", "load", str(units_file(folder)))
    return folder / "data"


def _rounds(installation: Path, scratch: Path, what: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.crash.rounds",
            str(installation),
            str(scratch),
            str(SAMPLE),
            str(ROUNDS),
            what,
        ],
        env=portal_environ(installation),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _is_whole(found: dict[str, Any]) -> bool:
    """Tell whether what stands there is nothing, the whole draft, or the whole publication."""
    if not found["submissions"]:
        return not any(found[name] for name in ("notices", "rows", "published", "logged"))
    stored = found["notices"] == VILLAGES and found["rows"] == HOUSEHOLDS
    if found["submissions"] == ["approved"]:
        published, approvals = VILLAGES, 1
    else:
        published, approvals = 0, 0
    return (
        stored
        and found["published"] == found["logged"] == published
        and found["approved"] == found["jobs"] == approvals
    )


@pytest.mark.parametrize("what", ["import", "approval"])
def test_what_was_killed_left_nothing_in_part_and_runs_again(
    installation: Path, tmp_path: Path, what: str
) -> None:
    rounds = _rounds(installation, tmp_path, what)
    assert len(rounds) >= ROUNDS or rounds[-1]["steps"] < ROUNDS
    assert all(one["killed"] for one in rounds)
    for one in rounds:
        assert _is_whole(one["after"]), one
        assert one["again"] == 0, one
        assert one["finally"]["submissions"] == ["approved"], one
        assert _is_whole(one["finally"]), one
    # The kills fell before, between and after the transactions, not all in one place.
    assert {str(one["after"]) for one in rounds} != {str(rounds[0]["finally"])}
