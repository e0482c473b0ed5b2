"""Two at once 同时审批: two reviewers, or two workers; every list is approved exactly once."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from disclosure.bulk import settling
from disclosure.bulk.models import Decision, Outcome, SittingItem
from disclosure.bulk.settling import sitting_settler
from disclosure.bulk.sitting import begin_sitting, decide
from disclosure.intake.kinds import Kind
from disclosure.lifecycle import SubmissionState
from disclosure.logbook.models import LogCheckpoint, LogEntry
from disclosure.models import Submission
from portal.data.audit import AuditEntry
from portal.data.ids import new_id
from portal.kernel.clock import SettableClock
from portal.kernel.permissions import Role
from tests.bulk.lists import month, submit
from tests.disclosure.lists import Office

LISTS = 6


@pytest.fixture
def waiting(clerks: Office, clock: SettableClock) -> dict[str, str]:
    """Lists that wait, with their digests, none of which replaces another."""
    ids = [
        submit(clerks, month(number, kind=Kind.TEMPORARY, count=4), now=clock.now())
        for number in range(1, LISTS + 1)
    ]
    return {key: clerks.submission(key).digest for key in ids}


def begin(office: Office, login: str, choice: dict[str, str], clock: SettableClock) -> str:
    actor = office.actor(login)
    with office.sessions.writing() as session:
        key = begin_sitting(session, actor, new_id(), choice, now=clock.now())
        decide(session, actor, key, Decision.APPROVE, now=clock.now())
    return key


def settle_together(office: Office, clock: SettableClock, keys: list[str]) -> None:
    """Settle sittings at the same time, each in a worker of its own."""
    start = threading.Barrier(len(keys))
    failures: list[BaseException] = []

    def work(key: str) -> None:
        start.wait()
        try:
            sitting_settler(office.sessions, clock)({"sitting": key}, lambda _done, _total: None)
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def outcomes(office: Office) -> list[tuple[Outcome, str]]:
    with office.sessions.reading() as session:
        items = session.scalars(select(SittingItem)).all()
    return [(item.outcome, item.message) for item in items]


def check_published_once(office: Office) -> None:
    with office.sessions.reading() as session:
        states = session.scalars(select(Submission.state)).all()
        assert list(states) == [SubmissionState.APPROVED] * LISTS
        entries = session.scalar(select(func.count()).select_from(LogEntry))
        approvals = select(AuditEntry.subject).where(AuditEntry.action == "list-approve")
        subjects = session.scalars(approvals).all()
        assert len(subjects) == len(set(subjects)) == LISTS
        assert session.scalar(select(func.max(LogCheckpoint.size))) == entries == 2 * LISTS


def test_two_reviewers_approve_the_same_lists(
    waiting: dict[str, str],
    office: Office,
    clock: SettableClock,
    add_staff: Callable[..., str],
) -> None:
    first = add_staff(Role.REVIEWER)
    second = add_staff(Role.REVIEWER, login="second-reviewer")
    backwards = dict(reversed(waiting.items()))
    keys = [begin(office, first, waiting, clock), begin(office, second, backwards, clock)]
    settle_together(office, clock, keys)
    check_published_once(office)
    found = outcomes(office)
    assert len(found) == 2 * LISTS
    approved = [message for outcome, message in found if outcome is Outcome.APPROVED]
    refused = [message for outcome, message in found if outcome is Outcome.REFUSED]
    assert (len(approved), len(refused)) == (LISTS, LISTS)
    assert set(refused) == {"Somebody else has approved this list already; it is published."}


def test_two_workers_take_up_the_same_sitting(
    waiting: dict[str, str],
    office: Office,
    clock: SettableClock,
    add_staff: Callable[..., str],
) -> None:
    key = begin(office, add_staff(Role.REVIEWER), waiting, clock)
    settle_together(office, clock, [key, key])
    check_published_once(office)
    assert outcomes(office) == [(Outcome.APPROVED, "")] * LISTS


def test_a_sitting_that_was_broken_off_goes_on_where_it_was(
    waiting: dict[str, str],
    office: Office,
    clock: SettableClock,
    add_staff: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settling, "REPORT_EVERY", 2)
    with office.sessions.writing() as session:
        # The third is not what it was any more, so that the run meets a refusal as well.
        changed = update(Submission).where(Submission.id == list(waiting)[2])
        session.execute(changed.values(digest="0" * 64))
    key = begin(office, add_staff(Role.REVIEWER), waiting, clock)
    settler = sitting_settler(office.sessions, clock)

    class KilledError(BaseException):
        """The process ends here."""

    def report(done: int, _total: int) -> None:
        if done == 4:
            raise KilledError

    with pytest.raises(KilledError):
        settler({"sitting": key}, report)
    first = [outcome for outcome, _ in outcomes(office)]
    assert first.count(Outcome.WAITING) == LISTS - 4
    settler({"sitting": key}, lambda _done, _total: None)
    then = [outcome for outcome, _ in outcomes(office)]
    assert (then.count(Outcome.APPROVED), then.count(Outcome.REFUSED)) == (LISTS - 1, 1)
    with office.sessions.reading() as session:
        approvals = select(func.count()).where(AuditEntry.action == "list-approve")
        assert session.scalar(approvals) == LISTS - 1


def test_the_same_form_from_two_requests_at_once_is_one_sitting(
    waiting: dict[str, str],
    office: Office,
    clock: SettableClock,
    add_staff: Callable[..., str],
) -> None:
    actor, key = office.actor(add_staff(Role.REVIEWER)), new_id()
    start = threading.Barrier(2)
    found: list[str] = []

    def send() -> None:
        start.wait()
        with office.sessions.writing() as session:
            made = begin_sitting(session, actor, key, waiting, now=clock.now())
            decide(session, actor, made, Decision.APPROVE, now=clock.now())
        found.append(made)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [key, key]
    with office.sessions.reading() as session:
        query = select(func.count()).select_from(AuditEntry)
        assert session.scalar(query.where(AuditEntry.action == "sitting-approve")) == 1
