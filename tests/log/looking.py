"""Portals to look at, and what the verifier says of them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from disclosure.log.verifying.findings import Report
from disclosure.log.verifying.verifier import verify
from tests.log.pretending import MemorySource, Portal

NOW = datetime(2026, 10, 9, 2, tzinfo=UTC)
OTHER_PLACE = "640499001002"


def small_portal() -> Portal:
    """Return a portal with something of every kind."""
    portal = Portal()
    portal.say(3)
    portal.publish("aaaaaaaaaa")
    portal.publish("bbbbbbbbbb", 2, posted_to="2026-10-09")
    portal.publish("cccccccccc", region=OTHER_PLACE)
    portal.end("cccccccccc", "withdraw")
    portal.publish("dddddddddd")
    portal.end("dddddddddd", "expire")
    portal.publish("aaaaaaaaaa", 5)
    portal.write_document("eeeeeeeeee")
    portal.add_figures("ffffffffff", "1")
    portal.add_figures("gggggggggg", "2")
    return portal


def long_portal() -> Portal:
    """Return a portal whose log has more than one tile."""
    portal = Portal()
    portal.say(251)
    portal.publish("aaaaaaaaaa")
    portal.publish("bbbbbbbbbb", 1)
    portal.say(9)
    return portal


PORTAL = small_portal()
FILES = PORTAL.files()
LONG_FILES = long_portal().files()


def check(files: dict[str, bytes], state: Path | None = None, **other: Any) -> Report:
    """Return what the verifier finds in ``files``."""
    return verify(MemorySource(files), state, now=NOW, **other)


def said(report: Report) -> str:
    """Return what a report says, which must not be that all is well."""
    assert report.exit_code == 1
    return "\n".join(report.lines())


def json_values() -> st.SearchStrategy[Any]:
    """Draw anything that JSON can say."""
    plain = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
    return st.recursive(
        plain, lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one)
    )
