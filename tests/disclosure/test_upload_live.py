"""Uploads to a running server 真实服务器: its memory stays flat, its disk never sees the file."""

import http.client
import os
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from disclosure.models import Submission
from disclosure.uploads.models import WaitingFile
from portal.data.session import Sessions, make_engine
from tests.disclosure.bombs import zeros_in_a_workbook
from tests.disclosure.lists import FOUR, list_csv
from tests.fixtures.people import PASSWORD, SANYING
from tests.fixtures.servers import LiveServer

MEGABYTE = 1024 * 1024
UPLOAD = "/desk/lists/upload"
BATCHES = "/desk/lists/batches/"
LIMIT = b"--limit"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The folder in which the server would make temporary files."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def server(
    scratch: Path, prepared_folder: Path, start_server: Callable[..., LiveServer]
) -> LiveServer:
    """A server of the test's own, with places, units and one clerk."""
    names = ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR")
    return start_server(prepared_folder, **dict.fromkeys(names, str(scratch)))


class Visitor:
    """A browser at the desk, over a real connection."""

    def __init__(self, server: LiveServer) -> None:
        self.netloc = urlsplit(server.url).netloc
        self.cookie = ""

    def send(
        self, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> tuple[int, str]:
        """Send one request and return the answer's status and text."""
        connection = http.client.HTTPConnection(self.netloc, timeout=120)
        given = {"Cookie": self.cookie, "Origin": f"http://{self.netloc}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        method = "GET" if body is None else "POST"
        chunked = "Transfer-Encoding" in given
        connection.request(method, path, body, given, encode_chunked=chunked)
        answer = connection.getresponse()
        text = answer.read().decode()
        cookie = answer.getheader("Set-Cookie")
        if cookie:
            self.cookie = cookie.partition(";")[0]
        connection.close()
        return answer.status, text

    def token(self, path: str) -> str:
        """Return the token of the form at ``path``."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.send(path)[1])
        assert found is not None
        return found[1]

    def sign_in(self) -> None:
        """Sign in as the clerk."""
        body = f"login=clerk&password={PASSWORD.replace(' ', '+')}"
        body += f"&csrf_token={self.token('/desk/login')}"
        kind = "application/x-www-form-urlencoded"
        assert self.send("/desk/login", body.encode(), Content_Type=kind)[0] == 302

    def upload(self, pieces: list[bytes], *, chunked: bool = False) -> tuple[int, str]:
        """Send the upload form with a file made of ``pieces``."""
        fields = {
            "csrf_token": self.token(UPLOAD),
            "kind": "standing",
            "region": SANYING,
            "period": "2026-10",
        }
        head = b"".join(
            LIMIT + f'\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        head += LIMIT + b'\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        tail = b"\r\n" + LIMIT + b"--\r\n"

        body = [head, *pieces, tail]
        length = {"Content_Length": str(sum(len(piece) for piece in body))}
        if chunked:
            length = {"Transfer_Encoding": "chunked"}
        kind = "multipart/form-data; boundary=limit"
        return self.send(UPLOAD, iter(body), Content_Type=kind, **length)

    def drop(self, files: list[bytes], repeat: int) -> tuple[int, str]:
        """Drop every file ``repeat`` times at once; the body is made while it is sent."""
        token = self.token(BATCHES)
        head = LIMIT + b'\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        parts = [head + token.encode() + b"\r\n"]
        for number, data in enumerate(files * repeat):
            parts.append(
                LIMIT
                + b'\r\nContent-Disposition: form-data; name="files"; filename="%d.csv"' % number
                + b"\r\n\r\n"
            )
            parts += [data, b"\r\n"]
        parts.append(LIMIT + b"--\r\n")
        length = {"Content_Length": str(sum(map(len, parts)))}
        kind = "multipart/form-data; boundary=limit"
        return self.send(BATCHES, iter(parts), Content_Type=kind, **length)


def family(process: int) -> list[int]:
    """Return the processes below ``process``, itself included."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue
            parents[int(folder.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [process]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


class Memory:
    """The most memory that each of the server's processes has held since ``begin``, in bytes."""

    def __init__(self, server: LiveServer) -> None:
        self._server = server
        self._before: dict[int, int] = {}

    def begin(self) -> None:
        """Forget the peaks so far."""
        for process in family(self._server.process.pid):
            Path(f"/proc/{process}/clear_refs").write_text("5")
        self._before = self._peaks()

    def grown(self) -> int:
        """Return by how much the process that grew most has grown."""
        now = self._peaks()
        assert set(now) == set(self._before), "a process of the server died"
        return max(now[process] - self._before[process] for process in now)

    def _peaks(self) -> dict[int, int]:
        peaks = {}
        for process in family(self._server.process.pid):
            status = Path(f"/proc/{process}/status").read_text()
            found = re.search(r"VmHWM:\s+(\d+) kB", status)
            if found:
                peaks[process] = int(found[1]) * 1024
        return peaks


class Watch:
    """Looks into a folder all the time, and at the files that the server holds open."""

    def __init__(self, folder: Path, server: LiveServer) -> None:
        self.seen: set[str] = set()
        self._folder, self._server = folder, server
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        processes = family(self._server.process.pid)
        while not self._stop.wait(0.01):
            self.seen |= {path.name for path in self._folder.iterdir()}
            for process in processes:
                self.seen |= deleted_files(process)


def deleted_files(process: int) -> set[str]:
    """Return the files without a name that a process holds: such are temporary files."""
    found = set()
    try:
        for link in Path(f"/proc/{process}/fd").iterdir():
            target = str(link.readlink())
            if target.startswith("/") and target.endswith(" (deleted)") and "/memfd:" not in target:
                found.add(target)
    except OSError:
        pass
    return found


def test_nothing_that_is_too_large_costs_memory_or_touches_the_disk(
    server: LiveServer, scratch: Path
) -> None:
    visitor, memory = Visitor(server), Memory(server)
    visitor.sign_in()
    noise = os.urandom(MEGABYTE)
    bombs = [zeros_in_a_workbook(2 * 1024**3, lying=lying) for lying in (False, True)]
    visitor.upload(bombs[:1])  # so that everything is loaded that will be needed
    with Watch(scratch, server) as watch:
        for pieces, chunked, status, said in (
            ([noise] * 100, False, 413, "20 MB"),
            ([noise] * 100, True, 413, "20 MB"),
            (bombs[:1], False, 422, "256 MB"),
            (bombs[1:], False, 422, "256 MB"),
        ):
            memory.begin()
            answer, text = visitor.upload(pieces, chunked=chunked)
            assert (answer, said in text) == (status, True)
            assert memory.grown() < 50 * MEGABYTE
        # What is just not too large is taken, and does not touch the disk either.
        blank = (b" " * 999 + b"\n") * 1000
        assert visitor.upload([list_csv(FOUR), *[blank] * 19])[0] == 302
    assert watch.seen == set()
    assert list(scratch.iterdir()) == []
    engine = make_engine(f"sqlite:///{server.data_folder / 'portal.db'}")
    with Sessions(engine).reading() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    engine.dispose()


def test_sixty_five_files_at_once_cost_the_memory_of_one(server: LiveServer, scratch: Path) -> None:
    visitor, memory = Visitor(server), Memory(server)
    visitor.sign_in()
    assert visitor.drop([list_csv(FOUR)], 1)[0] == 302
    blank = (b" " * 999 + b"\n") * 3000  # three megabytes of blank lines
    with Watch(scratch, server) as watch:
        memory.begin()
        assert visitor.drop([list_csv(FOUR) + blank], 65)[0] == 302
        assert memory.grown() < 50 * MEGABYTE
    assert watch.seen == set()
    engine = make_engine(f"sqlite:///{server.data_folder / 'portal.db'}")
    with Sessions(engine).reading() as session:
        assert session.scalar(select(func.count()).select_from(WaitingFile)) == 66
    engine.dispose()
