"""What every test gets: see tests/fixtures for the fixtures, one subject a module."""

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
    "tests.fixtures.servers",
    "tests.fixtures.browsers",
    "tests.fixtures.checkers",
]

# A few files take minutes; begun last, they would keep one worker busy while the others wait.
SLOW = ("journey", "crash", "demo", "search", "cli", "log", "logbook", "verifier")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow folders."""
    rank = {folder: place for place, folder in enumerate(SLOW)}
    items.sort(key=lambda item: rank.get(item.path.parent.name, len(SLOW)))
