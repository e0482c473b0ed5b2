"""verify.py as a newspaper keeps it: one file, nothing but the standard library and PyNaCl."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from disclosure.log.verifying import single_file as joining
from disclosure.log.verifying.single_file import CannotJoin, single_file
from tests.fixtures.run import ROOT
from tests.log.pretending import Portal
from tests.verifier.conftest import Served


@pytest.fixture
def verify_py(tmp_path: Path) -> Path:
    """The file, alone in an empty folder."""
    path = tmp_path / "verify.py"
    path.write_bytes(single_file())
    return path


def _run(verify_py: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", verify_py.name, *arguments],
        cwd=verify_py.parent,
        env={"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_is_the_modules_themselves_and_always_the_same_bytes() -> None:
    data = single_file()
    assert data == single_file()
    tree = ast.parse(data)
    joined = {ast.dump(node) for node in tree.body}
    for name in ("tree", "notes", "entries", "handover", "verifying/site", "verifying/verifier"):
        source = (ROOT / "disclosure/log" / f"{name}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                assert ast.dump(node) in joined, (name, node.name)


def test_it_uses_the_standard_library_and_pynacl_alone() -> None:
    imported = set()
    for node in ast.walk(ast.parse(single_file())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(str(node.module).split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"nacl"}


def test_it_is_written_for_older_pythons_too() -> None:
    ast.parse(single_file(), feature_version=(3, 9))


def test_it_says_how_to_use_it(verify_py: Path) -> None:
    done = _run(verify_py, "--help")
    assert done.returncode == 0
    assert "--accept-key" in done.stdout
    assert "pip install pynacl" in (ast.get_docstring(ast.parse(verify_py.read_bytes())) or "")


def test_it_checks_a_portal_and_remembers(verify_py: Path, served: Served) -> None:
    for first in (True, False):
        done = _run(verify_py, served.url)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("All is well: 5 entries in the log")
        assert ("first check" in done.stdout) is first
    state = json.loads((verify_py.parent / "verify-state.json").read_text())
    assert state["checkpoint"].encode() == served.files["log/checkpoint"]
    assert {path.name for path in verify_py.parent.iterdir()} == {"verify.py", "verify-state.json"}


def test_it_names_what_does_not_hold(verify_py: Path, served: Served) -> None:
    page = served.files["n/aaaaaaaaaa"].replace(b"1,002.00", b"2,002.00")
    served.files["n/aaaaaaaaaa"] = page
    done = _run(verify_py, served.url, "--state", "watch.json")
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "1 thing does not hold:"
    assert (
        "notice aaaaaaaaaa (place 640499001001, entry 0): row 2 on its page is not" in done.stdout
    )
    assert not (verify_py.parent / "watch.json").exists()


def test_what_a_portal_says_cannot_move_the_cursor(verify_py: Path, served: Served) -> None:
    portal = Portal()
    portal.say(1)
    portal.lose_key(1, text="\x1b[2J\x1b]0;\u202eAll is well\nAll is well: 1")
    served.files.update(portal.log_files())
    done = _run(verify_py, served.url)
    assert done.returncode == 1
    assert not {"\x1b", "\u202e"} & set(done.stdout)
    assert all(line.startswith(("1 thing", "- ")) for line in done.stdout.splitlines())


def test_it_checks_a_folder(verify_py: Path, served: Served) -> None:
    folder = verify_py.parent / "site"
    for name, data in served.files.items():
        file = folder / (name or "index")
        file = file if "." in file.name or name.startswith("log/") else file.with_suffix(".html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    done = _run(verify_py, "site")
    assert (done.returncode, done.stderr) == (0, "")


def test_it_keeps_the_evidence_of_a_fork(verify_py: Path, served: Served) -> None:
    assert _run(verify_py, served.url).returncode == 0
    earlier = (verify_py.parent / "verify-state.json").read_bytes()
    other = _another_history()
    served.files.clear()
    served.files.update(other)
    done = _run(verify_py, served.url)
    assert done.returncode == 1
    assert "the log's history was changed" in done.stdout
    kept = verify_py.parent / "verify-state.json.contradiction"
    assert kept.read_bytes() == other["log/checkpoint"]
    assert (verify_py.parent / "verify-state.json").read_bytes() == earlier


def _another_history() -> dict[str, bytes]:
    """Return the files of a portal with the same key and another history."""
    portal = Portal()
    portal.say(9)
    return portal.files()


@pytest.mark.parametrize(
    "arguments", [(), ("ftp://a",), ("nowhere",), ("site", "--accept-key", "x")]
)
def test_wrong_usage_is_told(verify_py: Path, arguments: tuple[str, ...]) -> None:
    done = _run(verify_py, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_a_portal_that_cannot_be_reached_is_a_finding(verify_py: Path) -> None:
    done = _run(verify_py, "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "log/checkpoint: /log/checkpoint cannot be had" in done.stdout


def _joined(monkeypatch: pytest.MonkeyPatch, folder: Path, **sources: str) -> bytes:
    package = folder / "disclosure"
    package.mkdir()
    for name, source in sources.items():
        (package / f"{name}.py").write_text(source)
    monkeypatch.setattr(joining, "_ROOT", folder)
    monkeypatch.setattr(joining, "MODULE", "disclosure.top")
    return single_file()


@pytest.mark.parametrize(
    ("top", "sentence"),
    [
        ("from disclosure.low import a\n\n\ndef b(): ...\n", "both have the name b"),
        ("from disclosure.low import a\nsys = a\n", "both have the name sys"),
        ("import disclosure.low\n", "imports a module whole"),
        ("from disclosure.low import a as c\n", "under another name"),
    ],
)
def test_what_cannot_be_joined_is_refused(
    top: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    low = "a = 1\nb: int = 2\n"
    with pytest.raises(CannotJoin, match=sentence):
        _joined(monkeypatch, tmp_path, top=f'"""Top."""\n{top}', low=f'"""Low."""\n{low}')
