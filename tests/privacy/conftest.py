"""What the tests of privacy share: the planted files, made once, and an office's people."""

from collections.abc import Callable

import pytest

from portal.kernel.permissions import Role
from tests.fixtures.pages import PageClient
from tests.fixtures.people import DIVISIONS
from tests.privacy.files import PlantedFile, planted_files
from tests.privacy.planting import Planter


@pytest.fixture(scope="session")
def planted() -> tuple[PlantedFile, ...]:
    """Every planted file, the same in every run."""
    return tuple(planted_files(Planter(DIVISIONS.read_text(encoding="utf-8"))))


@pytest.fixture
def clerk(staff: Callable[..., PageClient]) -> PageClient:
    """A clerk of 三营镇, signed in."""
    return staff(Role.CLERK)


@pytest.fixture
def reviewer(staff: Callable[..., PageClient]) -> PageClient:
    """A reviewer of 原州区, signed in."""
    return staff(Role.REVIEWER)
