"""Jobs 后台任务: done once though asked for twice, taken up after a death, given up in the end."""

import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from portal.data.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    Job,
    JobState,
    Lease,
    Report,
    claim,
    enqueue,
    fail,
    finish,
    report_progress,
    run_one,
    take_lease,
)
from portal.data.session import Sessions
from portal.kernel.clock import SettableClock

NOW = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)


def ask(sessions: Sessions, kind: str = "warm", *, key: str | None = None, **payload: Any) -> str:
    with sessions.writing() as session:
        return enqueue(session, kind, payload, now=NOW, key=key)


def take(sessions: Sessions, worker: str, now: datetime = NOW) -> str | None:
    with sessions.writing() as session:
        job = claim(session, worker=worker, now=now)
    return job.id if job else None


def job(sessions: Sessions, job_id: str) -> Job:
    with sessions.reading() as session:
        return session.get_one(Job, job_id)


def test_a_job_is_claimed_by_one(sessions: Sessions) -> None:
    first, second = ask(sessions), ask(sessions)
    assert {take(sessions, "a"), take(sessions, "b")} == {first, second}
    assert take(sessions, "c") is None


def test_many_workers_share_the_jobs(sessions: Sessions) -> None:
    ids = [ask(sessions, number=number) for number in range(12)]
    taken: list[str] = []

    def drain(worker: str) -> None:
        while (found := take(sessions, worker)) is not None:
            taken.append(found)

    threads = [threading.Thread(target=drain, args=[f"w{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(ids)


def test_a_job_waits_for_its_time(sessions: Sessions) -> None:
    later = ask(sessions)
    assert take(sessions, "a", NOW - timedelta(seconds=1)) is None
    assert take(sessions, "a") == later


def test_a_lost_lease_is_taken_up_and_the_first_worker_has_no_say(sessions: Sessions) -> None:
    the_job = ask(sessions)
    assert take(sessions, "dead") == the_job
    assert take(sessions, "b", NOW + LEASE) is None
    late = NOW + LEASE + timedelta(seconds=1)
    assert take(sessions, "b", late) == the_job
    with sessions.writing() as session:
        report_progress(session, the_job, worker="dead", done=7, total=9, now=late)
        finish(session, the_job, worker="dead")
        fail(session, the_job, worker="dead", error="late", now=late)
    stored = job(sessions, the_job)
    assert (stored.state, stored.leased_by, stored.done) == (JobState.RUNNING, "b", 0)
    with sessions.writing() as session:
        finish(session, the_job, worker="b")
    assert job(sessions, the_job).state is JobState.DONE


def test_progress_renews_the_lease(sessions: Sessions) -> None:
    the_job = ask(sessions)
    take(sessions, "a")
    with sessions.writing() as session:
        report_progress(session, the_job, worker="a", done=3, total=9, now=NOW + LEASE)
    assert take(sessions, "b", NOW + LEASE + timedelta(seconds=30)) is None
    stored = job(sessions, the_job)
    assert (stored.done, stored.total) == (3, 9)


def test_the_same_key_is_the_same_job(sessions: Sessions) -> None:
    first = ask(sessions, key="warm:1", notices=["a"])
    assert ask(sessions, key="warm:1", notices=["b"]) == first
    assert take(sessions, "a") == first
    assert take(sessions, "b") is None
    assert job(sessions, first).payload == {"notices": ["b"]}


def test_asked_for_again_while_it_runs_it_runs_once_more(sessions: Sessions) -> None:
    the_job = ask(sessions, key="warm:1")
    take(sessions, "a")
    assert ask(sessions, key="warm:1") == the_job
    with sessions.writing() as session:
        finish(session, the_job, worker="a")  # of the run before the change
    assert job(sessions, the_job).state is JobState.QUEUED
    assert take(sessions, "a") == the_job


class Failing(Exception):
    """Its text must not be kept: it might hold a name."""


def test_a_failing_job_is_tried_again_later_each_time_and_given_up(
    sessions: Sessions, clock: SettableClock
) -> None:
    the_job = ask(sessions)
    tries = []

    def handler(_payload: dict[str, Any], _report: Report) -> None:
        tries.append(clock.now())
        raise Failing("王秀英")

    while run_one(sessions, {"warm": handler}, worker="a", now=clock.now) or len(tries) < 50:
        clock.advance(timedelta(seconds=1))
        if job(sessions, the_job).state is JobState.FAILED:
            break
    waits = [(after - before).total_seconds() for before, after in pairwise(tries)]
    assert len(tries) == MOST_ATTEMPTS
    assert waits == sorted(waits)
    stored = job(sessions, the_job)
    assert (stored.error, stored.leased_by) == ("Failing", None)
    clock.advance(timedelta(days=30))
    assert not run_one(sessions, {"warm": handler}, worker="a", now=clock.now)


def test_a_job_that_kills_its_worker_is_given_up_too(sessions: Sessions) -> None:
    the_job, healthy = ask(sessions), ask(sessions)
    with sessions.writing() as session:
        finish_at = NOW + timedelta(days=1)
        session.get_one(Job, healthy).run_after = finish_at
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        assert take(sessions, "dying", now) == the_job
        now += LEASE + timedelta(seconds=1)
    assert take(sessions, "dying", now) is None
    stored = job(sessions, the_job)
    assert (stored.state, stored.error, stored.leased_by) == (JobState.FAILED, "LeaseLost", None)
    # It does not stand in the way of the others.
    assert take(sessions, "dying", finish_at) == healthy


def test_a_kind_that_nobody_knows_fails_and_the_worker_lives(
    sessions: Sessions, clock: SettableClock
) -> None:
    unknown = ask(sessions, "unknown")
    assert run_one(sessions, {}, worker="a", now=clock.now)
    assert job(sessions, unknown).error == "KeyError"
    assert not run_one(sessions, {}, worker="a", now=clock.now)


def test_a_handler_tells_how_far_it_is(sessions: Sessions, clock: SettableClock) -> None:
    the_job = ask(sessions, number=4)
    seen = []

    def handler(payload: dict[str, Any], report: Report) -> None:
        for done in range(1, payload["number"] + 1):
            report(done, payload["number"])
            seen.append(job(sessions, the_job).done)

    assert run_one(sessions, {"warm": handler}, worker="a", now=clock.now)
    assert seen == [1, 2, 3, 4]
    assert job(sessions, the_job).state is JobState.DONE


def test_a_job_is_not_there_when_its_change_is_taken_back(sessions: Sessions) -> None:
    def fail_at_the_end() -> None:
        with sessions.writing() as session:
            enqueue(session, "warm", {}, now=NOW)
            raise Failing

    with pytest.raises(Failing):
        fail_at_the_end()
    assert take(sessions, "a") is None


def lease(sessions: Sessions, holder: str, now: datetime) -> bool:
    with sessions.writing() as session:
        return take_lease(session, "sweep", holder=holder, length=LEASE, now=now)


def test_a_right_belongs_to_one_until_it_runs_out(sessions: Sessions) -> None:
    assert lease(sessions, "a", NOW)
    assert not lease(sessions, "b", NOW + timedelta(seconds=1))
    assert lease(sessions, "a", NOW + timedelta(seconds=60))  # renewed
    assert not lease(sessions, "b", NOW + LEASE)
    assert lease(sessions, "b", NOW + timedelta(seconds=60) + LEASE)
    assert not lease(sessions, "a", NOW + timedelta(seconds=61) + LEASE)


def test_of_many_who_ask_for_a_right_at_once_one_gets_it(sessions: Sessions) -> None:
    start = threading.Barrier(4, timeout=20)
    answers: list[object] = []

    def ask_for_it(holder: str) -> None:
        start.wait()
        try:
            answers.append(lease(sessions, holder, NOW))
        except Exception as error:  # noqa: BLE001 - whatever came is what the test is about
            answers.append(error)

    threads = [threading.Thread(target=ask_for_it, args=[f"w{number}"]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [False, False, False, True]
    with sessions.reading() as session:
        assert len(session.scalars(select(Lease)).all()) == 1
