"""Feeds 订阅源: the notices of a place as Atom 1.0 (RFC 4287), paged as RFC 5005 has it."""

import re
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _

from disclosure.feed import FeedEntry, FeedPage, list_feed_page
from disclosure.publication import notice_key, region_key
from disclosure.queries import place_ref
from disclosure.wording import heading, kind_words, place_words
from portal.data.regions import Region, code_prefix, find_region, is_code
from portal.kernel.clock import local_date
from portal.web.addresses import request_locale
from portal.web.filters import cn_date
from portal.web.guards import public
from portal.web.installation import installation, now, reading
from portal.web.publishing import Answer, published

feed_pages = Blueprint("feeds", __name__)

ATOM = "http://www.w3.org/2005/Atom"
ATOM_TYPE = "application/atom+xml"
LAST_PAGE = 10_000
# A feed must say when it last changed; one in which nothing was ever published says this.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LANGUAGE_TAGS = {"en": "en", "zh_Hans": "zh-Hans"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("", ATOM)


@feed_pages.get("/feed/<code>.atom")
@public
@published
def atom(code: str) -> Answer:
    """What hangs in a place and everything in it, newest first; no row, no person, no total."""
    session = reading()
    region = find_region(session, code) if is_code(code) else None
    number = request.args.get("page", 1, type=int)
    if region is None or not 1 <= number <= LAST_PAGE:
        abort(404)
    page = list_feed_page(session, code_prefix(code), page=number, now=now())
    if number > 1 and not page.entries:
        abort(404)
    return Answer(
        _document(region, page, number),
        [region_key(code), *(notice_key(entry.card.id) for entry in page.entries)],
        fresh_until=page.next_change_at,
        content_type=f"{ATOM_TYPE}; charset=utf-8",
    )


def _document(region: Region, page: FeedPage, number: int) -> bytes:
    name = place_words(place_ref(region), request_locale())
    address = url_for("feeds.atom", code=region.code)
    feed = ET.Element(
        f"{{{ATOM}}}feed",
        {"{http://www.w3.org/XML/1998/namespace}lang": LANGUAGE_TAGS[request_locale()]},
    )
    _add(feed, "id", _urn(f"feed/{region.code}/{request_locale()}"))
    _add(feed, "title", _("Notices of social assistance: %(place)s", place=name))
    _add(feed, "updated", _instant(page.changed_at or NEVER))
    _link(feed, "self", _paged(address, number), type=ATOM_TYPE)
    _link(feed, "alternate", url_for("pages.place", code=region.code), type="text/html")
    if number > 1:
        _link(feed, "first", address, type=ATOM_TYPE)
        _link(feed, "previous", _paged(address, number - 1), type=ATOM_TYPE)
    if page.has_next:
        _link(feed, "next", _paged(address, number + 1), type=ATOM_TYPE)
    for entry in page.entries:
        _add_entry(feed, entry)
    body: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _add_entry(feed: ET.Element, entry: FeedEntry) -> None:
    card = entry.card
    item = ET.SubElement(feed, f"{{{ATOM}}}entry")
    _add(item, "id", _urn(f"notice/{card.id}/{request_locale()}"))
    _add(item, "title", heading(card, request_locale(), _))
    _add(item, "published", _instant(entry.published_at))
    _add(item, "updated", _instant(entry.updated_at))
    _add(ET.SubElement(item, f"{{{ATOM}}}author"), "name", entry.issuer)
    _link(item, "alternate", url_for("notices.notice", notice_id=card.id), type="text/html")
    label = kind_words(card.of_kind, request_locale(), _)
    ET.SubElement(item, f"{{{ATOM}}}category", term=card.kind, label=xml_text(label))
    _add(item, "summary", _summary(entry))


def _summary(entry: FeedEntry) -> str:
    """Say how long it hangs; no totals: those of a small list are forgotten with its rows."""
    card = entry.card
    place = place_words(card.place, request_locale())
    if card.posted_to is None:
        return _(
            "%(place)s: published %(day)s, on display for as long as it holds.",
            place=place,
            day=cn_date(local_date(entry.published_at)),
        )
    return _(
        "%(place)s: on display %(start)s to %(end)s.",
        place=place,
        start=cn_date(card.posted_from),
        end=cn_date(card.posted_to),
    )


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = xml_text(text)


def _link(parent: ET.Element, relation: str, path: str, **attributes: str) -> None:
    """Add a link; a feed is read elsewhere, so every address in it is a full one."""
    href = installation().settings.origin + path
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": href, **attributes})


def _paged(address: str, number: int) -> str:
    return address if number == 1 else f"{address}?page={number}"


def xml_text(text: str) -> str:
    """Return ``text`` without what may not stand in XML."""
    return _NOT_XML.sub("", text)


def _urn(name: str) -> str:
    """Return an id that stays when the portal moves to another address."""
    return uuid5(NAMESPACE_URL, f"social-assistance-disclosure/{name}").urn


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
