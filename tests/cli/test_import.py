"""``import``: what the samples must come out as, in the words that programs rely on."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from disclosure.intake.reader import read_workbook
from disclosure.logbook.models import LogEntry
from disclosure.models import Notice, NoticeRow, Submission
from portal.data.audit import AuditEntry
from tests.cli.conftest import SAMPLES, CommandLine
from tests.fixtures.database import Database
from tests.fixtures.servers import portal_environ, run_portal

KEYS = [
    "kind",
    "region",
    "period",
    "rows_ok",
    "rows_bad",
    "households",
    "persons",
    "amount",
    "villages",
    "encoding",
    "repeated",
    "problems",
    "notices",
]
CODES = {
    *("id_check", "id_length", "id_float", "id_duplicate", "village_unknown", "amount_negative"),
    *("amount_nan", "covered_gt_family", "pii_phone", "pii_id", "pii_other", "formula"),
    *("name_empty", "minor", "total_mismatch", "period_mismatch", "unreadable", "encrypted"),
    *("too_large", "no_header"),
}
KINDS = {
    "standing list": "standing",
    "review notice": "review",
    "temporary assistance": "temporary",
    "fund figures": "funds",
}
EXPECTED = {
    path.name.removesuffix(".expect.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(SAMPLES.glob("*.expect.json"))
}
BROKEN = sorted(
    path.name
    for path in SAMPLES.iterdir()
    if not path.name.endswith(".json") and path.name not in EXPECTED
)
GOOD = [name for name in EXPECTED if name != "bad-rows.xlsx"]
LISTS = [name for name in GOOD if EXPECTED[name]["kind"] != "fund figures"]
BAD_ROWS = {
    3: "id_check",
    4: "id_length",
    5: "id_float",
    6: "id_duplicate",
    7: "village_unknown",
    8: "amount_negative",
    9: "amount_nan",
    10: "covered_gt_family",
    11: "pii_phone",
    12: "pii_id",
    13: "formula",
    14: "name_empty",
    15: "minor",
}
SANYING = ("--kind", "standing", "--region", "640402100000", "--period", "2026-10")


def arguments(name: str) -> tuple[object, ...]:
    """Return how a sample is brought in."""
    expected = EXPECTED.get(name, {"kind": "standing list", "township": "640402100000"})
    kind = KINDS[expected["kind"]]
    region = expected.get("township") or expected["county"]
    period = expected.get("period", "2026" if kind == "funds" else "2026-10")
    return (SAMPLES / name, "--kind", kind, "--region", region, "--period", period)


def secrets_of(name: str) -> set[str]:
    """Return every cell of a sample that a message must not repeat: names, numbers, accounts."""
    found = set()
    for sheet in read_workbook((SAMPLES / name).read_bytes()).sheets:
        cells = [str(cell).strip() for row in sheet.rows for cell in row]
        headed = {
            column
            for row in sheet.rows[:4]
            for column, cell in enumerate(row)
            if re.search("姓\\s*名|对象|申请人$", str(cell))
        }
        names = {str(row[column]).strip() for row in sheet.rows for column in headed}
        found |= {name for name in names if not re.search(r"\d", name)}
        found |= {cell for cell in cells if re.fullmatch(r"\d{10,}[0-9Xx]", cell)}
    return {cell for cell in found if len(cell) > 1 and not re.search("姓\\s*名|对象|申请人", cell)}


def check_form(report: dict[str, Any]) -> None:
    """Fail where a report is not what the contract says, to the letter."""
    assert list(report) == KEYS
    assert re.fullmatch(r"\d+\.\d{2}", report["amount"])
    counts = ("rows_ok", "rows_bad", "households", "persons", "villages")
    assert [name for name in counts if type(report[name]) is not int] == []
    assert report["encoding"] in {None, "utf-8", "utf-16", "gb18030"}
    assert type(report["repeated"]) is bool
    for problem in report["problems"]:
        assert list(problem) == ["row", "column", "code", "severity", "message"]
        assert problem["row"] is None or problem["row"] >= 1
        assert problem["column"] is None or problem["column"]
        assert problem["code"] in CODES
        assert problem["severity"] in {"error", "warning"}
        assert problem["message"]
        assert "%(" not in problem["message"]
    assert all(re.fullmatch("[a-z0-9]{10}", notice) for notice in report["notices"])


def check_numbers(report: dict[str, Any], expected: dict[str, Any]) -> None:
    """Fail where a report does not say what its sample's ``.expect.json`` says."""
    for name in ("period", "rows_ok", "rows_bad", "households", "persons", "villages", "encoding"):
        if name in expected:
            assert report[name] == expected[name], name
    yuan = expected.get("amount", round(expected.get("amount_wan", 0) * 10_000, 2))
    assert float(report["amount"]) == yuan
    assert report["problems"] == []


