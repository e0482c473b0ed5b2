"""What the tests of bulk approval share: an office that submits lists, and the worker."""

from collections.abc import Callable

import pytest

from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.bulk.lists import submit
from tests.disclosure.lists import Given, Office
from tests.fixtures.application import StaffMaker
from tests.fixtures.pages import PageClient

Submit = Callable[[Given], str]


@pytest.fixture
def clerks(office: Office, add_staff: Callable[..., str]) -> Office:
    """The office, with a clerk in 三营镇 and one in 官厅镇 who bring the lists in."""
    add_staff(Role.CLERK)
    add_staff(Role.CLERK, "guanting")
    return office


@pytest.fixture
def submitted(clerks: Office, clock: SettableClock) -> Submit:
    """Return a function: a file → the id of the list that its township's clerk has submitted."""
    return lambda given: submit(clerks, given, now=clock.now())


@pytest.fixture
def reviewer(staff: StaffMaker) -> PageClient:
    """The reviewer of 原州区, signed in."""
    return staff(Role.REVIEWER)
