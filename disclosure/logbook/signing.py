"""Signing the log 日志签名: what is committed is signed, kept as the high-water mark, then served.

The order is that of rules/transparency-log.md: (1) the change and its entries were committed; (2)
here, under the log's lock, the committed tree is signed; (3) the checkpoint is synced to the
high-water file; (4) it is put where it is served from. Wherever a process dies, the next one does
what is left, and signs the same bytes again, because Ed25519 signatures are always the same.
"""

import logging
from datetime import datetime

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from disclosure.log.checkpoints import Checkpoint
from disclosure.log.entries import KEY_STATEMENT, RESUME_STATEMENT
from disclosure.log.errors import LogError
from disclosure.log.handover import hand_over, replace_lost, resume_after
from disclosure.log.notes import VerifierKey, sign_note
from disclosure.log.tree import root_at
from disclosure.logbook.appending import SIGN, append_statement, get_size, lock_log
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogCheckpoint
from disclosure.logbook.nodes import node_reader
from disclosure.logbook.reading import find_signed_tree, list_statements
from portal.data.accounts import Actor, audit
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.kernel.errors import Conflict, DomainError, Refused
from portal.kernel.language import N_, translate

log = logging.getLogger(__name__)

OLDER_DATABASE = N_(
    "This database is older than the log's newest checkpoint, or another one: it would fork the "
    "log, so nothing is signed. Restore the newest backup; or go on with this one, which is told "
    "to the public: python -m portal log resume --statement TEXT"
)
MARK_MISSING = N_(
    "The log's high-water file is missing beside its key, so nobody can tell whether this database "
    "is the newest. Put the file back; or go on without it, which is told to the public: "
    "python -m portal log resume --statement TEXT"
)


def begin_log(sessions: Sessions, folder: LogFolder, name: str, *, now: datetime) -> None:
    """Make the key of a log that was never signed, and sign what there is, be it nothing."""
    with sessions.reading() as session:
        is_new = find_signed_tree(session) is None and folder.high_water() is None
    if is_new:
        folder.make_key(name)
    sign_log(sessions, folder, now=now)


def sign_log(sessions: Sessions, folder: LogFolder, *, now: datetime) -> Checkpoint:
    """Sign what is committed and not signed yet; returns the newest checkpoint.

    Raises Refused where the key is missing or another one, Conflict where the committed tree does
    not extend what was signed before.
    """
    with sessions.writing() as session:
        lock_log(session)
        size, signed = get_size(session), find_signed_tree(session)
        signer = folder.signer(expected_key(session))
        check_mark(session, folder)
        if signed is not None and signed.checkpoint.size == size:
            return signed.checkpoint
        checkpoint = Checkpoint(signer.name, size, root_at(size, node_reader(session)))
        note = sign_note(checkpoint.text(), [signer])
        folder.raise_high_water(note)
        key = str(signer.verifier_key)
        session.add(LogCheckpoint(size=size, note=note, key=key, signed_at=now))
    return checkpoint


def check_mark(session: Session, folder: LogFolder) -> None:
    """Raise Conflict unless the committed tree extends the high-water mark.

    A public statement that the log goes on from this very mark lifts the refusal.
    """
    mark = folder.high_water()
    if mark is None:
        signed = find_signed_tree(session)
        if signed is not None and not _is_resumed(session, signed.note):
            raise Conflict(MARK_MISSING)
        return
    note = folder.high_water_note() or b""
    if not _extends(session, mark) and not _is_resumed(session, note):
        raise Conflict(OLDER_DATABASE)


def _extends(session: Session, mark: Checkpoint) -> bool:
    try:
        return (
            mark.size <= get_size(session) and root_at(mark.size, node_reader(session)) == mark.root
        )
    except LogError:
        return False


def _is_resumed(session: Session, note: bytes) -> bool:
    return any(
        statement.type == RESUME_STATEMENT and statement.checkpoint == note.decode()
        for statement in list_statements(session)
    )


