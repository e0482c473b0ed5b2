"""How the sources are written: short modules and functions, one clock, no import in a function."""

import ast
from pathlib import Path

from tests.fixtures.run import ROOT
from tests.house.sources import EVERYTHING, PRODUCT, functions, parsed, python_files, where

MODULE_LINES = 400
FUNCTION_LINES = 40
CLOCK = Path("portal/kernel/clock.py")
# What asks the machine what time it is; time.monotonic and perf_counter only measure.
NOW_NAMES = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "time.time",
        "time.time_ns",
        "time.localtime",
        "time.gmtime",
        "time.strftime",
        "time.ctime",
    }
)


def test_modules_are_shorter_than_400_lines() -> None:
    lengths = {
        where(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(EVERYTHING)
    }
    assert {name: length for name, length in lengths.items() if length >= MODULE_LINES} == {}


def test_functions_are_shorter_than_40_lines() -> None:
    lengths = {
        f"{where(path, function.lineno)} {function.name}": function.end_lineno - function.lineno + 1
        for path in python_files(EVERYTHING)
        for function in functions(parsed(path))
        if function.end_lineno is not None
    }
    assert {name: length for name, length in lengths.items() if length >= FUNCTION_LINES} == {}


def test_only_the_clock_asks_what_time_it_is() -> None:
    found = [
        where(path, node.lineno)
        for path in python_files(PRODUCT)
        if not path.match(str(CLOCK))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and _last_two(node) in NOW_NAMES
    ]
    assert found == []


def test_imports_stand_at_the_top_except_where_the_parts_are_put_together() -> None:
    found = [
        where(path, node.lineno)
        for path in python_files(PRODUCT)
        for function in functions(parsed(path))
        if (where(path), function.name) != ("portal/app.py", "create_app")
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert found == []


def test_portal_itself_holds_a_docstring_and_nothing_else() -> None:
    (statement,) = parsed(ROOT / "portal" / "__init__.py").body
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Constant)


def _last_two(node: ast.Attribute) -> str:
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return f"{name}.{node.attr}"