@pytest.mark.databases("sqlite")
def test_every_sample_comes_out_as_expected_and_checking_changes_nothing(
    command_line: CommandLine,
) -> None:
    before = command_line.everything()
    for name in GOOD:
        report = command_line.report(*arguments(name), "--check")
        check_form(report)
        check_numbers(report, EXPECTED[name])
        assert (report["repeated"], report["notices"]) == (False, [])
    for name in ("bad-rows.xlsx", *BROKEN):
        command_line.report(*arguments(name), "--check", status=1)
    for flag in ("--publish", "--skip-bad-rows"):
        command_line.report(*arguments("sanying-2026-10.xlsx"), "--check", flag)
    assert command_line.everything() == before
    assert [path.name for path in command_line.folder.iterdir()] == []  # not even a key


def test_every_list_is_stored_published_and_recognised(command_line: CommandLine) -> None:
    for name in LISTS:
        expected = EXPECTED[name]
        report = command_line.report(*arguments(name), "--publish")
        check_form(report)
        check_numbers(report, expected)
        assert report["repeated"] is False
        assert len(report["notices"]) == len(set(report["notices"])) == report["villages"]
        stored = command_line.everything()
        again = command_line.report(*arguments(name), "--publish")
        assert again == {**report, "repeated": True}
        assert command_line.everything() == stored
    with command_line.sessions() as sessions, sessions.reading() as session:
        notices = session.scalars(select(Notice)).all()
        entries = session.scalars(select(LogEntry)).all()
        assert all(notice.published_at for notice in notices)
        assert {entry.notice_id for entry in entries} == {notice.id for notice in notices}
        assert len(entries) == len(notices)
        assert {region for (region,) in session.execute(select(Submission.region_code))} == {
            EXPECTED[name]["township"] for name in LISTS
        }


def test_a_draft_becomes_a_publication_when_asked_again(command_line: CommandLine) -> None:
    given = arguments("sanying-2026-10.xlsx")
    draft = command_line.report(*given)
    assert len(draft["notices"]) == 16
    assert actions(command_line) == ["list-import"]
    published = command_line.report(*given, "--publish")
    assert published == {**draft, "repeated": True}
    assert actions(command_line) == ["list-import", "list-submit", "list-approve"]
    with command_line.sessions() as sessions, sessions.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "list-approve")).one()
        assert (entry.actor_id, entry.actor_label) == (None, "command-line operator")
        assert sorted(entry.details["notices"]) == sorted(published["notices"])


def actions(command_line: CommandLine) -> list[str]:
    """Return what the audit log tells, in order."""
    with command_line.sessions() as sessions, sessions.reading() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_errors_store_nothing_unless_their_rows_are_left_out(command_line: CommandLine) -> None:
    given = arguments("bad-rows.xlsx")
    before = command_line.everything()
    for flags in ((), ("--publish",)):
        report = command_line.report(*given, *flags, status=1)
        assert command_line.everything() == before
    check_form(report)
    found = {problem["row"]: problem for problem in report["problems"]}
    assert len(found) == len(report["problems"])
    assert {row: problem["code"] for row, problem in found.items()} == BAD_ROWS
    wanted = EXPECTED["bad-rows.xlsx"]["problems"]
    assert {str(row): problem["severity"] for row, problem in found.items()} == {
        row: problem["severity"] for row, problem in wanted.items()
    }
    assert (report["rows_ok"], report["rows_bad"]) == (5, 9)

    skipped = command_line.report(*given, "--skip-bad-rows", "--publish")
    assert skipped["problems"] == report["problems"]
    assert skipped["households"] == 5
    assert len(skipped["notices"]) == skipped["villages"]
    assert actions(command_line) == [
        "list-import",
        "list-leave-out-bad-rows",
        "list-submit",
        "list-approve",
    ]
    with command_line.sessions() as sessions, sessions.reading() as session:
        said = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "list-leave-out-bad-rows")
        ).one()
        assert (said.actor_label, said.details["rows_bad"]) == ("command-line operator", 9)
        assert len(session.scalars(select(NoticeRow.n)).all()) == 5
    stored = command_line.everything()
    again = command_line.report(*given, "--skip-bad-rows")
    assert again == {**skipped, "repeated": True}
    assert command_line.everything() == stored


