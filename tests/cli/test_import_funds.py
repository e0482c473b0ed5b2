"""``import --kind funds``: the sample is checked, stored, published and recognised."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from disclosure.figures.funds import SetKind
from disclosure.figures.models import FigureSet, FundPayment, PublishedFigure
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.models import LogEntry
from portal.data.audit import AuditEntry
from tests.cli.conftest import CommandLine
from tests.cli.test_import import EXPECTED, actions, arguments, check_form, check_numbers

SAMPLE = "xiji-funds-2026.xlsx"
LINES = 57


def test_the_sample_is_stored_published_and_recognised(command_line: CommandLine) -> None:
    draft = command_line.report(*arguments(SAMPLE))
    check_form(draft)
    check_numbers(draft, EXPECTED[SAMPLE])
    (set_id,) = draft["notices"]
    assert (draft["repeated"], actions(command_line)) == (False, ["funds-bring-in"])
    published = command_line.report(*arguments(SAMPLE), "--publish")
    assert published == {**draft, "repeated": True}
    stored = command_line.everything()
    assert command_line.report(*arguments(SAMPLE), "--publish") == published
    assert command_line.everything() == stored
    assert actions(command_line)[1:] == ["figures-submit", "figures-approve"]
    with command_line.sessions() as sessions, sessions.reading() as session:
        found = session.get_one(FigureSet, set_id)
        assert (found.kind, found.state) == (SetKind.FUNDS, SubmissionState.APPROVED)
        entry = json.loads(session.scalars(select(LogEntry.entry)).one())
        assert (entry["notice"], entry["content"]) == (set_id, found.digest)
        assert session.scalar(select(func.count()).select_from(FundPayment)) == LINES
        assert session.scalar(select(func.count()).select_from(PublishedFigure)) == 3 * LINES


@pytest.mark.databases("sqlite")
def test_what_differs_from_the_lists_is_not_published_and_nothing_is_half_done(
    command_line: CommandLine, tmp_path: Path
) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text(
        "行政村,户主姓名,身份证号码,保障人口,月保障金额（元）\n"
        "东塬村委会,刘莲,640499194006029738,1,330\n",
        encoding="utf-8",
    )
    sanying = ("--kind", "standing", "--region", "640402100000", "--period", "2026-10")
    command_line.report(listed, *sanying, "--publish")
    before = command_line.everything()
    paid = tmp_path / "paid.csv"
    paid.write_text(
        "乡镇,月份,救助项目,户数,人数,发放金额（元）\n三营镇,2026-10,农村低保,2,2,660\n",
        encoding="utf-8",
    )
    yuanzhou = ("--kind", "funds", "--region", "640402000000", "--period", "2026")
    refused = command_line.run("import", paid, *yuanzhou, "--publish", "--json", status=1)
    assert "without a stated reason" in refused.stderr
    assert command_line.everything() == before
    draft = command_line.report(paid, *yuanzhou)
    assert len(draft["notices"]) == 1


@pytest.mark.databases("sqlite")
def test_errors_store_nothing_unless_their_rows_are_left_out(
    command_line: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "paid.csv"
    path.write_text(
        "乡镇,月份,救助项目,户数,人数,发放金额（元）\n"
        "三营镇,2026-10,农村低保,2,2,660\n没有镇,2026-10,农村低保,1,1,330\n",
        encoding="utf-8",
    )
    given = (path, "--kind", "funds", "--region", "640402000000", "--period", "2026")
    before = command_line.everything()
    report = command_line.report(*given, "--publish", status=1)
    assert [(one["row"], one["code"]) for one in report["problems"]] == [(3, "village_unknown")]
    assert command_line.everything() == before
    skipped = command_line.report(*given, "--skip-bad-rows", "--publish")
    assert (skipped["rows_ok"], skipped["rows_bad"], skipped["amount"]) == (1, 1, "660.00")
    with command_line.sessions() as sessions, sessions.reading() as session:
        query = select(AuditEntry).where(AuditEntry.action == "funds-bring-in")
        assert session.scalars(query).one().details["rows_left_out"] == 1
