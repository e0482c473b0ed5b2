"""What search engines are told 站点地图: which pages there are; pages with people are in none."""

from collections.abc import Sequence
from itertools import islice
from xml.sax.saxutils import escape

from flask import Blueprint, abort

from disclosure.documents.kinds import DocumentKind
from disclosure.documents.queries import DOCUMENTS_KEY, list_current_documents
from disclosure.publication import HOME_KEY
from portal.data.regions import list_codes
from portal.web.guards import public
from portal.web.installation import installation, reading
from portal.web.publishing import Answer, published

sitemap_pages = Blueprint("sitemap", __name__)

# The protocol's own limit for one file (sitemaps.org); each page stands in it in two languages.
MOST_ADDRESSES = 50_000
LANGUAGES = (("", "zh-Hans"), ("/en", "en"))
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
# Steps of a flow, answers to one person's question, and what staff see.
CLOSED = ("/desk", "/search", "/check", "/track", "/complain", "/healthz", "/readyz", "/metrics")


def _paths() -> list[str]:
    """Return the path of every page that may be found, without its language."""
    fixed = ["/", "/figures", "/policies", "/v/"]
    documents = [
        f"/policies/{card.id}"
        for card in list_current_documents(reading())
        if card.kind is not DocumentKind.HELPERS
    ]
    return [*fixed, *documents, *(f"/r/{code}" for code in list_codes(reading()))]


def _part(paths: Sequence[str], number: int) -> list[str]:
    size = MOST_ADDRESSES // len(LANGUAGES)
    return list(islice(paths, (number - 1) * size, number * size))


def _full(path: str) -> str:
    return escape(installation().settings.base_url + path)


def _answer(body: str) -> Answer:
    return Answer(
        _HEAD + body, [HOME_KEY, DOCUMENTS_KEY], content_type="application/xml; charset=utf-8"
    )


def _url_set(paths: Sequence[str]) -> str:
    lines = [f'<urlset {_SCHEMA} xmlns:xhtml="http://www.w3.org/1999/xhtml">']
    for path in paths:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{_full(prefix + path)}"/>'
            for prefix, tag in LANGUAGES
        )
        lines += [
            f"<url><loc>{_full(prefix + path)}</loc>{others}</url>" for prefix, _ in LANGUAGES
        ]
    return "\n".join([*lines, "</urlset>\n"])


@sitemap_pages.get("/sitemap.xml")
@public
@published
def sitemap() -> Answer:
    """Every page that may be found; where one file cannot hold them, the list of its parts."""
    paths = _paths()
    first = _part(paths, 1)
    if len(first) == len(paths):
        return _answer(_url_set(paths))
    count = -(-len(paths) // len(first))
    lines = [f"<sitemapindex {_SCHEMA}>"]
    lines += [
        f"<sitemap><loc>{_full(f'/sitemap-{number}.xml')}</loc></sitemap>"
        for number in range(1, count + 1)
    ]
    return _answer("\n".join([*lines, "</sitemapindex>\n"]))


@sitemap_pages.get("/sitemap-<int:number>.xml")
@public
@published
def sitemap_part(number: int) -> Answer:
    """One part of a site map that is too long for one file."""
    paths = _part(_paths(), number) if number > 0 else []
    if not paths:
        abort(404)
    return _answer(_url_set(paths))


@sitemap_pages.get("/robots.txt")
@public
@published
def robots() -> Answer:
    """What crawlers may not ask for; it counts where the portal has a host of its own.

    Pages with rows of people stay open to crawlers, because only who asks for a page reads on it
    that it may not be kept.
    """
    base = installation().settings.base_path
    lines = ["User-agent: *"]
    lines += [f"Disallow: {base}{prefix}{path}" for prefix, _ in LANGUAGES for path in CLOSED]
    lines += ["", f"Sitemap: {installation().settings.base_url}/sitemap.xml"]
    return Answer("\n".join(lines) + "\n", [], content_type="text/plain; charset=utf-8")