@pytest.mark.databases("sqlite")
def test_an_error_that_belongs_to_no_row_of_a_person_counts_too(
    command_line: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "total.csv"
    path.write_text(
        "行政村,户主姓名,身份证号码,保障人口,月保障金额（元）\n"
        "东塬村委会,刘莲,640499194006029738,1,330\n合计,,,1,660\n",
        encoding="utf-8",
    )
    report = command_line.report(path, *SANYING, status=1)
    assert [(one["row"], one["code"]) for one in report["problems"]] == [(3, "total_mismatch")]
    assert actions(command_line) == []
    command_line.report(path, *SANYING, "--skip-bad-rows", "--publish")
    assert "list-leave-out-bad-rows" in actions(command_line)


@pytest.mark.databases("sqlite")
def test_a_broken_file_is_refused_with_a_problem(command_line: CommandLine) -> None:
    before = command_line.everything()
    for name in BROKEN:
        for flags in ((), ("--publish", "--skip-bad-rows")):
            report = command_line.report(*arguments(name), *flags, status=1)
            check_form(report)
            assert len(report["problems"]) == 1, name
            assert (report["problems"][0]["row"], report["notices"]) == (None, [])
            assert report["problems"][0]["severity"] == "error"
    assert command_line.everything() == before
    assert len(BROKEN) == 5


@pytest.mark.databases("sqlite")
def test_no_message_repeats_what_is_personal(command_line: CommandLine) -> None:
    for name in ("bad-rows.xlsx", "sanying-2026-10.xlsx", "jiangtaibao-2026-10.xls"):
        secrets = secrets_of(name)
        assert len(secrets) > 10
        wrong_place = ("--kind", "standing", "--region", "640424100000", "--period", "2026-10")
        for language in ("C.UTF-8", "zh_CN.UTF-8"):
            command_line.environ["LC_ALL"] = language
            for flags in (("--json",), ()):
                for given in (arguments(name)[1:], wrong_place):
                    result = command_line.run("import", SAMPLES / name, *given, *flags, status=None)
                    said = result.stdout + result.stderr
                    assert [secret for secret in secrets if secret in said] == []


@pytest.mark.databases("sqlite")
def test_messages_speak_the_operators_language(command_line: CommandLine) -> None:
    given = arguments("bad-rows.xlsx")
    english = command_line.report(*given, status=1)["problems"]
    command_line.environ["LC_ALL"] = "zh_CN.UTF-8"
    chinese = command_line.report(*given, status=1)["problems"]
    assert all(one["message"].isascii() for one in english)
    assert not any(one["message"].isascii() for one in chinese)
    text = command_line.run("import", *given, status=1).stdout
    assert all(one["message"] in text for one in chinese)


@pytest.mark.databases("sqlite")
def test_as_people_run_it(command_line: CommandLine, database: Database) -> None:
    """In a process of its own, in a terminal that knows no Chinese."""
    environ = portal_environ(
        command_line.folder,
        DATABASE_URL=database.url,
        PYTHONIOENCODING="ascii:strict",
        LC_ALL="C",
    )
    name = "xiangshui-2026-10.csv"
    command = ("import", *(str(one) for one in arguments(name)), "--publish", "--json")
    run_portal(environ, "init")
    done = run_portal(environ, *command)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    check_form(report)
    check_numbers(report, EXPECTED[name])
    assert command_line.report(*arguments(name)) == {**report, "repeated": True}
    broken = ("import", *(str(one) for one in arguments("truncated.xlsx")), "--json")
    refused = run_portal(environ, *broken, check=False)
    assert (refused.returncode, refused.stderr) == (1, "")
    assert len(json.loads(refused.stdout)["problems"]) == 1
