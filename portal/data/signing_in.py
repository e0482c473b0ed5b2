"""Signing in 登录: Argon2id passwords, slowed after failures, server-side sessions."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id
from sqlalchemy import ForeignKey, Identity, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.data.accounts import SOMEONE, Actor, Unit, User, actor_of, audit, find_user, get_unit
from portal.data.base import Base
from portal.data.ids import new_id
from portal.kernel.errors import Conflict, Refused, TooMany
from portal.kernel.language import N_
from portal.kernel.permissions import Permission, Role

ARGON2_MEMORY_BYTES = 19 * 1024 * 1024
ARGON2_OPERATIONS = 2
FREE_FAILURES = 4
LONGEST_WAIT_S = 60
FAILURES_COUNT_FOR = timedelta(minutes=15)
SESSION_IDLE = timedelta(hours=2)
SESSION_LONGEST = timedelta(hours=12)
SHORTEST_PASSWORD = 10
LONGEST_LOGIN = 50


class LoginFailure(Base):
    """One failed try, by digests only; deleted after a quarter of an hour."""

    __tablename__ = "login_failures"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    # Login and client together, so that whoever guesses at a colleague's login elsewhere slows
    # only themselves down.
    pair: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class WebSession(Base):
    """A browser's session 会话, kept on the server; the cookie holds only the key to it."""

    __tablename__ = "web_sessions"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


def hash_password(password: str) -> str:
    """Return the Argon2id hash of ``password`` (19 MiB, two passes: about 35 ms)."""
    digest = argon2id.str(
        password.encode(), opslimit=ARGON2_OPERATIONS, memlimit=ARGON2_MEMORY_BYTES
    )
    return digest.decode()


def verify_password(password_hash: str, password: str) -> bool:
    """Tell whether ``password`` is the one that was hashed."""
    try:
        return bool(argon2id.verify(password_hash.encode(), password.encode()))
    except InvalidkeyError:
        return False


# Compared against when the login does not exist, so that both answers take the same time.
_NOBODY = hash_password(secrets.token_hex(16))


def check_password_strength(password: str) -> None:
    """Raise Refused for a password that is too short or one character repeated."""
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < 4:
        raise Refused(
            N_("Choose a password of at least %(length)s characters that are not all alike."),
            field="password",
            length=SHORTEST_PASSWORD,
        )


def _pair(login: str, client: str) -> str:
    return hashlib.sha256(f"{login.strip().lower()}\0{client}".encode()).hexdigest()


def wait_before_next_try(session: Session, login: str, client: str, *, now: datetime) -> int:
    """Return the seconds that this login from this client must still wait (0: go ahead)."""
    pair = _pair(login, client)
    since = now - FAILURES_COUNT_FOR
    count, last = session.execute(
        select(func.count(), func.max(LoginFailure.at)).where(
            LoginFailure.pair == pair, LoginFailure.at > since
        )
    ).one()
    if count < FREE_FAILURES or last is None:
        return 0
    wait = min(2 ** (count - FREE_FAILURES + 1), LONGEST_WAIT_S)
    return max(0, int((last + timedelta(seconds=wait) - now).total_seconds() + 0.999))


@dataclass(frozen=True)
class Attempt:
    """A try to sign in, judged outside any writing transaction because Argon2id takes its time."""

    login: str
    client: str
    user_id: str | None
    password_hash: str

    def matches(self, password: str) -> bool:
        """Tell whether the login exists and ``password`` is its own; takes as long either way."""
        return verify_password(self.password_hash, password) and self.user_id is not None


def begin_sign_in(session: Session, login: str, *, client: str, now: datetime) -> Attempt:
    """Look the login up; raises TooMany while this login from this client must wait."""
    wait = wait_before_next_try(session, login, client, now=now)
    if wait:
        raise TooMany(N_("Too many wrong tries. Please wait %(seconds)s seconds."), seconds=wait)
    user = find_user(session, login)
    if user is None:
        return Attempt(login, client, None, _NOBODY)
    return Attempt(login, client, user.id, user.password_hash)


def finish_sign_in(
    session: Session, attempt: Attempt, *, matched: bool, now: datetime
) -> User | None:
    """Record how the try ended; return the user who is now signed in, or None."""
    user = session.get(User, attempt.user_id) if attempt.user_id else None
    if not matched or user is None or not user.active:
        session.add(LoginFailure(pair=_pair(attempt.login, attempt.client), at=now))
        actor = SOMEONE if user is None else actor_of(user)
        audit(session, actor, "login-failed", f"user:{user.login if user else '?'}", now=now)
        return None
    pair = _pair(attempt.login, attempt.client)
    session.execute(delete(LoginFailure).where(LoginFailure.pair == pair))
    audit(session, actor_of(user), "login", f"user:{user.login}", now=now)
    return user


@dataclass(frozen=True)
class NewUser:
    """A fresh account with the one-time password that is shown once."""

    login: str
    password: str


def add_user(
    session: Session,
    actor: Actor,
    login: str,
    *,
    role: Role,
    unit: str,
    name: str,
    now: datetime,
    password: str | None = None,
) -> NewUser:
    """Create an account 新建用户; a one-time password is made unless one is given.

    Raises Conflict if the login is taken, Refused for an unusable name, NotFound for the unit.
    """
    actor.require(Permission.MANAGE_USERS)
    login = login.strip().lower()
    _check_names(session, login, name)
    place: Unit = get_unit(session, unit)
    one_time = password or secrets.token_urlsafe(9)
    session.add(
        User(
            id=new_id(),
            login=login,
            name=name or login,
            role=role,
            unit_id=place.id,
            password_hash=hash_password(one_time),
            must_change_password=password is None,
            active=True,
            created_at=now,
        )
    )
    session.flush()
    audit(session, actor, "user-add", f"user:{login}", now=now, role=role.value, unit=unit)
    return NewUser(login, one_time)


def _check_names(session: Session, login: str, name: str) -> None:
    if not login.isascii() or not login.replace("-", "").replace(".", "").isalnum():
        raise Refused(N_("A login name holds letters, digits, dots and hyphens."), field="login")
    if len(login) > LONGEST_LOGIN or len(name) > LONGEST_LOGIN:
        raise Refused(
            N_("A login name and a person's name have at most %(most)s characters."),
            field="login",
            most=LONGEST_LOGIN,
        )
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        raise Conflict(N_("The login name %(login)s is taken."), field="login", login=login)


def change_password(session: Session, user: User, old: str, new: str, *, now: datetime) -> None:
    """Replace the user's own password; raises Refused (old one wrong, new one weak)."""
    if not verify_password(user.password_hash, old):
        raise Refused(N_("The present password is not right."), field="old_password")
    check_password_strength(new)
    if new == old:
        raise Refused(N_("Choose a password that is not the present one."), field="password")
    user.password_hash = hash_password(new)
    user.must_change_password = False
    session.execute(delete(WebSession).where(WebSession.user_id == user.id))
    audit(session, actor_of(user), "password-change", f"user:{user.login}", now=now)


def forget_old_sign_ins(session: Session, *, now: datetime) -> None:
    """Delete sessions that have ended and failures that no longer count."""
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now - FAILURES_COUNT_FOR))
    session.execute(
        delete(WebSession).where(
            (WebSession.seen_at <= now - SESSION_IDLE)
            | (WebSession.created_at <= now - SESSION_LONGEST)
        )
    )
