"""A program that no one here wrote, golang.org/x/mod/sumdb, accepts the log as it is served."""

import json
import os
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from disclosure.log.tree import consistency_proof, inclusion_proof, root_at
from tests.fixtures.programs import missing, need_program
from tests.log.pretending import Portal

SOURCE = Path(__file__).with_name("outside") / "main.go"
# Where Debian's golang-golang-x-mod-dev puts it.
LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
SIZES = (1, 2, 255, 256, 257, 700)


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built once; skip or fail where Go or the library is missing."""
    go = need_program("go")
    if not LIBRARY.is_dir():
        missing("golang.org/x/mod (golang-golang-x-mod-dev)")
    folder = tmp_path_factory.mktemp("outside")
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GOPATH": "/usr/share/gocode",
        "GO111MODULE": "off",
        "GOFLAGS": "",
        "GOCACHE": os.environ.get("GOCACHE", str(folder / "cache")),
        "CGO_ENABLED": "0",
    }
    program = folder / "program"
    subprocess.run(
        [go, "build", "-o", str(program), str(SOURCE)], env=environ, cwd=folder, check=True
    )
    return program


def _text(hashes: list[bytes]) -> list[str]:
    return [b64encode(found).decode() for found in hashes]


def _write(portal: Portal, folder: Path) -> Path:
    """Write the log's files, and the log's own proofs, as a mirror would hold them."""
    size = len(portal.entries)
    for name, data in portal.log_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    proofs = {
        "entries": [
            {"index": index, "proof": _text(inclusion_proof(index, size, portal.nodes))}
            for index in range(0, size, 7)
        ],
        "earlier": [
            {
                "size": old,
                "root": b64encode(root_at(old, portal.nodes)).decode(),
                "proof": _text(consistency_proof(old, size, portal.nodes)),
            }
            for old in {1, size // 2, size - 1, size} - {0}
        ],
    }
    (folder / "proofs.json").write_text(json.dumps(proofs))
    return folder


def _ask(program: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(program), str(folder)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("size", SIZES)
def test_the_program_accepts_signature_inclusion_and_consistency(
    size: int, outside: Path, tmp_path: Path
) -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    portal.say(size - 1)
    done = _ask(outside, _write(portal, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{size} entries, ")


def test_the_program_accepts_the_log_after_a_change_of_its_key(
    outside: Path, tmp_path: Path
) -> None:
    portal = Portal()
    portal.publish("aaaaaaaaaa")
    portal.change_key(1)
    portal.end("aaaaaaaaaa", "withdraw")
    assert _ask(outside, _write(portal, tmp_path)).returncode == 0


@pytest.mark.parametrize(
    "name",
    ["log/checkpoint", "log/key", "log/tile/0/000", "log/tile/1/000.p/1", "log/tile/entries/000"],
)
def test_the_program_refuses_a_changed_byte(name: str, outside: Path, tmp_path: Path) -> None:
    portal = Portal()
    portal.say(300)
    path = _write(portal, tmp_path) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert _ask(outside, tmp_path).returncode == 1
