"""Addresses 网址: base path, ``/en`` and static files; no cookie or header chooses a language.

The page server moves the base path and ``/en`` from PATH_INFO into SCRIPT_NAME, so that one URL map
serves both languages and ``url_for`` stays in the language of the page.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import request

from portal.kernel.language import DEFAULT_LOCALE
from portal.web.installation import installation

STATIC = Path(__file__).resolve().parents[1] / "static"
LOCALE_KEY = "portal.locale"
ENGLISH_PREFIX = "/en"


def split_address(path: str, base_path: str) -> tuple[str, str, str] | None:
    """Return (script name, path inside, locale), or None outside the base path."""
    script = ""
    if base_path:
        if path != base_path and not path.startswith(base_path + "/"):
            return None
        script, path = base_path, path[len(base_path) :] or "/"
    if path == ENGLISH_PREFIX or path.startswith(ENGLISH_PREFIX + "/"):
        return script + ENGLISH_PREFIX, path[len(ENGLISH_PREFIX) :] or "/", "en"
    return script, path, DEFAULT_LOCALE


def request_locale() -> str:
    """Return the language of the page being answered: "zh_Hans" or "en"."""
    locale: str = request.environ.get(LOCALE_KEY, DEFAULT_LOCALE)
    return locale


def other_language_url() -> str:
    """Return this page's address in the other language."""
    base = installation().settings.base_path
    prefix = "" if request_locale() == "en" else ENGLISH_PREFIX
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return f"{base}{prefix}{request.path}{query}"


def public_url(path: str) -> str:
    """Return ``path`` ("/v/…") as the full public address that a QR code or a feed carries."""
    return installation().settings.base_url + path


def static_url(name: str) -> str:
    """Return the address of a static file, named by its content so that it may be kept for ever."""
    return f"{installation().settings.base_path}/static/{name}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def client_address(environ: dict[str, Any], trusted_proxies: tuple[str, ...]) -> str:
    """Return the client's address: the last one in X-Forwarded-For that no trusted proxy added."""
    address: str = environ.get("REMOTE_ADDR", "")
    chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while address in trusted_proxies and chain:
        address = chain.pop() or address
    return address
