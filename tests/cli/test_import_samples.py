"""``python -m portal import`` over the samples: exactly the expected results, by command."""

import json
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from disclosure.models import LogEntry, Notice, NoticeRow, Submission
from portal.cli import main
from portal.config import Settings
from portal.data.accounts import UnitKind, UnitRow, load_units
from portal.data.audit import AuditEntry
from portal.data.regions import load_regions, parse_regions_csv
from portal.data.session import Sessions
from tests.fixtures.people import DIVISIONS
from tests.fixtures.run import ROOT

SAMPLES = ROOT / "tests" / "samples"
KINDS = {
    "standing list": "standing",
    "review notice": "review",
    "temporary assistance": "temporary",
    "fund figures": "funds",
}
KEYS = {
    "kind", "region", "period", "rows_ok", "rows_bad", "households", "persons", "amount",
    "villages", "encoding", "repeated", "problems", "notices",
}  # fmt: skip
BROKEN = ("empty.csv", "empty.xlsx", "not-a-workbook.xlsx", "truncated.xlsx", "unrelated.xlsx")
SANYING = ("sanying-2026-10.xlsx", "--kind", "standing", "--region", "640402100000")

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a function that runs a command on an installation with every place and one city unit."""
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_DATA", str(settings.data_folder))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    with sessions.writing() as session:
        load_regions(session, parse_regions_csv(DIVISIONS.read_text(encoding="utf-8")))
        load_units(
            session,
            [UnitRow("city", "固原市民政局", UnitKind.CITY, "640400000000", "0954-1", "x", None)],
        )

    def command(*arguments: str) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    return command


def _import(run: Run, name: str, *options: str) -> Result:
    return run("import", str(SAMPLES / name), *options)


def _expected() -> list[tuple[str, dict[str, Any]]]:
    return [
        (path.name.removesuffix(".expect.json"), json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(SAMPLES.glob("*.expect.json"))
    ]


def _options(expected: dict[str, Any]) -> list[str]:
    kind = KINDS[expected["kind"]]
    period = expected.get("period", "2026" if kind == "funds" else "2026-10")
    region = expected.get("township") or expected["county"]
    return ["--kind", kind, "--region", region, "--period", period]


@pytest.mark.parametrize(("name", "expected"), _expected(), ids=lambda value: str(value)[:24])
def test_a_sample_gives_what_is_expected(run: Run, name: str, expected: dict[str, Any]) -> None:
    result = _import(run, name, *_options(expected), "--check", "--json")
    found = json.loads(result.stdout)
    assert set(found) == KEYS
    assert found["notices"] == []
    assert found["repeated"] is False
    amount = expected.get("amount")
    if amount is None and "amount_wan" in expected:
        amount = Decimal(str(expected["amount_wan"])) * 10_000
    if amount is not None:
        assert Decimal(found["amount"]) == Decimal(str(amount))
    for key in ("rows_ok", "rows_bad", "households", "persons", "villages", "encoding", "period"):
        if key in expected:
            assert found[key] == expected[key], key
    problems = expected.get("problems", {})
    assert [(str(one["row"]), one["severity"]) for one in found["problems"]] == [
        (row, problem["severity"]) for row, problem in problems.items()
    ]
    bad = any(problem["severity"] == "error" for problem in problems.values())
    assert result.exit_code == (1 if bad else 0)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_nothing_is_stored(
    run: Run, sessions: Sessions, name: str
) -> None:
    result = _import(run, name, *SANYING[1:], "--period", "2026-10", "--publish", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert [(one["row"], one["severity"]) for one in found["problems"]] == [(None, "error")]
    assert found["problems"][0]["message"]
    assert _stored(sessions) == (0, 0, 0)


def _stored(sessions: Sessions) -> tuple[int, int, int]:
    with sessions.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table))
            for table in (Submission, Notice, LogEntry)
        ]
    return counts[0] or 0, counts[1] or 0, counts[2] or 0


@pytest.mark.parametrize("option", ["--check", "--publish"])
def test_rows_with_errors_keep_the_whole_file_out(
    run: Run, sessions: Sessions, option: str
) -> None:
    result = _import(run, "bad-rows.xlsx", *SANYING[1:], "--period", "2026-10", option)
    assert result.exit_code == 1
    assert _stored(sessions) == (0, 0, 0)


def test_bad_rows_are_left_out_only_when_said_and_the_audit_log_says_so(
    run: Run, sessions: Sessions
) -> None:
    result = _import(
        run, "bad-rows.xlsx", *SANYING[1:], "--period", "2026-10", "--publish",
        "--skip-bad-rows", "--json",
    )  # fmt: skip
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["rows_bad"] == 9
    with sessions.reading() as session:
        assert session.scalar(select(func.count()).select_from(NoticeRow)) == found["rows_ok"] == 5
        actions = set(session.scalars(select(AuditEntry.action)))
    assert {"list-leave-out-bad-rows", "list-approve"} <= actions


def test_checking_changes_nothing(run: Run, sessions: Sessions) -> None:
    result = _import(run, *SANYING, "--period", "2026-10", "--check")
    assert result.exit_code == 0
    assert _stored(sessions) == (0, 0, 0)


def test_the_same_file_again_is_recognised_and_nothing_is_doubled(
    run: Run, sessions: Sessions
) -> None:
    first, second = (
        json.loads(_import(run, *SANYING, "--period", "2026-10", "--publish", "--json").stdout)
        for _ in range(2)
    )
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert len(first["notices"]) == 16
    assert first["notices"] == second["notices"]
    assert _stored(sessions) == (1, 16, 16)


def test_a_draft_is_published_by_importing_it_once_more(run: Run, sessions: Sessions) -> None:
    _import(run, *SANYING, "--period", "2026-10")
    assert _stored(sessions) == (1, 16, 0)
    result = _import(run, *SANYING, "--period", "2026-10", "--publish")
    assert result.exit_code == 0
    assert _stored(sessions) == (1, 16, 16)


@pytest.mark.parametrize(
    "arguments",
    [
        ("import",),
        ("import", str(SAMPLES / "sanying-2026-10.xlsx"), "--kind", "nonsense"),
        ("import", "/nowhere.xlsx", *SANYING[1:], "--period", "2026-10"),
        ("nonsense",),
    ],
)
def test_wrong_usage_exits_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_a_wrong_period_is_usage_and_shows_the_forms(run: Run) -> None:
    result = _import(run, *SANYING, "--period", "October")
    assert result.exit_code == 2
    assert "2026-10" in result.stderr


def test_no_message_repeats_personal_data(run: Run) -> None:
    result = _import(run, "bad-rows.xlsx", *SANYING[1:], "--period", "2026-10", "--check", "--json")
    text = result.stdout
    for personal in ("15017315345", "640499196001265474", "640499194006029738", "苏忠勇", "郭新"):
        assert personal not in text
