"""What RFC 4287 asks of a feed, as a check for tests."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)


def problems_of(root: ET.Element) -> Iterator[str]:
    """Yield what RFC 4287 forbids in a feed (4.1.1) and its entries (4.1.2)."""
    if root.tag != f"{ATOM}feed":
        yield f"the root is {root.tag}"
    entries = root.findall(f"{ATOM}entry")
    for element in (root, *entries):
        yield from _problems_of_members(element)
        yield from _problems_of_links(element)
    for entry in entries:
        if not entry.findtext(f"{ATOM}author/{ATOM}name"):
            yield "an entry of nobody"
        if not all(category.get("term") for category in entry.iter(f"{ATOM}category")):
            yield "a category without a term"
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(ids) != len(set(ids)):
        yield "an id that stands twice"


def _problems_of_members(element: ET.Element) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if len(element.findall(f"{ATOM}{name}")) != 1:
            yield f"{element.tag} has not exactly one {name}"
    if not element.findtext(f"{ATOM}title"):
        yield "an empty title"
    for name in ("updated", "published"):
        for found in element.findall(f"{ATOM}{name}"):
            if not INSTANT.fullmatch(found.text or ""):
                yield f"{name} is {found.text}"
    if not IRI.fullmatch(element.findtext(f"{ATOM}id", "")):
        yield "an id that is no IRI"


def _problems_of_links(element: ET.Element) -> Iterator[str]:
    links = element.findall(f"{ATOM}link")
    alternates = [
        (link.get("type"), link.get("hreflang"))
        for link in links
        if link.get("rel", "alternate") == "alternate"
    ]
    if len(alternates) != len(set(alternates)) or not alternates:
        yield "alternates that cannot be told apart, or none where there is no content"
    if not all(urlsplit(link.get("href", "")).scheme for link in links):
        yield "a link that leads nowhere outside the site"
