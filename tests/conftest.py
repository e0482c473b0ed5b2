"""What every test gets: see tests/fixtures for the fixtures, one subject a module."""

from pathlib import Path

import pytest

# Its assertions are read by people, so they shall say what was found.
pytest.register_assert_rewrite("tests.fixtures.pages")

pytest_plugins = [
    "tests.fixtures.run",
    "tests.fixtures.purity",
    "tests.fixtures.postgres",
    "tests.fixtures.database",
    "tests.fixtures.people",
    "tests.fixtures.application",
    "tests.fixtures.office",
    "tests.fixtures.servers",
    "tests.fixtures.browsers",
    "tests.fixtures.checkers",
]

# A few files take minutes; begun last, they would keep one worker busy while the others wait. The
# first two are for two workers: one makes the demonstration, which the next files want, meanwhile
# the other needs none.
SLOW = (
    *("journey/test_every_page.py", "crash/test_approval_crash.py", "journey", "crash", "demo"),
    *("access", "search", "cli", "log", "logbook", "verifier", "complaints", "components"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is slow."""
    folder = Path(__file__).parent
    rank = {name: place for place, name in reversed(list(enumerate(SLOW)))}

    def place_of(item: pytest.Item) -> int:
        path = item.path.relative_to(folder)
        return rank.get(path.as_posix(), rank.get(path.parts[0], len(SLOW)))

    items.sort(key=place_of)
