"""A watcher who comes back: what was shown once cannot be changed, and keys are followed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.log.checkpoints import Checkpoint
from disclosure.log.entries import statement_members
from disclosure.log.handover import resume_after
from disclosure.log.notes import sign_note
from disclosure.log.verifying.verifier import verify
from tests.log.looking import (
    FILES,
    NOW,
    PORTAL,
    check,
    json_values,
    long_portal,
    said,
    small_portal,
)
from tests.log.pretending import ORIGIN, PLACE, MemorySource, Portal, signer

Change = Callable[[Any], Any]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state file of a check that found nothing wrong."""
    path = tmp_path / "watch" / "state.json"
    assert check(FILES, path).first
    return path


def test_the_next_check_reads_what_is_new(state: Path) -> None:
    portal = small_portal()
    portal.publish("hhhhhhhhhh")
    portal.end("bbbbbbbbbb", "expire")
    source = MemorySource(portal.files())
    report = verify(source, state, now=NOW)
    assert report.findings == ()
    assert (report.first, report.counts.new_entries, report.counts.notices) == (False, 2, 2)
    assert json.loads(state.read_text())["checkpoint"].split("\n")[1] == "15"


def test_a_long_log_is_not_read_again(tmp_path: Path) -> None:
    portal, path = long_portal(), tmp_path / "state.json"
    assert not check(portal.files(), path).findings
    portal.say(5)
    source = MemorySource(portal.files())
    assert not verify(source, path, now=NOW).findings
    assert "log/tile/entries/000" not in source.asked
    assert "log/tile/entries/001.p/11" in source.asked


@pytest.mark.parametrize("more", range(0, 600, 37))
def test_a_log_may_grow_by_any_number(more: int, tmp_path: Path) -> None:
    portal, path = Portal(), tmp_path / "state.json"
    portal.say(230)
    assert not check(portal.files(), path).findings
    portal.say(more)
    report = check(portal.files(), path)
    assert (report.findings, report.counts.new_entries) == ((), more)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_an_earlier_entry_cannot_be_changed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("state") / "state.json"
    assert not check(FILES, path).findings
    before = path.read_bytes()
    forged = small_portal()
    at = data.draw(st.integers(0, len(forged.entries) - 1))
    entries = [*forged.entries[:at], *forged.entries[at + 1 :]]
    other = Portal()
    for entry in entries:
        members = json.loads(entry)
        del members["v"], members["at"]
        other.log(members)
    other.say(data.draw(st.integers(0, 3)))
    report = check(other.files(), path)
    assert "history" in said(report)
    assert report.evidence == other.checkpoint()
    assert path.read_bytes() == before


def test_a_fork_is_told_with_what_the_log_says_of_it(state: Path) -> None:
    portal = Portal()
    resumed = resume_after("A copy was restored.", high_water=PORTAL.checkpoint())
    portal.log(statement_members(resumed))
    portal.say(30)
    told = said(check(portal.files(), state))
    assert "the log's history was changed" in told
    assert "The same key signed both" in told
    assert "entry 0: here the log says why: “A copy was restored.”" in told
    assert "begin with a new state file" in told
    assert not check(portal.files(), state.with_name("new.json")).findings


def test_a_shorter_log_is_refused(state: Path) -> None:
    portal = Portal()
    portal.say(3)
    assert "was shown with 13 entries before, and now" in said(check(portal.files(), state))


def test_another_log_is_refused(state: Path) -> None:
    checkpoint = Checkpoint("other.example", 13, PORTAL.root()).text()
    files = {**FILES, "log/checkpoint": sign_note(checkpoint, [signer(0)])}
    assert "the log calls itself other.example" in said(check(files, state))
    assert f"its origin is other.example, but the key's name is {ORIGIN}" in said(check(files))


def test_nothing_is_remembered_of_a_check_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    said(check({**FILES, "policies": b"", "sitemap.xml": b"", f"r/{PLACE}": b""}, path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", '{"v":2}', "[", '{"v":1,"checkpoint":1}'])
def test_a_state_file_that_cannot_be_used_is_kept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    assert "state.json cannot be used" in said(check(FILES, path))
    assert path.read_text() == text


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_state_file_makes_it_stumble(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("state") / "state.json"
    check(FILES, path)
    members = json.loads(path.read_text())
    members[data.draw(st.sampled_from(sorted(members)))] = data.draw(json_values())
    path.write_text(json.dumps(members))
    assert check(FILES, path).exit_code in {0, 1}


# ---- while others publish


class Moving:
    """A portal that publishes while somebody looks at its pages."""

    def __init__(self, portal: Portal, when: str, then: Callable[[Portal], Any]) -> None:
        self.portal, self.when, self.then = portal, when, then

    def get(self, path: str) -> bytes:
        """Return the file as it is now."""
        if path == self.when:
            self.when = "done"
            self.then(self.portal)
        return self.portal.source().get(path)


@pytest.mark.parametrize(
    "then",
    [
        lambda portal: portal.publish("hhhhhhhhhh"),
        lambda portal: portal.publish("aaaaaaaaaa", 6),
        lambda portal: portal.end("aaaaaaaaaa", "withdraw"),
        lambda portal: portal.publish("hhhhhhhhhh", region="640499001009"),
    ],
)
def test_what_is_published_meanwhile_is_no_fault(then: Change) -> None:
    for when in ("sitemap.xml", f"r/{PLACE}", "n/aaaaaaaaaa.json", "n/bbbbbbbbbb.json"):
        report = verify(Moving(small_portal(), when, then), None, now=NOW)
        assert report.findings == (), (when, report.lines())


# ---- keys


def test_a_watcher_follows_a_new_key(state: Path) -> None:
    portal = small_portal()
    portal.change_key(1)
    portal.say(3)
    portal.change_key(2)
    report = check(portal.files(), state)
    assert (report.findings, report.key) == ((), signer(2).verifier_key)
    assert not check(portal.files(), state).findings
    assert not check(portal.files()).findings


def test_a_key_that_nobody_handed_over_is_refused(state: Path) -> None:
    portal = small_portal()
    portal.signer = signer(9)
    portal.keys.insert(0, str(signer(9).verifier_key))
    assert "log/key: the keys shown are not those" in said(check(portal.files(), state))
    del portal.keys[0]
    assert "not signed by any key that is trusted here" in said(check(portal.files(), state))


def test_after_a_change_the_old_key_signs_no_more(state: Path) -> None:
    portal = small_portal()
    portal.change_key(1)
    portal.signer = signer(0)
    assert "not signed by any key that is trusted here" in said(check(portal.files(), state))


def test_a_lost_key_is_replaced_only_by_one_that_a_person_accepts(state: Path) -> None:
    portal = small_portal()
    portal.lose_key(1)
    before = state.read_bytes()
    for path in (state, None):
        told = said(check(portal.files(), path))
        assert "entry 13: the log says that its key was lost" in told
        assert "The safe burnt." in told
        assert f"--accept-key {signer(1).verifier_key}" in told
    assert state.read_bytes() == before
    told = said(check(portal.files(), state, accept_key=signer(2).verifier_key))
    assert "not the one that was to be accepted" in told
    assert not check(portal.files(), state, accept_key=signer(1).verifier_key).findings
    assert not check(portal.files(), state).findings


def test_the_first_time_a_person_can_say_which_key_it_must_be() -> None:
    assert not check(FILES, accept_key=signer(0).verifier_key).findings
    assert "not the one" in said(check(FILES, accept_key=signer(1).verifier_key))
