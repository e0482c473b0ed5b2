"""Every sample comes out exactly as its ``.expect.json`` says; a file without one is refused."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from disclosure.intake.result import Checked
from tests.intake.workbooks import SAMPLES, SANYING, check, found, sentence

KINDS = {
    "standing list": "standing",
    "review notice": "review",
    "temporary assistance": "temporary",
    "fund figures": "funds",
}
FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".json")
EXPECTED = [path for path in FILES if path.with_name(f"{path.name}.expect.json").exists()]
BROKEN = [path for path in FILES if path not in EXPECTED]


def expectation(path: Path) -> dict[str, Any]:
    text = path.with_name(f"{path.name}.expect.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def check_sample(path: Path) -> Checked:
    expected = expectation(path)
    return check(
        path.read_bytes(),
        KINDS[expected["kind"]],
        region=expected.get("township") or expected["county"],
        period=expected.get("period") or ("2026" if "county" in expected else "2026-10"),
        filename=path.name,
    )


def test_there_are_samples() -> None:
    assert len(EXPECTED) == 8
    assert len(BROKEN) == 5


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name)
def test_the_counts(path: Path) -> None:
    expected = expectation(path)
    checked = check_sample(path)
    for name in ("rows_ok", "rows_bad", "households", "persons", "villages", "encoding"):
        if name in expected:
            assert getattr(checked, name) == expected[name], name
    if "period" in expected:
        assert checked.period is not None
        assert checked.period.text == expected["period"]
    amount = Decimal(checked.amount_fen) / 100
    if "amount" in expected:
        assert amount == expected["amount"]
    if "amount_wan" in expected:
        assert amount == Decimal(str(expected["amount_wan"])) * 10_000
    if "problems" not in expected:
        assert found(checked) == []


def test_the_bad_rows() -> None:
    path = SAMPLES / "bad-rows.xlsx"
    checked = check_sample(path)
    expected = expectation(path)["problems"]
    rows = [(problem.row, problem.severity.value) for problem in checked.problems]
    assert rows == [(int(row), about["severity"]) for row, about in expected.items()]
    assert [problem.code.value for problem in checked.problems] == [
        "id_check",
        "id_length",
        "id_float",
        "id_duplicate",
        "village_unknown",
        "amount_negative",
        "amount_nan",
        "covered_gt_family",
        "pii_phone",
        "pii_id",
        "formula",
        "name_empty",
        "minor",
    ]
    assert (checked.rows_ok, checked.rows_bad) == (5, 9)
    assert [row.row for row in checked.list_rows] == [2, 11, 12, 13, 15]
    assert [row.minor for row in checked.list_rows] == [False] * 4 + [True]


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", KINDS.values())
def test_broken_files_are_refused_as_a_whole(path: Path, kind: str) -> None:
    checked = check(path.read_bytes(), kind, region=SANYING, filename=path.name)
    code = "no_header" if path.name == "unrelated.xlsx" else "unreadable"
    assert found(checked) == [(None, code, "error")]
    assert checked.rows == ()


def test_late_payments_are_seen() -> None:
    checked = check_sample(SAMPLES / "xiji-funds-2026.xlsx")
    late = [row for row in checked.fund_rows if row.late]
    assert late
    assert all(row.paid_on is not None and row.paid_on.day > 10 for row in late)
    assert len(checked.fund_rows) == 57
    assert checked.villages == 19


def test_members_are_counted_and_only_the_head_is_kept() -> None:
    checked = check_sample(SAMPLES / "xinglong-members-2026-10.xlsx")
    first, second = checked.list_rows[:2]
    assert (first.name, first.members, first.persons, first.rows) == ("罗宏珍", 2, 2, 2)
    assert (second.name, second.members, second.persons, second.group) == ("虎花", 4, 2, "2组")
    assert sum(row.rows for row in checked.list_rows) == checked.rows_ok == 210
    assert len(checked.whole_names) > 150


def test_groups_come_out_of_village_and_group_in_one_cell() -> None:
    first = check_sample(SAMPLES / "guanting-review-2026-11.xlsx").list_rows[0]
    assert (first.village.name, first.group, first.class_) == ("刘店村委会", "4组", "C")


def test_temporary_assistance_says_what_kind_it_is() -> None:
    rows = check_sample(SAMPLES / "baiyang-temporary-2026-Q3.xlsx").list_rows
    assert {row.relief_type for row in rows} == {"支出型", "急难型"}
    assert all(row.persons is None and row.paid_on is not None for row in rows)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", KINDS.values())
def test_every_row_of_every_sheet_is_accounted_for(path: Path, kind: str) -> None:
    checked = check(path.read_bytes(), kind, region=SANYING, filename=path.name)
    assert checked.rows_ok + checked.rows_bad == checked.accounted.get("data", 0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("kind", KINDS.values())
def test_nothing_that_is_shown_names_a_person(path: Path, kind: str) -> None:
    checked = check(path.read_bytes(), kind, region=SANYING, filename=path.name)
    shown = repr(checked) + " ".join(sentence(problem) for problem in checked.problems)
    shown += repr(checked.rows)
    for name in checked.whole_names:
        assert name not in shown
    for row in checked.list_rows:
        assert row.id_number not in shown
