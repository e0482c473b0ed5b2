"""Whole names on the board 全名: sealed for the poster alone, where a county decided to show them.

The database holds them only sealed to the installation's key, one parcel a notice, and forgets them
with its rows (rules/masking.md, "Names").
"""

import json
from collections.abc import Callable, Mapping

Seal = Callable[[bytes], bytes]
Open = Callable[[bytes], bytes]


def seal_names(seal: Seal, notice_id: str, names: Mapping[int, str]) -> bytes:
    """Seal ``{n: whole name}`` of one notice; the parcel says whose it is."""
    lines = sorted(names.items())
    return seal(json.dumps({"notice": notice_id, "names": lines}, ensure_ascii=False).encode())


def open_names(open_parcel: Open, notice_id: str, sealed: bytes) -> dict[int, str]:
    """Return ``{n: whole name}``; raises ValueError for another notice's parcel."""
    content = json.loads(open_parcel(sealed))
    if content["notice"] != notice_id:
        raise ValueError("these names belong to another notice")
    return dict(content["names"])
