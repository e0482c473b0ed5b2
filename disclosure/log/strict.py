"""Strict reading 严格解析: numbers, base64 and JSON are taken in one way of writing alone."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NoReturn

from disclosure.log.errors import LogError

_DECIMAL = re.compile(r"0|[1-9][0-9]*")
LARGEST_NUMBER = 2**63 - 1


def parse_decimal(text: str, what: str) -> int:
    """Return a number written in ASCII without sign and leading zeroes; raises LogError."""
    if len(text) > 19 or _DECIMAL.fullmatch(text) is None or int(text) > LARGEST_NUMBER:
        raise LogError(f"{what} is not a number as the log writes it")
    return int(text)


def decode_base64(text: str, what: str) -> bytes:
    """Return what ``text`` encodes in standard base64 with its padding; raises LogError."""
    wrong = LogError(f"{what} is not proper base64")
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise wrong from None
    # Bits that the padding leaves over must be zero, or two texts would mean the same bytes.
    if encode_base64(found) != text:
        raise wrong
    return found


def encode_base64(data: bytes) -> str:
    """Return ``data`` in standard base64."""
    return base64.b64encode(data).decode("ascii")


def parse_json(data: bytes, what: str) -> dict[str, Any]:
    """Return the JSON object in ``data``: no member twice, no fraction; raises LogError."""
    try:
        found = json.loads(
            data.decode(),
            object_pairs_hook=_members,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise LogError(f"{what} is not proper JSON")
    return found


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise LogError("a member stands there twice")
    return members


def _refuse_number(text: str) -> NoReturn:
    raise LogError(f"{text} is not a whole number")
