"""Signing in 登录: slow for whoever guesses, never slow for a colleague, and the server decides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from portal.data.accounts import OPERATOR, User, actor_of
from portal.data.audit import AuditEntry
from portal.data.session import Sessions
from portal.data.signing_in import (
    FAILURES_COUNT_FOR,
    FREE_FAILURES,
    LONGEST_WAIT_S,
    LoginFailure,
    add_user,
    begin_sign_in,
    change_password,
    finish_sign_in,
    forget_old_sign_ins,
    hash_password,
    verify_password,
    wait_before_next_try,
)
from portal.kernel.clock import SettableClock
from portal.kernel.errors import Conflict, Forbidden, NotFound, Refused, TooMany
from portal.kernel.permissions import Role
from tests.fixtures.people import PASSWORD

NOW = datetime(2026, 10, 8, 2, 0, tzinfo=UTC)
HERE, THERE = "10.0.0.1", "10.0.0.2"
AddStaff = Callable[..., str]


def attempt(
    sessions: Sessions, login: str, password: str, now: datetime, client: str = HERE
) -> User | None:
    """Try to sign in as the desk does: looked up, judged, then recorded."""
    with sessions.reading() as session:
        begun = begin_sign_in(session, login, client=client, now=now)
    matched = begun.matches(password)
    with sessions.writing() as session:
        return finish_sign_in(session, begun, matched=matched, now=now)


def fail_often(sessions: Sessions, login: str, times: int, now: datetime) -> datetime:
    """Fail as often as said, waiting as long as told, and return the instant of the last try."""
    for _ in range(times):
        with sessions.reading() as session:
            now += timedelta(seconds=wait_before_next_try(session, login, HERE, now=now))
        assert attempt(sessions, login, "wrong password", now) is None
    return now


def wait(sessions: Sessions, login: str, client: str, now: datetime) -> int:
    with sessions.reading() as session:
        return wait_before_next_try(session, login, client, now=now)


def test_a_password_is_stored_as_argon2id_and_never_twice_the_same() -> None:
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in first
    assert (verify_password(first, PASSWORD), verify_password(first, PASSWORD + " ")) == (
        True,
        False,
    )


def test_whoever_guesses_is_slowed_and_the_colleague_elsewhere_is_not(
    places: Sessions, add_staff: AddStaff
) -> None:
    login = add_staff(Role.CLERK)
    now = fail_often(places, login, FREE_FAILURES - 1, NOW)
    assert wait(places, login, HERE, now) == 0
    now = fail_often(places, login, 1, now)
    assert wait(places, login, HERE, now) > 0
    with pytest.raises(TooMany) as caught:
        attempt(places, login, PASSWORD, now)
    assert caught.value.params["seconds"] >= 1
    # Neither the colleague at another desk nor another login at this one.
    assert wait(places, login, THERE, now) == 0
    assert wait(places, "somebody-else", HERE, now) == 0
    assert attempt(places, login, PASSWORD, now, client=THERE) is not None
    # Upper case and spaces make no new login.
    assert wait(places, f" {login.upper()} ", HERE, now) > 0


def test_each_failure_costs_more_up_to_a_minute_and_is_forgiven(
    places: Sessions, add_staff: AddStaff
) -> None:
    login = add_staff(Role.CLERK)
    now = fail_often(places, login, FREE_FAILURES, NOW)
    waits = []
    for _ in range(7):
        waits.append(wait(places, login, HERE, now))
        now = fail_often(places, login, 1, now)
    assert waits == [2, 4, 8, 16, 32, LONGEST_WAIT_S, LONGEST_WAIT_S]
    assert wait(places, login, HERE, now + FAILURES_COUNT_FOR) == 0
    later = now + timedelta(seconds=LONGEST_WAIT_S)
    assert attempt(places, login, PASSWORD, later) is not None
    assert wait(places, login, HERE, later) == 0
    with places.reading() as session:
        assert session.scalar(select(func.count()).select_from(LoginFailure)) == 0


def test_an_unknown_login_is_treated_the_same(places: Sessions, add_staff: AddStaff) -> None:
    add_staff(Role.CLERK)
    now = fail_often(places, "nobody", FREE_FAILURES, NOW)
    with pytest.raises(TooMany):
        attempt(places, "nobody", "x", now)
    with places.reading() as session:
        failure = session.scalars(select(LoginFailure)).first()
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "login-failed")
        ).first()
    assert failure is not None
    assert "nobody" not in failure.pair
    # What was typed may be a password in the wrong field, so it is not written down.
    assert entry is not None
    assert (entry.subject, entry.actor_id, entry.actor_label) == ("user:?", None, "someone")


def test_a_closed_account_does_not_sign_in(places: Sessions, add_staff: AddStaff) -> None:
    login = add_staff(Role.CLERK)
    with places.reading() as session:
        begun = begin_sign_in(session, login, client=HERE, now=NOW)
    assert begun.matches(PASSWORD)
    with places.writing() as session:
        session.scalars(select(User).where(User.login == login)).one().active = False
    with places.writing() as session:  # closed between the look and the record
        assert finish_sign_in(session, begun, matched=True, now=NOW) is None
    assert attempt(places, login, PASSWORD, NOW) is None


def test_signing_in_and_failing_are_in_the_audit_log(places: Sessions, add_staff: AddStaff) -> None:
    login = add_staff(Role.CLERK)
    attempt(places, login, "wrong", NOW)
    attempt(places, login, PASSWORD, NOW)
    with places.reading() as session:
        actions = session.execute(
            select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.id.desc()).limit(2)
        ).all()
    assert [tuple(row) for row in reversed(actions)] == [
        ("login-failed", f"user:{login}"),
        ("login", f"user:{login}"),
    ]


def test_old_failures_are_forgotten(places: Sessions, clock: SettableClock) -> None:
    fail_often(places, "nobody", 2, NOW)
    for now, left in ((NOW + timedelta(minutes=1), 2), (NOW + FAILURES_COUNT_FOR, 0)):
        with places.writing() as session:
            forget_old_sign_ins(session, now=now)
        with places.reading() as session:
            assert session.scalar(select(func.count()).select_from(LoginFailure)) == left


def test_an_account_is_made_once_with_a_password_for_one_time(places: Sessions) -> None:
    with places.writing() as session:
        new = add_user(
            session, OPERATOR, " Li.Ming-2 ", role=Role.CLERK, unit="sanying", name="", now=NOW
        )
    assert new.login == "li.ming-2"
    assert len(new.password) >= 12
    user = attempt(places, new.login, new.password, NOW)
    assert user is not None
    assert user.must_change_password
    with pytest.raises(Conflict), places.writing() as session:
        add_user(session, OPERATOR, "LI.MING-2", role=Role.HEAD, unit="xiji", name="", now=NOW)
    with places.reading() as session:
        stored = session.scalars(select(User).where(User.login == new.login)).one()
    assert (stored.role, stored.unit_id) == (Role.CLERK, "sanying")


def test_what_makes_no_account_is_refused(places: Sessions, add_staff: AddStaff) -> None:
    for login in ("", " ", "李明", "a b", "a/b", "l" * 51, "-.-"):
        with pytest.raises(Refused), places.writing() as session:
            add_user(session, OPERATOR, login, role=Role.CLERK, unit="xiji", name="", now=NOW)
    with pytest.raises(Refused), places.writing() as session:
        add_user(session, OPERATOR, "li", role=Role.CLERK, unit="xiji", name="长" * 51, now=NOW)
    with pytest.raises(NotFound), places.writing() as session:
        add_user(session, OPERATOR, "li", role=Role.CLERK, unit="nowhere", name="", now=NOW)
    clerk = add_staff(Role.CLERK)
    with places.reading() as session:
        actor = actor_of(session.scalars(select(User).where(User.login == clerk)).one())
    with pytest.raises(Forbidden), places.writing() as session:
        add_user(session, actor, "li", role=Role.ADMIN, unit="xiji", name="", now=NOW)


def test_a_new_password_must_be_new_and_hard_to_guess(
    places: Sessions, add_staff: AddStaff
) -> None:
    login = add_staff(Role.CLERK)

    def change(old: str, new: str) -> None:
        with places.writing() as session:
            user = session.scalars(select(User).where(User.login == login)).one()
            change_password(session, user, old, new, now=NOW)

    for old, new, field in (
        ("wrong", "seven green hills", "old_password"),
        (PASSWORD, "short", "password"),
        (PASSWORD, "aaaaaaaaaaaa", "password"),
        (PASSWORD, PASSWORD, "password"),
    ):
        with pytest.raises(Refused) as caught:
            change(old, new)
        assert caught.value.field == field
    change(PASSWORD, "seven green hills")
    assert attempt(places, login, PASSWORD, NOW) is None
    assert attempt(places, login, "seven green hills", NOW) is not None
