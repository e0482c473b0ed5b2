"""The project's own source files, for tests that look at how they are written."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.fixtures.run import ROOT

PRODUCT = ("portal", "disclosure", "complaints", "kiosk", "demo")
# Migrations are records of what was done to tables, one step after another, and stay as they are.
EVERYTHING = (*PRODUCT, "bench", "tests")
# Pure packages (with everything inside) and pure modules.
PURE_PACKAGES = ("portal/kernel", "disclosure/intake", "disclosure/log")
PURE_MODULES = (
    "disclosure/bulk/drawing.py",
    "disclosure/bulk/standingout.py",
    "disclosure/lifecycle.py",
    "disclosure/movements/comparing.py",
    "disclosure/movements/reasons.py",
    "disclosure/objections/course.py",
    "disclosure/objections/reasons.py",
    "complaints/workflow.py",
    "complaints/deadlines.py",
    "complaints/routing.py",
    "complaints/sealing.py",
    "complaints/tracks.py",
)

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(folders: tuple[str, ...]) -> list[Path]:
    """Return the Python files of ``folders``, by path."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if "node_modules" not in path.parts
    )


def pure_files() -> list[Path]:
    """Return the files of the pure packages and modules."""
    packages = python_files(PURE_PACKAGES)
    return sorted([*packages, *(ROOT / name for name in PURE_MODULES)])


def module_name(path: Path) -> str:
    """Return the dotted name of the module in ``path``."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def where(path: Path, line: int | None = None) -> str:
    """Return ``path`` as a person would write it, with the line."""
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"


def parsed(path: Path) -> ast.Module:
    """Return the syntax tree of ``path``."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.Module) -> Iterator[Function]:
    """Yield every function and method of ``tree``."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node
