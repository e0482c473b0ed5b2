"""Settings 配置: frozen, read once from the environment; production refuses unsafe values."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, urlsplit

from portal.kernel.errors import Refused
from portal.kernel.language import N_

E = TypeVar("E", bound=StrEnum)


class Mode(StrEnum):
    """How careful the installation is: a demonstration prints its logins, production does not."""

    PRODUCTION = "production"
    DEMO = "demo"


class Parts(StrEnum):
    """Which half of the portal a server answers for (separate networks for residents and staff)."""

    ALL = "all"
    PUBLIC = "public"
    DESK = "desk"


@dataclass(frozen=True)
class Settings:
    """One installation's settings; see ``from_env`` for the variables they come from."""

    mode: Mode
    data_folder: Path
    secrets_folder: Path
    database_url: str
    base_url: str
    trusted_proxies: tuple[str, ...] = ()
    redis_url: str | None = None
    parts: Parts = Parts.ALL

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read ``PORTAL_*``, ``DATABASE_URL``, ``REDIS_URL``; raises Refused for unsafe values."""
        data_folder = Path(environ.get("PORTAL_DATA", "var")).absolute()
        settings = cls(
            mode=_one_of(Mode, "PORTAL_MODE", environ.get("PORTAL_MODE", "production")),
            data_folder=data_folder,
            secrets_folder=Path(
                environ.get("PORTAL_SECRETS", str(data_folder / "secrets"))
            ).absolute(),
            database_url=environ.get("DATABASE_URL")
            or f"sqlite:///{quote(str(data_folder / 'portal.db'))}",
            base_url=environ.get("PORTAL_BASE_URL", "http://127.0.0.1:8000").rstrip("/"),
            trusted_proxies=tuple(
                proxy.strip()
                for proxy in environ.get("PORTAL_TRUSTED_PROXIES", "").split(",")
                if proxy.strip()
            ),
            redis_url=environ.get("REDIS_URL") or None,
            parts=_one_of(Parts, "PORTAL_PARTS", environ.get("PORTAL_PARTS", "all")),
        )
        settings.check()
        return settings

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over TLS only: as the public address does."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def base_path(self) -> str:
        """The path under which everything works, "" or like "/zwgk/jz"."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration, whose people do not exist."""
        return self.mode is Mode.DEMO

    def check(self) -> None:
        """Raise Refused where a value is unusable or unsafe."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise Refused(
                N_("PORTAL_BASE_URL must be an http:// or https:// address, not %(value)s."),
                value=self.base_url,
            )
        if (
            self.mode is Mode.PRODUCTION
            and parts.scheme == "http"
            and not is_loopback(parts.hostname or "")
        ):
            raise Refused(
                N_("In production PORTAL_BASE_URL must begin with https:// (it is %(value)s)."),
                value=self.base_url,
            )
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            raise Refused(N_("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://."))


def is_loopback(host: str) -> bool:
    """Tell whether ``host`` names this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _one_of(kind: type[E], name: str, value: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise Refused(
            N_("%(name)s must be one of: %(choices)s (it is %(value)s)."),
            name=name,
            choices=", ".join(kind),
            value=value,
        ) from None
