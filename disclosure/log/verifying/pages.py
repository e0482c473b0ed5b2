"""Pages as residents see them 网页: what a page links to, and what its table really says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

_LOCATION = re.compile(r"<loc>([^<]*)</loc>")
_PLACE_PATH = re.compile(r"/r/([0-9]{12})$")
_DOCUMENT_PATH = re.compile(r"/policies/([a-z0-9]{10})$")
_NOTICE_PATH = re.compile(r"/n/([a-z0-9]{10})$")
_MAP_PATH = re.compile(r"/(sitemap-[0-9]+\.xml)$")
_ROW_ID = re.compile(r"row-([0-9]+)")
_NOT_SHOWN = frozenset({"script", "style", "template", "head"})


def plain_text(pieces: list[str]) -> str:
    """Return pieces of text with the white space of a line of reading."""
    return " ".join("".join(pieces).split())


def _path_of(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


@dataclass
class TableRow:
    """A row of a table: the id that it can be linked to by, and the words of its cells."""

    id: str
    cells: list[list[str]] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        """The number of a row of a notice, None for any other row."""
        found = _ROW_ID.fullmatch(self.id)
        return int(found[1]) if found else None

    def texts(self) -> list[str]:
        """Return the words of each cell."""
        return [plain_text(cell) for cell in self.cells]


class Page(HTMLParser):
    """What a page shows: its links, its heading, its words and the rows of its tables."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.rows: list[TableRow] = []
        self._heading: list[str] = []
        self._words: list[str] = []
        self._hidden = self._in_heading = self._tables = 0
        self.feed(data.decode("utf-8", "replace"))
        self.close()

    @property
    def heading(self) -> str:
        """The words of its h1."""
        return plain_text(self._heading)

    @property
    def words(self) -> str:
        """Everything that it says, in one line."""
        return plain_text(self._words)

    def listed_rows(self) -> list[TableRow]:
        """Return the rows of a notice's list, in their order."""
        return [row for row in self.rows if row.number is not None]

    def notices(self) -> set[str]:
        """Return the ids of the notices that it links to."""
        return self._linked(_NOTICE_PATH)

    def documents(self) -> set[str]:
        """Return the ids of the documents that it links to."""
        return self._linked(_DOCUMENT_PATH)

    def _linked(self, shape: re.Pattern[str]) -> set[str]:
        found = (shape.search(_path_of(link)) for link in self.links)
        return {match[1] for match in found if match}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what begins."""
        given = dict(attrs)
        if tag in _NOT_SHOWN:
            self._hidden += 1
        elif tag == "a":
            self.links.append(given.get("href") or "")
        elif tag == "h1":
            self._in_heading += 1
        elif tag == "table":
            self._tables += 1
        elif tag == "tr":
            self.rows.append(TableRow(given.get("id") or ""))
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].cells.append([])
        self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Note what ends."""
        if tag in _NOT_SHOWN:
            self._hidden -= 1
        elif tag == "h1":
            self._in_heading -= 1
        elif tag == "table":
            self._tables -= 1
        self._words.append(" ")

    def handle_data(self, data: str) -> None:
        """Keep the words where they stand."""
        if self._hidden:
            return
        self._words.append(data)
        if self._in_heading:
            self._heading.append(data)
        if self._tables and self.rows and self.rows[-1].cells:
            self.rows[-1].cells[-1].append(data)


@dataclass(frozen=True)
class SiteMap:
    """What a site map leads to: places, documents, and its own further parts."""

    places: frozenset[str]
    documents: frozenset[str]
    parts: tuple[str, ...]


def read_site_map(data: bytes) -> SiteMap:
    """Return what a site map leads to, whatever host and folder its addresses name."""
    found = _LOCATION.findall(data.decode("utf-8", "replace"))
    paths = [_path_of(unescape(address.strip())) for address in found]
    places, documents, parts = (
        [match[1] for match in map(shape.search, paths) if match]
        for shape in (_PLACE_PATH, _DOCUMENT_PATH, _MAP_PATH)
    )
    return SiteMap(frozenset(places), frozenset(documents), tuple(dict.fromkeys(parts)))
