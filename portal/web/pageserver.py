"""The page server 页面服务层: a small WSGI layer in front of Flask, over the page store.

It answers, 304 included, only while the stored page is fresh by the clock and of the running build;
otherwise Flask renders from the database and stores anew.
"""

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Engine

from portal.data.pages import Page, find_page, get_generation
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.web.addresses import LOCALE_KEY, split_address

CACHE_BYTES = 64 * 1024 * 1024

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGIApp = Callable[[Environ, StartResponse], Iterable[bytes]]


class Generations(Protocol):
    """Something that tells quickly whether pages have been forgotten since the last look."""

    def current(self) -> int:
        """Return the page store's generation, as committed."""
        ...


class DatabaseGenerations:
    """Asks the database each time: one small query."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions

    def current(self) -> int:
        """Return the generation."""
        with self.sessions.reading() as session:
            return get_generation(session)


class SQLiteGenerations:
    """Asks SQLite's ``data_version`` first, which costs microseconds."""

    def __init__(self, engine: Engine) -> None:
        self._path = engine.url.database
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._version = -1
        self._generation = 0

    def current(self) -> int:
        """Return the generation."""
        with self._lock:
            connection = self._open()
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                row = connection.execute(
                    "SELECT number FROM page_generation WHERE id = 1"
                ).fetchone()
                self._generation = row[0] if row else 0
                # Taken before the read, so that a commit in between is seen at the next look.
                self._version = version
            return self._generation

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"file:{quote(self._path or '')}?mode=ro",
                uri=True,
                check_same_thread=False,
                isolation_level=None,
                timeout=10,
            )
        return self._connection


class PageServer:
    """The outermost WSGI callable of the portal."""

    def __init__(
        self,
        app: WSGIApp,
        *,
        base_path: str,
        sessions: Sessions,
        clock: Clock,
        build: str,
        serves_residents: bool = True,
    ) -> None:
        self.app = app
        self.serves_residents = serves_residents
        self.base_path = base_path
        self.sessions = sessions
        self.clock = clock
        self.build = build
        self.generations: Generations = (
            SQLiteGenerations(sessions.engine)
            if sessions.engine.dialect.name == "sqlite"
            else DatabaseGenerations(sessions)
        )
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], Page] = OrderedDict()
        self._cached_bytes = 0
        self._cached_generation = -1

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from the store, or hand the request on with base path and language taken off."""
        address = split_address(environ.get("PATH_INFO", "/"), self.base_path)
        if address is None:
            start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Not found\n"]
        script, path, locale = address
        asks = environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not environ.get("QUERY_STRING")
        if asks and self.serves_residents:
            page = self.find(path, locale)
            if page is not None:
                return serve_page(page, environ, start_response)
        environ["SCRIPT_NAME"] = script
        environ["PATH_INFO"] = path
        environ[LOCALE_KEY] = locale
        return self.app(environ, start_response)

    def find(self, path: str, locale: str) -> Page | None:
        """Return the page if the store's answer is right at this instant, else None."""
        generation = self.generations.current()
        key = (path, locale)
        with self._lock:
            if generation != self._cached_generation:
                self._cache.clear()
                self._cached_bytes, self._cached_generation = 0, generation
            page = self._cache.get(key)
        if page is not None and page.is_fresh(now=self.clock.now(), build=self.build):
            return page
        # One whose time is over may have been stored anew by another process.
        return self._load(key, generation)

    def _load(self, key: tuple[str, str], generation: int) -> Page | None:
        with self.sessions.reading() as session:
            # The generation of the very snapshot that the page is read from.
            present = get_generation(session)
            page = find_page(session, *key)
        if page is None or not page.is_fresh(now=self.clock.now(), build=self.build):
            return None
        with self._lock:
            if present == generation == self._cached_generation:
                older = self._cache.pop(key, None)
                self._cached_bytes += _weight(page) - (_weight(older) if older else 0)
                self._cache[key] = page
                while self._cached_bytes > CACHE_BYTES:
                    _, dropped = self._cache.popitem(last=False)
                    self._cached_bytes -= _weight(dropped)
        return page


def _weight(page: Page) -> int:
    return len(page.body) + len(page.body_gzip) + len(page.body_brotli) + 500


def serve_page(page: Page, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with ``page``: whole, compressed as the client accepts it, or 304."""
    body, encoding = _choose(page, environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [
        ("ETag", f'"{page.etag}"' if encoding is None else f'"{page.etag}-{encoding}"'),
        ("Vary", "Accept-Encoding"),
        *page.headers,
    ]
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if page.etag in known or known.strip() == "*":
        start_response("304 Not Modified", headers)
        return []
    headers.append(("Content-Type", page.content_type))
    headers.append(("Content-Length", str(len(body))))
    if encoding is not None:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _choose(page: Page, accepted: str) -> tuple[bytes, str | None]:
    if page.body_brotli and _accepts(accepted, "br"):
        return page.body_brotli, "br"
    if page.body_gzip and _accepts(accepted, "gzip"):
        return page.body_gzip, "gzip"
    return page.body, None


def _accepts(accepted: str, encoding: str) -> bool:
    """Tell whether Accept-Encoding names ``encoding`` with a weight above 0 (RFC 9110, 12.5.3)."""
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";")
        if name == encoding:
            return not weight.startswith("q=0") or weight.strip("q=0.") != ""
    return False
