"""Changing the log's key 更换密钥, and going on after a loss: each with a public entry."""

from datetime import datetime

from sqlalchemy.orm import Session

from disclosure.gate import PublishedText, scan
from disclosure.log.handover import hand_over, replace_lost, resume_after
from disclosure.log.tree import root_at
from disclosure.logbook.appending import append_statement, get_size, lock_log
from disclosure.logbook.guarding import MARK_MISSING, check_mark, expected_key, find_obstacle
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.nodes import node_reader
from disclosure.logbook.signing import sign_log
from portal.data.accounts import Actor, audit
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, Refused
from portal.kernel.language import N_

LONGEST_STATEMENT = 1000
NOT_LOST = N_("The log's key is in its place; nothing was lost.")


def rotate_key(sessions: Sessions, actor: Actor, folder: LogFolder, *, now: datetime) -> str:
    """Let a new key follow the log's key 更换密钥, signed by the old one; returns the new one.

    The old key is removed once the new one has signed its first checkpoint.
    """
    sign_log(sessions, folder, now=now)
    with sessions.writing() as session:
        lock_log(session)
        check_mark(session, folder)
        old = folder.signer(expected_key(session))
        new = folder.next_signer().verifier_key
        size = get_size(session)
        root = root_at(size, node_reader(session))
        append_statement(session, hand_over(old, new, size=size, root=root), now=now)
        audit(session, actor, "log-rotate-key", f"log:{old.name}", now=now, key=str(new))
    sign_log(sessions, folder, now=now)
    return str(new)


def replace_key(
    sessions: Sessions, actor: Actor, folder: LogFolder, statement: str, *, now: datetime
) -> str:
    """Let a fresh key follow one that was lost 密钥遗失, with a public statement; returns it.

    Raises Refused where nothing was lost, Conflict where the database must be gone on from first.
    """
    text = _checked(statement)
    with sessions.writing() as session:
        lock_log(session)
        check_mark(session, folder)
        new = _replace_key(session, folder, text, now)
        audit(session, actor, "log-replace-key", "log", now=now, key=new)
    sign_log(sessions, folder, now=now)
    return new


def _replace_key(session: Session, folder: LogFolder, text: str, now: datetime) -> str:
    old = expected_key(session)
    if old is None:
        raise Refused(N_("This log was never signed; 'python -m portal init' makes its key."))
    if _has_key(folder, session):
        raise Refused(NOT_LOST)
    folder.keep_name(old.name)
    new = folder.next_signer().verifier_key
    append_statement(session, replace_lost(old, new, text=text), now=now)
    return str(new)


def _has_key(folder: LogFolder, session: Session) -> bool:
    try:
        folder.signer(expected_key(session))
    except Refused:
        return False
    return True


def resume(
    sessions: Sessions,
    actor: Actor,
    folder: LogFolder,
    statement: str,
    *,
    now: datetime,
    new_key: bool = False,
) -> None:
    """Go on from a database that does not extend the high-water mark, and say so in public 恢复.

    With ``new_key`` a fresh key follows one that was lost together with the mark.
    """
    text = _checked(statement)
    with sessions.writing() as session:
        lock_log(session)
        obstacle = find_obstacle(session, folder)
        try:
            check_mark(session, folder)
        except Conflict:
            pass
        else:
            raise Refused(N_("This database extends the log as it should; there is no need."))
        if obstacle is None:
            raise Refused(MARK_MISSING)
        if new_key:
            _replace_key(session, folder, text, now)
        else:
            folder.signer(expected_key(session))
        append_statement(session, resume_after(text, high_water=obstacle.note), now=now)
        audit(session, actor, "log-resume", "log", now=now, new_key=new_key)
    sign_log(sessions, folder, now=now)


def _checked(statement: str) -> str:
    """Return a statement that may be public for good; raises Refused."""
    text = statement.strip()
    if not text:
        raise Refused(N_("Say what happened; the public log keeps it."), field="statement")
    if len(text) > LONGEST_STATEMENT:
        raise Refused(
            N_("Say it in at most %(count)s characters."),
            field="statement",
            count=LONGEST_STATEMENT,
        )
    if scan([PublishedText("", "statement", None, text, free=True)], frozenset()):
        raise Refused(
            N_("Personal data was found in the statement; the public log would keep it for ever."),
            field="statement",
        )
    return text
