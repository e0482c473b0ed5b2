"""``serve`` as a terminal treats it: one Ctrl-C, sent to the whole group, ends everything."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fixtures.servers import LiveServer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_group_ends_the_server_and_frees_its_port(
    start_server: Callable[..., LiveServer], demo_folder: Path, number: signal.Signals
) -> None:
    server = start_server(from_folder=demo_folder)
    assert server.get("/healthz")[0] == 200
    os.killpg(server.process.pid, number)
    assert server.process.wait(timeout=60) == 0
    address = urlsplit(server.url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5).close()
