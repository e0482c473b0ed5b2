"""Entries 日志条目: what each says of a notice, or of the log itself.

An entry is the RFC 8785 form of its members. Statements are about the log itself and carry one
member more, ``statement``; what is about notices is null in them. Whoever reads one here may
rely on its members and their types.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from disclosure.log.canonical import plain_canonical
from disclosure.log.errors import LogError
from disclosure.log.strict import LARGEST_NUMBER, parse_json

PUBLISH = "publish"
CORRECT = "correct"
WITHDRAW = "withdraw"
EXPIRE = "expire"
STATEMENT = "statement"
# Tuples, because what stands in an entry may be anything, even what cannot be in a set.
NOTICE_EVENTS = (PUBLISH, CORRECT, WITHDRAW, EXPIRE)

# What a statement 公开说明 is about.
KEY_STATEMENT = "key"  # from here on another key signs
RESUME_STATEMENT = "resume"  # the log goes on although its database was an older one
ANNOUNCEMENT = "announce"  # anything else that the public should know, such as a kiosk's key
STATEMENT_TYPES = (KEY_STATEMENT, RESUME_STATEMENT, ANNOUNCEMENT)

DAY_SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT_SHAPE = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z")
NOTICE_ID_SHAPE = re.compile(r"[a-z0-9]{10}")
REGION_SHAPE = re.compile(r"[0-9]{12}")
DIGEST_SHAPE = re.compile(r"[0-9a-f]{64}")
_MONEY_SHAPE = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2}")
# Days of notices are days in China, which has one time and no summer time.
CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Statement:
    """What a statement says: ``type`` and ``text``, and with some keys and a signed checkpoint."""

    type: str
    text: str
    old: str | None = None
    key: str | None = None
    checkpoint: str | None = None

    def members(self) -> dict[str, Any]:
        """Return it as it stands in an entry."""
        return dict(vars(self))


@dataclass(frozen=True)
class Entry:
    """An entry as it stands in the log; of a statement all members on notices are None."""

    event: str
    notice: str | None
    version: int | None
    kind: str | None
    region: str | None
    period: str | None
    posted_from: str | None
    posted_to: str | None
    at: str
    totals: Mapping[str, Any] | None
    content: str | None
    rows: str | None
    prev: int | None
    statement: Statement | None = None


_MEMBERS = ("v", *(name for name in Entry.__dataclass_fields__ if name != "statement"))
_OF_NOTICES = tuple(name for name in _MEMBERS if name not in {"v", "event", "at"})


def statement_members(statement: Statement) -> dict[str, Any]:
    """Return the members, but ``v`` and ``at``, of the entry that makes ``statement``."""
    nothing = dict.fromkeys(_OF_NOTICES)
    return {"event": STATEMENT, **nothing, "statement": statement.members()}


def parse_entry(data: bytes) -> Entry:
    """Return the entry in ``data``; raises LogError for every byte that is not as the rules say."""
    members = parse_json(data, "the entry")
    try:
        written = plain_canonical(members)
    except (LogError, RecursionError):
        written = b""
    if written != data:
        raise LogError("the entry is not in canonical form")
    is_statement = members.get("event") == STATEMENT
    if set(members) != {*_MEMBERS, *((STATEMENT,) if is_statement else ())}:
        raise LogError("the entry does not have the members that entries have")
    version = members.pop("v")
    if not is_count(version) or version != 1 or not matches(_INSTANT_SHAPE, members["at"]):
        raise LogError("the entry is of a version, or of an instant, that this program cannot read")
    if is_statement:
        if any(members[name] is not None for name in _OF_NOTICES):
            raise LogError("a statement says something of a notice")
        members[STATEMENT] = _parse_statement(members[STATEMENT])
    else:
        _check_notice_members(members)
    return Entry(**members)


def _parse_statement(value: Any) -> Statement:
    names = set(Statement.__dataclass_fields__)
    if not isinstance(value, dict) or set(value) != names:
        raise LogError("a statement does not have the members that statements have")
    if value["type"] not in STATEMENT_TYPES or not isinstance(value["text"], str):
        raise LogError("the entry is a statement of a type that this program does not know")
    if not all(value[name] is None or isinstance(value[name], str) for name in names):
        raise LogError("a statement's members are not texts")
    statement = Statement(**value)
    is_key = statement.type == KEY_STATEMENT
    if is_key and (statement.old is None or statement.key is None):
        raise LogError("a statement on keys does not name the old and the new key")
    if not statement.text and (not is_key or statement.checkpoint is None):
        raise LogError("a statement does not say anything")
    return statement


def _check_notice_members(members: Mapping[str, Any]) -> None:
    checks = {
        "event": members["event"] in NOTICE_EVENTS,
        "notice": matches(NOTICE_ID_SHAPE, members["notice"]),
        "version": is_count(members["version"]) and members["version"] > 0,
        "kind": isinstance(members["kind"], str) and members["kind"] != "",
        "region": matches(REGION_SHAPE, members["region"]),
        "period": members["period"] is None or isinstance(members["period"], str),
        "posted_from": members["posted_from"] is None or is_day(members["posted_from"]),
        "posted_to": members["posted_to"] is None or is_day(members["posted_to"]),
        "totals": _are_totals(members["totals"]),
        "content": matches(DIGEST_SHAPE, members["content"]),
        "rows": matches(DIGEST_SHAPE, members["rows"]),
        "prev": members["prev"] is None or is_count(members["prev"]),
    }
    wrong = ", ".join(name for name, holds in checks.items() if not holds)
    if wrong:
        raise LogError(f"the entry's {wrong} cannot be read")


def matches(shape: re.Pattern[str], value: object) -> bool:
    """Tell whether ``value`` is a text of the given shape."""
    return isinstance(value, str) and shape.fullmatch(value) is not None


def is_count(value: object) -> bool:
    """Tell whether ``value`` is a whole number, not negative; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_NUMBER


def is_day(value: object) -> bool:
    """Tell whether ``value`` is a date that the calendar has: ``2026-10-08``."""
    if not matches(DAY_SHAPE, value):
        return False
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def is_money(value: object) -> bool:
    """Tell whether ``value`` is an amount in yuan with two decimals."""
    return matches(_MONEY_SHAPE, value)


def _are_totals(value: object) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    if set(value) == {"commitment"}:
        return matches(DIGEST_SHAPE, value["commitment"])
    return (
        set(value) == {"households", "persons", "amount"}
        and is_count(value["households"])
        and is_count(value["persons"])
        and is_money(value["amount"])
    )


def is_over(posted_to: str | None, now: datetime) -> bool:
    """Tell whether the last day on which something is posted has passed, in China."""
    return posted_to is not None and now.astimezone(CHINA).date() > date.fromisoformat(posted_to)
