"""Outputs 输出: everything that comes out of an installation, searched for what may not.

The search reads each output in its own way, not with the product's finder: escapes read, other
digits and full-width signs as they are meant, what parts the signs of a number taken out.
"""

import html
import re
import unicodedata
from collections import deque
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from tests.fixtures.pages import PageClient
from tests.privacy.planting import NUMBERS, Plant

_CODE = re.compile(r"\\u\{?([0-9a-fA-F]{4,6})\}?|_x([0-9a-fA-F]{4})_")
_RUN = re.compile(r"[0-9](?:[^0-9A-Za-z\u4e00-\u9fff]{0,3}[0-9Xx])+")
_DIGITS = str.maketrans(
    "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖OolI", "00123456789" + "123456789" + "0011"
)
_SIGNS = re.compile(r"[\s\-—_./·|~*\u0080-\u009f]+")
_LINK = re.compile(r"(?:href|src|action)=\"([^\"#?]+)")
_SHORTEST = 10


class Outputs:
    """What has come out so far, in normal forms."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self.count = 0

    def add(self, where: str, content: str | bytes) -> None:
        """Keep one output under the name by which a leak is reported."""
        text = content.decode("utf-8", "ignore") if isinstance(content, bytes) else content
        self.count += 1
        self._texts.setdefault(text, where)

    def numbers(self) -> list[str]:
        """Return every run of digits that came out, whatever parted its signs."""
        return [run for text in self._texts for run in normal_forms(text)[0].splitlines()]

    def leaks(
        self, plants: Iterable[Plant] = (), persons: Iterable[tuple[str, str]] = ()
    ) -> list[str]:
        """Return what came out, and where."""
        wanted = [
            (f"{plant}", secret, plant.value.what in NUMBERS and secret != plant.marker)
            for plant in plants
            for secret in (plant.marker, plant.value.secret)
        ]
        wanted += [(f"the name in the row of {number}", name, False) for name, number in persons]
        wanted += [(f"the ID number {number}", number, True) for _, number in persons]
        wanted = [(what, _normal(secret, number=number), number) for what, secret, number in wanted]
        found = []
        for text, where in self._texts.items():
            numbers, letters = normal_forms(text)
            found += [
                f"{where}: {what}"
                for what, secret, number in wanted
                if secret in (numbers if number else letters)
            ]
        return found


def normal_forms(text: str) -> tuple[str, str]:
    """Return the runs of digits in ``text``, and all its signs without what may part them."""
    for _ in range(3):
        text = html.unescape(text)
        text = _CODE.sub(lambda found: chr(int(found[1] or found[2], 16) % 0x110000), text)
    if "%" in text:
        text = unquote(text, errors="ignore")
    if not text.isascii():
        text = "".join(map(_read, text))
    text = unicodedata.normalize("NFKC", text)
    runs = {run for form in (text, text.translate(_DIGITS)) for run in _RUN.findall(form)}
    digits = ("".join(char for char in run if char.isalnum()) for run in runs)
    numbers = "\n".join(sorted({run.upper() for run in digits if len(run) >= _SHORTEST}))
    return numbers, _SIGNS.sub("", text).lower()


@cache
def _read(char: str) -> str:
    """Return a character as it is read: other digits as ours, a format sign not at all."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return "" if unicodedata.category(char) == "Cf" else char


def _normal(secret: str, *, number: bool) -> str:
    return secret.upper() if number else _SIGNS.sub("", secret).lower()


class Crawler:
    """Follows the links of one person's pages and keeps everything that is answered."""

    def __init__(self, client: PageClient, outputs: Outputs, who: str) -> None:
        self._client, self._outputs, self._who = client, outputs, who
        self.seen: set[str] = set()

    def crawl(self, *starts: str, inside: re.Pattern[str]) -> None:
        """Open ``starts`` and whatever they lead to whose address fits ``inside``."""
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            if path in self.seen:
                continue
            self.seen.add(path)
            for link in _LINK.findall(self.get(path)):
                target = urljoin(self._client.origin + path, html.unescape(link))
                parts = urlsplit(target)
                if target.startswith(self._client.origin) and inside.fullmatch(parts.path):
                    waiting.append(parts.path)

    def get(self, path: str) -> str:
        """Open one address and keep the answer with its headers."""
        response = self._client.client.get(path, base_url=self._client.origin)
        self._outputs.add(f"{self._who} {path} (headers)", str(response.headers))
        if response.mimetype != "application/pdf":
            self._outputs.add(f"{self._who} {path}", response.data)
        is_page = response.mimetype == "text/html"
        return response.text if is_page else ""


def add_folder(outputs: Outputs, folder: Path, *, but: Iterable[Path]) -> None:
    """Keep the bytes of every file under ``folder``: the database, the index, whatever is left."""
    left_out = set(but)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not left_out & {path, *path.parents}:
            outputs.add(f"the file {path.relative_to(folder)}", path.read_bytes())