def expected_key(session: Session) -> VerifierKey | None:
    """Return the key that signs from here on by what the log says, None while it says nothing."""
    for statement in reversed(list_statements(session)):
        if statement.type == KEY_STATEMENT:
            return VerifierKey.parse(str(statement.key))
    signed = find_signed_tree(session)
    return None if signed is None else signed.key


def find_refusal(session: Session, folder: LogFolder) -> DomainError | None:
    """Return why nothing is signed here, None while all is well.

    A folder from which nothing was ever signed is asked nothing: a server that serves residents
    alone has no key.
    """
    if not folder.has_key() and folder.high_water_note() is None:
        return None if find_signed_tree(session) is not None else Refused(NOT_SIGNED)
    try:
        folder.signer(expected_key(session))
        check_mark(session, folder)
    except DomainError as refusal:
        return refusal
    return None


NOT_SIGNED = N_("The log has not been signed yet. Run 'python -m portal init'.")


def sign_after_commits(sessions: Sessions, folder: LogFolder, clock: Clock) -> None:
    """Let every transaction that appends to the log be followed by signing it.

    What cannot be signed now is signed by the sweep; what was committed stands either way.
    """

    def sign() -> None:
        try:
            sign_log(sessions, folder, now=clock.now())
        except DomainError as refusal:
            log.warning("%s", translate("en", refusal.message, **refusal.params))
        except (OSError, OperationalError) as error:
            log.warning("the log could not be signed now: %s", type(error).__name__)

    sessions.afterwards[SIGN] = sign


def rotate_key(sessions: Sessions, actor: Actor, folder: LogFolder, *, now: datetime) -> str:
    """Let a new key follow the log's key 更换密钥, signed by the old one; returns the new one.

    The old key is destroyed once the first checkpoint is signed by the new one.
    """
    sign_log(sessions, folder, now=now)
    with sessions.writing() as session:
        lock_log(session)
        old = folder.signer(expected_key(session))
        check_mark(session, folder)
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
    """Let a new key follow one that was lost 密钥遗失, with a public statement; returns it."""
    _check_statement(statement)
    with sessions.writing() as session:
        lock_log(session)
        _replace_key(session, folder, statement, now)
        audit(session, actor, "log-replace-key", "log", now=now)
    sign_log(sessions, folder, now=now)
    return str(folder.any_signer().verifier_key)


def _replace_key(session: Session, folder: LogFolder, statement: str, now: datetime) -> None:
    old = expected_key(session)
    if old is None:
        raise Refused(N_("This log was never signed; 'python -m portal init' makes its key."))
    folder.make_key(old.name)
    new = folder.any_signer().verifier_key
    if new == old:
        raise Refused(N_("The log's key is in its place; nothing was lost."))
    append_statement(session, replace_lost(old, new, text=statement.strip()), now=now)


def resume(
    sessions: Sessions, actor: Actor, folder: LogFolder, statement: str, *, now: datetime
) -> None:
    """Go on from a database that does not extend the high-water mark, and say so in public."""
    _check_statement(statement)
    with sessions.writing() as session:
        lock_log(session)
        mark, signed = folder.high_water_note(), find_signed_tree(session)
        try:
            check_mark(session, folder)
        except Conflict:
            mark = mark or (signed.note if signed else None)
        else:
            raise Refused(N_("This database extends the log as it should; there is no need."))
        if mark is None:
            raise Refused(MARK_MISSING)
        expected = expected_key(session)
        if expected is not None and folder.any_signer().verifier_key != expected:
            _replace_key(session, folder, statement, now)
        append_statement(session, resume_after(statement.strip(), high_water=mark), now=now)
        audit(session, actor, "log-resume", "log", now=now)
    sign_log(sessions, folder, now=now)


def _check_statement(statement: str) -> None:
    if not statement.strip():
        raise Refused(N_("Say what happened; the public log keeps it."), field="statement")
