"""Guarding the log 防分叉: whether the committed tree extends what was signed before.

Whoever restores an older database, or brings another one, would let the log say two things. Then
nothing is signed, and whoever asks is told so, until a public statement goes on from there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from disclosure.log.checkpoints import Checkpoint
from disclosure.log.entries import KEY_STATEMENT, RESUME_STATEMENT
from disclosure.log.errors import LogError
from disclosure.log.notes import VerifierKey
from disclosure.log.tree import root_at
from disclosure.logbook.appending import get_size
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogEntry
from disclosure.logbook.nodes import node_reader
from disclosure.logbook.reading import SignedTree, find_signed_tree, list_statements
from portal.data.session import Sessions
from portal.kernel.errors import Conflict, DomainError, Refused
from portal.kernel.language import N_

OLDER_DATABASE = N_(
    "This database is older than the log's newest checkpoint, or another one: it would fork the "
    "log, so nothing is signed. Restore the newest backup; or go on with this one, which is told "
    "to the public: python -m portal log resume --statement TEXT"
)
MARK_MISSING = N_(
    "The log's high-water file beside its key is missing, damaged or an old one, so nobody can "
    "tell whether this database is the newest. Put the newest back; or go on without it, which is "
    "told to the public: python -m portal log resume --statement TEXT"
)
NOT_SIGNED = N_("The log has not been signed yet. Run 'python -m portal init'.")
OVERDUE = N_("Entries of the log wait too long for their signature; the worker must be running.")
SIGNED_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Obstacle:
    """Why the committed tree must not be signed; ``note`` is the checkpoint that it may not leave.

    None where no checkpoint is known at all.
    """

    message: str
    note: bytes | None


def find_obstacle(session: Session, folder: LogFolder) -> Obstacle | None:
    """Return why the committed tree does not extend what was signed before, None where it does.

    The mark is read before the first look into the database, or a signature that comes between
    would look like a database that is too old.
    """
    mark, signed = folder.read_mark(), find_signed_tree(session)
    if _is_behind(mark, signed):
        # Somebody may have signed between the two looks.
        mark = folder.read_mark()
    if mark is None or _is_behind(mark, signed):
        return Obstacle(MARK_MISSING, None if signed is None else signed.note)
    note, checkpoint = mark
    return None if _extends(session, checkpoint) else Obstacle(OLDER_DATABASE, note)


def _is_behind(mark: tuple[bytes, Checkpoint] | None, signed: SignedTree | None) -> bool:
    return mark is not None and signed is not None and mark[1].size < signed.checkpoint.size


def _extends(session: Session, mark: Checkpoint) -> bool:
    try:
        return (
            mark.size <= get_size(session) and root_at(mark.size, node_reader(session)) == mark.root
        )
    except LogError:
        return False


def check_mark(session: Session, folder: LogFolder) -> None:
    """Raise Conflict unless the committed tree extends the high-water mark.

    A public statement that the log goes on from this very checkpoint lifts the refusal.
    """
    obstacle = find_obstacle(session, folder)
    if obstacle is not None and not _is_resumed(session, obstacle.note):
        raise Conflict(obstacle.message)


def _is_resumed(session: Session, note: bytes | None) -> bool:
    written = None if note is None else note.decode()
    return any(
        statement.type == RESUME_STATEMENT and statement.checkpoint == written
        for statement in list_statements(session)
    )


def expected_key(session: Session) -> VerifierKey | None:
    """Return the key that signs from here on by what the log says, None while it says nothing."""
    for statement in reversed(list_statements(session)):
        if statement.type == KEY_STATEMENT:
            return VerifierKey.parse(str(statement.key))
    signed = find_signed_tree(session)
    return None if signed is None else signed.key


def find_refusal(
    sessions: Sessions, folder: LogFolder, *, now: datetime, keeps_key: bool
) -> DomainError | None:
    """Return why the log cannot be trusted now, None while all is well.

    A server for residents alone keeps no key: it sees only whether what comes is signed.
    """
    try:
        with sessions.reading() as session:
            if keeps_key:
                check_mark(session, folder)
                folder.signer(expected_key(session))
            _check_signed(session, now)
    except DomainError as refusal:
        return refusal
    return None


def _check_signed(session: Session, now: datetime) -> None:
    signed = find_signed_tree(session)
    if signed is None:
        raise Refused(NOT_SIGNED)
    waiting = session.scalar(select(LogEntry.at).where(LogEntry.index == signed.checkpoint.size))
    if waiting is not None and now - waiting > SIGNED_WITHIN:
        raise Conflict(OVERDUE)
