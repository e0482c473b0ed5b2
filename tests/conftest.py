"""What every test gets: see tests/fixtures for the fixtures, one subject a module."""

import pytest
from hypothesis import settings

# Other work on the machine must not fail a property: an example has no time limit of its own.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")

# Its assertions are read by people, so they shall say what was found.
pytest.register_assert_rewrite("tests.fixtures.pages")

pytest_plugins = [
    "tests.fixtures.run",
    "tests.fixtures.purity",
    "tests.fixtures.postgres",
    "tests.fixtures.servers",
    "tests.fixtures.browsers",
    "tests.fixtures.checkers",
]
# Until every part is there, what is there can be tested.
for needed, module in (("portal.data.migrate", "database"), ("portal.data.signing_in", "people"), ("portal.app", "application")):
    try:
        __import__(needed)
    except Exception as error:
        print(f"tests.fixtures.{module} is not usable yet: {error!r}")
    else:
        pytest_plugins.append(f"tests.fixtures.{module}")
