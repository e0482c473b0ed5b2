"""Uploads that are too large: refused with a sentence, memory flat, no plain temporary file."""

import http.client
import io
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from demo.staff import PASSWORD
from tests.fixtures.run import ROOT
from tests.fixtures.servers import LiveServer

MEGABYTE = 1024 * 1024
BOUNDARY = "----a-boundary-of-the-test"
# A worker may grow by what one accepted upload costs, never by the size of the refused one.
MOST_GROWTH = 60 * MEGABYTE


class Desk:
    """A clerk at the desk, by plain HTTP, so that a body can be sent in pieces."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.host = urlsplit(server.url).netloc
        self.cookie = ""
        self._sign_in()

    def get(self, path: str) -> str:
        answer = self._ask("GET", path, None, {})
        return answer[1]

    def post_file(self, name: str, pieces: Iterator[bytes], size: int) -> tuple[int, str]:
        """Send a file of ``size`` bytes with the upload form; return status and page."""
        token = _token(self.get("/desk/lists/upload"))
        fields = {
            "csrf_token": token,
            "kind": "standing",
            "region": "640402100000",
            "period": "2027-01",
        }
        head = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        )
        head += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()

        def body() -> Iterator[bytes]:
            yield head.encode()
            yield from pieces
            yield tail

        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(head.encode()) + size + len(tail)),
        }
        return self._ask("POST", "/desk/lists/upload", body(), headers)

    def _sign_in(self) -> None:
        token = _token(self.get("/desk/login"))
        form = urlencode({"csrf_token": token, "login": "sanying-clerk", "password": PASSWORD})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self._ask("POST", "/desk/login", form, headers)
        assert status == 302

    def _ask(
        self, method: str, path: str, body: Iterator[bytes] | str | None, headers: dict[str, str]
    ) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=120)
        if self.cookie:
            headers = {**headers, "Cookie": self.cookie}
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        set_cookie = answer.getheader("Set-Cookie")
        if set_cookie:
            self.cookie = set_cookie.partition(";")[0]
        text = answer.read().decode()
        connection.close()
        return answer.status, text


def _token(html: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found is not None
    return found[1]


def _memory(server: LiveServer) -> int:
    """Return the resident memory, in bytes, of the server and everything that it has started."""
    total, waiting = 0, [server.process.pid]
    while waiting:
        pid = waiting.pop()
        folder = Path(f"/proc/{pid}")
        try:
            total += int((folder / "statm").read_text().split()[1]) * 4096
            for task in (folder / "task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


@contextmanager
def _watched(server: LiveServer, folder: Path) -> Iterator[dict[str, object]]:
    """Watch memory and the temporary folder while something is sent."""
    found: dict[str, object] = {"most": _memory(server), "files": set()}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            found["most"] = max(int(str(found["most"])), _memory(server))
            names = {str(path) for path in folder.rglob("*") if path.is_file()}
            found["files"] = set(found["files"]) | names  # type: ignore[call-overload]

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


@pytest.fixture
def desk(
    start_server: Callable[..., LiveServer], demo_folder: Path, tmp_path: Path
) -> tuple[Desk, Path]:
    """A clerk signed in to a server whose temporary folder is watched."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return Desk(start_server(from_folder=demo_folder, TMPDIR=str(temporary))), temporary


def test_a_hundred_megabytes_are_refused_with_a_sentence(desk: tuple[Desk, Path]) -> None:
    clerk, temporary = desk
    before = _memory(clerk.server)
    piece = b"\0" * MEGABYTE
    with _watched(clerk.server, temporary) as found:
        status, page = clerk.post_file("big.xlsx", (piece for _ in range(100)), 100 * MEGABYTE)
    assert status == 413
    assert "文件不能超过20 MB" in page
    assert int(str(found["most"])) - before < MOST_GROWTH
    assert found["files"] == set()


def test_a_workbook_that_unpacks_to_two_gigabytes_is_refused(desk: tuple[Desk, Path]) -> None:
    clerk, temporary = desk
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(2048):
                sheet.write(b" " * MEGABYTE)
    bomb = target.getvalue()
    before = _memory(clerk.server)
    with _watched(clerk.server, temporary) as found:
        status, page = clerk.post_file("bomb.xlsx", iter([bomb]), len(bomb))
    assert status == 422
    assert "解压" in page
    assert int(str(found["most"])) - before < MOST_GROWTH + 4 * len(bomb)
    assert found["files"] == set()


@pytest.mark.parametrize(
    "name", ["empty.xlsx", "not-a-workbook.xlsx", "truncated.xlsx", "unrelated.xlsx"]
)
def test_a_broken_file_is_answered_with_a_sentence(desk: tuple[Desk, Path], name: str) -> None:
    clerk, temporary = desk
    data = (ROOT / "tests" / "samples" / name).read_bytes()
    with _watched(clerk.server, temporary) as found:
        status, page = clerk.post_file(name, iter([data]), len(data))
    assert status == 422
    assert "什么都没有保存" in page
    assert "必须改正" in page
    assert found["files"] == set()


def test_a_good_file_leaves_no_temporary_file_either(desk: tuple[Desk, Path]) -> None:
    clerk, temporary = desk
    data = (ROOT / "tests" / "samples" / "sanying-2026-10.xlsx").read_bytes()
    with _watched(clerk.server, temporary) as found:
        status, _page = clerk.post_file("sanying.xlsx", iter([data]), len(data))
    assert status in {302, 422}  # its title names another month than the form
    assert found["files"] == set()
