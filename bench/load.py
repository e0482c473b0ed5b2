"""Load on a server of this machine: wrk where it is installed, otherwise sockets of our own."""

import re
import selectors
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

CONNECTIONS = 16
ACCEPT_ENCODING = "br"


def generator() -> str:
    """Return the name of the load generator, for the table's note."""
    return "wrk" if shutil.which("wrk") else "bench.load (Python sockets)"


def requests_a_second(url: str, seconds: float) -> float:
    """Return how many GETs of ``url`` over 16 kept connections are answered a second."""
    if shutil.which("wrk"):
        return _with_wrk(url, seconds)
    # A process of its own, so that making the load takes no time from measuring it.
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", url, str(seconds)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _with_wrk(url: str, seconds: float) -> float:
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    command += ["-H", f"Accept-Encoding: {ACCEPT_ENCODING}", url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{url} did not always answer 200:\n{done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise RuntimeError(f"wrk said something else than expected:\n{done.stdout}")
    return float(found.group(1))


@dataclass
class _Connection:
    """One kept connection, and how much of the present answer is still to come."""

    socket: socket.socket
    request: bytes
    length: int
    missing: int = field(default=0)

    def ask(self) -> None:
        """Send the next request."""
        self.missing = self.length
        self.socket.sendall(self.request)

    def receive(self) -> bool:
        """Take what has come; tell whether the answer is complete."""
        received = len(self.socket.recv(65_536))
        if received == 0:
            raise ConnectionResetError("the server closed a kept connection")
        self.missing -= received
        if self.missing < 0:
            raise ValueError("the answers are not all of one length")
        return self.missing == 0


def with_sockets(url: str, seconds: float) -> float:
    """Measure with sockets of our own; all answers must have the length of the first."""
    parts = urlsplit(url)
    address = (parts.hostname or "127.0.0.1", parts.port or 80)
    request = (
        f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"Accept-Encoding: {ACCEPT_ENCODING}\r\n\r\n"
    ).encode()
    length = _answer_length(address, request)
    waiting = selectors.DefaultSelector()
    connections = []
    for _ in range(CONNECTIONS):
        connection = _Connection(socket.create_connection(address), request, length)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connections.append(connection)
    begun = time.perf_counter()
    for connection in connections:
        connection.ask()
    answered = 0
    while time.perf_counter() - begun < seconds:
        for key, _ in waiting.select(timeout=1):
            if key.data.receive():
                answered += 1
                key.data.ask()
    elapsed = time.perf_counter() - begun
    for connection in connections:
        connection.socket.close()
    waiting.close()
    return answered / elapsed


def _answer_length(address: tuple[str, int], request: bytes) -> int:
    """Return how many bytes the whole answer has; raises ValueError unless it is a 200."""
    with socket.create_connection(address, timeout=10) as probe:
        probe.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += probe.recv(65_536)
        head, _, body = received.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if not head.startswith(b"HTTP/1.1 200") or found is None:
            raise ValueError(f"expected a 200 with a length, got {head[:200]!r}")
        total = len(head) + 4 + int(found.group(1))
        if len(head) + 4 + len(body) > total:
            raise ValueError("more came than the answer has")
    return total


if __name__ == "__main__":
    sys.stdout.write(f"{with_sockets(sys.argv[1], float(sys.argv[2]))}\n")
