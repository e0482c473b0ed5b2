"""The stranger's verifier on a pretended portal: content with the truth, and with nothing else."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.log.verifying.verifier import verify
from tests.log.looking import (
    FILES,
    LONG_FILES,
    OTHER_PLACE,
    PORTAL,
    check,
    json_values,
    said,
    small_portal,
)
from tests.log.pretending import PLACE, MemorySource, Portal


def test_a_portal_that_shows_what_it_logged_is_content() -> None:
    report = check(FILES)
    assert (report.findings, report.exit_code) == ((), 0)
    counts = report.counts
    assert (counts.entries, counts.notices, counts.rows, counts.ended) == (13, 2, 7, 2)
    assert (counts.documents, counts.figures, counts.places) == (1, 2, 2)
    assert report.key == PORTAL.signer.verifier_key
    assert "All is well" in report.lines()[0]
    assert str(report.key) in report.lines()[-1]


def test_an_empty_log_is_content() -> None:
    report = check(Portal().files())
    assert (report.findings, report.counts.entries) == ((), 0)


# ---- any changed byte

_COVERED = ("log/", "n/", "policies/", "figures/")


def _flippable(files: dict[str, bytes]) -> list[str]:
    """Return what is covered to the byte: the log, JSON, receipts (of a page: what it says)."""
    ends = (".json", ".tlog-proof")
    return sorted(
        name
        for name, data in files.items()
        if data and name.startswith(_COVERED) and (name.startswith("log/") or name.endswith(ends))
    )


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_one_changed_byte_is_always_noticed(data: st.DataObject) -> None:
    files = FILES if data.draw(st.booleans()) else LONG_FILES
    name = data.draw(st.sampled_from(_flippable(files)))
    changed = bytearray(files[name])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    assert check({**files, name: bytes(changed)}).findings, name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_missing_file_is_always_noticed(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    assert check({path: file for path, file in FILES.items() if path != name}).findings, name


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.binary(max_size=50))
def test_whatever_a_portal_answers_there_is_a_report(name: str, answer: bytes) -> None:
    for wrong in (answer, b'{"log":' + answer, FILES[name] + answer):
        assert check({**FILES, name: wrong}).exit_code in {0, 1}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_members_of_any_type_are_noticed_and_none_makes_it_stumble(data: st.DataObject) -> None:
    names = ["n/aaaaaaaaaa.json", "n/cccccccccc.json", "policies/eeeeeeeeee.json"]
    name = data.draw(st.sampled_from(names))
    members = json.loads(FILES[name])
    member = data.draw(st.sampled_from(sorted(members)))
    value = data.draw(json_values())
    before = members[member]
    members[member] = value
    report = check({**FILES, name: json.dumps(members).encode()})
    if value != before and not _may_be_left_out(name, member, value):
        assert report.findings, (member, value)


def _may_be_left_out(name: str, member: str, value: Any) -> bool:
    """What is over may have lost its text, rows and totals."""
    return value is None and "cccccccccc" in name and member in {"text", "rows", "totals"}


# ---- what residents are shown

ROW = "<th>马**</th>"


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        ("n/aaaaaaaaaa", "1,003.00", "1,004.00", "row 3 on its page is not"),
        ("n/aaaaaaaaaa", ROW, "<th>王**</th>", "row 1 on its page is not"),
        ("n/aaaaaaaaaa", 'id="row-5"', 'id="row-6"', "does not show the rows"),
        ("n/aaaaaaaaaa", 'id="row-5"', "", "does not show the rows"),
        ("n/aaaaaaaaaa", "<td>1</td>", "<td>1</td><td></td>", "row 1 on its page is not"),
        ("n/aaaaaaaaaa", "<h1>", "<h1>新", "another heading"),
        ("n/aaaaaaaaaa", "0954-2000000", "0954-2000001", "does not say: 0954-2000000"),
        ("n/aaaaaaaaaa", "5,015.00", "5,016.00", "does not say: 5,015.00"),
        ("n/cccccccccc", "<p>over", '<table><tr id="row-1"><td>马**', "shows rows"),
        ("policies/eeeeeeeeee", "户籍在本县", "户籍在外县", "does not say: - 户籍在本县"),
        ("policies/eeeeeeeeee", "<h1>", "<h1>新", "another heading"),
        ("figures.json", '"value":"2"', '"value":"1"', "not as it was logged: s1"),
        (f"r/{PLACE}", "/n/aaaaaaaaaa", "/n/", "the page of its place does not show it"),
        (f"r/{PLACE}", "/n/aaaaaaaaaa", "/n/zzzzzzzzzz", "notice zzzzzzzzzz: /n/zzzzzzzzzz.json"),
        ("", "<h1>", '<a href="/n/zzzzzzzzzz"><h1>', "notice zzzzzzzzzz: /n/zzzzzzzzzz.json"),
    ],
)
def test_a_page_that_shows_something_else_is_named(
    name: str, before: str, after: str, sentence: str
) -> None:
    changed = FILES[name].decode().replace(before, after, 1)
    assert changed != FILES[name].decode()
    assert sentence in said(check({**FILES, name: changed.encode()}))


def test_a_notice_that_was_never_logged_is_named() -> None:
    portal = small_portal()
    hidden = Portal()
    hidden.say(20)
    hidden.publish("zzzzzzzzzz")
    files = portal.files()
    for name in ("n/zzzzzzzzzz", "n/zzzzzzzzzz.json", "n/zzzzzzzzzz.tlog-proof"):
        files[name] = hidden.files()[name]
    files[f"r/{PLACE}"] += b'<a href="/n/zzzzzzzzzz">'
    told = said(check(files))
    assert "notice zzzzzzzzzz: entry 20 is not in the signed log of 13 entries" in told


def _changed_json(name: str, **changes: Any) -> dict[str, bytes]:
    return {**FILES, name: json.dumps({**json.loads(FILES[name]), **changes}).encode()}


@pytest.mark.parametrize(
    ("name", "changes", "sentence"),
    [
        ("n/aaaaaaaaaa.json", {"state": "withdrawn"}, "nothing in the log has ended it"),
        ("n/cccccccccc.json", {"state": "posted"}, "but the log has ended it"),
        ("n/cccccccccc.json", {"state": "ended"}, "not how the log has ended it"),
        ("n/cccccccccc.json", {"rows": []}, "its rows are still shown"),
        ("n/aaaaaaaaaa.json", {"rows": None}, "its rows are not shown"),
        ("n/aaaaaaaaaa.json", {"rows": []}, "not those that were logged"),
        ("n/aaaaaaaaaa.json", {"totals": None}, "its totals are not shown"),
        ("n/aaaaaaaaaa.json", {"text": None}, "does not show what it says"),
        ("n/aaaaaaaaaa.json", {"region": OTHER_PLACE}, "region: not as logged"),
        ("n/aaaaaaaaaa.json", {"title": "x"}, "title: not as logged"),
        ("n/aaaaaaaaaa.json", {"id": "bbbbbbbbbb"}, "about another notice"),
        ("n/aaaaaaaaaa.json", {"version": 1}, "its version is not"),
    ],
)
def test_a_notice_that_says_something_else_is_named(
    name: str, changes: dict[str, Any], sentence: str
) -> None:
    told = said(check(_changed_json(name, **changes)))
    assert f"notice {name[2:12]}" in told
    assert sentence in told


def test_an_older_version_is_not_taken_for_the_newest() -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    older = portal.files()
    portal.publish("aaaaaaaaaa", 5)
    names = ("n/aaaaaaaaaa", "n/aaaaaaaaaa.json", "n/aaaaaaaaaa.tlog-proof")
    files = {**portal.files(), **{name: older[name] for name in names}}
    assert "it is shown as of entry 0; the newest is 1" in said(check(files))


def test_what_is_over_by_the_clock_must_be_shown_as_ended() -> None:
    later = datetime(2026, 10, 9, 16, tzinfo=UTC)  # midnight in China
    report = verify(MemorySource(FILES), None, now=later)
    assert "notice bbbbbbbbbb (place 640499001001, entry 4): it is shown as posted" in said(report)
    (finding,) = report.findings
    assert (finding.notice, finding.region, finding.entry) == ("bbbbbbbbbb", PLACE, 4)


def test_a_receipt_of_an_earlier_size_holds_and_one_of_a_fork_does_not() -> None:
    portal, other = Portal(), Portal()
    for one in (portal, other):
        one.say(2)
        one.publish("aaaaaaaaaa")
    other.publish("bbbbbbbbbb")
    earlier = portal.proof(2)
    portal.say(3)
    name = "n/aaaaaaaaaa.tlog-proof"
    assert not check({**portal.files(), name: earlier}).findings
    assert not check({**other.files(), name: other.proof(2)}).findings
    told = said(check({**portal.files(), name: other.proof(2)}))
    assert "the log of 6 entries does not begin with the log of 4 entries" in told
    other.say(5)
    told = said(check({**portal.files(), name: other.proof(2)}))
    assert "its checkpoint is newer than the log of 6 entries" in told


def test_a_receipt_of_another_entry_is_named() -> None:
    receipt = FILES["n/bbbbbbbbbb.tlog-proof"]
    told = said(check({**FILES, "n/aaaaaaaaaa.tlog-proof": receipt}))
    assert "its receipt is for another entry" in told


def test_rows_that_do_not_add_up_are_named() -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa", totals={"households": 4, "persons": 8, "amount": "9999.00"})
    members = portal.notices["aaaaaaaaaa"].members
    members["totals"] = {"households": 4, "persons": 8, "amount": "9999.00"}
    assert "do not add up to its totals" in said(check(portal.files()))


def test_an_entry_that_contradicts_the_others_is_named_with_its_number() -> None:
    portal = small_portal()
    portal.publish("aaaaaaaaaa", 5, prev=0)
    told = said(check(portal.files()))
    assert "entry 13: it does not name the newest entry of its notice" in told
