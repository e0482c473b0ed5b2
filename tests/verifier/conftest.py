"""A pretended portal that answers on the loopback, for the verifier as a stranger runs it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.log.pretending import Portal


@dataclass
class Served:
    """What is served below /zw, and the address of it; ``answers`` come before the files."""

    files: dict[str, bytes]
    url: str = ""
    answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


def _handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/zw/")
            served.asked.append(path)
            status, body = (200, served.files[path]) if path in served.files else (404, b"")
            headers: dict[str, str] = {}
            if served.answers.get(path):
                status, headers, body = served.answers[path].pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    return Handler


@pytest.fixture
def served() -> Iterator[Served]:
    """A pretended portal with a few lists, served below a path."""
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    portal.publish("bbbbbbbbbb", 2)
    portal.end("bbbbbbbbbb", "withdraw")
    portal.write_document("eeeeeeeeee")
    portal.add_figures("ffffffffff", "1")
    held = Served(portal.files())
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(held))
    held.url = f"http://127.0.0.1:{server.server_address[1]}/zw"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()
