"""Codes that people carry on paper: receipt codes 查询码, short codes 短码, and notice ids.

A receipt code is 20 decimal digits in five groups. Its first six digits (the locator) find the
case, the other fourteen are the secret that opens it: it must never stand in a path, a query, a
cookie or a log, so its ``repr`` and every error here keep it hidden.
"""

import hashlib
import hmac
import re
import secrets
import string
import unicodedata
from dataclasses import dataclass, field

from portal.kernel.errors import Refused
from portal.kernel.language import N_

RECEIPT_DIGITS = 20
_LOCATOR_DIGITS = 6
_GROUP = 4
_LONGEST_PASTE = 2_000
_SHORTEST_SERVER_KEY = 32
_RECEIPT_CONTEXT = b"portal receipt code 1\x00"
# The largest multiple of ten that a byte can reach: bytes above it would favour low digits.
_UNBIASED = 250

# Hyphens and dashes of every script, the minus sign, raised dots; a full stop ends a number.
_MARKS = r"\-\u00b7\u2010-\u2015\u2022\u2212\u30fb"
_RUN_IN_LINE = re.compile(rf"[0-9](?:[ \t{_MARKS}]{{0,40}}[0-9])*")
_RUN_ACROSS_LINES = re.compile(rf"[0-9](?:[\s{_MARKS}]{{0,40}}[0-9])*")

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHORT_CODE = re.compile(rf"[{_CROCKFORD}]{{10}}")
_LOOK_ALIKES = str.maketrans("OIL", "011")
_BETWEEN_GROUPS = re.compile(rf"[\s{_MARKS}]+")

_NOTICE_ALPHABET = string.ascii_lowercase + string.digits
_NOTICE_ID = re.compile(r"[a-z0-9]{10}")


@dataclass(frozen=True)
class ReceiptCode:
    """A receipt code 查询码: 20 decimal digits. Raises ValueError for anything else."""

    digits: str = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what is not 20 ASCII digits, without repeating it."""
        if not re.fullmatch(rf"[0-9]{{{RECEIPT_DIGITS}}}", self.digits):
            raise ValueError("a receipt code has 20 digits")

    @property
    def groups(self) -> tuple[str, ...]:
        """Five groups of four digits, as they are printed."""
        return tuple(self.digits[at : at + _GROUP] for at in range(0, RECEIPT_DIGITS, _GROUP))

    @property
    def locator(self) -> str:
        """The first six digits: they find the case, and open nothing."""
        return self.digits[:_LOCATOR_DIGITS]

    @property
    def secret(self) -> str:
        """The other fourteen digits: they open the case."""
        return self.digits[_LOCATOR_DIGITS:]

    def printed(self) -> str:
        """Return the code as it is printed: five groups with spaces between."""
        return " ".join(self.groups)


def parse_receipt_code(text: str) -> ReceiptCode:
    """Read a receipt code out of what somebody typed or pasted.

    Spaces, hyphens, full-width digits, line breaks and words around the code do no harm. Raises
    Refused when there is not exactly one run of 20 digits; the message never repeats the digits.
    """
    if len(text) > _LONGEST_PASTE:
        raise Refused(
            N_("This is too long. Enter only the 20 digits of the receipt."), field="code"
        )
    plain = _plain(text)
    longest = 0
    # Line by line first, so that a telephone number on the next line is not taken for more digits.
    for run in (_RUN_IN_LINE, _RUN_ACROSS_LINES):
        found = {re.sub(r"[^0-9]", "", match.group()) for match in run.finditer(plain)}
        codes = {digits for digits in found if len(digits) == RECEIPT_DIGITS}
        if len(codes) == 1:
            return ReceiptCode(codes.pop())
        if codes:
            raise Refused(N_("There is more than one code. Enter one of them."), field="code")
        longest = max(map(len, found), default=0)
    if not longest:
        raise Refused(N_("Enter the 20 digits that stand on your receipt."), field="code")
    raise Refused(
        N_("The code has 20 digits; here are %(count)s. Compare it with your receipt."),
        field="code",
        count=longest,
    )


def derive_receipt_code(server_key: bytes, token: bytes, attempt: int) -> ReceiptCode:
    """Derive the receipt code of a form's token, so that sending a form twice gives one code.

    HMAC-SHA-256 under ``server_key`` (at least 32 bytes) gives a stream of bytes, of which those
    below 250 become digits: each digit is equally likely. ``attempt`` counts up from 0 when a
    locator is already taken. Whoever has key and token has the code: never store the token.
    """
    if len(server_key) < _SHORTEST_SERVER_KEY:
        raise ValueError("the server's key has at least 32 bytes")
    if not token:
        raise ValueError("a token is needed")
    digits: list[str] = []
    block = 0
    while len(digits) < RECEIPT_DIGITS:
        numbered = attempt.to_bytes(4, "big") + block.to_bytes(4, "big")
        stream = hmac.digest(server_key, _RECEIPT_CONTEXT + numbered + token, hashlib.sha256)
        digits.extend(str(byte % 10) for byte in stream if byte < _UNBIASED)
        block += 1
    return ReceiptCode("".join(digits[:RECEIPT_DIGITS]))


def new_short_code() -> str:
    """Return a new short code 短码: ten characters of Crockford's base32, without a separator."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(10))


def parse_short_code(text: str) -> str:
    """Return the ten characters of a short code as typed; raises Refused if it is none.

    Case, spaces, hyphens and full-width forms do not matter; O is read as 0, I and L as 1.
    """
    plain = _BETWEEN_GROUPS.sub("", _plain(text[:_LONGEST_PASTE])).upper()
    code = plain.translate(_LOOK_ALIKES)
    if not _SHORT_CODE.fullmatch(code):
        raise Refused(
            N_("This code is not right. It has ten letters and digits; compare it with the paper."),
            field="code",
        )
    return code


def format_short_code(code: str) -> str:
    """Return a short code as it is printed: two groups of five (``7K3QX-9M2VD``)."""
    if not _SHORT_CODE.fullmatch(code):
        raise ValueError("not a short code")
    return f"{code[:5]}-{code[5:]}"


def new_notice_id() -> str:
    """Return a new notice id: ten lower-case letters and digits."""
    return "".join(secrets.choice(_NOTICE_ALPHABET) for _ in range(10))


def is_notice_id(text: str) -> bool:
    """Tell whether ``text`` has the shape of a notice id."""
    return _NOTICE_ID.fullmatch(text) is not None


def _plain(text: str) -> str:
    """Fold full-width forms, drop invisible characters, make every line break a newline."""
    folded = unicodedata.normalize("NFKC", text)
    visible = "".join(char for char in folded if unicodedata.category(char) != "Cf")
    return "\n".join(" ".join(re.split(r"[^\S\n]+", line)) for line in visible.splitlines())
