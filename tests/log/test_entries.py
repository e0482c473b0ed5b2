"""Entries read strictly, what they add up to, and how a new key follows the old one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure.log.canonical import plain_canonical
from disclosure.log.entries import Statement, parse_entry, statement_members
from disclosure.log.errors import LogError
from disclosure.log.handover import KeyChain, hand_over, replace_lost, resume_after
from disclosure.log.history import History
from disclosure.log.notes import NoteSigner
from tests.log.pretending import PLACE, Portal, signer

ROOT = bytes(32)


def _entry(**changes: Any) -> dict[str, Any]:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    return {**json.loads(portal.entries[0]), **changes}


def _statement(**changes: Any) -> dict[str, Any]:
    members = statement_members(Statement("announce", "text"))
    members["statement"] |= changes
    return {"v": 1, "at": "2026-10-08T02:00:00Z", **members}


def test_entries_are_read_as_they_were_written() -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa", 2)
    portal.publish("aaaaaaaaaa", 3)
    portal.end("aaaaaaaaaa", "withdraw")
    portal.change_key(1)
    events = [parse_entry(data).event for data in portal.entries]
    assert events == ["publish", "correct", "withdraw", "statement"]
    first = parse_entry(portal.entries[0])
    assert (first.notice, first.version, first.region, first.prev) == ("aaaaaaaaaa", 1, PLACE, None)
    assert set(first.totals or ()) == {"commitment"}


@pytest.mark.parametrize(
    "changes",
    [
        *({"v": 2}, {"v": True}, {"event": "other"}, {"event": ["publish"]}, {"event": None}),
        *({"notice": None}, {"notice": "UPPERCASE1"}, {"notice": "short"}),
        *({"version": 0}, {"version": "1"}, {"version": True}, {"version": None}),
        *({"kind": ""}, {"kind": None}, {"region": "64"}, {"region": 640499001001}),
        *({"period": 2026}, {"posted_from": "2026-02-30"}, {"posted_to": "20261008"}),
        *({"at": "2026-10-08"}, {"at": None}, {"at": "2026-10-08T02:00:00+00:00"}),
        *({"totals": {}}, {"totals": []}, {"totals": {"commitment": "0"}}),
        {"totals": {"households": 1, "persons": 2, "amount": 3}},
        {"totals": {"households": True, "persons": 2, "amount": "3.00"}},
        *({"content": None}, {"content": "A" * 64}, {"rows": "0" * 63}),
        *({"prev": -1}, {"prev": "0"}, {"prev": True}, {"further": 1}, {"statement": None}),
    ],
)
def test_an_entry_with_other_members_is_refused(changes: dict[str, Any]) -> None:
    parse_entry(plain_canonical(_entry()))
    with pytest.raises(LogError, match="entry"):
        parse_entry(plain_canonical(_entry(**changes)))


def test_every_member_must_be_there() -> None:
    for name in _entry():
        entry = _entry()
        del entry[name]
        with pytest.raises(LogError, match="entry"):
            parse_entry(plain_canonical(entry))


@pytest.mark.parametrize(
    "changes",
    [
        *({"type": "other"}, {"type": None}, {"text": ""}, {"text": None}, {"key": 1}),
        *({"type": "key"}, {"type": "key", "key": "k"}, {"further": "x"}, {"type": ["key"]}),
    ],
)
def test_a_statement_with_other_members_is_refused(changes: dict[str, Any]) -> None:
    assert parse_entry(plain_canonical(_statement())).statement == Statement("announce", "text")
    with pytest.raises(LogError, match="statement"):
        parse_entry(plain_canonical(_statement(**changes)))


def test_a_statement_says_nothing_of_a_notice() -> None:
    for name in ("notice", "region", "prev"):
        with pytest.raises(LogError, match="says something of a notice"):
            parse_entry(plain_canonical({**_statement(), name: "aaaaaaaaaa"}))
    with pytest.raises(LogError, match="statement"):
        parse_entry(plain_canonical({**_statement(), "statement": None}))


def test_an_entry_has_one_way_of_being_written() -> None:
    entry = _entry()
    written = plain_canonical(entry).decode()
    assert parse_entry(written.encode()).notice == "aaaaaaaaaa"
    twice = written.replace('"v":1', '"v":1,"v":1')
    spaced = json.dumps(entry, sort_keys=True, ensure_ascii=False)
    shuffled = json.dumps(dict(reversed(entry.items())), separators=(",", ":"))
    for wrong in (twice, spaced, shuffled, written + "\n", written.replace(":1,", ":1.0,", 1)):
        with pytest.raises(LogError):
            parse_entry(wrong.encode())


@given(st.binary(max_size=60))
def test_no_bytes_make_a_reader_stumble(data: bytes) -> None:
    for wrong in (data, b"{" + data, b'{"a":' + data + b"}", data * 20):
        with pytest.raises(LogError):
            parse_entry(wrong)


@pytest.mark.parametrize(
    "data",
    [
        *(b"[" * 60_000, b'{"a":' * 10_000, b'{"a":' + b"9" * 5_000 + b"}", b'{"a":NaN}'),
        *(b'{"a":1e999}', b'{"a":"\\ud800"}', b'{"\xc3\xa9":1}', b"\xff", b"null", b""),
    ],
)
def test_hostile_json_is_refused(data: bytes) -> None:
    with pytest.raises(LogError):
        parse_entry(data)


# ---- what entries add up to


def _applied(portal: Portal) -> History:
    history = History()
    for index, data in enumerate(portal.entries):
        history.apply(index, parse_entry(data))
    return history


def test_what_nothing_has_ended_stands() -> None:
    portal = Portal()
    for name in ("aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc"):
        portal.publish(name)
    portal.publish("aaaaaaaaaa", 5)
    portal.end("bbbbbbbbbb", "withdraw")
    portal.end("cccccccccc", "expire")
    history = _applied(portal)
    assert [(one.notice, one.index) for one in history.standing.values()] == [("aaaaaaaaaa", 3)]
    assert {notice: one.withdrawn for notice, one in history.ended.items()} == {
        "bbbbbbbbbb": True,
        "cccccccccc": False,
    }


def test_a_publication_may_replace_what_stood_in_its_place() -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    portal.publish("bbbbbbbbbb", prev=0)
    history = _applied(portal)
    assert list(history.standing) == ["bbbbbbbbbb"]
    assert list(history.ended) == ["aaaaaaaaaa"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda portal: portal.publish("aaaaaaaaaa", event="publish"), "published before"),
        (lambda portal: portal.publish("bbbbbbbbbb", prev=5), "does not hold"),
        (
            lambda portal: portal.publish("bbbbbbbbbb", prev=0, kind="funds"),
            "another place or kind",
        ),
        (lambda portal: portal.publish("aaaaaaaaaa", prev=None), "does not name the newest"),
        (lambda portal: portal.publish("bbbbbbbbbb", event="expire"), "does not name the newest"),
        (lambda portal: portal.publish("aaaaaaaaaa", version=1), "no higher version"),
        (lambda portal: portal.publish("aaaaaaaaaa", region="640499001002"), "kind or place"),
    ],
)
def test_an_entry_that_contradicts_the_others_is_named(wrong: Any, sentence: str) -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    wrong(portal)
    with pytest.raises(LogError, match=sentence):
        _applied(portal)


# ---- keys


def test_a_chain_of_keys_is_followed() -> None:
    chain = KeyChain()
    for index in range(3):
        chain.follow(index, hand_over(*_pair(index), size=index, root=ROOT), ROOT)
    assert chain.keys == [signer(n).verifier_key for n in range(4)]
    assert chain.lost == []


def _pair(number: int) -> tuple[NoteSigner, Any]:
    return signer(number), signer(number + 1).verifier_key


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (hand_over(*_pair(1), size=5, root=ROOT), "not the log's"),
        (hand_over(*_pair(0), size=4, root=ROOT), "not for this place"),
        (hand_over(*_pair(0), size=5, root=b"\1" * 32), "not for this place"),
    ],
)
def test_a_key_that_the_old_one_did_not_name_is_refused(statement: Any, sentence: str) -> None:
    chain = KeyChain([signer(0).verifier_key])
    with pytest.raises(LogError, match=sentence):
        chain.follow(5, statement, ROOT)
    assert chain.keys == [signer(0).verifier_key]


def test_a_signature_cannot_be_moved_to_another_key() -> None:
    statement = hand_over(*_pair(0), size=5, root=ROOT)
    other = Statement(**{**vars(statement), "key": str(signer(2).verifier_key)})
    with pytest.raises(LogError, match="for another key"):
        KeyChain().follow(5, other, ROOT)
    forged = Statement(**{**vars(statement), "old": str(signer(3).verifier_key)})
    with pytest.raises(LogError, match="not signed by any key"):
        KeyChain().follow(5, forged, ROOT)


def test_a_plain_checkpoint_hands_nothing_over() -> None:
    portal = Portal()
    portal.say(5)
    old, new = _pair(0)
    checkpoint = portal.checkpoint().decode()
    statement = Statement("key", "", str(old.verifier_key), str(new), checkpoint)
    with pytest.raises(LogError, match="for another key"):
        KeyChain().follow(5, statement, portal.root())


def test_a_lost_key_is_noted_and_must_be_told() -> None:
    old, new = signer(0).verifier_key, signer(1).verifier_key
    chain = KeyChain()
    chain.follow(3, replace_lost(old, new, text="The safe burnt."), ROOT)
    assert (chain.keys, chain.lost) == ([old, new], [(3, "The safe burnt.", new)])
    with pytest.raises(LogError, match="tell what happened"):
        replace_lost(old, new, text=" ")
    with pytest.raises(LogError, match="tell what happened"):
        resume_after("", high_water=b"note")
    with pytest.raises(LogError, match="own name"):
        replace_lost(old, NoteSigner.from_seed("other", bytes(32)).verifier_key, text="x")
    with pytest.raises(LogError, match="own name"):
        hand_over(signer(0), old, size=0, root=ROOT)


def test_statements_can_be_logged() -> None:
    for statement in (
        hand_over(*_pair(0), size=5, root=ROOT),
        replace_lost(signer(0).verifier_key, signer(1).verifier_key, text="x"),
        resume_after("We restored a copy.", high_water=Portal().checkpoint()),
    ):
        entry = plain_canonical({"v": 1, **statement_members(statement), "at": _entry()["at"]})
        assert parse_entry(entry).statement == statement
