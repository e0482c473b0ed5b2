"""What people rely on from outside the code: the pinned requirements, the Makefile, the README."""

import re
import subprocess
import sys

from tests.fixtures.run import ROOT

PINNED = re.compile(r"^([a-z0-9._-]+)(\[[a-z0-9,_-]+\])?==[^\s;]+")
CONTRACT_COMMANDS = {
    *("init", "demo", "serve", "regions", "units", "users", "import", "poster", "export"),
    *("verify", "log", "search", "reindex", "sweep", "backup", "restore", "doctor"),
}
TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)


def test_every_requirement_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert lines
        good = [line for line in lines if PINNED.match(line) and "--hash=sha256:" in line]
        assert lines == good


def test_what_the_product_needs_is_locked_and_the_tests_use_the_same_versions() -> None:
    product, tests = _locked("requirements.txt"), _locked("requirements-dev.txt")
    assert product.items() <= tests.items()
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    names = {re.split(r"[\[<>=~! ;]", line)[0].lower() for line in wanted if line[:1].isalpha()}
    assert names - set(product) == set()


def test_the_commands_of_the_contract_are_targets_of_the_makefile() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    assert {"run", "test", "bench", "lint", "help", "lock", "messages"} <= targets


def test_the_commands_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    mentioned = set(re.findall(r"\bmake ([a-z]+)\b", text))
    assert mentioned >= {"run", "test"}
    assert mentioned - targets == set()
    commands = set(re.findall(r"python -m portal ([a-z]+)", text))
    assert commands - _portal_commands() == set()


def test_the_command_line_offers_what_the_contract_knows_and_nothing_else() -> None:
    assert _portal_commands() - CONTRACT_COMMANDS == set()
    assert {"init", "demo", "serve", "import"} <= _portal_commands()


def test_shell_scripts_are_well_formed() -> None:
    script = ROOT / ".ci" / "run"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "make test" in script.read_text(encoding="utf-8")


def _locked(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        match = PINNED.match(line)
        if match:
            found[match.group(1)] = line.split()[0]
    return found


def _portal_commands() -> set[str]:
    done = subprocess.run(
        [sys.executable, "-m", "portal", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    listed = done.stdout.split("Commands:", 1)[1]
    return {line.split()[0] for line in listed.splitlines() if re.match(r"  [a-z]", line)}
