"""Sources 来源: where a verifier gets files from, an address or an exported folder."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from disclosure.log.errors import LogError

MOST_BYTES = 64 * 1024 * 1024
PIECE_BYTES = 64 * 1024
TIMEOUT_SECONDS = 30
TRIES = 2


class SourceError(LogError):
    """Something could not be got; ``missing`` when the other side says that it does not exist."""

    def __init__(self, sentence: str, *, missing: bool = False) -> None:
        super().__init__(sentence)
        self.missing = missing


class Source(Protocol):
    """Anything that gives the bytes at a path such as ``log/checkpoint``; "" is the first page."""

    def get(self, path: str) -> bytes:
        """Return what lies at ``path``; raises SourceError."""
        ...


class FolderSource:
    """A portal exported into a folder; a page without ending lies in a file with ``.html``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()

    def get(self, path: str) -> bytes:
        """Return the file for ``path``; raises SourceError."""
        names = [path, f"{path}.html", f"{path}/index.html"] if path else ["index.html"]
        for name in names:
            file = (self.folder / name).resolve()
            if self.folder in file.parents and file.is_file():
                return self._read(file, path)
        raise SourceError(f"{path or 'index.html'} is not in the folder", missing=True)

    def _read(self, file: Path, path: str) -> bytes:
        try:
            if file.stat().st_size <= MOST_BYTES:
                return file.read_bytes()
        except OSError as error:
            raise SourceError(f"{path} cannot be read ({error.strerror})") from None
        raise SourceError(f"{path} is too large")


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only to where it was going anyway."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        """Return the request to follow with; raises SourceError for another host."""
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            raise SourceError(f"{req.full_url} leads to another host, {after.netloc}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class HttpSource:
    """A portal on the web, asked as anybody would ask: no cookie, no password."""

    def __init__(self, url: str, *, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query:
            raise SourceError("the address must begin with http:// or https://")
        self.url = url.rstrip("/")
        self._headers = {"User-Agent": "portal-verify/1", "Cache-Control": "no-cache"}
        self._headers.update(headers or {})
        self._opener = urllib.request.build_opener(_SameHost())

    def get(self, path: str) -> bytes:
        """Return what the portal answers for ``path``; raises SourceError."""
        for left in range(TRIES, 0, -1):
            try:
                return self._ask(path)
            except urllib.error.HTTPError as error:
                error.close()
                if left == 1 or error.code < 500:
                    raise SourceError(
                        f"/{path} answers {error.code}", missing=error.code in {404, 410}
                    ) from None
            except (OSError, ValueError, HTTPException) as error:
                if isinstance(error, SourceError):
                    raise
                if left == 1:
                    raise SourceError(f"/{path} cannot be had ({error})") from None
        raise SourceError(f"/{path} cannot be had")

    def _ask(self, path: str) -> bytes:
        request = urllib.request.Request(f"{self.url}/{path}", headers=self._headers)  # noqa: S310
        with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            data = bytearray()
            # In pieces: older Pythons first make room for as much as they are asked to read.
            while piece := answer.read(PIECE_BYTES):
                data += piece
                if len(data) > MOST_BYTES:
                    raise SourceError(f"/{path} is too large")
            promised = answer.headers.get("Content-Length")
        if promised is not None and promised != str(len(data)):
            raise OSError("the answer was cut off")
        return bytes(data)


def open_source(target: str) -> Source:
    """Return the source for a web address or the name of a folder; raises SourceError."""
    if "://" in target:
        return HttpSource(target)
    folder = Path(target)
    if not folder.is_dir():
        raise SourceError(f"{target} is neither a web address nor a folder")
    return FolderSource(folder)
