"""The sealed hidden field 密封字段: answers travel with the page, and nobody else reads them.

A resident's form has no cookie and leaves nothing on the server until it is sent. What was answered
so far stands in one hidden field, sealed with the server's own key (XSalsa20-Poly1305), and is good
for two hours: long enough to write, too short to lie about on a borrowed telephone.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import nacl.exceptions
from nacl.secret import SecretBox

from complaints.sealing import hkdf_sha256
from portal.kernel.errors import Refused
from portal.kernel.language import N_

GOOD_FOR = timedelta(hours=2)
_KEY_INFO = b"portal complaints 1 hidden field"
# A clock of another web worker may be a little ahead.
_SKEW = timedelta(minutes=1)


class FormExpired(Refused):
    """The form lay open for too long, or what came back is not what was sent out."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This form was open for more than two hours, so for your safety it was closed and "
                "nothing was kept. Please begin again."
            )
        )


class FormBox:
    """Seals and opens hidden fields, under a key derived from ``web_key`` (32 bytes)."""

    def __init__(self, web_key: bytes) -> None:
        """Derive the key, so that it is the same in every web worker."""
        self._box = SecretBox(hkdf_sha256(web_key, b"", _KEY_INFO, SecretBox.KEY_SIZE))

    def seal(self, purpose: str, values: Mapping[str, Any], *, now: datetime) -> str:
        """Return ``values`` (what JSON can hold) as text for a hidden field."""
        inner = {"for": purpose, "at": int(now.timestamp()), "values": dict(values)}
        sealed = self._box.encrypt(json.dumps(inner, ensure_ascii=False).encode())
        return base64.urlsafe_b64encode(bytes(sealed)).decode()

    def open(self, purpose: str, text: str, *, now: datetime) -> dict[str, Any]:
        """Return the values; raises FormExpired for what is too old, foreign or damaged."""
        try:
            sealed = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
            inner = json.loads(self._box.decrypt(sealed))
        except (nacl.exceptions.CryptoError, binascii.Error, ValueError):
            raise FormExpired from None
        sealed_at = datetime.fromtimestamp(inner["at"], UTC)
        if inner["for"] != purpose or not sealed_at - _SKEW <= now < sealed_at + GOOD_FOR:
            raise FormExpired
        values: dict[str, Any] = inner["values"]
        return values
