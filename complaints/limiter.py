"""Slowing down those who guess codes 限速: each wrong code costs the next try some more waiting.

Kept in this process's memory, never written down: addresses are keyed digests under a key that is
made when the process starts, so that not even a dump of the memory is a list of visitors.
"""

import hashlib
import hmac
import ipaddress
import math
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.kernel.errors import TooMany
from portal.kernel.language import N_

# A receipt is copied wrongly once or twice, not five times.
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_CLIENTS = 20_000
# One household or office has a whole /64 of IPv6 addresses.
_IPV6_PREFIX = 64


class TooManyTries(TooMany):
    """Too many wrong codes; ``retry_after`` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            N_("There were several wrong codes. Please wait %(seconds)s seconds, then try again."),
            seconds=retry_after,
        )
        self.retry_after = retry_after


@dataclass
class _Record:
    wrong: int
    last_at: datetime
    closed_until: datetime


class CodeLimiter:
    """Counts wrong codes by client; safe to use from several threads."""

    def __init__(self) -> None:
        """Begin with an empty memory and a key of its own."""
        self._key = secrets.token_bytes(32)
        self._records: OrderedDict[bytes, _Record] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, address: str, *, now: datetime) -> None:
        """Count a try as wrong until ``forgive`` says otherwise; raises TooManyTries.

        It is counted before the code is looked at, or tries sent all at once would be free.
        """
        with self._lock:
            client = self._client(address)
            record = self._records.get(client)
            if record is None or now - record.last_at >= FORGOTTEN_AFTER:
                record = self._records[client] = _Record(0, now, now)
            if now < record.closed_until:
                raise TooManyTries(math.ceil((record.closed_until - now).total_seconds()))
            record.wrong += 1
            record.last_at = now
            record.closed_until = now + wait_after(record.wrong)
            self._records.move_to_end(client)
            while len(self._records) > MOST_CLIENTS:
                self._records.popitem(last=False)

    def forgive(self, address: str, *, now: datetime) -> None:
        """Take the last try back: the code was right. Earlier wrong ones stay counted."""
        with self._lock:
            record = self._records.get(self._client(address))
            if record is not None:
                record.wrong = max(0, record.wrong - 1)
                record.closed_until = now

    def _client(self, address: str) -> bytes:
        return hmac.digest(self._key, _network(address).encode(), hashlib.sha256)


def wait_after(wrong: int) -> timedelta:
    """Return how long the next try has to wait after ``wrong`` wrong ones."""
    if wrong < FREE_TRIES:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << min(wrong - FREE_TRIES, 20)))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)
