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
