"""What the tests of components share."""

import pytest
from flask import Flask

from tests.components.rendering import make_app


@pytest.fixture(scope="session")
def renderer() -> Flask:
    """An application that only renders."""
    return make_app()
